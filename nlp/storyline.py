"""Threads → related coverage and storylines, each with a reason in words.

In: threads with members, vectors and details. Out: for one thread, up to ten others that its reader
would want (`Related`); for all, the groups that share a campaign's actor, supplier or code name
(`Storyline`). Weighed are shared rare names, CVEs, the ledger's victims, actors and third parties,
likeness of the whole and time; weights in `parameters/related.json`, fitted by `nlp.train`.
"""

from __future__ import annotations

import calendar
import json
import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from breachwire.model import Detail, Kind, Member, Related, Relation, Storyline, Thread
from nlp import features
from nlp.features import PARAMETERS, Vocabulary

if TYPE_CHECKING:
    from breachwire.model import Vector

RARE: Final = 4.5
"""Rarity from which a shared name says something: one article in 90 or fewer."""
CROWD: Final = 150
"""A name that stands in this many threads is no storyline's."""
NEAREST: Final = 30
WINDOW_DAYS: Final = 60.0
HUBS: Final = 4
"""Strongest links followed once more."""
HUB_SLACK: Final = 1.5
"""Log-odds below the storyline's bar at which a link is still followed."""
SECOND_HAND: Final = 0.7
"""Log-odds that a link by way of a third thread is worth less than the weaker of its two."""
LEAST_THREADS: Final = 2
NAME_IN_MEMBERS: Final = 0.25
"""Share of a thread's members that must say a name for it to be the thread's."""

CALENDAR: Final = frozenset(
    features.stem(name) for name in (*calendar.month_name[1:], *calendar.day_name)
)
"""Written like names, and no bond."""

LINK_FEATURES: Final = (
    "cosine",
    "cosine_high",
    "title_names",
    "cross_names",
    "rarest",
    "rarest_cross",
    "cve_same",
    "gap",
    "both_flaws",
    "same_kind",
)


@dataclass(frozen=True, slots=True)
class Profile:
    """What is compared of a thread."""

    id: str
    kind: Kind
    first: float
    last: float
    centroid: Vector
    title_names: frozenset[str]
    names: frozenset[str]
    written: Mapping[str, str]
    """A name as its sources write it."""
    cves: frozenset[str]
    victims: frozenset[str]
    actors: frozenset[str]
    suppliers: frozenset[str]
    articles: int


@dataclass(frozen=True, slots=True)
class Link:
    """Two threads weighed."""

    value: float
    """Log-odds that a reader of one wants the other."""
    shared: tuple[str, ...]
    """Stems of rare names that both say, the rarest first."""
    cosine: float


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


@dataclass(frozen=True, slots=True)
class Weights:
    """Of LINK_FEATURES, with the floors."""

    of: tuple[float, ...]
    bias: float
    floor: float
    """Log-odds below which a thread is not shown as related."""
    storyline: float
    """Log-odds from which two threads that share a rare name are one storyline."""


@cache
def shipped() -> Weights:
    """What `parameters/related.json` holds."""
    raw: dict[str, Any] = json.loads((PARAMETERS / "related.json").read_text("utf-8"))
    return weights_of(raw)


def weights_of(raw: Mapping[str, Any]) -> Weights:
    """Read the file's JSON. Raises KeyError where a feature has no weight."""
    return Weights(
        tuple(float(raw["link"][name]) for name in LINK_FEATURES),
        float(raw["link"]["bias"]),
        float(raw["floor"]),
        float(raw["storyline"]),
    )


class Relations:
    """Threads in memory, and how they hang together."""

    def __init__(
        self, weights: Weights | None = None, *, vocabulary: Vocabulary | None = None
    ) -> None:
        self._weights = weights or shipped()
        self._vocabulary = vocabulary or features.vocabulary()
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
        profile = self._profile(thread, members, vectors, details)
        if profile is None:
            return
        self._profiles[thread.id] = profile
        self._unbound.add(thread.id)
        for name in _keys(profile):
            self._by_name[name].add(thread.id)

    def remove(self, thread: str) -> None:
        """Forget a thread (merged away); an unknown one is passed over."""
        profile = self._profiles.pop(thread, None)
        for name in _keys(profile) if profile else ():
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
        direct = self._links(mine, self._weights.floor)
        found = {
            other: Related(other, *self._reason(mine, other, link), _probability(link.value))
            for other, link in direct.items()
        }
        for far, (value, link) in self._second_hand(mine, direct).items():
            if far not in found or found[far].score < _probability(value):
                named = f"same campaign: {_in_full(link.shared[0], mine, self._profiles[far])}"
                found[far] = Related(far, "same_storyline", named, _probability(value))
        return sorted(found.values(), key=lambda r: (-r.score, r.thread))[:limit]

    def _links(self, mine: Profile, floor: float) -> dict[str, Link]:
        """Threads weighed against this one, those above a floor."""
        links = {other.id: self.link(mine, other) for other in self.candidates(mine)}
        return {id_: link for id_, link in links.items() if link.value >= floor}

    def _second_hand(
        self, mine: Profile, direct: Mapping[str, Link]
    ) -> dict[str, tuple[float, Link]]:
        """Threads of one campaign by way of a third that both hang on: its victims rarely name
        one another."""
        far: dict[str, tuple[float, Link]] = {}
        strong = sorted(direct, key=lambda id_: -direct[id_].value)[:HUBS]
        for middle in strong:
            near = direct[middle]
            if near.value < self._weights.storyline - HUB_SLACK or not near.shared:
                continue
            for id_, link in self._links(
                self._profiles[middle], self._weights.storyline - HUB_SLACK
            ).items():
                value = min(near.value, link.value) - SECOND_HAND
                known = far.get(id_)
                if id_ != mine.id and link.shared and (known is None or known[0] < value):
                    far[id_] = (value, link)
        return {id_: f for id_, f in far.items() if f[0] >= self._weights.floor}

    def _reason(self, mine: Profile, other: str, link: Link) -> tuple[Relation, str]:
        return _relation(mine, self._profiles[other], link, self._weights.storyline)

    def link(self, a: Profile, b: Profile) -> Link:
        """Weigh two threads."""
        row, shared = self.evidence(a, b)
        value = self._weights.bias + sum(w * x for w, x in zip(self._weights.of, row, strict=True))
        value += 2.0 * bool(a.actors & b.actors) + 3.0 * bool(a.victims & b.victims)
        value += 3.0 * bool(_suppliers_meet(a, b))
        return Link(value, shared, row[0])

    def evidence(self, a: Profile, b: Profile) -> tuple[list[float], tuple[str, ...]]:
        """The numbers named in LINK_FEATURES, and the rare names that both say."""
        title = self._rarities(a.title_names & b.title_names)
        cross = self._rarities((a.title_names & b.names) | (b.title_names & a.names))
        cosine = float(a.centroid @ b.centroid)
        gap = max(0.0, max(a.first, b.first) - min(a.last, b.last))
        names = [n for n in sorted(cross, key=lambda n: (-cross[n], n)) if cross[n] >= RARE]
        return [
            cosine,
            max(0.0, cosine - 0.5),
            min(30.0, sum(title.values())) / 10,
            min(40.0, sum(cross.values())) / 10,
            max(title.values(), default=0.0) / 10,
            max(cross.values(), default=0.0) / 10,
            float(bool(a.cves & b.cves)),
            math.log1p(gap),
            float(a.kind == b.kind == "vulnerability"),
            float(a.kind == b.kind),
        ], tuple(names)

    def profiles(self) -> list[Profile]:
        """All threads held."""
        return list(self._profiles.values())

    def _rarities(self, names: Iterable[str]) -> dict[str, float]:
        """Rarity of names, by the background and by the threads held here: a name that many
        threads say is less of a bond."""
        held = len(self._profiles) + 1
        found = {}
        for name in names:
            here = math.log((held + 400) / (len(self._by_name.get(name, ())) + 1))
            found[name] = max(0.0, min(self._vocabulary.rarity(name), here + 1.5))
        return found

    def candidates(self, mine: Profile) -> list[Profile]:
        """Threads that share a name or a CVE with this one, or are near in meaning and time."""
        counts: Counter[str] = Counter()
        for name in _keys(mine):
            threads = self._by_name.get(name, set())
            if len(threads) <= CROWD:
                counts.update(dict.fromkeys(threads, 1))
        chosen = {id_ for id_, _ in counts.most_common(200)}
        if self._stack is None:
            self._stack = _Stack.of(list(self._profiles.values()))
        chosen.update(self._stack.nearest(mine, NEAREST + 1))
        chosen.discard(mine.id)
        return [self._profiles[id_] for id_ in sorted(chosen)]

    def _profile(
        self,
        thread: Thread,
        members: Sequence[Member],
        vectors: Mapping[int, Vector],
        details: Sequence[Detail],
    ) -> Profile | None:
        import numpy as np

        rows = [vectors[m.article.id] for m in members if m.article.id in vectors]
        if not rows:
            return None
        centroid = np.mean(rows, axis=0)
        in_title, anywhere = Counter[str](), Counter[str]()
        written: dict[str, Counter[str]] = defaultdict(Counter)
        for member in members:
            head = self._names(member.article.title, written)
            in_title.update(head)
            anywhere.update(head | self._names(features.clean(member.article.text), written))
        least = NAME_IN_MEMBERS * len(members)
        articles = [m.article for m in members]
        return Profile(
            id=thread.id,
            kind=thread.kind,
            first=min(a.at.timestamp() for a in articles) / 86400,
            last=max(a.at.timestamp() for a in articles) / 86400,
            centroid=centroid / (np.linalg.norm(centroid) or 1.0),
            title_names=frozenset(n for n, c in in_title.items() if c >= least),
            names=frozenset(n for n, c in anywhere.items() if c >= least),
            written={n: forms.most_common(1)[0][0] for n, forms in written.items()},
            cves=frozenset().union(
                *(features.cves_of(f"{a.title} {a.text[:1500]}") for a in articles)
            ),
            victims=_values(details, "victim"),
            actors=_values(details, "actor"),
            suppliers=_values(details, "third_party"),
            articles=len(members),
        )

    def _names(self, text: str, written: dict[str, Counter[str]]) -> set[str]:
        """Rare names of a text by stem; how they are written is counted on the way."""
        found = set()
        for word in features.tokens(text):
            stem = features.stem(word)
            named = word[0].isupper() or any(c.isdigit() for c in word)
            named = named and self._vocabulary.plainness(stem) < features.PLAIN
            named = named and stem not in CALENDAR
            if named and self._vocabulary.rarity(stem) >= RARE - 1.5:
                found.add(stem)
                written[stem][word] += 1
        return found

    # --- storylines

    def storylines(self, existing: Sequence[Storyline]) -> list[Storyline]:
        """Groups of threads that share a campaign's rare name; ids stay with the group that keeps
        most of an existing one's threads."""
        groups = self._groups()
        taken = set[str]()
        lines = []
        for threads, name in groups:
            lines.append(self._named(threads, name, existing, taken))
        return sorted(lines, key=lambda s: s.id)

    def _groups(self) -> list[tuple[frozenset[str], str]]:
        """Threads that hang together by a rare name and by the whole, with that name."""
        for id_ in sorted(self._unbound):
            self._bind(self._profiles[id_])
        self._unbound.clear()
        pairs: dict[str, set[tuple[str, str]]] = defaultdict(set)
        for id_, others in self._bonds.items():
            for other, name in others.items():
                pairs[name].add((min(id_, other), max(id_, other)))
        groups = [
            (frozenset(group), name)
            for name, bound in sorted(pairs.items())
            for group in _connected(bound)
        ]
        return _folded(groups)

    def _bind(self, mine: Profile) -> None:
        """Work out one thread's bonds; only threads that changed cost anything."""
        for other in self.candidates(mine):
            link = self.link(mine, other)
            if link.shared and link.value >= self._weights.storyline:
                name = link.shared[0]
                self._bonds[mine.id][other.id] = self._bonds[other.id][mine.id] = name

    def _named(
        self,
        threads: frozenset[str],
        name: str,
        existing: Sequence[Storyline],
        taken: set[str],
    ) -> Storyline:
        profiles = [self._profiles[t] for t in threads]
        forms = Counter(_in_full(name, p) for p in profiles if name in p.written)
        label = forms.most_common(1)[0][0] if forms else name
        heirs = sorted(
            (-len(threads & set(s.threads)), s.id)
            for s in existing
            if threads & set(s.threads) and s.id not in taken
        )
        first = min(profiles, key=lambda p: (p.first, p.id)).id
        id_ = heirs[0][1] if heirs else f"s{first}"
        number = 2
        while id_ in taken or (not heirs and any(s.id == id_ for s in existing)):
            id_, number = f"s{first}-{number}", number + 1
        taken.add(id_)
        ordered = sorted(threads, key=lambda t: (self._profiles[t].first, t))
        return Storyline(id_, label, tuple(ordered), f"all name {label}")


def _in_full(name: str, *profiles: Profile) -> str:
    """A name as the ledger has it in full ("Gilt Magpie"), else as the articles write it."""
    for profile in profiles:
        for value in sorted(profile.actors | profile.suppliers | profile.victims, key=len):
            words = value.split()
            if 1 < len(words) <= 4 and name in map(features.stem, words):
                return _as_written(value, *profiles)
    return next((p.written[name] for p in profiles if name in p.written), name)


def _keys(profile: Profile) -> frozenset[str]:
    return profile.names | profile.cves


def _values(details: Sequence[Detail], field: str) -> frozenset[str]:
    """Names the ledger gives in a field, denied ones left out, to compare by."""
    return frozenset(
        str(d.value).casefold().strip()
        for d in details
        if d.field == field and d.status != "denied"
    ) - {""}


def _suppliers_meet(a: Profile, b: Profile) -> frozenset[str]:
    """Third parties of one that are third party or victim of the other."""
    return (a.suppliers & (b.suppliers | b.victims)) | (b.suppliers & a.victims)


def _relation(a: Profile, b: Profile, link: Link, storyline: float) -> tuple[Relation, str]:
    """The strongest bond, and it in words."""
    names = list(dict.fromkeys(_in_full(name, a, b) for name in link.shared))[:2]
    if cves := sorted(a.cves & b.cves):
        return "same_flaw", f"same flaw: {cves[0]}"
    if victims := sorted(a.victims & b.victims):
        return "same_victim", f"same victim: {_as_written(victims[0], a, b)}"
    if suppliers := sorted(_suppliers_meet(a, b)):
        return "same_supplier", f"same supplier: {_as_written(suppliers[0], a, b)}"
    if actors := sorted(a.actors & b.actors):
        return "same_actor", f"same actor: {_as_written(actors[0], a, b)}"
    if names and link.value >= storyline:
        return "same_storyline", f"both name {' and '.join(names)}"
    if names:
        return "similar", f"both name {' and '.join(names)}"
    return "similar", f"similar reporting; cosine {link.cosine:.2f}"


def _as_written(value: str, *profiles: Profile) -> str:
    words = value.split()
    written: dict[str, str] = {}
    for profile in reversed(profiles):
        written |= profile.written
    return " ".join(written.get(features.stem(w), w.capitalize()) for w in words)


def _probability(value: float) -> float:
    return round(1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, value)))), 4)


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
