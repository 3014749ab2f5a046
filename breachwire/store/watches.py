"""Saved searches and watch lists: Watch → rows → the same, by the digest of a secret.

What is deleted is overwritten with zeros in the file (`secure_delete`), not only unlinked: a name
on somebody's list is nobody's business once they took it back. PostgreSQL has no such thing: there
the bytes go with the next vacuum of the table, and with the oldest log and backup that is kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from breachwire.errors import ConflictError, NotFoundError
from breachwire.model import Watch, WatchEntry, WatchSummary
from breachwire.store.dialects import on_postgres
from breachwire.store.rows import chunks, insert_rows
from breachwire.store.tables import saved_search, watch_entry


def add(connection: Connection, new: Watch, digest: str, most: int, most_entries: int) -> Watch:
    """With its id (`Store.add_watch`). Raises ConflictError."""
    known = connection.execute(select(func.count()).select_from(saved_search)).scalar_one()
    if known >= most:
        raise ConflictError("no more lists and searches can be kept here; please try another day")
    _room(connection, len(new.entries), most_entries)
    values = {
        "digest": digest,
        "label": new.label,
        "query": dict(new.query),
        "created_at": new.created_at,
        "changed_at": new.changed_at,
        "last_used_at": new.last_used_at,
    }
    result = connection.execute(insert(saved_search).values(values))
    (id,) = result.inserted_primary_key or (0,)
    _write_entries(connection, id, new.entries)
    return replace(new, id=id)


def by_digest(connection: Connection, digest: str) -> Watch | None:
    """None: there is none."""
    found = connection.execute(select(saved_search).where(saved_search.c.digest == digest)).first()
    return _read(connection, found) if found else None


def one(connection: Connection, id: int) -> Watch:
    """Raises NotFoundError."""
    found = connection.execute(select(saved_search).where(saved_search.c.id == id)).first()
    if found is None:
        raise NotFoundError("watch", str(id))
    return _read(connection, found)


def every(connection: Connection) -> list[WatchSummary]:
    """By id."""
    counts = (
        select(watch_entry.c.saved_search, func.count().label("number"))
        .group_by(watch_entry.c.saved_search)
        .subquery()
    )
    query = (
        select(saved_search, func.coalesce(counts.c.number, 0).label("number"))
        .outerjoin(counts, counts.c.saved_search == saved_search.c.id)
        .order_by(saved_search.c.id)
    )
    return [
        WatchSummary(row.id, bool(row.query), row.number, row.created_at, row.last_used_at)
        for row in connection.execute(query)
    ]


def save(
    connection: Connection,
    id: int,
    label: str,
    query: Mapping[str, str],
    entries: Sequence[WatchEntry],
    at: datetime,
    most_entries: int,
) -> None:
    """Replace what it watches. Raises NotFoundError, ConflictError."""
    known = one(connection, id)
    _room(connection, len(entries) - len(known.entries), most_entries)
    values = {"label": label, "query": dict(query), "changed_at": at}
    with overwriting(connection):
        connection.execute(update(saved_search).where(saved_search.c.id == id).values(values))
        if known.entries != tuple(entries):
            connection.execute(delete(watch_entry).where(watch_entry.c.saved_search == id))
            _write_entries(connection, id, entries)


def touch(connection: Connection, id: int, at: datetime) -> None:
    """Note a use."""
    connection.execute(update(saved_search).where(saved_search.c.id == id).values(last_used_at=at))


def remove(connection: Connection, id: int) -> None:
    """For good. Raises NotFoundError."""
    one(connection, id)
    with overwriting(connection):
        connection.execute(delete(saved_search).where(saved_search.c.id == id))


def purge(connection: Connection, before: datetime) -> int:
    """Those not used since; how many."""
    used = func.coalesce(saved_search.c.last_used_at, saved_search.c.created_at)
    ids = connection.execute(select(saved_search.c.id).where(used < before)).scalars().all()
    with overwriting(connection):
        for some in chunks(ids):
            connection.execute(delete(saved_search).where(saved_search.c.id.in_(some)))
    return len(ids)


@contextmanager
def overwriting(connection: Connection) -> Iterator[None]:
    """What is deleted inside leaves no bytes behind in a SQLite store's pages."""
    if on_postgres(connection):
        yield
        return
    connection.exec_driver_sql("PRAGMA secure_delete = ON")
    try:
        yield
    finally:
        connection.exec_driver_sql("PRAGMA secure_delete = OFF")


def _room(connection: Connection, more: int, most: int) -> None:
    """Raises ConflictError where there is none for so many entries."""
    if more <= 0:
        return
    known = connection.execute(select(func.count()).select_from(watch_entry)).scalar_one()
    if known + more > most:
        raise ConflictError("no list of this length can be kept here; please try a shorter one")


def _write_entries(connection: Connection, id: int, entries: Sequence[WatchEntry]) -> None:
    rows = [
        {"saved_search": id, "n": n, "kind": entry.kind, "name": entry.name}
        for n, entry in enumerate(entries)
    ]
    insert_rows(connection, watch_entry, rows)


def _read(connection: Connection, row: Row[Any]) -> Watch:
    query = (
        select(watch_entry.c.name, watch_entry.c.kind)
        .where(watch_entry.c.saved_search == row.id)
        .order_by(watch_entry.c.n)
    )
    entries = tuple(WatchEntry(*entry) for entry in connection.execute(query))
    times = (row.created_at, row.changed_at, row.last_used_at)
    return Watch(row.label, row.query, entries, *times, id=row.id)
