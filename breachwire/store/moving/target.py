"""A store that is being made: rows in, with a mark how far each table is.

In: rows of the source. Out: the same rows in an engine of ours, table by table, each piece with its
mark in one transaction. What differs by engine (where it begins, how rows go in fast, what it has
beside its rows) is in `moving.postgres` and `moving.sqlite`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final, Literal

import orjson
from sqlalchemy import BigInteger, Column, Connection, Engine, MetaData, Table, Text, delete, select

from breachwire.store.dialects import inserting
from breachwire.store.moving import rows
from breachwire.store.moving.source import Source
from breachwire.store.tables import meta

BATCH: Final = 5_000
"""Rows of a transaction: as many are copied again after an interruption, at most."""
Began = Literal["new", "resumed", "there"]
Progress = Callable[[str, int, int], None]
"""What is being done, how much of it is, how much there is."""

marks = Table(
    "moving",  # gone when the move has ended
    MetaData(),
    Column("what", Text, primary_key=True),  # `source`, a table, or a step of the end
    Column("last", Text, nullable=False),
    Column("rows", BigInteger, nullable=False),
)


@dataclass(slots=True)
class _Tally:
    """Rows that went by."""

    number: int = 0
    last: rows.Row | None = None

    def of(self, some: Iterable[rows.Row]) -> Iterator[rows.Row]:
        for row in some:
            self.number += 1
            self.last = row
            yield row


class Target(ABC):
    """One place; used by one process, which holds its lock."""

    def __init__(self, name: str, engine: Engine) -> None:
        self.name = name
        self._engine = engine

    # by engine

    @abstractmethod
    def wall(self) -> AbstractContextManager[None]:
        """The engine's errors become StoreErrors that name the place."""

    @abstractmethod
    def begin(self, source: Source) -> Began:
        """Make the tables, or find those of a move from there that was cut off, or its whole store.
        Raises StoreError for anything else that is there."""

    @abstractmethod
    def finish(self, ends: dict[str, int], progress: Progress) -> None:
        """Add what a store has beside its rows; from then on it is one. `ends`: by table, the last
        number that was given."""

    @abstractmethod
    def _put(self, connection: Connection, table: Table, some: Iterable[Sequence[Any]]) -> None:
        """Add rows as the driver takes them."""

    # by both

    def copy(self, source: Source, table: Table, total: int, progress: Progress) -> None:
        """All rows that are not there yet."""
        last, done = self._mark(table.name)
        changes = rows.writers(table, self._engine.dialect)
        left = rows.after(source.connection, table, orjson.loads(last) if last else None)
        while True:
            tally = _Tally()
            batch = rows.written(tally.of(islice(left, BATCH)), changes)
            with self.wall(), self._engine.begin() as connection:
                self._put(connection, table, batch)
                if tally.last is None:
                    return
                done += tally.number
                key = orjson.dumps(rows.key(table, tally.last)).decode()
                set_mark(connection, table.name, key, done)
            progress(table.name, done, total)

    def every(self, table: Table) -> Iterator[rows.Row]:
        """Its rows, in any order."""
        with self.wall(), self._engine.connect() as connection:
            yield from rows.every(connection, table)

    def forget(self, tables: Iterable[Table]) -> None:
        """For a move that is run again: what is there is not the source's."""
        with self.wall(), self._engine.begin() as connection:
            for table in tables:
                connection.execute(delete(table))
                connection.execute(delete(marks).where(marks.c.what == table.name))

    def _mark(self, what: str) -> tuple[str, int]:
        """How far that is; empty where it was not begun."""
        with self.wall(), self._engine.connect() as connection:
            query = select(marks.c.last, marks.c.rows).where(marks.c.what == what)
            row = connection.execute(query).first()
        return (row[0], row[1]) if row else ("", 0)


def set_mark(connection: Connection, what: str, last: str, number: int = 0) -> None:
    """In the transaction of what it tells."""
    values = {"what": what, "last": last, "rows": number}
    query = inserting(connection, marks).values(values)
    connection.execute(query.on_conflict_do_update(index_elements=["what"], set_=values))


def is_of(connection: Connection, source: Source) -> bool:
    """Whether the marks there are of a move from this source, as it is now."""
    query = select(marks.c.last).where(marks.c.what == "source")
    return connection.execute(query).scalar() == source.state()


def same_store(connection: Connection, source: Source) -> bool:
    """Whether a store has the source's id."""
    query = select(meta.c.value).where(meta.c.key == "store_id")
    ids = [one.execute(query).scalar() for one in (connection, source.connection)]
    return ids[0] is not None and ids[0] == ids[1]
