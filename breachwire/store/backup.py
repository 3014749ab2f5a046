"""A store → a file to keep, made while others write.

In: paths. Out: `Kept`, what a file holds, after it was checked. A backup is one SQLite file of mode
0600, as the store was at one moment, without what was deleted before; sessions of browsers are left
out, and no key or password is ever in a store. `restoring` puts it back.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from breachwire.errors import StoreError, UsageError
from breachwire.store.engine import BUSY_SECONDS, inspect, wall

MADE: Final = "backup_at"
"""In `meta`: when this file was made, and in a store, when its last backup was."""
_WRITING: Final = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN)
"""Kinds of errors that are the new file's, not those of what is read."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What a checked file holds."""

    file: Path
    size: int
    """Bytes."""
    sha256: str
    revision: str
    articles: int
    threads: int
    made_at: datetime | None
    """None: the file was not made by `backup`."""


def backup(path: Path, target: Path, now: datetime) -> Kept:
    """Write the store at `path`, of whatever known revision, to a new file. Raises StoreError;
    UsageError where `target` exists. A file that was not written whole is not left behind."""
    if inspect(path) is None:
        raise StoreError(f"{path}: there is no store yet, and nothing to keep")
    if target.exists():
        raise UsageError(f"{target} exists and is left as it is; choose another name")
    with beside(target) as part:
        copy_whole(path, part, target)
        with opened(part) as copy:
            if _has(copy, "session"):
                copy.execute("DELETE FROM session")
            _note(copy, now)
        found = look(part, target)
        sync(part)
        try:
            os.link(part, target)  # unlike a renaming it never takes another file's place
        except FileExistsError:
            raise UsageError(f"{target} exists and is left as it is; choose another name") from None
        except OSError:
            part.rename(target)
        sync(target.parent)
    with suppress(sqlite3.Error), opened(path) as store:
        _note(store, now)
    return found


def look(file: Path, called: Path | None = None) -> Kept:
    """What the file holds. Raises StoreError where it is damaged, StoreVersionError where a newer
    version made it."""
    called = called or file
    if (revision := inspect(file)) is None:
        raise StoreError(f"{called}: there is no store in it")
    with wall(called), opened(file) as connection:
        damage = [row[0] for row in connection.execute("PRAGMA integrity_check(3)")]
        if damage != ["ok"]:
            raise StoreError(f"{called}: damaged: {damage[0]}")
        if broken := connection.execute("PRAGMA foreign_key_check").fetchone():
            raise StoreError(f"{called}: damaged: rows of {broken[0]} point at missing rows")
        made = connection.execute("SELECT value FROM meta WHERE key = ?", (MADE,)).fetchone()
        articles, threads = (
            connection.execute(f"SELECT count(*) FROM {query}").fetchone()[0]  # noqa: S608
            for query in ("article", "thread WHERE merged_into IS NULL AND articles > 0")
        )
    at = datetime.fromisoformat(made[0]) if made else None
    size = file.stat().st_size
    return Kept(called, size, _digest(file), revision, articles, threads, at)


def copy_whole(source: Path, part: Path, target: Path) -> None:
    """All of `source` as it is at one moment; others may write meanwhile."""
    try:
        with closing(connect(source)) as connection:
            connection.execute("VACUUM INTO ?", (str(part),))
    except sqlite3.Error as error:
        ours = getattr(error, "sqlite_errorcode", 0) & 0xFF in _WRITING
        with wall(target if ours else source):
            raise


def _note(connection: sqlite3.Connection, now: datetime) -> None:
    connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (MADE, now.isoformat()))


def _has(connection: sqlite3.Connection, table: str) -> bool:
    query = "SELECT 1 FROM sqlite_master WHERE name = ?"
    return connection.execute(query, (table,)).fetchone() is not None


def connect(path: Path, seconds: float = BUSY_SECONDS) -> sqlite3.Connection:
    """A connection that begins nothing by itself."""
    return sqlite3.connect(path, timeout=seconds, isolation_level=None)


@contextmanager
def opened(path: Path) -> Iterator[sqlite3.Connection]:
    """The same, closed afterwards."""
    with closing(connect(path)) as connection:
        yield connection


@contextmanager
def beside(path: Path) -> Iterator[Path]:
    """An empty file of mode 0600 in the same folder; gone afterwards, whatever its name is then."""
    try:
        number, name = tempfile.mkstemp(".part", f".{path.name}.", path.absolute().parent)
    except OSError as error:
        raise StoreError(f"{path}: {error.strerror}") from error
    os.close(number)
    part = Path(name)
    try:
        with wall(path):
            yield part
    finally:
        for end in ("", "-wal", "-shm", "-journal"):
            part.with_name(part.name + end).unlink(missing_ok=True)


def _digest(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def sync(path: Path) -> None:
    """To the disk: a file, or a folder's names."""
    number = os.open(path, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
