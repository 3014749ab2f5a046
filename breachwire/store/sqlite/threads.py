"""Threads with their ledger and mentions: that part of the store on SQLite."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

from sqlalchemy import Engine

from breachwire.model import (
    Change,
    Correction,
    Detail,
    LedgerClaim,
    Member,
    Mention,
    Related,
    Storyline,
    Thread,
)
from breachwire.store import ledger as ledger_rows
from breachwire.store import mentions as mention_rows
from breachwire.store import threads as thread_rows
from breachwire.store.protocol_threads import ThreadFilter, ThreadPage, ThreadSort
from breachwire.store.recent import Recent
from breachwire.store.sqlite.transactions import KEPT, PIECE, Transactions


class Threads(Transactions):
    """What is told of threads."""

    def __init__(self, place: Path | str, engine: Engine) -> None:
        super().__init__(place, engine)
        self._details: Recent[tuple[Detail, ...]] = Recent(KEPT)

    def thread(self, id: str) -> Thread:
        with self._read() as connection:
            return thread_rows.one(connection, id)

    def threads(
        self,
        where: ThreadFilter,
        *,
        sort: ThreadSort = "updated",
        limit: int = 50,
        cursor: str | None = None,
    ) -> ThreadPage:
        with self._read() as connection:
            return thread_rows.page(connection, where, sort, limit, cursor)

    def thread_ids(
        self, where: ThreadFilter, *, sort: ThreadSort = "updated", limit: int = 50
    ) -> list[str]:
        with self._read() as connection:
            return thread_rows.ids(connection, where, sort, limit)

    def all_threads(self) -> Iterator[Thread]:
        last: Thread | None = None
        while True:
            with self._read() as connection:
                piece = thread_rows.after(connection, last, PIECE)
            if not piece:
                return
            yield from piece
            last = piece[-1]

    def members(self, threads: Sequence[str]) -> dict[str, tuple[Member, ...]]:
        with self._read() as connection:
            return thread_rows.members(connection, threads)

    def save_related(self, related: Mapping[str, Sequence[Related]]) -> None:
        with self._write() as connection:
            thread_rows.save_related(connection, related)

    def related(self, threads: Sequence[str]) -> dict[str, tuple[Related, ...]]:
        with self._read() as connection:
            return thread_rows.related_to(connection, threads)

    def save_storylines(self, storylines: Sequence[Storyline]) -> None:
        with self._write() as connection:
            thread_rows.save_storylines(connection, storylines)

    def storylines(self) -> list[Storyline]:
        with self._read() as connection:
            return thread_rows.storylines(connection)

    def storylines_of(self, threads: Sequence[str]) -> dict[str, tuple[Storyline, ...]]:
        with self._read() as connection:
            return thread_rows.storylines_of(connection, threads)

    def storyline(self, id: str) -> Storyline:
        with self._read() as connection:
            return thread_rows.storyline_one(connection, id)

    def ledger(self, threads: Sequence[str]) -> dict[str, list[LedgerClaim]]:
        with self._read() as connection:
            return ledger_rows.ledger(connection, threads)

    def save_ledger(
        self,
        articles: Sequence[int],
        claims: Sequence[LedgerClaim],
        details: Mapping[str, Sequence[Detail]],
        *,
        read: Mapping[int, str] | None = None,
        changes: Sequence[Change] = (),
        corrections: Sequence[Correction] = (),
    ) -> None:
        with self._write() as connection:
            ledger_rows.save(connection, articles, claims, details, read, changes, corrections)

    def details(self, threads: Sequence[str]) -> dict[str, tuple[Detail, ...]]:
        with self._read() as connection:
            versions = thread_rows.versions(connection, threads, "ledger_version")
            found = self._details.get(versions, partial(ledger_rows.details, connection))
        return {id: found.get(id, ()) for id in threads}

    def mentions(self, threads: Sequence[str]) -> dict[str, tuple[Mention, ...]]:
        with self._read() as connection:
            return mention_rows.by_thread(connection, threads)

    def mentions_of(self, articles: Sequence[int]) -> dict[int, tuple[Mention, ...]]:
        with self._read() as connection:
            return mention_rows.by_article(connection, articles)

    def save_mentions(self, articles: Sequence[int], mentions: Sequence[Mention]) -> None:
        with self._write() as connection:
            mention_rows.save(connection, articles, mentions)
