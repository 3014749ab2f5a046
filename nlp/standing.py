"""Placed articles → what the threader remembers of them, and whom a new one may belong with.

In: articles as read, and where they stand. Out: `Standing` threads, and `candidates`: the articles
that a new one is compared with.

A thread is in memory whole or not at all. One whose newest article is some two months older than
the newest of all is old: its words count no more, and with an archive `settle` lets go of it. It
comes back whole when an article joins it. Until then a decision sees it by a few members, read on
demand (`nlp.archive`), found by a rare name, a CVE or the title; around a backdated article also by
vectors.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, Protocol

from breachwire.model import Placed
from nlp import features
from nlp.archive import Archive, likely, visit
from nlp.copies import Source
from nlp.features import Traits
from nlp.signs import ASKED, CROWD, Signs, telling_title
from nlp.vectors import WEEK, WeekVectors

if TYPE_CHECKING:
    from breachwire.model import Vector, Vectors

WINDOW_DAYS: Final = 30.0
"""How far neighbours by cosine are looked for; beyond it only shared rare names and CVEs lead."""
NEIGHBOURS: Final = 24
NAMED: Final = 24
"""Candidates by shared rare names, at most."""
MEMBERS: Final = 12
"""Members of a thread that are weighed: its first four and its newest."""
HOT_WEEKS: Final = 9
"""Weeks in memory before the newest article's: twice WINDOW_DAYS, so that an article which comes in
a month late still finds all its neighbours there."""
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class Reading(Protocol):
    """An article as the threader reads it (`nlp.thread.Read`)."""

    @property
    def source(self) -> Source: ...
    @property
    def kind(self) -> Any: ...


def held_since(newest: datetime) -> datetime:
    """From when on articles are held in memory, where `newest` is the newest one's time."""
    return _time(_horizon(newest.timestamp() / 86400))


def counted_since(newest: datetime) -> datetime:
    """From when on a restore counts words: those that stood behind the first article held, which
    was read before a week of its own began."""
    return held_since(held_since(newest) - timedelta(days=WEEK))


def _horizon(day: float) -> float:
    return WEEK * (day // WEEK - HOT_WEEKS)


def _time(day: float) -> datetime:
    """Of a day since the epoch, as near as there is one."""
    return _EPOCH + timedelta(days=min(max(day, 0.0), 2_900_000.0))


@dataclass(slots=True)
class Echo:
    """A thread that is known by its words alone: rarity counts two months behind each article, so
    a restore counts the words of the two months before those that it holds."""

    last: float
    words: set[str] = field(default_factory=set)
    articles: set[int] = field(default_factory=set)


@dataclass(slots=True)
class Standing:
    """A thread as the threader holds it."""

    id: str
    members: list[Source] = field(default_factory=list)
    scores: dict[int, Any] = field(default_factory=dict)
    """Kind scores by article."""

    words: set[str] = field(default_factory=set)
    """Of all members: what the vocabulary has learned from the thread."""

    documents: int = 0
    """How many articles' words those are."""

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


@dataclass(frozen=True, slots=True)
class Guests:
    """Archived threads by a few members, as `candidates` read them."""

    threads: dict[str, Standing] = field(default_factory=dict)
    """Without kind scores: of most, nobody asks (`Memory.scores`)."""
    articles: dict[int, tuple[Reading, str]] = field(default_factory=dict)
    """By id, with the thread."""


class Memory:
    """Threads with their members, and the indexes over them. Not thread-safe.

    Without an archive, all is kept.
    """

    def __init__(
        self,
        vocabulary: features.Vocabulary,
        archive: Archive | None = None,
        read: Callable[[Placed], Reading] | None = None,
    ) -> None:
        """`read` reads what the archive gives."""
        self._vocabulary = vocabulary
        self._archive = archive
        self._read = read
        self._threads: dict[str, Standing] = {}
        self._thread_of: dict[int, str] = {}
        self._sources: dict[int, Source] = {}
        self._near = WeekVectors(self._old_vectors if archive else None)
        self._signs = Signs()
        self._horizon = -math.inf
        """Every placed article from this day on is in memory."""
        self._newest = -math.inf
        self._echoes: dict[str, Echo] = {}
        self._asks = False
        """Whether the archive has anything that is not in memory."""
        self._found: dict[str, Sequence[int]] = {}
        """What the archive has of a phrase, until `settle`: an article is decided on and then
        thought of again, and others of its batch share its names."""
        self._crowded: set[str] = set()
        """Names that crowds of the archive share: not asked for again this week."""
        self.guests = Guests()
        """Of the last `candidates`; who goes back to what an earlier one found sets them again."""

    # --- state

    def put(self, source: Source, kind: Any, thread: str, *, opens: bool = False) -> None:
        """Take in an article that stands in `thread`; one that stands somewhere already moves.
        `opens`: the thread is new, the archive does not know it."""
        traits = source.traits
        self._take_out(traits.id)
        known = self._threads.get(thread)
        if known is not None and not known.documents:
            for member in known.members:
                self._learn(known, member.traits)
        elif self._archive is not None and not opens and known is None:
            self._revive(thread, besides=traits.id)
        self._age(traits.day)
        self._add(source, kind, thread)

    def settle(self) -> None:
        """Let go of old threads: the archive has all that was put."""
        self._found, self.guests = {}, Guests()
        if self._archive is None or self._newest == -math.inf:
            return
        if (horizon := _horizon(self._newest)) != self._horizon:
            self._horizon, self._crowded = horizon, set()
        oldest = self._archive.oldest()
        self._asks = oldest is not None and oldest < _time(self._horizon)
        old = [t for t in self._threads.values() if not t.documents]
        for standing in old:
            del self._threads[standing.id]
            for member in standing.members:
                del self._thread_of[member.traits.id], self._sources[member.traits.id]
        self._signs.remove(m.traits for t in old for m in t.members)
        self._near.let_go(self._horizon)

    def recall(self, article: int, day: float, words: frozenset[str], thread: str) -> None:
        """Count the words of an article that is too old to be held; before any `put`."""
        echo = self._echoes.setdefault(thread, Echo(day))
        self._vocabulary.learn(words - echo.words)
        echo.last = max(echo.last, day)
        echo.words |= words
        echo.articles.add(article)

    def complete(self) -> None:
        """After a restore: the older members of threads that are in memory by newer ones."""
        if self._archive is None:
            return
        self.settle()
        known = self._archive.articles_of(list(self._threads))
        missing = [id_ for ids in known.values() for id_ in ids if id_ not in self._thread_of]
        grown = set()
        for placed in self._archive.read(missing):
            if placed.thread in self._threads:
                self._take_in(placed, placed.thread)
                grown.add(placed.thread)
        for thread in grown:
            self._threads[thread].members.sort(key=lambda m: (m.traits.day, m.traits.id))

    @property
    def newest(self) -> float:
        """Day of the newest article that was put."""
        return self._newest

    def holds(self, article: int) -> bool:
        """Whether an article is in memory, not in the archive or nowhere."""
        return article in self._sources

    def source(self, article: int) -> Source:
        """Of an article in memory or among the guests. Raises KeyError."""
        source = self._sources.get(article)
        return self.guests.articles[article][0].source if source is None else source

    def thread_of(self, article: int) -> str | None:
        """Where an article stands; None for one that is neither in memory nor a guest."""
        thread = self._thread_of.get(article)
        guest = self.guests.articles.get(article) if thread is None else None
        return guest[1] if guest is not None else thread

    def thread_with(self, article: int) -> Standing:
        """The thread of an article that `thread_of` knows. Raises KeyError."""
        return self.thread(self.thread_of(article) or "")

    def thread(self, id_: str) -> Standing:
        """A thread that has members. Raises KeyError."""
        return self._threads.get(id_) or self.guests.threads[id_]

    def scores(self, thread: Standing) -> Iterator[tuple[int, Any]]:
        """Kind scores by member."""
        for id_ in (member.traits.id for member in thread.members):
            known = thread.scores.get(id_)
            yield id_, self.guests.articles[id_][0].kind if known is None else known

    def _add(self, source: Source, kind: Any, thread: str) -> None:
        traits = source.traits
        standing = self._threads.setdefault(thread, Standing(thread))
        echo = self._echoes.get(thread)
        if echo is not None and not standing.members:
            standing.words, standing.documents = set(echo.words), len(echo.articles)
        standing.members.append(source)
        standing.scores[traits.id] = kind
        self._thread_of[traits.id] = thread
        self._sources[traits.id] = source
        self._near.add(traits.id, traits.day, traits.vector)
        if echo is None or traits.id not in echo.articles:
            self._learn(standing, traits)
        self._signs.add(traits)

    def move(self, article: int, thread: str | None) -> bool:
        """Let an article that was taken in before stand elsewhere, None: nowhere. False, and
        nothing changed, for one that is not in memory."""
        source = self._sources.get(article)
        if source is None:
            return False
        kind = self._threads[self._thread_of[article]].scores[article]
        self._take_out(article)
        if thread is not None:
            self.put(source, kind, thread)
        return True

    def _learn(self, standing: Standing, traits: Traits) -> None:
        # A word counts once a thread: an incident's own name stays rare however much is
        # written about the incident.
        self._vocabulary.learn(traits.words - standing.words)
        standing.words |= traits.words
        standing.documents += 1

    def _age(self, day: float) -> None:
        """Where a new week begins, forget the words of threads that are old now."""
        before, self._newest = self._newest, max(self._newest, day)
        horizon = _horizon(self._newest)
        if self._archive is None or day <= before or _horizon(before) == horizon:
            return
        for standing in self._threads.values():
            if standing.documents and standing.last < horizon:
                self._vocabulary.forget(standing.words, standing.documents)
                standing.words, standing.documents = set(), 0
        for id_ in [id_ for id_, echo in self._echoes.items() if echo.last < horizon]:
            echo = self._echoes.pop(id_)
            if id_ not in self._threads:
                self._vocabulary.forget(echo.words, len(echo.articles))

    def _take_out(self, article: int) -> None:
        if (thread := self._thread_of.pop(article, None)) is None:
            return
        standing = self._threads[thread]
        self._signs.remove([self._sources.pop(article).traits])
        standing.members = [m for m in standing.members if m.traits.id != article]
        standing.scores.pop(article, None)
        if standing.documents:
            left = set().union(*(m.traits.words for m in standing.members))
            self._vocabulary.forget(standing.words - left, 1)
            standing.words, standing.documents = left, standing.documents - 1
        if not standing.members:
            del self._threads[standing.id]

    # --- the archive

    def _take_in(self, placed: Placed, thread: str) -> None:
        assert self._read is not None
        read = self._read(placed)
        self._add(read.source, read.kind, thread)

    def _revive(self, thread: str, *, besides: int) -> None:
        """Take in an archived thread, whole; those of it who are guests have been read."""
        assert self._archive is not None
        assert self._read is not None
        ids = self._archive.articles_of([thread]).get(thread, ())
        wanted = [i for i in ids if i != besides and i not in self._thread_of]
        known = {i: self.guests.articles[i][0] for i in wanted if i in self.guests.articles}
        missing = [i for i in wanted if i not in known]
        for placed in self._archive.read(missing) if missing else ():
            known[placed.article.id] = self._read(placed)
        for read in (known[i] for i in wanted if i in known):
            self._add(read.source, read.kind, thread)

    def _old_vectors(self, week: int) -> tuple[Sequence[int], Vectors]:
        assert self._archive is not None
        return self._archive.vectors(_time(WEEK * week), _time(WEEK * (week + 1)))

    # --- candidates

    def expect(
        self, articles: Iterable[tuple[Vector, float]], opened: Iterable[tuple[str, str]] = ()
    ) -> None:
        """Whose `candidates` are asked for next, by vector and day, and of new ones title and
        opening: together they cost less."""
        days = ((vector, day - WINDOW_DAYS, day + WINDOW_DAYS) for vector, day in articles)
        self._near.expect(days, NEIGHBOURS)
        if self._archive is not None and self._asks:
            likely = (self._signs.expected(*pair, self._vocabulary) for pair in opened)
            self._ask({phrase for some in likely for phrase in some} - self._crowded)

    def candidates(self, traits: Traits) -> dict[int, float]:
        """Cosines by article: the nearest of the last weeks, and whoever shares a rare name, a CVE
        or the title, however old."""
        day = traits.day
        near = self._near.search(traits.vector, NEIGHBOURS, day - WINDOW_DAYS, day + WINDOW_DAYS)
        near.pop(traits.id, None)
        named = self._signs.shared(traits, self._archived(traits), self._crowded)
        named.pop(traits.id, None)
        for id_ in sorted(named, key=lambda i: -named[i])[:NAMED]:
            if id_ not in near:
                known = self._sources.get(id_)
                near[id_] = float(known.traits.vector @ traits.vector) if known else 0.0
        self.guests = Guests()
        old = {id_: named.get(id_, cosine) for id_, cosine in near.items() if self._unknown(id_)}
        for id_ in old:
            del near[id_]
        return near | self._invite(traits, old) if old else near

    def _unknown(self, article: int) -> bool:
        return article not in self._sources

    def _archived(self, traits: Traits) -> dict[str, list[int]]:
        """Articles of the archive by what they share with this one, but for those in memory."""
        if self._archive is None or not self._asks:
            return {}
        names, cves = self._signs.names(traits), sorted(traits.cves)[:ASKED]
        found = self._ask([*(name for name in names if name not in self._crowded), *cves])
        self._crowded.update(name for name in names if len(found.get(name, ())) > CROWD)
        # The title is asked for where no name leads anywhere: an article of the same title has the
        # same names, and to find a title costs 2 ms among a million.
        if self._crowded.issuperset(names) and telling_title(traits):
            found |= self._ask([traits.title_key])
        return {key: list(filter(self._unknown, ids)) for key, ids in found.items()}

    def _ask(self, phrases: Collection[str]) -> dict[str, Sequence[int]]:
        """The newest articles of the archive by what stands in their titles."""
        assert self._archive is not None
        if new := [phrase for phrase in phrases if phrase not in self._found]:
            found = self._archive.titled(new, _time(self._horizon), CROWD + 1)
            self._found |= {phrase: found.get(phrase, ()) for phrase in new}
        return {phrase: self._found[phrase] for phrase in phrases}

    def _invite(self, traits: Traits, weights: dict[int, float]) -> dict[int, float]:
        """Take in guests: the likeliest of archived threads; their members' cosines."""
        assert self._archive is not None
        assert self._read is not None
        near = {}
        old = likely(self._archive, weights, traits.vector)
        for thread, placed in visit(self._archive, old, self._threads).items():
            standing = self.guests.threads[thread] = Standing(thread)
            for read in map(self._read, placed):
                id_ = read.source.traits.id
                standing.members.append(read.source)
                self.guests.articles[id_] = (read, thread)
                near[id_] = float(read.source.traits.vector @ traits.vector)
        return near
