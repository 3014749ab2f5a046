"""Subscribed feeds → stored articles.

In: the store's due feeds, the one safe way out. Out: feeds with their new state, articles (state
"stored") and the entries they came from. Feeds of one host are asked one after the other, several
hosts at once; an article's page may lie on another host, so each request also holds that host's
lock. One bad entry never fails a feed, one bad feed never a run.
"""

from __future__ import annotations

import logging
import threading
from collections import defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from breachwire.config import Config
from breachwire.model import Entry, Feed
from breachwire.pipeline.clock import Steps
from breachwire.pipeline.outage import HearingClient, Outage
from breachwire.pipeline.taking import Hosts, Taken, Taker, entry_hash, named
from breachwire.store import Store
from ingest import fetch, schedule
from ingest.robots import Robots

log = logging.getLogger(__name__)
BATCH = 16
"""Entries a commit: what a kill can lose, to be fetched again, is at most this."""


@dataclass(frozen=True, slots=True)
class Polled:
    """What polling one feed did."""

    feed: Feed
    changed: bool
    """False: 304, or the poll failed."""
    new: int = 0
    revised: int = 0
    left_out: int = 0
    """Entries without an address, or that could not be read."""


class Poller:
    """Polls what is due. One at a time on a store (role "poller")."""

    def __init__(
        self,
        store: Store,
        client: HearingClient,
        config: Config,
        *,
        now: Callable[[], datetime],
        stop: threading.Event | None = None,
        steps: Steps | None = None,
    ) -> None:
        """`steps`: tells when the clock was set, so that feeds keep their intervals."""
        self._steps = steps
        self._store = store
        self._client = client
        self._config = config
        self._now = now
        self._stop = stop or threading.Event()
        self._hosts = Hosts()
        self._taker = Taker(
            store, client, Robots(client), config, now=now, stop=self._stop, hosts=self._hosts
        )
        self._outage: Outage | None = None

    def due(self) -> list[Feed]:
        """Feeds whose time has come, by the clock or with the network; gone ones never are."""
        if self._steps and (step := self._steps()):
            self._shift(step)
        now, feeds = self._now(), self._store.feeds()
        self._outage = self._outage or Outage(feeds)
        early = {feed.id for feed in self._outage.due(feeds, now)}
        return [feed for feed in feeds if feed.id in early or schedule.is_due(feed, now)]

    def _shift(self, step: timedelta) -> None:
        """The clock was set: what was planned by it moves along."""
        log.warning("the clock was set by %s; the feeds' next polls move along", step)
        for feed in self._store.feeds():
            if feed.next_fetch_at is not None:
                self._store.save_feed(replace(feed, next_fetch_at=feed.next_fetch_at + step))
        if self._outage:
            self._outage.shift(step)

    def run(
        self,
        feeds: Sequence[Feed] | None = None,
        progress: Callable[[Polled], None] = lambda _: None,
    ) -> list[Polled]:
        """Poll these feeds (default: those due), several hosts at once; a result a feed.

        Where the stop event is set meanwhile, feeds are left out or left half taken; the next run
        finds the rest.
        """
        by_host: dict[str, list[Feed]] = defaultdict(list)
        for feed in self.due() if feeds is None else feeds:
            by_host[urlsplit(feed.spec.url).netloc.lower()].append(feed)
        done: list[Polled] = []
        ended = threading.Event()
        self._client.heard.clear()

        def serve(queue: list[Feed]) -> None:
            for feed in queue:
                if self._stop.is_set() or ended.is_set():
                    return
                done.append(polled := self.poll(feed))
                progress(polled)

        with ThreadPoolExecutor(self._config.fetch_threads, "poll") as pool:
            try:
                for future in [pool.submit(serve, queue) for queue in by_host.values()]:
                    future.result()
            finally:
                ended.set()
        if self._outage and not self._stop.is_set():
            asked = [polled.feed for polled in done]
            self._outage.ended(asked, self._client.heard.is_set(), self._now())
        return done

    def poll(self, feed: Feed) -> Polled:
        """Ask one feed, take its new entries, save its state last: a kill in between asks again."""
        with self._hosts.holding(feed.spec.url):
            result = fetch.poll(
                self._client, feed, self._now(), config_minutes=self._config.poll_minutes
            )
        done = Taken()
        if result.parsed is not None:
            spec = named(result.feed.spec, result.parsed.title)
            waiting = self._waiting(feed, result.parsed.entries)
            done = Taken(left_out=len(result.parsed.problems))
            for start in range(0, len(waiting), BATCH):
                done += self._taker.take(feed, spec, waiting[start : start + BATCH])
                if self._stop.is_set():
                    break
        if self._stop.is_set():
            # The feed keeps its old state: the rest is seen again after the restart, and a request
            # that was cut off by the end of the process is no failure of the feed.
            return Polled(feed, result.changed, done.new, done.revised, done.left_out)
        polled = result.feed
        if result.parsed is not None and not polled.spec.title:
            polled = replace(polled, spec=replace(polled.spec, title=result.parsed.title))
        self._store.save_feed(polled)
        return Polled(polled, result.changed, done.new, done.revised, done.left_out)

    def _waiting(self, feed: Feed, entries: Sequence[Entry]) -> list[Entry]:
        """New and changed entries, the oldest first."""
        seen = self._store.seen_entries(feed.id, [entry.key for entry in entries])
        waiting = [
            entry
            for entry in entries
            if entry.key not in seen or seen[entry.key].content_hash != entry_hash(entry)
        ]
        return sorted(waiting, key=lambda entry: entry.published or self._now())
