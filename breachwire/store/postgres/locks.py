"""Roles and the turn across machines, by advisory locks of the database.

In: an engine and names. Out: context managers, each on a connection of its own while inside: what
holds a lock is the session, and a killed holder's session ends. Who waits for the turn is served in
the order of coming, by PostgreSQL's own queue.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from breachwire.errors import StoreBusyError
from breachwire.store.postgres.engine import locked, wall
from breachwire.store.turn import PATIENCE

_TRY: Final = "SELECT pg_try_advisory_lock(%s, hashtext(current_schema() || %s))"
_WAIT: Final = "SELECT pg_advisory_lock(%s, hashtext(current_schema() || %s))"
_LET_GO: Final = "SELECT pg_advisory_unlock(%s, hashtext(current_schema() || %s))"
_TOO_LONG: Final = "55P03"


class Locks:
    """Those of one store; safe from any thread."""

    def __init__(self, engine: Engine, name: str, patience: float = PATIENCE) -> None:
        self._engine = engine.execution_options(isolation_level="AUTOCOMMIT")
        self._name, self._patience = name, patience
        self._mine = threading.local()

    @contextmanager
    def role(self, role: str) -> Iterator[None]:
        """Raises StoreBusyError where another has it."""
        with self._session() as connection:
            with wall(self._name):
                got = connection.exec_driver_sql(_TRY, locked(f" role {role}")).scalar_one()
            if not got:
                raise StoreBusyError(f"another {role} is at work on {self._name}")
            try:
                yield
            finally:
                _let_go(connection, f" role {role}")

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Raises StoreBusyError. A thread that holds it may take it again."""
        depth: int = getattr(self._mine, "depth", 0)
        if depth:
            self._mine.depth = depth + 1
            try:
                yield
            finally:
                self._mine.depth = depth
            return
        with self._session() as connection:
            self._wait(connection)
            self._mine.depth = 1
            try:
                yield
            finally:
                self._mine.depth = 0
                _let_go(connection, " turn")

    @contextmanager
    def _session(self) -> Iterator[Connection]:
        with wall(self._name):
            connection = self._engine.connect()
        try:
            yield connection
        finally:
            connection.close()

    def _wait(self, connection: Connection) -> None:
        try:
            connection.exec_driver_sql(f"SET lock_timeout = {int(1000 * self._patience)}")
            connection.exec_driver_sql(_WAIT, locked(" turn"))
            connection.exec_driver_sql("SET lock_timeout = 0")
        except OperationalError as error:
            if getattr(error.orig, "sqlstate", None) != _TOO_LONG:
                with wall(self._name):
                    raise
            connection.exec_driver_sql("SET lock_timeout = 0")
            raise StoreBusyError(
                f"threads of {self._name} have been changed by another for"
                f" {self._patience:.0f} s; try again"
            ) from None


def _let_go(connection: Connection, name: str) -> None:
    """Where the session is lost, so is the lock."""
    try:
        connection.exec_driver_sql(_LET_GO, locked(name))
    except SQLAlchemyError:
        connection.invalidate()
