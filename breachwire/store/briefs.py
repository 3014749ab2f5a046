"""Briefs by version: Brief → rows → Brief, and which threads wait for one."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

import orjson
from sqlalchemy import Connection, Row, func, select, update

from breachwire.errors import GoneError, NotFoundError
from breachwire.model import Brief, Evidence, Statement
from breachwire.model.signoffs import canonical
from breachwire.store import documents, models
from breachwire.store.columns import clean
from breachwire.store.rows import chunks, insert_rows
from breachwire.store.tables import brief, thread, withdrawn


def stale(connection: Connection, limit: int) -> list[str]:
    """Threads whose brief is missing or behind, most lately changed first."""
    rows = connection.execute(
        select(thread.c.id)
        .where(thread.c.stale, thread.c.merged_into.is_(None))
        .order_by(thread.c.updated_at.desc())
        .limit(limit)
    )
    return list(rows.scalars())


def behind(connection: Connection, threads: Sequence[str]) -> set[str]:
    """Those of them whose brief is missing or behind."""
    found: set[str] = set()
    for some in chunks(dict.fromkeys(threads)):
        query = select(thread.c.id).where(thread.c.id.in_(some), thread.c.stale)
        found |= set(connection.execute(query).scalars())
    return found


def save(connection: Connection, briefs: Sequence[Brief]) -> None:
    """Store what says something else than the latest as the next version (`save_briefs`)."""
    known = latest(connection, [one.thread for one in briefs])
    for one in briefs:
        before = known.get(one.thread)
        values: dict[str, Any] = {"stale": False}
        if before is not None and _says_the_same(before, one):
            _rest_on(connection, before, one.input_hash)
        elif before is not None and models.stands_on(connection, before, one):
            _rest_on(connection, before, one.input_hash)
            models.rests_on(connection, one.thread, one.input_hash)
        elif before is None or before.input_hash != clean(one.input_hash):
            version = _last(connection, one.thread) + 1
            insert_rows(connection, brief, [_brief_row(one, version)])
            values["brief_version"] = version
            known[one.thread] = replace(one, version=version)
        if headline := next((s.text for s in one.statements if s.section == "headline"), ""):
            values["headline"] = headline
        connection.execute(update(thread).where(thread.c.id == one.thread).values(**values))
    documents.write(connection, [one.thread for one in briefs])


def _last(connection: Connection, thread_id: str) -> int:
    """The highest version that a thread ever had, withdrawn ones too; 0: none."""
    last = select(func.coalesce(func.max(brief.c.version), 0)).where(brief.c.thread == thread_id)
    return int(connection.execute(last).scalar_one())


def _says_the_same(before: Brief, one: Brief) -> bool:
    """A copy came in, say: what is said of it, and on which words, is not another version."""
    return canonical(before) == canonical(replace(one, version=before.version))


def _rest_on(connection: Connection, known: Brief, input_hash: str) -> None:
    """The version was found to be what this input gives as well."""
    if known.input_hash != clean(input_hash):
        this = (brief.c.thread == known.thread) & (brief.c.version == known.version)
        connection.execute(update(brief).where(this).values(input_hash=input_hash))


def is_latest(connection: Connection, one: Brief, version: int) -> bool:
    """Whether the thread's brief is this version of this input and up to date."""
    known = latest(connection, [one.thread]).get(one.thread)
    if known is None or (known.version, known.input_hash) != (version, clean(one.input_hash)):
        return False
    return not behind(connection, [one.thread])


def improve(connection: Connection, one: Brief) -> None:
    """Store the same input's brief by another writer as the next version, where it says something
    else."""
    before = latest(connection, [one.thread])[one.thread]
    if _says_the_same(before, one):
        return
    version = _last(connection, one.thread) + 1
    insert_rows(connection, brief, [_brief_row(one, version)])
    this = thread.c.id == one.thread
    connection.execute(update(thread).where(this).values(brief_version=version))


def one(connection: Connection, thread_id: str, version: int) -> Brief:
    """Raises NotFoundError, GoneError."""
    gone = (withdrawn.c.thread == thread_id) & (withdrawn.c.version == version)
    if connection.execute(select(withdrawn).where(gone)).first():
        raise GoneError("version of the brief", f"{thread_id} {version}")
    this = (brief.c.thread == thread_id) & (brief.c.version == version)
    row = connection.execute(select(brief).where(this)).first()
    if row is None:
        raise NotFoundError("version of the brief", f"{thread_id} {version}")
    return _brief(row)


def versions(
    connection: Connection, thread_id: str, before: int | None = None, limit: int = 50
) -> list[Brief]:
    """A thread's, newest first, those below `before`."""
    gone = select(withdrawn.c.version).where(withdrawn.c.thread == thread_id)
    query = select(brief).where(brief.c.thread == thread_id, brief.c.version.not_in(gone))
    if before is not None:
        query = query.where(brief.c.version < before)
    rows = connection.execute(query.order_by(brief.c.version.desc()).limit(limit))
    return [_brief(row) for row in rows]


def latest(connection: Connection, threads: Sequence[str]) -> dict[str, Brief]:
    """The newest brief of each thread that has one."""
    found: dict[str, Brief] = {}
    for some in chunks(dict.fromkeys(threads)):
        rows = connection.execute(
            select(brief)
            .join(
                thread,
                (thread.c.id == brief.c.thread) & (thread.c.brief_version == brief.c.version),
            )
            .where(thread.c.id.in_(some))
        )
        found.update((row.thread, _brief(row)) for row in rows)
    return found


def _brief_row(one: Brief, version: int) -> dict[str, Any]:
    return {
        "thread": one.thread,
        "version": version,
        "input_hash": one.input_hash,
        "author": one.author,
        "model": one.model,
        "made_at": one.made_at,
        "statements": _packed(one.statements),
    }


def _packed(statements: Sequence[Statement]) -> str:
    try:
        return orjson.dumps(statements).decode()
    except TypeError:  # lone surrogates, which orjson refuses
        plain = [asdict(statement) for statement in statements]
        return clean(json.dumps(plain, ensure_ascii=False))


def _brief(row: Row[Any]) -> Brief:
    statements = tuple(_statement(fields) for fields in orjson.loads(row.statements))
    return Brief(
        thread=row.thread,
        version=row.version,
        input_hash=row.input_hash,
        author=row.author,
        model=row.model,
        made_at=row.made_at,
        statements=statements,
    )


def _statement(fields: Mapping[str, Any]) -> Statement:
    evidence = tuple(Evidence(**one) for one in fields["evidence"])
    return Statement(**{**fields, "evidence": evidence})
