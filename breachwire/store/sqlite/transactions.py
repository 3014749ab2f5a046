"""A store → transactions, and the counter of changes; here on one SQLite file.

In: a place and an engine. Out: `_read` and `_write`, in which the modules beside this one do their
work, and the values that are kept by name.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Engine, select

from breachwire.store.engine import WRITES, wall
from breachwire.store.rows import upsert
from breachwire.store.tables import meta

PIECE: Final = 500
"""Rows an iterator reads at a time: each piece its own short transaction."""
KEPT: Final = 500
"""Threads whose details and briefs stay in memory: 30 kB each where there are 25 claims."""
_COUNT_CHANGE: Final = "UPDATE meta SET value = value + 1 WHERE key = 'changes'"


class Transactions:
    """One store; safe from any thread, with any number of processes beside it."""

    def __init__(self, place: Path | str, engine: Engine) -> None:
        """`place`: the file, or the address of a database as errors name it."""
        self._place = place.absolute() if isinstance(place, Path) else place
        self._engine: Engine = engine
        self._writer: Engine = engine.execution_options(**WRITES)
        self._writing = threading.Lock()
        self._moment = threading.local()
        """`connection`: the transaction that this thread reads in."""

    def meta(self, key: str) -> str | None:
        with self._read() as connection:
            return connection.execute(select(meta.c.value).where(meta.c.key == key)).scalar()

    def set_meta(self, key: str, value: str) -> None:
        with self._write() as connection:
            upsert(connection, meta, [{"key": key, "value": value}])

    @contextmanager
    def reading(self) -> Iterator[None]:
        if self._held() is not None:
            yield
            return
        with self._read() as connection:
            self._moment.connection = connection
            try:
                yield
            finally:
                self._moment.connection = None

    def _held(self) -> Connection | None:
        held: Connection | None = getattr(self._moment, "connection", None)
        return held

    def _wall(self) -> AbstractContextManager[None]:
        """The engine's errors become StoreErrors that name the store."""
        return wall(self._place)

    @contextmanager
    def _read(self, *, now: bool = False) -> Iterator[Connection]:
        """A transaction, or the one that this thread holds, unless what is asked for is `now`'s."""
        if not now and (held := self._held()) is not None:
            with self._wall():
                yield held
            return
        with self._wall(), self._engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def _write(self, *, shown: bool = True) -> Iterator[Connection]:
        """A write transaction; one that changed a row moves the counter behind `changed`, unless
        what it writes is not `shown` on any page."""
        with (
            self._writing,
            self._wall(),
            self._writer.connect() as connection,
            connection.begin(),
        ):
            driver: Any = connection.connection.driver_connection
            before = driver.total_changes
            yield connection
            if shown and driver.total_changes != before:
                connection.exec_driver_sql(_COUNT_CHANGE)
