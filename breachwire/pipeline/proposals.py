"""Proposals of the threader, settled by an editor: accepted, or refused for good.

In: a store, a proposal's id, who and why. Out: the `Edit`, as `breachwire.pipeline.edits` does it.
What a person settled holds for later runs by link rules:

    accept N     as the merge, or the split, that it proposes.
    refuse N     a merge refused: none of the one thread may stand with any of the other; a split
                 refused: those that would have left must stand with the first that stays.
"""

from __future__ import annotations

from datetime import datetime
from itertools import product

from breachwire.errors import ConflictError
from breachwire.model import Edit, Proposal
from breachwire.pipeline.edits import carry_out, merge, split, write
from breachwire.pipeline.link_rules import apart, together
from breachwire.pipeline.regroup import Regrouped
from breachwire.pipeline.standing import ids_of, live, members_of, parted
from breachwire.store import Store


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
        left, stayed = parted(store, old, known.articles)
        rules = apart(store, ids_of(left), ids_of(stayed), who)
        rules += together(store, ids_of(members_of(store, new)), ids_of(left), who)
        moves: dict[int, str | None] = dict.fromkeys(ids_of(left), new.id)
        return carry_out(store, "split", who, why, now, moves, rules, proposal)


def refuse(store: Store, proposal: int, *, who: str, why: str = "", now: datetime) -> Edit:
    """Turn a proposal down: it is not made again, and later runs don't do it either.

    Raises NotFoundError, ConflictError for one that is not open.
    """
    with store.turn():
        known = _open(store, proposal)
        if known.what == "merge":
            one, other = (ids_of(members_of(store, live(store, id_))) for id_ in known.threads)
            rules = [(a, b, False) for a, b in product(one, other)]
        else:
            left, stayed = parted(store, live(store, known.threads[0]), known.articles)
            rules = [(stayed[0].article.id, m.article.id, True) for m in left]
        return write(store, "refuse", who, why, now, Regrouped(), rules, settles=proposal)


def _open(store: Store, id_: int) -> Proposal:
    known = store.proposal(id_)
    if known.state != "open":
        raise ConflictError(f"proposal {id_} is {known.state} already; nothing was changed")
    return known
