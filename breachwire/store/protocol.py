"""What a store must do, grouped by noun; SQLite and PostgreSQL each do all of it.

In: values of `breachwire.model`. Out: the same. Every method is one transaction, idempotent, and
safe to call from any thread; every method may raise StoreError (disk full, locked, damaged).
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Literal, Protocol

from breachwire.model.jobs import Jobs
from breachwire.store.protocol_alerts import AlertStore
from breachwire.store.protocol_articles import ArticleStore
from breachwire.store.protocol_briefs import BriefStore
from breachwire.store.protocol_edits import EditStore
from breachwire.store.protocol_feeds import FeedStore
from breachwire.store.protocol_ledger import LedgerStore
from breachwire.store.protocol_models import ModelStore
from breachwire.store.protocol_newsletter import NewsletterStore
from breachwire.store.protocol_outlets import OutletStore
from breachwire.store.protocol_placing import PlacingStore
from breachwire.store.protocol_reading import ReadingStore
from breachwire.store.protocol_reports import ReportStore
from breachwire.store.protocol_retention import RetentionStore
from breachwire.store.protocol_search import SearchStore
from breachwire.store.protocol_threads import ThreadStore
from breachwire.store.protocol_tokens import TokenStore
from breachwire.store.protocol_watches import WatchStore
from breachwire.store.protocol_webhooks import WebhookStore

RoleName = Literal["poller", "threader", "backfiller", "writer", "mailer", "courier", "migrate"]


@dataclass(frozen=True, slots=True)
class Counts:
    """For /readyz, /sources and doctor."""

    feeds: int
    entries: int
    articles: int
    threads: int
    unplaced: int
    """Articles stored and not threaded yet."""
    stale: int
    """Threads whose brief is behind their ledger or members."""


class Store(
    AlertStore,
    ArticleStore,
    BriefStore,
    EditStore,
    FeedStore,
    LedgerStore,
    ModelStore,
    NewsletterStore,
    OutletStore,
    PlacingStore,
    ReadingStore,
    ReportStore,
    RetentionStore,
    SearchStore,
    ThreadStore,
    TokenStore,
    WatchStore,
    WebhookStore,
    Protocol,
):
    """The truth, and search over it."""

    @property
    def url(self) -> str: ...
    def close(self) -> None: ...
    def counts(self) -> Counts: ...
    def changed(self) -> str:
        """A token that differs after every write by any process (for ETags and caches)."""

    def reading(self) -> AbstractContextManager[None]:
        """What this thread reads inside, it reads of one moment, in one transaction: for some
        milliseconds of many small readings. A nested one is part of the outer one."""

    def check(self) -> list[str]:
        """What is wrong with the store, a line each; empty: nothing found."""

    def jobs(self) -> list[Jobs]:
        """The queues of work that workers share; empty where one process works alone."""

    def reindex(self) -> None:
        """Make the full-text index anew from the articles."""

    def role(self, name: RoleName) -> AbstractContextManager[None]:
        """Hold a role on this store while inside. Raises StoreBusyError if another process does;
        a killed holder lets go by itself. Who lost it without knowing writes nothing from then on:
        what its thread writes raises StoreBusyError (but for pollers, whose threads are many)."""

    def acting(self, name: RoleName) -> AbstractContextManager[None]:
        """The same for another thread of the process that holds the role. Raises StoreBusyError
        where it does not any more."""

    def holds(self, name: RoleName) -> bool:
        """Whether this process has the role still."""

    def meta(self, key: str) -> str | None: ...
    def set_meta(self, key: str, value: str) -> None: ...
