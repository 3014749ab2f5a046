"""A store that is being made in a file.

In: rows, into a file beside the one that is wanted, which has a new store's tables and triggers
(they write full text as the rows come). Out: the store, under its own name at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Engine, NullPool, Table, create_engine, delete, event, inspect

from breachwire.errors import StoreError
from breachwire.store.backup import connect, look, sync
from breachwire.store.backup import opened as opened_
from breachwire.store.engine import look_at, open_engine, wall
from breachwire.store.inuse import alone
from breachwire.store.moving.source import Source, numbered
from breachwire.store.moving.target import (
    Began,
    Progress,
    Target,
    is_of,
    marks,
    same_store,
    set_mark,
)
from breachwire.store.rows import chunks
from breachwire.store.tables import meta, metadata

_PIECE: Final = 200
"""Rows in memory."""


@contextmanager
def opened(path: Path) -> Iterator[Target]:
    """Raises StoreBusyError where another move goes there or the store is open, StoreError."""
    with wall(path):
        there = look_at(path) is not None
    part = path.with_name(f"{path.name}.moving")
    with alone(path):
        engine = _engine(path if there else part)
        try:
            yield File(path, part, engine, there=there)
        finally:
            engine.dispose()


class File(Target):
    """One file, and the one that is to become it."""

    def __init__(self, path: Path, part: Path, engine: Engine, *, there: bool) -> None:
        super().__init__(str(path), engine)
        self._path, self._part, self._there = path, part, there

    def wall(self) -> AbstractContextManager[None]:
        return wall(self.name)

    def begin(self, source: Source) -> Began:
        with self.wall():
            if self._there:
                with self._engine.connect() as connection:
                    if same_store(connection, source):
                        return "there"
                raise StoreError(f"{self.name} holds another store; name a new file")
            if self._part.exists():
                with self._engine.connect() as connection:
                    known = inspect(connection).has_table(marks.name)
                    if known and is_of(connection, source):
                        return "resumed"
                self._part.unlink()  # the source has changed since
            open_engine(self._part).dispose()
            with self._engine.begin() as connection:
                connection.execute(delete(meta))
                marks.create(connection)
                set_mark(connection, "source", source.state())
        return "new"

    def finish(self, ends: dict[str, int], progress: Progress) -> None:
        progress("numbers", 0, 1)
        with self.wall():
            with self._engine.begin() as connection:
                _numbers(connection, ends)
                marks.drop(connection)
            with opened_(self._part) as whole:
                whole.execute("PRAGMA journal_mode = DELETE").fetchone()
            look(self._part, self._path)
            sync(self._part)
            self._part.replace(self._path)
            sync(self._path.absolute().parent)

    def _put(self, connection: Connection, table: Table, some: Iterable[Sequence[Any]]) -> None:
        quote = connection.dialect.identifier_preparer.quote
        columns = ", ".join(quote(column.name) for column in table.c)
        places = ", ".join("?" * len(table.c))
        statement = f"INSERT INTO {quote(table.name)} ({columns}) VALUES ({places})"  # noqa: S608
        for piece in chunks((tuple(row) for row in some), _PIECE):
            connection.exec_driver_sql(statement, piece)


def _numbers(connection: Connection, ends: dict[str, int]) -> None:
    for table in metadata.sorted_tables:
        if numbered(table) is not None and table.dialect_options["sqlite"]["autoincrement"]:
            own = (table.name,)
            connection.exec_driver_sql("DELETE FROM sqlite_sequence WHERE name = ?", own)
            values = (table.name, ends[table.name])
            connection.exec_driver_sql("INSERT INTO sqlite_sequence VALUES (?, ?)", values)


def _engine(path: Path) -> Engine:
    """Without a check of keys, which holds when all tables are there."""
    engine = create_engine("sqlite://", poolclass=NullPool, creator=lambda: connect(path))

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine
