"""Alerts by mail, the links in them and their letters: rows ↔ model values.

A letter and how far its alert has seen are written in one transaction, so that a restart neither
doubles nor loses any. A link is known by the digest of its secret alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import uuid4

from sqlalchemy import Connection, delete, func, insert, select, update

from breachwire.errors import ConflictError, NotFoundError
from breachwire.model.alerts import Alert, AlertLetter, AlertLink, Pace
from breachwire.model.newsletter import LetterState, Link, fingerprint
from breachwire.store import happenings
from breachwire.store.rows import columns_of, insert_rows, upsert
from breachwire.store.subscribers import A_DAY, PAUSE
from breachwire.store.tables_newsletter import suppressed
from breachwire.store.tables_webhooks import alert, alert_letter, alert_link

STALE: Final = timedelta(days=4)
"""How late a letter still goes out, as the newsletter's."""
_ALERT = columns_of(Alert, alert)


def ask(
    connection: Connection, watch: int, address: str, pace: Pace, now: datetime, most: int
) -> bool:
    """Whether a letter waits now that asks for consent. Raises ConflictError."""
    never = select(suppressed.c.at).where(suppressed.c.digest == fingerprint(address))
    if connection.execute(never).first():
        return False
    own = (alert.c.watch == watch) & (alert.c.address == address)
    row = connection.execute(select(*_ALERT).where(own)).first()
    if row is None:
        of = select(func.count()).select_from(alert).where(alert.c.watch == watch)
        if connection.execute(of).scalar_one() >= most:
            raise ConflictError(f"a watch has at most {most} addresses; stop one first")
        id = _add(connection, watch, address, pace, now)
    elif row.state == "active":
        return False
    else:
        id = row.id
        connection.execute(update(alert).where(alert.c.id == id).values(pace=pace, asked_at=now))
    return _asks(connection, id, address, now)


def _add(connection: Connection, watch: int, address: str, pace: Pace, now: datetime) -> int:
    row = {"watch": watch, "address": address, "pace": pace, "state": "asked", "asked_at": now,
           "consent": "", "seen": 0, "bounces": 0}  # fmt: skip
    (id,) = connection.execute(insert(alert).values(row)).inserted_primary_key or (0,)
    return int(id)


def _asks(connection: Connection, id: int, address: str, now: datetime) -> bool:
    """Put the letter that asks into line, unless the address was asked just now or often today,
    for whichever watch."""
    theirs = select(alert.c.id).where(alert.c.address == address)
    today = alert_letter.c.alert.in_(theirs) & (alert_letter.c.kind == "confirm")
    today &= alert_letter.c.asked_at > now - timedelta(days=1)
    query = select(func.count(), func.max(alert_letter.c.asked_at)).where(today)
    number, last = connection.execute(query).one()
    if number >= A_DAY or (last is not None and now - last < PAUSE):
        return False
    connection.execute(insert(alert_letter).values(_letter(id, "confirm", (), now)))
    return True


def _letter(id: int, kind: str, told: Sequence[int], now: datetime) -> dict[str, Any]:
    return {
        "alert": id,
        "kind": kind,
        "message_id": uuid4().hex,
        "happenings": list(told),
        "state": "waiting",
        "attempts": 0,
        "asked_at": now,
        "next_at": now,
    }


def of_watch(connection: Connection, watch: int) -> list[Alert]:
    """By id."""
    query = select(*_ALERT).where(alert.c.watch == watch).order_by(alert.c.id)
    return [Alert(*row) for row in connection.execute(query)]


def active(connection: Connection) -> list[Alert]:
    """By id."""
    query = select(*_ALERT).where(alert.c.state == "active").order_by(alert.c.id)
    return [Alert(*row) for row in connection.execute(query)]


def one(connection: Connection, id: int) -> Alert:
    """Raises NotFoundError."""
    row = connection.execute(select(*_ALERT).where(alert.c.id == id)).first()
    if row is None:
        raise NotFoundError("alert", str(id))
    return Alert(*row)


def owner(connection: Connection, digest: str, purpose: AlertLink, now: datetime) -> Alert | None:
    """Whose link this is."""
    query = select(alert_link.c.alert, alert_link.c.expires_at).where(
        alert_link.c.digest == digest, alert_link.c.purpose == purpose
    )
    row = connection.execute(query).first()
    if row is None or (row.expires_at is not None and row.expires_at <= now):
        return None
    return one(connection, row.alert)


def add_links(connection: Connection, id: int, links: Sequence[Link], now: datetime) -> None:
    """Remember them. Raises NotFoundError where the alert is gone."""
    one(connection, id)
    rows = [
        {"digest": link.digest, "alert": id, "purpose": link.purpose, "made_at": now,
         "expires_at": link.expires_at}
        for link in links
    ]  # fmt: skip
    insert_rows(connection, alert_link, rows)


def confirm(connection: Connection, digest: str, consent: str, now: datetime) -> Alert | None:
    """A link confirms once; told is what happens from now on."""
    found = owner(connection, digest, "confirm", now)
    if found is None:
        return None
    used = (alert_link.c.alert == found.id) & (alert_link.c.purpose == "confirm")
    connection.execute(delete(alert_link).where(used))
    changed = {"state": "active", "confirmed_at": now, "consent": consent, "bounces": 0,
               "seen": happenings.last(connection)}  # fmt: skip
    connection.execute(update(alert).where(alert.c.id == found.id).values(changed))
    return one(connection, found.id)


def erase(connection: Connection, id: int, suppress: bool, now: datetime) -> None:
    """Links and letters go with the row."""
    if suppress:
        digest = fingerprint(one(connection, id).address)
        upsert(connection, suppressed, [{"digest": digest, "at": now}])
    connection.execute(delete(alert).where(alert.c.id == id))


def of_address(connection: Connection, address: str) -> list[int]:
    """Of whichever watches."""
    own = func.lower(alert.c.address) == address.lower()
    return list(connection.execute(select(alert.c.id).where(own)).scalars())


def forgettable(connection: Connection, before: datetime) -> list[int]:
    """Who was asked before and never confirmed."""
    asked = (alert.c.state == "asked") & (alert.c.asked_at < before)
    return list(connection.execute(select(alert.c.id).where(asked)).scalars())


def forget_letters(connection: Connection, before: datetime) -> None:
    """What was sent, and links, of before."""
    done = alert_letter.c.state.in_(("sent", "failed", "skipped"))
    connection.execute(delete(alert_letter).where(done, alert_letter.c.done_at < before))
    connection.execute(delete(alert_link).where(alert_link.c.made_at < before))


# letters


def post(
    connection: Connection, whose: Alert, seen: int, told: Sequence[int], now: datetime
) -> bool:
    """An alert has seen as far as that, and is to be told of these; an empty letter stands for a
    day on which there was nothing. False where it has seen further already."""
    mine = (alert.c.id == whose.id) & (alert.c.seen == whose.seen)
    if not connection.execute(update(alert).where(mine).values(seen=seen)).rowcount:
        return False
    row = _letter(whose.id, "alert", told, now)
    row |= {"done_at": None} if told else {"state": "skipped", "done_at": now}
    connection.execute(insert(alert_letter).values(row))
    return True


def see(connection: Connection, whose: Alert, seen: int) -> None:
    """It has seen as far as that, and there was nothing."""
    mine = (alert.c.id == whose.id) & (alert.c.seen == whose.seen)
    connection.execute(update(alert).where(mine).values(seen=seen))


def letters_since(connection: Connection, id: int, since: datetime) -> list[datetime]:
    """When its letters of since were made, the newest first."""
    own = (alert_letter.c.alert == id) & (alert_letter.c.kind == "alert")
    query = select(alert_letter.c.asked_at).where(own, alert_letter.c.asked_at > since)
    return list(connection.execute(query.order_by(alert_letter.c.id.desc())).scalars())


def resume(connection: Connection) -> int:
    """Letters whose sender died wait again."""
    cut = update(alert_letter).where(alert_letter.c.state == "sending").values(state="waiting")
    return int(connection.execute(cut).rowcount)


def next_letter(connection: Connection, now: datetime) -> AlertLetter | None:
    """Take one; those that ask go first."""
    while True:
        query = (
            select(alert_letter)
            .where(alert_letter.c.state == "waiting", alert_letter.c.next_at <= now)
            .order_by(alert_letter.c.kind == "alert", alert_letter.c.next_at, alert_letter.c.id)
            .limit(1)
        )
        row = connection.execute(query).first()
        if row is None:
            return None
        whose = one(connection, row.alert)
        wanted = whose.state == ("asked" if row.kind == "confirm" else "active")
        if not wanted or now - row.asked_at > STALE:
            settle(connection, row.id, "skipped", now, error="not wanted any more, or too old")
            continue
        taken = {"state": "sending", "attempts": row.attempts + 1}
        connection.execute(update(alert_letter).where(alert_letter.c.id == row.id).values(taken))
        told = tuple(row.happenings)
        return AlertLetter(row.id, row.kind, whose, row.message_id, row.attempts + 1, told)


def settle(
    connection: Connection,
    id: int,
    state: LetterState,
    now: datetime,
    *,
    error: str | None = None,
    again: datetime | None = None,
    counted: bool = True,
) -> None:
    """What became of a try."""
    changed: dict[str, Any] = {"state": state, "error": error, "done_at": now}
    if again is not None:
        changed |= {"state": "waiting", "next_at": again, "done_at": None}
    if not counted:
        changed["attempts"] = alert_letter.c.attempts - 1
    connection.execute(update(alert_letter).where(alert_letter.c.id == id).values(changed))


def bounced(connection: Connection, id: int, most: int) -> bool:
    """Count; whether that was one too many."""
    own = alert.c.id == id
    connection.execute(update(alert).where(own).values(bounces=alert.c.bounces + 1))
    over = own & (alert.c.bounces >= most) & (alert.c.state == "active")
    return bool(connection.execute(update(alert).where(over).values(state="suspended")).rowcount)


def came_back(
    connection: Connection, message_id: str, most: int, now: datetime
) -> tuple[Alert, bool] | None:
    """Whose mail it was, and whether it is suspended now."""
    sent = (alert_letter.c.message_id == message_id) & (alert_letter.c.state == "sent")
    row = connection.execute(select(alert_letter.c.id, alert_letter.c.alert).where(sent)).first()
    if row is None:
        return None
    settle(connection, row.id, "failed", now, error="it came back")
    over = bounced(connection, row.alert, most)
    return one(connection, row.alert), over


def counted(connection: Connection) -> dict[LetterState, int]:
    """How many letters are in which state."""
    query = select(alert_letter.c.state, func.count()).group_by(alert_letter.c.state)
    return {row[0]: row[1] for row in connection.execute(query)}
