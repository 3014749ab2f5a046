"""Editors' acts on threads: merge, split, move, undo; a proposal accepted or refused.

In: a store, ids, who and why. Out: the `Edit`, done in one commit while the turn is held; nothing
is changed where an error is raised. What a person did holds for later runs by link rules:

    merge A B     B's articles go into A, which keeps its address; B's leads there. The first
                  article of A and each of B must stand together.
    split T a b   a and b leave; the rest keeps T. They open a thread under the id of the oldest of
                  them that is free, or comes back to life (T's own is not free even where its
                  opener leaves: then the next's serves, last the oldest's with a digit more). None
                  that left may stand with any that stayed.
    move a T      as a split, and a must stand with T's first article.
    refuse N      a merge refused: none of the one thread may stand with any of the other; a split
                  refused: those that would have left must stand with the first that stays.
    undo E        memberships are as they were before E, but for articles that came since; E's rules
                  go, what they replaced holds again.

The threader's own acts (`who` is THREADER) leave no rules, so that it may think again, and never go
against one (ConflictError); undoing one leaves the opposite rules, so that it isn't done again.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from itertools import chain, count, product

from breachwire.errors import ConflictError, UsageError
from breachwire.model import THREADER, Article, Edit, EditKind, Member, Proposal, Thread, thread_id
from breachwire.pipeline.regroup import Regrouped, known_thread, regrouped
from breachwire.store import Store

Rule = tuple[int, int, bool]


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
        here, there = _members(store, home), _members(store, gone)
        rules = _together(store, _ids(here), _ids(there), who)
        moves: dict[int, str | None] = {m.article.id: home.id for m in there}
        return _do(store, "merge", who, why, now, moves, rules, settles)


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
        left, stayed = _parted(store, here, articles)
        rules = _apart(store, _ids(left), _ids(stayed), who)
        new = _free_id(store, [m.article for m in left])
        return _do(store, "split", who, why, now, dict.fromkeys(_ids(left), new), rules, settles)


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
            new, there = _free_id(store, [subject]), []
        else:
            new = live(store, thread).id
            there = list(store.members([new])[new])
            if new == old:
                raise UsageError(f"article {article} stands in thread {new} already")
        rules = _apart(store, [article], _ids(stayed), who)
        rules += _together(store, _ids(there), [article], who)
        return _do(store, "move", who, why, now, {article: new}, rules)


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
        moves = {article: _home(store, old, to) for article, old, to in known.moves}
        restored = {p.article: p for p in store.stood_before(edit)}
        now_at = store.placements(list(restored))
        back = {
            id_: p
            for id_, p in restored.items()
            if p.thread == moves.get(id_, now_at[id_].thread)  # else a later edit has the say
        }
        change = regrouped(store, moves, f"edit {edit} undone", back)
        rules = _opposite(store, known, moves) if known.who == THREADER else []
        return _write(store, "undo", who, why, now, change, rules, undoes=edit)


def accept(store: Store, proposal: int, *, who: str, why: str = "", now: datetime) -> Edit:
    """Do what is proposed; its reason serves where none is given.

    Raises NotFoundError, ConflictError for one that is not open.
    """
    with store.turn():
        known = _open(store, proposal)
        why = why or known.reason
        if known.what == "merge":
            into, other = known.threads
            return merge(store, into, other, who=who, why=why, now=now, settles=proposal)
        if len(known.threads) == 1:
            (thread,) = known.threads
            return split(store, thread, known.articles, who=who, why=why, now=now, settles=proposal)
        old, new = (live(store, id_) for id_ in known.threads)
        left, stayed = _parted(store, old, known.articles)
        rules = _apart(store, _ids(left), _ids(stayed), who)
        rules += _together(store, _ids(_members(store, new)), _ids(left), who)
        moves: dict[int, str | None] = dict.fromkeys(_ids(left), new.id)
        return _do(store, "split", who, why, now, moves, rules, proposal)


def refuse(store: Store, proposal: int, *, who: str, why: str = "", now: datetime) -> Edit:
    """Turn a proposal down: it is not made again, and later runs don't do it either.

    Raises NotFoundError, ConflictError for one that is not open.
    """
    with store.turn():
        known = _open(store, proposal)
        if known.what == "merge":
            one, other = (_ids(_members(store, live(store, id_))) for id_ in known.threads)
            rules = [(a, b, False) for a, b in product(one, other)]
        else:
            left, stayed = _parted(store, live(store, known.threads[0]), known.articles)
            rules = [(stayed[0].article.id, m.article.id, True) for m in left]
        return _write(store, "refuse", who, why, now, Regrouped(), rules, settles=proposal)


def live(store: Store, id_: str) -> Thread:
    """The thread, or the one that it is merged into. Raises NotFoundError."""
    thread = store.thread(id_)
    while thread.merged_into is not None:
        thread = store.thread(thread.merged_into)
    return thread


def _do(
    store: Store,
    what: EditKind,
    who: str,
    why: str,
    now: datetime,
    moves: Mapping[int, str | None],
    rules: Sequence[Rule],
    settles: int | None = None,
) -> Edit:
    whose = "on second thought" if who == THREADER else "by an editor"
    change = regrouped(store, moves, f"{what} {whose}{': ' if why else ''}{why}")
    return _write(store, what, who, why, now, change, rules, settles=settles)


def _write(
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
    return store.regroup(
        what, who, why, now, change.placements, change.threads, change.details, rules,
        stood=change.stood, undoes=undoes, settles=settles,
    )  # fmt: skip


# rules


def _together(store: Store, here: Sequence[int], arrivals: Sequence[int], who: str) -> list[Rule]:
    """The first must stand with each arrival, and whoever must not by now."""
    pairs = {(min(pair), max(pair)) for pair in product(here, arrivals)}
    barred = [
        (r.low, r.high) for r in store.link_rules() if not r.must and (r.low, r.high) in pairs
    ]
    if who == THREADER:
        _never(barred, "must not")
        return []
    return [*((here[0], id_, True) for id_ in arrivals if here), *((a, b, True) for a, b in barred)]


def _apart(store: Store, left: Sequence[int], stayed: Sequence[int], who: str) -> list[Rule]:
    """None that left may stand with one that stayed."""
    pairs = {(min(pair), max(pair)) for pair in product(left, stayed)}
    if who == THREADER:
        rules = store.link_rules()
        _never([(r.low, r.high) for r in rules if r.must and (r.low, r.high) in pairs], "must")
        return []
    return [(a, b, False) for a, b in sorted(pairs)]


def _never(broken: Collection[tuple[int, int]], word: str) -> None:
    for low, high in broken:
        raise ConflictError(f"an editor said that articles {low} and {high} {word} stand together")


def _opposite(store: Store, edit: Edit, moves: Mapping[int, str | None]) -> list[Rule]:
    """What keeps the threader from doing again what is undone."""
    rules: list[Rule] = []
    gone = set(moves)
    threads = sorted({t for _, old, to in edit.moves for t in (old, to) if t is not None})
    rest = {
        thread: [id_ for id_ in _ids(some) if id_ not in gone]
        for thread, some in store.members(threads).items()
    }
    for article, old, to in edit.moves:
        rules += [(article, id_, False) for id_ in rest.get(to or "", ())]
        if old is not None and rest[old]:
            rules.append((rest[old][0], article, True))
    return rules


# reading


def _members(store: Store, thread: Thread) -> list[Member]:
    found = list(store.members([thread.id])[thread.id])
    if not found:
        raise UsageError(f"thread {thread.id} has no articles")
    return found


def _parted(
    store: Store, thread: Thread, articles: Sequence[int]
) -> tuple[list[Member], list[Member]]:
    """Members that leave and members that stay, oldest first. Raises UsageError."""
    members, wanted = _members(store, thread), set(articles)
    if strangers := sorted(wanted - set(_ids(members))):
        raise UsageError(f"article {strangers[0]} does not stand in thread {thread.id}")
    left = [m for m in members if m.article.id in wanted]
    stayed = [m for m in members if m.article.id not in wanted]
    if not left or not stayed:
        which = "no article leaves" if not left else "every article would leave"
        raise UsageError(f"{which} thread {thread.id}: name some of its articles, not all")
    return left, stayed


def _free_id(store: Store, articles: Sequence[Article]) -> str:
    """An id that no articles stand under, from these articles (oldest first)."""
    own = [thread_id(article.id) for article in articles]
    longer = (f"{own[0]}{n}" for n in count(2))
    return next(id_ for id_ in chain(own, longer) if _empty(store, id_))


def _empty(store: Store, id_: str) -> bool:
    known = known_thread(store, id_)
    return known is None or known.articles == 0


def _home(store: Store, old: str | None, to: str | None) -> str | None:
    """Where an article goes back to: its thread, or what that was merged into by another edit."""
    if old is None:
        return None
    home = live(store, old).id
    return old if home == to else home


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


def _open(store: Store, id_: int) -> Proposal:
    known = store.proposal(id_)
    if known.state != "open":
        raise ConflictError(f"proposal {id_} is {known.state} already; nothing was changed")
    return known


def _ids(members: Iterable[Member]) -> list[int]:
    return [member.article.id for member in members]
