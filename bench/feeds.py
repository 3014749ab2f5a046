"""2,000 feeds for a simulated hour, 600 of them with faults: do the others come as they should?

    python -m bench.feeds [--speed 12] [--folder DIR]

In: how many simulated seconds pass in one. Two hours: one of all feeds, one of those that are well
alone, each with the real poller, client and store against a server of its own (`bench.faulty`) on
localhost. Out: a JSON line: how late what the well ones publish is seen in both hours, how late
their polls began, the longest time in which no poll ended, memory, and how many requests any host
had at once; exit code 1 where that is more than one, where polls stall, memory grows by more than
150 MB, or the faults cost the others' polls more than two minutes. Ten minutes on two cores with
nothing beside it: on a loaded machine the deadlines, which are as much shorter, fail the well ones.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

from bench.faulty import KINDS, PAST, START, WELL, feed, host, items
from breachwire.config import Config, networks
from breachwire.model import Draft, Entry, Feed, FeedSpec
from breachwire.net import Hosts
from breachwire.pipeline.outage import HearingClient
from breachwire.pipeline.poll import ROUND, Polled, Poller
from breachwire.pipeline.taking import entry_hash
from breachwire.store import EntryRef, Store, open_store
from ingest.robots import Robots

HOUR: Final = timedelta(hours=1)
TICK: Final = 5.0
"""Seconds between two looks at what is due, as `service.POLL_TICK`."""
DEADLINE: Final = 20.0
MOST_LATER: Final = 2.0
"""Minutes."""
MOST_GROWTH: Final = 150.0
"""MB."""
MOST_SILENCE: Final = 120.0
"""Simulated seconds in which no poll ends, while some are due each few."""


class Scaled(Hosts):
    """Manners in simulated time."""

    def __init__(self, speed: float) -> None:
        super().__init__()
        self._speed = speed

    def rest(self, url: str, seconds: float) -> None:
        """Shorter by as much as time is faster."""
        super().rest(url, seconds / self._speed)


class Watched(Poller):
    """The poller, and when it did what."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.late: list[float] = []
        """Minutes after its time that each poll of a well feed began."""
        self.ended: list[datetime] = []

    def poll(self, feed: Feed) -> Polled:
        """As the poller does."""
        if feed.next_fetch_at and _kind(feed) in WELL:
            self.late.append((self._now() - feed.next_fetch_at) / timedelta(minutes=1))
        try:
            return super().poll(feed)
        finally:
            self.ended.append(self._now())


def _kind(one: Feed) -> str:
    return one.spec.url.split("/")[-2]


def seed(store: Store, kinds: Mapping[str, int], port: int) -> None:
    """Subscribed feeds of which some entries are known, each next asked within its first half hour:
    an hour of a wire that has run for long."""
    everyone = [(kind, n) for kind, number in kinds.items() for n in range(number)]
    specs = [
        FeedSpec(f"http://{host(k, n)}:{port}{feed(k, n)}", outlet=f"{k} {n}") for k, n in everyone
    ]
    store.add_feeds(specs)
    ids = {one.spec.url: one for one in store.feeds()}
    for place, ((kind, n), spec) in enumerate(zip(everyone, specs, strict=True)):
        known = ids[spec.url]
        at = START + timedelta(minutes=30 * (place * 0.618 % 1))
        store.save_feed(_due(known, at))
        base = spec.url.removesuffix(feed(kind, n))
        if kind == "moving":
            base = f"http://new{n}.example:{port}"
        drafts = []
        for item in items(kind, n)[:PAST]:
            url = base + item.path
            entry = Entry(item.path, url, item.title, item.summary)
            draft = Draft(url=url, title=item.title, text=item.summary, published=item.published)
            drafts.append((draft, EntryRef(known.id, item.path, entry_hash(entry))))
        store.take(drafts, START - HOUR)


def _due(known: Feed, at: datetime) -> Feed:
    return replace(known, state="ok", last_success_at=START - HOUR, next_fetch_at=at)


def hour(kinds: Mapping[str, int], speed: float, folder: Path) -> dict[str, Any]:
    """One simulated hour of these feeds."""
    folder.mkdir(parents=True)
    port = _free_port()
    with contextlib.closing(open_store(f"sqlite:///{folder / 'wire.sqlite3'}")) as store:
        seed(store, kinds, port)
        with serving(port, speed) as began:
            poller, memory = _polled(store, speed, began)
            stats = json.load(urllib.request.urlopen(f"http://127.0.0.1:{port}/stats", timeout=30))
        return _told(store, poller, memory, stats)


def _polled(store: Store, speed: float, began: float) -> tuple[Watched, list[float]]:
    def now() -> datetime:
        return START + timedelta(seconds=(time.time() - began) * speed)

    allow, stop = networks("127.0.0.0/8"), threading.Event()
    client = HearingClient(
        "Breachwire bench", allow=allow, resolver=lambda *_: ["127.0.0.1"],
        deadline=DEADLINE / speed, hosts=Scaled(speed),
    )  # fmt: skip
    robots = Robots(client)
    poller = Watched(store, client, Config(allow_private=allow), now=now, stop=stop, robots=robots)
    client.hosts.space = lambda url: robots.known_delay(url) / speed
    memory = [_megabytes()]
    while now() < START + HOUR:
        poller.run(patience=ROUND / speed)
        memory.append(_megabytes())
        time.sleep(TICK / speed)
    stop.set()
    client.close()
    return poller, memory


def _told(
    store: Store, poller: Watched, memory: list[float], stats: Mapping[str, Any]
) -> dict[str, Any]:
    delays = [
        (one.first_seen_at - one.published) / timedelta(minutes=1)
        for one in store.all_articles()
        if one.published and one.published >= START and one.source.split()[0] in WELL
    ]
    ended = sorted(poller.ended)
    gaps = [(b - a).total_seconds() for a, b in pairwise(ended)]
    states: dict[str, int] = {}
    for one in store.feeds():
        if _kind(one) in WELL and one.state != "ok":
            states[one.error or one.state] = states.get(one.error or one.state, 0) + 1
    return {
        "seen": len(delays),
        "delay_median": round(statistics.median(delays), 1),
        "delay_p90": round(statistics.quantiles(delays, n=10)[8], 1),
        "late_median": round(statistics.median(poller.late), 2),
        "late_p99": round(statistics.quantiles(poller.late, n=100)[98], 2),
        "late_most": round(max(poller.late), 2),
        "polls": len(ended),
        "longest_silence": round(max(gaps), 1),
        "memory": round(memory[0]),
        "memory_most": round(max(memory)),
        "most_at_a_host": stats["most_at_a_host"],
        "requests": sum(stats["requests"].values()),
        "well_failing": sum(states.values()),
    }


@contextlib.contextmanager
def serving(port: int, speed: float) -> Iterator[float]:
    """The server at work; when its time began."""
    began = time.time() + 3  # until it listens
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.faulty", str(port), str(speed), str(began)]
    )
    try:
        _until(lambda: urllib.request.urlopen(f"http://127.0.0.1:{port}/stats", timeout=5).close())
        time.sleep(max(0.0, began - time.time()))
        yield began
    finally:
        process.kill()
        process.wait()


def _until(works: Callable[[], object]) -> None:
    for _ in range(300):
        with contextlib.suppress(OSError):
            works()
            return
        time.sleep(0.2)
    sys.exit("the server does not answer")


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _megabytes() -> float:
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * 4096 / 1e6


def sound(mixed: Mapping[str, Any], well: Mapping[str, Any]) -> bool:
    """Whether all holds."""
    return bool(
        mixed["most_at_a_host"] == 1
        and mixed["longest_silence"] <= MOST_SILENCE
        and mixed["memory_most"] - mixed["memory"] <= MOST_GROWTH
        and mixed["late_p99"] - well["late_p99"] <= MOST_LATER
        and mixed["delay_median"] - well["delay_median"] <= MOST_LATER
    )


def main() -> None:
    """Print what was found; exit 1 where something does not hold."""
    parser = argparse.ArgumentParser(description="2,000 feeds, 600 with faults, a simulated hour")
    parser.add_argument("--speed", type=float, default=12)
    parser.add_argument("--share", type=float, default=1.0, help="of all feeds")
    parser.add_argument("--folder", type=Path, help="keep the stores here")
    given = parser.parse_args()
    kinds = {kind: max(1, round(number * given.share)) for kind, number in KINDS.items()}
    with tempfile.TemporaryDirectory() as temporary:
        folder = given.folder or Path(temporary)
        mixed = hour(kinds, given.speed, folder / "mixed")
        well = hour({kind: kinds[kind] for kind in WELL}, given.speed, folder / "well")
    line = {"bench": "feeds", "feeds": sum(kinds.values()), "speed": given.speed}
    print(json.dumps({**line, "mixed": mixed, "well_alone": well}))
    sys.exit(0 if sound(mixed, well) else 1)


if __name__ == "__main__":
    main()
