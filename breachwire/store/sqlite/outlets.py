"""Outlets that asked to be left out: that part of the store on SQLite."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from breachwire.model import Detail, Edit, Holding, LeftOut, Placement, Thread
from breachwire.store import barred, leaving
from breachwire.store import outlets as outlet_rows
from breachwire.store.sqlite.transactions import Transactions


class Outlets(Transactions):
    """Who is not read, and what is forgotten of them."""

    def left_out(self) -> list[LeftOut]:
        with self._read() as connection:
            return barred.every(connection)

    def holding(self, site: str) -> Holding:
        with self._read() as connection:
            return outlet_rows.holding(connection, site)

    def bar(self, given: LeftOut) -> bool:
        with self._write() as connection:
            return outlet_rows.bar(connection, given)

    def forget_articles(
        self,
        by: LeftOut,
        articles: Sequence[int],
        placements: Sequence[Placement],
        threads: Sequence[Thread],
        details: Mapping[str, Sequence[Detail]],
        *,
        stood: Mapping[int, str | None],
    ) -> Edit:
        with self._write() as connection:
            return leaving.forget(connection, by, articles, placements, threads, details, stood)

    def finish_leaving(self, site: str, feeds: Sequence[str]) -> None:
        with self._write() as connection:
            leaving.finish(connection, site, feeds)

    def let_in(self, given: LeftOut) -> Edit:
        with self._write() as connection:
            return outlet_rows.let_in(connection, given)

    def is_withdrawn(self, thread: str) -> bool:
        with self._read() as connection:
            return leaving.is_withdrawn(connection, thread)
