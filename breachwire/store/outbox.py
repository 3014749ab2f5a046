"""Issues and the outbox: rows ↔ model values.

An issue and its letters are written in one transaction, so that a restart neither doubles nor loses
any; unique(issue, subscriber) holds whatever else happens.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, func, select, update

from breachwire.errors import NotFoundError
from breachwire.model.newsletter import Issue, LetterState, Posted, Subscriber
from breachwire.store import subscribers
from breachwire.store.rows import chunks, insert_rows
from breachwire.store.tables import thread
from breachwire.store.tables_newsletter import issue, issue_thread, outbox, subscriber

STALE: Final = timedelta(days=4)
"""How late a letter still goes out, where the mail server was away: longer than all retries."""
_POINTLESS: Final = {("issue", False), ("confirm", True)}
"""Kinds of letters, and whether the subscriber is active by now."""
_REMEMBERED: Final = 60
"""Letters whose threads a person is taken to remember: a year of weeks, two months of days."""


def add_issue(
    connection: Connection, one: Issue, told: Mapping[str, int], now: datetime
) -> int | None:
    """Store it with its letters; how many."""
    if connection.execute(select(issue.c.id).where(issue.c.id == one.id)).first():
        return None
    insert_rows(connection, issue, [asdict(one)])
    insert_rows(
        connection,
        issue_thread,
        [{"issue": one.id, "thread": id, "mark": mark} for id, mark in told.items()],
    )
    query = select(subscriber.c.id).where(
        subscriber.c.state == "active", subscriber.c.frequency == one.frequency
    )
    ids = list(connection.execute(query.order_by(subscriber.c.id)).scalars()) if told or _watched(
        one) else []  # fmt: skip
    for piece in chunks(ids):
        rows = [subscribers.letter(id, "issue", one.id, now) for id in piece]
        insert_rows(connection, outbox, rows)
    return len(ids)


def _watched(one: Issue) -> bool:
    """Whether it holds anything that somebody's own choice may show."""
    return bool(one.document.get("items"))


def one_issue(connection: Connection, id: str) -> Issue:
    """Raises NotFoundError."""
    row = connection.execute(select(issue).where(issue.c.id == id)).first()
    if row is None:
        raise NotFoundError("issue", id)
    return Issue(**row._mapping)


def issues(connection: Connection, limit: int) -> list[Issue]:
    """Newest first."""
    query = select(issue).order_by(issue.c.until.desc(), issue.c.id).limit(limit)
    return [Issue(**row._mapping) for row in connection.execute(query)]


def told(connection: Connection, frequency: str) -> dict[str, int]:
    """Threads that issues of this frequency told; merged ones count for where they are now."""
    query = (
        select(issue_thread.c.thread, func.max(issue_thread.c.mark))
        .join(issue, issue.c.id == issue_thread.c.issue)
        .where(issue.c.frequency == frequency)
        .group_by(issue_thread.c.thread)
    )
    return _live(connection, {row[0]: row[1] for row in connection.execute(query)})


def read_by(connection: Connection, id: int) -> dict[str, int]:
    """Threads that a subscriber was sent."""
    query = (
        select(outbox.c.threads)
        .where(outbox.c.subscriber == id, outbox.c.state == "sent", outbox.c.kind == "issue")
        .order_by(outbox.c.id.desc())
        .limit(_REMEMBERED)
    )
    found: dict[str, int] = {}
    for threads in connection.execute(query).scalars():
        for name, mark in threads.items():
            found[name] = max(mark, found.get(name, 0))
    return _live(connection, found)


def _live(connection: Connection, marks: Mapping[str, int]) -> dict[str, int]:
    """Under the ids that merged threads have now."""
    moved = dict(marks)
    for _ in range(8):  # a chain of merges is two or three long
        merged: dict[str, str] = {}
        for ids in chunks(moved):
            query = select(thread.c.id, thread.c.merged_into).where(
                thread.c.id.in_(ids), thread.c.merged_into.is_not(None)
            )
            merged |= {row[0]: row[1] for row in connection.execute(query)}
        if not merged:
            break
        now: dict[str, int] = {}
        for id, mark in moved.items():
            into = merged.get(id, id)
            now[into] = max(mark, now.get(into, 0))
        moved = now
    return moved


def resume(connection: Connection) -> int:
    """Letters whose sender died wait again."""
    cut = update(outbox).where(outbox.c.state == "sending").values(state="waiting")
    return int(connection.execute(cut).rowcount)


def next_letter(connection: Connection, now: datetime) -> Posted | None:
    """Take one; a person's own request goes before an issue."""
    while True:
        query = (
            select(outbox.c.id)
            .where(outbox.c.state == "waiting", outbox.c.next_at <= now)
            .order_by(outbox.c.kind == "issue", outbox.c.next_at, outbox.c.id)
            .limit(1)
        )
        id = connection.execute(query).scalar()
        if id is None:
            return None
        row = connection.execute(select(outbox).where(outbox.c.id == id)).one()
        whose = subscribers.one(connection, row.subscriber)
        if now - row.asked_at > STALE:
            settle(connection, id, "skipped", now, error="too old to be news")
            continue
        if (row.kind, whose.state == "active") in _POINTLESS:
            settle(connection, id, "skipped", now, error=f"the subscriber is {whose.state}")
            continue
        attempts = row.attempts + 1
        taken = {"state": "sending", "attempts": attempts}
        connection.execute(update(outbox).where(outbox.c.id == id).values(taken))
        return Posted(id, row.kind, whose, row.message_id, attempts, row.issue)


def settle(
    connection: Connection,
    id: int,
    state: LetterState,
    now: datetime,
    *,
    error: str | None = None,
    threads: Mapping[str, int] | None = None,
    again: datetime | None = None,
    counted: bool = True,
) -> None:
    """What became of a try."""
    changed: dict[str, Any] = {"state": state, "error": error, "done_at": now}
    if again is not None:
        changed |= {"state": "waiting", "next_at": again, "done_at": None}
    if not counted:
        changed["attempts"] = outbox.c.attempts - 1
    if threads is not None:
        changed["threads"] = dict(threads)
    connection.execute(update(outbox).where(outbox.c.id == id).values(changed))


def posted(connection: Connection, issue_id: str | None) -> dict[LetterState, int]:
    """How many letters are in which state."""
    query = select(outbox.c.state, func.count()).group_by(outbox.c.state)
    if issue_id is not None:
        query = query.where(outbox.c.issue == issue_id)
    return {row[0]: row[1] for row in connection.execute(query)}


def waiting_since(connection: Connection) -> datetime | None:
    """When the letter that waits longest could first have gone."""
    query = select(outbox.c.next_at).where(outbox.c.state == "waiting")
    return connection.execute(query.order_by(outbox.c.next_at).limit(1)).scalar()


def came_back(
    connection: Connection, message_id: str, most: int, now: datetime
) -> tuple[Subscriber, bool] | None:
    """Whose mail it was, and whether they are suspended now."""
    query = select(outbox.c.id, outbox.c.subscriber).where(
        outbox.c.message_id == message_id, outbox.c.state == "sent"
    )
    row = connection.execute(query).first()
    if row is None:
        return None
    settle(connection, row.id, "failed", now, error="it came back")
    over = subscribers.bounced(connection, row.subscriber, most, now)
    return subscribers.one(connection, row.subscriber), over
