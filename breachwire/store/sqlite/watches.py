"""What readers watch: that part of the store on SQLite."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from breachwire.model import Change, Watch, WatchEntry, WatchSummary
from breachwire.store import watched
from breachwire.store import watches as rows
from breachwire.store.protocol_watches import NameAsked
from breachwire.store.sqlite.transactions import Transactions


class Watches(Transactions):
    """Saved searches, watch lists, and their threads."""

    def add_watch(self, watch: Watch, digest: str, *, most: int, most_entries: int) -> Watch:
        with self._write(shown=False) as connection:
            return rows.add(connection, watch, digest, most, most_entries)

    def watch(self, digest: str) -> Watch | None:
        with self._read() as connection:
            return rows.by_digest(connection, digest)

    def watch_by_id(self, id: int) -> Watch:
        with self._read() as connection:
            return rows.one(connection, id)

    def watches(self) -> list[WatchSummary]:
        with self._read() as connection:
            return rows.every(connection)

    def save_watch(
        self,
        id: int,
        label: str,
        query: Mapping[str, str],
        entries: Sequence[WatchEntry],
        at: datetime,
        *,
        most_entries: int,
    ) -> None:
        with self._write(shown=False) as connection:
            rows.save(connection, id, label, query, entries, at, most_entries)

    def touch_watch(self, id: int, at: datetime) -> None:
        with self._write(shown=False) as connection:
            rows.touch(connection, id, at)

    def delete_watch(self, id: int) -> None:
        with self._write(shown=False) as connection:
            rows.remove(connection, id)

    def purge_watches(self, before: datetime) -> int:
        with self._write(shown=False) as connection:
            return rows.purge(connection, before)

    def threads_by_names(self, names: Collection[NameAsked]) -> dict[NameAsked, tuple[str, ...]]:
        with self._read() as connection:
            return watched.by_names(connection, names)

    def absorbed(self, threads: Collection[str]) -> dict[str, str]:
        with self._read() as connection:
            return watched.absorbed(connection, threads)

    def changes_in(self, threads: Collection[str], limit: int) -> list[tuple[str, Change]]:
        with self._read() as connection:
            return watched.changes(connection, threads, limit)

    def first_seen(self, articles: Collection[int]) -> dict[int, datetime]:
        with self._read() as connection:
            return watched.first_seen(connection, articles)
