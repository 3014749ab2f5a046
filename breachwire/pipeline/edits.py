"""Editors' acts on threads: merge, split, move, undo.

In: a store, ids, who and why. Out: the `Edit`, done in one commit while the turn is held; nothing
is changed where an error is raised. What a person did holds for later runs by link rules:

    merge A B     B's articles go into A, which keeps its address; B's leads there. The first
                  article of A and each of B must stand together.
    split T a b   a and b leave; the rest keeps T. They open a thread under the id of the oldest of
                  them whose id no thread ever had (not so T's opener, nor one whose thread was
                  merged: its address leads on), else the oldest's with a digit more. None that
                  left may stand with any that stayed.
    move a T      as a split, and a must stand with T's first article.
    undo E        memberships are as they were before E, but for articles that came since; E's rules
                  go, what they replaced holds again. What E merged has its own address again.

The threader's own acts (`who` is THREADER) leave no rules, so that it may think again, and never go
against one (ConflictError); undoing one leaves the opposite rules, so that it isn't done again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from breachwire.errors import ConflictError, UsageError
from breachwire.model import THREADER, Edit, EditKind
from breachwire.pipeline.link_rules import Rule, apart, opposite, together
from breachwire.pipeline.regroup import Regrouped, regrouped
from breachwire.pipeline.standing import free_id, ids_of, live, members_of, parted
from breachwire.store import Store


def merge(
    store: Store,
    into: str,
    other: str,
    *,
    who: str,
    why: str = "",
    now: datetime,
    settles: int | None = None,
) -> Edit:
    """All of `other` goes into `into`. Ids of merged threads stand for what they are in now.

    Raises NotFoundError, UsageError where both are one, ConflictError, StoreBusyError.
    """
    with store.turn():
        home, gone = live(store, into), live(store, other)
        if home.id == gone.id:
            raise UsageError(f"{into} and {other} are one thread already ({home.id})")
        here, there = members_of(store, home), members_of(store, gone)
        rules = together(store, ids_of(here), ids_of(there), who)
        moves: dict[int, str | None] = {m.article.id: home.id for m in there}
        return carry_out(store, "merge", who, why, now, moves, rules, settles)


def split(
    store: Store,
    thread: str,
    articles: Sequence[int],
    *,
    who: str,
    why: str = "",
    now: datetime,
    settles: int | None = None,
) -> Edit:
    """The articles leave the thread and open one of their own (`moves` of the edit name it).

    Raises NotFoundError; UsageError for none, all, or one that doesn't stand there; ConflictError,
    StoreBusyError.
    """
    with store.turn():
        here = live(store, thread)
        left, stayed = parted(store, here, articles)
        rules = apart(store, ids_of(left), ids_of(stayed), who)
        new = free_id(store, [m.article for m in left])
        return carry_out(
            store, "split", who, why, now, dict.fromkeys(ids_of(left), new), rules, settles
        )


def move(
    store: Store,
    article: int,
    thread: str | None,
    *,
    who: str,
    why: str = "",
    now: datetime,
) -> Edit:
    """The article goes to `thread`; None: it opens one of its own. One that stood in none (a
    roundup) may be put in one.

    Raises NotFoundError, UsageError where it stands there already, ConflictError, StoreBusyError.
    """
    with store.turn():
        subject = store.article(article)
        old = store.threads_of([article]).get(article)
        stayed = [m for m in store.members([old])[old] if m.article.id != article] if old else []
        if thread is None:
            if old and not stayed:
                raise UsageError(f"article {article} stands alone in thread {old} already")
            new, there = free_id(store, [subject]), []
        else:
            new = live(store, thread).id
            there = list(store.members([new])[new])
            if new == old:
                raise UsageError(f"article {article} stands in thread {new} already")
        rules = apart(store, [article], ids_of(stayed), who)
        rules += together(store, ids_of(there), [article], who)
        return carry_out(store, "move", who, why, now, {article: new}, rules)


def undo(store: Store, edit: int, *, who: str, why: str = "", now: datetime) -> Edit:
    """Take an edit back; an edit itself, which can't be undone.

    Raises NotFoundError; ConflictError for one that is undone, or whose articles moved on since.
    """
    with store.turn():
        known = store.edit(edit)
        if known.undone:
            raise ConflictError(f"edit {edit} is undone already; nothing was changed")
        at = store.threads_of([article for article, _, _ in known.moves])
        for article, _, to in known.moves:
            if at.get(article) != to:
                raise ConflictError(_moved_on(store, edit, article, at.get(article)))
        moves = {article: _home(store, known, old, to) for article, old, to in known.moves}
        restored = {p.article: p for p in store.stood_before(edit)}
        now_at = store.placements(list(restored))
        back = {
            id_: p
            for id_, p in restored.items()
            if p.thread == moves.get(id_, now_at[id_].thread)  # else a later edit has the say
        }
        change = regrouped(store, moves, f"edit {edit} undone", back)
        rules = opposite(store, known, moves) if known.who == THREADER else []
        return write(store, "undo", who, why, now, change, rules, undoes=edit)


def carry_out(
    store: Store,
    what: EditKind,
    who: str,
    why: str,
    now: datetime,
    moves: Mapping[int, str | None],
    rules: Sequence[Rule],
    settles: int | None = None,
) -> Edit:
    """Regroup as `moves` say (article: thread, None: none), lay down `rules`, settle a proposal."""
    whose = "on second thought" if who == THREADER else "by an editor"
    change = regrouped(store, moves, f"{what} {whose}{': ' if why else ''}{why}")
    return write(store, what, who, why, now, change, rules, settles=settles)


def write(
    store: Store,
    what: EditKind,
    who: str,
    why: str,
    now: datetime,
    change: Regrouped,
    rules: Sequence[Rule],
    undoes: int | None = None,
    settles: int | None = None,
) -> Edit:
    """One edit and all that follows from it, in one commit."""
    return store.regroup(
        what, who, why, now, change.placements, change.threads, change.details, rules,
        stood=change.stood, undoes=undoes, settles=settles,
    )  # fmt: skip


def _home(store: Store, edit: Edit, old: str | None, to: str | None) -> str | None:
    """Where an article goes back to: its thread, or what that was merged into by another edit."""
    if old is None:
        return None
    home = live(store, old).id
    if home == to or (home != old and not _sent(store, edit, old, home)):
        return old
    return home


def _sent(store: Store, edit: Edit, old: str, home: str) -> bool:
    """Whether a later act that holds put articles of `old` where `home` is now; else it was left
    empty by an undoing, which merges nothing."""
    return any(
        live(store, new).id == home
        for later in store.edits_after(edit.id)
        if not later.undone and later.what != "undo"
        for _, left, new in later.moves
        if left == old and new is not None
    )


def _moved_on(store: Store, edit: int, article: int, at: str | None) -> str:
    later = next(
        (
            later.id
            for later in store.edits_after(edit)
            if not later.undone and any(article == id_ for id_, _, _ in later.moves)
        ),
        None,
    )
    where = f"thread {at}" if at else "no thread"
    then = f"; undo edit {later} first" if later else ""
    return f"article {article} has moved on since edit {edit}: it stands in {where}{then}"
