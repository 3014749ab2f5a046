"""Feeds, their entries and articles: that part of the store on SQLite."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from breachwire.model import Article, ArticleState, Draft, Feed, FeedSpec
from breachwire.store import articles as article_rows
from breachwire.store import feeds as feed_rows
from breachwire.store.protocol_articles import EntryRef, SeenEntry, Taken
from breachwire.store.sqlite.transactions import PIECE, Transactions


class Intake(Transactions):
    """What comes in."""

    def feeds(self) -> list[Feed]:
        with self._read() as connection:
            return feed_rows.all_feeds(connection)

    def feed(self, url: str) -> Feed:
        with self._read() as connection:
            return feed_rows.by_url(connection, url)

    def add_feeds(self, specs: Sequence[FeedSpec]) -> tuple[int, int]:
        with self._write() as connection:
            return feed_rows.add(connection, specs)

    def remove_feed(self, url: str) -> None:
        with self._write() as connection:
            feed_rows.remove(connection, url)

    def save_feed(self, feed: Feed, *, shown: bool = True) -> None:
        with self._write(shown=shown) as connection:
            feed_rows.save(connection, feed)

    def published_by(self, feed: int, limit: int) -> list[datetime]:
        with self._read() as connection:
            return article_rows.published_by(connection, feed, limit)

    def count_pages(self, feed: int, ok: int, refused: int, error: str | None) -> None:
        with self._write() as connection:
            feed_rows.count_pages(connection, feed, ok, refused, error)

    def seen_entries(self, feed: int, keys: Sequence[str]) -> dict[str, SeenEntry]:
        with self._read() as connection:
            return feed_rows.seen(connection, feed, keys)

    def take(self, drafts: Sequence[tuple[Draft, EntryRef | None]], now: datetime) -> list[Taken]:
        with self._write() as connection:
            return article_rows.take(connection, drafts, now)

    def article(self, id: int) -> Article:
        with self._read() as connection:
            return article_rows.one(connection, id)

    def article_by_key(self, key: str) -> Article | None:
        with self._read() as connection:
            return article_rows.by_key(connection, key)

    def articles(self, ids: Sequence[int]) -> dict[int, Article]:
        with self._read() as connection:
            return article_rows.many(connection, ids)

    def articles_in(self, state: ArticleState, limit: int) -> list[Article]:
        with self._read() as connection:
            return article_rows.in_state(connection, state, limit)

    def claimed_below(self, below: int | None, limit: int) -> list[Article]:
        with self._read() as connection:
            return article_rows.claimed_below(connection, below, limit)

    def await_claims(self, articles: Sequence[int]) -> None:
        with self._write() as connection:
            article_rows.await_claims(connection, articles)

    def seen_between(
        self, after: tuple[datetime, int], until: datetime, *, published: datetime, limit: int
    ) -> list[Article]:
        with self._read() as connection:
            return article_rows.seen_between(connection, after, until, published, limit)

    def delays(self, since: datetime) -> list[float]:
        with self._read() as connection:
            return article_rows.delays(connection, since)

    def all_articles(self) -> Iterator[Article]:
        last = -1
        while True:
            with self._read() as connection:
                piece = article_rows.after(connection, last, PIECE)
            if not piece:
                return
            yield from piece
            last = piece[-1].id
