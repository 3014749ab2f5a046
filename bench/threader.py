"""What the join decision costs an article, embedding aside: one JSON line a size.

In: invented articles on 30 names, random vectors. Out: median milliseconds of decide and accept
together, among as many placed articles as are given.

    python -m bench.threader [ARTICLES …]
"""

from __future__ import annotations

import json
import random
import statistics
import sys
import time
from datetime import UTC, datetime, timedelta

import numpy as np

from breachwire.model import Article
from nlp.thread import Threader

NAMES = [f"{a}{b}{c}" for a in ("Bor", "Quel", "Tes") for b in "aeiou" for c in ("vane", "mark")]
START = datetime(2026, 1, 1, tzinfo=UTC)
TIMED = 200


def article(draw: random.Random, number: int) -> Article:
    """One invented story, ten hours after the last."""
    at = START + timedelta(hours=10 * number)
    return Article(
        id=number,
        url=f"https://outlet.example/{number}",
        title=f"{draw.choice(NAMES)} {draw.choice(NAMES)} breach {number}",
        text=" ".join(draw.choices(NAMES, k=30)),
        lead="",
        authors=(),
        source=f"Outlet {number % 9}",
        family="",
        section="",
        published=at,
        first_seen_at=at,
        content_hash=str(number),
        revision=1,
        state="stored",
        language="en",
        text_from="feed",
        page_state="unknown",
        page_note="",
        credit="",
    )


def measure(placed: int) -> None:
    """Print the figure among `placed` articles."""
    draw = random.Random(7)
    rows = np.random.default_rng(3).normal(size=(placed + TIMED, 384)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    threader, times = Threader(), []
    for number, vector in enumerate(rows, 1):
        one = article(draw, number)
        started = time.perf_counter()
        threader.accept(one, vector, threader.decide(one, vector))
        times.append(1000 * (time.perf_counter() - started))
    median = round(statistics.median(times[placed:]), 2)
    print(json.dumps({"bench": "threader", "placed": placed, "median_ms": median}), flush=True)


if __name__ == "__main__":
    for size in map(int, sys.argv[1:] or ("1000", "10000")):
        measure(size)
