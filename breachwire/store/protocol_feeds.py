"""What a store must do with feeds, and with the past of their sites.

In: values of `breachwire.model`. Out: the same. A part of `breachwire.store.protocol.Store`, whose
rules hold here too.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from breachwire.model import ArchivePage, Backfill, Entry, Feed, FeedSpec


class FeedStore(Protocol):
    """Subscriptions, and what their archives still hold."""

    def feeds(self) -> list[Feed]:
        """All, by outlet."""

    def feed(self, url: str) -> Feed:
        """Raises NotFoundError."""

    def add_feeds(self, specs: Sequence[FeedSpec]) -> tuple[int, int]:
        """How many were added and how many were known (those keep their state; an empty field of
        theirs takes the new value); those of outlets left out are neither."""

    def remove_feed(self, url: str) -> None:
        """Its articles stay. Raises NotFoundError."""

    def save_feed(self, feed: Feed, *, shown: bool = True) -> None:
        """Everything but its counts of pages, by id. `shown`: whether readers' pages have anything
        of it to show; else `changed` stays as it is."""

    def published_by(self, feed: int, limit: int) -> list[datetime]:
        """When its newest entries were published, as far as they became articles."""

    def count_pages(self, feed: int, ok: int, refused: int, error: str | None) -> None:
        """Add to the feed's article reachability."""

    # a site's past
    def backfill(self, url: str) -> Backfill | None: ...
    def save_backfill(self, backfill: Backfill) -> None:
        """By address; what was read and what waits stays as it is."""

    def archive_pages(self, url: str) -> dict[str, ArchivePage]:
        """The documents a backfill has read, by address."""

    def save_archive_page(self, url: str, page: ArchivePage, entries: Sequence[Entry]) -> None:
        """Remember a document, in one step with its entries that now wait to be taken."""

    def waiting_entries(self, url: str, since: datetime | None, limit: int) -> list[Entry]:
        """The oldest first, those without a date last; none before `since`."""

    def count_waiting(self, url: str, since: datetime | None = None) -> int: ...
    def drop_waiting(self, url: str, keys: Sequence[str] | None = None) -> None:
        """These entries wait no more; without keys, none does."""
