"""The past of a feed or a site → stored articles, through the same `Taker` as live entries.

In: an address, the store, the one safe way out. Out: articles (state "stored"), the oldest first,
each with its own date of publication, and what the run did. The store keeps which documents were
read and which entries wait, so that a run goes on where the last one was killed. A feed's own
state (validators, rhythm, reachability) stays as polling left it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final
from urllib.parse import urldefrag

from breachwire.config import Config
from breachwire.errors import NoArchiveError, NotFoundError
from breachwire.model import Backfill, Entry, Feed, FeedSpec
from breachwire.net import Getter
from breachwire.pipeline.polite import Polite
from breachwire.pipeline.taking import Taken, Taker, named
from breachwire.pipeline.walk import Walk
from breachwire.store import Store
from ingest import urls
from ingest.robots import Robots

BATCH: Final = 64
"""Waiting entries read at a time; each is committed by itself."""

Progress = Callable[[str, int, int], None]


@dataclass(slots=True)
class Backfilled:
    """What a run did."""

    url: str
    feed: str = ""
    """Address of the feed whose past it is, else empty."""
    subscribed: bool = False
    resumed: bool = False
    """It went on where another had been cut off."""
    read: int = 0
    unchanged: int = 0
    kept: int = 0
    """Documents that were read, that answered 304, that the run before had read."""
    taken: Taken = field(default_factory=Taken)
    oldest: datetime | None = None
    newest: datetime | None = None
    """Of the entries taken."""
    waiting: int = 0
    """Entries found and not taken yet."""
    notes: list[str] = field(default_factory=list)
    ended: bool = False
    """All there is was read and taken."""
    broken: bool = False
    """A document could not be had just now."""


class Backfiller:
    """Takes over the past of one address at a time. One on a store (role "backfiller")."""

    def __init__(
        self,
        store: Store,
        client: Getter,
        config: Config,
        *,
        now: Callable[[], datetime],
        stop: threading.Event | None = None,
    ) -> None:
        self._store = store
        self._now = now
        self._stop = stop or threading.Event()
        self._robots = Robots(client)
        self._client = Polite(client, self._robots, config.backfill_pause, self._stop)
        self._taker = Taker(
            store,
            self._client,
            self._robots,
            config,
            now=now,
            stop=self._stop,
            counted=False,
        )

    def run(
        self,
        url: str,
        *,
        since: datetime | None = None,
        most: int = 1_000,
        progress: Progress = lambda *_: None,
    ) -> Backfilled:
        """Read what leads into the past and store at most so many articles of it.

        Raises NoArchiveError where nothing does, FetchError or ParseError for an address that gives
        nothing at all, LeftAloneError; what was done until then is kept.
        """
        url = urldefrag(url.strip()).url
        begun, resumed = self._begin(url)
        walk = Walk(
            self._store, self._client, self._robots, begun, since,
            now=self._now, stop=self._stop, progress=progress,
        )  # fmt: skip
        whole = walk.go(most)
        if whole and not walk.past and not walk.broken:
            self._store.drop_waiting(url)
            self._store.save_backfill(replace(walk.backfill, ended_at=self._now()))
            raise NoArchiveError(_none(url, walk))
        feed, subscribed = self._feed(walk.backfill)
        done = Backfilled(
            url=url,
            feed=walk.backfill.feed,
            subscribed=subscribed,
            resumed=resumed,
            read=walk.read,
            unchanged=walk.unchanged,
            kept=walk.kept,
            taken=Taken(left_out=walk.left_out),
            notes=walk.notes,
            broken=walk.broken,
        )
        self._take(done, feed, since, most, progress)
        done.waiting = self._store.count_waiting(url)
        done.ended = whole and not done.waiting and not walk.broken
        if done.ended:
            self._store.save_backfill(replace(walk.backfill, ended_at=self._now()))
        return done

    def _begin(self, url: str) -> tuple[Backfill, bool]:
        """A new run, or the one that was cut off."""
        known = self._store.backfill(url)
        if known is not None and known.ended_at is None:
            return known, True
        fresh = known or Backfill(url, self._now())
        fresh = replace(fresh, started_at=self._now(), ended_at=None)
        self._store.save_backfill(fresh)
        return fresh, False

    def _feed(self, backfill: Backfill) -> tuple[Feed, bool]:
        """The subscribed feed whose past it is; else one that is in no store (id 0)."""
        address = backfill.feed or backfill.url
        try:
            return self._store.feed(address), True
        except NotFoundError:
            return Feed(0, FeedSpec(address, title=backfill.title)), False

    def _take(
        self,
        done: Backfilled,
        feed: Feed,
        since: datetime | None,
        most: int,
        progress: Progress,
    ) -> None:
        """Take what waits, one commit an entry: its page is what costs."""
        asked, spec = 0, named(feed.spec, feed.spec.title)
        total = min(most, self._store.count_waiting(done.url, since))
        while asked < most and not self._stop.is_set():
            batch = self._store.waiting_entries(done.url, since, min(BATCH, most - asked))
            if not batch:
                return
            for entry in batch:
                if self._known(entry):
                    done.taken += Taken(known=1)
                else:
                    taken = self._taker.take(feed, spec, [entry])
                    if taken == Taken():
                        return  # stopped before it was stored
                    done.taken += taken
                    _span(done, entry)
                    asked += 1
                    progress("backfill", asked, max(total, asked))
                self._store.drop_waiting(done.url, [entry.key])

    def _known(self, entry: Entry) -> bool:
        """An article that came in meanwhile, or whose record was cut off by a kill."""
        return self._store.article_by_key(urls.key(entry.url)) is not None


def _span(done: Backfilled, entry: Entry) -> None:
    if entry.published is not None:
        done.oldest = min(done.oldest or entry.published, entry.published)
        done.newest = max(done.newest or entry.published, entry.published)


def _none(url: str, walk: Walk) -> str:
    tried = f" ({'; '.join(walk.notes)})" if walk.notes else ""
    return f"no archive found at {url}: no older pages, no news sitemap{tried}"
