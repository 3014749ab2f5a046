"""Subscribed feeds → stored articles.

In: the store's due feeds, the one safe way out. Out: feeds with their new state, articles (state
"stored") and the entries they came from. Feeds of one host are asked one after the other, several
hosts at once; an article's page may lie on another host, so each request also holds that host's
lock. One bad entry never fails a feed, one bad feed never a run.
"""

from __future__ import annotations

import hashlib
import logging
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlsplit

from breachwire.config import Config
from breachwire.errors import BreachwireError, FetchError, StoreError
from breachwire.model import Draft, Entry, Feed, FeedSpec, Page, PageState
from breachwire.pipeline.outage import HearingClient, Outage
from breachwire.pipeline.page import fetch_page
from breachwire.store import EntryRef, Store
from ingest import compose, extract, fetch, schedule, urls
from ingest.robots import Robots

BATCH = 16
"""Entries a commit: what a kill can lose, to be fetched again, is at most this."""

log = logging.getLogger(__name__)


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


class Hosts:
    """One request a host at a time, whoever asks."""

    def __init__(self) -> None:
        self._locks: dict[str, threading.Lock] = defaultdict(threading.Lock)
        self._guard = threading.Lock()

    @contextmanager
    def holding(self, url: str) -> Iterator[None]:
        """Hold the host of `url` while inside."""
        with self._guard:
            lock = self._locks[urlsplit(url).netloc.lower()]
        with lock:
            yield


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
    ) -> None:
        self._store = store
        self._client = client
        self._config = config
        self._now = now
        self._stop = stop or threading.Event()
        self._robots = Robots(client)
        self._hosts = Hosts()
        self._outage: Outage | None = None

    def due(self) -> list[Feed]:
        """Feeds whose time has come, by the clock or with the network; gone ones never are."""
        now, feeds = self._now(), self._store.feeds()
        self._outage = self._outage or Outage(feeds)
        early = {feed.id for feed in self._outage.due(feeds, now)}
        return [feed for feed in feeds if feed.id in early or schedule.is_due(feed, now)]

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
        new = revised = left_out = 0
        if result.parsed is not None:
            spec = _named(result.feed.spec, result.parsed.title)
            waiting = self._waiting(feed, result.parsed.entries)
            left_out = len(result.parsed.problems)
            for start in range(0, len(waiting), BATCH):
                taken = self._take(feed, spec, waiting[start : start + BATCH])
                new += taken["new"]
                revised += taken["revised"]
                left_out += taken["left_out"]
                if self._stop.is_set():
                    break
        if self._stop.is_set():
            # The feed keeps its old state: the rest is seen again after the restart, and a request
            # that was cut off by the end of the process is no failure of the feed.
            return Polled(feed, result.changed, new, revised, left_out)
        polled = result.feed
        if result.parsed is not None and not polled.spec.title:
            polled = replace(polled, spec=replace(polled.spec, title=result.parsed.title))
        self._store.save_feed(polled)
        return Polled(polled, result.changed, new, revised, left_out)

    def _waiting(self, feed: Feed, entries: Sequence[Entry]) -> list[Entry]:
        """New and changed entries, the oldest first."""
        seen = self._store.seen_entries(feed.id, [entry.key for entry in entries])
        waiting = [
            entry
            for entry in entries
            if entry.key not in seen or seen[entry.key].content_hash != entry_hash(entry)
        ]
        return sorted(waiting, key=lambda entry: entry.published or self._now())

    def _take(self, feed: Feed, spec: FeedSpec, entries: Sequence[Entry]) -> dict[str, int]:
        count = {"new": 0, "revised": 0, "known": 0, "left_out": 0}
        drafts: list[tuple[Draft, EntryRef | None]] = []
        for entry in entries:
            try:
                draft = self._draft(feed, spec, entry)
                ref = EntryRef(feed.id, entry.key, entry_hash(entry))
            except StoreError:
                raise
            except Exception as error:
                # Any fault of reading one entry or its page is that entry's alone.
                count["left_out"] += 1
                why = str(error) if isinstance(error, BreachwireError) else repr(error)
                log.warning("%s: entry %r left out: %s", feed.spec.url, entry.key, why)
                log.debug("entry left out", exc_info=True)
                continue
            if self._stop.is_set():
                # Its page may have been cut off by the end: the next run fetches it whole.
                break
            drafts.append((draft, ref))
        for taken in self._store.take(drafts, self._now()):
            count[taken.outcome] += 1
        return count

    def _draft(self, feed: Feed, spec: FeedSpec, entry: Entry) -> Draft:
        """An entry with its page, where that can be had; else with the feed's own text."""
        url, note = entry.url, ""
        page: Page | None = None
        state: PageState = "unknown"
        known = self._store.article_by_key(urls.key(entry.url)) if entry.url else None
        # Another outlet's feed that links to a page we hold costs that page's host nothing.
        held = known and known.text_from == "page" and known.source != spec.outlet
        if self._config.fetch_pages and entry.url and not held:
            url, page, state, note = self._page(feed, entry)
        draft = compose.compose(
            entry, spec, page, url=url, page_state=state, note=note, now=self._now()
        )
        if state == "ok":
            # Only now is it known whether the page served or was a wall around the story.
            served = draft.page_state == "ok"
            error = None if served else f"{draft.page_note} ({url})"
            self._store.count_pages(feed.id, int(served), int(not served), error)
        return draft

    def _page(self, feed: Feed, entry: Entry) -> tuple[str, Page | None, PageState, str]:
        try:
            with self._hosts.holding(entry.url):
                url, page = fetch_page(self._client, self._robots, entry.url)
        except FetchError as error:
            self._store.count_pages(feed.id, 0, 1, str(error))
            return entry.url, None, "refused", error.message
        except BreachwireError as error:
            self._store.count_pages(feed.id, 0, 1, str(error))
            return entry.url, None, "thin", str(error)
        return url, page, "ok", ""


def entry_hash(entry: Entry) -> str:
    """Of what readers would see of an entry: a counter hidden in its markup is no change."""
    words = "\n".join((entry.title, extract.plain(entry.content or entry.summary), entry.url))
    return hashlib.sha256(words.encode("utf-8", "replace")).hexdigest()


def _named(spec: FeedSpec, title: str) -> FeedSpec:
    """A feed added by its bare address is called by its own title."""
    return spec if spec.outlet else replace(spec, outlet=spec.title or title)
