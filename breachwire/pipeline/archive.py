"""A store → the threader's archive.

In: a store and the embedding model's name. Out: `nlp.archive.Archive`, what the threader asks for
articles that it does not hold in memory.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from breachwire.model import Placed, Vector, Vectors
from breachwire.store import Store


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
