"""A store → the threader as it stood, and its archive.

In: a store and the embedding model's name. Out: a threader that holds the last two months, and
`nlp.archive.Archive`, what it asks for older articles.
"""

from __future__ import annotations

import gc
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from breachwire.model import Placed, Vector, Vectors
from breachwire.store import Store

if TYPE_CHECKING:
    from nlp.calibration import Calibration
    from nlp.thread import Threader


@dataclass(frozen=True, slots=True)
class StoredArchive:
    """The articles of one store that are placed by one model's vectors."""

    store: Store
    model: str

    def oldest(self) -> datetime | None:
        span = self.store.placed_span()
        return span[0] if span else None

    def vectors_of(self, articles: Sequence[int]) -> dict[int, Vector]:
        return self.store.vectors_of(self.model, articles)

    def titled(self, phrases: Sequence[str], until: datetime, limit: int) -> dict[str, list[int]]:
        return self.store.titled(phrases, until=until, limit=limit)

    def threads_of(self, articles: Sequence[int]) -> dict[int, str]:
        return self.store.threads_of(articles)

    def articles_of(self, threads: Sequence[str]) -> dict[str, list[int]]:
        return self.store.articles_of(threads)

    def read(self, articles: Sequence[int]) -> list[Placed]:
        return self.store.placed_among(self.model, articles)

    def vectors(self, since: datetime, until: datetime) -> tuple[list[int], Vectors]:
        return self.store.vectors_between(self.model, since, until)


def restored(archive: StoredArchive, fitted: Calibration | None = None) -> Threader:
    """A threader that goes on where the last one on this store ended; without `fitted`, on the
    shipped parameters."""
    from nlp.standing import counted_since, held_since
    from nlp.thread import Threader

    threader = (
        Threader(fitted.join, kind_model=fitted.kind, archive=archive)
        if fitted
        else Threader(archive=archive)
    )
    if span := archive.store.placed_span():
        placed = archive.store.placed(archive.model, counted_since(span[1]))
        threader.restore(placed, held_since(span[1]))
        # What is held stays for weeks and has no cycles: looking through a million objects for
        # some cost 0.3 s again and again, 2 ms an article.
        gc.freeze()
    return threader
