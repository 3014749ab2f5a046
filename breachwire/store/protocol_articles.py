"""What a store must do with entries, articles and the indicators in them.

In: values of `breachwire.model`. Out: the same. A part of `breachwire.store.protocol.Store`, whose
rules hold here too.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from breachwire.model import Article, ArticleState, Draft, Indicator

Outcome = Literal["new", "revised", "known"]


@dataclass(frozen=True, slots=True)
class EntryRef:
    """Which feed's entry a draft came from."""

    feed: int
    key: str
    content_hash: str
    """Of the entry as the feed states it; an unchanged entry is not fetched again."""


@dataclass(frozen=True, slots=True)
class SeenEntry:
    """What the store knows of an entry."""

    content_hash: str
    article: int | None


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a draft."""

    article: Article
    outcome: Outcome


class ArticleStore(Protocol):
    """What came in."""

    def seen_entries(self, feed: int, keys: Sequence[str]) -> dict[str, SeenEntry]: ...
    def take(self, drafts: Sequence[tuple[Draft, EntryRef | None]], now: datetime) -> list[Taken]:
        """Store drafts, one result each, in order. A draft that shares a key with an article is
        that article: with another title or text it becomes a revision (the old text is kept, the
        state goes back to "stored"), else it is known. A text taken from a feed never replaces one
        taken from a page. New keys are remembered. Drafts of one call may be one another's.

        Raises LeftOutError, and stores none, where one has an address of an outlet left out."""

    def article(self, id: int) -> Article:
        """Raises NotFoundError."""

    def article_by_key(self, key: str) -> Article | None: ...
    def articles(self, ids: Sequence[int]) -> dict[int, Article]: ...
    def articles_in(self, state: ArticleState, limit: int) -> list[Article]:
        """The oldest first."""

    def claimed_below(self, below: int | None, limit: int) -> list[Article]:
        """The newest whose claims were read, of those with an id below `below` (None: of all)."""

    def await_claims(self, articles: Sequence[int]) -> None:
        """Those that are "claimed" are "threaded" again: what they claim is read once more. Their
        claims stand until then."""

    def all_articles(self) -> Iterator[Article]: ...
    def delays(self, since: datetime) -> list[float]:
        """Seconds from publication to first sight of articles published since then and dated by
        their outlets; those of a feed's first poll, which were old already, included."""

    def seen_between(
        self, after: tuple[datetime, int], until: datetime, *, published: datetime, limit: int
    ) -> list[Article]:
        """Those first seen after a moment (there, with a higher id) and not after `until`, of those
        published since `published`; by when they were seen, then by id."""

    # indicators
    def indicators(self, articles: Sequence[int]) -> dict[int, tuple[Indicator, ...]]:
        """Each article's, in the order they stand in it."""

    def save_indicators(self, articles: Sequence[int], indicators: Sequence[Indicator]) -> None:
        """Replace all indicators of these articles; the same again changes nothing."""
