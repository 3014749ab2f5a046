"""When a feed publishes: times of its entries → how many are to be expected, and when to look.

In: when entries were published, the moment it is. Out: a `Rhythm`; from it the wait that spends few
requests where little comes and many where much does. Pure values.

Of all ways to spend a number of requests on many feeds, the one that keeps the entries' mean delay
least asks each feed at intervals that go with the inverse square root of its rate: a feed with a
hundredth of another's entries is asked a tenth as often. So the wait ends where its length times
what is expected within it reaches a constant, which is the same for all feeds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

NEWEST: Final = 100
"""Entries that count: a feed of three a day is judged by its last month."""
LONGEST: Final = timedelta(days=90)
"""What is older says nothing of today."""
SHORTEST: Final = timedelta(days=1)
"""What a few entries of one hour say of a feed at most."""
USUAL: Final = 0.5
"""Entries a day of the feed that is asked at the usual interval. Chosen by `bench.week`: feeds that
are asked three quarters as often as at that interval fixed are seen in half the time (at 1 a day:
in three quarters of it, by half the requests)."""
STEP: Final = timedelta(minutes=5)
_TRUST: Final = 10.0
"""Entries after which hours and days count as much as evenness does."""
_SMOOTH: Final = (0.25, 0.5, 0.25)
"""An hour's share of the entries of the hour before, its own and the one after."""


@dataclass(frozen=True, slots=True)
class Rhythm:
    """Entries a day, and how they spread over the hours (UTC) and days of the week."""

    per_day: float
    hours: tuple[float, ...]
    """24 factors around 1."""
    days: tuple[float, ...]
    """Seven factors around 1, Monday first."""

    def rate(self, at: datetime) -> float:
        """Entries a day to be expected at that moment."""
        at = at.astimezone(UTC)
        return self.per_day * self.hours[at.hour] * self.days[at.weekday()]


def rhythm(times: Sequence[datetime], now: datetime) -> Rhythm | None:
    """Of a feed with entries of these times; None where nothing is known of it yet."""
    # An entry may be told twice, by the store and by the document, which keeps fewer digits.
    told = {at.replace(microsecond=0) for at in times if at <= now}
    past = sorted(told, reverse=True)[:NEWEST]
    if not past:
        return None
    recent = [at for at in past if now - at <= LONGEST]
    if not recent:
        return Rhythm(1 / (LONGEST / timedelta(days=1)), (1.0,) * 24, (1.0,) * 7)
    seen = max(now - recent[-1], SHORTEST) / timedelta(days=1)
    trust = len(recent) / (len(recent) + _TRUST)
    return Rhythm(len(recent) / seen, _hours(recent, trust), _days(recent, trust, seen))


def wait(known: Rhythm, now: datetime, usual: timedelta, longest: timedelta) -> timedelta:
    """How long until it is worth asking; `usual` for a feed of USUAL entries a day."""
    day = timedelta(days=1)
    enough = (usual / day) ** 2 * USUAL
    expected, waited = 0.0, timedelta(0)
    while waited < longest and waited / day * expected < enough:
        expected += known.rate(now + waited) * (STEP / day)
        waited += STEP
    return min(waited, longest)


def _hours(times: Sequence[datetime], trust: float) -> tuple[float, ...]:
    counts = [0] * 24
    for at in times:
        counts[at.astimezone(UTC).hour] += 1
    before, own, after = _SMOOTH
    smooth = (
        before * counts[hour - 1] + own * counts[hour] + after * counts[(hour + 1) % 24]
        for hour in range(24)
    )
    return tuple(1 - trust + trust * 24 * count / len(times) for count in smooth)


def _days(times: Sequence[datetime], trust: float, seen: float) -> tuple[float, ...]:
    """Working days against weekends; a span of less than two weeks says nothing of them."""
    if seen < 14:
        return (1.0,) * 7
    off = sum(at.astimezone(UTC).weekday() >= 5 for at in times) / len(times)
    work, rest = (1 - off) * 7 / 5, off * 7 / 2
    return tuple(1 - trust + trust * (work if day < 5 else rest) for day in range(7))
