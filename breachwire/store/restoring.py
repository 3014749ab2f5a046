"""A backup → the store again, beside what was there before.

In: paths. Out: `Restored`. The file is checked and migrated first; the store that it replaces is
kept aside. It takes over what people asked for since, where the store before it can be read: nobody
who unsubscribed or was erased comes back, no letter goes twice, no revoked token opens again.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from breachwire.errors import StoreBusyError, StoreError, UsageError
from breachwire.store import tables
from breachwire.store.backup import MADE, Kept, beside, connect, copy_whole, look, opened, sync
from breachwire.store.engine import HEAD, inspect, open_engine, wall
from breachwire.store.inuse import alone

PEOPLES: Final = (
    *("subscriber", "mail_link", "suppressed", "issue", "issue_thread", "outbox"),
    *("token", "saved_search", "watch_entry", "happening"),
    *("webhook", "webhook_secret", "delivery", "alert", "alert_link", "alert_letter"),
)
"""Tables of what people asked for, in the order in which they point at one another."""
_COUNTERS: Final = (
    "INSERT OR IGNORE INTO left_out SELECT * FROM old.left_out",
    "UPDATE sqlite_sequence SET seq = max(seq, coalesce("
    "(SELECT o.seq FROM old.sqlite_sequence o WHERE o.name = sqlite_sequence.name), 0))",
    "UPDATE meta SET value = CAST(max(CAST(value AS INTEGER), (SELECT CAST(o.value AS INTEGER)"
    " FROM old.meta o WHERE o.key = 'changes')) + 1 AS TEXT) WHERE key = 'changes'",
)
"""No number that was given to somebody is given again."""
_FAR: Final = 1_000_000
"""Added to the counter of changes where nobody knows how far it had come: a page that is kept
anywhere is never taken for the restored one."""


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
    with beside(path) as part:
        copy_whole(file, part, path)
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


def _ready(part: Path, file: Path) -> None:
    """Migrated to today's tables, without sessions, one file again. Raises StoreError."""
    open_engine(part).dispose()
    with wall(file), opened(part) as connection:
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
        with opened(part) as new:
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


def _leap(part: Path) -> None:
    """Nobody knows how often the store before was changed: more often than that."""
    with opened(part) as new:
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
        with opened(part) as new:
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
    aside = path.with_name(f"{path.name}.before-restore-{now:%Y%m%dT%H%M%S}")
    there = path.exists()
    if there:
        _owned_as(part, path)
    for name in ("", "-wal", "-shm"):
        own = path.with_name(path.name + name)
        if own.exists():
            os.link(own, aside.with_name(aside.name + name))
            if name:  # a log that stayed would be read into the new file
                own.unlink()
    part.replace(path)
    sync(path.parent)
    return aside if there else None


def _owned_as(part: Path, path: Path) -> None:
    """Root may restore what another user's service is to write."""
    before = path.stat()
    part.chmod(before.st_mode & 0o777)
    if os.geteuid() == 0:
        os.chown(part, before.st_uid, before.st_gid)


def _one_file(path: Path) -> None:
    """The log is written into the file and gone."""
    with closing(connect(path, 1.0)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE").fetchone()
