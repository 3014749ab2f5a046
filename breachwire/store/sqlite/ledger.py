"""What follows from articles' words: that part of the store on SQLite."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from breachwire.model import (
    Change,
    Correction,
    Edit,
    Entity,
    ErrorReport,
    Indicator,
    PartyKind,
    Reading,
    ReportState,
)
from breachwire.store import entities
from breachwire.store import history as history_rows
from breachwire.store import indicators as indicator_rows
from breachwire.store import reports as report_rows
from breachwire.store.sqlite.transactions import Transactions


class Ledger(Transactions):
    """Entities, indicators, what changed, what was corrected, what readers report."""

    def entity(self, kind: PartyKind, slug: str) -> Entity | None:
        with self._read() as connection:
            return entities.entity(connection, kind, slug)

    def indicators(self, articles: Sequence[int]) -> dict[int, tuple[Indicator, ...]]:
        with self._read() as connection:
            return indicator_rows.of(connection, articles)

    def save_indicators(self, articles: Sequence[int], indicators: Sequence[Indicator]) -> None:
        with self._write() as connection:
            indicator_rows.save(connection, articles, indicators)

    def readings(self, articles: Sequence[int]) -> dict[int, Reading]:
        with self._read() as connection:
            return history_rows.readings(connection, articles)

    def reread(self, articles: Sequence[int]) -> dict[int, datetime]:
        with self._read() as connection:
            return history_rows.reread(connection, articles)

    def changes(
        self,
        thread: str,
        *,
        since: datetime | None = None,
        before: int | None = None,
        limit: int = 100,
    ) -> list[Change]:
        with self._read() as connection:
            return history_rows.changes(connection, thread, since, before, limit)

    def corrections(self, *, before: int | None = None, limit: int = 50) -> list[Correction]:
        with self._read() as connection:
            return history_rows.corrections(connection, before, limit)

    def corrections_of(self, articles: Sequence[int]) -> dict[int, tuple[Correction, ...]]:
        with self._read() as connection:
            return history_rows.corrections_of(connection, articles)

    def add_report(self, report: ErrorReport, *, most: int) -> ErrorReport:
        with self._write() as connection:
            return report_rows.add(connection, report, most)

    def reports(
        self, state: ReportState = "open", *, before: int | None = None, limit: int = 50
    ) -> list[ErrorReport]:
        with self._read() as connection:
            return report_rows.newest(connection, state, before, limit)

    def report(self, id: int) -> ErrorReport:
        with self._read() as connection:
            return report_rows.one(connection, id)

    def open_reports(self) -> int:
        with self._read() as connection:
            return report_rows.count(connection)

    def settle_report(
        self, id: int, what: Literal["resolve", "dismiss"], who: str, why: str, at: datetime
    ) -> Edit:
        with self._write() as connection:
            return report_rows.settle(connection, id, what, who, why, at)
