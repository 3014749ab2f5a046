"""What an editor sends so that it is done: a store → the address and the fields of each act.

In: a store with a thread of two articles, some threads beside it, a brief. Out: for each form of
the editors' pages, in an order in which one leaves what the next needs, a function that finds (or
puts into the store) what the act is about. After all of them threads stand as they stood before.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from itertools import combinations
from typing import Final

from breachwire.model import Edit, ErrorReport, Member, Proposal, Thread
from breachwire.model.signoffs import sha256
from breachwire.store import Store, ThreadFilter

Form = dict[str, str]
Act = Callable[[Store], tuple[str, Form]]
"""The value of the path's {id}, and the fields."""
WHY: Final = "tried with every scope"


def proposal(store: Store) -> tuple[str, Form]:
    """Two threads that nobody has been asked about are to stay apart."""
    states = ("open", "accepted", "refused", "gone")
    asked = {frozenset(p.threads) for state in states for p in store.proposals(state)}
    pair = next(
        (a.id, b.id)
        for a, b in combinations(_threads(store), 2)
        if frozenset((a.id, b.id)) not in asked
    )
    store.save_proposals([Proposal(0, "merge", pair, (), 0.5, WHY, datetime.now(UTC))])
    made = next(p for p in store.proposals("open") if frozenset(p.threads) == frozenset(pair))
    return str(made.id), {"do": "refuse", "why": WHY}


def report(store: Store) -> tuple[str, Form]:
    """A reader's report is dismissed."""
    thread = _threads(store)[0].id
    given = store.add_report(ErrorReport(thread, WHY, "", datetime.now(UTC)), most=1_000)
    return str(given.id), {"do": "dismiss", "why": WHY}


def sign(store: Store) -> tuple[str, Form]:
    """A person has read a brief."""
    brief = next(iter(store.briefs([t.id for t in _threads(store)]).values()))
    named = ("reviewer", "role", "competence", "facts", "sources", "responsible")
    said = dict.fromkeys(named, "Ida Okafor, for this test")
    bytes_ = {"version": str(brief.version), "sha256": sha256(brief)}
    return brief.thread, {**said, **bytes_, "contact": "desk@wire.example", "confirm": "yes"}


def revoke(store: Store) -> tuple[str, Form]:
    """And takes it back."""
    signed = store.signoffs([t.id for t in _threads(store)])
    holds = next(one for own in signed.values() for one in own if one.revoked_at is None)
    return str(holds.id), {"why": WHY}


def split(store: Store) -> tuple[str, Form]:
    """The last article of a thread leaves."""
    thread, members = _of_two(store)
    return thread.id, {"article": str(members[-1].article.id), "why": WHY}


def move(store: Store) -> tuple[str, Form]:
    """It goes to another thread."""
    thread, members = _of_two(store)
    other = next(t for t in _threads(store) if t.id != thread.id)
    return thread.id, {"article": str(members[-1].article.id), "to": other.id, "why": WHY}


def merge(store: Store) -> tuple[str, Form]:
    """Another thread goes into this one."""
    keep, other = _threads(store)[:2]
    return keep.id, {"other": other.id, "why": WHY}


def undo(store: Store) -> tuple[str, Form]:
    """The last of these is taken back."""
    return str(_last(store.edits(limit=20)).id), {"why": WHY}


ACTS: Final[tuple[tuple[str, Act], ...]] = (
    ("/edit/proposal/{id}", proposal),
    ("/edit/report/{id}", report),
    ("/edit/brief/{id}/sign", sign),
    ("/edit/signoff/{id}/revoke", revoke),
    ("/edit/thread/{id}/split", split),
    ("/edit/undo/{id}", undo),
    ("/edit/thread/{id}/move", move),
    ("/edit/undo/{id}", undo),
    ("/edit/thread/{id}/merge", merge),
    ("/edit/undo/{id}", undo),
)


def _threads(store: Store) -> Sequence[Thread]:
    return sorted(store.threads(ThreadFilter(), limit=20).threads, key=lambda thread: thread.id)


def _of_two(store: Store) -> tuple[Thread, Sequence[Member]]:
    threads = {t.id: t for t in _threads(store)}
    members = store.members(list(threads))
    return next((threads[id_], own) for id_, own in members.items() if len(own) > 1)


def _last(edits: Sequence[Edit]) -> Edit:
    return next(e for e in edits if e.what in ("split", "move", "merge") and not e.undone)
