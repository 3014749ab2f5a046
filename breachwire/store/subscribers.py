"""Subscribers and the links in their mails: rows ↔ model values.

A link is known by the digest of its secret alone; no secret comes here.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final
from uuid import uuid4

from sqlalchemy import Connection, delete, exists, func, insert, select, update

from breachwire.errors import NotFoundError
from breachwire.model.newsletter import (
    LetterKind,
    Link,
    LinkPurpose,
    Subscriber,
    SubscriberState,
    Wish,
    fingerprint,
)
from breachwire.store.rows import insert_rows, upsert
from breachwire.store.tables_newsletter import mail_link, outbox, subscriber, suppressed

PAUSE: Final = timedelta(minutes=10)
"""Between two letters of one kind that anybody can cause."""
A_DAY: Final = 3
"""Such letters to one address: a stranger with the form can't fill a mailbox."""
BOUNCES_COUNT: Final = timedelta(days=60)
"""A bounce that long after the last one is counted as the first again."""


def value(row: Any) -> Subscriber:
    """A row of the table as a value."""
    return Subscriber(
        row.id, row.address, row.state, Wish(row.frequency, row.sections, row.watch),
        row.asked_at, row.confirmed_at, row.consent, row.left_at, row.bounces, row.bounced_at,
    )  # fmt: skip


def ask(connection: Connection, address: str, wish: Wish, now: datetime) -> bool:
    """Whether a letter waits now that didn't before."""
    if connection.execute(select(suppressed.c.at).where(suppressed.c.digest == fingerprint(address))
                          ).first():  # fmt: skip
        return False
    row = connection.execute(select(subscriber).where(subscriber.c.address == address)).first()
    if row is None:
        id = _add(connection, address, wish, now)
    elif row.state == "active":
        return post(connection, row.id, "known", now)
    else:
        id = row.id
        save_wish(connection, id, wish)
    return post(connection, id, "confirm", now)


def _add(connection: Connection, address: str, wish: Wish, now: datetime) -> int:
    row = {
        "address": address,
        "state": "asked",
        **_wished(wish),
        "asked_at": now,
        "consent": "",
        "bounces": 0,
    }
    (id,) = connection.execute(insert(subscriber).values(row)).inserted_primary_key or (0,)
    return int(id)


def _wished(wish: Wish) -> dict[str, Any]:
    return {"frequency": wish.frequency, "sections": wish.sections, "watch": wish.watch}


def post(connection: Connection, id: int, kind: LetterKind, now: datetime) -> bool:
    """Put a letter into the outbox, unless one of its kind just went there."""
    own = (outbox.c.subscriber == id) & (outbox.c.kind == kind)
    day = own & (outbox.c.asked_at > now - timedelta(days=1))
    query = select(func.count(), func.max(outbox.c.asked_at)).where(day)
    number, last = connection.execute(query).one()
    if number >= A_DAY or (last is not None and now - last < PAUSE):
        return False
    connection.execute(insert(outbox).values(letter(id, kind, None, now)))
    return True


def letter(id: int, kind: LetterKind, issue: str | None, now: datetime) -> dict[str, Any]:
    """A new row of the outbox. The first part of its Message-ID is random: nobody who sees one can
    tell another's."""
    return {
        "kind": kind,
        "issue": issue,
        "subscriber": id,
        "message_id": uuid4().hex,
        "state": "waiting",
        "attempts": 0,
        "asked_at": now,
        "next_at": now,
        "threads": {},
    }


def owner(
    connection: Connection, digest: str, purpose: LinkPurpose, now: datetime
) -> Subscriber | None:
    """Whose link this is."""
    query = (
        select(subscriber, mail_link.c.expires_at.label("ends"))
        .join(mail_link, mail_link.c.subscriber == subscriber.c.id)
        .where(mail_link.c.digest == digest, mail_link.c.purpose == purpose)
    )
    row = connection.execute(query).first()
    return value(row) if row and (row.ends is None or now < row.ends) else None


def confirm(connection: Connection, digest: str, consent: str, now: datetime) -> Subscriber | None:
    """A link confirms once, and so does only one of several that were sent."""
    found = owner(connection, digest, "confirm", now)
    if found is None:
        return None
    used = (mail_link.c.subscriber == found.id) & (mail_link.c.purpose == "confirm")
    connection.execute(delete(mail_link).where(used))
    changed = {
        "state": "active",
        "confirmed_at": now,
        "consent": consent,
        "left_at": None,
        "bounces": 0,
        "bounced_at": None,
    }
    connection.execute(update(subscriber).where(subscriber.c.id == found.id).values(changed))
    return one(connection, found.id)


def one(connection: Connection, id: int) -> Subscriber:
    """Raises NotFoundError."""
    row = connection.execute(select(subscriber).where(subscriber.c.id == id)).first()
    if row is None:
        raise NotFoundError("subscriber", str(id))
    return value(row)


def by_address(connection: Connection, address: str) -> Subscriber:
    """Raises NotFoundError."""
    row = connection.execute(select(subscriber).where(subscriber.c.address == address)).first()
    if row is None:
        raise NotFoundError("subscriber", address)
    return value(row)


def every(connection: Connection, state: SubscriberState | None) -> list[Subscriber]:
    """By id."""
    query = select(subscriber).order_by(subscriber.c.id)
    if state:
        query = query.where(subscriber.c.state == state)
    return [value(row) for row in connection.execute(query)]


def add_links(connection: Connection, id: int, links: list[Link], now: datetime) -> None:
    """Remember them."""
    rows = [
        {"digest": link.digest, "subscriber": id, "purpose": link.purpose, "made_at": now,
         "expires_at": link.expires_at}
        for link in links
    ]  # fmt: skip
    insert_rows(connection, mail_link, rows)


def save_wish(connection: Connection, id: int, wish: Wish) -> None:
    """What they want to get from now on."""
    connection.execute(update(subscriber).where(subscriber.c.id == id).values(_wished(wish)))


def leave(connection: Connection, id: int, now: datetime) -> bool:
    """Unsubscribe."""
    active = (subscriber.c.id == id) & subscriber.c.state.in_(("active", "suspended"))
    changed = update(subscriber).where(active).values(state="left", left_at=now)
    if not connection.execute(changed).rowcount:
        return False
    waiting = (outbox.c.subscriber == id) & (outbox.c.state == "waiting")
    skipped = {"state": "skipped", "done_at": now, "error": "unsubscribed"}
    connection.execute(update(outbox).where(waiting, outbox.c.kind == "issue").values(skipped))
    connection.execute(insert(outbox).values(letter(id, "goodbye", None, now)))
    return True


def erase(connection: Connection, id: int, suppress: bool, now: datetime) -> None:
    """Links and letters go with the row (ON DELETE CASCADE)."""
    if suppress:
        digest = fingerprint(one(connection, id).address)
        upsert(connection, suppressed, [{"digest": digest, "at": now}])
    connection.execute(delete(subscriber).where(subscriber.c.id == id))


def lift(connection: Connection, address: str) -> bool:
    """Forget a fingerprint."""
    this = suppressed.c.digest == fingerprint(address)
    return bool(connection.execute(delete(suppressed).where(this)).rowcount)


def forgettable(connection: Connection, asked_before: datetime, left_before: datetime) -> list[int]:
    """Who never confirmed, and has no younger link to do it by, or left long ago."""
    young = exists().where(
        mail_link.c.subscriber == subscriber.c.id,
        mail_link.c.purpose == "confirm",
        mail_link.c.made_at >= asked_before,
    )
    asked = (subscriber.c.state == "asked") & (subscriber.c.asked_at < asked_before) & ~young
    left = (subscriber.c.state == "left") & (subscriber.c.left_at < left_before)
    return list(connection.execute(select(subscriber.c.id).where(asked | left)).scalars())


def forget_links(connection: Connection, before: datetime) -> None:
    """Those that were made before."""
    connection.execute(delete(mail_link).where(mail_link.c.made_at < before))


def bounced(connection: Connection, id: int, most: int, now: datetime) -> bool:
    """Count; whether that was one too many."""
    found = one(connection, id)
    recent = found.bounced_at is not None and now - found.bounced_at < BOUNCES_COUNT
    number = found.bounces + 1 if recent else 1
    changed: dict[str, Any] = {"bounces": number, "bounced_at": now}
    over = number >= most and found.state == "active"
    if over:
        changed["state"] = "suspended"
    connection.execute(update(subscriber).where(subscriber.c.id == id).values(changed))
    return over
