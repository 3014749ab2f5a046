"""Changes of ledgers and corrections of articles: values → rows → the same, newest first.

Neither names a thread: each stands in the thread that its article is in now, so that it follows
merges, splits and moves by itself, as the articles' claims do.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, and_, func, select, update

from breachwire.model import Change, Correction, Evidence, Reading, Stand
from breachwire.store.rows import chunks, insert_rows
from breachwire.store.tables import (
    article,
    article_revision,
    change,
    correction,
    membership,
    thread,
)


def save(
    connection: Connection, changes: Sequence[Change], corrections: Sequence[Correction]
) -> None:
    """Add them, in this order."""
    insert_rows(connection, change, [_row(one) for one in changes])
    insert_rows(connection, correction, [_row(one) for one in corrections])


def changes(
    connection: Connection,
    thread_id: str,
    since: datetime | None = None,
    before: int | None = None,
    limit: int = 100,
) -> list[Change]:
    """A thread's, seen after `since`, with an id below `before`, newest first."""
    query = (
        select(change)
        .join(membership, membership.c.article == change.c.article)
        .where(membership.c.thread == thread_id)
    )
    if since is not None:
        query = query.where(change.c.at > since)
    if before is not None:
        query = query.where(change.c.id < before)
    rows = connection.execute(query.order_by(change.c.id.desc()).limit(limit))
    return [_change(row._mapping) for row in rows]


def changes_by(connection: Connection, article: int, at: datetime) -> list[Change]:
    """What one article changed at one time, as it was written."""
    own = (change.c.article == article) & (change.c.at == at)
    rows = connection.execute(select(change).where(own).order_by(change.c.id))
    return [_change(row._mapping) for row in rows]


def latest(connection: Connection, threads: Sequence[str]) -> dict[str, tuple[Change, ...]]:
    """What the newest article that changed each thread's ledger changed, in one order of ids."""
    found: dict[str, list[Change]] = {}
    for ids in chunks(dict.fromkeys(threads)):
        newest = (
            select(func.max(change.c.id))
            .join(membership, membership.c.article == change.c.article)
            .where(membership.c.thread.in_(ids))
            .group_by(membership.c.thread)
        )
        last, thread_of = change.alias("last"), membership.c.thread
        query = (
            select(thread_of, change)
            .join(last, and_(last.c.article == change.c.article, last.c.at == change.c.at))
            .join(membership, membership.c.article == change.c.article)
            .where(last.c.id.in_(newest))
            .order_by(change.c.id)
        )
        for row in connection.execute(query):
            own = {name: value for name, value in row._mapping.items() if name != "thread"}
            found.setdefault(row.thread, []).append(_change(own))
    return {thread_: tuple(own) for thread_, own in found.items()}


def change_of(row: Any) -> Change:
    """From a row that has the table's columns, whatever else it has."""
    return _change({column.name: getattr(row, column.name) for column in change.c})


def corrections(
    connection: Connection, before: int | None = None, limit: int = 50
) -> list[Correction]:
    """All articles', with an id below `before`, newest first."""
    query = select(correction).order_by(correction.c.id.desc()).limit(limit)
    if before is not None:
        query = query.where(correction.c.id < before)
    return [Correction(**_fields(row._mapping)) for row in connection.execute(query)]


def corrections_of(
    connection: Connection, articles: Sequence[int]
) -> dict[int, tuple[Correction, ...]]:
    """By article, oldest first."""
    found: dict[int, tuple[Correction, ...]] = {}
    for ids in chunks(dict.fromkeys(articles)):
        query = select(correction).where(correction.c.article.in_(ids)).order_by(correction.c.id)
        for row in connection.execute(query):
            one = Correction(**_fields(row._mapping))
            found[one.article] = (*found.get(one.article, ()), one)
    return found


def readings(connection: Connection, articles: Sequence[int]) -> dict[int, Reading]:
    """The texts that articles' claims were last read from; without those never read."""
    found: dict[int, Reading] = {}
    for ids in chunks(dict.fromkeys(articles)):
        for table, own in ((article_revision, "article"), (article, "id")):
            columns = (table.c[own], table.c.content_hash, table.c.title, table.c.text)
            query = select(*columns, table.c.text_from).where(table.c[own].in_(ids))
            if table is article_revision:
                query = query.join(article, article.c.id == table.c.article)
                query = query.order_by(table.c.revision)
            rows = connection.execute(query.where(table.c.content_hash == article.c.claims_hash))
            found.update((row[0], Reading(*row[1:])) for row in rows)
    return found


def read(connection: Connection, texts: Mapping[int, str]) -> None:
    """The articles' claims were read from the texts with these hashes. One that was edited
    meanwhile waits to be read again."""
    by_hash: dict[str, list[int]] = {}
    for id, hash_ in texts.items():
        by_hash.setdefault(hash_, []).append(id)
    for hash_, all_ids in by_hash.items():
        for ids in chunks(all_ids):
            theirs = article.c.id.in_(ids)
            connection.execute(update(article).where(theirs).values(claims_hash=hash_))
            unchanged = article.c.content_hash == hash_
            connection.execute(update(article).where(theirs, unchanged).values(state="claimed"))


def read_before(connection: Connection, texts: Mapping[int, str]) -> list[int]:
    """Those whose claims were read from the very same text already."""
    found: list[int] = []
    for ids in chunks(texts):
        query = select(article.c.id, article.c.claims_hash).where(article.c.id.in_(ids))
        found += [row[0] for row in connection.execute(query) if row[1] == texts[row[0]]]
    return found


def mark_reread(connection: Connection, articles: Sequence[int]) -> None:
    """They say something else to today's rules, since now."""
    now = datetime.now(UTC)
    for ids in chunks(articles):
        connection.execute(update(article).where(article.c.id.in_(ids)).values(reread_at=now))


def reread(connection: Connection, articles: Sequence[int]) -> dict[int, datetime]:
    """When newer rules last read something else in the same text; without those that never did."""
    found: dict[int, datetime] = {}
    for ids in chunks(dict.fromkeys(articles)):
        query = select(article.c.id, article.c.reread_at).where(
            article.c.id.in_(ids), article.c.reread_at.is_not(None)
        )
        found.update((row[0], row[1]) for row in connection.execute(query))
    return found


def touch(connection: Connection, threads: Iterable[str]) -> None:
    """An edited article that changed the ledger is an update of its thread, at the time that we saw
    it; a new one is one at the time of its publication, which the thread's row has."""
    latest = (
        select(func.max(change.c.at))
        .join(membership, membership.c.article == change.c.article)
        .where(membership.c.thread == thread.c.id, change.c.edited)
        .scalar_subquery()
    )
    for ids in chunks(threads):
        connection.execute(
            update(thread)
            .where(thread.c.id.in_(ids), thread.c.updated_at < latest)
            .values(updated_at=latest)
        )


def behind(connection: Connection, articles: Iterable[int]) -> None:
    """The articles' texts are other ones: the briefs of their threads are behind."""
    for ids in chunks(articles):
        theirs = select(membership.c.thread).where(membership.c.article.in_(ids))
        connection.execute(update(thread).where(thread.c.id.in_(theirs)).values(stale=True))


def _row(one: Change | Correction) -> dict[str, Any]:
    return {name: value for name, value in asdict(one).items() if name != "id"} | {
        "before": _plain(one.before),
        "after": _plain(one.after),
    }


def _plain(stand: Stand | None) -> dict[str, Any] | None:
    return asdict(stand) | {"said_at": stand.said_at.isoformat()} if stand else None


def _change(row: Mapping[Any, Any]) -> Change:
    return Change(**_fields(row))


def _fields(row: Mapping[Any, Any]) -> dict[str, Any]:
    return {
        **row,
        "before": _stand(row["before"]),
        "after": _stand(row["after"]),
        "evidence": tuple(Evidence(**one) for one in row["evidence"]),
    }


def _stand(plain: Mapping[str, Any] | None) -> Stand | None:
    if plain is None:
        return None
    return Stand(**{**plain, "said_at": datetime.fromisoformat(plain["said_at"])})
