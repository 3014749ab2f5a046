"""A store that is being made in a PostgreSQL database.

In: rows, by COPY, into tables without keys to one another, without indexes and triggers. Out: a
store. All of those are made at the end, each in a transaction of its own that is marked as done:
of a hundred thousand rows an index costs a tenth so, and full text is not written row by row. Until
then the revision is `MOVING`, which no command opens.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from itertools import pairwise
from typing import Any, Final

import psycopg
from sqlalchemy import Connection, Table, select
from sqlalchemy.schema import AddConstraint, CreateIndex, CreateTable

from breachwire.errors import StoreError
from breachwire.store.engine import HEAD
from breachwire.store.moving import rows
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
from breachwire.store.postgres import schema, vectors, word_tables
from breachwire.store.postgres.engine import MOVING, address, connected, look_at, shown, wall
from breachwire.store.postgres.locks import Locks
from breachwire.store.tables import embedding, metadata

WORDED: Final = 2_000
"""Articles whose words are written in one transaction: some seconds."""
BESIDE: Final = 2
"""Such pieces at a time: to split and stem words is a core's whole work."""
_MEMORY: Final = 512
"""Megabytes that making an index may take, where the server's own setting is lower."""
_THERE: Final = """
    SELECT relname FROM pg_class WHERE relnamespace = current_schema()::regnamespace
    AND relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT EXISTS (
        SELECT 1 FROM pg_depend WHERE classid = 'pg_class'::regclass
        AND objid = pg_class.oid AND deptype = 'e'
    )
"""
_FIRST: Final = "words"
"""The first step of the end."""
_MARKED: Final = "SELECT version_num FROM alembic_version"
Step = tuple[str, Callable[[Connection], Any]]


@contextmanager
def opened(url: str) -> Iterator[Target]:
    """Raises StoreBusyError where another move goes there, StoreError."""
    where = address(url)
    with connected(where) as engine, Locks(engine, shown(where)).role("migrate"):
        yield Database(shown(where), engine)


class Database(Target):
    """One that is empty, or holds what a move left."""

    def wall(self) -> AbstractContextManager[None]:
        return wall(self.name)

    def begin(self, source: Source) -> Began:
        with self.wall(), self._engine.begin() as connection:
            names = set(connection.exec_driver_sql(_THERE).scalars())
            if not names:
                self._make(connection, source)
                return "new"
            if {"alembic_version", marks.name} <= names and (
                connection.exec_driver_sql(_MARKED).scalar() == MOVING
            ):
                if is_of(connection, source):
                    return "resumed"
                schema.drop(connection)  # the source has changed since
                marks.drop(connection)
                self._make(connection, source)
                return "new"
            look_at(connection, self.name)
            if names >= metadata.tables.keys() and same_store(connection, source):
                return "there"
        raise StoreError(f"{self.name} holds another store; migrate into an empty database")

    def finish(self, ends: dict[str, int], progress: Progress) -> None:
        stages = self._stages(ends)
        number, done = sum(map(len, stages)), 0
        for stage in stages:
            for name in self._beside(stage) if len(stage) > 1 else self._alone(stage):
                progress(name, done, number)
                done += 1
        with self.wall(), self._engine.begin() as connection:
            marks.drop(connection)
            connection.exec_driver_sql("UPDATE alembic_version SET version_num = %s", (HEAD,))

    def _alone(self, stage: Sequence[Step]) -> Iterator[str]:
        """Each step's name, then the step: in this thread, where Ctrl-C ends its statement."""
        for step in stage:
            yield step[0]
            self._do(step)

    def _beside(self, stage: Sequence[Step]) -> Iterator[str]:
        """Each step's name after it; when one fails, those that wait are not begun."""
        with ThreadPoolExecutor(BESIDE) as pool:
            try:
                yield from pool.map(self._do, stage)
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                raise

    def _do(self, given: Step) -> str:
        name, step = given
        if not self._mark(name)[0]:
            with self.wall(), self._engine.begin() as connection:
                _with_memory(connection)
                step(connection)
                set_mark(connection, name, "done")
        return name

    def forget(self, tables: Iterable[Table]) -> None:
        """All of it, where it has keys and triggers already: a deleted row takes others along."""
        if not self._mark(_FIRST)[0]:
            super().forget(tables)
            return
        with self.wall(), self._engine.begin() as connection:
            schema.drop(connection)
            marks.drop(connection)

    def _put(self, connection: Connection, table: Table, some: Iterable[Sequence[Any]]) -> None:
        driver: Any = connection.connection.driver_connection
        quote = connection.dialect.identifier_preparer.quote
        columns = ", ".join(quote(column.name) for column in table.c)
        try:
            with driver.cursor().copy(f"COPY {quote(table.name)} ({columns}) FROM STDIN") as copy:
                for row in some:
                    copy.write_row(row)
        except psycopg.Error as error:
            raise StoreError(f"{self.name}: {table.name}: {str(error).splitlines()[0]}") from error

    def _make(self, connection: Connection, source: Source) -> None:
        schema.extension(connection)
        for table in metadata.sorted_tables:
            connection.execute(CreateTable(table, include_foreign_key_constraints=[]))
        for statement in (schema.PLAIN, schema.VERSION):
            connection.exec_driver_sql(statement)
        connection.exec_driver_sql("INSERT INTO alembic_version VALUES (%s)", (MOVING,))
        marks.create(connection)
        set_mark(connection, "source", source.state())

    def _stages(self, ends: dict[str, int]) -> list[list[Step]]:
        """The same ones in the same order, each time; those of one stage may go side by side."""
        by_itself: list[Step] = [
            ("names", partial(_execute, statements=schema.NAMES)),
            *((f"indexes of {table.name}", partial(_indexes, table=table))
              for table in metadata.sorted_tables if table.indexes),
            *((f"keys of {table.name}", partial(_keys, table=table))
              for table in metadata.sorted_tables if table.foreign_key_constraints),
            ("index of vectors", _vectors),
            ("numbers", partial(_numbers, ends=ends)),
            ("statistics", partial(_execute, statements=("ANALYZE",))),
        ]  # fmt: skip
        return [
            [(_FIRST, partial(_execute, statements=word_tables.WORDS))],
            *(stage for index in word_tables.SEARCHED for stage in self._words(index)),
            *([step] for step in by_itself),
        ]

    def _words(self, index: str) -> Iterator[list[Step]]:
        """Full text: the table, then its rows in pieces, then indexes and triggers."""
        yield [(index, partial(_execute, statements=word_tables.words(index)))]
        bounds = [0, *self._bounds(word_tables.SEARCHED[index][0]), 2**63 - 1]
        pieces = list[Step]()
        for low, high in pairwise(bounds):
            filled = f"{word_tables.filling(index)} WHERE id >= {low} AND id < {high}"
            pieces.append((f"{index} from {low}", partial(_execute, statements=(filled,))))
        yield pieces
        yield [(f"indexes of {index}", partial(_execute, statements=word_tables.kept(index)))]

    def _bounds(self, table: str) -> list[int]:
        """Ids at which a next piece begins."""
        with self.wall(), self._engine.connect() as connection:
            return list(connection.exec_driver_sql(
                f"SELECT id FROM (SELECT id, row_number() OVER (ORDER BY id) AS n FROM {table})"  # noqa: S608
                f" AS counted WHERE n %% {WORDED} = 0 ORDER BY id", ()
            ).scalars())  # fmt: skip


def _with_memory(connection: Connection) -> None:
    connection.exec_driver_sql(
        f"SELECT set_config('maintenance_work_mem', '{_MEMORY}MB', true) WHERE"
        f" pg_size_bytes(current_setting('maintenance_work_mem')) < {_MEMORY} * 1024 * 1024"
    )


def _execute(connection: Connection, statements: Iterable[str]) -> None:
    for statement in statements:
        connection.exec_driver_sql(statement)


def _indexes(connection: Connection, table: Table) -> None:
    for index in sorted(table.indexes, key=lambda one: str(one.name)):
        connection.execute(CreateIndex(index))


def _keys(connection: Connection, table: Table) -> None:
    for constraint in table.foreign_key_constraints:
        # Left in the table, which is the process's own description of every store.
        connection.execute(AddConstraint(constraint, isolate_from_table=False))


def _vectors(connection: Connection) -> None:
    for model in connection.execute(select(embedding.c.model).distinct()).scalars().all():
        vectors.index(connection, model)


def _numbers(connection: Connection, ends: dict[str, int]) -> None:
    """What is numbered next goes on behind the last number that was given."""
    for table in rows.tables():
        if (column := numbered(table)) is not None and (end := ends[table.name]):
            connection.exec_driver_sql(
                "SELECT setval(pg_get_serial_sequence(%s, %s), %s)", (table.name, column.name, end)
            )
