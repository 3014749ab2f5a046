"""A site's past on its way in: that part of the store on SQLite."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from breachwire.model import ArchivePage, Backfill, Entry
from breachwire.store import backfills as rows
from breachwire.store.sqlite.transactions import Transactions


class Backfills(Transactions):
    """What is read of the past, and what waits."""

    def backfill(self, url: str) -> Backfill | None:
        with self._read() as connection:
            return rows.one(connection, url)

    def save_backfill(self, backfill: Backfill) -> None:
        with self._write() as connection:
            rows.save(connection, backfill)

    def archive_pages(self, url: str) -> dict[str, ArchivePage]:
        with self._read() as connection:
            return rows.pages(connection, url)

    def save_archive_page(self, url: str, page: ArchivePage, entries: Sequence[Entry]) -> None:
        with self._write() as connection:
            rows.save_page(connection, url, page, entries)

    def waiting_entries(self, url: str, since: datetime | None, limit: int) -> list[Entry]:
        with self._read() as connection:
            return rows.waiting(connection, url, since, limit)

    def count_waiting(self, url: str, since: datetime | None = None) -> int:
        with self._read() as connection:
            return rows.count(connection, url, since)

    def drop_waiting(self, url: str, keys: Sequence[str] | None = None) -> None:
        with self._write() as connection:
            rows.drop(connection, url, keys)
