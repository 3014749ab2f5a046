"""Workers, threader, replica, database killed over a replayed month: the same wire, nothing twice.

    python -m bench.workers.kills ../shared/replay/replay.py --kills 20 --minutes 30
    python -m bench.workers.kills REPLAY --start 2026-04-01 --end 2026-04-03 --kills 4 --minutes 3

In: the replay, a span of time. Two databases follow it, each by three workers; one is also served
by two replicas (`breachwire serve`) that a reader asks five times a second. At random moments a
worker, the threader, a replica is killed (SIGKILL) and started again, or the database is stopped
and started; the other is left alone, but for the database, which they share. Both have a webhook
that is told all and readers of the newsletter and of alerts, at real receivers (`told`). Out: a
JSON line, and exit code 1 where articles differ, anything is there twice, a check finds something,
the pair F1 of the threads is below .98, or a mail or a webhook's message is lost or came twice
though no kill explains it. Vectors are recorded before; some time is theirs.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from bench.kills import LEAST
from bench.workers import told
from bench.workers.__main__ import recorded, subscribe
from bench.workers.base import ALL, Server, end, start, until
from bench.workers.receivers import Receivers
from bench.workers.told import Loss
from bench.workers.wire import Served
from breachwire.errors import StoreError
from breachwire.store import Store, open_store

WORKERS: Final = 3
REPLICAS: Final = 2
PORT: Final = 8790
"""Of the first replica."""


class Wire:
    """A database with its workers, and replicas that serve it."""

    def __init__(
        self, url: str, served: Served, vectors: Path, folder: Path, given: tuple[str, ...]
    ) -> None:
        self.url, self._given = url, (url, served, vectors)
        self._more, self._log = given, folder
        folder.mkdir()
        self.workers = [self._worker(n) for n in range(WORKERS)]
        self.replicas: list[subprocess.Popen[bytes]] = []

    def kill_worker(self, number: int) -> Loss:
        """Kill -9, and start it again."""
        at, process = time.monotonic(), self.workers[number]
        end([process])
        lost = Loss(process.pid, at, time.monotonic())
        self.workers[number] = self._worker(number)
        return lost

    def threader(self) -> int:
        """The number of the worker that threads, as far as its log tells."""
        logs = [(self._log / f"{n}.log").read_text("utf-8") for n in range(WORKERS)]
        has = [
            log.rfind("this process is the threader")
            > max(log.rfind("no longer the threader"), log.rfind("working on"))
            for log in logs
        ]
        return has.index(True) if True in has else 0

    def serve(self) -> None:
        """Start the replicas."""
        self.replicas = [self._replica(n) for n in range(REPLICAS)]

    def kill_replica(self, number: int) -> None:
        """Kill -9, and start it again."""
        end([self.replicas[number]])
        self.replicas[number] = self._replica(number)

    def stop(self) -> None:
        """All of it."""
        end([*self.workers, *self.replicas])

    def _worker(self, number: int) -> subprocess.Popen[bytes]:
        log = self._log / f"{number}.log"
        return start(*self._given, log, *self._more, queues=f"{ALL},mail,webhook")

    def _replica(self, number: int) -> subprocess.Popen[bytes]:
        code = "from breachwire.cli import main; main()"
        with (self._log / f"replica-{number}.log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-c", code, "--db", self.url, "serve", "--port",
                 str(PORT + number)],
                stdout=log, stderr=log, env={**os.environ, "OMP_NUM_THREADS": "1"},
            )  # fmt: skip


class Reader(threading.Thread):
    """Asks the replicas in turn, the other one where the first fails, as a proxy does."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.asked = self.failed = 0
        self.longest = 0.0
        """Seconds without an answer."""
        self._ended = threading.Event()

    def run(self) -> None:
        """Until stopped, from the first answer on."""
        last, begun = time.monotonic(), False
        for n in itertools.count():
            if self._ended.wait(0.2):
                return
            answered = self._ask(n) or self._ask(n + 1)
            begun = begun or answered
            self.asked += begun
            self.failed += begun and not answered
            if answered:
                last = time.monotonic()
            elif begun:
                self.longest = max(self.longest, time.monotonic() - last)

    def stop(self) -> None:
        """No more."""
        self._ended.set()
        self.join()

    def _ask(self, number: int) -> bool:
        url = f"http://127.0.0.1:{PORT + number % REPLICAS}/api/v1/threads"
        try:
            with urllib.request.urlopen(url, timeout=10) as answer:
                return bool(answer.status == 200)
        except (OSError, urllib.error.HTTPError):
            return False


def disturb(wire: Wire, server: Server, chance: random.Random, victims: Counter[str]) -> list[Loss]:
    """One of them, at random; of five a worker twice. What can't have noted what it sent."""
    what = chance.choice(["worker", "worker", "threader", "replica", "database"])
    victims[what] += 1
    if what == "worker":
        return [wire.kill_worker(chance.randrange(WORKERS))]
    if what == "threader":
        return [wire.kill_worker(wire.threader())]
    if what == "replica":
        wire.kill_replica(chance.randrange(REPLICAS))
        return []
    at = time.monotonic()
    server.restart()
    return [Loss(0, at, time.monotonic())]


def settled(url: str) -> bool:
    """Whether nothing waits in that store; no, while the database is away."""
    try:
        with closing(open_store(url)) as store:
            counts = store.counts()
            at_rest = all(not one.doing for one in store.jobs() if one.queue == "poll")
            return at_rest and counts.unplaced == counts.stale == 0 and told.at_rest(store)
    except StoreError:
        return False


def judged(calm: Store, killed: Store) -> dict[str, object]:
    """What became of the articles and threads."""
    urls = [Counter(one.url for one in store.all_articles()) for store in (calm, killed)]
    mine, theirs = pairs(killed), pairs(calm)
    both = len(mine) + len(theirs)
    return {
        "articles": urls[1].total(),
        "only_undisturbed": len(urls[0] - urls[1]),
        "only_killed": len(urls[1] - urls[0]),
        "twice": sum(number > 1 for number in urls[1].values()),
        "pair_f1": round(2 * len(mine & theirs) / both, 4) if both else 1.0,
        "problems": [*killed.check(), *calm.check()],
        "jobs_left": {one.queue: one.doing for one in killed.jobs() if one.doing},
    }


def pairs(store: Store) -> set[tuple[str, str]]:
    """Of articles that stand in one thread."""
    urls = {one.id: one.url for one in store.all_articles()}
    threads: dict[str, list[str]] = {}
    for article, thread in store.threads_of(list(urls)).items():
        threads.setdefault(thread, []).append(urls[article])
    return {pair for own in threads.values() for pair in itertools.combinations(sorted(own), 2)}


def run(given: argparse.Namespace, folder: Path, server: Server) -> dict[str, object]:
    """The two databases through the whole time; what was found."""
    first, last = (
        datetime.fromisoformat(day).replace(tzinfo=UTC) for day in (given.start, given.end)
    )
    seconds = given.minutes * 60
    rate = (last - first).total_seconds() / 3600 / seconds
    span = (given.replay, given.start, given.end, given.port)
    with server.database() as url, Served(*span, 0.0, 0.0) as served:
        vectors = recorded(url, served, folder)
    chance, victims, reader = random.Random(given.seed), Counter[str](), Reader()
    moments = sorted(chance.uniform(0.05, 0.95) * seconds for _ in range(given.kills))
    losses: list[Loss] = []
    with (
        server.database() as quiet, server.database() as loud, Served(*span, rate, 0.0) as served,
        closing(Receivers(given.moment)) as receivers,
    ):  # fmt: skip
        urls = {"calm": quiet, "killed": loud}
        for name, url in urls.items():
            with closing(open_store(url)) as store:
                subscribe(store, served.outlets(), 0)
                told.listen(store, receivers, name, first)
        more = ("--rate", str(rate), "--end", last.isoformat(), "--smtp", str(receivers.smtp))
        began = time.monotonic()
        calm = Wire(quiet, served, vectors, folder / "calm", more)
        killed = Wire(loud, served, vectors, folder / "killed", more)
        try:
            killed.serve()
            reader.start()
            for moment in moments:
                time.sleep(max(0.0, began + moment - time.monotonic()))
                losses += disturb(killed, server, chance, victims)
            time.sleep(max(0.0, began + seconds - time.monotonic()))
            for url in urls.values():
                last_round(url, last)
            reader.stop()
        finally:
            calm.stop()
            killed.stop()
        with closing(open_store(quiet)) as one, closing(open_store(loud)) as other:
            found = judged(one, other)
            found["told"] = {
                name: told.judged(urls[name], store, receivers, name, losses)
                for name, store in (("calm", one), ("killed", other))
            }
            found["told_by"] = told.beside(receivers, {"calm": one, "killed": other})
    return {
        "bench": "workers.kills", "kills": given.kills, "seed": given.seed, **victims,
        "hours": (last - first).total_seconds() / 3600, **found,
        "reader": {"asked": reader.asked, "failed": reader.failed,
                   "longest_silence": round(reader.longest, 1)},
    }  # fmt: skip


def last_round(url: str, end: datetime) -> None:
    """Every feed once more, now that all is out; until nothing waits."""
    with closing(open_store(url)) as store:
        feeds = {feed.id: feed.last_fetch_at for feed in store.feeds()}
        for feed in store.feeds():
            store.save_feed(replace(feed, next_fetch_at=end, etag=None, last_modified=None))

    def asked() -> bool:
        with closing(open_store(url)) as store:
            return all(feed.last_fetch_at == end for feed in store.feeds() if feed.id in feeds)

    until(asked, 1200, "a last round of polls", every=2.0)
    until(lambda: settled(url), 3600, "threads, briefs, messages", every=2.0)


def sound(found: dict[str, Any]) -> bool:
    """Whether all holds."""
    bad = ("only_undisturbed", "only_killed", "twice", "problems", "jobs_left")
    told_well = all(told.sound(one) for one in found["told"].values())
    issues = found["told_by"]["issues"]
    told_well &= issues["first_alone"] == issues["second_alone"] == 0
    return told_well and not any(found[name] for name in bad) and found["pair_f1"] >= LEAST


def main() -> None:
    """Print what was found; exit 1 where something does not hold."""
    parser = argparse.ArgumentParser(description="kill -9 of workers over a replayed month")
    parser.add_argument("replay", type=Path, help="replay.py, which serves the recorded feeds")
    parser.add_argument("--start", default="2026-03-24")
    parser.add_argument("--end", default="2026-04-23")
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--moment", type=float, default=0.3, help="before a message is answered")
    parser.add_argument("--port", type=int, default=8766)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        with closing(Server(folder)) as server:
            found = run(given, folder, server)
    print(json.dumps(found))
    sys.exit(0 if sound(found) else 1)


if __name__ == "__main__":
    main()
