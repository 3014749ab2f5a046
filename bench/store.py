"""How fast the store is: 10,000 invented articles in, a JSON line an operation with its median out.

    python bench/store.py [--articles N] [--keep PATH]

Writes are timed per article over batches of 64, as the pipeline makes them; reads are medians of 50
calls. Wall time of one process on an otherwise idle machine.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from breachwire.model import (
    Article,
    Brief,
    Claim,
    Detail,
    Draft,
    Evidence,
    Field,
    LedgerClaim,
    Placement,
    Statement,
    Thread,
    thread_id,
)
from breachwire.store import Store, ThreadFilter, open_store

BATCH = 64
START = datetime(2026, 1, 1, tzinfo=UTC)
MODEL = "bench"
ENDS = ("ora", "ine", "ust", "emo", "ell", "ith", "ong", "ard", "une", "ost")
WORDS = [f"{letter}{end}" for letter in "bcdfglmnprstv" for end in ENDS]
FIELDS: tuple[Field, ...] = (
    "victim",
    "actor",
    "attack_type",
    "data_type",
    "affected",
    "response",
    "date",
    "cve",
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=10_000)
    parser.add_argument("--keep", type=Path, help="leave the store here")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(f"sqlite:///{options.keep or Path(folder) / 'bench.sqlite3'}")
        write(store, options.articles)
        read(store, options.articles)
        store.close()


def write(store: Store, number: int) -> None:
    """Fill the store stage by stage, each timed per article."""
    rng = random.Random(7)
    vectors = np.random.default_rng(7).normal(size=(BATCH, 384)).astype(np.float32)
    times: dict[str, list[float]] = {"take": [], "place": [], "save_ledger": [], "save_briefs": []}
    open_threads: list[Thread] = []
    for first in range(0, number, BATCH):
        drafts = [(draft(rng, n), None) for n in range(first, min(first + BATCH, number))]
        taken, spent = timed(lambda: store.take(drafts, START))  # noqa: B023
        times["take"].append(spent / len(drafts))
        articles = [one.article for one in taken]
        placements, threads = place(rng, articles, open_threads)
        pairs = list(zip(placements, vectors, strict=False))
        _, spent = timed(lambda: store.place(MODEL, pairs, threads))  # noqa: B023
        times["place"].append(spent / len(articles))
        spent = ledger(store, articles, placements)
        times["save_ledger"].append(spent / len(articles))
        briefs = [brief(thread, articles[0]) for thread in threads]
        _, spent = timed(lambda: store.save_briefs(briefs))  # noqa: B023
        times["save_briefs"].append(spent / len(articles))
    for name, all_ in times.items():
        say(f"{name} per article", all_)
    say("all stages per article", [sum(some) for some in zip(*times.values(), strict=True)])


def draft(rng: random.Random, n: int) -> Draft:
    """An invented article of 350 words, one every twenty minutes."""
    text = ". ".join(" ".join(rng.choices(WORDS, k=14)).capitalize() for _ in range(25)) + "."
    return Draft(
        url=f"https://outlet{n % 17}.example/{n}",
        title=" ".join(rng.choices(WORDS, k=9)) + f" CVE-2026-{10_000 + n // 5}",
        text=text,
        keys=(f"outlet{n % 17}.example/{n}",),
        lead=text[:200],
        source=f"Outlet {n % 17}",
        published=START + timedelta(minutes=20 * n),
    )


def place(
    rng: random.Random, articles: Sequence[Article], threads: list[Thread]
) -> tuple[list[Placement], list[Thread]]:
    """Two in three join one of the thirty newest threads, the others open one."""
    placements = []
    touched: dict[str, int] = {}
    for article in articles:
        if threads and rng.random() < 0.66:
            at = max(0, len(threads) - rng.randint(1, 30))
            old = threads[at]
            threads[at] = Thread(
                old.id, old.headline, "breach", "Breaches", old.first_at,
                article.at, article.at, old.articles + 1, old.origins + 1,
            )  # fmt: skip
        else:
            at = len(threads)
            id = thread_id(article.id)
            threads.append(
                Thread(id, article.title, "breach", "Breaches", article.at, article.at,
                       article.at, 1, 1)
            )  # fmt: skip
        touched[threads[at].id] = at
        placements.append(
            Placement(article.id, threads[at].id, "report", 0.9, "joins", "bench", "breach")
        )
    return placements, [threads[at] for at in touched.values()]


def ledger(store: Store, articles: Sequence[Article], placements: Sequence[Placement]) -> float:
    """Eight claims an article, consolidated by field; seconds spent in the store."""
    ids = {placement.thread or "" for placement in placements}
    before, spent = timed(lambda: store.ledger(list(ids)))
    claims = [
        claim(article, placement.thread or "", field)
        for article, placement in zip(articles, placements, strict=True)
        for field in FIELDS
    ]
    for one in claims:
        before[one.thread].append(one)
    details = {id: consolidate(some) for id, some in before.items()}
    _, more = timed(lambda: store.save_ledger([a.id for a in articles], claims, details))
    return spent + more


def claim(article: Article, thread: str, field: Field) -> LedgerClaim:
    """A claim on the article's first words."""
    words = Evidence(article.id, "text", 0, 20, article.text[:20])
    sentence = Evidence(article.id, "text", 0, 90, article.text[:90])
    value: Any = f"{field} {article.id % 40}"
    if field == "affected":
        value = {"number": article.id % 1_000_000, "unit": "people"}
    said = Claim(
        field, value, None, "reported", article.source, "outlet", "report", words, sentence
    )
    return LedgerClaim(said, thread, article.at, article.first_seen_at)


def consolidate(claims: Sequence[LedgerClaim]) -> list[Detail]:
    """A detail a field, the newest claim leading."""
    details = []
    for field in FIELDS:
        theirs = tuple(one for one in reversed(claims) if one.claim.field == field)
        lead = theirs[0]
        details.append(
            Detail(field, field, lead.claim.value, None, "reported", None, lead.said_at, theirs,
                   lead)
        )  # fmt: skip
    return details


def brief(thread: Thread, article: Article) -> Brief:
    """Twenty statements with evidence."""
    words = Evidence(article.id, "text", 0, 90, article.text[:90])
    statements = [Statement("headline", thread.headline, "stated", (words,))]
    statements += [Statement("deep_analysis", f"{words.quote} {n}", "stated", (words,))
                   for n in range(20)]  # fmt: skip
    hash_ = f"{thread.id}{thread.articles}"
    return Brief(thread.id, 0, hash_, "extractive", None, START, tuple(statements))


def read(store: Store, number: int) -> None:
    """What a list page, a thread page and a search cost."""
    page = store.threads(ThreadFilter(), limit=50)
    ids = [thread.id for thread in page.threads]
    late = START + timedelta(minutes=20 * number * 0.9)
    vector_of = [article.id for article in store.articles_in("claimed", 50)]
    operations: dict[str, Callable[[], Any]] = {
        "changed": store.changed,
        "counts": store.counts,
        "threads 50": lambda: store.threads(ThreadFilter(), limit=50),
        "threads 50, next page": lambda: store.threads(ThreadFilter(), cursor=page.next),
        "threads by victim": lambda: store.threads(ThreadFilter(victim="Victim 7")),
        "threads by source": lambda: store.threads(ThreadFilter(source="outlet 3")),
        "threads by section, status and time": lambda: store.threads(
            ThreadFilter(section="Breaches", status="reported", since=late)
        ),
        "threads by 200 ids": lambda: store.threads(ThreadFilter(ids=tuple(ids * 4))),
        "thread": lambda: store.thread(ids[0]),
        "members of 50": lambda: store.members(ids),
        "details of 50": lambda: store.details(ids),
        "details of 1": lambda: store.details(ids[:1]),
        "briefs of 50": lambda: store.briefs(ids),
        "related of 50": lambda: store.related(ids),
        "storylines of 50": lambda: store.storylines_of(ids),
        "vectors of 50": lambda: store.vectors_of(MODEL, vector_of),
        "stale threads": lambda: store.stale_threads(50),
        "search one word": lambda: store.search_text("bora", limit=50),
        "search CVE": lambda: store.search_text("CVE-2026-10042", limit=50),
        "search all words": lambda: store.search_text("bora fust lemo", limit=50),
        "search any word": lambda: store.search_text("bora fust nowhere", limit=50),
        "search lately": lambda: store.search_text("bora", limit=50, since=late),
    }
    for name, operation in operations.items():
        say(name, [timed(operation)[1] for _ in range(50)])
    say("placed, all", [timed(lambda: sum(1 for _ in store.placed(MODEL)))[1]])


def timed(operation: Callable[[], Any]) -> tuple[Any, float]:
    """Its result and its seconds."""
    start = time.perf_counter()
    result = operation()
    return result, time.perf_counter() - start


def say(name: str, seconds: Sequence[float]) -> None:
    """One JSON line."""
    ms = round(statistics.median(seconds) * 1000, 3)
    print(json.dumps({"operation": name, "median_ms": ms, "runs": len(seconds)}), flush=True)


if __name__ == "__main__":
    main()
