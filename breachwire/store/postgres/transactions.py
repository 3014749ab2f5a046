"""A store in a PostgreSQL database → transactions, and the counter of changes.

In: its address and an engine. Out: `_read` and `_write` (`postgres.engine` says how they stand to
one another), in which the modules of rows do their work.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, Engine

from breachwire.store.engine import BUSY_SECONDS
from breachwire.store.postgres.engine import LOCK, locked, wall
from breachwire.store.postgres.locks import Locks
from breachwire.store.sqlite.transactions import Transactions

HUNG: Final = BUSY_SECONDS - 5
"""Seconds after which the server ends a transaction that writes and asks nothing more: before who
waits meanwhile gives up."""
_MY_TURN: Final = f"""
    SELECT set_config('lock_timeout', '{BUSY_SECONDS}s', true),
    set_config('idle_in_transaction_session_timeout', '{HUNG}s', true),
    {LOCK}
"""
_COUNT_CHANGE: Final = (
    "UPDATE meta SET value = CAST(CAST(value AS bigint) + 1 AS text) WHERE key = 'changes'"
)


class PostgresTransactions(Transactions):
    """One database; safe from any thread, with any number of processes beside it."""

    def __init__(self, place: Path | str, engine: Engine) -> None:
        super().__init__(place, engine)
        self._engine = engine.execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True
        )
        self._writer = engine
        self._locks = Locks(engine, str(place))

    def _wall(self) -> AbstractContextManager[None]:
        return wall(str(self._place))

    @contextmanager
    def _write(self, *, shown: bool = True) -> Iterator[Connection]:
        with (
            self._writing,
            self._wall(),
            self._writer.connect() as connection,
            connection.begin(),
        ):
            connection.exec_driver_sql(_MY_TURN, locked("write"))
            self._locks.fence(connection)
            connection.info["written"] = 0
            yield connection
            if shown and connection.info["written"]:
                connection.exec_driver_sql(_COUNT_CHANGE)
