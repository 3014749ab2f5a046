"""What a store must do with what readers watch: keep it, find its threads, tell what changed.

In: values of `breachwire.model`. Out: the same. A part of `breachwire.store.protocol.Store`, whose
rules hold here too. A watch is known by the digest of its secret alone (`model.tokens.digest`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from breachwire.model import Change, NameKind, Watch, WatchEntry, WatchSummary

NameAsked = tuple[NameKind, str]
"""As what, and the slug of the name (of a sector: its name in lower case)."""


class WatchStore(Protocol):
    """Saved searches and watch lists; threads by many names, and their changes, in one call."""

    def add_watch(self, watch: Watch, digest: str, *, most: int, most_entries: int) -> Watch:
        """Store a new one; returned with its id. Raises ConflictError where there are `most`
        watches, or would be more than `most_entries` entries of all together."""

    def watch(self, digest: str) -> Watch | None:
        """With its entries in order; None: there is none."""

    def watch_by_id(self, id: int) -> Watch:
        """The operator's way. Raises NotFoundError."""

    def watches(self) -> list[WatchSummary]:
        """All, by id."""

    def save_watch(
        self,
        id: int,
        label: str,
        query: Mapping[str, str],
        entries: Sequence[WatchEntry],
        at: datetime,
        *,
        most_entries: int,
    ) -> None:
        """Replace what it watches. Raises NotFoundError; ConflictError, as `add_watch`."""

    def touch_watch(self, id: int, at: datetime) -> None:
        """Note a use. `changed` stays as it is: no page shows it."""

    def delete_watch(self, id: int) -> None:
        """For good: its bytes in the store's file are overwritten. Raises NotFoundError."""

    def purge_watches(self, before: datetime) -> int:
        """Delete, as `delete_watch`, those that were last used (or, never used, made) before a
        time; how many."""

    def threads_by_names(self, names: Collection[NameAsked]) -> dict[NameAsked, tuple[str, ...]]:
        """Live threads whose facts name each of them: a party by any spelling of the entity, a
        description as it stands, a sector as any party's. Names without threads are left out."""

    def absorbed(self, threads: Collection[str]) -> dict[str, str]:
        """Threads that were merged into these, directly or through others → which of these."""

    def changes_in(self, threads: Collection[str], limit: int) -> list[tuple[str, Change]]:
        """The newest changes of these threads together, each with its thread, newest first."""

    def first_seen(self, articles: Collection[int]) -> dict[int, datetime]:
        """When each of these articles was first seen; unknown ones are left out."""
