"""Threads, their members, what is related to them and their storylines: rows → model values.

Lists are paged by key: the cursor carries the sort value and id of the last row shown, so new rows
above it move nothing. Filters on names go through slugs in the details' rows.
"""

from __future__ import annotations

import base64
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from operator import attrgetter
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Select, and_, delete, func, or_, select

from breachwire.errors import NotFoundError, UsageError
from breachwire.model import Article, Member, PartyKind, Related, Storyline, Thread
from breachwire.store import entities
from breachwire.store.protocol_threads import ThreadFilter, ThreadPage, ThreadSort
from breachwire.store.rows import (
    ARTICLE,
    IDS,
    THREAD,
    Whole,
    among,
    as_json,
    chunks,
    given,
    insert_rows,
    one_list,
)
from breachwire.store.tables import (
    article,
    detail,
    membership,
    party,
    party_form,
    related,
    storyline,
    storyline_thread,
    thread,
)
from breachwire.store.words import slug_key

_SORTS: Final[dict[ThreadSort, Any]] = {
    "updated": thread.c.updated_at,
    "first": thread.c.first_at,
    "articles": thread.c.articles,
    "origins": thread.c.origins,
}
_PARTIES: Final[dict[str, PartyKind]] = {
    "victim": "victim", "actor": "actor", "third_party": "third_party",
}  # fmt: skip
_MANY: Final = 300
"""Threads of one name from which on they are taken as they are spelled: to decide which of them and
of other spellings are one entity takes 15 µs each, several times that where many names begin
alike."""
_FEW: Final = 5_000
"""Rows of a filter that are looked up one by one: 20 ms."""
_MOST: Final = 20_000
"""… that are so where the newest threads hardly have them: 80 ms; to try every thread takes 1 s."""
_SAMPLE: Final = 2_000
_OFTEN: Final = 10
"""Of the newest `_SAMPLE` threads: then a page is full after a few thousand: 10 ms."""
_LIVE = and_(thread.c.merged_into.is_(None), thread.c.articles > 0)
_OF_IDS: Final = Whole(select(*THREAD).where(given(thread.c.id), _LIVE))


def one(connection: Connection, id: str) -> Thread:
    """Raises NotFoundError."""
    row = connection.execute(select(*THREAD).where(thread.c.id == id)).first()
    if row is None:
        raise NotFoundError("thread", id)
    return Thread(*row)


def page(
    connection: Connection, where: ThreadFilter, sort: ThreadSort, limit: int, cursor: str | None
) -> ThreadPage:
    """One page of threads (`Store.threads`). Raises UsageError."""
    by, limit = _by(sort), max(1, limit)
    if where.ids is not None and cursor is None and where == ThreadFilter(ids=where.ids):
        return _of_ids(connection, where.ids, sort, limit)
    conditions = [_LIVE, *_conditions(connection, where)]
    if cursor is not None:
        value, id = _decode(cursor, sort)
        conditions.append(or_(by < value, and_(by == value, thread.c.id < id)))
        conditions.append(by <= value)  # says the same as the line above in a way the index serves
    query = select(*THREAD).where(*conditions).order_by(by.desc(), thread.c.id.desc())
    rows = [Thread(*row) for row in connection.execute(query.limit(limit + 1))]
    more = len(rows) > limit
    return ThreadPage(tuple(rows[:limit]), _encode(rows[limit - 1], sort) if more else None)


def ids(connection: Connection, where: ThreadFilter, sort: ThreadSort, limit: int) -> list[str]:
    """Those of the first page (`Store.thread_ids`). Raises UsageError."""
    by, conditions = _by(sort), [_LIVE, *_conditions(connection, where)]
    query = select(thread.c.id).where(*conditions).order_by(by.desc(), thread.c.id.desc())
    return one_list(connection, query.limit(max(1, limit)))


def _by(sort: ThreadSort) -> Any:
    """The column that a list is sorted by. Raises UsageError."""
    if sort not in _SORTS:
        raise UsageError(f"no sort {sort!r}; use one of {', '.join(_SORTS)}")
    return _SORTS[sort]


def _of_ids(connection: Connection, ids: Sequence[str], sort: ThreadSort, limit: int) -> ThreadPage:
    """The first page of these threads: what a search asks for each time."""
    rows = _OF_IDS.rows(connection, {IDS.key: as_json(ids)})
    by = attrgetter(_SORTS[sort].name, "id")
    found = sorted((Thread(*row) for row in rows), key=by, reverse=True)
    more = len(found) > limit
    return ThreadPage(tuple(found[:limit]), _encode(found[limit - 1], sort) if more else None)


def after(connection: Connection, last: Thread | None, limit: int) -> list[Thread]:
    """The next threads by first_at and id."""
    query = select(*THREAD).where(_LIVE).order_by(thread.c.first_at, thread.c.id).limit(limit)
    if last is not None:
        at = thread.c.first_at
        query = query.where(at >= last.first_at, or_(at > last.first_at, thread.c.id > last.id))
    return [Thread(*row) for row in connection.execute(query)]


def versions(connection: Connection, ids: Sequence[str], name: str) -> dict[str, int]:
    """A version column of these threads, where it is not 0: nothing written yet."""
    found: dict[str, int] = {}
    for some in chunks(dict.fromkeys(ids)):
        rows = connection.execute(
            select(thread.c.id, thread.c[name]).where(thread.c.id.in_(some), thread.c[name] > 0)
        )
        found.update((row[0], row[1]) for row in rows)
    return found


def members(connection: Connection, threads: Sequence[str]) -> dict[str, tuple[Member, ...]]:
    """By publication, oldest first; an unknown thread has none."""
    found: dict[str, list[Member]] = {id: [] for id in threads}
    columns = [membership.c[name] for name in ("role", "score", "method", "reason", "copy_of")]
    for some in chunks(found):
        rows = connection.execute(
            select(*ARTICLE, *columns, membership.c.thread)
            .join(membership, membership.c.article == article.c.id)
            .where(membership.c.thread.in_(some))
        )
        cut = len(ARTICLE)
        for row in rows:
            found.setdefault(row[-1], []).append(Member(Article(*row[:cut]), *row[cut:-1]))
    return {
        id: tuple(sorted(some, key=lambda member: (member.article.at, member.article.id)))
        for id, some in found.items()
    }


def save_related(connection: Connection, by_thread: Mapping[str, Sequence[Related]]) -> None:
    """Replace what is related to these threads; unchanged ones are not written again."""
    known = related_to(connection, list(by_thread))
    changed = {id: some for id, some in by_thread.items() if tuple(some) != known[id]}
    for ids in chunks(changed):
        connection.execute(delete(related).where(related.c.thread.in_(ids)))
    rows = [
        {"thread": id, "n": n, "other": one.thread, "relation": one.relation,
         "reason": one.reason, "score": one.score}
        for id, some in changed.items()
        for n, one in enumerate(some)
    ]  # fmt: skip
    insert_rows(connection, related, rows)


def related_to(connection: Connection, threads: Sequence[str]) -> dict[str, tuple[Related, ...]]:
    """Most useful first."""
    found: dict[str, list[Related]] = {id: [] for id in threads}
    columns = [related.c[name] for name in ("other", "relation", "reason", "score")]
    for some in chunks(found):
        rows = connection.execute(
            select(related.c.thread, *columns)
            .where(related.c.thread.in_(some))
            .order_by(related.c.thread, related.c.n)
        )
        for row in rows:
            found.setdefault(row[0], []).append(Related(*row[1:]))
    return {id: tuple(some) for id, some in found.items()}


def save_storylines(connection: Connection, given: Sequence[Storyline]) -> None:
    """Replace all, unless they are just as they were."""
    if sorted(given, key=lambda line: line.id) == storylines(connection):
        return
    connection.execute(delete(storyline))
    insert_rows(
        connection,
        storyline,
        [{"id": line.id, "label": line.label, "reason": line.reason} for line in given],
    )
    rows = [
        {"storyline": line.id, "n": n, "thread": id}
        for line in given
        for n, id in enumerate(line.threads)
    ]
    insert_rows(connection, storyline_thread, rows)


def storylines(connection: Connection, ids: Sequence[str] | None = None) -> list[Storyline]:
    """All, or those of `ids`, by id."""
    lines = select(storyline).order_by(storyline.c.id)
    links = select(storyline_thread).order_by(storyline_thread.c.storyline, storyline_thread.c.n)
    if ids is not None:
        lines = lines.where(storyline.c.id.in_(ids))
        links = links.where(storyline_thread.c.storyline.in_(ids))
    theirs: dict[str, list[str]] = defaultdict(list)
    for row in connection.execute(links):
        theirs[row.storyline].append(row.thread)
    return [
        Storyline(row.id, row.label, tuple(theirs[row.id]), row.reason)
        for row in connection.execute(lines)
    ]


def storyline_one(connection: Connection, id: str) -> Storyline:
    """Raises NotFoundError."""
    for line in storylines(connection, [id]):
        return line
    raise NotFoundError("storyline", id)


def storylines_of(
    connection: Connection, threads: Sequence[str]
) -> dict[str, tuple[Storyline, ...]]:
    """The storylines each thread stands in."""
    pairs: list[tuple[str, str]] = []
    for some in chunks(dict.fromkeys(threads)):
        rows = connection.execute(
            select(storyline_thread.c.thread, storyline_thread.c.storyline).where(
                storyline_thread.c.thread.in_(some)
            )
        )
        pairs += [(row[0], row[1]) for row in rows]
    lines = {line.id: line for line in storylines(connection, sorted({pair[1] for pair in pairs}))}
    found: dict[str, list[Storyline]] = {id: [] for id in threads}
    for id, line in sorted(set(pairs)):
        found.setdefault(id, []).append(lines[line])
    return {id: tuple(some) for id, some in found.items()}


def _conditions(connection: Connection, where: ThreadFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if where.kinds:
        conditions.append(thread.c.kind.in_(where.kinds))
    if where.section is not None:
        conditions.append(thread.c.section == where.section)
    if where.since is not None:
        conditions.append(thread.c.last_at >= where.since)
    if where.until is not None:
        conditions.append(thread.c.first_at < where.until)
    if where.ids is not None:
        conditions.append(among(thread.c.id, where.ids))
    if where.source is not None:
        conditions.append(_among_those(connection, where, *_reported_by(where.source)))
    if where.status is not None:
        having = select(detail.c.thread).where(detail.c.status == where.status)
        conditions.append(_among_those(connection, where, having))
    if where.sector is not None:
        of_sector = select(party.c.thread).where(party.c.sector_key == where.sector.lower())
        conditions.append(_among_those(connection, where, of_sector))
    for field in ("victim", "actor", "third_party", "attack_type", "data_type", "cve"):
        if (name := getattr(where, field)) is not None:
            conditions.append(_named(connection, where, field, name))
    return conditions


def _named(
    connection: Connection, where: ThreadFilter, field: str, name: str
) -> ColumnElement[bool]:
    """That a thread's details of this field have the name, or another of the entity's."""
    slug = slug_key(name) or ""
    if (kind := _PARTIES.get(field)) is not None:
        spelled = select(party_form.c.thread).where(
            party_form.c.kind == kind, party_form.c.slug == slug
        )
        number = select(func.count()).select_from(spelled.limit(_MANY).subquery())
        if connection.execute(number).scalar_one() == _MANY:
            return _among_those(connection, where, spelled)
        if theirs := entities.threads_of(connection, kind, slug):
            return among(thread.c.id, theirs)
    # A description ("a Minnesota county") is no entity: it is found by its words.
    having = select(detail.c.thread).where(detail.c.field == field, detail.c.slug == slug)
    return _among_those(connection, where, having)


def _among_those(
    connection: Connection,
    where: ThreadFilter,
    having: Select[tuple[str]],
    counted: Select[tuple[int]] | None = None,
) -> ColumnElement[bool]:
    """That a thread is one of these, which a filter asks for. Few are looked up at once; where they
    are many, or the threads are known, each thread is tried, newest first. How many they are is
    told by `counted` where that costs less."""
    tried = having.where(having.selected_columns[0] == thread.c.id).exists()
    if where.ids is not None:
        return tried
    rows_of: Select[Any] = having if counted is None else counted
    some = select(func.count()).select_from(rows_of.limit(_MOST + 1).subquery())
    rows = connection.execute(some).scalar_one()
    if rows <= _FEW or (rows <= _MOST and not _often(connection, tried)):
        return thread.c.id.in_(having)
    return tried


def _often(connection: Connection, condition: ColumnElement[bool]) -> bool:
    """Whether many of the newest threads meet it."""
    newest = select(thread.c.id).where(_LIVE).order_by(thread.c.updated_at.desc()).limit(_SAMPLE)
    having = select(thread.c.id).where(thread.c.id.in_(newest), condition)
    return len(connection.execute(having.limit(_OFTEN)).all()) == _OFTEN


def _reported_by(source: str) -> tuple[Select[tuple[str]], Select[tuple[int]]]:
    """Threads that have an article of it, and its articles: those are an index's rows, of which
    20,000 are counted in a tenth of the time."""
    own = article.c.source_slug == slug_key(source)
    threads = (
        select(membership.c.thread)
        .join(article, article.c.id == membership.c.article)
        .where(own, membership.c.thread.is_not(None))
    )
    return threads, select(article.c.id).where(own)


def _encode(last: Thread, sort: ThreadSort) -> str:
    value = {
        "updated": last.updated_at,
        "first": last.first_at,
        "articles": last.articles,
        "origins": last.origins,
    }[sort]
    plain = value.isoformat() if isinstance(value, datetime) else value
    return base64.urlsafe_b64encode(json.dumps([sort, plain, last.id]).encode()).decode()


def _decode(cursor: str, sort: ThreadSort) -> tuple[datetime | int, str]:
    try:
        made_for, plain, id = json.loads(base64.b64decode(cursor.encode(), b"-_", validate=True))
        if made_for != sort or not isinstance(id, str):
            raise ValueError(cursor)
        if sort in ("updated", "first"):
            return datetime.fromisoformat(plain).astimezone(UTC), id
        if type(plain) is not int or abs(plain) >= 1 << 62:
            raise ValueError(cursor)
    except (ValueError, TypeError, OverflowError, RecursionError):
        raise UsageError("the cursor is not one that this list gave; start without one") from None
    return plain, id
