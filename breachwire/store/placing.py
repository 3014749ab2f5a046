"""Embeddings and memberships: the threader's placements → rows → what it restores itself from.

One commit holds embedding, membership, thread rows and the article's state. A thread that loses its
last article to another is merged into it: its address never dies, and what is placed in it later
goes where it went.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from random import Random
from typing import Any, Final

from sqlalchemy import Connection, Text, bindparam, case, delete, func, select, update

from breachwire.model import Article, Placed, Placement, Thread, Vector, Vectors
from breachwire.store import documents, happenings, history
from breachwire.store.articles import id_at, time_of
from breachwire.store.dialects import Spelled
from breachwire.store.rows import (
    ARTICLE,
    IDS,
    as_json,
    at_once,
    chunks,
    columns_of,
    given,
    insert_rows,
    pack,
    unpack,
    upsert,
)
from breachwire.store.tables import article, claim, embedding, membership, thread

_PLACEMENT: Final = columns_of(Placement, membership)
_THREADS_OF: Final = Spelled(
    """
    SELECT json_group_array(json_array(article, thread)) FROM membership
    WHERE article IN (SELECT value FROM json_each(?)) AND thread IS NOT NULL
    """,
    """
    SELECT CAST(coalesce(json_agg(json_build_array(article, thread)), '[]') AS text)
    FROM membership WHERE thread IS NOT NULL
    AND article IN (SELECT CAST(json_array_elements_text(CAST(%s AS json)) AS bigint))
    """,
)
_MEMBERS_OF: Final = (
    select(membership.c.thread, membership.c.article)
    .where(given(membership.c.thread))
    .order_by(membership.c.article)
)
_MODEL: Final = bindparam("model", type_=Text)
_VECTORS: Final = select(embedding.c.article, embedding.c.vector).where(
    given(embedding.c.article), embedding.c.model == _MODEL
)
_VECTORS_BY_HASH: Final = select(embedding.c.content_hash, embedding.c.vector).where(
    given(embedding.c.content_hash), embedding.c.model == _MODEL
)
_PLACED: Final = (
    select(
        *ARTICLE,
        membership.c.thread,
        membership.c.role,
        func.coalesce(thread.c.kind, membership.c.kind),
        membership.c.roundup,
        membership.c.copy_of,
        embedding.c.vector,
    )
    .join(membership, membership.c.article == article.c.id)
    .join(embedding, (embedding.c.article == article.c.id) & (embedding.c.model == _MODEL))
    .outerjoin(thread, thread.c.id == membership.c.thread)
    .where(article.c.state != "stored")
    .order_by(article.c.id)
)
"""Made once, like those around it: to write such a statement down costs more than to run it."""
_PLACED_AMONG: Final = _PLACED.where(given(article.c.id))
_PLACED_AFTER: Final = _PLACED.where(article.c.id > bindparam("after")).limit(bindparam("most"))
_HIT: Final = select(
    claim.c.article, claim.c.field, claim.c["where"], claim.c.start, claim.c.value
).where(given(claim.c.article), claim.c.field.in_(("victim", "actor")))
_UNWRITTEN: Final = {"brief_version": 0, "ledger_version": 0}


def place(
    connection: Connection,
    model: str,
    placements: Sequence[tuple[Placement, Vector]],
    threads: Sequence[Thread],
) -> None:
    """Write placements and thread rows (`Store.place`)."""
    latest = {placement.article: (placement, vector) for placement, vector in placements}
    homes = homes_of(connection, {*(p.thread for p, _ in latest.values()), *_ids(threads)})
    for id, (placement, vector) in latest.items():
        if (home := homes.get(placement.thread or "")) is not None:
            latest[id] = replace(placement, thread=home), vector
    before = threads_of(connection, list(latest))
    save_threads(connection, [one for one in threads if one.id not in homes])
    _save_embeddings(connection, model, {id: vector for id, (_, vector) in latest.items()})
    upsert(connection, membership, [asdict(placement) for placement, _ in latest.values()])
    for ids in chunks(latest):
        connection.execute(update(article).where(article.c.id.in_(ids)).values(state="threaded"))
    left = {old: latest[id][0].thread for id, old in before.items() if latest[id][0].thread != old}
    for old, new in left.items():
        leave(connection, old, new)
    for one in threads:
        if (home := homes.get(one.id)) is not None:
            _widen(connection, home, one)
    moved = [placement.thread for placement, _ in latest.values()]
    documents.write(connection, [*_ids(threads), *homes.values(), *before.values(), *moved])


def homes_of(connection: Connection, ids: Iterable[str | None]) -> dict[str, str]:
    """Where merged threads are now, by their id; live and unknown ones are left out."""
    found: dict[str, str] = {}
    asked = {id for id in ids if id is not None}
    while asked:
        steps: dict[str, str] = {}
        for some in chunks(sorted(asked)):
            rows = connection.execute(
                select(thread.c.id, thread.c.merged_into).where(
                    thread.c.id.in_(some), thread.c.merged_into.is_not(None)
                )
            )
            steps.update((row[0], row[1]) for row in rows)
        found = {id: steps.get(home, home) for id, home in found.items()} | {
            id: home for id, home in steps.items() if id not in found
        }
        asked = {home for home in steps.values() if home not in found}
    return found


def placements_of(connection: Connection, ids: Sequence[int]) -> dict[int, Placement]:
    """Memberships as they were written, those in no thread included."""
    found: dict[int, Placement] = {}
    for some in chunks(dict.fromkeys(ids)):
        rows = connection.execute(
            select(*_PLACEMENT).where(membership.c.article.in_(some)).order_by(membership.c.article)
        )
        found.update((row[0], Placement(*row)) for row in rows)
    return found


def placed(
    connection: Connection, model: str, after: int, since: datetime | None, limit: int
) -> list[Placed]:
    """The next placed articles by id. One that was revised since waits to be placed anew."""
    low = after if since is None else max(after, id_at(since) - 1)
    return _placed(connection, model, _PLACED_AFTER, {"after": low, "most": limit})


def placed_among(connection: Connection, model: str, ids: Sequence[int]) -> list[Placed]:
    """Those of these that are placed (`Store.placed_among`)."""
    found: list[Placed] = []
    for some in chunks(sorted(set(ids))):
        found += _placed(connection, model, _PLACED_AMONG, {IDS.key: as_json(some)})
    return found


def span(connection: Connection) -> tuple[datetime, datetime] | None:
    """The times of the oldest and of the newest placed article."""
    ends = [
        connection.execute(select(membership.c.article).order_by(order).limit(1)).scalar()
        for order in (membership.c.article, membership.c.article.desc())
    ]
    oldest, newest = (None if id is None else time_of(id) for id in ends)
    return (oldest, newest) if oldest is not None and newest is not None else None


def _placed(
    connection: Connection, model: str, statement: Any, values: dict[str, Any]
) -> list[Placed]:
    rows: Any = connection.execute(statement, {_MODEL.key: model, **values}).all()
    vectors = unpack([row[-1] for row in rows])
    cut = len(ARTICLE)
    found = [
        Placed(*[Article(*row[:cut]), *row[cut:-1], vector])
        for row, vector in zip(rows, vectors, strict=True)
    ]
    claimed = [one.article.id for one in found if one.article.state == "claimed"]
    hit = _victims(connection, claimed) if claimed else {}
    return [
        replace(one, victims=tuple(hit.get(one.article.id, ())))
        if one.article.state == "claimed"
        else one
        for one in found
    ]


def _victims(connection: Connection, ids: Sequence[int]) -> dict[int, list[tuple[int | None, str]]]:
    """Whom the claims of each article name as hit, the title's first; actors are none."""
    rows = connection.execute(_HIT, {IDS.key: as_json(ids)}).all()
    actors = {(row[0], str(row[4]).casefold()) for row in rows if row[1] == "actor"}
    hit = {
        (row[0], row[2] != "title", row[3], str(row[4]))
        for row in rows
        if row[1] == "victim" and (row[0], str(row[4]).casefold()) not in actors
    }
    found: dict[int, list[tuple[int | None, str]]] = {}
    for id, in_text, start, name in sorted(hit):
        found.setdefault(id, []).append((start if in_text else None, name))
    return found


def vectors_by_hash(connection: Connection, model: str, hashes: Sequence[str]) -> dict[str, Vector]:
    """Embeddings of equal content, whichever article they were made for."""
    found: dict[str, Vector] = {}
    for some in chunks(dict.fromkeys(hashes)):
        found |= _vectors(connection, model, _VECTORS_BY_HASH, some)
    return found


def vectors_of(connection: Connection, model: str, ids: Sequence[int]) -> dict[int, Vector]:
    """Embeddings by article."""
    found: dict[int, Vector] = {}
    for some in chunks(dict.fromkeys(ids)):
        found |= _vectors(connection, model, _VECTORS, some)
    return found


def vectors_after(
    connection: Connection, model: str, seq: int, limit: int
) -> list[tuple[int, int, bytes]]:
    """(seq, article, vector) of what was written after `seq`: what an index lacks."""
    rows = connection.execute(
        select(embedding.c.seq, embedding.c.article, embedding.c.vector)
        .where(embedding.c.seq > seq, embedding.c.model == model)
        .order_by(embedding.c.seq)
        .limit(limit)
    )
    return [(row[0], row[1], row[2]) for row in rows]


def embedded(connection: Connection, model: str) -> tuple[int, int]:
    """How many, and the last row (`Store.embedded`)."""
    query = select(func.count(), func.coalesce(func.max(embedding.c.seq), 0))
    row = connection.execute(query.where(embedding.c.model == model)).one()
    return row[0], row[1]


def vector_sample(connection: Connection, model: str, number: int) -> Vectors:
    """From rows all over the table (`Store.vector_sample`)."""
    last = connection.execute(select(func.max(embedding.c.seq))).scalar() or 0
    rows = Random(0).sample(range(1, last + 1), min(number, last))
    found: list[bytes] = []
    for some in chunks(sorted(rows)):
        query = select(embedding.c.vector)
        query = query.where(embedding.c.seq.in_(some), embedding.c.model == model)
        found += connection.execute(query).scalars()
    return unpack(found)


def vectors_between(
    connection: Connection, model: str, since: datetime, until: datetime
) -> tuple[list[int], Vectors]:
    """Of the articles in threads (`Store.vectors_between`)."""
    rows = connection.execute(
        select(embedding.c.article, embedding.c.vector)
        .join(membership, membership.c.article == embedding.c.article)
        .where(
            embedding.c.article >= id_at(since),
            embedding.c.article < id_at(until),
            embedding.c.model == model,
            membership.c.thread.is_not(None),
        )
        .order_by(embedding.c.article)
    ).all()
    return [row[0] for row in rows], unpack([row[1] for row in rows])


def articles_of(connection: Connection, threads: Sequence[str]) -> dict[str, list[int]]:
    """Ids of members by thread, oldest first."""
    found: dict[str, list[int]] = {}
    for some in chunks(dict.fromkeys(threads)):
        rows = connection.execute(_MEMBERS_OF, {IDS.key: as_json(some)})
        for id, member in rows:
            found.setdefault(id, []).append(member)
    return found


def threads_of(connection: Connection, ids: Sequence[int]) -> dict[int, str]:
    """The thread of each article that stands in one."""
    return dict(at_once(connection, _THREADS_OF, (as_json(dict.fromkeys(ids)),)))


def _vectors(connection: Connection, model: str, statement: Any, keys: Sequence[Any]) -> Any:
    rows = connection.execute(statement, {IDS.key: as_json(keys), _MODEL.key: model}).all()
    matrix = unpack([row[1] for row in rows])
    return {row[0]: vector for row, vector in zip(rows, matrix, strict=True)}


def _ids(threads: Iterable[Thread]) -> list[str]:
    return [one.id for one in threads]


def save_threads(connection: Connection, threads: Sequence[Thread]) -> None:
    """Insert or replace rows, stale; the versions of brief and ledger stay."""
    rows = [{**asdict(one), "stale": True, **_UNWRITTEN} for one in threads]
    upsert(connection, thread, rows, keep=list(_UNWRITTEN))
    history.touch(connection, [one.id for one in threads])


def _save_embeddings(connection: Connection, model: str, vectors: dict[int, Vector]) -> None:
    """Deleted and inserted, not updated: `seq` must grow for indexes to see it."""
    rows: list[dict[str, Any]] = []
    for ids in chunks(vectors):
        connection.execute(
            delete(embedding).where(embedding.c.article.in_(ids), embedding.c.model == model)
        )
        hashes = connection.execute(
            select(article.c.id, article.c.content_hash).where(article.c.id.in_(ids))
        )
        rows += [
            {"article": id, "model": model, "content_hash": hash_, "vector": pack(vectors[id])}
            for id, hash_ in hashes
        ]
    insert_rows(connection, embedding, rows)


def leave(connection: Connection, old: str, new: str | None) -> bool:
    """A thread that lost an article: counted anew, or merged into where its last one went. Whether
    it is empty."""
    rest = connection.execute(
        select(func.count()).select_from(membership).where(membership.c.thread == old)
    ).scalar_one()
    values: dict[str, Any] = {
        "articles": rest,
        "origins": case((thread.c.origins > rest, rest), else_=thread.c.origins),
        "stale": rest > 0,
    }
    if not rest:
        values["merged_into"] = new
    connection.execute(update(thread).where(thread.c.id == old).values(values))
    if not rest and new is not None:
        happenings.merged(connection, old)
    return not rest


def _widen(connection: Connection, home: str, given: Thread) -> None:
    """A thread that was given another's arrivals: counted anew, as long as both; its origins follow
    with its brief."""
    columns = (thread.c.first_at, thread.c.last_at, thread.c.updated_at)
    first, last, updated = connection.execute(select(*columns).where(thread.c.id == home)).one()
    count = select(func.count()).select_from(membership).where(membership.c.thread == home)
    connection.execute(
        update(thread)
        .where(thread.c.id == home)
        .values(
            articles=count.scalar_subquery(),
            first_at=min(first, given.first_at),
            last_at=max(last, given.last_at),
            updated_at=max(updated, given.updated_at),
            stale=True,
        )
    )
