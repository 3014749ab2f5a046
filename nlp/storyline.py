"""Bonds between threads → storylines: groups that share a campaign's rare name.

In: which threads are bound by which name, their profiles, the storylines that there are. Out: the
storylines as they are now; an id stays with the group that keeps most of its threads.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from breachwire.model import Storyline
from nlp.profile import Profile
from nlp.reasons import in_full

LEAST_THREADS: Final = 2


def storylines(
    bonds: Mapping[str, Mapping[str, str]],
    profiles: Mapping[str, Profile],
    existing: Sequence[Storyline],
) -> list[Storyline]:
    """Groups by id. `bonds`: thread → thread → the stem of the name that both say, both ways."""
    taken = set[str]()
    lines = [_named(group, name, profiles, existing, taken) for group, name in _groups(bonds)]
    return sorted(lines, key=lambda s: s.id)


def _groups(bonds: Mapping[str, Mapping[str, str]]) -> list[tuple[frozenset[str], str]]:
    """Threads that hang together by a rare name and by the whole, with that name."""
    pairs: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for id_, others in bonds.items():
        for other, name in others.items():
            pairs[name].add((min(id_, other), max(id_, other)))
    groups = [
        (frozenset(group), name)
        for name, bound in sorted(pairs.items())
        for group in _connected(bound)
    ]
    return _folded(groups)


def _named(
    threads: frozenset[str],
    name: str,
    profiles: Mapping[str, Profile],
    existing: Sequence[Storyline],
    taken: set[str],
) -> Storyline:
    ours = [profiles[t] for t in sorted(threads)]
    forms = Counter(in_full(name, p) for p in ours if name in p.written)
    label = forms.most_common(1)[0][0] if forms else name
    first = min(ours, key=lambda p: (p.first, p.id)).id
    id_ = _id(threads, first, existing, taken)
    taken.add(id_)
    ordered = sorted(threads, key=lambda t: (profiles[t].first, t))
    return Storyline(id_, label, tuple(ordered), f"all name {label}")


def _id(threads: frozenset[str], first: str, existing: Sequence[Storyline], taken: set[str]) -> str:
    """That of the storyline that most threads come from, else one after the first thread."""
    heirs = sorted(
        (-len(threads & set(s.threads)), s.id)
        for s in existing
        if threads & set(s.threads) and s.id not in taken
    )
    if heirs:
        return heirs[0][1]
    known = taken | {s.id for s in existing}
    id_, number = f"s{first}", 2
    while id_ in known:
        id_, number = f"s{first}-{number}", number + 1
    return id_


def _connected(pairs: Iterable[tuple[str, str]]) -> list[set[str]]:
    """Connected groups of a graph's edges."""
    group_of: dict[str, set[str]] = {}
    for a, b in sorted(pairs):
        merged = group_of.get(a, {a}) | group_of.get(b, {b})
        for member in merged:
            group_of[member] = merged
    unique = {id(g): g for g in group_of.values()}
    return [g for g in unique.values() if len(g) >= LEAST_THREADS]


def _folded(groups: list[tuple[frozenset[str], str]]) -> list[tuple[frozenset[str], str]]:
    """Groups without those that a larger one mostly holds, the largest first."""
    kept: list[tuple[frozenset[str], str]] = []
    for group, name in sorted(groups, key=lambda g: (-len(g[0]), g[1])):
        if all(2 * len(group & other) <= len(group) for other, _ in kept):
            kept.append((group, name))
    return kept
