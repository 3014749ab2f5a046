"""How much of the exact answer the index of vectors finds.

In: a store with its index, queries' vectors. Out: recall@10, without and with a date filter.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Final, Protocol

import numpy as np

from bench.search.corpus import END
from breachwire.model import Vector, Vectors
from breachwire.store import Store
from breachwire.store.fts5 import id_range

TOP: Final = 10
Span = tuple[datetime | None, datetime | None]
SPANS: Final[dict[str, Span]] = {
    "all": (None, None),
    "last day": (END - timedelta(days=1), None),
    "last month": (END - timedelta(days=30), None),
    "a year": (END - timedelta(days=5 * 365), END - timedelta(days=4 * 365)),
}


class Find(Protocol):
    """What finds the nearest: `Store.search_vectors` or another's."""

    def __call__(
        self, vector: Vector, *, limit: int, since: datetime | None, until: datetime | None
    ) -> list[tuple[int, float]]: ...


def recall(store: Store, model: str, queries: Vectors, *finds: Find) -> list[dict[str, float]]:
    """Of each, by span of time."""
    exact = _exact(store, model, queries)
    return [_found(find, queries, exact) for find in finds]


def _found(find: Find, queries: Vectors, exact: dict[str, list[set[int]]]) -> dict[str, float]:
    found = {}
    for name, (since, until) in SPANS.items():
        right = total = 0
        for query, nearest in zip(queries, exact[name], strict=True):
            hits = find(query, limit=TOP, since=since, until=until)
            right += len({id for id, _ in hits} & nearest)
            total += len(nearest)
        found[name] = round(right / total, 4) if total else 1.0
    return found


def _exact(store: Store, model: str, queries: Vectors) -> dict[str, list[set[int]]]:
    """The nearest by comparing with every row, block by block."""
    best: dict[str, list[list[tuple[float, int]]]] = {name: [[] for _ in queries] for name in SPANS}
    for ids, rows in _blocks(store, model):
        cosines = queries @ rows.T
        for name, span in SPANS.items():
            low, high = id_range(*span)
            inside = np.nonzero((ids >= low) & (ids < high))[0]
            for n, own in enumerate(cosines[:, inside]):
                first = (
                    np.argsort(-own)[:TOP] if len(own) < 200 else np.argpartition(-own, TOP)[:TOP]
                )
                pairs = [(float(own[i]), int(ids[inside[i]])) for i in first]
                best[name][n] = sorted([*best[name][n], *pairs], reverse=True)[:TOP]
    return {name: [{id for _, id in own} for own in some] for name, some in best.items()}


def _blocks(store: Store, model: str) -> Iterator[tuple[Any, Vectors]]:
    """Ids and vectors, a month at a time."""
    span = store.placed_span()
    assert span is not None
    at, last = span
    while at <= last:
        ids, rows = store.vectors_between(model, at, at + timedelta(days=30))
        if ids:
            yield np.array(ids), rows
        at += timedelta(days=30)
