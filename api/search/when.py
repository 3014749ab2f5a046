"""Times that a query names: "april", "March 2026", "last 24 hours" → periods, and where they stand.

In: text and the time now. Out: `Period`s (aware UTC, since <= time < until) and the stretches of
text that name them. A time in a query is a hint and no filter: what was reported then counts twice.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

_NAMES: Final = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september",
    "october", "november", "december",
)  # fmt: skip
_SHORT: Final = {name[:3]: n for n, name in enumerate(_NAMES, 1)} | {"sept": 9}
_BY_NAME: Final = {name: n for n, name in enumerate(_NAMES, 1)} | _SHORT
_VERBS: Final = frozenset({"may", "march", "mar", "jun", "jan", "dec", "nov", "oct", "sep", "apr"})
"""Words that are a month only beside a year or behind "in", "since", "from", "of", "during", "last"
— or, where they are whole names, in capitals."""
_BEFORE: Final = r"(?:(?P<before>in|since|from|of|during|last|early|late|mid)[ -])?"
_MONTH: Final = re.compile(
    rf"(?<![\w-]){_BEFORE}(?P<month>{'|'.join(sorted(_BY_NAME, key=len, reverse=True))})\b"
    r"\.?(?:,?\s+(?P<year>20\d\d)(?![\w-]))?",
    re.IGNORECASE,
)
_ISO: Final = re.compile(r"(?<![\w.-])(?P<year>20\d\d)-(?P<month>0[1-9]|1[0-2])(?![\w-])")
_YEAR: Final = re.compile(r"(?<![\w.-])(?:in\s+)?(?P<year>20\d\d)(?![\w.-])", re.IGNORECASE)
_AGO: Final = re.compile(
    r"(?<![\w-])(?:in the )?(?:last|past)\s+(?P<number>\d{1,3})?\s*"
    r"(?P<unit>hour|day|week|month|year)s?\b|(?<![\w-])(?P<word>today|yesterday)\b",
    re.IGNORECASE,
)
_HOURS: Final = {"hour": 1, "day": 24, "week": 168, "month": 730, "year": 8_766}
_TRIED: Final = 2
"""Of a month without a year, the latest two."""


@dataclass(frozen=True, slots=True)
class Period:
    """A stretch of time that a query names."""

    since: datetime
    until: datetime
    label: str
    """As it is told: "April 2026"."""


def periods(text: str, now: datetime) -> tuple[list[Period], list[tuple[int, int]]]:
    """What the text names, and where; a stretch is read once, the most telling reading first."""
    found: list[Period] = []
    spans: list[tuple[int, int]] = []
    for pattern, read in ((_AGO, _ago), (_MONTH, _month), (_ISO, _month), (_YEAR, _year)):
        for match in pattern.finditer(text):
            if any(match.start() < end and start < match.end() for start, end in spans):
                continue
            if named := read(match, now):
                found += named
                spans.append(match.span())
    return found[: 2 * _TRIED], spans


def _ago(match: re.Match[str], now: datetime) -> list[Period]:
    word = (match["word"] or "").lower()
    if word:
        start = now.replace(hour=0, minute=0, second=0, microsecond=0)
        start -= timedelta(days=word == "yesterday")
        return [Period(start, min(start + timedelta(days=1), now + timedelta(hours=1)), word)]
    hours = int(match["number"] or 1) * _HOURS[match["unit"].lower()]
    return [Period(now - timedelta(hours=hours), now + timedelta(hours=1), match[0].lower())]


def _month(match: re.Match[str], now: datetime) -> list[Period]:
    word, year = match["month"], match["year"]
    month = int(word) if word.isdecimal() else _BY_NAME[word.lower()]
    if year:
        return [_of(int(year), month)]
    if word.lower() in _VERBS and not match["before"]:
        whole = len(word) > 3 or word.lower() == "may"
        if not (whole and word[0].isupper()):
            return []
    latest = now.year if month <= now.month else now.year - 1
    return [_of(latest - n, month) for n in range(_TRIED)]


def _of(year: int, month: int) -> Period:
    start = datetime(year, month, 1, tzinfo=UTC)
    until = datetime(year + month // 12, month % 12 + 1, 1, tzinfo=UTC)
    return Period(start, until, f"{_NAMES[month - 1].capitalize()} {year}")


def _year(match: re.Match[str], now: datetime) -> list[Period]:  # noqa: ARG001 (as the others)
    year = int(match["year"])
    start, until = (datetime(y, 1, 1, tzinfo=UTC) for y in (year, year + 1))
    return [Period(start, until, str(year))]
