"""Stored articles → threads, claims, related coverage, briefs.

In: a store with articles, an embedder. Out: the same store, further on. Five stages; each takes
what the one before it left, in batches, and commits a batch at once:

    thread   "stored" articles: embedding and membership          → "threaded"
    mention  roundups of these days: the threads they speak of
    claims   "threaded" articles: claims, their threads' ledger    → "claimed"
    relate   stale threads: related threads and storylines
    brief    stale threads: the brief                              → no longer stale

A crash between two commits loses nothing: the next run finds the same articles and threads waiting.
A text that the threader, the extractor or the writer fails on is logged and left without, so that
it holds up nothing; where half of a batch fails, the fault is ours and the run ends with it.
The relations hold the store's threads in memory, the threader those of the last two months, asking
the store for older ones; after any error they are dropped and read anew, so that memory never runs
ahead of the store.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Literal, TypeVar

from breachwire.model import (
    Article,
    Brief,
    Claim,
    Detail,
    Embedder,
    Kind,
    LedgerClaim,
    Member,
    Placement,
    Thread,
    ThreadView,
    Vector,
)
from breachwire.pipeline.archive import StoredArchive, restored
from breachwire.pipeline.mentions import Roundups
from breachwire.store import Store
from nlp import brief, claims, details, embed, kind, origins

if TYPE_CHECKING:
    from nlp.storyline import Relations
    from nlp.thread import Threader

BATCH = 64
"""Articles a commit. Two embedding batches of 32: larger ones gain nothing on two cores."""

Stage = Literal["thread", "claims", "relate", "brief"]
Progress = Callable[[Stage, int, int], None]
"""Told the stage, how many are done in this run and how many were waiting."""

T = TypeVar("T")
R = TypeVar("R")

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Derived:
    """What a run did."""

    articles: int = 0
    threads: int = 0

    def __bool__(self) -> bool:
        return bool(self.articles or self.threads)


class Deriver:
    """Runs the five stages over whatever waits. One at a time on a store (role "threader")."""

    def __init__(self, store: Store, embedder: Embedder, *, now: Callable[[], datetime]) -> None:
        self._store = store
        self._embedder = embedder
        self._now = now
        self._threader: Threader | None = None
        self._relations: Relations | None = None
        self._seen: int | None = None
        """The last edit that threader and relations have followed; None: neither is there yet."""
        self._roundups = Roundups(store, embedder)

    def run(
        self,
        progress: Progress = lambda *_: None,
        stop: Callable[[], bool] = lambda: False,
    ) -> Derived:
        """Do all that waits, or as much as was done when `stop` said so."""
        try:
            with self._store.turn():
                self._catch_up()
            articles = self._thread(progress, stop)
            self._claims(progress, stop)
            return Derived(articles, self._brief(progress, stop))
        except BaseException:
            self._threader = self._relations = self._seen = None
            self._roundups = Roundups(self._store, self._embedder)
            raise

    # --- thread

    def _thread(self, progress: Progress, stop: Callable[[], bool]) -> int:
        done = 0
        while not stop() and (batch := self._store.articles_in("stored", BATCH)):
            self._place(batch)
            done += len(batch)
            if self._roundups.full:
                self._roundups.judge(self._placing_threader)
            # More may have come in meanwhile.
            progress("thread", done, done + self._store.counts().unplaced)
        self._roundups.judge(self._placing_threader)
        return done

    def _placing_threader(self) -> Threader:
        return self._threader or self._restored_threader()

    def _place(self, batch: Sequence[Article]) -> None:
        # What takes long is done before the turn; catching up makes good what is edited meanwhile.
        vectors = self._vectors(batch)
        threader = self._placing_threader()
        with self._store.turn():
            self._catch_up()
            self._place_batch(threader, batch, vectors)

    def _place_batch(
        self, threader: Threader, batch: Sequence[Article], vectors: dict[str, Vector]
    ) -> None:
        standing = self._standing(batch)
        placed: list[tuple[Article, Placement]] = []

        def decide(article: Article) -> Placement:
            vector = vectors[article.content_hash]
            placement = standing.get(article.id) or threader.decide(article, vector)
            threader.accept(article, vector, placement)
            return placement

        for article, placement in each(batch, decide, lambda article: article.url):
            placed.append((article, placement or _apart(article)))
        self._roundups.expect(batch)
        self._store.place(
            self._embedder.name,
            [(placement, vectors[article.content_hash]) for article, placement in placed],
            self._rows(placed),
        )
        self._roundups.note(threader, placed)
        threader.memory.settle()

    def _restored_threader(self) -> Threader:
        from nlp.rules import Rules

        threader = restored(StoredArchive(self._store, self._embedder.name))
        threader.rules = Rules(self._store.link_rules())
        self._threader = threader
        return threader

    def _catch_up(self) -> None:
        """Follow the edits that were made since, by whichever process; the turn is held."""
        from nlp.rules import Rules

        edits = self._store.edits_after(self._seen) if self._seen is not None else ()
        if self._seen is None:
            self._seen = max((edit.id for edit in self._store.edits(limit=1)), default=0)
        for edit in edits:
            for article, old, thread in edit.moves:
                if self._threader is not None and not self._threader.move(article, thread):
                    self._take_in(article)
                if self._relations is not None and old is not None:
                    self._relations.remove(old)  # its brief is behind: what is left comes back
            self._seen = edit.id
        if edits and self._threader is not None:
            self._threader.rules = Rules(self._store.link_rules())

    def _take_in(self, article_id: int) -> None:
        """An article that stood in no thread was put into one."""
        article = self._store.article(article_id)
        placement = self._store.placements([article_id]).get(article_id)
        vector = self._store.vectors_of(self._embedder.name, [article_id]).get(article_id)
        if self._threader is not None and placement is not None and vector is not None:
            self._threader.accept(article, vector, placement)

    def _vectors(self, batch: Sequence[Article]) -> dict[str, Vector]:
        """Embeddings by content hash; equal content is embedded once, ever."""
        texts = {a.content_hash: embed.text_of(a.title, a.text) for a in batch}
        known = self._store.vectors_by_hash(self._embedder.name, list(texts))
        new = [hash_ for hash_ in texts if hash_ not in known]
        if new:
            known |= dict(zip(new, self._embedder.encode([texts[h] for h in new]), strict=True))
        return known

    def _standing(self, batch: Sequence[Article]) -> dict[int, Placement]:
        """Revised articles stay where they stand: an edited text alone never moves one."""
        revised = [a.id for a in batch if a.revision > 1]
        at = self._store.threads_of(revised) if revised else {}
        kinds = {id_: self._store.thread(id_).kind for id_ in set(at.values())}
        return {
            member.article.id: Placement(
                article=member.article.id,
                thread=thread,
                role=member.role,
                score=member.score,
                method=member.method,
                reason=member.reason,
                kind=kinds[thread],
                copy_of=member.copy_of,
            )
            for thread, members in self._store.members(sorted(kinds)).items()
            for member in members
            if at.get(member.article.id) == thread
        }

    def _rows(self, placed: Iterable[tuple[Article, Placement]]) -> list[Thread]:
        """The rows of every thread that the placements touch, as they are afterwards."""
        new: dict[str, list[tuple[Article, Placement]]] = defaultdict(list)
        for article, placement in placed:
            if placement.thread is not None:
                new[placement.thread].append((article, placement))
        members, ledger = self._store.members(list(new)), self._store.details(list(new))
        rows = []
        for id_, arrivals in new.items():
            fresh = {
                a.id: Member(a, p.role, p.score, p.method, p.reason, p.copy_of) for a, p in arrivals
            }
            kept = [m for m in members.get(id_, ()) if m.article.id not in fresh]
            everyone = [*kept, *fresh.values()]
            before = self._store.thread(id_) if members.get(id_) else None
            rows.append(row(id_, everyone, arrivals[-1][1].kind, ledger.get(id_, ()), before))
        return rows

    # --- claims

    def _claims(self, progress: Progress, stop: Callable[[], bool]) -> None:
        done = 0
        while not stop() and (batch := self._store.articles_in("threaded", BATCH)):
            with self._store.turn():
                self._ledger(batch)
            done += len(batch)
            progress("claims", done, done)

    def _ledger(self, batch: Sequence[Article]) -> None:
        at = self._store.threads_of([a.id for a in batch])
        threads = sorted(set(at.values()))
        ledger = self._store.ledger(threads)
        new: list[LedgerClaim] = []
        standing = [article for article in batch if article.id in at]
        for article, found in each(standing, claims.extract, lambda article: article.url):
            said = ledger.get(at[article.id], ())
            before = [c for c in said if c.claim.evidence.article == article.id]
            new += self._said(article, found or (), at[article.id], before)
        fresh = {a.id for a in batch}
        consolidated = {}
        for thread in threads:
            kept = [c for c in ledger.get(thread, ()) if c.claim.evidence.article not in fresh]
            arrived = [c for c in new if c.thread == thread]
            consolidated[thread] = details.consolidate(details.in_order([*kept, *arrived]))
        self._store.save_ledger([a.id for a in batch], new, consolidated)

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

    def _views(self, ids: Sequence[str]) -> list[ThreadView]:
        members, ledger = self._store.members(ids), self._store.details(ids)
        return [
            ThreadView(self._store.thread(id_), members[id_], ledger.get(id_, ()))
            for id_ in ids
            if members.get(id_)
        ]

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
        from nlp.storyline import Relations

        self._relations = Relations()
        everyone = [thread.id for thread in self._store.all_threads()]
        for start in range(0, len(everyone), 512):
            self._put(self._relations, everyone[start : start + 512])
        return self._relations

    def _put(self, relations: Relations, ids: Sequence[str]) -> None:
        views = self._views(ids)
        articles = [m.article.id for view in views for m in view.members]
        vectors = self._store.vectors_of(self._embedder.name, articles)
        for view in views:
            relations.put(view.thread, view.members, vectors, view.details)

    def _write(self, ids: Sequence[str]) -> None:
        views = [
            # Details may have changed the section since the thread was placed.
            replace(v, thread=row(v.thread.id, v.members, v.thread.kind, v.details, v.thread))
            for v in self._views(ids)
        ]
        self._store.place(self._embedder.name, [], [view.thread for view in views])
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
                for view, statements in each(views, brief.write, lambda view: view.thread.id)
            ]
        )


def each(
    items: Sequence[T], work: Callable[[T], R], name: Callable[[T], str]
) -> list[tuple[T, R | None]]:
    """Each item with its result; None, and a line in the log, where the work failed on it.

    Raises the first failure where half of the items or more fail: that is no item's fault, and what
    is raised is tried again.
    """
    done: list[tuple[T, R | None]] = []
    failed: list[tuple[T, Exception]] = []
    for item in items:
        try:
            done.append((item, work(item)))
        except Exception as error:
            done.append((item, None))
            failed.append((item, error))
    if failed and 2 * len(failed) >= len(items):
        raise failed[0][1]
    for item, fault in failed:
        log.error("%s: left without: %r", name(item), fault, exc_info=fault)
    return done


def _apart(article: Article) -> Placement:
    """In no thread: what the threader can't read is stored and found, not grouped."""
    return Placement(
        article.id, None, "mention", 0.0, "unread", "the threader failed on its text", "other"
    )


def row(
    id_: str,
    members: Sequence[Member],
    thread_kind: Kind,
    ledger: Sequence[Detail],
    before: Thread | None = None,
) -> Thread:
    """A thread's row from its members and details; the headline stays until a brief gives one."""
    ordered = sorted(members, key=lambda m: (m.article.at, m.article.id))
    first, last = ordered[0].article, ordered[-1].article
    return Thread(
        id=id_,
        headline=before.headline if before else first.title,
        kind=thread_kind,
        section=kind.section_of(thread_kind, ledger),
        first_at=first.at,
        last_at=last.at,
        updated_at=last.at,
        articles=len(ordered),
        origins=origins.count(ordered),
    )


def _identity(said: LedgerClaim) -> tuple[object, ...]:
    claim = said.claim
    return (claim.field, str(claim.value), claim.status, claim.asserter, claim.evidence.quote)
