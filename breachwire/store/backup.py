"""A store → a file to keep, while others write; such a file → the store again.

In: paths. Out: `Kept` (what a file holds, after it was checked) and `Restored`. A backup is one
SQLite file of mode 0600, as the store was at one moment, without what was deleted before; sessions
of browsers are left out, and no key or password is ever in a store. A restored store takes over
what people asked for since, where the store before it can still be read: nobody who unsubscribed
or was erased comes back, no letter goes twice, no revoked token opens again.
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

from breachwire.errors import StoreBusyError, StoreError, UsageError
from breachwire.store import tables
from breachwire.store.engine import BUSY_SECONDS, HEAD, in_words, inspect, open_engine, wall
from breachwire.store.inuse import alone

MADE: Final = "backup_at"
"""In `meta`: when this file was made, and in a store, when its last backup was."""
PEOPLES: Final = (
    *("subscriber", "mail_link", "suppressed", "issue", "issue_thread", "outbox"),
    *("token", "saved_search", "watch_entry"),
)
"""Tables of what people asked for, in the order in which they point at one another."""
_FAR: Final = 1_000_000
"""Added to the counter of changes where nobody knows how far it had come: a page that is kept
anywhere is never taken for the restored one."""
_BLOCK: Final = 1 << 20


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


@dataclass(frozen=True, slots=True)
class Restored:
    """What restoring did."""

    kept: Kept
    aside: Path | None
    """Where the store before it is now; None: there was none."""
    carried: bool
    """Whether what people asked for since was taken over."""
    left_out: tuple[str, ...]
    """Sites that were left out since: the backup still holds articles of theirs."""


def backup(path: Path, target: Path, now: datetime) -> Kept:
    """Write the store at `path`, of whatever known revision, to a new file. Raises StoreError;
    UsageError where `target` exists. A file that was not written whole is not left behind."""
    if inspect(path) is None:
        raise StoreError(f"{path}: there is no store yet, and nothing to keep")
    if target.exists():
        raise UsageError(f"{target} exists and is left as it is; choose another name")
    with _beside(target) as part:
        _copy(path, part, target)
        with _opened(part) as copy:
            if _has(copy, "session"):
                copy.execute("DELETE FROM session")
            _note(copy, now)
        found = look(part, target)
        _sync(part)
        try:
            os.link(part, target)  # unlike a renaming it never takes another file's place
        except FileExistsError:
            raise UsageError(f"{target} exists and is left as it is; choose another name") from None
        except OSError:
            part.rename(target)
        _sync(target.parent)
    with suppress(sqlite3.Error), _opened(path) as store:
        _note(store, now)
    return found


def look(file: Path, called: Path | None = None) -> Kept:
    """What the file holds. Raises StoreError where it is damaged, StoreVersionError where a newer
    version made it."""
    called = called or file
    if (revision := inspect(file)) is None:
        raise StoreError(f"{called}: there is no store in it")
    with wall(called), _opened(file) as connection:
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


def restore(file: Path, path: Path, now: datetime, *, people: bool = True) -> Restored:
    """Put what `file` holds, migrated, in the place of the store at `path`, which is kept aside.

    `people`: take over what people asked for since. Raises StoreBusyError where anybody has the
    store open; StoreError, StoreVersionError for a file that is no sound store: nothing is changed.
    """
    if not file.is_file():
        raise UsageError(f"no file {file}")
    if path.exists() and file.samefile(path):
        raise UsageError(f"{file} is the store itself")
    inspect(file)
    with alone(path):
        pass  # said before the work, not after it
    with _beside(path) as part:
        _copy(file, part, path)
        kept = look(part, file)
        _ready(part, file)
        with alone(path):
            if path.exists():
                _let_go(path)
            known = _known(path)
            carried = _carry(path, part) if people and known else False
            left_out = _left_out(path, part) if known else ()
            if not carried:
                _leap(part)
            aside = _swap(part, path, now)
    return Restored(kept, aside, carried, left_out)


def _copy(source: Path, part: Path, target: Path) -> None:
    """All of `source` as it is at one moment; others may write meanwhile."""
    try:
        with closing(_connect(source)) as connection:
            connection.execute("VACUUM INTO ?", (str(part),))
    except sqlite3.Error as error:
        ours = getattr(error, "sqlite_errorcode", 0) & 0xFF in _WRITING
        raise StoreError(f"{target if ours else source}: {in_words(str(error))}") from error


_WRITING: Final = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN)


def _ready(part: Path, file: Path) -> None:
    """Migrated to today's tables, without sessions, one file again. Raises StoreError."""
    open_engine(part).dispose()
    with wall(file), _opened(part) as connection:
        names = {row[0] for row in connection.execute("SELECT name FROM sqlite_master")}
        if missing := sorted(tables.metadata.tables.keys() - names):
            raise StoreError(f"{file}: the table {missing[0]} is missing")
        connection.execute("DELETE FROM session")
        connection.execute("DELETE FROM meta WHERE key = ?", (MADE,))
    _one_file(part)


def _let_go(path: Path) -> None:
    """One file, if it is sound enough for that. Raises StoreBusyError where another program, which
    knows no lock of ours, has it open."""
    try:
        _one_file(path)
    except sqlite3.DatabaseError as error:
        if "locked" in str(error):
            raise StoreBusyError(f"{path} is in use by another program; close it") from error


def _known(path: Path) -> bool:
    """Whether there is a store of today's tables that can be read."""
    try:
        return inspect(path) == HEAD
    except StoreError:
        return False


def _carry(path: Path, part: Path) -> bool:
    """What people asked for, as the store before has it. False: it can't be read, or is not the
    store that the backup is of."""
    try:
        with _opened(part) as new:
            new.execute("ATTACH ? AS old", (str(path),))
            ids = [_store_id(new, schema) for schema in ("main", "old")]
            if ids[0] != ids[1]:
                return False
            new.execute("PRAGMA foreign_keys = OFF")  # all of them change together
            new.execute("PRAGMA secure_delete = ON")
            new.execute("BEGIN IMMEDIATE")
            for table in reversed(PEOPLES):
                new.execute(f"DELETE FROM {table}")  # noqa: S608
            for table in PEOPLES:
                new.execute(f"INSERT INTO {table} SELECT * FROM old.{table}")  # noqa: S608
            for statement in _COUNTERS:
                new.execute(statement)
            new.execute("COMMIT")
    except sqlite3.DatabaseError:
        return False
    return True


_COUNTERS: Final = (
    "INSERT OR IGNORE INTO left_out SELECT * FROM old.left_out",
    "UPDATE sqlite_sequence SET seq = max(seq, coalesce("
    "(SELECT o.seq FROM old.sqlite_sequence o WHERE o.name = sqlite_sequence.name), 0))",
    "UPDATE meta SET value = CAST(max(CAST(value AS INTEGER), (SELECT CAST(o.value AS INTEGER)"
    " FROM old.meta o WHERE o.key = 'changes')) + 1 AS TEXT) WHERE key = 'changes'",
)


def _leap(part: Path) -> None:
    """Nobody knows how often the store before was changed: more often than that."""
    with _opened(part) as new:
        new.execute(
            "UPDATE meta SET value = CAST(CAST(value AS INTEGER) + ? AS TEXT)"
            " WHERE key = 'changes'", (_FAR,),
        )  # fmt: skip


def _store_id(connection: sqlite3.Connection, schema: str) -> str:
    query = f"SELECT value FROM {schema}.meta WHERE key = 'store_id'"  # noqa: S608
    return str(connection.execute(query).fetchone()[0])


def _left_out(path: Path, part: Path) -> tuple[str, ...]:
    """Sites that are left out by now and have articles in the restored file."""
    try:
        with _opened(part) as new:
            new.execute("ATTACH ? AS old", (str(path),))
            query = "SELECT site FROM old.left_out ORDER BY site"
            sites = [row[0] for row in new.execute(query)]
            held = "SELECT 1 FROM article WHERE url LIKE ? OR url LIKE ? LIMIT 1"
            return tuple(
                site
                for site in sites
                if new.execute(held, (f"%//{site}/%", f"%.{site}/%")).fetchone()
            )
    except sqlite3.DatabaseError:
        return ()


def _swap(part: Path, path: Path, now: datetime) -> Path | None:
    """The new file takes the store's name at once; killed in between, either is there, whole."""
    if not path.exists():
        part.rename(path)
        _sync(path.parent)
        return None
    aside = path.with_name(f"{path.name}.before-restore-{now:%Y%m%dT%H%M%S}")
    _owned_as(part, path)
    for name in ("", "-wal", "-shm"):
        own = path.with_name(path.name + name)
        if own.exists():
            os.link(own, aside.with_name(aside.name + name))
            if name:  # a log that stayed would be read into the new file
                own.unlink()
    part.replace(path)
    _sync(path.parent)
    return aside


def _owned_as(part: Path, path: Path) -> None:
    """Root may restore what another user's service is to write."""
    before = path.stat()
    part.chmod(before.st_mode & 0o777)
    if os.geteuid() == 0:
        os.chown(part, before.st_uid, before.st_gid)


def _one_file(path: Path) -> None:
    """The log is written into the file and gone."""
    with closing(_connect(path, 1.0)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE").fetchone()


def _note(connection: sqlite3.Connection, now: datetime) -> None:
    connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (MADE, now.isoformat()))


def _has(connection: sqlite3.Connection, table: str) -> bool:
    query = "SELECT 1 FROM sqlite_master WHERE name = ?"
    return connection.execute(query, (table,)).fetchone() is not None


def _connect(path: Path, seconds: float = BUSY_SECONDS) -> sqlite3.Connection:
    return sqlite3.connect(path, timeout=seconds, isolation_level=None)


@contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    with closing(_connect(path)) as connection:
        yield connection


@contextmanager
def _beside(path: Path) -> Iterator[Path]:
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


def _sync(path: Path) -> None:
    """To the disk: a file, or a folder's names."""
    number = os.open(path, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
