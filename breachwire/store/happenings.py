"""What happened, noted in the very transaction that makes it so; and read again in that order.

In: threads and changes as they are written. Out: rows, as long as a webhook or an alert listens:
nothing is lost, whoever is killed, and nothing is told that was not written. Writers go one by one
on both engines, so that ids grow in the order of commits.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, delete, exists, func, or_, select

from breachwire.model import Change, Correction
from breachwire.model.webhooks import Happening, HappeningKind
from breachwire.store.rows import chunks, columns_of, insert_rows
from breachwire.store.tables import thread
from breachwire.store.tables_webhooks import alert, delivery, happening, webhook

_COLUMNS = columns_of(Happening, happening)


def opened(connection: Connection, threads: Iterable[str]) -> None:
    """Of these threads, whose ledgers are being written: those that had none."""
    if not _listened_to(connection):
        return
    for ids in chunks(threads):
        new = (thread.c.ledger_version == 0) & thread.c.merged_into.is_(None)
        query = select(thread.c.id).where(thread.c.id.in_(ids), new, thread.c.articles > 0)
        rows = [_row("thread.created", thread=id) for id in connection.execute(query).scalars()]
        insert_rows(connection, happening, rows)


def changed(
    connection: Connection, changes: Sequence[Change], corrections: Sequence[Correction]
) -> None:
    """What one article changed at one time is one happening."""
    if not (changes or corrections) or not _listened_to(connection):
        return
    told: Mapping[HappeningKind, Sequence[Change] | Sequence[Correction]] = {
        "thread.changed": changes,
        "thread.corrected": corrections,
    }
    rows = [
        _row(kind, article=article, at=at)
        for kind, own in told.items()
        for article, at in dict.fromkeys((one.article, one.at) for one in own)
    ]
    insert_rows(connection, happening, rows)


def merged(connection: Connection, gone: str) -> None:
    """A thread is part of another now."""
    if _listened_to(connection):
        insert_rows(connection, happening, [_row("thread.merged", thread=gone)])


def _listened_to(connection: Connection) -> bool:
    hooks = exists(select(webhook.c.id))
    return bool(connection.execute(select(or_(hooks, exists(select(alert.c.id))))).scalar())


def _row(
    kind: HappeningKind,
    *,
    thread: str | None = None,
    article: int | None = None,
    at: datetime | None = None,
) -> dict[str, Any]:
    now = datetime.now(UTC)
    return {
        "key": f"evt_{uuid4().hex}",
        "kind": kind,
        "at": at or now,
        "thread": thread,
        "article": article,
        "noted_at": now,
    }


def after(connection: Connection, id: int, limit: int) -> list[Happening]:
    """The next ones, oldest first."""
    query = select(*_COLUMNS).where(happening.c.id > id).order_by(happening.c.id).limit(limit)
    return [Happening(*row) for row in connection.execute(query)]


def among(connection: Connection, ids: Sequence[int]) -> list[Happening]:
    """Those that are still kept, oldest first."""
    found: list[Happening] = []
    for some in chunks(sorted(set(ids))):
        query = select(*_COLUMNS).where(happening.c.id.in_(some)).order_by(happening.c.id)
        found += [Happening(*row) for row in connection.execute(query)]
    return found


def last(connection: Connection) -> int:
    """The last one's id; 0: none yet."""
    return int(connection.execute(select(func.max(happening.c.id))).scalar() or 0)


def any_before(connection: Connection, before: datetime) -> bool:
    """Whether anything that old is kept."""
    query = select(happening.c.id).where(happening.c.noted_at < before).limit(1)
    return connection.execute(query).first() is not None


def purge(connection: Connection, before: datetime) -> int:
    """Those noted before that wait nowhere, with their deliveries; the last one stays, as its
    number is nobody else's."""
    waits = exists().where(delivery.c.happening == happening.c.id, delivery.c.state == "waiting")
    newest = select(func.max(happening.c.id)).scalar_subquery()
    old = (happening.c.noted_at < before) & (happening.c.id != newest) & ~waits
    return int(connection.execute(delete(happening).where(old)).rowcount)
