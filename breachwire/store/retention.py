"""What is older than it is to be kept → nothing; texts → what is quoted of them.

In: a time, or articles with what is quoted of them. Out: how many rows went. What is deleted is
overwritten in the store's pages.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    Table,
    and_,
    delete,
    exists,
    func,
    or_,
    select,
    tuple_,
    update,
)

from breachwire.model import Evidence
from breachwire.store import quoted
from breachwire.store.articles import id_at
from breachwire.store.dialects import as_id, each_at, member
from breachwire.store.protocol_retention import Mark, Prunable, Quiet
from breachwire.store.rows import chunks
from breachwire.store.tables import (
    archive_page,
    article,
    article_revision,
    backfill,
    brief,
    edit,
    edit_thread,
    embedding,
    error_report,
    link_rule,
    membership,
    signoff,
    thread,
)
from breachwire.store.tables_newsletter import outbox, suppressed
from breachwire.store.watches import overwriting

PIECE: Final = 500
"""Rows a commit."""


def _superseded(before: datetime) -> ColumnElement[bool]:
    """Versions of briefs that another took the place of by then; what was signed stays."""
    later = brief.alias("later")
    next_at = (
        select(func.min(later.c.made_at))
        .where(later.c.thread == brief.c.thread, later.c.version > brief.c.version)
        .scalar_subquery()
    )
    signed = exists().where(
        signoff.c.thread == brief.c.thread, signoff.c.version == brief.c.version
    )
    shown = exists().where(thread.c.id == brief.c.thread, thread.c.brief_version == brief.c.version)
    return and_(next_at < before, ~signed, ~shown)


def _unneeded(before: datetime) -> ColumnElement[bool]:
    """Edits that no rule rests on, now or once a later edit is undone. The newest stays: its number
    is nobody else's."""
    other = edit.alias("keeping")
    rules = each_at(other.c.undo, "rules")
    replaced = select(as_id(member(rules.c.value, 3))).select_from(other).join(
        rules, rules.c.value.is_not(None)
    )  # fmt: skip
    newest = select(func.max(edit.c.id)).scalar_subquery()
    return and_(
        edit.c.at < before,
        edit.c.id != newest,
        edit.c.id.not_in(select(link_rule.c.edit)),
        edit.c.id.not_in(replaced),
    )


def _archived(before: datetime) -> ColumnElement[bool]:
    ended = select(backfill.c.url).where(backfill.c.ended_at < before)
    return archive_page.c.backfill.in_(ended)


_TABLES: Final[Mapping[Prunable, Table]] = {
    "briefs": brief,
    "letters": outbox,
    "reports": error_report,
    "log": edit,
    "archives": archive_page,
    "suppressed": suppressed,
}
_DONE: Final = ("sent", "failed", "skipped")


def _old(what: Prunable, before: datetime) -> ColumnElement[bool]:
    match what:
        case "briefs":
            return _superseded(before)
        case "letters":
            return and_(outbox.c.state.in_(_DONE), outbox.c.done_at < before)
        case "reports":
            return and_(error_report.c.state != "open", error_report.c.at < before)
        case "log":
            return _unneeded(before)
        case "archives":
            return _archived(before)
        case "suppressed":
            return suppressed.c.at < before


def count(connection: Connection, what: Prunable, before: datetime) -> int:
    """How many there are."""
    query = select(func.count()).select_from(_TABLES[what]).where(_old(what, before))
    return int(connection.execute(query).scalar_one())


def prune(connection: Connection, what: Prunable, before: datetime) -> int:
    """Delete at most PIECE of them; how many."""
    table = _TABLES[what]
    key = list(table.primary_key)
    rows = connection.execute(select(*key).where(_old(what, before)).limit(PIECE)).all()
    keys = [tuple(row) for row in rows]
    with overwriting(connection):
        if what == "log" and keys:
            ids = [id for (id,) in keys]
            connection.execute(delete(edit_thread).where(edit_thread.c.edit.in_(ids)))
        if keys:
            connection.execute(delete(table).where(tuple_(*key).in_(keys)))
    return len(keys)


def quiet(connection: Connection, before: datetime, mark: Mark) -> tuple[list[Quiet], Mark]:
    """What was not told of at the mark (`Store.quiet`)."""
    seq = int(connection.execute(select(func.coalesce(func.max(embedding.c.seq), 0))).scalar_one())
    late = select(embedding.c.article).where(embedding.c.seq > mark.seq)
    theirs = select(membership.c.thread).where(membership.c.article.in_(late))
    this = and_(thread.c.merged_into.is_(None), thread.c.last_at < before)
    if mark.until:
        this &= or_(thread.c.last_at >= mark.until, thread.c.id.in_(theirs))
    rows = connection.execute(select(thread.c.id, thread.c.last_at, thread.c.stale).where(this))
    ready, waiting = list[str](), list[datetime]()
    for row in rows:
        if row.stale:
            waiting.append(row.last_at)
        else:
            ready.append(row.id)
    found = [*_threads(connection, ready), *_alone(connection, before, mark)]
    return found, Mark(min([before, *waiting]), mark.seq if waiting else seq)


def _threads(connection: Connection, ids: Sequence[str]) -> list[Quiet]:
    members: dict[str, list[int]] = {}
    for some in chunks(ids):
        query = select(membership.c.thread, membership.c.article).where(
            membership.c.thread.in_(some)
        )
        for row in connection.execute(query):
            members.setdefault(row.thread, []).append(row.article)
    return [Quiet(id, tuple(own)) for id, own in members.items()]


def _alone(connection: Connection, before: datetime, mark: Mark) -> list[Quiet]:
    """Roundups, which stand in no thread."""
    own = membership.c.article
    since = id_at(mark.until) if mark.until else 0
    late = select(embedding.c.article).where(embedding.c.seq > mark.seq)
    query = select(own).where(
        membership.c.thread.is_(None), own < id_at(before), or_(own >= since, own.in_(late))
    )
    return [Quiet(None, (id,)) for id in connection.execute(query).scalars()]


def drop(
    connection: Connection, kept: Mapping[int, Sequence[Evidence]], texts: Mapping[int, str]
) -> int:
    """Replace texts and blank former ones (`Store.drop_texts`)."""
    needed, dropped = quoted.own(connection, list(texts)), 0
    columns = (article.c.id, article.c.text, article.c.state)
    with overwriting(connection):
        for ids in chunks(texts):
            for id, text, state in connection.execute(
                select(*columns).where(article.c.id.in_(ids))
            ):
                if state != "claimed" or not _holds(text, texts[id], needed.get(id, ())):
                    continue
                if text != texts[id]:
                    values: dict[str, Any] = {"text": texts[id]}
                    connection.execute(update(article).where(article.c.id == id).values(values))
                    dropped += 1
                _former(connection, id, kept.get(id, ()))
    return dropped


def _holds(text: str, new: str, needed: Collection[Evidence]) -> bool:
    """Whether what is quoted stands in the new text where it stood."""
    return all(
        new[one.start : one.end] == one.quote
        for one in needed
        if one.where == "text" and text[one.start : one.end] == one.quote
    )


def _former(connection: Connection, id: int, kept: Sequence[Evidence]) -> None:
    """Texts of earlier revisions."""
    r = article_revision.c
    for row in connection.execute(select(r.revision, r.text).where(r.article == id)).all():
        text = quoted.blanked(row.text, kept)
        if text != row.text:
            this = (r.article == id) & (r.revision == row.revision)
            connection.execute(update(article_revision).where(this).values(text=text))
