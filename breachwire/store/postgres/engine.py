"""A database's address → an SQLAlchemy engine on a store of ours, or one clear line why not.

Sessions speak UTC. Readers see one moment (REPEATABLE READ); one writes at a time, by an advisory
lock that the end of the transaction frees, as on SQLite: what a method reads before it writes stays
so, and the numbers of rows (edits, embeddings) become visible in their order. A lost connection is
noticed before it is used again.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from breachwire.errors import StoreError, StoreVersionError
from breachwire.store.engine import BUSY_SECONDS, HEAD, KNOWN, upgrade
from breachwire.store.postgres import schema

OLDEST: Final = 15
MOVING: Final = "moving"
"""Where the newest revision stands else: a store that is not all there yet (`store.moving`)."""
_SPACE: Final = 0x42575231
"""'BWR1': the first half of every advisory lock of ours; the second is of the lock's name."""
_SESSION: Final = "SET timezone = 'UTC'; SET jit = off; SET plan_cache_mode = force_custom_plan"
"""Plans by the values that are asked for: one word is a thousand times as common as another."""
_KEEPALIVE: Final = {
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 12_000,
    "connect_timeout": 10,
    "application_name": "breachwire",
}
"""A server that is gone is noticed in some ten seconds; what the address says comes first."""
LOCK: Final = "pg_advisory_xact_lock(%s, hashtext(current_schema() || %s))"
"""Waits for one of ours (`locked`) and holds it to the transaction's end."""
_NO_WRITER: Final = f"""
    SELECT set_config('lock_timeout', '{BUSY_SECONDS}s', true),
    {LOCK}
"""
KEPT: Final = 8
"""Connections that a process keeps though it does not need them just now: a server has 100 for all
as it comes, and workers are many."""
_GONE: Final = "SET tcp_keepalives_idle = 5; SET tcp_keepalives_interval = 2;" + (
    " SET tcp_keepalives_count = 3; SET tcp_user_timeout = '12s'"
)
"""The other way round: a holder of a role whose machine is gone lets go as soon. Not of Unix
sockets, on which the server ignores it."""


def address(url: str) -> URL:
    """Raises StoreError."""
    try:
        given = make_url(url)
    except (ArgumentError, ValueError):
        raise StoreError("this is no address of a store: postgresql://USER@HOST/DATABASE") from None
    if not given.database:
        raise StoreError(f"{shown(given)} names no database: postgresql://USER@HOST/DATABASE")
    return given.set(drivername="postgresql+psycopg")


def shown(url: URL) -> str:
    """An address as people see it: without its password."""
    hidden = bool(url.password)  # an empty one hides nothing
    return url.set(drivername="postgresql").render_as_string(hide_password=hidden)


def open_engine(url: URL) -> Engine:
    """An engine on the store there, made or migrated as needed. Raises StoreError,
    StoreVersionError."""
    engine = _engine(url)
    try:
        with wall(shown(url)):
            _prepare(engine, shown(url))
    except BaseException:
        engine.dispose()
        raise
    return engine


@contextmanager
def connected(url: URL) -> Iterator[Engine]:
    """An engine on whatever is there. Raises StoreError."""
    engine = _engine(url)
    try:
        yield engine
    finally:
        engine.dispose()


@contextmanager
def wall(name: str) -> Iterator[None]:
    """Turn the engine's errors into one line that names the store."""
    try:
        yield
    except SQLAlchemyError as error:
        cause = getattr(error, "orig", None) or error
        raise StoreError(f"{name}: {_in_words(cause)}") from error
    except OverflowError as error:
        raise StoreError(f"{name}: {error}") from error


def _in_words(cause: BaseException) -> str:
    line = (str(cause).splitlines() or ["unknown error"])[0]
    match getattr(cause, "sqlstate", None):
        case "55P03":
            return f"another process has been writing for {BUSY_SECONDS} s; try again"
        case "53100":
            return f"{line}: nothing is stored until there is room; what is stored can be read"
        case "42501":
            return f"{line}: this user needs rights on the store's tables"
    return line


def locked(name: str) -> tuple[int, str]:
    """The two halves of an advisory lock, the second for `hashtext`."""
    return _SPACE, name


def _engine(url: URL) -> Engine:
    given = {key: value for key, value in _KEEPALIVE.items() if key not in url.query}
    try:
        engine = create_engine(
            url, connect_args=given, pool_size=KEPT, max_overflow=32 - KEPT, pool_use_lifo=True,
            pool_pre_ping=True,
        )  # fmt: skip
    except ImportError:
        raise StoreError("PostgreSQL needs a driver: pip install 'breachwire[postgres]'") from None

    @event.listens_for(engine, "connect")
    def connect(driver: Any, _record: Any) -> None:
        driver.autocommit = True
        local = driver.info.host.startswith("/") if driver.info.host else True
        driver.execute(_SESSION)
        if not local:
            driver.execute(_GONE)
        driver.autocommit = False

    @event.listens_for(engine, "after_cursor_execute")
    def executed(
        connection: Connection,
        cursor: Any,
        statement: str,
        _values: Any,
        _context: Any,
        _many: bool,
    ) -> None:
        if cursor.rowcount > 0 and statement.lstrip()[:6] in ("INSERT", "UPDATE", "DELETE"):
            connection.info["written"] = connection.info.get("written", 0) + cursor.rowcount

    return engine


def _prepare(engine: Engine, name: str) -> None:
    with engine.connect() as connection:
        revision = look_at(connection, name)
    if revision == HEAD:
        return
    with engine.connect() as connection, connection.begin():
        connection.exec_driver_sql(f"SELECT {LOCK}", locked("schema"))
        revision = look_at(connection, name)  # of two processes one makes it, one waits
        if revision is None:
            schema.create(connection)
        elif revision != HEAD:
            connection.exec_driver_sql(_NO_WRITER, locked("write"))
            upgrade(connection)


def look_at(connection: Connection, name: str) -> str | None:
    """The revision of what is there; None where there is nothing yet. Changes nothing."""
    version = int(connection.exec_driver_sql("SHOW server_version_num").scalar_one())
    if version < OLDEST * 10_000:
        raise StoreError(
            f"{name}: PostgreSQL {OLDEST} or newer is needed, this is {version // 10_000}"
        )
    if (encoding := connection.exec_driver_sql("SHOW server_encoding").scalar_one()) != "UTF8":
        raise StoreError(f"{name}: the database must be in UTF8, not {encoding}")
    there = connection.exec_driver_sql(
        "SELECT relname FROM pg_class WHERE relnamespace = current_schema()::regnamespace"
        " AND relname IN ('alembic_version', 'meta', 'article', 'thread')"
    ).scalars()
    names = set(there)
    if not names:
        return None
    if len(names) < 4:
        raise StoreError(f"{name} holds another program's tables, not a Breachwire store")
    found = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    if found == MOVING:
        raise StoreError(f"{name}: a `breachwire migrate` into it has not ended; run it again")
    if found not in KNOWN:
        raise StoreVersionError(
            f"{name} was made by a newer version of Breachwire (revision {found});"
            " nothing was changed"
        )
    return str(found)
