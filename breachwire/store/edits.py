"""Edits: memberships changed by hand or on second thought, and all that changes with them.

In: placements and what follows from them. Out: an `Edit`. One commit holds memberships, claims,
details, thread rows, link rules and the audit log, so no reader sees half an edit.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import Connection, select, update

from breachwire.errors import ConflictError
from breachwire.model import Detail, Edit, EditKind, Placement, Thread
from breachwire.store import audit, documents, ledger, link_rules, placing, proposals
from breachwire.store.link_rules import Rule
from breachwire.store.rows import chunks, upsert
from breachwire.store.tables import article, membership, related, thread


def regroup(
    connection: Connection,
    what: EditKind,
    who: str,
    why: str,
    at: datetime,
    placements: Sequence[Placement],
    threads: Sequence[Thread],
    details: Mapping[str, Sequence[Detail]],
    rules: Sequence[Rule],
    *,
    stood: Mapping[int, str | None],
    undoes: int | None,
    settles: int | None,
) -> Edit:
    """Write an edit and all that it changes (`Store.regroup`)."""
    before = placing.placements_of(connection, [one.article for one in placements])
    still(connection, {*stood, *(one.article for one in placements)}, stood)
    if undoes is not None:
        audit.mark_undone(connection, undoes)
        link_rules.lift(connection, undoes)
    moves = [
        (one.article, before[one.article].thread, one.thread)
        for one in placements
        if before[one.article].thread != one.thread
    ]
    touched = {one.thread for one in (*placements, *before.values())} - {None}
    touched |= {*details, *(one.id for one in threads)}
    ids = sorted(id for id in touched if id is not None)
    restand(connection, placements, threads, moves, ids)
    ledger.save_details(connection, details)
    documents.write(connection, ids)
    new = audit.write(connection, (what, who, why, at), moves, before.values(), undoes, settles)
    audit.touch(connection, new, ids, undoes, settles)
    link_rules.lay(connection, new, rules)
    proposals.outdate(connection, ids, settles)
    if settles is not None:
        proposals.settle(connection, settles, "refused" if what == "refuse" else "accepted")
    return audit.one(connection, new)


def still(connection: Connection, asked: Iterable[int], stood: Mapping[int, str | None]) -> None:
    """Raises ConflictError where an article is not placed, or stands elsewhere than in `stood`."""
    now = placing.placements_of(connection, list(asked))
    for id in asked:
        if id not in now:
            raise ConflictError(f"article {id} is not placed yet; nothing was changed")
    for id, thread_id in stood.items():
        if now[id].thread != thread_id:
            raise ConflictError(
                f"article {id} stands in {_name(now[id].thread)} by now, not in {_name(thread_id)};"
                " nothing was changed"
            )


def _name(thread_id: str | None) -> str:
    return f"thread {thread_id}" if thread_id is not None else "no thread"


def restand(
    connection: Connection,
    placements: Sequence[Placement],
    threads: Sequence[Thread],
    moves: Sequence[tuple[int, str | None, str | None]],
    touched: Sequence[str],
) -> None:
    """Memberships, claims and thread rows; details are dropped, emptied threads merged away."""
    ledger.drop_details(connection, touched)
    placing.save_threads(connection, threads)
    upsert(connection, membership, [asdict(one) for one in placements])
    ledger.follow(connection, {id: to for id, _, to in moves})
    ledger.move_on(connection, touched)
    unread = [id for id, old, to in moves if old is None and to is not None]
    for ids in chunks(unread):  # its claims were never asked for
        waiting = article.c.id.in_(ids) & (article.c.state == "claimed")
        connection.execute(update(article).where(waiting).values(state="threaded"))
    went: dict[str, Counter[str | None]] = defaultdict(Counter)
    for _, old, to in moves:
        if old is not None:
            went[old][to] += 1
    for old, to_where in went.items():
        main = max(to_where, key=lambda id: (to_where[id], id is not None, id or ""))
        if placing.leave(connection, old, main):
            _unrelate(connection, old)


def _unrelate(connection: Connection, gone: str) -> None:
    """Threads that name `gone` as related coverage need another list."""
    naming = select(related.c.thread).where(related.c.other == gone)
    live = thread.c.merged_into.is_(None) & (thread.c.articles > 0)
    connection.execute(update(thread).where(thread.c.id.in_(naming), live).values(stale=True))
