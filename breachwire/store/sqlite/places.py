"""Embeddings, membership and search: that part of the store on SQLite, with its vector index."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

from sqlalchemy import Engine

from breachwire.model import Placed, Placement, Thread, Vector, VectorIndex, Vectors
from breachwire.store import fts5, leaving, placing
from breachwire.store.rows import unpack
from breachwire.store.sqlite.pulse import Pulse
from breachwire.store.sqlite.transactions import PIECE, Transactions

_VECTORS: Final = 8_192
"""Vectors given to an index at a time: 12 MB of 384 float32."""


class Places(Transactions):
    """Where articles stand, and their vectors."""

    def vectors_by_hash(self, model: str, hashes: Sequence[str]) -> dict[str, Vector]:
        with self._read() as connection:
            return placing.vectors_by_hash(connection, model, hashes)

    def vectors_of(self, model: str, articles: Sequence[int]) -> dict[int, Vector]:
        with self._read() as connection:
            return placing.vectors_of(connection, model, articles)

    def place(
        self,
        model: str,
        placements: Sequence[tuple[Placement, Vector]],
        threads: Sequence[Thread],
    ) -> None:
        with self._write() as connection:
            placing.place(connection, model, placements, threads)

    def placed(self, model: str, since: datetime | None = None) -> Iterator[Placed]:
        last = -1
        while True:
            with self._read() as connection:
                piece = placing.placed(connection, model, last, since, PIECE)
            if not piece:
                return
            yield from piece
            last = piece[-1].article.id

    def placed_among(self, model: str, articles: Sequence[int]) -> list[Placed]:
        with self._read() as connection:
            return placing.placed_among(connection, model, articles)

    def placed_span(self) -> tuple[datetime, datetime] | None:
        with self._read() as connection:
            return placing.span(connection)

    def vectors_between(
        self, model: str, since: datetime, until: datetime
    ) -> tuple[list[int], Vectors]:
        with self._read() as connection:
            return placing.vectors_between(connection, model, since, until)

    def placements(self, articles: Sequence[int]) -> dict[int, Placement]:
        with self._read() as connection:
            return placing.placements_of(connection, articles)

    def threads_of(self, articles: Sequence[int]) -> dict[int, str]:
        with self._read() as connection:
            return placing.threads_of(connection, articles)

    def articles_of(self, threads: Sequence[str]) -> dict[str, list[int]]:
        with self._read() as connection:
            return placing.articles_of(connection, threads)

    def embedded(self, model: str) -> tuple[int, int]:
        with self._read() as connection:
            return placing.embedded(connection, model)

    def vector_sample(self, model: str, number: int) -> Vectors:
        with self._read() as connection:
            return placing.vector_sample(connection, model, number)


class IndexedPlaces(Places):
    """The same, searched by an index in memory."""

    def __init__(self, path: Path, engine: Engine) -> None:
        super().__init__(path, engine)
        self._indexing = threading.Lock()
        self._index: tuple[VectorIndex, str] | None = None
        self._indexed = 0
        self._dropped = 0
        """The last edit whose articles the index was told to drop."""
        self._written = Pulse(path)
        """Whether there may be something that the index has not seen."""

    def place(
        self,
        model: str,
        placements: Sequence[tuple[Placement, Vector]],
        threads: Sequence[Thread],
    ) -> None:
        super().place(model, placements, threads)
        self._fill_index()

    def search_vectors(
        self,
        vector: Vector,
        *,
        limit: int,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> list[tuple[int, float]]:
        self._fill_index()
        with self._indexing:
            if self._index is None:
                return []
            low, high = fts5.id_range(since, until)
            return self._index[0].search(
                vector, limit, low=low if since else None, high=high if until else None
            )

    def use_index(self, index: VectorIndex, model: str, *, seen: int = 0) -> int:
        with self._read() as connection:
            dropped = leaving.dropped(connection, 0)[0]
        filled = self._filled(index, model, seen)  # nobody waits for this
        with self._indexing:
            self._index, self._indexed, self._dropped = (index, model), filled, dropped
            self._written.close()  # what it knows is of the index before
        self._fill_index()
        return len(index)

    def indexed(self) -> int:
        with self._indexing:
            return self._indexed

    def _fill_index(self) -> None:
        """Give the index what it has not seen: this process's placements and other processes'."""
        with self._indexing, self._wall():
            if self._index is not None:
                self._written.value(self._filled_up)

    def _filled_up(self) -> str:
        assert self._index is not None
        self._drop(self._index[0])
        self._indexed = self._filled(*self._index, self._indexed)
        return ""

    def _drop(self, index: VectorIndex) -> None:
        """Take out the articles of outlets that were left out meanwhile, by whichever process."""
        with self._read(now=True) as connection:
            self._dropped, gone = leaving.dropped(connection, self._dropped)
        if gone:
            index.remove(gone)

    def _filled(self, index: VectorIndex, model: str, seen: int) -> int:
        """Add what was written after `seen`; the last row that was."""
        while True:
            with self._read(now=True) as connection:
                rows = placing.vectors_after(connection, model, seen, _VECTORS)
            if not rows:
                return seen
            index.add([row[1] for row in rows], unpack([row[2] for row in rows]))
            seen = rows[-1][0]
