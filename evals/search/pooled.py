"""A small store for some of the queries: what was pooled for them, each thread as it was judged.

In: queries, a store, an embedder, the recorded wire in `../shared/data`. Out: the store holds every
article of the threads that were judged for these queries, with claims and ledger, without briefs.
All of a pool is hard: each thread was among the first ten of some variant. What the store lacks is
the rest of the wire, so that its figures are higher than those of `python -m evals.search`; they
are for seeing a loss at once (`evals/floors.toml`).
"""

from __future__ import annotations

import gzip
import json
from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from breachwire import index_file
from breachwire.model import Article, Embedder, Vector
from breachwire.pipeline.derive import Deriver
from breachwire.store import Store
from evals import search
from evals.held_out import together
from evals.search import Asked, pools
from ingest import urls
from ingest.compose import from_import
from nlp import embed

BATCH: Final = 128
EVERY: Final = 6
"""Of the queries that may be read while tuning, every sixth is asked: a minute."""
NOW: Final = datetime(2026, 11, 28, tzinfo=UTC)


def figures(store: Store, embedder: Embedder, wire: Path) -> dict[str, Any]:
    """nDCG@10 of each variant, and by how much the fused search is better than the others."""
    asked = [q for q in search.queries() if not q.sealed][::EVERY]
    build(store, embedder, asked, wire)
    index_file.use(store, embedder)
    judged = search.grades(store, urls.key)
    runs = search.runs(store, search.Remembering(embedder), asked)
    return {
        **{name: search.figures(asked, run, judged, {})["ndcg@10"] for name, run in runs.items()},
        **{
            f"over {name}": search.margin(asked, runs["fused"], runs[name], judged)
            for name in ("text", "vectors")
        },
    }


def build(store: Store, embedder: Embedder, asked: Sequence[Asked], wire: Path) -> None:
    """Fill an empty store for these queries. `wire`: the folder of the recorded wire."""
    thread_of = {url: n for n, thread in enumerate(pools(asked)) for url in thread}
    lines = sorted(_lines(wire, thread_of), key=lambda line: line["published"])
    members: dict[int, list[tuple[Article, Vector]]] = defaultdict(list)
    for start in range(0, len(lines), BATCH):
        some = lines[start : start + BATCH]
        taken = store.take([(from_import(line, NOW), None) for line in some], NOW)
        articles = [one.article for one in taken]
        vectors = embedder.encode([embed.text_of(a.title, a.text) for a in articles])
        for line, article, vector in zip(some, articles, vectors, strict=True):
            members[thread_of[line["url"]]].append((article, vector))
    for own in members.values():
        together(store, embedder.name, own)
    waiting = Deriver(store, embedder, now=lambda: NOW)
    waiting.run(stop=lambda: not store.articles_in("threaded", 1))  # claims; no briefs


def _lines(wire: Path, wanted: Collection[str]) -> list[dict[str, Any]]:
    with gzip.open(wire / "items.jsonl.gz", "rt", encoding="utf-8") as rows:
        every = map(json.loads, rows)
        return [line for line in every if line["url"] in wanted]
