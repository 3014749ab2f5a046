"""The audit log: who changed threads, when and why, and how it was before.

In: an edit and the memberships it replaces. Out: an `Edit`; and what undoing it restores, which the
column `undo` remembers:

    moves        [article, from, to]
    memberships  the rows of every placement as they were
    rules        [low, high, must, edit] that the edit's own rules replaced
    proposal     the proposal, error report or sign-off that the edit settles, or null
    undoes       the edit that it undoes, or null
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, func, insert, select, update

from breachwire.errors import ConflictError, NotFoundError
from breachwire.model import Edit, EditKind, LinkRule, Placement
from breachwire.store import proposals
from breachwire.store.rows import insert_rows
from breachwire.store.tables import edit, edit_thread

_FINAL: Final[Mapping[EditKind, str]] = {
    "resolve": "settled an error report",
    "dismiss": "settled an error report",
    "sign": "signed a brief off; revoke the sign-off instead",
    "revoke": "revoked a sign-off; sign anew instead",
    "leave_out": "left an outlet out; nothing of it is stored",
    "let_in": "let an outlet in; leave it out instead",
}
"""What can't be undone, and why."""


def write(
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


def touch(
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
    settles = row.undo.get("proposal")
    return Edit(row.id, row.what, row.who, row.why, row.at, moves, bool(row.undone), settles)


def mark_undone(connection: Connection, id: int) -> None:
    """A refused proposal is open again. Raises ConflictError for what is undone, or an undoing."""
    known = one(connection, id)
    if known.what in _FINAL:
        raise ConflictError(f"edit {id} {_FINAL[known.what]}; nothing was changed")
    if known.undone or known.what == "undo":
        state = "undone already" if known.undone else "an undoing itself; do the edit anew instead"
        raise ConflictError(f"edit {id} is {state}; nothing was changed")
    connection.execute(update(edit).where(edit.c.id == id).values(undone=True))
    if known.what == "refuse" and known.settles is not None:
        proposals.reopen(connection, known.settles)


def replaced(connection: Connection, id: int) -> list[LinkRule]:
    """The rules that an edit's own replaced."""
    return [LinkRule(*rule) for rule in _undo(connection, id)["rules"]]


def remember(connection: Connection, id: int, rules: Sequence[LinkRule]) -> None:
    """Keep the rules that an edit's own replace."""
    undo = {**_undo(connection, id), "rules": [list(astuple(rule)) for rule in rules]}
    connection.execute(update(edit).where(edit.c.id == id).values(undo=undo))
