"""Briefs and their sign-offs: that part of the store on SQLite."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from pathlib import Path

from sqlalchemy import Engine

from breachwire.model import Brief, Edit, SignOff
from breachwire.store import briefs as brief_rows
from breachwire.store import signoffs as signoff_rows
from breachwire.store import threads as thread_rows
from breachwire.store.recent import Recent
from breachwire.store.sqlite.transactions import KEPT, Transactions


class Briefs(Transactions):
    """What we say of threads, by version, and who reviewed it."""

    def __init__(self, place: Path | str, engine: Engine) -> None:
        super().__init__(place, engine)
        self._briefs: Recent[Brief] = Recent(KEPT)

    def stale_threads(self, limit: int) -> list[str]:
        with self._read() as connection:
            return brief_rows.stale(connection, limit)

    def stale(self, threads: Sequence[str]) -> set[str]:
        with self._read() as connection:
            return brief_rows.behind(connection, threads)

    def save_briefs(self, briefs: Sequence[Brief]) -> None:
        with self._write() as connection:
            brief_rows.save(connection, briefs)

    def briefs(self, threads: Sequence[str]) -> dict[str, Brief]:
        with self._read() as connection:
            versions = thread_rows.versions(connection, threads, "brief_version")
            return self._briefs.get(versions, partial(brief_rows.latest, connection))

    def brief(self, thread: str, version: int) -> Brief:
        with self._read() as connection:
            return brief_rows.one(connection, thread, version)

    def brief_versions(
        self, thread: str, *, before: int | None = None, limit: int = 50
    ) -> list[Brief]:
        with self._read() as connection:
            return brief_rows.versions(connection, thread, before, limit)

    def sign(self, signoff: SignOff, *, who: str) -> Edit:
        with self._write() as connection:
            return signoff_rows.sign(connection, signoff, who)

    def signoff(self, id: int) -> SignOff:
        with self._read() as connection:
            return signoff_rows.one(connection, id)

    def signoffs(self, threads: Sequence[str]) -> dict[str, tuple[SignOff, ...]]:
        with self._read() as connection:
            return signoff_rows.of(connection, threads)

    def revoke_signoff(self, id: int, *, who: str, why: str, at: datetime) -> Edit:
        with self._write() as connection:
            return signoff_rows.revoke(connection, id, who, why, at)
