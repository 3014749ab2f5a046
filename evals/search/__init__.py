"""How relevant search is: queries with judged threads → figures for each way of searching.

In: `queries.jsonl` (id, kind, query, the address of a known item, sealed), `judgements.jsonl`
(query, grade, a thread as the addresses of its articles), a store of the recorded wire. Out:
nDCG@10, recall@20 and known-item rank of full text alone, vectors alone and the fused search, and
paired bootstraps of the fused against each.

The queries were written before anything was tuned; the top ten of every variant were pooled and
graded by reading (3 answers it, 2 belongs to it, 1 touches it, 0 does not). A judgement holds for
the thread that has most of its articles, so it outlives another threading. What was never pooled
counts as 0 in the first figure and is passed over in `of judged` and in the margins, which is fair
to a variant that was changed since. A third of the queries is sealed: scored once, not read while
tuning.
"""

from __future__ import annotations

import json
import math
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from api.search import search
from breachwire.model import Embedder, Vector, Vectors
from breachwire.store import Store, ThreadFilter
from nlp.galaxy import known_by_slug

HERE: Final = Path(__file__).parent
TOP: Final = 10
RECALLED: Final = 20
DEPTH: Final = 30
CANDIDATES: Final = 200
RESAMPLES: Final = 10_000
Run = Mapping[int, Sequence[str]]
"""By query, threads, best first."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A query of the collection."""

    id: int
    kind: str
    query: str
    sealed: bool
    known: str | None = None
    """Address of the one article that is looked for."""


def queries() -> list[Asked]:
    """All, by id."""
    return [Asked(**row) for row in _rows("queries.jsonl")]


def pools(asked: Sequence[Asked]) -> list[tuple[str, ...]]:
    """Threads judged for these queries, as addresses; no address stands in two."""
    ids = {q.id for q in asked}
    rows = (row for row in _rows("judgements.jsonl") if row["query"] in ids)
    return list(dict.fromkeys(tuple(sorted(row["thread"])) for row in rows))


def grades(store: Store, address: Callable[[str], str]) -> dict[int, dict[str, int]]:
    """By query and thread of this store, the judged grade."""
    found: dict[int, dict[str, int]] = defaultdict(dict)
    known: dict[str, str | None] = {}
    for row in _rows("judgements.jsonl"):
        votes: dict[str, int] = defaultdict(int)
        for url in row["thread"]:
            if url not in known:
                known[url] = _thread_of(store, address(url))
            if (thread := known[url]) is not None:
                votes[thread] += 1
        if votes:
            thread = max(votes, key=lambda id: (votes[id], id))
            own = found[row["query"]]
            own[thread] = max(own.get(thread, 0), row["grade"])
    return found


def runs(store: Store, embedder: Embedder, asked: Sequence[Asked]) -> dict[str, Run]:
    """What each variant finds."""

    def threads(articles: Sequence[int]) -> list[str]:
        own = store.threads_of(articles)
        return list(dict.fromkeys(own[a] for a in articles if a in own))[:DEPTH]

    def text(query: str) -> list[str]:
        return threads([a for a, _ in store.search_text(query, limit=CANDIDATES)])

    def vectors(query: str) -> list[str]:
        vector = embedder.encode([query])[0]
        return threads([a for a, _ in store.search_vectors(vector, limit=CANDIDATES)])

    def fused(query: str) -> list[str]:
        found = search(
            store, embedder, query, ThreadFilter(), limit=DEPTH, known_actor=known_by_slug
        )
        return [result["thread"] for result in found["results"]]

    variants = {"text": text, "vectors": vectors, "fused": fused}
    return {name: {q.id: find(q.query) for q in asked} for name, find in variants.items()}


class Remembering:
    """An embedder that embeds each text once."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._known: dict[str, Vector] = {}

    @property
    def name(self) -> str:
        """The embedder's."""
        return self._embedder.name

    @property
    def dimension(self) -> int:
        """The embedder's."""
        return self._embedder.dimension

    def encode(self, texts: Sequence[str]) -> Vectors:
        """As the embedder."""
        for text in texts:
            if text not in self._known:
                self._known[text] = self._embedder.encode([text])[0]
        return np.stack([self._known[text] for text in texts])


def ndcg(found: Sequence[str], judged: Mapping[str, int]) -> float:
    """Of the first ten: gain 2^grade - 1, discount log2(rank + 1), against the best order."""

    def gain(grades: Sequence[int]) -> float:
        return sum((2.0**g - 1) / math.log2(n + 2) for n, g in enumerate(grades[:TOP]))

    best = gain(sorted(judged.values(), reverse=True))
    return gain([judged.get(id, 0) for id in found]) / best if best else math.nan


def recall(found: Sequence[str], judged: Mapping[str, int]) -> float:
    """Of the threads graded 2 or 3, how many are among the first twenty."""
    wanted = {id for id, grade in judged.items() if grade >= 2}
    return len(wanted & set(found[:RECALLED])) / len(wanted) if wanted else math.nan


def rank(found: Sequence[str], wanted: str | None) -> int | None:
    """The known item's; None where it is not among the first thirty."""
    return found.index(wanted) + 1 if wanted in found else None


def figures(
    asked: Sequence[Asked],
    run: Run,
    judged: Mapping[int, Mapping[str, int]],
    known: Mapping[int, str | None],
) -> dict[str, Any]:
    """Means over the queries that have a relevant thread, and known items' ranks."""
    ranks = [rank(run[q.id], known[q.id]) for q in asked if known.get(q.id)]
    top = [judged.get(q.id, {}) for q in asked]
    seen = [id in own for q, own in zip(asked, top, strict=True) for id in run[q.id][:TOP]]
    return {
        "ndcg@10": _mean(ndcg(run[q.id], judged.get(q.id, {})) for q in asked),
        "ndcg@10 of judged": _mean(_condensed(q, run, judged) for q in asked),
        "recall@20": _mean(recall(run[q.id], judged.get(q.id, {})) for q in asked),
        "known items": len(ranks),
        "known first": _mean(float(r == 1) for r in ranks),
        "known in ten": _mean(float(r is not None and r <= TOP) for r in ranks),
        "known reciprocal rank": _mean(1 / r if r else 0.0 for r in ranks),
        "judged of top ten": _mean(map(float, seen)),
    }


def margin(
    asked: Sequence[Asked], a: Run, b: Run, judged: Mapping[int, Mapping[str, int]]
) -> dict[str, float]:
    """nDCG of `a` over `b`: mean difference, its 95 % interval by paired bootstrap over queries,
    and the share of resamples in which `a` is not better."""
    pairs = [(_condensed(q, a, judged), _condensed(q, b, judged)) for q in asked]
    differences = np.array([x - y for x, y in pairs if not math.isnan(x)])
    rng = np.random.default_rng(7)
    drawn = rng.integers(0, len(differences), (RESAMPLES, len(differences)))
    means = differences[drawn].mean(axis=1)
    low, high = np.quantile(means, [0.025, 0.975])
    return {
        "difference": round(float(differences.mean()), 4),
        "low": round(float(low), 4),
        "high": round(float(high), 4),
        "not better": round(float((means <= 0).mean()), 4),
    }


def _condensed(q: Asked, run: Run, judged: Mapping[int, Mapping[str, int]]) -> float:
    """nDCG of the judged threads alone."""
    own = judged.get(q.id, {})
    return ndcg([id for id in run[q.id] if id in own], own)


def known_items(
    store: Store, asked: Sequence[Asked], address: Callable[[str], str]
) -> dict[int, str | None]:
    """By query, the thread that the known item stands in."""
    return {q.id: _thread_of(store, address(q.known)) for q in asked if q.known}


def _thread_of(store: Store, key: str) -> str | None:
    article = store.article_by_key(key)
    return store.threads_of([article.id]).get(article.id) if article else None


def _mean(values: Any) -> float:
    kept = [value for value in values if not math.isnan(value)]
    return round(sum(kept) / len(kept), 4) if kept else math.nan


def _rows(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (HERE / name).read_text("utf-8").splitlines()]
