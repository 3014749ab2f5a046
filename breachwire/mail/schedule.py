"""When an issue is due: the clock, a time zone, a weekday and an hour → an issue's id and time.

In: values. Out: the last time that was due, or None where it is too long ago to be made up for.
An issue's id is the local day it was due and its frequency, so that two processes, or one that
starts anew, mean the same issue.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from breachwire.model.newsletter import Frequency

LATE: Final[dict[Frequency, timedelta]] = {
    "weekly": timedelta(days=3),
    "daily": timedelta(hours=12),
}
"""How late an issue still goes out, where nothing ran when it was due."""
PERIOD: Final[dict[Frequency, timedelta]] = {
    "weekly": timedelta(days=7),
    "daily": timedelta(days=1),
}
MOST: Final = 2
"""Periods that an issue reaches back at most, where those before it were not made."""


@dataclass(frozen=True, slots=True)
class Due:
    """An issue that is to be made."""

    id: str
    at: datetime


def due(frequency: Frequency, now: datetime, *, zone: str, weekday: int, hour: int) -> Due | None:
    """The last due issue; None where its time is long over. Monday is 0."""
    tz = ZoneInfo(zone)
    day = now.astimezone(tz).date()
    if frequency == "weekly":
        day -= timedelta(days=(day.weekday() - weekday) % 7)
    step = timedelta(days=7 if frequency == "weekly" else 1)
    # A clock that skips this hour in spring takes it for the next (zoneinfo, fold=0).
    at = datetime.combine(day, time(hour), tz)
    if at > now:
        day -= step
        at = datetime.combine(day, time(hour), tz)
    return Due(issue_id(frequency, day), at) if now - at <= LATE[frequency] else None


def issue_id(frequency: Frequency, day: date) -> str:
    """`2026-11-27-weekly`."""
    return f"{day.isoformat()}-{frequency}"


def since(frequency: Frequency, last: datetime | None, until: datetime) -> datetime:
    """Where an issue begins: at the end of the one before it, or one period back."""
    if last is None:
        return until - PERIOD[frequency]
    return max(last, until - MOST * PERIOD[frequency])
