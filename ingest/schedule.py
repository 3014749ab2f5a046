"""When to ask a feed again.

In: how polling it goes. Out: a time. Pure values; the caller brings clock and chance.
"""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import Final

from breachwire.model import Feed

SHORTEST: Final = 5 * 60.0
LONGEST: Final = 24 * 3600.0
"""Seconds between two polls; nothing is ever put off longer."""
JITTER: Final = 0.25
"""Share of the wait that chance adds after a failure, so that feeds of one host don't return in
step."""


def next_fetch(
    now: datetime,
    *,
    minutes: int,
    ttl_minutes: int | None,
    failures: int,
    retry_after: float | None,
    rng: random.Random,
) -> datetime:
    """`minutes` from now; longer where the feed's ttl asks, a failure (doubling) or Retry-After.

    `retry_after` in seconds. Between 5 minutes and a day from now, whatever is asked.
    """
    wait = min(max(minutes, ttl_minutes or 0) * 60.0, LONGEST)
    if failures > 0:
        # 2 ** 10 times five minutes is past a day; more doublings only overflow.
        wait *= 2.0 ** min(failures - 1, 10) * (1 + JITTER * rng.random())
    wait = max(wait, retry_after or 0.0, SHORTEST)
    return now + timedelta(seconds=min(wait, LONGEST))


def is_due(feed: Feed, now: datetime) -> bool:
    """Whether to ask now. A time further off than any wait comes from a clock that has stepped."""
    if feed.state == "gone":
        return False
    at = feed.next_fetch_at
    return at is None or at <= now or at > now + timedelta(seconds=LONGEST)
