"""Dates as feeds and pages write them → aware UTC datetimes, or None.

In: any text. Out: a datetime in UTC, None for what is no date. Nothing here raises. `parse_date`
says what the source says, however absurd; `clamp` says what can be believed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta, timezone

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
"""Before the web there were no web articles: earlier dates are a clock's zero or a slip."""
AHEAD = timedelta(days=1)
"""How far ahead of now a date may lie: time zones left out cost up to 14 hours."""

_ISO = re.compile(
    r"^\d{4}-\d\d-\d\d(?:[T ]\d\d:?\d\d(?::?\d\d(?:[.,]\d+)?)?\s*(?:Z|[+-]\d\d:?\d\d)?)?$",
    re.IGNORECASE,
)


def parse_date(text: str | None) -> datetime | None:
    """ISO 8601, RFC 822 and their broken kin, in UTC; a date without a zone is taken as UTC.

    feedparser's handlers first (they know feeds' ways: made-up zones, two-digit years, Greek,
    Hungarian and Korean names), dateutil for the rest ("October 5, 2026 9:00 am").
    """
    text = " ".join((text or "").split())
    if not 6 <= len(text) <= 100 or not re.search(r"\d", text) or _is_no_day(text):
        return None
    return _iso(text) or _by_feedparser(text) or _by_dateutil(text)


def from_parsed(parts: Sequence[int] | None) -> datetime | None:
    """feedparser's nine numbers (UTC) as a datetime; None where they are no date."""
    try:
        return datetime(*parts[:6], tzinfo=UTC) if parts else None  # type: ignore[misc,arg-type]
    except (ValueError, TypeError, OverflowError):
        return None


def clamp(when: datetime | None, now: datetime) -> datetime | None:
    """A date that can be believed: None before 1990, `now` where it lies over a day ahead.

    One entry from 2999 must neither stand atop the wire for ever nor hide what comes after it.
    """
    if when is None:
        return None
    when = when.replace(tzinfo=UTC) if when.tzinfo is None else when
    try:
        when = when.astimezone(UTC)
    except OverflowError:
        return None
    if when < EARLIEST:
        return None
    return now if when > now + AHEAD else when


def _is_no_day(text: str) -> bool:
    """2026-13-45: feedparser and dateutil would roll it over into another month or year."""
    if not (found := re.match(r"(\d{4})-(\d\d)-(\d\d)(?!\d)", text)):
        return False
    try:
        date(*(int(part) for part in found.groups()))
    except ValueError:
        return True
    return False


def _iso(text: str) -> datetime | None:
    if not _ISO.match(text):
        return None
    try:
        when = datetime.fromisoformat(text.replace(",", ".").upper())
        return when.replace(tzinfo=UTC) if when.tzinfo is None else when.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _by_feedparser(text: str) -> datetime | None:
    from feedparser.datetimes import _parse_date

    try:
        return from_parsed(_parse_date(text))
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


def _by_dateutil(text: str) -> datetime | None:
    from dateutil import parser

    # Parts that are missing come from a fixed day, never from today's clock; without a year and a
    # day the text is no date.
    probes = (datetime(2000, 1, 1), datetime(2001, 2, 2))  # noqa: DTZ001
    try:
        first, second = (parser.parse(text, default=p, tzinfos=_zone) for p in probes)
        if first.date() != second.date():
            return None
        return first.replace(tzinfo=UTC) if first.tzinfo is None else first.astimezone(UTC)
    except (ValueError, ArithmeticError, TypeError, AttributeError, RecursionError):
        return None


_ZONES = {"EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7,
          "ET": -5, "PT": -8, "CET": 1, "CEST": 2, "MEZ": 1, "MESZ": 2, "BST": 1, "EET": 2,
          "EEST": 3, "MSK": 3, "JST": 9, "KST": 9, "AEST": 10, "AEDT": 11}  # fmt: skip
"""Hours of the zone names that news pages use; any other name is taken as UTC."""


def _zone(name: str | None, offset: int | None) -> timezone:
    if offset is not None:
        return timezone(timedelta(seconds=offset))
    return timezone(timedelta(hours=_ZONES.get((name or "").upper(), 0)))
