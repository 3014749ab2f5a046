"""Stored articles → threads, claims, related coverage, briefs.

In: a store with articles, an embedder. Out: the same store, further on. Five stages; each takes
what the one before it left, in batches, and commits a batch at once:

    thread   "stored" articles: embedding and membership          → "threaded"
    mention  roundups of these days: the threads they speak of
    claims   "threaded" articles: indicators, claims, their threads' ledger,
             what changed in it, what was corrected               → "claimed"
    relate   stale threads: related threads and storylines
    brief    stale threads: the brief                              → no longer stale

Where the extractor's rules are newer than a store's claims, each run first looks at a batch of its
older articles (`rereading`).
A crash between two commits loses nothing: the next run finds the same articles and threads waiting.
A text that the threader, the extractor or the writer fails on is logged and left without, so that
it holds up nothing; where half of a batch fails, the fault is ours and the run ends with it.
The relations hold the store's threads in memory, the threader those of the last two months, asking
the store for older ones; after any error they are dropped and read anew, so that memory never runs
ahead of the store.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from breachwire.config import Config
from breachwire.model import (
    Article,
    Brief,
    Claim,
    Embedder,
    LedgerClaim,
    ThreadView,
)
from breachwire.pipeline import history, indicators, rereading
from breachwire.pipeline.history import Arrival
from breachwire.pipeline.place import Placer
from breachwire.pipeline.refresh import refresh, spoken_of
from breachwire.pipeline.rows import each, row
from breachwire.pipeline.steps import step
from breachwire.store import Store
from nlp import brief, calibration, claims, details

if TYPE_CHECKING:
    from nlp.relations import Relations

log = logging.getLogger(__name__)
BATCH = 64
"""Articles a commit. Two embedding batches of 32: larger ones gain nothing on two cores."""

Stage = Literal["thread", "claims", "relate", "brief"]
Progress = Callable[[Stage, int, int], None]
"""Told the stage, how many are done in this run and how many were waiting."""


@dataclass(frozen=True, slots=True)
class Derived:
    """What a run did."""

    articles: int = 0
    threads: int = 0

    def __bool__(self) -> bool:
        return bool(self.articles or self.threads)


class Deriver:
    """Runs the five stages over whatever waits. One at a time on a store (role "threader")."""

    def __init__(
        self,
        store: Store,
        embedder: Embedder,
        *,
        now: Callable[[], datetime],
        calibrations: Path | None = None,
    ) -> None:
        """`calibrations`: the folder of other models' parameters. Raises CalibrationError for an
        embedder that has none, before anything is embedded."""
        self._store = store
        self._embedder = embedder
        self._now = now
        folder = calibrations or Config().calibrations()
        self._fitted = calibration.load(embedder.name, folder)
        self._relations: Relations | None = None
        self._placer = self._new_placer()

    def run(
        self,
        progress: Progress = lambda *_: None,
        stop: Callable[[], bool] = lambda: False,
    ) -> Derived:
        """Do all that waits, or as much as was done when `stop` said so."""
        try:
            with self._store.turn():
                self._placer.catch_up()
            rereading.read_again(self._store, BATCH)
            articles = self._thread(progress, stop)
            self._claims(progress, stop)
            return Derived(articles, self._brief(progress, stop))
        except BaseException:
            self._relations, self._placer = None, self._new_placer()
            raise

    def _new_placer(self) -> Placer:
        return Placer(
            self._store, self._embedder, self._fitted, now=self._now, left=self._thread_left
        )

    def _thread_left(self, thread: str) -> None:
        """Articles were taken from it: its brief is behind, so what is left of it comes back."""
        if self._relations is not None:
            self._relations.remove(thread)

    # --- thread

    def _thread(self, progress: Progress, stop: Callable[[], bool]) -> int:
        done = 0
        while not stop() and (batch := self._store.articles_in("stored", BATCH)):
            self._placer.place(batch)
            done += len(batch)
            self._placer.mentions(due=False)
            # More may have come in meanwhile.
            progress("thread", done, done + self._store.counts().unplaced)
        self._placer.mentions()
        return done

    # --- claims

    def _claims(self, progress: Progress, stop: Callable[[], bool]) -> None:
        refresh(self._store, stop)
        done = 0
        outlets = indicators.outlet_sites(self._store)
        while not stop() and (batch := self._store.articles_in("threaded", BATCH)):
            with self._store.turn():
                here = self._store.articles([article.id for article in batch])
                batch = [article for article in batch if article.id in here]  # not left out since
                indicators.save(self._store, batch, outlets)
                self._ledger(batch)
            done += len(batch)
            progress("claims", done, done)

    def _ledger(self, batch: Sequence[Article]) -> None:
        at = self._store.threads_of([a.id for a in batch])
        threads = sorted(set(at.values()))
        ledger = self._store.ledger(threads)
        readings = self._store.readings([a.id for a in batch])
        arrivals: dict[str, list[Arrival]] = {thread: [] for thread in threads}
        standing = [article for article in batch if article.id in at]
        claims.expect(standing)
        for article, found in each(standing, history.extract, lambda article: article.url):
            thread = at[article.id]
            before = [c for c in ledger.get(thread, ()) if c.claim.evidence.article == article.id]
            said = tuple(self._said(article, found or (), thread, before))
            arrivals[thread].append(
                Arrival(article, said, readings.get(article.id), found is not None)
            )
        self._save_ledger(batch, ledger, arrivals)

    def _save_ledger(
        self,
        batch: Sequence[Article],
        ledger: Mapping[str, Sequence[LedgerClaim]],
        arrivals: Mapping[str, Sequence[Arrival]],
    ) -> None:
        """Claims, details and what changed, in one commit."""
        fresh = {a.id for a in batch}
        new = [claim for own in arrivals.values() for one in own for claim in one.said]
        consolidated = {}
        texts = spoken_of(self._store, [*new, *(c for said in ledger.values() for c in said)])
        told: list[history.Told] = []
        for thread, own in arrivals.items():
            kept = [c for c in ledger.get(thread, ()) if c.claim.evidence.article not in fresh]
            arrived = [claim for one in own for claim in one.said]
            consolidated[thread] = details.consolidate(details.in_order([*kept, *arrived]), texts)
            told.append(history.told(thread, ledger.get(thread, ()), own, self._now()))
        self._store.save_ledger(
            [a.id for a in batch],
            new,
            consolidated,
            read={a.id: a.content_hash for a in batch},
            changes=[change for one in told for change in one.changes],
            corrections=[correction for one in told for correction in one.corrections],
        )
        for thread, own in arrivals.items():
            for one in own:
                step(log, "claims read", article=one.article.id, thread=thread, n=len(one.said))

    def _said(
        self,
        article: Article,
        found: Sequence[Claim],
        thread: str,
        before: Sequence[LedgerClaim],
    ) -> list[LedgerClaim]:
        """An article's claims; one that an earlier revision made already keeps its first sight."""
        seen = {_identity(c): c.first_seen_at for c in before}
        at = article.first_seen_at if article.revision == 1 else self._now()
        said = []
        for claim in found:
            new = LedgerClaim(claim, thread, article.at, at)
            said.append(replace(new, first_seen_at=seen.get(_identity(new), at)))
        return said

    # --- relate and brief

    def _brief(self, progress: Progress, stop: Callable[[], bool]) -> int:
        stale = self._store.stale_threads(1_000_000)
        if not stale or stop():
            return 0
        self._relate(stale, progress)
        for start in range(0, len(stale), BATCH):
            if stop():
                return start
            with self._store.turn():  # thread rows are written: no edit may come between
                self._write(stale[start : start + BATCH])
            progress("brief", min(start + BATCH, len(stale)), len(stale))
        return len(stale)

    def _relate(self, stale: Sequence[str], progress: Progress) -> None:
        relations = self._relations or self._restored_relations()
        self._put(relations, stale)
        touched = set(stale)
        related = {id_: relations.related(id_) for id_ in stale}
        # A new thread is news to those it is related to: their lists are made anew as well.
        for id_ in {entry.thread for entries in related.values() for entry in entries} - touched:
            related[id_] = relations.related(id_)
        self._store.save_related(related)
        self._store.save_storylines(relations.storylines(self._store.storylines()))
        progress("relate", len(stale), len(stale))

    def _restored_relations(self) -> Relations:
        from nlp.relations import Relations

        self._relations = Relations(self._fitted.links)
        everyone = [thread.id for thread in self._store.all_threads()]
        for start in range(0, len(everyone), 512):
            self._put(self._relations, everyone[start : start + 512])
        return self._relations

    def _put(self, relations: Relations, ids: Sequence[str]) -> None:
        found = views(self._store, ids)
        articles = [m.article.id for view in found for m in view.members]
        vectors = self._store.vectors_of(self._embedder.name, articles)
        for view in found:
            relations.put(view.thread, view.members, vectors, view.details)

    def _write(self, ids: Sequence[str]) -> None:
        found = [
            # Details may have changed the section since the thread was placed.
            replace(v, thread=row(v.thread.id, v.members, v.thread.kind, v.details, v.thread))
            for v in views(self._store, ids)
        ]
        self._store.place(self._embedder.name, [], [view.thread for view in found])
        self._store.save_briefs(
            [
                Brief(
                    thread=view.thread.id,
                    version=0,
                    input_hash=brief.input_hash(view),
                    author="extractive",
                    model=None,
                    made_at=self._now(),
                    statements=statements or (),
                )
                for view, statements in each(found, brief.write, lambda view: view.thread.id)
            ]
        )
        for view in found:
            step(log, "brief written", thread=view.thread.id, articles=len(view.members))


def views(store: Store, ids: Sequence[str]) -> list[ThreadView]:
    """Threads as writers and pages see them; without those that have no article."""
    members, ledger = store.members(ids), store.details(ids)
    return [
        ThreadView(store.thread(id_), members[id_], ledger.get(id_, ()))
        for id_ in ids
        if members.get(id_)
    ]


def _identity(said: LedgerClaim) -> tuple[object, ...]:
    claim = said.claim
    return (claim.field, str(claim.value), claim.status, claim.asserter, claim.evidence.quote)
