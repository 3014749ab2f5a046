"""How threads and articles are found by words and names: that part of the store on SQLite."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine

from breachwire.model import PartyKind
from breachwire.store import alike, fts5, spellings
from breachwire.store import facets as facet_rows
from breachwire.store import indicators as indicator_rows
from breachwire.store.frequencies import Frequencies
from breachwire.store.protocol_search import Terms
from breachwire.store.sqlite.transactions import Transactions


class Search(Transactions):
    """Full text, names, identifiers, and what found threads have in common."""

    def __init__(self, place: Path | str, engine: Engine) -> None:
        super().__init__(place, engine)
        self._frequencies = Frequencies()
        self._runs = alike.Runs()

    def search_text(
        self,
        query: str | Terms,
        *,
        limit: int,
        since: datetime | None = None,
        until: datetime | None = None,
        seconds: float = fts5.SECONDS,
    ) -> list[tuple[int, float]]:
        return self.search_both(query, limit=limit, since=since, until=until, seconds=seconds)[1]

    def search_every(
        self,
        terms: Terms,
        *,
        limit: int,
        since: datetime | None = None,
        until: datetime | None = None,
        seconds: float = fts5.SECONDS,
    ) -> list[int]:
        with self._read() as connection:
            return fts5.search_every(connection, terms, limit, since, until, seconds)

    def search_both(
        self,
        query: str | Terms,
        *,
        limit: int,
        since: datetime | None = None,
        until: datetime | None = None,
        seconds: float = fts5.SECONDS,
    ) -> tuple[list[tuple[int, float]], list[tuple[int, float]]]:
        with self._read() as connection:
            return fts5.search(connection, query, limit, since, until, seconds, self._frequencies)

    def search_threads(
        self, query: str | Terms, *, limit: int, seconds: float = fts5.SECONDS
    ) -> list[tuple[str, float]]:
        with self._read() as connection:
            return fts5.search_threads(connection, query, limit, seconds, self._frequencies)

    def titled(
        self, phrases: Sequence[str], *, until: datetime, limit: int
    ) -> dict[str, list[int]]:
        with self._read() as connection:
            return fts5.titled(connection, phrases, until, limit)

    def rare(self, words: Sequence[str], most: int) -> set[str]:
        with self._read() as connection:
            return fts5.rare(connection, words, most, self._frequencies)

    def names_known(self, slugs: Sequence[str]) -> dict[str, set[PartyKind]]:
        with self._read() as connection:
            return spellings.known(connection, slugs)

    def stands(self, slug: str) -> set[PartyKind]:
        with self._read() as connection:
            return spellings.stands(connection, slug)

    def names_like(self, word: str, limit: int) -> list[str]:
        with self._read() as connection:
            return alike.like(connection, word, limit, self._runs)

    def threads_named(self, kind: PartyKind, slug: str, limit: int) -> list[str]:
        with self._read() as connection:
            return spellings.threads(connection, kind, slug, limit)

    def indicated(self, value: str, limit: int) -> list[int]:
        with self._read() as connection:
            return indicator_rows.giving(connection, value, limit)

    def facets(
        self, threads: Sequence[str], since: Mapping[str, datetime]
    ) -> dict[str, list[tuple[str, int]]]:
        with self._read() as connection:
            return facet_rows.count(connection, threads, since)
