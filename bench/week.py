"""A simulated week of 500 feeds: how late what they publish is seen, and what it costs them.

    python -m bench.week [--data ../shared/data/wire/items.jsonl.gz] [--feeds 500] [--minutes 30]

In: when real outlets published, where the recorded wire is there; else invented times, which the
line says. A feed is a recorded outlet over five weeks of its own, with all of its entries, or a
third, a tenth or a thirtieth of them: few feeds are as busy as those recorded. Out: a JSON
line: minutes from publication to the poll that finds it and to the thread, requests a day, share of
304, entries that no poll saw; for polling as `ingest.schedule` has it and every `--minutes`
minutes, whatever a feed asks. No network, no sleeping; the clock is the simulation's.

To the thread: what the service's loops wait (a look at what is due each 5 s, at what is stored each
second), a second for each page (assumed), then one article after the other, in the time that the
real pipeline took for the demonstration's on this machine, up to the brief (`--pipeline`: this long
instead). Where that is seconds, the minutes are the polls'.

Assumed, since no record says so: seven servers in ten answer 304 when nothing is new; one feed in
two says `sy:updatePeriod` hourly, one in five has a ttl (15 to 120 minutes), one in three a max-age
(1 to 60 minutes). The first of the two weeks that are simulated is for learning the rhythms; only
what is published in the second is counted.
"""

from __future__ import annotations

import argparse
import gzip
import heapq
import json
import random
import statistics
import tempfile
import time
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from breachwire.demo import corpus
from breachwire.model import Wishes
from breachwire.pipeline.derive import Deriver
from breachwire.pipeline.intake import import_items
from breachwire.service import deriving, polling
from breachwire.store import open_store
from ingest import rhythm, schedule
from nlp import embed

WEEK: Final = timedelta(days=7)
MINUTE: Final = timedelta(minutes=1)
PAGE: Final = timedelta(seconds=1)
"""To fetch an article's page."""
SHOWN: Final = 20
"""Entries that a feed's document holds."""
SHARES: Final = (1.0, 0.33, 0.1, 0.03)
TTLS: Final = (15, 30, 60, 60, 120)
AGES: Final = (60, 300, 300, 900, 3600)
START: Final = datetime(2026, 6, 1, tzinfo=UTC)


@dataclass(slots=True)
class Outlet:
    """A feed and its server."""

    times: list[datetime]
    """When it published, oldest first; from four weeks before the first poll on."""
    answers_304: bool
    wishes: Wishes
    fresh: float
    seen: int = 0
    """How many of its entries were found or lost."""


@dataclass(slots=True)
class Tally:
    """What the second week gave."""

    found: list[tuple[datetime, datetime]] = field(default_factory=list)
    """When an entry's poll began, when the entry was published; in the order of polls."""
    requests: int = 0
    unchanged: int = 0
    lost: int = 0

    def line(self, days: float, pipeline: float, chance: random.Random) -> dict[str, float]:
        """As it is printed; `pipeline`: seconds for an article."""
        polled = [(at - published) / MINUTE for at, published in self.found]
        threaded = [
            (at - published) / MINUTE
            for at, (_, published) in zip(
                threads([at for at, _ in self.found], pipeline, chance), self.found, strict=True
            )
        ]
        return {
            "median_minutes": round(statistics.median(polled), 1),
            "p90_minutes": round(statistics.quantiles(polled, n=10)[8], 1),
            "mean_minutes": round(statistics.fmean(polled), 1),
            "thread_median_minutes": round(statistics.median(threaded), 1),
            "thread_p90_minutes": round(statistics.quantiles(threaded, n=10)[8], 1),
            "requests_a_day": round(self.requests / days),
            "share_304": round(self.unchanged / self.requests, 3),
            "lost": self.lost,
        }


def threads(
    polls: Sequence[datetime], pipeline: float, chance: random.Random
) -> Iterator[datetime]:
    """When the article of each poll is in its thread, one after the other."""
    free = page = START
    before = None
    for at in polls:
        begun = at + chance.random() * timedelta(seconds=polling.TICK)
        page = (page if at == before else begun) + PAGE
        before = at
        seen = page + chance.random() * timedelta(seconds=deriving.TICK)
        free = max(free, seen) + timedelta(seconds=pipeline)
        yield free


def measured() -> float:
    """Seconds that the real pipeline takes for an article of the demonstration, model loaded."""
    embedder = embed.load("all-MiniLM-L6-v2")
    embedder.encode(["the first call is slower"])
    lines = [json.dumps(item, default=str).encode() for item in corpus.items()]
    with (
        tempfile.TemporaryDirectory() as folder,
        closing(open_store(f"sqlite:///{folder}/wire.sqlite3")) as store,
    ):
        new = import_items(store, lines, now=datetime.now(UTC)).new
        began = time.perf_counter()
        Deriver(store, embedder, now=lambda: datetime.now(UTC)).run()
        return (time.perf_counter() - began) / new


Next = Callable[[Outlet, datetime], datetime]


def simulated(outlets: Sequence[Outlet], next_poll: Next, chance: random.Random) -> Tally:
    """Two weeks of polls, each feed's first within half an hour."""
    tally, end = Tally(), START + 2 * WEEK
    queue = [(START + timedelta(minutes=30 * chance.random()), n) for n in range(len(outlets))]
    heapq.heapify(queue)
    while queue[0][0] < end:
        now, number = queue[0]
        _poll(outlets[number], now, tally)
        heapq.heapreplace(queue, (next_poll(outlets[number], now), number))
    return tally


def _poll(outlet: Outlet, now: datetime, tally: Tally) -> None:
    there = bisect_right(outlet.times, now)
    found = outlet.times[max(outlet.seen, there - SHOWN) : there]
    counted = now >= START + WEEK
    if counted:
        tally.requests += 1
        tally.unchanged += outlet.answers_304 and there == outlet.seen
        tally.lost += max(0, there - SHOWN - outlet.seen)
        tally.found += [(now, at) for at in found if at >= START + WEEK]
    outlet.seen = there


def adaptive(minutes: int, chance: random.Random) -> Next:
    """As the poller does: what is known is what was seen."""

    def next_poll(outlet: Outlet, now: datetime) -> datetime:
        first = bisect_right(outlet.times, START)
        known = outlet.times[max(0, first - SHOWN, outlet.seen - rhythm.NEWEST) : outlet.seen]
        return schedule.next_fetch(
            now, minutes=minutes, wishes=outlet.wishes, times=known, fresh=outlet.fresh, rng=chance
        )

    return next_poll


def fixed(minutes: int) -> Next:
    """Whatever a feed does and asks."""
    return lambda _, now: now + timedelta(minutes=minutes)


def outlets(
    times: Sequence[Sequence[datetime]], number: int, chance: random.Random
) -> list[Outlet]:
    """Feeds with such rhythms: each one of the outlets over six weeks from a random day on."""
    made = []
    while len(made) < number:
        own = chance.choice(times)
        begin = own[0] + (own[-1] - own[0] - 6 * WEEK) * chance.random()
        # Days of the week stay what they are.
        begin = begin.replace(hour=0, minute=0, second=0) - timedelta(days=begin.weekday())
        share = chance.choice(SHARES)
        kept = [
            START - 4 * WEEK + (at - begin)
            for at in own
            if begin <= at < begin + 6 * WEEK and chance.random() < share
        ]
        made.append(Outlet(kept, chance.random() < 0.7, _wishes(chance), _age(chance)))
    return made


def _wishes(chance: random.Random) -> Wishes:
    return Wishes(
        ttl_minutes=chance.choice(TTLS) if chance.random() < 0.2 else None,
        every_minutes=60 if chance.random() < 0.5 else None,
    )


def _age(chance: random.Random) -> float:
    return chance.choice(AGES) if chance.random() < 1 / 3 else 0.0


def recorded(file: Path) -> list[list[datetime]]:
    """Times of each outlet that the wire has for at least seven weeks."""
    times: dict[str, list[datetime]] = defaultdict(list)
    with gzip.open(file) as lines:
        for item in map(json.loads, lines):
            times[item["source"]].append(datetime.fromisoformat(item["published"]))
    return [sorted(own) for own in times.values() if max(own) - min(own) > 7 * WEEK]


def invented(chance: random.Random) -> list[list[datetime]]:
    """Twenty outlets, .1 to 12 entries a day, mostly in the working hours of one time zone."""
    made = []
    for _ in range(20):
        per_day, noon, at = (
            0.1 * 120 ** chance.random(),
            chance.choice((9, 15, 18)),
            START - 8 * WEEK,
        )
        own = []
        while at < START + 4 * WEEK:
            at += timedelta(days=chance.expovariate(4 * per_day))
            near = 1 - min(abs(at.hour - noon), 24 - abs(at.hour - noon)) / 12
            if chance.random() < near * (1.0 if at.weekday() < 5 else 0.2):
                own.append(at)
        made.append(own)
    return made


def main() -> None:
    """Print what both ways of polling give."""
    parser = argparse.ArgumentParser(description="a simulated week of 500 feeds")
    parser.add_argument("--data", type=Path, default=Path("../shared/data/wire/items.jsonl.gz"))
    parser.add_argument("--feeds", type=int, default=500)
    parser.add_argument("--minutes", type=int, default=30, help="`poll_minutes`")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--pipeline", type=float, help="seconds for an article; default: measured")
    given = parser.parse_args()
    pipeline = measured() if given.pipeline is None else given.pipeline
    real = given.data.exists()
    times = recorded(given.data) if real else invented(random.Random(given.seed))
    found = {}
    for name, way in (
        ("adaptive", adaptive(given.minutes, random.Random(given.seed))),
        ("fixed", fixed(given.minutes)),
    ):
        feeds = outlets(times, given.feeds, random.Random(given.seed))
        tally = simulated(feeds, way, random.Random(given.seed))
        found[name] = tally.line(7, pipeline, random.Random(given.seed))
    a_day = sum(sum(at >= START for at in one.times) for one in feeds) / 14
    print(
        json.dumps(
            {"bench": "week", "feeds": given.feeds, "rhythms": "recorded" if real else "invented",
             "outlets": len(times), "entries_a_day": round(a_day),
             "pipeline_seconds": round(pipeline, 3), **found}
        )
    )  # fmt: skip


if __name__ == "__main__":
    main()
