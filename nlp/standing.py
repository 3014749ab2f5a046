"""Placed articles → what the threader remembers of them, and whom a new one may belong with.

In: articles as read, and where they stand. Out: `Standing` threads, and `candidates`: the articles
that a new one is compared with.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any, Final

from nlp import features
from nlp.copies import Source
from nlp.features import Traits
from nlp.vectors import WeekVectors

WINDOW_DAYS: Final = 30.0
"""How far neighbours by cosine are looked for; beyond it only shared rare names and CVEs lead."""
NEIGHBOURS: Final = 24
NAMED: Final = 24
"""Candidates by shared rare names, at most."""
RARE: Final = 5.0
"""Rarity from which a title's name leads to candidates: one article in 150 or fewer."""
CROWD: Final = 80
"""A name that this many articles share leads nowhere in particular."""
MEMBERS: Final = 12
"""Members of a thread that are weighed: its first four and its newest."""


@dataclass(slots=True)
class Standing:
    """A thread as the threader holds it."""

    id: str
    members: list[Source] = field(default_factory=list)
    scores: dict[int, Any] = field(default_factory=dict)
    """Kind scores by article."""

    words: set[str] = field(default_factory=set)

    @property
    def first(self) -> float:
        return min(m.traits.day for m in self.members)

    @property
    def last(self) -> float:
        return max(m.traits.day for m in self.members)

    def sample(self) -> list[Source]:
        """The members that are weighed."""
        if len(self.members) <= MEMBERS:
            return self.members
        return self.members[:4] + self.members[4 - MEMBERS :]


class Memory:
    """Threads with their members, and the indexes over them. Not thread-safe."""

    def __init__(self, vocabulary: features.Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._threads: dict[str, Standing] = {}
        self._thread_of: dict[int, str] = {}
        self._sources: dict[int, Source] = {}
        self._kinds: dict[int, Any] = {}
        self._near = WeekVectors()
        self._by_name: dict[str, list[int]] = defaultdict(list)
        self._by_cve: dict[str, list[int]] = defaultdict(list)
        self._by_title: dict[str, list[int]] = defaultdict(list)

    def put(self, source: Source, kind: Any, thread: str) -> None:
        """Take in an article that stands in `thread`; one that stands somewhere already moves."""
        traits = source.traits
        known = traits.id in self._sources
        self._take_out(traits.id)
        standing = self._threads.setdefault(thread, Standing(thread))
        standing.members.append(source)
        standing.scores[traits.id] = kind
        self._thread_of[traits.id] = thread
        self._sources[traits.id] = source
        self._kinds[traits.id] = kind
        self._near.add(traits.id, traits.day, traits.vector)
        if not known:
            # A word counts once a thread: an incident's own name stays rare however much is
            # written about the incident.
            self._vocabulary.learn(traits.words - standing.words)
            standing.words |= traits.words
            self._index(traits)

    def move(self, article: int, thread: str | None) -> bool:
        """Let an article that was taken in before stand elsewhere, None: nowhere. False, and
        nothing changed, for one that is not known."""
        source = self._sources.get(article)
        if source is None:
            return False
        kind = self._kinds[article]
        self._take_out(article)
        if thread is not None:
            self.put(source, kind, thread)
        return True

    def source(self, article: int) -> Source:
        """Of a placed article."""
        return self._sources[article]

    def thread_of(self, article: int) -> str | None:
        """Where an article stands; None for one that is not placed."""
        return self._thread_of.get(article)

    def thread(self, id_: str) -> Standing:
        """A thread that has members. Raises KeyError."""
        return self._threads[id_]

    def _index(self, traits: Traits) -> None:
        for name in traits.title_names:
            self._by_name[name].append(traits.id)
        for cve in traits.cves:
            self._by_cve[cve].append(traits.id)
        self._by_title[traits.title_key].append(traits.id)

    def _take_out(self, article: int) -> None:
        if (thread := self._thread_of.pop(article, None)) is None:
            return
        standing = self._threads[thread]
        standing.members = [m for m in standing.members if m.traits.id != article]
        standing.scores.pop(article, None)
        if not standing.members:
            del self._threads[standing.id]

    def candidates(self, traits: Traits) -> dict[int, float]:
        """Cosines by article: the nearest of the last weeks, and whoever shares a rare name, a CVE
        or the title, however old."""
        near = self._near.search(
            traits.vector, NEIGHBOURS, traits.day - WINDOW_DAYS, traits.day + WINDOW_DAYS
        )
        near.pop(traits.id, None)
        named: dict[int, float] = defaultdict(float)
        for name in traits.title_names:
            ids = self._by_name.get(name, ())
            if traits.rarity[name] >= RARE and len(ids) <= CROWD:
                for id_ in ids:
                    named[id_] += traits.rarity[name]
        for cve in traits.cves:
            for id_ in self._by_cve.get(cve, ())[-CROWD:]:
                named[id_] += 20.0
        for id_ in self._by_title.get(traits.title_key, ())[-4:]:
            named[id_] += 30.0
        for id_ in sorted(named, key=lambda i: -named[i])[:NAMED]:
            if id_ not in near and id_ != traits.id:
                near[id_] = float(self._sources[id_].traits.vector @ traits.vector)
        # The indexes also hold who was taken out of every thread since.
        return {id_: cosine for id_, cosine in near.items() if id_ in self._thread_of}
