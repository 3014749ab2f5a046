"""Backfills: how far a site's past is read, and the entries that wait to be taken.

In: values of `breachwire.model`. Out: the same, from rows. An entry waits as JSON and goes once its
article is stored, so that what is kept for good is an address and two validators a document.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, func, or_, select

from breachwire.model import ArchiveLink, ArchivePage, Backfill, Entry
from breachwire.store.columns import clean
from breachwire.store.rows import chunks, columns_of, upsert
from breachwire.store.tables import archive_page, backfill, waiting_entry

_BACKFILL = columns_of(Backfill, backfill)
_PAGE = columns_of(ArchivePage, archive_page)
_ENTRY = [field.name for field in fields(Entry)]
_TIMES = ("published", "updated")


def one(connection: Connection, url: str) -> Backfill | None:
    """What is known of an address's past; None: nothing."""
    row = connection.execute(select(*_BACKFILL).where(backfill.c.url == clean(url))).first()
    return Backfill(*row) if row else None


def save(connection: Connection, value: Backfill) -> None:
    """Insert it, or update the one of its address."""
    upsert(connection, backfill, [asdict(value)])


def pages(connection: Connection, url: str) -> dict[str, ArchivePage]:
    """The documents read, by address."""
    rows = connection.execute(select(*_PAGE).where(archive_page.c.backfill == clean(url)))
    return {row.url: _page(row) for row in rows}


def save_page(
    connection: Connection, url: str, page: ArchivePage, entries: Sequence[Entry]
) -> None:
    """A document with the entries that now wait."""
    values = {column.name: getattr(page, column.name) for column in _PAGE}
    values["links"] = [[link.kind, link.url] for link in page.links]
    upsert(connection, archive_page, [{"backfill": url, **values}])
    waiting = {clean(entry.key): _row(url, entry) for entry in entries}
    upsert(connection, waiting_entry, list(waiting.values()))


def waiting(connection: Connection, url: str, since: datetime | None, limit: int) -> list[Entry]:
    """The oldest first, those without a date last."""
    published = waiting_entry.c.published
    rows = connection.execute(
        select(waiting_entry.c.entry)
        .where(*_wanted(url, since))
        .order_by(published.is_(None), published, waiting_entry.c.key)
        .limit(limit)
    )
    return [_entry(row[0]) for row in rows]


def count(connection: Connection, url: str, since: datetime | None) -> int:
    """How many wait."""
    asked = select(func.count()).select_from(waiting_entry).where(*_wanted(url, since))
    return connection.execute(asked).scalar_one()


def drop(connection: Connection, url: str, keys: Sequence[str] | None) -> None:
    """These wait no more; None: all of them."""
    own = waiting_entry.c.backfill == clean(url)
    if keys is None:
        connection.execute(delete(waiting_entry).where(own))
        return
    for some in chunks(map(clean, keys)):
        connection.execute(delete(waiting_entry).where(own, waiting_entry.c.key.in_(some)))


def _wanted(url: str, since: datetime | None) -> list[Any]:
    own = [waiting_entry.c.backfill == clean(url)]
    if since is None:
        return own
    published = waiting_entry.c.published
    return [*own, or_(published.is_(None), published >= since)]


def _page(row: Row[Any]) -> ArchivePage:
    values = row._asdict()
    values["links"] = tuple(ArchiveLink(kind, url) for kind, url in values["links"])
    return ArchivePage(**values)


def _row(url: str, entry: Entry) -> dict[str, Any]:
    stated = {name: getattr(entry, name) for name in _ENTRY}
    for name in _TIMES:
        stated[name] = stated[name] and stated[name].isoformat()
    return {"backfill": url, "key": entry.key, "published": entry.published, "entry": stated}


def _entry(stated: dict[str, Any]) -> Entry:
    times = {name: stated[name] and datetime.fromisoformat(stated[name]) for name in _TIMES}
    return Entry(**{**stated, **times, "authors": tuple(stated["authors"])})
