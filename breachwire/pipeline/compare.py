"""A text and a store → the threads that have to do with it: which, how, on what evidence, and what
they know beyond it.

In: a store, the embedder where it is loaded, a `Question`. Out: `Tie`s, the most useful first. What
every index of the store finds near the text is read, at most THREADS threads, and weighed as the
threader weighs an article that comes in (`nlp.compare`); so the cost grows with the text and not
with the store. Nothing is written.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from breachwire.errors import SlowSearchError
from breachwire.model import (
    ASKED,
    Article,
    Claim,
    Embedder,
    Evidence,
    PartyKind,
    Question,
    Shared,
    Tie,
)
from breachwire.model.threads import LIKELY
from breachwire.store import Store, Terms, ThreadFilter, slug

if TYPE_CHECKING:
    from breachwire.model import Vector
    from nlp.calibration import Calibration
    from nlp.compare import Bench, Judged, Near
    from nlp.held import Said
    from nlp.passages import Passage
    from nlp.question import Asked

LIMIT: Final = 10
DEEP: Final = 3
"""Times as many related threads as are asked for are judged: some get their place by another."""
THREADS: Final = 40
"""Threads near the text as a whole that are weighed; those near its passages come on top."""
OF_PASSAGE: Final = 2
"""Threads near a passage that are weighed."""
MEMBERS: Final = 12
"""Articles of a thread that are read: the first four and the newest, as the threader does."""
WHOLE: Final = 80
PART: Final = 8
NAMED: Final = 20
"""Articles or threads that are asked of an index: for the whole text, a passage, a name."""
WORDS: Final = 8
K: Final = 60
"""Of reciprocal rank, as in search."""
_PARTIES: Final[tuple[PartyKind, ...]] = ("victim", "actor", "third_party")
Passages = Sequence[tuple["Passage", "Vector"]]


class Comparer:
    """Compares texts with one store; safe from any thread, as the store is."""

    def __init__(
        self,
        store: Store,
        model: Callable[[], str],
        embedder: Callable[[], Embedder | None],
        fitted: Callable[[], Calibration],
    ) -> None:
        """`model` names the vectors that the store's articles have, `embedder` makes one of the
        text: None, and only names, words and copies tie it. `fitted`: the model's weights."""
        self._store = store
        self._model = model
        self._embedder = embedder
        self._fitted = fitted

    def text(self, asked: Question, limit: int = LIMIT) -> list[Tie]:
        """At most `limit` threads that have to do with a text; an article of the store starts with
        the thread that it stands in. Raises CalibrationError, StoreError."""
        made = _Comparison(self._store, self._model(), self._embedder(), self._fitted(), asked)
        return made.ties(limit)

    def thread(self, id_: str, limit: int = LIMIT) -> list[Tie]:
        """What is related to a thread, with what both ledgers say. Raises StoreError."""
        from nlp import held

        related = self._store.related([id_]).get(id_, ())[:limit]
        ids = [id_, *(one.thread for one in related)]
        details, articles = self._store.details(ids), self._store.articles_of(ids)
        return [
            Tie(
                one.thread,
                one.relation,
                one.reason,
                one.score,
                tuple(articles.get(one.thread, ())[:1]),
                shared=held.between(details.get(id_, ()), details.get(one.thread, ())),
            )
            for one in related
        ]


class _Comparison:
    """One text on its way to an answer."""

    def __init__(
        self,
        store: Store,
        model: str,
        embedder: Embedder | None,
        fitted: Calibration,
        question: Question,
    ) -> None:
        from nlp import claims, features
        from nlp.question import asked, read_once

        self._store, self._model, self._fitted = store, model, fitted
        self._embedder = embedder
        self._question = question
        self._vocabulary = features.vocabulary()
        self._asked: Asked = asked(question)
        self._whole: Article = read_once(self._asked.article)
        self._claims: tuple[Claim, ...] = claims.extract(self._whole)
        self._votes: dict[str, float] = defaultdict(float)
        self._near: dict[str, Near] = {}

    def ties(self, limit: int) -> list[Tie]:
        from nlp.compare import Bench

        vector, passages = self._embedded()
        self._near_whole(vector)
        chosen = sorted(self._votes, key=lambda id_: (-self._votes[id_], id_))[:THREADS]
        self._read([*chosen, *self._near_passages(passages)])
        bench = Bench(list(self._near.values()), self._fitted, self._usual())
        found = bench.judge(self._asked, vector, passages, self._claims, DEEP * limit)
        found = self._with_own(found)
        found = self._with_related(found)[:limit]
        return [self._tie(bench, one, vector) for one in found]

    def _with_own(self, found: Sequence[Judged]) -> list[Judged]:
        """The thread that an article of the store stands in, before all else."""
        from nlp.compare import Judged

        article = self._question.article
        own = self._store.threads_of([article]).get(article) if article != ASKED else None
        if own is None:
            return list(found)
        known = next((one.nearest for one in found if one.thread == own), (article,))
        first = Judged(own, "same_incident", "the article stands in it", 1.0, known)
        others = [one for one in found if one.thread != own]
        # The threader has decided where it belongs: what else it would join is no more than likely.
        return [first, *(_second(one) for one in others)]

    def _with_related(self, found: Sequence[Judged]) -> list[Judged]:
        """With what hangs together with the thread that the text as a whole is likest, and with
        those next to it."""
        from breachwire.pipeline.seen import Order

        if not found or found[0].passage is not None:
            return list(found)
        return Order(self._store, found).judged()

    def _usual(self) -> float:
        """Threads of an average week of this store."""
        if (span := self._store.placed_span()) is None:
            return 0.0
        return self._store.counts().threads / max(1.0, (span[1] - span[0]).days / 7)

    # --- the text

    def _embedded(self) -> tuple[Vector, Passages]:
        """The text's vector and its passages with theirs; all zero without a model."""
        import numpy as np

        from nlp import embed, mentions
        from nlp.question import parts
        from nlp.roundup import is_roundup

        article = self._asked.article
        several = is_roundup(article.title, article.text)
        some = parts(article, self._vocabulary, several=several)
        texts = [embed.text_of(article.title, article.text), *map(mentions.text_of, some)]
        if self._embedder is None:
            size = len(self._fitted.kind.of_vector)
            vectors: Any = np.zeros((len(texts), size), dtype=np.float32)
        else:
            vectors = self._embedder.encode(texts)
        return vectors[0], list(zip(some, vectors[1:], strict=True))

    # --- threads near it

    def _near_whole(self, vector: Vector) -> None:
        """Every index votes by reciprocal rank."""
        from nlp.question import rarest

        if self._embedder is not None:
            self._vote(id_ for id_, _ in self._store.search_vectors(vector, limit=WHOLE))
        words = rarest(self._whole, self._vocabulary, WORDS)
        with suppress(SlowSearchError):  # the other indexes answer
            terms = Terms(tuple((word,) for word in words))
            self._vote(id_ for id_, _ in self._store.search_text(terms, limit=WHOLE, seconds=0.5))
        self._named()
        for value in self._indicators():
            self._vote(self._store.indicated(value, NAMED))

    def _named(self) -> None:
        """Threads whose ledger has a party or a flaw that the text's claims name."""
        seen = set()
        for claim in self._claims:
            name = slug(str(claim.value))
            if claim.field == "cve":
                page = self._store.threads(ThreadFilter(cve=str(claim.value)), limit=NAMED)
                self._count(thread.id for thread in page.threads)
            elif claim.field in _PARTIES and name and name not in seen:
                seen.add(name)
                for kind in _PARTIES:
                    self._count(self._store.threads_named(kind, name, NAMED))

    def _indicators(self) -> list[str]:
        from nlp import indicators

        found = indicators.find(self._whole)
        return [one.value for one in found if one.type != "attack"][:NAMED]

    def _vote(self, articles: Iterable[int]) -> None:
        ids = [id_ for id_ in articles if id_ != self._question.article]
        at = self._store.threads_of(ids)
        self._count(dict.fromkeys(at[id_] for id_ in ids if id_ in at))

    def _count(self, threads: Iterable[str]) -> None:
        for place, thread in enumerate(threads, 1):
            self._votes[thread] += 1 / (K + place)

    def _near_passages(self, passages: Passages) -> list[str]:
        if self._embedder is None:
            return []
        found = []
        for _, vector in passages:
            hits = self._store.search_vectors(vector, limit=PART)
            at = self._store.threads_of([id_ for id_, _ in hits])
            own = dict.fromkeys(at[id_] for id_, _ in hits if id_ in at)
            found += list(own)[:OF_PASSAGE]
        return found

    def _read(self, ids: Iterable[str]) -> None:
        """Take in threads with their members and details, without the asked article."""
        from nlp.compare import Near

        ids = tuple(id_ for id_ in dict.fromkeys(ids) if id_ not in self._near)
        if not ids:
            return
        rows = {t.id: t for t in self._store.threads(ThreadFilter(ids=ids), limit=len(ids)).threads}
        members = self._store.articles_of(list(rows))
        wanted = [id_ for own in members.values() for id_ in _sample(own)]
        placed = self._store.placed_among(
            self._model, [id_ for id_ in wanted if id_ != self._question.article]
        )
        own = defaultdict(list)
        for one in placed:
            if one.thread in rows:
                own[one.thread].append(one)
        details = self._store.details(list(rows))
        for id_, row in rows.items():
            self._near[id_] = Near(row, tuple(own[id_]), details.get(id_, ()))

    # --- what is told of a thread

    def _tie(self, bench: Bench, judged: Judged, vector: Vector) -> Tie:
        from nlp import held

        self._read([judged.thread])
        near = self._near[judged.thread]
        nearest = judged.nearest or tuple(p.article.id for p in near.placed[:1])
        said, at = self._said(judged.passage)
        same = judged.relation == "same_incident"
        tied = judged.relation != "similar" or judged.score >= LIKELY
        most = held.LACKING if same else held.OF_OTHERS if tied else 0
        facts = held.compare(near.details, said, same=same, most=most)
        shared = [*facts.shared, *self._by_name(bench, nearest, vector, said, facts.shared)]
        return Tie(
            thread=judged.thread,
            relation=judged.relation,
            reason=judged.reason,
            score=judged.score,
            articles=nearest,
            passage=self._passage(judged.passage),
            shared=tuple(replace(s, mine=self._given(s.mine, at)) for s in shared[: held.SHARED]),
            lacking=facts.lacking,
            contradictions=tuple(
                replace(c, mine=self._given(c.mine, at)) for c in facts.contradictions
            ),
        )

    def _said(self, passage: Passage | None) -> tuple[Said, int]:
        """The words that speak of the thread, and where they begin in the article's text; -1: they
        are the title's."""
        from nlp import claims
        from nlp.held import Said

        if passage is None:
            return Said(self._whole, self._claims), 0
        own = self._whole.title if passage.where == "title" else self._asked.article.text
        piece = replace(
            self._whole,
            title="",
            text=own[passage.start : passage.end],
            content_hash=f"{self._whole.content_hash}:{passage.start}:{passage.end}",
        )
        where = -1 - passage.start if passage.where == "title" else passage.start
        return Said(piece, claims.extract(piece)), where

    def _given(self, mine: Evidence, at: int) -> Evidence:
        """Evidence in what was compared → in the text as it was given."""
        if at < 0:
            by = -1 - at
            mine = replace(mine, where="title", start=mine.start + by, end=mine.end + by)
        elif mine.where == "text":
            mine = replace(mine, start=mine.start + at, end=mine.end + at)
        return self._asked.given(mine)

    def _passage(self, passage: Passage | None) -> Evidence | None:
        if passage is None:
            return None
        article = self._asked.article
        own = article.title if passage.where == "title" else article.text
        words = own[passage.start : passage.end]
        return self._asked.given(Evidence(ASKED, passage.where, passage.start, passage.end, words))

    def _by_name(
        self,
        bench: Bench,
        nearest: Sequence[int],
        vector: Vector,
        said: Said,
        known: Sequence[Shared],
    ) -> list[Shared]:
        """Rare names that the nearest article has too, those that no fact has told already."""
        from nlp import held

        article = next(iter(self._store.articles(nearest[:1]).values()), None)
        if article is None:
            return []
        told = " ".join(f"{one.value} {one.mine.quote}" for one in known).casefold()
        names = bench.names(self._asked, vector, article.id)
        found = held.named(article, [n for n in names if n.casefold() not in told][:6], said)
        return found[:3] if known else found


def _second(one: Judged) -> Judged:
    """A thread that the text would join if it did not stand in another already."""
    if one.relation != "same_incident" or one.passage is not None:
        return one
    return replace(one, relation="similar")


def _sample(ids: Sequence[int]) -> Sequence[int]:
    return ids if len(ids) <= MEMBERS else [*ids[:4], *ids[4 - MEMBERS :]]
