"""When to ask a feed again.

In: how polling it goes, when its entries came, what it and its server ask for. Out: a time. Pure
values; the caller brings clock and chance.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from breachwire.model import Feed, Wishes
from ingest import rhythm

SHORTEST: Final = 5 * 60.0
LONGEST: Final = 24 * 3600.0
"""Seconds between two polls; nothing is ever put off longer."""
JITTER: Final = 0.25
"""Share of the wait that chance adds after a failure, so that feeds of one host don't return in
step."""
SPREAD: Final = 0.1
"""The same after a success: feeds that were added together drift apart within some hours."""
_HOUR: Final = timedelta(hours=1)


def next_fetch(
    now: datetime,
    *,
    minutes: int,
    wishes: Wishes,
    times: Sequence[datetime] = (),
    fresh: float = 0.0,
    rng: random.Random,
) -> datetime:
    """After a success: as the feed's rhythm has it (`times` of its entries), else its own word on
    how often it changes, else `minutes` from now; later where its ttl, or a copy's freshness
    (`fresh`, seconds, of Cache-Control), says that nothing newer is to be had, or where it wants
    these hours or days skipped. Between 5 minutes and a day from now, whatever is asked.
    """
    usual = timedelta(minutes=minutes)
    known = rhythm.rhythm(times, now)
    if known is not None:
        own = rhythm.wait(known, now, usual, timedelta(seconds=LONGEST)).total_seconds()
    else:
        own = max(minutes, wishes.every_minutes or 0) * 60.0
    wait = max(own, (wishes.ttl_minutes or 0) * 60.0, fresh, SHORTEST)
    return _outside(now, wait * (1 + SPREAD * rng.random()), wishes)


def retry(
    now: datetime,
    *,
    minutes: int,
    wishes: Wishes,
    failures: int,
    retry_after: float | None,
    rng: random.Random,
) -> datetime:
    """After the `failures`th failure in a row: `minutes` from now, doubled with each; later where
    Retry-After (seconds) asks. Between 5 minutes and a day."""
    # 2 ** 10 times five minutes is past a day; more doublings only overflow.
    wait = minutes * 60.0 * 2.0 ** min(failures - 1, 10) * (1 + JITTER * rng.random())
    return _outside(now, max(wait, retry_after or 0.0, SHORTEST), wishes)


def is_due(feed: Feed, now: datetime) -> bool:
    """Whether to ask now. A time further off than any wait comes from a clock that has stepped."""
    if feed.state == "gone":
        return False
    at = feed.next_fetch_at
    return at is None or at <= now or at > now + timedelta(seconds=LONGEST)


def _outside(now: datetime, seconds: float, wishes: Wishes) -> datetime:
    """After so many seconds and outside the hours and days to be skipped; within a day though all
    of it is."""
    end = now + timedelta(seconds=LONGEST)
    at = min(now + timedelta(seconds=seconds), end)
    while at < end and _skipped(at, wishes):
        # As far into the next hour: whoever comes then should not all come at its first second.
        at += _HOUR
    return min(at, end)


def _skipped(at: datetime, wishes: Wishes) -> bool:
    at = at.astimezone(UTC)
    return at.hour in wishes.skip_hours or at.weekday() in wishes.skip_days
