"""What finding an entity costs in a store of 100,000 threads, each with three parties.

In: invented names, many of which begin alike ("City of …", 3,000 threads) and some of which one
party has in thousands of threads. Out: one JSON line a lookup: milliseconds, median and 99th
percentile; for the rows, seconds a thousand threads.

    python -m bench.entities [THREADS]
"""

from __future__ import annotations

import json
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from breachwire.model import (
    Claim,
    Detail,
    Draft,
    Evidence,
    Field,
    LedgerClaim,
    Party,
    Placement,
    Thread,
    thread_id,
)
from breachwire.store import Store, ThreadFilter, open_store

START = datetime(2020, 1, 1, tzinfo=UTC)
BATCH = 1_000
LOOKUPS = 40
SHORTS = ("Bora", "Keld", "Ostra", "Pell", "Quill", "Tamar", "Ulm", "Vik")


def fill(store: Store, threads: int) -> float:
    """Seconds a thousand threads that saving their ledgers took."""
    import numpy as np

    rng, spent = random.Random(7), 0.0
    vector = np.ones(8, dtype=np.float32) / np.sqrt(np.float32(8))
    for first in range(0, threads, BATCH):
        drafts = [
            (Draft(url=f"https://a.example/{n}", title=f"Story {n}", text="Somebody was hit.",
                   keys=(f"a.example/{n}",), published=START + timedelta(minutes=n)), None)
            for n in range(first, min(first + BATCH, threads))
        ]  # fmt: skip
        articles = [taken.article for taken in store.take(drafts, START)]
        placed = [
            (Placement(a.id, thread_id(a.id), "first_report", 1.0, "opens", "", "breach"), vector)
            for a in articles
        ]
        rows = [
            Thread(thread_id(a.id), a.title, "breach", "Breaches", a.at, a.at, a.at, 1, 1)
            for a in articles
        ]
        store.place("bench", placed, rows)
        details = {thread_id(a.id): _details(a.id, a.at, rng) for a in articles}
        claims = [one.lead for some in details.values() for one in some]
        started = time.perf_counter()
        store.save_ledger([a.id for a in articles], claims, details)
        spent += time.perf_counter() - started
    return 1000 * spent / threads


def _details(article: int, at: datetime, rng: random.Random) -> list[Detail]:
    city = rng.random() < 0.03
    n = rng.randrange(40_000)
    victim = f"City of Town{n}" if city else f"{rng.choice(SHORTS)}{n} Works"
    return [
        _detail("victim", victim, article, at),
        _detail("actor", f"Gang{int(400 * rng.random() ** 1.5)}", article, at),
        _detail("third_party", f"Tool{int(2000 * rng.random() ** 1.5)}", article, at),
    ]


def _detail(field: Field, name: str, article: int, at: datetime) -> Detail:
    words = Evidence(article, "text", 0, 8, "Somebody")
    claim = Claim(field, name, None, "reported", None, None, None, words, words)
    said = LedgerClaim(claim, thread_id(article), at, at)
    party = Party(name.lower(), (name,), at, at)
    found = Detail(field, field, name, None, "reported", None, at, (said,), said)
    return replace(found, party=party)


def measure(name: str, look: Callable[[], object]) -> None:
    """Print a lookup's line."""
    times = []
    for _ in range(LOOKUPS):
        started = time.perf_counter()
        if look() is None:
            raise SystemExit(f"{name}: nobody")
        times.append(1000 * (time.perf_counter() - started))
    print(json.dumps({
        "bench": name, "median_ms": round(statistics.median(times), 2),
        "p99_ms": round(sorted(times)[int(0.99 * len(times))], 2),
    }), flush=True)  # fmt: skip


def main(threads: int) -> None:
    """Fill a store, look entities up."""
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(f"sqlite:///{folder}/wire.sqlite3")
        print(json.dumps({"bench": "rows, s a 1,000 threads", "s": round(fill(store, threads), 3)}))
        rng = random.Random(3)
        known = [t.id for t, _ in zip(store.all_threads(), range(2_000), strict=False)]
        names = {
            str(d.value) for some in store.details(known).values() for d in some
            if d.field == "victim"
        }  # fmt: skip
        plain = sorted(name.lower().replace(" ", "-") for name in names)
        cities = [slug for slug in plain if slug.startswith("city-")]
        measure("a victim", lambda: store.entity("victim", rng.choice(plain)))
        measure("a city of many", lambda: store.entity("victim", rng.choice(cities)))
        top = store.entity("actor", "gang0")
        print(json.dumps({"threads of the busiest actor": len(top.threads) if top else 0}))
        measure("the busiest actor", lambda: store.entity("actor", "gang0"))
        measure("its first page", lambda: store.threads(ThreadFilter(actor="gang0"), limit=50))
        measure("a supplier", lambda: store.entity("third_party", "tool77"))
        store.close()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
