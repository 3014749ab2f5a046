"""Threads in memory → related coverage, each with a reason in words, and storylines.

In: threads with members, vectors and details. Out: for one thread, up to ten others that its reader
would want, the most useful first (`Related`); for all, groups that share a campaign's name
(`Storyline`, see `nlp.storyline`).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from breachwire.model import Detail, Member, Related, Relation, Storyline, Thread
from nlp import features, links, profile, reasons, storyline
from nlp.features import Vocabulary
from nlp.links import Link, Talk, Weights
from nlp.profile import Profile

if TYPE_CHECKING:
    from breachwire.model import Vector

CROWD: Final = 150
"""A name that stands in this many threads is no storyline's."""
NEAREST: Final = 30
WINDOW_DAYS: Final = 60.0
HUBS: Final = 6
"""Strongest links followed once more."""
HUB_FLOOR: Final = -4.0
"""Log-odds from which a link is followed."""


@dataclass(frozen=True, slots=True)
class _Stack:
    """All threads' centroids as one matrix: at 10,000 threads a neighbour search takes 2 ms, thread
    by thread 10 ms and more."""

    ids: list[str]
    centroids: Any
    first: Any
    last: Any

    @classmethod
    def of(cls, profiles: Sequence[Profile]) -> _Stack:
        import numpy as np

        return cls(
            [p.id for p in profiles],
            np.stack([p.centroid for p in profiles]),
            np.array([p.first for p in profiles]),
            np.array([p.last for p in profiles]),
        )

    def nearest(self, mine: Profile, count: int) -> list[str]:
        """Ids of the nearest threads that lie within WINDOW_DAYS."""
        import numpy as np

        cosines = self.centroids @ mine.centroid
        apart = (self.first - WINDOW_DAYS > mine.last) | (self.last + WINDOW_DAYS < mine.first)
        cosines[apart] = -2.0
        best = np.argsort(-cosines, kind="stable")[:count]
        return [self.ids[n] for n in best if cosines[n] > -2.0]


class Relations:
    """Threads in memory, and how they hang together."""

    def __init__(
        self,
        weights: Weights | None = None,
        *,
        vocabulary: Vocabulary | None = None,
        usual: float = 0.0,
    ) -> None:
        """`usual`: threads of a week where not all of them are put in (`links.Talk`)."""
        self._weights = weights or links.shipped()
        self._vocabulary = vocabulary or features.vocabulary()
        self._talk = Talk(self._vocabulary, usual)
        self._profiles: dict[str, Profile] = {}
        self._by_name: dict[str, set[str]] = defaultdict(set)
        self._stack: _Stack | None = None
        self._bonds: dict[str, dict[str, str]] = defaultdict(dict)
        """Thread → threads of one storyline with it → the name they share; both ways."""
        self._unbound: set[str] = set()
        """Threads that were put and whose bonds are not worked out yet."""

    def put(
        self,
        thread: Thread,
        members: Sequence[Member],
        vectors: Mapping[int, Vector],
        details: Sequence[Detail],
    ) -> None:
        """Take a thread in as it stands now; one that is known is replaced."""
        self.remove(thread.id)
        new = profile.profile_of(thread, members, vectors, details, self._vocabulary)
        if new is None:
            return
        self._profiles[thread.id] = new
        self._unbound.add(thread.id)
        self._talk.add(new)
        for name in new.keys:
            self._by_name[name].add(thread.id)

    def remove(self, thread: str) -> None:
        """Forget a thread (merged away); an unknown one is passed over."""
        known = self._profiles.pop(thread, None)
        if known is not None:
            self._talk.add(known, -1)
            for name in known.keys:
                self._by_name[name].discard(thread)
        self._stack = None
        self._unbound.discard(thread)
        for other in self._bonds.pop(thread, {}):
            self._bonds[other].pop(thread, None)

    def related(self, thread_id: str, limit: int = 10) -> list[Related]:
        """Other threads that a reader of this one would want, the most useful first."""
        mine = self._profiles.get(thread_id)
        if mine is None:
            return []
        floor = self._weights.floor
        direct = self._links(mine, min(floor, HUB_FLOOR))
        found = {
            other: (link, *self._reason(mine, other, link))
            for other, link in direct.items()
            if link.value >= floor
        }
        for far, (link, words) in self._second_hand(mine, direct).items():
            if far not in found:
                found[far] = (link, "similar", words)
            elif found[far][0].score < link.score:
                found[far] = (link, *found[far][1:])
        # Doubts fold an entry away; they cost none its place.
        best = sorted(found, key=lambda id_: (-found[id_][0].value, id_))[:limit]
        entries = [
            Related(id_, kind, words, link.score)
            for id_, (link, kind, words) in ((id_, found[id_]) for id_ in best)
        ]
        return sorted(entries, key=lambda r: (-r.score, r.thread))

    def _links(self, mine: Profile, floor: float) -> dict[str, Link]:
        """Threads weighed against this one, those above a floor."""
        weighed = {other.id: self.link(mine, other) for other in self.candidates(mine)}
        return {id_: link for id_, link in weighed.items() if link.value >= floor}

    def _second_hand(
        self, mine: Profile, direct: Mapping[str, Link]
    ) -> dict[str, tuple[Link, str]]:
        """Threads of one campaign by way of a third that both hang on, what they are worth and why:
        a campaign's victims rarely name one another."""
        far: dict[str, tuple[Link, str]] = {}
        for middle in sorted(direct, key=lambda id_: (-direct[id_].value, id_))[:HUBS]:
            near, hub = direct[middle], self._profiles[middle]
            if near.value < HUB_FLOOR:
                continue
            for id_, link in self._links(hub, HUB_FLOOR).items():
                other = self._profiles[id_]
                whole = links.second_hand(mine, other, near, link)
                if id_ == mine.id or whole.value < self._weights.floor:
                    continue
                if id_ not in far or far[id_][0].value < whole.value:
                    far[id_] = (whole, reasons.second_hand(link, hub, other))
        return far

    def _reason(self, mine: Profile, other: str, link: Link) -> tuple[Relation, str]:
        return reasons.relation(mine, self._profiles[other], link, self._weights.storyline)

    def link(self, a: Profile, b: Profile) -> Link:
        """Weigh two threads."""
        return links.weigh(a, b, self._weights, self._talk)

    def evidence(self, a: Profile, b: Profile) -> list[float]:
        """The numbers named in LINK_FEATURES."""
        return links.evidence(a, b, self._talk)[0]

    def profiles(self) -> list[Profile]:
        """All threads held."""
        return list(self._profiles.values())

    def candidates(self, mine: Profile) -> list[Profile]:
        """Threads that share a name or a CVE with this one, or are near in meaning and time."""
        counts: Counter[str] = Counter()
        for name in sorted(mine.keys):
            threads = self._by_name.get(name, set())
            if len(threads) <= CROWD:
                counts.update(dict.fromkeys(sorted(threads), 1))
        chosen = {id_ for id_, _ in counts.most_common(200)}
        if self._stack is None:
            self._stack = _Stack.of(list(self._profiles.values()))
        chosen.update(self._stack.nearest(mine, NEAREST + 1))
        chosen.discard(mine.id)
        return [self._profiles[id_] for id_ in sorted(chosen)]

    def storylines(self, existing: Sequence[Storyline]) -> list[Storyline]:
        """Groups of threads that share a campaign's rare name; ids stay with the group that keeps
        most of an existing one's threads."""
        for id_ in sorted(self._unbound):
            self._bind(self._profiles[id_])
        self._unbound.clear()
        return storyline.storylines(self._bonds, self._profiles, existing)

    def _bind(self, mine: Profile) -> None:
        """Work out one thread's bonds; only threads that changed cost anything."""
        for other in self.candidates(mine):
            link = self.link(mine, other)
            if link.shared and link.value >= self._weights.storyline:
                name = link.shared[0]
                self._bonds[mine.id][other.id] = self._bonds[other.id][mine.id] = name
