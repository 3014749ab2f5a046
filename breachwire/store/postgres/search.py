"""How threads and articles are found: that part of the store on PostgreSQL."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine

from breachwire.model import Placement, Thread, Vector, VectorIndex
from breachwire.store.fts5 import SECONDS, id_range
from breachwire.store.postgres import text, vectors
from breachwire.store.protocol_search import Terms
from breachwire.store.sqlite.places import Places
from breachwire.store.sqlite.search import Search


class PostgresSearch(Search):
    """Full text by tsvector; names, identifiers and facets as on SQLite."""

    def search_every(
        self,
        terms: Terms,
        *,
        limit: int,
        since: datetime | None = None,
        until: datetime | None = None,
        seconds: float = SECONDS,
    ) -> list[int]:
        with self._read() as connection:
            return text.search_every(connection, terms, limit, since, until, seconds)

    def search_both(
        self,
        query: str | Terms,
        *,
        limit: int,
        since: datetime | None = None,
        until: datetime | None = None,
        seconds: float = SECONDS,
    ) -> tuple[list[tuple[int, float]], list[tuple[int, float]]]:
        with self._read() as connection:
            return text.search(connection, query, limit, since, until, seconds)

    def search_threads(
        self, query: str | Terms, *, limit: int, seconds: float = SECONDS
    ) -> list[tuple[str, float]]:
        with self._read() as connection:
            return text.search_threads(connection, query, limit, seconds)

    def titled(
        self, phrases: Sequence[str], *, until: datetime, limit: int
    ) -> dict[str, list[int]]:
        with self._read() as connection:
            return text.titled(connection, phrases, until, limit)

    def rare(self, words: Sequence[str], most: int) -> set[str]:
        with self._read() as connection:
            return text.rare(connection, words, most)


class PostgresPlaces(Places):
    """Vectors by pgvector, in the rows themselves: no index in memory is filled."""

    def __init__(self, place: Path | str, engine: Engine) -> None:
        super().__init__(place, engine)
        self._model = ""
        self._indexing = threading.Lock()
        self._indexed: set[str] = set()
        """Models whose vectors are known to have an index."""

    def place(
        self,
        model: str,
        placements: Sequence[tuple[Placement, Vector]],
        threads: Sequence[Thread],
    ) -> None:
        super().place(model, placements, threads)
        self._index_of(model)

    def search_vectors(
        self,
        vector: Vector,
        *,
        limit: int,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> list[tuple[int, float]]:
        if not self._model:
            return []
        with self._read() as connection:
            return vectors.near(connection, self._model, vector, limit, *id_range(since, until))

    def use_index(self, index: VectorIndex, model: str, *, seen: int = 0) -> int:  # noqa: ARG002
        self._index_of(model)
        self._model = model
        return self.embedded(model)[0]

    def indexed(self) -> int:
        return self.embedded(self._model)[1]

    def _index_of(self, model: str) -> None:
        """Made with a model's first vectors; of many that came otherwise, it takes minutes."""
        with self._indexing:
            if model in self._indexed:
                return
            with self._write(shown=False) as connection:
                if vectors.index(connection, model):
                    self._indexed.add(model)
