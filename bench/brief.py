"""How long an extractive brief takes, embeddings and claims being there already: JSON lines.

    python -m bench.brief [--articles 10] [--briefs 40]

In: threads of ten articles each, made of the demonstration's articles and their claims, and the
demonstration's own threads. Out: milliseconds a brief (median, 99 of 100, most) by CPU time, and by
wall time: of threads none of whose articles was read before; of threads that share nine articles
with the one before, as a thread does that a report has joined (what was found in a sentence is
kept); of the demonstration's own. The figure to hold is 50 ms for ten articles.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final

from breachwire.demo import corpus
from breachwire.model import Member, ThreadView
from evals import judged
from nlp import brief

BRIEFS: Final = 40


def threads() -> dict[str, list[str]]:
    """Addresses of the demonstration's threads of incidents, by label."""
    found: dict[str, list[str]] = {}
    for article in corpus.articles():
        if article.thread:
            found.setdefault(article.thread, []).append(article.url)
    return found


def long_threads(size: int, number: int, apart: int = 1) -> list[ThreadView]:
    """`number` threads of `size` articles, each beginning `apart` articles of the corpus on."""
    urls = [article.url for article in corpus.articles()]
    rings = [[urls[(n * apart + at) % len(urls)] for at in range(size)] for n in range(number)]
    return [judged.view("breach", stored(ring)) for ring in rings]


def stored(urls: Sequence[str]) -> list[Member]:
    """Members by their addresses, oldest first, each with one id in all threads, as in a store."""
    ids = {article.url: number for number, article in enumerate(corpus.articles(), 1)}
    held = judged.members(judged.DEMO, urls)
    return [replace(m, article=replace(m.article, id=ids[m.article.url])) for m in held]


def measure(name: str, views: Sequence[ThreadView]) -> dict[str, Any]:
    """The figures of some threads, the first brief of a process aside."""
    brief.write(views[0])
    each, sizes = [], []
    wall = time.perf_counter()
    for view in views:
        started = time.process_time()
        sizes.append(len(brief.write(view)))
        each.append(1000 * (time.process_time() - started))
    wall = time.perf_counter() - wall
    each.sort()
    return {
        "bench": "brief", "threads": name, "briefs": len(views),
        "articles": round(statistics.mean(len(v.members) for v in views), 1),
        "statements": round(statistics.mean(sizes), 1),
        "median_ms": round(statistics.median(each), 1),
        "p99_ms": round(each[int(0.99 * len(each))], 1), "most_ms": round(each[-1], 1),
        "wall_ms": round(1000 * wall / len(views), 1), "load": round(os.getloadavg()[0], 1),
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
    }  # fmt: skip


def main() -> None:
    """A line for unread threads, one for threads that grew, one for the demonstration's own."""
    parser = argparse.ArgumentParser(description="Time the extractive brief.")
    parser.add_argument("--articles", type=int, default=10)
    parser.add_argument("--briefs", type=int, default=BRIEFS)
    options = parser.parse_args()
    size = options.articles
    unread = long_threads(size, len(corpus.articles()) // size, apart=size)
    print(json.dumps(measure(f"{size} articles, unread", unread)), flush=True)
    long = long_threads(size, options.briefs)
    print(json.dumps(measure(f"{size} articles", long)), flush=True)
    own = [judged.view("breach", stored(urls)) for urls in threads().values()]
    print(json.dumps(measure("demonstration", own)), flush=True)


if __name__ == "__main__":
    main()
