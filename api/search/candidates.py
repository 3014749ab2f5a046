"""Candidates: a query → what speaks for each thread, from every list that finds threads.

In: a store, a `Query`, its vector where there is one, filters. Out: `Found` by thread, and the
modes that took part. The lists, each of which counts the same in the fusion:

- text: articles by full text (bm25), a thread by its best article; those with all of several words
  are a list of their own besides;
- thread: threads by their own documents (headline, names, facts, kind);
- near: articles by meaning (cosine);
- named: threads whose details have a name of the query, most names first, then by the lists above
  and below;
- then text, then near: the first and the third again, within the time that the query names.

Threads with an identifier of the query, or in the role the query asks for, come before all else.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final, Literal

from api.search.fusion import fuse
from api.search.query import CVE, Named, Query
from api.search.when import Period
from breachwire.errors import SlowSearchError
from breachwire.model import PartyKind, Vector
from breachwire.store import Store, Terms, ThreadFilter, ThreadSort
from breachwire.store import slug as slug_of

CANDIDATES: Final = 200
"""Articles or threads that each list gives; beyond it reciprocal rank adds less than .004."""
NEAR: Final = 0.35
"""Cosine below which a neighbour is left out. A first setting: unrelated news texts of this model
mostly lie below .3."""
SECONDS: Final = 1.5
"""All that full text may take; what is found by then is the answer."""
TEXTS: Final = 3
NEAREST: Final = 1
"""Of a thread's articles by full text and by meaning, those that a row has passages of."""
_EXACT: Final = 50
_NAMED: Final[tuple[PartyKind, ...]] = ("victim", "actor", "third_party")
_ASIDE: Final = ThreadPoolExecutor(2, thread_name_prefix="near")
"""For vectors: the index answers one at a time."""
Hits = list[tuple[int, float]]
"""Articles and cosines."""
Bounds = tuple[datetime | None, datetime | None]
"""since <= time < until."""
Mode = Literal["exact", "text", "semantic"]


@dataclass(slots=True)
class Found:
    """What speaks for a thread."""

    exact: list[str] = field(default_factory=list)
    """Reasons of exact hits; not empty: the thread comes before all without."""
    reasons: list[str] = field(default_factory=list)
    text: list[int] = field(default_factory=list)
    """Articles by full text, best first."""
    near: list[int] = field(default_factory=list)
    """Articles by meaning, best first."""
    own: bool = False
    """Its own document has words of the query."""
    score: float = 0.0


class Gathering:
    """One query's candidates."""

    def __init__(self, store: Store, query: Query, where: ThreadFilter) -> None:
        self.found: dict[str, Found] = {}
        self.modes: list[Mode] = ["exact"]
        self._store, self._query, self._where = store, query, where
        self._lists: list[Sequence[str]] = []
        self._named: dict[str, set[str]] = defaultdict(set)
        self._spellings: dict[tuple[PartyKind, str], list[str]] = {}
        self._threads: dict[int, str | None] = {}
        """Of articles that some list had: others have most of them again."""
        self._end = time.monotonic() + SECONDS

    def gather(self, vector: Vector | None) -> None:
        """Ask every list; that of meaning where there is a vector of the query: beside the others,
        as it neither needs the interpreter nor the store's file."""
        near = [] if vector is None else self._begun(vector)
        self.exactly()
        try:
            self._text()
            self.modes.append("text")
        except SlowSearchError:
            pass  # the other lists answer, and the modes say so
        if vector is not None:
            self.modes.append("semantic")
            self._meaning(near)
        for id, score in fuse([*self._lists, self._with_names()]).items():
            self.found[id].score = score

    def exactly(self) -> None:
        """Identifiers and names alone."""
        for identifier in self._query.identifiers:
            self._identifier(identifier)
        self._whole()
        for name in self._query.names:
            self._name(name)

    def prefer(self, threads: Iterable[str]) -> None:
        """One more list: these, best first."""
        for id, score in fuse([list(threads)]).items():
            self.found[id].score += score

    def _at(self, thread: str) -> Found:
        if (entry := self.found.get(thread)) is None:
            entry = self.found[thread] = Found()
        return entry

    # exact

    def _identifier(self, identifier: str) -> None:
        reason = f"{identifier.upper() if CVE.fullmatch(identifier) else identifier} named"
        if CVE.fullmatch(identifier):
            for id in self._by(cve=identifier.upper()):
                self._at(id).exact.append(reason)
        giving = [*self._store.indicated(identifier, _EXACT), *self._spelled_out(identifier)]
        for thread_id in dict.fromkeys(self._store.threads_of(giving).values()):
            if reason not in self._at(thread_id).exact:
                self._at(thread_id).exact.append(reason)

    def _spelled_out(self, identifier: str) -> list[int]:
        """Articles that hold the identifier's very characters."""
        folded = identifier.casefold()
        try:
            since, until = self._times()
            hits = self._store.search_text(
                Terms(((identifier,),)),
                limit=_EXACT, since=since, until=until, seconds=self._left(),
            )  # fmt: skip
        except SlowSearchError:
            return []
        articles = self._store.articles([article for article, _ in hits])
        texts = {id: f"{a.title}\n{a.text}".casefold() for id, a in articles.items()}
        return [id for id, text in texts.items() if folded in text]

    def _whole(self) -> None:
        """The whole query as a name."""
        name = self._query.text.strip().strip('"')
        if not name or len(name) > 80:
            return
        stands = self._store.stands(slug_of(name)) if slug_of(name) else _NAMED
        for kind in (kind for kind in _NAMED if kind in stands):
            for id in self._called(kind, name):
                self._at(id).exact.append(f"{_role(kind)} is {name!r}")

    def _called(self, kind: PartyKind, name: str) -> list[str]:
        """Threads of that name. Where so many have its very spelling, who else may be meant by it
        need not be asked: that takes 15 µs for each thread."""
        if self._where == ThreadFilter():
            spelled = self._spelled(kind, slug_of(name))
            if len(spelled) >= _EXACT:
                return spelled[:_EXACT]
        return self._by(**{kind: name})

    def _spelled(self, kind: PartyKind, slug: str) -> list[str]:
        """Threads with this very spelling, newest first; asked for once."""
        if (kind, slug) not in self._spellings:
            found = self._store.threads_named(kind, slug, CANDIDATES)
            self._spellings[kind, slug] = found
        return self._spellings[kind, slug]

    def _by(self, **more: str) -> list[str]:
        if any(getattr(self._where, name) not in (None, value) for name, value in more.items()):
            return []  # the filter asks for another name than the query
        where = replace(self._where, **more)  # type: ignore[arg-type]
        return self._store.thread_ids(where, limit=_EXACT)

    def _name(self, name: Named) -> None:
        other = name.slug.replace("-", " ")
        alias = "" if other == " ".join(name.shown.casefold().split()) else f" ({other})"
        reason = f"{_role(name.kind)} is {name.shown!r}{alias}"
        for id in self._spelled(name.kind, name.slug):
            reasons = self._at(id).exact if name.told else self._at(id).reasons
            if reason not in reasons:
                reasons.append(reason)
            self._named[id].add(name.shown)

    def _with_names(self) -> list[str]:
        """Threads with most of the query's names first, those of as many by the other lists."""
        scores = fuse(self._lists)
        return sorted(self._named, key=lambda id: (-len(self._named[id]), -scores.get(id, 0.0), id))

    # by words and meaning

    def _text(self) -> None:
        terms = self._query.terms
        if not terms.wanted:
            return
        self._in_articles(terms, self._times())
        own = self._store.search_threads(terms, limit=CANDIDATES, seconds=self._left())
        for id, _ in own:
            self._at(id).own = True
        self._lists.append([id for id, _ in own])
        for period, bounds in self._periods():
            self._in_articles(terms, bounds, period)

    def _in_articles(self, terms: Terms, bounds: Bounds, period: Period | None = None) -> None:
        """Two lists: those with any of several terms, and those with all of them."""
        since, until = bounds
        every, some = self._store.search_both(
            terms, limit=CANDIDATES, since=since, until=until, seconds=self._left()
        )
        if len(terms.wanted) > 1:
            self._rank([id for id, _ in every], "text", period)
        self._rank([id for id, _ in some], "text", period)

    def _begun(self, vector: Vector) -> list[tuple[Period | None, Future[Hits]]]:
        search, most = self._store.search_vectors, CANDIDATES
        return [
            (period, _ASIDE.submit(search, vector, limit=most, since=since, until=until))
            for period, (since, until) in [(None, self._times()), *self._periods()]
        ]

    def _meaning(self, near: Sequence[tuple[Period | None, Future[Hits]]]) -> None:
        for period, found in near:
            hits = found.result()
            self._rank([article for article, cosine in hits if cosine >= NEAR], "near", period)

    def _rank(
        self, articles: Sequence[int], which: Literal["text", "near"], period: Period | None = None
    ) -> None:
        """Threads ranked by their best article; the rest of a thread's articles give passages."""
        threads = self._threads
        if new := [article for article in articles if article not in threads]:
            threads |= dict.fromkeys(new) | self._store.threads_of(new)
        ranked: dict[str, list[int]] = {}
        for article in articles:
            if (thread := threads.get(article)) is not None:
                ranked.setdefault(thread, []).append(article)
        for thread, own in ranked.items():
            entry = self._at(thread)
            if not getattr(entry, which):
                setattr(entry, which, own)
            if period and (reason := f"reported in {period.label}") not in entry.reasons:
                entry.reasons.append(reason)
        self._lists.append(list(ranked))

    def _times(self) -> Bounds:
        return self._where.since, self._where.until

    def _periods(self) -> list[tuple[Period, Bounds]]:
        """The times that the query names, cut to the filter's."""
        found: list[tuple[Period, Bounds]] = []
        for one in self._query.periods:
            since = max(one.since, self._where.since or one.since)
            until = min(one.until, self._where.until or one.until)
            if since < until:
                found.append((one, (since, until)))
        return found

    def _left(self) -> float:
        """Seconds that are left; a thread's worth of them always."""
        return max(0.05, self._end - time.monotonic())


def passing(
    store: Store, where: ThreadFilter, found: Iterable[str], sort: ThreadSort = "updated"
) -> list[str]:
    """Candidates that pass the filters, newest or most first."""
    if not found:
        return []
    ids = tuple(found)
    return store.thread_ids(replace(where, ids=ids), sort=sort, limit=len(ids))


def _role(kind: PartyKind) -> str:
    return kind.replace("_", " ")
