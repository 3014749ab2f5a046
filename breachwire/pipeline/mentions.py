"""Roundups → mentions of the threads that they speak of, kept up while threads come and grow.

In: a store, an embedder, the threader. Out: the store's mentions. A roundup is judged when it is
placed, and again, for some days, passage by passage, when an article comes in that has something in
common with the passage: reports come before the recap and after it. What is read of the roundups of
these days is held in memory; what is still to be done is noted in the store before the articles are
placed, so that a crash in between loses nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Final

from breachwire.model import Article, Embedder, Mention, Placement
from breachwire.store import Store

if TYPE_CHECKING:
    from nlp.features import Traits
    from nlp.mentions import Spoken
    from nlp.passages import Passage
    from nlp.thread import Threader

DUE: Final = "mentions_due"
"""Time of the oldest article that was placed since all roundups were last judged."""
BACK: Final = timedelta(days=3)
KEEP: Final = timedelta(days=13)
"""How far before an article a roundup may be that speaks of it (`nlp.mentions.AFTER`); and how long
roundups are held, so that articles that are up to ten days late find them read."""
HELD: Final = 256
"""Roundups held before they are judged: bounds memory while years are imported."""

log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Heard:
    """A roundup of these days as it was read."""

    article: Article
    passages: list[Passage]
    traits: list[Traits]
    signs: list[frozenset[str]]
    judged: dict[int, Spoken | None] = field(default_factory=dict)
    """By number of the passage; one that is missing is to be judged."""
    saved: list[Mention] | None = None


class Roundups:
    """What roundups speak of. Drop it, as the threader, after any error."""

    def __init__(self, store: Store, embedder: Embedder) -> None:
        self._store = store
        self._embedder = embedder
        self._held: dict[int, _Heard] = {}
        self._since: datetime | None = None
        """All roundups from then on are held; None: none is."""
        self._new: list[Article] = []
        self._fresh: set[str] = set()
        """Words, pairs of words and CVEs of the articles that came in."""

    def expect(self, batch: Sequence[Article]) -> None:
        """Note, before a batch is placed, from when on roundups are to be judged."""
        oldest = min(article.at for article in batch)
        due = self._store.meta(DUE)
        if not due or oldest < datetime.fromisoformat(due):
            self._store.set_meta(DUE, oldest.isoformat())

    def note(self, threader: Threader, placed: Iterable[tuple[Article, Placement]]) -> None:
        """Take in what was placed."""
        for article, placement in placed:
            if placement.roundup:
                self._new.append(article)
            elif placement.thread is not None:
                traits = threader.memory.source(article.id).traits
                self._fresh |= traits.words | traits.joined | traits.cves
            if article.revision > 1 and not placement.roundup:
                self._held.pop(article.id, None)
                self._store.save_mentions([article.id], [])

    @property
    def full(self) -> bool:
        """Whether it is time to judge, for memory's sake."""
        return len(self._new) >= HELD

    def judge(self, threader: Callable[[], Threader]) -> int:
        """Judge what is due and save it; how many roundups were looked at."""
        due = self._store.meta(DUE)
        if not due:
            return 0
        looked = self._again(threader())
        for some in self._waiting(datetime.fromisoformat(due) - BACK):
            self._read(threader(), some)
            self._forget()
            looked += len(some)
        self._new, self._fresh = [], set()
        self._store.set_meta(DUE, "")
        return looked

    def _waiting(self, since: datetime) -> Iterator[list[Article]]:
        """Roundups that were not read yet, some at a time; from the store where memory is short."""
        if self._since is None or since < self._since:
            known = {id_: heard.article.content_hash for id_, heard in self._held.items()}
            rows = self._store.placed(self._embedder.name, since)
            new: Iterator[Article] = (
                row.article
                for row in rows
                if row.roundup and known.get(row.article.id) != row.article.content_hash
            )
            self._since = since
        else:
            new = iter(self._new)
        while some := list(islice(new, HELD)):
            yield some

    def _read(self, threader: Threader, articles: Sequence[Article]) -> None:
        """Passages and their traits; every text of all of them is embedded in one go."""
        from nlp import mentions, passages

        parts = [passages.split(article.title, article.text) for article in articles]
        texts = [mentions.text_of(passage) for some in parts for passage in some]
        vectors = iter(self._embedder.encode(texts))
        for article, some in zip(articles, parts, strict=True):
            own = list(islice(vectors, len(some)))
            try:
                traits = [
                    mentions.read_passage(threader, article, passage, vector)
                    for passage, vector in zip(some, own, strict=True)
                ]
            except Exception as error:
                # The threader reads articles the same way: where it is our fault, that run ends.
                log.error("%s: left without mentions: %r", article.url, error, exc_info=error)
                some, traits = [], []
            heard = _Heard(article, some, traits, [mentions.signs(one) for one in traits])
            self._held[article.id] = heard
            self._judge(threader, heard)

    def _again(self, threader: Threader) -> int:
        """Judge once more the passages that have something in common with what came in."""
        looked = 0
        for heard in self._held.values():
            for n, signs in enumerate(heard.signs):
                if not signs.isdisjoint(self._fresh):
                    heard.judged.pop(n, None)
            if len(heard.judged) < len(heard.passages):
                self._judge(threader, heard)
                looked += 1
        return looked

    def _judge(self, threader: Threader, heard: _Heard) -> None:
        from nlp import mentions

        for n, (passage, traits) in enumerate(zip(heard.passages, heard.traits, strict=True)):
            if n not in heard.judged:
                heard.judged[n] = mentions.judge(threader, passage, traits)
        found = mentions.best(heard.article, heard.judged.values())
        if found != heard.saved:
            self._store.save_mentions([heard.article.id], found)
            heard.saved = found

    def _forget(self) -> None:
        """Hold no roundup that no article to come will matter to, save a late one."""
        if not self._held:
            return
        since = max(heard.article.at for heard in self._held.values()) - KEEP
        self._held = {i: h for i, h in self._held.items() if h.article.at >= since}
        self._since = max(since, self._since) if self._since else since
