"""What an edit says of pairs of articles → the link rules that it leaves.

In: a store whose turn is held, the articles on both sides, whose act it is. Out: rules to lay down;
none for the threader's own acts, which raise ConflictError where they go against one.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from itertools import product

from breachwire.errors import ConflictError
from breachwire.model import THREADER, Edit
from breachwire.pipeline.standing import ids_of
from breachwire.store import Store

Rule = tuple[int, int, bool]
"""Two articles in any order; True: they must stand in one thread, False: they must not."""


def together(store: Store, here: Sequence[int], arrivals: Sequence[int], who: str) -> list[Rule]:
    """The first must stand with each arrival, and whoever must not by now."""
    pairs = {(min(pair), max(pair)) for pair in product(here, arrivals)}
    barred = [
        (r.low, r.high) for r in store.link_rules() if not r.must and (r.low, r.high) in pairs
    ]
    if who == THREADER:
        _never(barred, "must not")
        return []
    return [*((here[0], id_, True) for id_ in arrivals if here), *((a, b, True) for a, b in barred)]


def apart(store: Store, left: Sequence[int], stayed: Sequence[int], who: str) -> list[Rule]:
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


def opposite(store: Store, edit: Edit, moves: Mapping[int, str | None]) -> list[Rule]:
    """What keeps the threader from doing again what is undone."""
    rules: list[Rule] = []
    gone = set(moves)
    threads = sorted({t for _, old, to in edit.moves for t in (old, to) if t is not None})
    rest = {
        thread: [id_ for id_ in ids_of(some) if id_ not in gone]
        for thread, some in store.members(threads).items()
    }
    for article, old, to in edit.moves:
        rules += [(article, id_, False) for id_ in rest.get(to or "", ())]
        if old is not None and rest[old]:
            rules.append((rest[old][0], article, True))
    return rules
