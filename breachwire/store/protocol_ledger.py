"""What a store must do with claims, details, what changed in them, and entities.

In: values of `breachwire.model`. Out: the same. A part of `breachwire.store.protocol.Store`, whose
rules hold here too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from breachwire.model import Change, Correction, Detail, Entity, LedgerClaim, PartyKind, Reading


class LedgerStore(Protocol):
    """Who claims what, and since when."""

    def ledger(self, threads: Sequence[str]) -> dict[str, list[LedgerClaim]]: ...
    def save_ledger(
        self,
        articles: Sequence[int],
        claims: Sequence[LedgerClaim],
        details: Mapping[str, Sequence[Detail]],
        *,
        read: Mapping[int, str] | None = None,
        changes: Sequence[Change] = (),
        corrections: Sequence[Correction] = (),
    ) -> None:
        """Replace all claims of these articles and all details of these threads, set the articles
        "claimed", mark the threads stale, add what changed: one commit. `read`: the content hash of
        the text that each article's claims were read from (else its present one); an article that
        was edited meanwhile keeps its state."""

    def readings(self, articles: Sequence[int]) -> dict[int, Reading]:
        """The texts that the articles' claims were last read from; without those never read."""

    def reread(self, articles: Sequence[int]) -> dict[int, datetime]:
        """When newer rules last read something else in each one's same text, which is no news.
        Without those for which that never was."""

    def changes(
        self,
        thread: str,
        *,
        since: datetime | None = None,
        before: int | None = None,
        limit: int = 100,
    ) -> list[Change]:
        """Newest first: those seen after `since`, with an id below `before`."""

    def corrections(self, *, before: int | None = None, limit: int = 50) -> list[Correction]:
        """Of all articles, newest first: those with an id below `before`."""

    def corrections_of(self, articles: Sequence[int]) -> dict[int, tuple[Correction, ...]]:
        """Of these articles, oldest first; without those never corrected."""

    def details(self, threads: Sequence[str]) -> dict[str, tuple[Detail, ...]]: ...
    def entity(self, kind: PartyKind, slug: str) -> Entity | None:
        """Who answers to this slug: an address or any other spelling; None for nobody."""
