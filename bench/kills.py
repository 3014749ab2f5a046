"""Killed 100 times over a replayed month: nothing acknowledged is lost or twice, threads hold.

    python -m bench.kills ../shared/replay/replay.py --start 2026-03-24 --end 2026-04-23
    python -m bench.kills REPLAY --start 2026-04-01 --end 2026-04-02 --kills 4 --minutes 3

In: the replay's program, a span of time. Two stores follow the same replay by the real poller and
threader (`bench.halves`); the halves of one are killed (SIGKILL) at random moments and started
again, those of the other are left alone. Out: a JSON line, and exit code 1 where an acknowledged
article is missing or there twice, a check of either store finds something, or the pair F1 between
the two stores' threads is below .98. 45 minutes on two cores, which nothing else should be using.
"""

from __future__ import annotations

import argparse
import contextlib
import itertools
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from bench.halves import ENDED
from breachwire.store import open_store

LEAST = 0.98
HALVES = ("poll", "work")
LEFT = 3600.0
"""Seconds that the halves get to finish what waits at the end."""


class Wire:
    """A store and its two halves."""

    def __init__(self, folder: Path, base: str, rate: float, end: datetime) -> None:
        folder.mkdir(parents=True)
        self.folder = folder
        self.store = folder / "wire.sqlite3"
        self._words = (str(self.store), base, str(rate), end.isoformat())
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self.failed: list[str] = []
        """Halves that ended by themselves before they were done."""

    def start(self, half: str) -> None:
        """In a process of its own; what it says goes to a file."""
        log = (self.folder / f"{half}.log").open("ab")
        with log:
            self._running[half] = subprocess.Popen(
                [sys.executable, "-m", "bench.halves", half, *self._words],
                stdout=log, stderr=log, env={**os.environ, "OMP_NUM_THREADS": "1"},
            )  # fmt: skip

    def kill(self, half: str) -> None:
        """Kill -9, and start it again."""
        process = self._running[half]
        if process.poll():
            self.failed.append(half)
        process.send_signal(signal.SIGKILL)
        process.wait()
        self.start(half)

    def finish(self) -> None:
        """Let both halves come to their end."""
        for half in HALVES:
            if half == "work":
                (self.folder / ENDED).touch()
            if self._running[half].wait(LEFT):
                self.failed.append(half)

    def stop(self) -> None:
        """Whatever still runs."""
        for process in self._running.values():
            process.kill()
            process.wait()

    def acknowledged(self) -> dict[int, str]:
        """Articles that the store had said to have, with their addresses."""
        file = self.folder / "acknowledged"
        lines = file.read_text("utf-8").splitlines() if file.exists() else []
        pairs = (line.split("\t", 1) for line in lines)
        return {int(id): url for id, url in pairs}

    def rows(self, query: str) -> list[tuple[str, ...]]:
        """What a query finds."""
        with contextlib.closing(sqlite3.connect(self.store)) as connection:
            return connection.execute(query).fetchall()

    def problems(self) -> list[str]:
        """As `doctor` finds them."""
        store = open_store(f"sqlite:///{self.store}")
        with contextlib.closing(store):
            return store.check()

    def pairs(self) -> set[tuple[str, str]]:
        """Of articles that stand in one thread."""
        threads: dict[str, list[str]] = {}
        for url, thread in self.rows(
            "SELECT a.url, m.thread FROM membership m JOIN article a ON a.id = m.article"
            " WHERE m.thread IS NOT NULL"
        ):
            threads.setdefault(thread, []).append(url)
        return {pair for own in threads.values() for pair in itertools.combinations(sorted(own), 2)}


@contextlib.contextmanager
def replaying(given: argparse.Namespace, rate: float) -> Iterator[str]:
    """The replay at work; its address."""
    base = f"http://127.0.0.1:{given.port}"
    process = subprocess.Popen(
        [sys.executable, str(given.replay), "--start", given.start, "--end", given.end,
         "--port", str(given.port), "--hours-per-second", str(rate)],
        stdout=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        until = time.monotonic() + 120
        while True:
            try:
                urllib.request.urlopen(f"{base}/clock", timeout=5).close()
            except OSError:
                if process.poll() is not None or time.monotonic() > until:
                    sys.exit(f"{given.replay} does not answer at {base}")
                time.sleep(0.2)
            else:
                break
        yield base
    finally:
        process.kill()
        process.wait()


def run(given: argparse.Namespace, folder: Path) -> dict[str, object]:
    """The two stores through the whole time; what was found."""
    start, end = (
        datetime.fromisoformat(day).replace(tzinfo=UTC) for day in (given.start, given.end)
    )
    seconds = given.minutes * 60
    rate = (end - start).total_seconds() / 3600 / seconds
    chance = random.Random(given.seed)
    moments = sorted(chance.uniform(0.03, 0.98) * seconds for _ in range(given.kills))
    victims: Counter[str] = Counter()
    with replaying(given, rate) as base:
        began = time.monotonic()
        calm, killed = (Wire(folder / name, base, rate, end) for name in ("calm", "killed"))
        try:
            for wire, half in itertools.product((calm, killed), HALVES):
                wire.start(half)
            for moment in moments:
                time.sleep(max(0.0, began + moment - time.monotonic()))
                half = chance.choice(HALVES)
                killed.kill(half)
                victims[half] += 1
            calm.finish()
            killed.finish()
        finally:
            calm.stop()
            killed.stop()
        took = time.monotonic() - began
    return {
        "bench": "kills", "kills": given.kills, "seed": given.seed, **victims,
        "hours": (end - start).total_seconds() / 3600, "seconds": round(took),
        **judged(calm, killed),
    }  # fmt: skip


def judged(calm: Wire, killed: Wire) -> dict[str, object]:
    """What became of the articles and threads."""
    urls = [Counter(row[0] for row in w.rows("SELECT url FROM article")) for w in (calm, killed)]
    acked = killed.acknowledged()
    there = {int(row[0]) for row in killed.rows("SELECT id FROM article")}
    twice = killed.rows(
        "SELECT title FROM article GROUP BY title, source, published HAVING count(*) > 1"
    )
    once = calm.rows(
        "SELECT title FROM article GROUP BY title, source, published HAVING count(*) > 1"
    )
    mine, theirs = killed.pairs(), calm.pairs()
    both = len(mine) + len(theirs)
    return {
        "acknowledged": len(acked),
        "lost": len(set(acked) - there),
        "twice": len(set(twice) - set(once)),
        "articles": len(there),
        "only_undisturbed": len(urls[0] - urls[1]),
        "only_killed": len(urls[1] - urls[0]),
        "pair_f1": round(2 * len(mine & theirs) / both, 4) if both else 1.0,
        "problems": [*killed.problems(), *calm.problems()],
        "ended_by_itself": [*killed.failed, *calm.failed],
    }


def sound(found: dict[str, object]) -> bool:
    """Whether all holds."""
    bad = ("lost", "twice", "problems", "ended_by_itself")
    return not any(found[name] for name in bad) and float(str(found["pair_f1"])) >= LEAST


def main() -> None:
    """Print what was found; exit 1 where something does not hold."""
    parser = argparse.ArgumentParser(description="100 kill -9 over a replayed month")
    parser.add_argument("replay", type=Path, help="replay.py, which serves the recorded feeds")
    parser.add_argument("--start", default="2026-03-24")
    parser.add_argument("--end", default="2026-04-23")
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--minutes", type=float, default=45)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--port", type=int, default=8766)
    parser.add_argument("--folder", type=Path, help="keep the stores here")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        found = run(given, given.folder or Path(temporary))
    print(json.dumps(found))
    sys.exit(0 if sound(found) else 1)


if __name__ == "__main__":
    main()
