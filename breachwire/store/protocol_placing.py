"""What a store must do with embeddings and with where articles stand.

In: values of `breachwire.model`. Out: the same. A part of `breachwire.store.protocol.Store`, whose
rules hold here too.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Protocol

from breachwire.model import Placed, Placement, Thread, Vector, Vectors


class PlacingStore(Protocol):
    """Vectors, and the membership that they led to."""

    def vectors_by_hash(self, model: str, hashes: Sequence[str]) -> dict[str, Vector]:
        """Embeddings of equal content, whichever article they were made for."""

    def vectors_of(self, model: str, articles: Sequence[int]) -> dict[int, Vector]: ...
    def place(
        self,
        model: str,
        placements: Sequence[tuple[Placement, Vector]],
        threads: Sequence[Thread],
    ) -> None:
        """Embedding, membership, thread rows and the article's state "threaded" in one commit; the
        threads are marked stale; a placed article's earlier membership is replaced; the vectors go
        into the index the store was handed. What is placed in a thread that was merged meanwhile
        goes to where it was merged into, whose row is counted anew; the merged one's is ignored."""

    def placed(self, model: str, since: datetime | None = None) -> Iterator[Placed]:
        """Every placed article of that model from `since` on, by time: what the threader starts
        from, with the victims of its claims. Roundups included."""

    def placed_among(self, model: str, articles: Sequence[int]) -> list[Placed]:
        """Those of these articles that are placed, by time, as `placed` gives them."""

    def placed_span(self) -> tuple[datetime, datetime] | None:
        """The times of the oldest and of the newest placed article; None: there is none."""

    def vectors_between(
        self, model: str, since: datetime, until: datetime
    ) -> tuple[list[int], Vectors]:
        """Ids and vectors (a row each) of the articles in threads of since <= time < until."""

    def placements(self, articles: Sequence[int]) -> dict[int, Placement]:
        """Each placed article's own membership, roundups (thread None) included."""
