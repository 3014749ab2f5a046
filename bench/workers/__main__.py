"""What 1, 2, 4 workers do in a second, from an empty store to threads with briefs.

    python -m bench.workers ../shared/replay/replay.py --workers 1 2 4 --latency 0.2

In: the replay, a span of time whose entries are all out, on a host an outlet, each with some
further hosts that show the same. Out: a JSON line a number of workers: feeds polled, articles taken
and threads briefed in a second, seconds that the oldest job of a queue waited, CPU. The embedder's
vectors are recorded in a run before, which is not timed: on two cores the model would be all that
is measured. Each answer of the web takes `--latency` seconds, as pages do.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from contextlib import closing
from pathlib import Path
from typing import Any

from bench.workers.base import Server, end, start, until
from bench.workers.one import record
from bench.workers.wire import ALIASES, Served, host
from breachwire.model import FeedSpec
from breachwire.store import Store, open_store
from nlp import embed


def subscribe(store: Store, outlets: list[str], aliases: int) -> int:
    """To each outlet's feed on each of its hosts; how many."""
    specs = [
        FeedSpec(f"http://{host(outlet, alias)}/{outlet}/feed", outlet=outlet)
        for alias in range(aliases + 1)
        for outlet in outlets
    ]
    store.add_feeds(specs)
    return len(specs)


def recorded(url: str, served: Served, folder: Path) -> Path:
    """The vectors of all articles that a poll of everything gives."""
    file = folder / "vectors.npz"
    with closing(open_store(url)) as store:
        feeds = subscribe(store, served.outlets(), 0)
        worker = start(url, served, file, folder / "recording.log", queues="poll")
        try:
            until(lambda: polled(store) == feeds, 3600, "polls")
        finally:
            end([worker])
        record([embed.text_of(one.title, one.text) for one in store.all_articles()], file)
    return file


def polled(store: Store) -> int:
    """Feeds that were asked."""
    return sum(feed.last_fetch_at is not None for feed in store.feeds())


def measured(
    url: str, served: Served, vectors: Path, folder: Path, workers: int, aliases: int
) -> dict[str, Any]:
    """One number of workers, from the moment that feeds are there."""
    with closing(open_store(url)) as store:
        log = folder / f"{workers}.log"
        processes = [start(url, served, vectors, log) for _ in range(workers)]
        try:
            until(lambda: "working on" in log.read_text() if log.exists() else False, 300, "start")
            time.sleep(5)  # the others, and the roles
            before, began = os.times(), time.monotonic()
            feeds = subscribe(store, served.outlets(), aliases)
            polls, oldest = 0.0, dict[str, float]()
            while not (polls and store.counts().unplaced == store.counts().stale == 0):
                for one in store.jobs():
                    oldest[one.queue] = max(oldest.get(one.queue, 0.0), one.oldest or 0.0)
                if not polls and polled(store) == feeds:
                    polls = time.monotonic() - began
                time.sleep(0.5)
            seconds, counts = time.monotonic() - began, store.counts()
            for one in processes:
                one.terminate()
            for one in processes:
                one.wait()
        finally:
            end(processes)
        after = os.times()
        cpu = sum(after[2:4]) - sum(before[2:4])
        return {
            "bench": "workers", "workers": workers, "feeds": feeds, "articles": counts.articles,
            "threads": counts.threads, "seconds": round(seconds, 1),
            "polls_per_second": round(feeds / polls, 2),
            "articles_per_second": round(counts.articles / seconds, 2),
            "threads_per_second": round(counts.threads / seconds, 2),
            "oldest_job_seconds": {queue: round(s, 1) for queue, s in oldest.items()},
            "worker_cpu_seconds": round(cpu, 1),
            "embedded": log.read_text().count("embedded:"),
        }  # fmt: skip


def main() -> None:
    """Print a line a number of workers."""
    parser = argparse.ArgumentParser(description="what 1, 2, 4 workers do in a second")
    parser.add_argument("replay", type=Path, help="replay.py, which serves the recorded feeds")
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2, 4])
    parser.add_argument("--start", default="2026-04-01")
    parser.add_argument("--end", default="2026-04-08")
    parser.add_argument("--aliases", type=int, default=10, choices=range(ALIASES + 1))
    parser.add_argument("--latency", type=float, default=0.2)
    parser.add_argument("--port", type=int, default=8766)
    given = parser.parse_args()
    span = (given.replay, given.start, given.end, given.port)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        with closing(Server(folder)) as server:
            with server.database() as url, Served(*span, 0.0, 0.0) as served:
                vectors = recorded(url, served, folder)
            for workers in given.workers:
                with server.database() as url, Served(*span, 0.0, given.latency) as served:
                    found = measured(url, served, vectors, folder, workers, given.aliases)
                    print(json.dumps(found), flush=True)


if __name__ == "__main__":
    main()
