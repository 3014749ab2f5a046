"""How often a feed wants to be asked: its channel's elements and its server's headers → `Wishes`.

In: what feedparser read of the channel, the document before its first entry, an answer's headers.
Out: plain values; what makes no sense is passed over. RSS 2.0 has ttl, skipHours and skipDays, the
syndication module of RSS 1.0 updatePeriod and updateFrequency, RFC 9111 freshness.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final

from breachwire.model import Wishes

_DAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_PERIODS: Final = {"hourly": 60, "daily": 1440, "weekly": 10_080, "monthly": 43_200,
                   "yearly": 525_600}  # fmt: skip
"""In minutes."""
_SKIPPED: Final = 2_000
"""Characters of a list of hours or days that are read; 24 hours have some 400."""
_VALUE = re.compile(r"<(?:hour|day)>\s{0,20}(\w{1,10})\s{0,20}</", re.IGNORECASE)
_NUMBER = re.compile(r"\s{0,20}(\d{1,9})")
_MAX_AGE = re.compile(r"(?:^|,)\s{0,20}max-age=\"?(\d{1,9})", re.IGNORECASE)
_NEVER = re.compile(r"(?:^|,)\s{0,20}no-(?:cache|store)\b", re.IGNORECASE)


def stated(channel: Mapping[str, Any], head: str) -> Wishes:
    """Of a feed; `head` is its document before the first entry."""
    hours = (int(value) for value in _listed(head, "skiphours") if value.isdecimal())
    days = (value.lower() for value in _listed(head, "skipdays"))
    return Wishes(
        ttl_minutes=_whole(channel, "ttl"),
        every_minutes=_every(channel),
        # Some count the hours from 1 to 24.
        skip_hours=tuple(sorted({hour % 24 for hour in hours if hour <= 24})),
        skip_days=tuple(sorted({_DAYS.index(day) for day in days if day in _DAYS})),
    )


def fresh(headers: Mapping[str, str], now: datetime) -> float:
    """Seconds for which a cache would not ask again (RFC 9111, 4.2); 0: it always would."""
    control = headers.get("cache-control", "")
    if _NEVER.search(control):
        return 0.0
    if found := _MAX_AGE.search(control):
        age = _NUMBER.match(headers.get("age", ""))
        return max(0.0, float(found[1]) - (float(age[1]) if age else 0.0))
    until, since = _date(headers.get("expires")), _date(headers.get("date")) or now
    return max(0.0, (until - since).total_seconds()) if until else 0.0


def _listed(head: str, name: str) -> list[str]:
    """The values inside an element of the channel."""
    low = head.lower()
    if (start := low.find(f"<{name}")) < 0:
        return []
    end = low.find(f"</{name}", start)
    return _VALUE.findall(head[start : min(end if end > 0 else start, start + _SKIPPED)])


def _every(channel: Mapping[str, Any]) -> int | None:
    period = _PERIODS.get(_text(channel, "sy_updateperiod").strip().lower())
    if period is None:
        return None
    return max(1, period // (_whole(channel, "sy_updatefrequency") or 1))


def _whole(channel: Mapping[str, Any], name: str) -> int | None:
    found = _NUMBER.match(_text(channel, name))
    return int(found[1]) or None if found else None


def _text(channel: Mapping[str, Any], name: str) -> str:
    """By its own name: FeedParserDict's `get` guesses others, with warnings."""
    return str(dict.get(channel, name) or "") if isinstance(channel, dict) else ""


def _date(text: str | None) -> datetime | None:
    try:
        when = parsedate_to_datetime(text or "")
    except (ValueError, OverflowError):
        return None
    return when.replace(tzinfo=when.tzinfo or UTC)
