"""Edits: memberships changed by hand or on second thought, their audit log, the rules they leave.

In: placements and what follows from them. Out: an `Edit`, and rows that say how it was before. One
commit holds memberships, claims, details, thread rows, rules and the log, so no reader sees half an
edit, and undoing restores what the log's `undo` remembers:

    moves        [article, from, to]
    memberships  the rows of every placement as they were
    rules        [low, high, must, edit] that the edit's own rules replaced
    proposal     the proposal that the edit settles, or null
    undoes       the edit that it undoes, or null
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, astuple
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update

from breachwire.errors import ConflictError, NotFoundError
from breachwire.model import Detail, Edit, EditKind, LinkRule, Placement, Thread
from breachwire.store import ledger, placing, proposals
from breachwire.store.rows import chunks, insert_rows, upsert
from breachwire.store.tables import (
    article,
    edit,
    edit_thread,
    link_rule,
    membership,
    related,
    thread,
)

Pair = tuple[int, int]
Rule = tuple[int, int, bool]
"""Two articles in any order; True: they must stand in one thread, False: they must not."""


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
    _still(connection, {*stood, *(one.article for one in placements)}, stood)
    if undoes is not None:
        _undone(connection, undoes)
    moves = [
        (one.article, before[one.article].thread, one.thread)
        for one in placements
        if before[one.article].thread != one.thread
    ]
    touched = {one.thread for one in (*placements, *before.values())} - {None}
    touched |= {*details, *(one.id for one in threads)}
    ids = sorted(id for id in touched if id is not None)
    _restand(connection, placements, threads, moves, ids)
    ledger.save_details(connection, details)
    new = _log(connection, (what, who, why, at), moves, before.values(), undoes, settles)
    _touch(connection, new, ids, undoes, settles)
    _lay(connection, new, rules)
    proposals.outdate(connection, ids, settles)
    if settles is not None:
        proposals.settle(connection, settles, "refused" if what == "refuse" else "accepted")
    return one(connection, new)


def _still(connection: Connection, asked: Iterable[int], stood: Mapping[int, str | None]) -> None:
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


def _restand(
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


# the log


def _log(
    connection: Connection,
    act: tuple[EditKind, str, str, datetime],
    moves: Sequence[tuple[int, str | None, str | None]],
    before: Iterable[Placement],
    undoes: int | None,
    settles: int | None,
) -> int:
    what, who, why, at = act
    undo = {
        "moves": [list(move) for move in moves],
        "memberships": [list(astuple(one)) for one in before],
        "rules": [],
        "proposal": settles,
        "undoes": undoes,
    }
    row = {"what": what, "who": who, "why": why, "at": at, "undo": undo}
    connection.execute(insert(edit).values(row))
    return int(connection.execute(select(func.max(edit.c.id))).scalar_one())


def _touch(
    connection: Connection, id: int, touched: Iterable[str], undoes: int | None, settles: int | None
) -> None:
    """The threads in whose log the edit stands: those it changed, or was asked to."""
    threads = set(touched)
    if settles is not None:
        threads |= set(proposals.one(connection, settles).threads)
    if undoes is not None:
        theirs = select(edit_thread.c.thread).where(edit_thread.c.edit == undoes)
        threads |= set(connection.execute(theirs).scalars())
    insert_rows(connection, edit_thread, [{"thread": t, "edit": id} for t in sorted(threads)])


def one(connection: Connection, id: int) -> Edit:
    """Raises NotFoundError."""
    row = connection.execute(select(edit).where(edit.c.id == id)).first()
    if row is None:
        raise NotFoundError("edit", str(id))
    return _edit(row)


def newest(
    connection: Connection, limit: int, before: int | None, thread_id: str | None
) -> list[Edit]:
    """Newest first, of one thread or of all."""
    query = select(edit).order_by(edit.c.id.desc()).limit(limit)
    if before is not None:
        query = query.where(edit.c.id < before)
    if thread_id is not None:
        theirs = select(edit_thread.c.edit).where(edit_thread.c.thread == thread_id)
        query = query.where(edit.c.id.in_(theirs))
    return [_edit(row) for row in connection.execute(query)]


def after(connection: Connection, id: int) -> list[Edit]:
    """Later ones, oldest first."""
    rows = connection.execute(select(edit).where(edit.c.id > id).order_by(edit.c.id))
    return [_edit(row) for row in rows]


def stood_before(connection: Connection, id: int) -> tuple[Placement, ...]:
    """The memberships that an edit replaced. Raises NotFoundError."""
    return tuple(Placement(*row) for row in _undo(connection, id)["memberships"])


def _undo(connection: Connection, id: int) -> dict[str, Any]:
    found = connection.execute(select(edit.c.undo).where(edit.c.id == id)).first()
    if found is None:
        raise NotFoundError("edit", str(id))
    return dict(found[0])


def _edit(row: Any) -> Edit:
    moves = tuple((move[0], move[1], move[2]) for move in row.undo["moves"])
    return Edit(row.id, row.what, row.who, row.why, row.at, moves, bool(row.undone))


def _undone(connection: Connection, id: int) -> None:
    """Mark an edit undone; its rules go, what they replaced is back, a refused proposal is open."""
    known = one(connection, id)
    if known.undone or known.what == "undo":
        state = "undone already" if known.undone else "an undoing itself; do the edit anew instead"
        raise ConflictError(f"edit {id} is {state}; nothing was changed")
    connection.execute(update(edit).where(edit.c.id == id).values(undone=True))
    undo = _undo(connection, id)
    laid = select(link_rule.c.low, link_rule.c.high).where(link_rule.c.edit == id)
    free = {(row[0], row[1]) for row in connection.execute(laid)}
    connection.execute(delete(link_rule).where(link_rule.c.edit == id))
    back = [_valid(connection, rule) for rule in undo["rules"] if (rule[0], rule[1]) in free]
    upsert(connection, link_rule, [asdict(rule) for rule in back if rule is not None])
    if known.what == "refuse" and undo["proposal"] is not None:
        proposals.reopen(connection, undo["proposal"])


# rules


def rules(connection: Connection) -> list[LinkRule]:
    """All, by pair."""
    rows = connection.execute(select(link_rule).order_by(link_rule.c.low, link_rule.c.high))
    return [LinkRule(*row) for row in rows]


def _lay(connection: Connection, id: int, given: Sequence[Rule]) -> None:
    """Lay down an edit's rules; what they replace is remembered with it."""
    wanted = {(min(a, b), max(a, b)): must for a, b, must in given if a != b}
    if not wanted:
        return
    replaced = [list(astuple(rule)) for rule in _known(connection, wanted)]
    undo = {**_undo(connection, id), "rules": replaced}
    connection.execute(update(edit).where(edit.c.id == id).values(undo=undo))
    upsert(
        connection,
        link_rule,
        [{"low": a, "high": b, "must": must, "edit": id} for (a, b), must in wanted.items()],
    )


def _known(connection: Connection, pairs: Collection[Pair]) -> list[LinkRule]:
    found: list[LinkRule] = []
    for lows in chunks(sorted({low for low, _ in pairs})):
        rows = connection.execute(select(link_rule).where(link_rule.c.low.in_(lows)))
        found += [LinkRule(*row) for row in rows if (row.low, row.high) in pairs]
    return found


def _valid(connection: Connection, rule: Sequence[Any]) -> LinkRule | None:
    """A replaced rule, or what it replaced in its turn where its own edit is undone by now."""
    known: LinkRule | None = LinkRule(*rule)
    while known is not None and one(connection, known.edit).undone:
        pair = known.low, known.high
        older = [LinkRule(*r) for r in _undo(connection, known.edit)["rules"]]
        known = next((r for r in older if (r.low, r.high) == pair), None)
    return known
