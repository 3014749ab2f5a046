"""Roles and the turn across machines, by advisory locks of the database.

In: an engine and names. Out: context managers, each on a connection of its own while inside: what
holds a lock is the session, and a killed holder's session ends. Who waits for the turn is served in
the order of coming, by PostgreSQL's own queue.

A holder whose session was lost (a network that broke, a server that began anew) is alive and may
not know: each of its transactions therefore asks, under the lock by which one writes at a time,
whether its session has the role still (`fence`); who takes a role over waits for that lock once. So
nothing is written by two holders, whichever way one was lost. One that hangs loses its session, too
(`postgres.alive`).
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from typing import Final

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from breachwire.errors import StoreBusyError
from breachwire.store.postgres.alive import HOLDERS, beating, end_silent
from breachwire.store.postgres.engine import LOCK, locked, wall
from breachwire.store.protocol import RoleName
from breachwire.store.turn import PATIENCE

_TRY: Final = "SELECT pg_try_advisory_lock(%s, hashtext(current_schema() || %s)), pg_backend_pid()"
_WAIT: Final = "SELECT pg_advisory_lock(%s, hashtext(current_schema() || %s))"
_LET_GO: Final = "SELECT pg_advisory_unlock(%s, hashtext(current_schema() || %s))"
_AFTER: Final = f"SELECT {LOCK}"
_HELD: Final = f"SELECT EXISTS ({HOLDERS} AND pid = %s)"
_TOO_LONG: Final = "55P03"
_TURN: Final = " turn"


class Locks:
    """Those of one store; safe from any thread."""

    def __init__(self, engine: Engine, name: str, patience: float = PATIENCE) -> None:
        self._engine = engine.execution_options(isolation_level="AUTOCOMMIT")
        self._name, self._patience = name, patience
        self._sessions: dict[str, int] = {}
        """The roles that this process has, and by which session."""
        self._mine = threading.local()
        """`fences`: what this thread writes as the holder of, and by which session."""

    @contextmanager
    def role(self, role: RoleName) -> Iterator[None]:
        """Raises StoreBusyError where another has it."""
        with self._session() as connection:
            with wall(self._name):
                got, session = connection.exec_driver_sql(_TRY, locked(f" role {role}")).one()
            if not got:
                end_silent(connection, f" role {role}")  # it is free when somebody asks again
                raise StoreBusyError(f"another {role} is at work on {self._name}")
            try:
                with wall(self._name):
                    connection.exec_driver_sql(_AFTER, locked("write"))
                self._sessions[role] = session
                # Polls are written by many threads, and one that is written twice does no harm.
                mine = nullcontext() if role == "poller" else self.acting(role)
                with mine, beating(connection):
                    yield
            finally:
                self._sessions.pop(role, None)
                _let_go(connection, f" role {role}")

    @contextmanager
    def acting(self, role: RoleName) -> Iterator[None]:
        """What this thread writes inside is refused once this process's role is lost. Raises
        StoreBusyError."""
        session = self._sessions.get(role)
        if session is None:
            raise StoreBusyError(f"this process is no {role} of {self._name} any more")
        with self._fenced(f" role {role}", session):
            yield

    def holds(self, role: RoleName) -> bool:
        """Whether this process has the role, as the server sees it. Raises StoreError."""
        session = self._sessions.get(role)
        if session is None:
            return False
        with self._session() as connection, wall(self._name):
            return _has(connection, f" role {role}", session)

    def fence(self, connection: Connection) -> None:
        """In a transaction that has the lock to write: whether this thread still holds what it
        writes as the holder of. Raises StoreBusyError."""
        for name, session in self._fences().items():
            if not _has(connection, name, session):
                raise StoreBusyError(
                    f"the connection that held the{name} of {self._name} was lost, and with it the"
                    f"{name}; nothing was written"
                )

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Raises StoreBusyError. A thread that holds it may take it again."""
        if _TURN in self._fences():
            yield
            return
        with self._session() as connection:
            session = self._wait(connection)
            try:
                with self._fenced(_TURN, session), beating(connection):
                    yield
            finally:
                _let_go(connection, _TURN)

    def _fences(self) -> dict[str, int]:
        own: dict[str, int] = getattr(self._mine, "fences", {})
        return own

    @contextmanager
    def _fenced(self, name: str, session: int) -> Iterator[None]:
        before = self._fences()
        self._mine.fences = {**before, name: session}
        try:
            yield
        finally:
            self._mine.fences = before

    @contextmanager
    def _session(self) -> Iterator[Connection]:
        with wall(self._name):
            connection = self._engine.connect()
        try:
            yield connection
        finally:
            connection.close()

    def _wait(self, connection: Connection) -> int:
        """Until it is ours; by which session. A holder that hangs is looked for at first and once
        more, so that half of that time is the longest that it holds anybody up."""
        for _ in range(2):
            end_silent(connection, _TURN)
            if (session := self._waited(connection)) is not None:
                return session
        raise StoreBusyError(
            f"threads of {self._name} have been changed by another for"
            f" {self._patience:.0f} s; try again"
        )

    def _waited(self, connection: Connection) -> int | None:
        """None: not within half of our patience."""
        try:
            connection.exec_driver_sql(f"SET lock_timeout = {int(500 * self._patience)}")
            connection.exec_driver_sql(_WAIT, locked(_TURN))
            return int(connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one())
        except OperationalError as error:
            if getattr(error.orig, "sqlstate", None) != _TOO_LONG:
                with wall(self._name):
                    raise
            return None
        finally:
            with suppress(SQLAlchemyError):  # the session is lost, and what was set in it
                connection.exec_driver_sql("SET lock_timeout = 0")


def _has(connection: Connection, name: str, session: int) -> bool:
    return bool(connection.exec_driver_sql(_HELD, (*locked(name), session)).scalar_one())


def _let_go(connection: Connection, name: str) -> None:
    """Where the session is lost, so is the lock."""
    try:
        connection.exec_driver_sql(_LET_GO, locked(name))
    except SQLAlchemyError:
        connection.invalidate()
