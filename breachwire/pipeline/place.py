"""Stored articles → where they stand: embeddings, memberships, second thoughts, mentions.

In: a store with articles, an embedder. Out: the same store, its articles placed in threads; merges
and moves on second thought, as edits by THREADER; what is unsure as proposals. The threader is held
in memory and follows every edit, whoever makes it.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from breachwire.errors import ConflictError, UsageError
from breachwire.model import (
    THREADER,
    Article,
    Embedder,
    Member,
    Placement,
    Proposal,
    Thread,
    Vector,
)
from breachwire.pipeline import edits
from breachwire.pipeline.archive import StoredArchive, restored
from breachwire.pipeline.mentions import Roundups
from breachwire.pipeline.rows import each, row
from breachwire.pipeline.standing import live
from breachwire.pipeline.steps import step
from breachwire.store import Store
from nlp import embed

if TYPE_CHECKING:
    from nlp.calibration import Calibration
    from nlp.rethink import Move
    from nlp.thread import Threader

log = logging.getLogger(__name__)


class Placer:
    """Places batches of articles. After any error it is to be dropped and made anew, so that its
    memory never runs ahead of the store."""

    def __init__(
        self,
        store: Store,
        embedder: Embedder,
        fitted: Calibration,
        *,
        now: Callable[[], datetime],
        left: Callable[[str], None],
    ) -> None:
        """`left` is told each thread that an edit took articles from."""
        self._store = store
        self._embedder = embedder
        self._fitted = fitted
        self._now = now
        self._left = left
        self._threader: Threader | None = None
        self._seen: int | None = None
        """The last edit that was followed; None: nothing is in memory yet."""
        self._roundups = Roundups(store, embedder)

    def mentions(self, *, due: bool = True) -> None:
        """Judge whom the roundups speak of; `due` False: only where memory is full of them."""
        if due or self._roundups.full:
            self._roundups.judge(self._placing)

    def _placing(self) -> Threader:
        return self._threader or self._restored_threader()

    def place(self, batch: Sequence[Article]) -> None:
        # What takes long is done before the turn; catching up makes good what is edited meanwhile.
        vectors = self._vectors(batch)
        self._placing()
        with self._store.turn():
            self.catch_up()
            here = self._store.articles([article.id for article in batch])
            if batch := [article for article in batch if article.id in here]:
                self._place_batch(self._placing(), batch, vectors)

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

        threader.expect((a, vectors[a.content_hash]) for a in batch if a.id not in standing)
        for article, placement in each(batch, decide, lambda article: article.url):
            placed.append((article, placement or _apart(article)))
        self._roundups.expect(batch)
        self._store.place(
            self._embedder.name,
            [(placement, vectors[article.content_hash]) for article, placement in placed],
            self._rows(placed),
        )
        for article, p in placed:
            step(log, "placed", article=article.id, thread=p.thread, role=p.role, method=p.method)
        self._roundups.note(threader, placed)
        self._rethink(threader, [article.id for article, p in placed if p.thread is not None])
        threader.memory.settle()

    def _rethink(self, threader: Threader, new: Sequence[int]) -> None:
        """Think again about what the new ones touch: the sure is done, the unsure asked."""
        from nlp.rethink import rethink

        doubts = rethink(threader, new, self._make)
        at = self._store.threads_of([doubt.article for doubt in doubts])
        asked = {
            pair: doubt
            for doubt in doubts
            if doubt.thread != at.get(doubt.article)
            and (pair := self._by_age(at[doubt.article], doubt.thread)) is not None
        }
        now = self._now()
        self._store.save_proposals(
            [
                Proposal(0, "merge", pair, (), round(doubt.score, 4), doubt.why, now)
                for pair, doubt in asked.items()
            ]
        )

    def _make(self, move: Move) -> None:
        """Carry out a second thought, in the audit log as any edit; never against an editor's."""
        by: Any = {"who": THREADER, "why": move.why, "now": self._now()}
        try:
            if move.whole and move.thread is not None:
                pair = self._by_age(move.old, move.thread)
                if pair is not None:
                    edits.merge(self._store, *pair, **by)
            else:
                edits.move(self._store, move.article, move.thread, **by)
        except (ConflictError, UsageError) as error:
            log.info("second thought on article %s not carried out: %s", move.article, error)
        self.catch_up()

    def _by_age(self, one: str, other: str) -> tuple[str, str] | None:
        """The threads that two ids stand for, the older first; None where they are one."""
        a, b = live(self._store, one), live(self._store, other)
        first, second = sorted((a, b), key=lambda t: (t.first_at, t.id))
        return (first.id, second.id) if a.id != b.id else None

    def _restored_threader(self) -> Threader:
        from nlp.rules import Rules

        threader = restored(StoredArchive(self._store, self._embedder.name), self._fitted)
        threader.rules = Rules(self._store.link_rules())
        self._threader = threader
        return threader

    def catch_up(self) -> None:
        """Follow the edits that were made since, by whichever process; the turn is held."""
        from nlp.rules import Rules

        edits = self._store.edits_after(self._seen) if self._seen is not None else ()
        if self._seen is None:
            self._seen = max((edit.id for edit in self._store.edits(limit=1)), default=0)
        for edit in edits:
            if edit.what == "leave_out" and edit.moves:
                # What was read of these articles is in every count: all is read anew.
                self._threader, self._roundups = None, Roundups(self._store, self._embedder)
            for article, old, thread in edit.moves:
                if self._threader is not None and not self._threader.move(article, thread):
                    self._take_in(article)
                if old is not None:
                    self._left(old)
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


def _apart(article: Article) -> Placement:
    """In no thread: what the threader can't read is stored and found, not grouped."""
    return Placement(
        article.id, None, "mention", 0.0, "unread", "the threader failed on its text", "other"
    )
