"""Why two threads are together or apart: what is written down about them → words.

In: a store and two thread ids. Out: an `Explanation` from editors' rules, edits and proposals, what
is noted as related, and the threader's own reason for opening the later one. Nothing is judged anew: what
stands here is what led to where the articles stand.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from breachwire.model import Edit, Explanation, Ground, Member, Proposal, Thread
from breachwire.pipeline.edits import live
from breachwire.store import Store

_EDITS: Final = 200
"""Edits of a thread that are looked through, the newest."""
_QUESTION: Final = {
    "open": "An open proposal would join them",
    "accepted": "A proposal to join them was accepted",
    "refused": "A proposal to join them was refused",
}


def explain(store: Store, a: str, b: str) -> Explanation:
    """Ids of merged threads stand for what they are in now. Raises NotFoundError."""
    one, other = live(store, a), live(store, b)
    members = store.members([one.id, other.id])
    here, there = members[one.id], members[other.id]
    together = one.id == other.id
    grounds = [
        *_rules(store, here, there, together),
        *_edits(store, {a, b, one.id, other.id}),
        *_proposals(store, {a, one.id}, {b, other.id}),
    ]
    if together:
        grounds += [_reason(m) for m in here if m.method != "opens"]
    else:
        grounds += [*_related(store, one.id, other.id), *_opening((one, here), (other, there))]
    return Explanation(a, b, together, tuple(grounds))


def _rules(
    store: Store, here: Sequence[Member], there: Sequence[Member], together: bool
) -> Iterator[Ground]:
    """Rules between the two; within the one thread that both are."""
    one, other = ({m.article.id for m in side} for side in (here, there))
    counted = Counter(
        (rule.edit, rule.must)
        for rule in store.link_rules()
        if (rule.low in one and rule.high in other) or (rule.low in other and rule.high in one)
    )
    for (edit, must), pairs in sorted(counted.items(), reverse=True):
        by = store.edit(edit)
        some = "1 pair of articles" if pairs == 1 else f"{pairs} pairs of articles"
        word = "must" if must else "must not"
        among = " in it" if together else ""
        yield Ground(f"{by.who} said that {some}{among} {word} stand together", must, edit=edit)


def _edits(store: Store, ids: set[str]) -> Iterator[Ground]:
    """Edits that moved articles from one to the other."""
    found: dict[int, Edit] = {}
    for id_ in ids:
        found |= {edit.id: edit for edit in store.edits(limit=_EDITS, thread=id_)}
    for number in sorted(found, reverse=True):
        edit = found[number]
        if any({old, new} <= ids for _, old, new in edit.moves):
            undone = ", undone since" if edit.undone else ""
            why = f": {edit.why}" if edit.why else ""
            told = f"Edit {number}, a {edit.what} by {edit.who}{undone}{why}"
            yield Ground(told, None if edit.undone else _speaks(edit), edit=number)


def _speaks(edit: Edit) -> bool | None:
    return {"merge": True, "split": False}.get(edit.what)


def _proposals(store: Store, one: set[str], other: set[str]) -> Iterator[Ground]:
    for state, words in _QUESTION.items():
        for p in store.proposals(state):  # type: ignore[arg-type]
            if p.what == "merge" and _between(p, one, other):
                speaks = None if state == "open" else state == "accepted"
                yield Ground(f"{words}: {p.reason}", speaks, p.score)


def _between(p: Proposal, one: set[str], other: set[str]) -> bool:
    first, second = p.threads[0], p.threads[-1]
    return (first in one and second in other) or (first in other and second in one)


def _related(store: Store, one: str, other: str) -> Iterator[Ground]:
    for id_, its in store.related([one, other]).items():
        for near in its:
            if near.thread in {one, other} - {id_}:
                relation = near.relation.replace("_", " ")
                yield Ground(f"Related, {relation}: {near.reason}", None, near.score)
                return


def _opening(*sides: tuple[Thread, Sequence[Member]]) -> Iterator[Ground]:
    """What the threader noted when it opened the later of the two, and not joined the other."""
    thread, members = max(sides, key=lambda side: (side[0].first_at, side[0].id))
    for m in members:
        if m.method == "opens" and m.reason:
            yield Ground(f"{thread.id} was opened by “{m.article.title}”: {m.reason}", False)


def _reason(m: Member) -> Ground:
    return Ground(f"“{m.article.title}” {m.method}: {m.reason}", True, m.score)
