"""A store's address → what is in it at one moment, read only, with everyone else kept out.

In: an address. Out: `Source`. A file is held by the lock that tells whether anybody has it open;
a database by the lock that writers take, once nobody else is connected as Breachwire. What such a
store got while it is moved would be lost, so it gets nothing: who has it open is asked to stop.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy import Column, Connection, NullPool, Table, create_engine, func, select

from breachwire.errors import StoreBusyError, StoreError
from breachwire.store.dialects import on_postgres
from breachwire.store.engine import HEAD, in_file, inspect, path_of, wall
from breachwire.store.inuse import alone
from breachwire.store.moving import rows
from breachwire.store.tables import meta

PATIENCE: Final = 5.0
"""Seconds that a database is waited for."""
_OTHERS: Final = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
    " AND application_name = 'breachwire' AND pid <> pg_backend_pid()"
)
_LOCK: Final = "SELECT pg_try_advisory_lock(%s, hashtext(current_schema() || %s))"


@dataclass(frozen=True, slots=True)
class Source:
    """A store, as it is at one moment."""

    name: str
    connection: Connection

    def state(self) -> str:
        """Whether it is still what a move began with: its id, its tables, how often it changed."""
        keys = ("store_id", "changes")
        query = select(meta.c.key, meta.c.value).where(meta.c.key.in_(keys))
        known = {row[0]: row[1] for row in self.connection.execute(query)}
        return f"{known.get('store_id')} {HEAD} {known.get('changes')}"

    def ends(self) -> dict[str, int]:
        """By table, the last number that was ever given to a row of it."""
        return {
            table.name: max(self._last(column), self._given(table, column))
            for table in rows.tables()
            if (column := numbered(table)) is not None
        }

    def _last(self, column: Column[int]) -> int:
        return self.connection.execute(select(func.max(column))).scalar() or 0

    def _given(self, table: Table, column: Column[int]) -> int:
        """As the engine remembers it: of rows, too, that are gone."""
        if on_postgres(self.connection):
            found = self.connection.exec_driver_sql(
                "SELECT pg_sequence_last_value(pg_get_serial_sequence(%s, %s)::regclass)",
                (table.name, column.name),
            )
        else:
            found = self.connection.exec_driver_sql(
                "SELECT seq FROM sqlite_sequence WHERE name = ?", (table.name,)
            )
        return found.scalar() or 0


def numbered(table: Table) -> Column[int] | None:
    """The column whose numbers the engine gives, if there is one."""
    return table.autoincrement_column


@contextmanager
def opened(url: str) -> Iterator[Source]:
    """Raises StoreBusyError where anybody else has it open, StoreError where there is no store of
    today's tables."""
    with _file(path_of(url)) if in_file(url) else _database(url) as source:
        yield source


@contextmanager
def _file(path: Path) -> Iterator[Source]:
    with wall(path):
        if (found := inspect(path)) is None:
            raise StoreError(f"{path}: there is no store, and nothing to move")
        _todays(str(path), found)
    engine = create_engine(
        "sqlite://", poolclass=NullPool,
        creator=lambda: sqlite3.connect(
            f"{path.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None
        ),
    )  # fmt: skip
    with alone(path), engine.connect() as connection:
        with wall(path):
            connection.exec_driver_sql("BEGIN")
            if broken := connection.exec_driver_sql("PRAGMA foreign_key_check").first():
                raise StoreError(
                    f"{path}: rows of {broken[0]} point at missing rows of {broken[2]};"
                    " `breachwire doctor` says more"
                )
        yield Source(str(path), connection)


@contextmanager
def _database(url: str) -> Iterator[Source]:
    from breachwire.store.postgres import engine as postgres

    where = postgres.address(url)
    name = postgres.shown(where)
    with postgres.wall(name), postgres.connected(where) as engine:
        with engine.connect() as connection:
            found = postgres.look_at(connection, name)
            if found is None:
                raise StoreError(f"{name}: there is no store, and nothing to move")
            _todays(name, found)
        alone_ = engine.execution_options(isolation_level="AUTOCOMMIT")
        moment = engine.execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True
        )
        with alone_.connect() as lock:
            _wait(lock, postgres.locked("write"), name)
            with moment.connect() as connection:
                yield Source(name, connection)


def _wait(lock: Connection, key: tuple[int, str], name: str) -> None:
    """Until nobody else has the store: a server notices in its own time that a session has ended.
    Raises StoreBusyError after PATIENCE seconds."""
    until = time.monotonic() + PATIENCE
    while (
        lock.exec_driver_sql(_OTHERS).scalar_one()
        or not lock.exec_driver_sql(_LOCK, key).scalar_one()
    ):
        if time.monotonic() > until:
            raise StoreBusyError(
                f"{name} is in use; stop what polls, serves or works on it, then try again"
            )
        time.sleep(0.1)


def _todays(name: str, found: str) -> None:
    if found != HEAD:
        raise StoreError(
            f"{name} has the tables of an older version ({found}, here {HEAD}):"
            " any command of this version that opens it (`breachwire doctor`) renews them"
        )
