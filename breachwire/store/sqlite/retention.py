"""What goes after a time: that part of the store on SQLite. A piece a transaction."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from breachwire.model import Evidence
from breachwire.store import quoted
from breachwire.store import retention as rows
from breachwire.store.protocol_retention import Mark, Prunable, Quiet
from breachwire.store.sqlite.transactions import Transactions


class Retention(Transactions):
    """Rows by age, texts but for what is quoted."""

    def prune(self, what: Prunable, before: datetime, *, dry: bool = False) -> int:
        if dry:
            with self._read() as connection:
                return rows.count(connection, what, before)
        gone, more = 0, rows.PIECE
        while more == rows.PIECE:
            with self._write(shown=what in ("briefs", "log")) as connection:
                more = rows.prune(connection, what, before)
            gone += more
        return gone

    def quiet(self, before: datetime, mark: Mark) -> tuple[list[Quiet], Mark]:
        with self._read() as connection:
            return rows.quiet(connection, before, mark)

    def cited(self, articles: Collection[int]) -> dict[int, list[Evidence]]:
        with self._read() as connection:
            found = quoted.elsewhere(connection, articles)
            for id, own in quoted.own(connection, list(articles)).items():
                found[id] += own
            return dict(found)

    def drop_texts(self, kept: Mapping[int, Sequence[Evidence]], texts: Mapping[int, str]) -> int:
        with self._write() as connection:
            return rows.drop(connection, kept, texts)
