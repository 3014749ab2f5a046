"""A language model's tries, answers and use: values → rows → the same (`ModelStore`)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, and_, delete, exists, func, or_, select, update

from breachwire.model import Brief, Statement
from breachwire.store.dialects import inserting
from breachwire.store.rows import upsert
from breachwire.store.tables import brief, model_answer, model_try, model_use, signoff, thread

KEPT: Final = timedelta(days=90)
"""How long an answer is kept: the same input comes back within days or never."""
_LATEST: Final = and_(brief.c.thread == thread.c.id, brief.c.version == thread.c.brief_version)


def base_hash(statements: Sequence[Statement]) -> str:
    """SHA-256 of what the extractive writer gave."""
    packed = json.dumps([asdict(statement) for statement in statements])
    return hashlib.sha256(packed.encode()).hexdigest()


def unwritten(connection: Connection, writer: str, limit: int) -> list[str]:
    """Threads whose latest brief this writer has not tried yet, lately changed first."""
    signed = exists().where(
        signoff.c.thread == brief.c.thread,
        signoff.c.version == brief.c.version,
        signoff.c.revoked_at.is_(None),
    )
    untried = or_(
        model_try.c.thread.is_(None),
        model_try.c.input_hash != brief.c.input_hash,
        model_try.c.writer != writer,
    )
    query = (
        select(thread.c.id)
        .join(brief, _LATEST)
        .outerjoin(model_try, model_try.c.thread == thread.c.id)
        .where(~thread.c.stale, thread.c.merged_into.is_(None), untried, ~signed)
        .order_by(thread.c.updated_at.desc())
        .limit(limit)
    )
    return list(connection.execute(query).scalars())


def tried(
    connection: Connection, one: Brief, base: Sequence[Statement], writer: str, outcome: str
) -> None:
    """Remember what a thread was tried with last."""
    row = {
        "thread": one.thread,
        "input_hash": one.input_hash,
        "base": base_hash(base),
        "writer": writer,
        "outcome": outcome,
        "at": one.made_at,
    }
    upsert(connection, model_try, [row])


def stands_on(connection: Connection, before: Brief, one: Brief) -> bool:
    """Whether the latest version is what a model made of the very brief that came now."""
    if before.author != "model" or one.author != "extractive":
        return False
    query = select(model_try.c.base).where(model_try.c.thread == one.thread)
    return connection.execute(query).scalar() == base_hash(one.statements)


def rests_on(connection: Connection, thread_id: str, input_hash: str) -> None:
    """The last try holds for this input as well."""
    this = model_try.c.thread == thread_id
    connection.execute(update(model_try).where(this).values(input_hash=input_hash))


def answer(connection: Connection, key: str) -> tuple[str, str] | None:
    """Text and model of a kept answer."""
    query = select(model_answer.c.text, model_answer.c.model).where(model_answer.c.key == key)
    row = connection.execute(query).first()
    return (row.text, row.model) if row else None


def save_answer(connection: Connection, key: str, text: str, model: str, at: datetime) -> None:
    """Keep an answer; those older than KEPT go."""
    connection.execute(delete(model_answer).where(model_answer.c.at < at - KEPT))
    upsert(connection, model_answer, [{"key": key, "text": text, "model": model, "at": at}])


def used(connection: Connection, day: str | None) -> dict[str, int]:
    """Counters of a day, or of all."""
    query = select(model_use.c.name, func.sum(model_use.c.number)).group_by(model_use.c.name)
    if day is not None:
        query = query.where(model_use.c.day == day)
    return {name: int(number) for name, number in connection.execute(query)}


def count(connection: Connection, day: str, counts: Mapping[str, int]) -> None:
    """Add to a day's counters."""
    for name, number in counts.items():
        statement = inserting(connection, model_use).values(day=day, name=name, number=number)
        added = {"number": model_use.c.number + statement.excluded.number}
        connection.execute(
            statement.on_conflict_do_update(index_elements=["day", "name"], set_=added)
        )
