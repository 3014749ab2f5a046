"""An outlet's articles → nothing: they go with all that is stored of them or rests on them.

In: articles, and the threads as they are without them. Out: one edit in the audit log. What is
deleted is overwritten in the store's pages. A version of a brief that cites what is gone keeps its
number, so that a later one never takes it, and nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any, Final

import orjson
from sqlalchemy import Connection, Table, Text, delete, or_, select, update

from breachwire.model import WISH, Detail, Edit, LeftOut, Placement, Thread, site_among
from breachwire.store import audit, documents, edits, fts5, ledger, outlets, placing, proposals
from breachwire.store.dialects import inserting, on_postgres
from breachwire.store.rows import chunks, upsert
from breachwire.store.tables import (
    address,
    article,
    article_revision,
    backfill,
    brief,
    change,
    claim,
    correction,
    embedding,
    entry,
    feed,
    indicator,
    link_rule,
    membership,
    mention,
    meta,
    model_answer,
    related,
    storyline,
    storyline_thread,
    thread,
    waiting_entry,
    withdrawn,
)
from breachwire.store.tables_newsletter import issue
from breachwire.store.watches import overwriting

DROPPED: Final = "left_out_edit"
"""In `meta`: the last edit that took articles away, for vector indexes in memory."""
_CITES: Final = re.compile(r'"article":\s?(\d+)')
_OF_ARTICLES: Final[tuple[tuple[Table, str], ...]] = (
    (claim, "article"),
    (claim, "sentence_article"),
    (mention, "article"),
    (indicator, "article"),
    (embedding, "article"),
    (change, "article"),
    (correction, "article"),
    (link_rule, "low"),
    (link_rule, "high"),
    (entry, "article"),
    (address, "article"),
    (article_revision, "article"),
    (membership, "article"),
    (article, "id"),
)
"""In the order in which nothing points at what is deleted."""
_PIECE: Final = 500


def forget(
    connection: Connection,
    by: LeftOut,
    articles: Sequence[int],
    placements: Sequence[Placement],
    threads: Sequence[Thread],
    details: Mapping[str, Sequence[Detail]],
    stood: Mapping[int, str | None],
) -> Edit:
    """All in one transaction (`Store.forget_articles`). Raises ConflictError."""
    edits.still(connection, stood, stood)
    before = placing.placements_of(connection, articles)
    moves = [(id, one.thread, None) for id, one in sorted(before.items())]
    ids = sorted({*details, *(old for _, old, _ in moves if old is not None)})
    with overwriting(connection):
        _unsay(connection, ids, articles)
        leaving = [move for move in moves if move[1] is not None]
        edits.restand(connection, placements, threads, leaving, ids)
        ledger.save_details(connection, details)
        _withdraw(connection, ids, set(articles))
        _delete(connection, articles)
        _empty(connection, ids)
        _untell(connection, lambda item: item["thread"] in ids)
        documents.write(connection, ids)
        connection.execute(delete(model_answer))  # which of them quote it nobody knows
    proposals.outdate(connection, ids, None)
    new = outlets.log(connection, "leave_out", by, moves)
    audit.touch(connection, new, ids, None, None)
    upsert(connection, meta, [{"key": DROPPED, "value": str(new)}])
    return audit.one(connection, new)


def dropped(connection: Connection, after: int) -> tuple[int, list[int]]:
    """The last edit that took articles away, and the articles of those after `after`."""
    last = int(connection.execute(select(meta.c.value).where(meta.c.key == DROPPED)).scalar() or 0)
    if last <= after:
        return last, []
    since = [one for one in audit.after(connection, after) if one.what == "leave_out"]
    return last, [id for one in since for id, _, _ in one.moves]


def finish(connection: Connection, site: str, feeds: Sequence[str]) -> None:
    """What is left of it elsewhere (`Store.finish_leaving`)."""
    with overwriting(connection):
        for some in chunks((*feeds, *outlets.holding(connection, site).feeds)):
            connection.execute(delete(feed).where(feed.c.url.in_(some)))
        _stop_waiting(connection, site)
        _untell(connection, lambda item: site.encode() in orjson.dumps(item))
        gone = _citing_nothing(connection, brief, ("thread", "version"), "statements")
        _blank(connection, [(row[0], row[1]) for row in gone])
        for table in (change, correction):
            rows = _citing_nothing(connection, table, ("id",), "evidence")
            for some in chunks([row[0] for row in rows]):
                connection.execute(delete(table).where(table.c.id.in_(some)))
        connection.exec_driver_sql(
            "DELETE FROM name WHERE NOT EXISTS"
            " (SELECT 1 FROM party_form WHERE party_form.slug = name.slug)"
        )
        if not on_postgres(connection):
            fts5.optimize(connection)


def is_withdrawn(connection: Connection, thread_id: str) -> bool:
    """Whether it is empty for that reason."""
    this = (withdrawn.c.thread == thread_id) & (withdrawn.c.version == 0)
    query = select(withdrawn).join(thread, thread.c.id == withdrawn.c.thread)
    return connection.execute(query.where(this, thread.c.articles == 0)).first() is not None


def _unsay(connection: Connection, threads: Sequence[str], articles: Sequence[int]) -> None:
    """Changes of these threads that tell what one of the articles said."""
    said = "\n".join(_words(connection, articles))
    theirs = select(membership.c.article).where(membership.c.thread.in_(threads))
    for ids in chunks(connection.execute(theirs).scalars().all()):
        columns = (change.c.id, change.c.before, change.c.after)
        rows = connection.execute(select(*columns).where(change.c.article.in_(ids))).all()
        told = [row[0] for row in rows if any(one and one["quote"] in said for one in row[1:])]
        for some in chunks(told):
            connection.execute(delete(change).where(change.c.id.in_(some)))


def _words(connection: Connection, articles: Sequence[int]) -> Iterable[str]:
    """Titles and texts, former ones too."""
    for ids in chunks(articles):
        for table, own in ((article, "id"), (article_revision, "article")):
            query = select(table.c.title, table.c.text).where(table.c[own].in_(ids))
            for row in connection.execute(query):
                yield from row


def _withdraw(connection: Connection, threads: Sequence[str], articles: Collection[int]) -> None:
    """The versions of these threads' briefs that cite one of the articles."""
    for ids in chunks(threads):
        columns = (brief.c.thread, brief.c.version, brief.c.statements)
        rows = connection.execute(select(*columns).where(brief.c.thread.in_(ids))).all()
        _blank(connection, [(row[0], row[1]) for row in rows if _cited(row[2]) & set(articles)])


def _cited(text: str) -> set[int]:
    return {int(found) for found in _CITES.findall(text)}


def _blank(connection: Connection, versions: Iterable[tuple[str, int]]) -> None:
    """These versions say nothing any more; a thread whose latest is among them has none."""
    for thread_id, version in versions:
        _mark(connection, thread_id, version)
        this = (brief.c.thread == thread_id) & (brief.c.version == version)
        connection.execute(update(brief).where(this).values(statements="[]", input_hash=""))
        latest = (thread.c.id == thread_id) & (thread.c.brief_version == version)
        stale = thread.c.merged_into.is_(None) & (thread.c.articles > 0)
        connection.execute(update(thread).where(latest).values(brief_version=0, stale=stale))


def _mark(connection: Connection, thread_id: str, version: int) -> None:
    """As withdrawn, once."""
    row = {"thread": thread_id, "version": version}
    connection.execute(inserting(connection, withdrawn).values(row).on_conflict_do_nothing())


def _delete(connection: Connection, articles: Sequence[int]) -> None:
    for ids in chunks(articles):
        copies = update(membership).where(membership.c.copy_of.in_(ids)).values(copy_of=None)
        connection.execute(copies)
        spoken = select(mention.c.thread).where(mention.c.article.in_(ids))
        live = thread.c.merged_into.is_(None) & (thread.c.articles > 0)
        connection.execute(update(thread).where(thread.c.id.in_(spoken), live).values(stale=True))
        for table, own in _OF_ARTICLES:
            connection.execute(delete(table).where(table.c[own].in_(ids)))


def _untell(connection: Connection, theirs: Callable[[Mapping[str, Any]], bool]) -> None:
    """Items of past issues of the newsletter go; letters that wait are written without them."""
    for row in connection.execute(select(issue.c.id, issue.c.document)).all():
        items = row.document.get("items", [])
        kept = [item for item in items if not theirs(item)]
        if len(kept) < len(items):
            document = {**row.document, "items": kept}
            connection.execute(update(issue).where(issue.c.id == row.id).values(document=document))


def _empty(connection: Connection, threads: Sequence[str]) -> None:
    """Those of the threads that have no article are withdrawn, with all that leads to them."""
    for some in chunks(threads):
        query = select(thread.c.id).where(thread.c.id.in_(some), thread.c.articles == 0)
        for id in connection.execute(query).scalars().all():
            _mark(connection, id, 0)
            versions = select(brief.c.version).where(brief.c.thread == id)
            _blank(connection, [(id, n) for n in connection.execute(versions).scalars().all()])
            values = {"headline": WISH, "stale": False}
            connection.execute(update(thread).where(thread.c.id == id).values(values))
            leads = or_(related.c.thread == id, related.c.other == id)
            connection.execute(delete(related).where(leads))
            _unstring(connection, id)


def _unstring(connection: Connection, gone: str) -> None:
    """A thread leaves its storylines; one that is left with a single thread is none."""
    link = storyline_thread.c
    lines = select(link.storyline).where(link.thread == gone)
    ids = connection.execute(lines).scalars().all()
    connection.execute(delete(storyline_thread).where(link.thread == gone))
    for id in ids:
        left = connection.execute(select(link.thread).where(link.storyline == id)).all()
        if len(left) < 2:
            connection.execute(delete(storyline).where(storyline.c.id == id))


def _citing_nothing(
    connection: Connection, table: Table, key: Sequence[str], column: str
) -> list[Any]:
    """Keys of the rows whose evidence is of an article that is not there."""
    columns = [*(table.c[name] for name in key), table.c[column].cast(Text)]
    cited: dict[Any, set[int]] = {}
    for row in connection.execute(select(*columns)):
        if ids := _cited(row[-1]):
            cited[tuple(row[:-1])] = ids
    asked = {id for ids in cited.values() for id in ids}
    there: set[int] = set()
    for some in chunks(asked):
        known = select(article.c.id).where(article.c.id.in_(some))
        there |= set(connection.execute(known).scalars())
    return [own for own, ids in cited.items() if not ids <= there]


def _stop_waiting(connection: Connection, site: str) -> None:
    """Its backfills, and its entries in those of others."""
    for row in connection.execute(select(backfill)).all():
        if any(site_among(one, [site]) for one in (row.url, row.feed, row.home)):
            connection.execute(delete(backfill).where(backfill.c.url == row.url))
    for row in connection.execute(select(waiting_entry)).all():
        if site_among(row.entry.get("url") or "", [site]):
            this = (waiting_entry.c.backfill == row.backfill) & (waiting_entry.c.key == row.key)
            connection.execute(delete(waiting_entry).where(this))
