"""What a store must do with what the operator wants gone after a time.

In: values of `breachwire.model`. Out: the same. A part of `breachwire.store.protocol.Store`, whose
rules hold here too. What is deleted is overwritten in the store's file.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from breachwire.model import Evidence

Prunable = Literal["briefs", "letters", "reports", "log", "archives", "suppressed"]
"""briefs: versions that another replaced before the time, but for signed ones; letters: of the
outbox, that were done with; reports: of readers, settled ones; log: edits that no rule rests on;
archives: documents of backfills that ended; suppressed: digests of addresses not to be entered."""


@dataclass(frozen=True, slots=True)
class Quiet:
    """Articles whose text nothing may still be written from: a thread's, or one that stands in
    none."""

    thread: str | None
    articles: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Mark:
    """How far texts were dropped."""

    until: datetime | None = None
    """Threads that were quiet by then are done."""
    seq: int = 0
    """Articles placed up to this row of embeddings are done."""


class RetentionStore(Protocol):
    """Dropping rows by age; dropping texts but for what is quoted of them."""

    def prune(self, what: Prunable, before: datetime, *, dry: bool = False) -> int:
        """Delete what is older; how many. `dry`: how many it would be."""

    def quiet(self, before: datetime, mark: Mark) -> tuple[list[Quiet], Mark]:
        """Threads without a report since `before` whose briefs are up to date, and roundups, that
        were not told of at `mark`; and the mark for the next call."""

    def cited(self, articles: Collection[int]) -> dict[int, list[Evidence]]:
        """All evidence of these articles anywhere: claims, indicators, mentions, every version of
        every brief, changes, corrections. One look through the store."""

    def drop_texts(self, kept: Mapping[int, Sequence[Evidence]], texts: Mapping[int, str]) -> int:
        """Replace these articles' texts, and blank their former ones but for `kept`; how many were
        replaced. One whose new text would lack words that a claim, an indicator, a mention or its
        thread's brief quotes, or that waits to be read, stays as it is."""
