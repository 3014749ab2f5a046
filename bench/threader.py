"""What threading costs an article, embedding aside: one JSON line a size.

    python -m bench.threader [--keep FOLDER] [ARTICLES …]

In: stores of invented news (`bench.archive`), made where FOLDER has none. Out: for each size the
seconds of a start, the process's memory, and milliseconds over 512 new articles: 13 in 20 on new
events, six on events of the last ten days (`lately`), one on any older one (life has fewer).
`_right` counts those that open a thread, or join their event's, `_settled` those that stand so
after their batch's second thoughts. Of older events, those of the last two months (`weeks_ago`) are
in memory and near in time; `long_ago`, the long tail, are in the archive and need a reason beyond
likeness: among 10,000 articles there are none. `decide` and `accept` are timed together, article by
article, `read` (its traits and kind) before them; what comes batch by batch, as in the pipeline, is
given for an article: `expect` (a batch's neighbours, and what the archive has of its names, at
once) and `again` (its second thoughts). `all` is the sum. The tagger (a batch at once) and the
claims are read beforehand, and shown apart: the ledger needs them anyway. CPU time beside wall
time, for machines that others use too.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from bench.archive import MODEL, id_of
from bench.wire import A_DAY, START, Told, Wire
from breachwire.model import Article, Vector, thread_id
from breachwire.pipeline.archive import StoredArchive, restored
from breachwire.store import Store, open_store
from breachwire.testing import an_article
from nlp import claims
from nlp.evidence import MONTHS
from nlp.rethink import Doubt, Move, rethink
from nlp.thread import OPENING, Threader
from nlp.train.placing import moved

TIMED: Final = 512
BATCH: Final = 64
"""As `breachwire.pipeline.derive` places them."""
LATELY: Final = timedelta(days=10)
Case = tuple[Article, Vector, str, str | None]
"""An article, its vector, what it is (new, lately, weeks_ago, long_ago), the thread that it belongs
to."""


def cases(store: Store, placed: int) -> Iterator[Case]:
    """The new articles; their events are drawn from the store."""
    draw, wire = random.Random(11), Wire(seed=13)
    step = timedelta(days=1) / A_DAY
    for number in range(TIMED):
        at = START + step * number
        kind = draw.choices(("new", "lately", "older"), (13, 6, 1))[0]
        if kind == "new":
            yield *as_article(wire.tell(wire.event(), at)), kind, None
            continue
        recent = min(placed, int(LATELY.days * A_DAY))
        back = draw.randint(1, recent) if kind == "lately" else draw.randint(recent, placed)
        old = store.article(id_of(START - step * back))
        victim, cve = old.text.partition(" confirmed ")[0], old.title.partition("CVE-")
        vector = store.vectors_of(MODEL, [old.id])[old.id]
        event = wire.known(victim, "".join(cve[1:])[:15], vector)
        told = wire.tell(event, at, again=kind == "older")
        if kind == "older":
            kind = "long_ago" if (at - old.at).days > MONTHS else "weeks_ago"
        yield *as_article(told), kind, store.threads_of([old.id])[old.id]


def as_article(told: Told) -> tuple[Article, Vector]:
    """As the threader gets it."""
    id_ = id_of(told.at)
    article = an_article(
        id_,
        told.title,
        told.text,
        source=f"Outlet {id_ // 7 % 17}",
        at=told.at,
        lead=told.text[:200],
    )
    return article, told.vector


@dataclass(slots=True)
class Times:
    """Wall and CPU seconds of one kind of step."""

    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Time what stands inside."""
        started, worked = time.perf_counter(), time.process_time()
        yield
        self.cpu.append(time.process_time() - worked)
        self.wall.append(time.perf_counter() - started)


def measure(path: Path, placed: int) -> dict[str, Any]:
    """The figures among `placed` articles."""
    store = open_store(f"sqlite:///{path}")
    started = time.perf_counter()
    threader = restored(StoredArchive(store, MODEL))
    took = time.perf_counter() - started
    tagging, claiming, expecting, reading, deciding, again = (Times() for _ in range(6))
    counts: Counter[str] = Counter()
    waiting = list(cases(store, placed))
    for start in range(0, TIMED, BATCH):
        batch = waiting[start : start + BATCH]
        opened = [replace(case[0], text=case[0].text[:OPENING]) for case in batch]
        with tagging.taken():
            claims.expect(opened)
        with expecting.taken():
            threader.expect((article, vector) for article, vector, _, _ in batch)
        for (article, vector, kind, thread), read in zip(batch, opened, strict=True):
            with claiming.taken():
                claims.extract(read)
            with reading.taken():
                threader.read(article, vector)
            with deciding.taken():
                placement = threader.decide(article, vector)
                threader.accept(article, vector, placement)
            opens = placement.method == "opens"
            counts[kind] += 1
            counts[f"{kind}_right"] += opens if thread is None else placement.thread == thread
        with again.taken():
            counts["doubts"] += len(think_again(threader, [case[0].id for case in batch], counts))
        for article, _, kind, thread in batch:
            stands = threader.memory.thread_of(article.id)
            counts[f"{kind}_settled"] += stands == (thread or thread_id(article.id))
    store.close()
    return {
        "bench": "threader",
        "placed": placed,
        "restore_s": round(took, 1),
        "memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        **_ms("", deciding.wall),
        **_ms("cpu_", deciding.cpu),
        **{
            f"{name}_mean_ms": round(1000 * sum(seconds) / TIMED, 2)
            for name, seconds in (
                ("read_cpu", reading.cpu),
                ("expect_cpu", expecting.cpu),
                ("again_cpu", again.cpu),
                ("all", reading.wall + expecting.wall + deciding.wall + again.wall),
                ("all_cpu", reading.cpu + expecting.cpu + deciding.cpu + again.cpu),
            )
        },
        "tagger_cpu_mean_ms": round(1000 * sum(tagging.cpu) / TIMED, 2),
        **_ms("claims_", claiming.wall),
        **dict(sorted(counts.items())),
        "load": round(os.getloadavg()[0], 1),
    }


def think_again(threader: Threader, new: list[int], counts: Counter[str]) -> list[Doubt]:
    """Second thoughts after a batch; moves in memory alone, as if the store had followed."""

    def make(move: Move) -> None:
        counts["moves"] += 1
        moved(threader, move)

    doubts = rethink(threader, new, make)
    threader.memory.settle()
    return doubts


def _ms(name: str, seconds: list[float]) -> dict[str, float]:
    ordered = sorted(1000 * s for s in seconds)
    return {
        f"{name}median_ms": round(statistics.median(ordered), 2),
        f"{name}mean_ms": round(statistics.mean(ordered), 2),
        f"{name}p99_ms": round(ordered[int(0.99 * len(ordered))], 2),
    }


def main() -> None:
    """Each size in a process of its own: memory is a process's."""
    parser = argparse.ArgumentParser(description="Time the threader.")
    parser.add_argument("sizes", nargs="*", type=int, default=[10_000, 100_000, 1_000_000])
    parser.add_argument(
        "--keep", type=Path, default=Path(tempfile.gettempdir()) / "breachwire-bench"
    )
    options = parser.parse_args()
    options.keep.mkdir(parents=True, exist_ok=True)
    for size in options.sizes:
        path = options.keep / f"{size}.sqlite3"
        if len(options.sizes) == 1 and path.exists():
            print(json.dumps(measure(path, size)), flush=True)
            continue
        for command in (
            ["bench.archive", str(path), str(size)],
            ["bench.threader", "--keep", str(options.keep), str(size)],
        ):
            subprocess.run([sys.executable, "-m", *command], check=True)


if __name__ == "__main__":
    main()
