"""What is read at a glance: that part of the store on SQLite."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from breachwire.model import Change, Kind, Trends
from breachwire.store import history as history_rows
from breachwire.store import trends as trend_rows
from breachwire.store.sqlite.transactions import Transactions


class AtAGlance(Transactions):
    """The front page's and the trends'."""

    def latest_changes(self, threads: Sequence[str]) -> dict[str, tuple[Change, ...]]:
        with self._read() as connection:
            return history_rows.latest(connection, threads)

    def trends(self, since: datetime, until: datetime, kinds: Sequence[Kind]) -> Trends:
        with self._read() as connection:
            return trend_rows.read(connection, since, until, kinds)
