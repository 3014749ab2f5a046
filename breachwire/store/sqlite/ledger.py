"""What follows from an article's claims: that part of the store on SQLite."""

from __future__ import annotations

from collections.abc import Sequence

from breachwire.model import Entity, Indicator, PartyKind
from breachwire.store import entities
from breachwire.store import indicators as indicator_rows
from breachwire.store.sqlite.transactions import Transactions


class Ledger(Transactions):
    """Indicators and entities."""

    def entity(self, kind: PartyKind, slug: str) -> Entity | None:
        with self._read() as connection:
            return entities.entity(connection, kind, slug)

    def indicators(self, articles: Sequence[int]) -> dict[int, tuple[Indicator, ...]]:
        with self._read() as connection:
            return indicator_rows.of(connection, articles)

    def save_indicators(self, articles: Sequence[int], indicators: Sequence[Indicator]) -> None:
        with self._write() as connection:
            indicator_rows.save(connection, articles, indicators)
