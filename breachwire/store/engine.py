"""A store's address → an SQLAlchemy engine on a migrated SQLite file, or one clear line why not.

The file is looked at read-only first: one that another program or a newer version made is left as
it is. Then WAL, `synchronous=FULL`, foreign keys; BEGIN IMMEDIATE for writers (DESIGN §4), BEGIN
for readers, so that a reader sees one moment; migrations in one transaction under the write lock.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

from sqlalchemy import Connection, Engine, QueuePool, create_engine, event, insert
from sqlalchemy.exc import SQLAlchemyError

from breachwire.errors import StoreError, StoreVersionError
from breachwire.store import tables

HEAD: Final = "0019"
"""The newest revision in migrations/versions (a test holds it so): knowing it here saves importing
Alembic, 0.1 s, wherever there is nothing to migrate."""
KNOWN: Final = (
    *("0001", "0002", "0003", "0004", "0005", "0006", "0007", "0008", "0009", "0010", "0011"),
    *("0012", "0013", "0014", "0015", "0016", "0018"),
    HEAD,
)
APPLICATION_ID: Final = 0x42575231
"""'BWR1' in the file's header: an SQLite file of ours."""
BUSY_SECONDS: Final = 30
CACHE: Final = "cache_size=-24000"
"""Pages that a connection keeps, in kB: one search of a million articles touches some 8 MB of them,
and what is not kept is read again, by a call to the system and a copy each."""
MIGRATIONS: Final = Path(__file__).parent / "migrations"
WRITES: Final = {"breachwire_writes": True}
"""Execution options of a connection that is going to write."""


def in_file(url: str) -> bool:
    """Whether the store is a file on this machine."""
    return url.startswith("sqlite:")


def path_of(url: str) -> Path:
    """The file that a store's URL names. Raises StoreError."""
    if url.startswith(("postgresql:", "postgres:", "postgresql+")):
        raise StoreError(
            "this is for a store in a file; a PostgreSQL store is kept by pg_dump and put back by"
            " pg_restore"
        )
    name = url.removeprefix("sqlite:///")
    if name == url or not name or name == ":memory:" or "\x00" in name:
        raise StoreError(f"{url!r} names no store; write it as sqlite:///PATH")
    return Path(name)


def look_at(path: Path) -> str | None:
    """The revision of what is there, if it may be opened. Raises StoreError, StoreVersionError."""
    if not path.parent.is_dir():
        raise StoreError(
            f"the folder {path.parent} does not exist; create it or choose another with --db"
        )
    if path.is_dir():
        raise StoreError(f"{path} is a folder; a store is a file")
    return inspect(path)


def open_engine(path: Path) -> Engine:
    """An engine on `path`, created or migrated as needed. Raises StoreError, StoreVersionError."""
    revision = look_at(path)
    engine = _engine(path)
    try:
        with wall(path):
            if revision != HEAD:
                _migrate(engine)
    except BaseException:
        engine.dispose()
        raise
    return engine


@contextmanager
def wall(path: Path | str) -> Iterator[None]:
    """Turn the engine's errors into one line that names the store."""
    try:
        yield
    except SQLAlchemyError as error:
        cause = getattr(error, "orig", None) or error
        raise StoreError(f"{path}: {_in_words(str(cause))}") from error
    except (sqlite3.Error, OverflowError) as error:
        raise StoreError(f"{path}: {_in_words(str(error))}") from error
    except OSError as error:
        raise StoreError(f"{path}: {error.strerror}") from error


def _in_words(message: str) -> str:
    line = message.splitlines()[0] if message else "unknown error"
    if "database is locked" in line:
        return f"another process has been writing for {BUSY_SECONDS} s; try again"
    if "file is not a database" in line or "malformed" in line:
        return f"not a sound store ({line}); restore it with `breachwire restore FILE`"
    if "disk is full" in line:
        return f"{line}: nothing is stored until there is room; what is stored can be read"
    if "readonly database" in line or "unable to open" in line:
        return f"{line}: this user needs to write the file and its folder"
    return line


def inspect(path: Path) -> str | None:
    """The revision of an existing store; None where there is none yet. Changes nothing."""
    if not path.exists() or path.stat().st_size == 0:
        return None
    try:
        uri = f"{path.absolute().as_uri()}?mode=ro"
        with closing(sqlite3.connect(uri, uri=True, timeout=BUSY_SECONDS)) as connection:
            names = {row[0] for row in connection.execute("SELECT name FROM sqlite_master")}
            mark = connection.execute("PRAGMA application_id").fetchone()[0]
            if not names and mark == 0:
                return None
            if mark != APPLICATION_ID or "alembic_version" not in names:
                raise StoreError(f"{path} is a database of another program, not a Breachwire store")
            row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.Error as error:
        if "not a database" in str(error):
            raise StoreError(
                f"{path} is not a Breachwire store; choose another with --db"
            ) from None
        raise StoreError(f"{path}: {_in_words(str(error))}") from error
    if row is None or row[0] not in KNOWN:
        raise StoreVersionError(
            f"{path} was made by a newer version of Breachwire (revision {row and row[0]});"
            " nothing was changed"
        )
    return str(row[0])


def _engine(path: Path) -> Engine:
    def connect() -> sqlite3.Connection:
        # isolation_level None: the driver begins nothing by itself, the event below does
        connection = sqlite3.connect(
            path,
            timeout=BUSY_SECONDS,
            isolation_level=None,
            check_same_thread=False,
            cached_statements=512,
        )
        try:
            for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", CACHE):
                connection.execute(f"PRAGMA {pragma}")
        except BaseException:
            connection.close()
            raise
        return connection

    engine = create_engine(
        "sqlite://", creator=connect, poolclass=QueuePool, pool_size=16, max_overflow=-1,
        pool_use_lifo=True,  # the few that are used keep their pages
    )  # fmt: skip

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("breachwire_writes")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _migrate(engine: Engine) -> None:
    """Bring the store to HEAD in one transaction; of two processes one does it, one waits."""
    with engine.connect().execution_options(**WRITES) as connection, connection.begin():
        connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")
        upgrade(connection)
        first_values(connection)


def upgrade(connection: Connection, revision: str = "head") -> None:
    """Run the migrations on an open transaction."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def first_values(connection: Connection) -> None:
    """The store's own facts, where they are not there yet."""
    rows: list[dict[str, Any]] = [
        {"key": "store_id", "value": uuid4().hex[:12]},
        {"key": "changes", "value": "0"},
    ]
    known = {row[0] for row in connection.exec_driver_sql("SELECT key FROM meta")}
    for row in rows:
        if row["key"] not in known:
            connection.execute(insert(tables.meta), row)
