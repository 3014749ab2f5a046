"""Webhooks, their secrets and deliveries: rows ↔ model values.

A webhook's line is walked in the order of happenings; `seen` and the deliveries that come of it are
written together. Secrets are kept as they are, since signing takes them, and read by nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, exists, func, insert, select, update

from breachwire.errors import ConflictError, NotFoundError
from breachwire.model.webhooks import (
    Delivery,
    DeliveryState,
    Happening,
    Outcome,
    Webhook,
    WebhookState,
)
from breachwire.store import happenings
from breachwire.store.rows import columns_of, insert_rows
from breachwire.store.tables_webhooks import delivery, happening, webhook, webhook_secret
from breachwire.store.watches import overwriting

_HOOK = columns_of(Webhook, webhook)
_HAPPENING = columns_of(Happening, happening)


def add(connection: Connection, new: Webhook, secret: str, most: int) -> Webhook:
    """With its id; it is told of what happens from now on. Raises ConflictError."""
    own = select(func.count()).select_from(webhook)
    if new.watch is not None:
        own = own.where(webhook.c.watch == new.watch)
    if connection.execute(own).scalar_one() >= most:
        raise ConflictError(f"there are {most} webhooks already; remove one first")
    new = replace(new, seen=happenings.last(connection))
    values = {column.name: getattr(new, column.name) for column in _HOOK if column.name != "id"}
    values["query"] = dict(new.query)
    (id,) = connection.execute(insert(webhook).values(values)).inserted_primary_key or (0,)
    row = {"webhook": id, "secret": secret, "made_at": new.made_at, "ends_at": None}
    insert_rows(connection, webhook_secret, [row])
    return replace(new, id=int(id))


def every(connection: Connection, watch: int | None) -> list[Webhook]:
    """All, or a watch's, by id."""
    query = select(*_HOOK).order_by(webhook.c.id)
    if watch is not None:
        query = query.where(webhook.c.watch == watch)
    return [Webhook(*row) for row in connection.execute(query)]


def one(connection: Connection, id: int) -> Webhook:
    """Raises NotFoundError."""
    row = connection.execute(select(*_HOOK).where(webhook.c.id == id)).first()
    if row is None:
        raise NotFoundError("webhook", str(id))
    return Webhook(*row)


def remove(connection: Connection, id: int) -> None:
    """For good, with its secrets. Raises NotFoundError."""
    one(connection, id)
    with overwriting(connection):
        connection.execute(delete(webhook).where(webhook.c.id == id))


def set_state(connection: Connection, id: int, state: WebhookState) -> None:
    """Begin anew, or end. Raises NotFoundError."""
    one(connection, id)
    values = {"state": state, "failures": 0, "rests_until": None}
    connection.execute(update(webhook).where(webhook.c.id == id).values(values))


def secrets(connection: Connection, id: int, now: datetime) -> list[str]:
    """Those that hold now, the newest first."""
    own = webhook_secret.c.webhook == id
    rows = connection.execute(
        select(webhook_secret.c.secret, webhook_secret.c.ends_at)
        .where(own)
        .order_by(webhook_secret.c.made_at.desc(), webhook_secret.c.ends_at.is_not(None))
    )
    return [secret for secret, ends in rows if ends is None or now < ends]


def rotate(connection: Connection, id: int, secret: str, now: datetime, until: datetime) -> None:
    """A new secret; those before it hold until then, and go. Raises NotFoundError."""
    one(connection, id)
    own = webhook_secret.c.webhook == id
    with overwriting(connection):
        over = own & webhook_secret.c.ends_at.is_not(None) & (webhook_secret.c.ends_at <= now)
        connection.execute(delete(webhook_secret).where(over))
        later = own & (webhook_secret.c.ends_at.is_(None) | (webhook_secret.c.ends_at > until))
        connection.execute(update(webhook_secret).where(later).values(ends_at=until))
        if until <= now:
            connection.execute(delete(webhook_secret).where(own))
    row = {"webhook": id, "secret": secret, "made_at": now, "ends_at": None}
    insert_rows(connection, webhook_secret, [row])


# deliveries


def enqueue(
    connection: Connection,
    hook: Webhook,
    seen: int,
    told: Sequence[tuple[int, str]],
    joined: Mapping[str, str],
    now: datetime,
) -> bool:
    """What is to be told comes into line, and the webhook has seen as far as that: in one commit,
    and only where nobody else did so meanwhile. `joined`: threads whose lines are one from now on.
    """
    mine = (webhook.c.id == hook.id) & (webhook.c.seen == hook.seen)
    if not connection.execute(update(webhook).where(mine).values(seen=seen)).rowcount:
        return False
    for gone, into in joined.items():
        line = (delivery.c.webhook == hook.id) & (delivery.c.thread == gone)
        waits = line & (delivery.c.state == "waiting")
        connection.execute(update(delivery).where(waits).values(thread=into))
    rows = [
        {"webhook": hook.id, "happening": id, "thread": thread, "state": "waiting", "attempts": 0,
         "made_at": now, "next_at": now}
        for id, thread in told
    ]  # fmt: skip
    insert_rows(connection, delivery, rows)
    return True


def following(connection: Connection, hook: int, now: datetime) -> Delivery | None:
    """The one whose turn it is: nothing of its thread waits before it."""
    before = delivery.alias("before")
    ahead = exists().where(
        before.c.webhook == hook,
        before.c.state == "waiting",
        before.c.thread == delivery.c.thread,
        before.c.id < delivery.c.id,
    )
    waits = (delivery.c.webhook == hook) & (delivery.c.state == "waiting")
    query = _deliveries().where(waits, delivery.c.next_at <= now, ~ahead)
    row = connection.execute(query.order_by(delivery.c.id).limit(1)).first()
    return _value(row) if row else None


def listed(
    connection: Connection, state: DeliveryState | None, hook: int | None, limit: int
) -> list[Delivery]:
    """Newest first."""
    query = _deliveries().order_by(delivery.c.id.desc()).limit(limit)
    if state is not None:
        query = query.where(delivery.c.state == state)
    if hook is not None:
        query = query.where(delivery.c.webhook == hook)
    return [_value(row) for row in connection.execute(query)]


def settle(connection: Connection, one_: Delivery, what: Outcome, now: datetime) -> None:
    """What became of an attempt, for the delivery and for its webhook."""
    values: dict[str, Any] = {
        "state": what.state,
        "error": what.error,
        "attempts": one_.attempts + (what.state != "void"),
        "next_at": what.again or one_.next_at,
        "done_at": None if what.state == "waiting" else now,
    }
    connection.execute(update(delivery).where(delivery.c.id == one_.id).values(values))
    if what.state == "void":
        return
    hook: dict[str, Any] = {"rests_until": what.rests_until, "error": what.error}
    if what.state == "delivered":
        hook |= {"failures": 0, "taken_at": now}
    else:
        hook["failures"] = webhook.c.failures + 1
    if what.webhook is not None:
        hook["state"] = what.webhook
    connection.execute(update(webhook).where(webhook.c.id == one_.webhook).values(hook))


def replay(
    connection: Connection,
    hook: int,
    now: datetime,
    *,
    delivery_: int | None,
    since: datetime | None,
    dead: bool,
) -> int:
    """Deliveries of a webhook wait again, from now; how many. `since`: of what was noted since."""
    mine = delivery.c.webhook == hook
    if delivery_ is not None:
        mine &= delivery.c.id == delivery_
    if since is not None:
        of = select(happening.c.id).where(happening.c.noted_at >= since)
        mine &= delivery.c.happening.in_(of)
    if dead:
        mine &= delivery.c.state == "dead"
    anew = {"state": "waiting", "attempts": 0, "next_at": now, "made_at": now, "done_at": None,
            "error": None}  # fmt: skip
    return int(connection.execute(update(delivery).where(mine).values(anew)).rowcount)


def counted(connection: Connection) -> dict[int, dict[DeliveryState, int]]:
    """How many deliveries of each webhook are in which state; webhooks without any are left out."""
    found: dict[int, dict[DeliveryState, int]] = {}
    query = select(delivery.c.webhook, delivery.c.state, func.count())
    for hook, state, number in connection.execute(
        query.group_by(delivery.c.webhook, delivery.c.state)
    ):
        found.setdefault(hook, {})[state] = number
    return found


def _deliveries() -> Any:
    return select(delivery, *(column.label(f"of_{column.name}") for column in _HAPPENING)).join(
        happening, happening.c.id == delivery.c.happening
    )


def _value(row: Row[Any]) -> Delivery:
    of = Happening(*(getattr(row, f"of_{column.name}") for column in _HAPPENING))
    return Delivery(
        row.id, row.webhook, of, row.thread, row.state, row.attempts, row.made_at, row.next_at,
        row.done_at, row.error,
    )  # fmt: skip
