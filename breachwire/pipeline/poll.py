"""Subscribed feeds → stored articles.

In: the store's due feeds, the one safe way out. Out: feeds with their new state, articles (state
"stored") and the entries they came from. Feeds of one host are asked one after the other, several
hosts at once; a host that is slow holds up none but itself, where the caller has patience for so
long only. One bad entry never fails a feed, one bad feed never a run.
"""

from __future__ import annotations

import logging
import threading
from collections import defaultdict, deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final

from breachwire.config import Config
from breachwire.model import Entry, Feed
from breachwire.net.hosts import host_of
from breachwire.pipeline.clock import Steps
from breachwire.pipeline.outage import HearingClient, Outage
from breachwire.pipeline.steps import step
from breachwire.pipeline.taking import Taken, Taker, entry_hash, named
from breachwire.store import Store
from ingest import fetch, rhythm, schedule
from ingest.robots import Robots

log = logging.getLogger(__name__)
BATCH = 16
"""Entries a commit: what a kill can lose, to be fetched again, is at most this."""
ROUND: Final = 10.0
"""Seconds that a round of many is waited for: a slow host must not hold up feeds that are due."""
FIRST_ROUND: Final = 60.0
"""The same of the first one, at whose end somebody looks, and beside which little is due."""
NEVER: Final = datetime.min.replace(tzinfo=UTC)


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
        robots: Robots | None = None,
    ) -> None:
        """`steps`: tells when the clock was set, so that feeds keep their intervals."""
        self._steps = steps
        self._store = store
        self._client = client
        self._config = config
        self._now = now
        self._stop = stop or threading.Event()
        robots = robots or Robots(client)
        client.hosts.space = robots.known_delay
        self._taker = Taker(store, client, robots, config, now=now, stop=self._stop)
        self._outage: Outage | None = None
        self._pool = ThreadPoolExecutor(config.fetch_threads, "poll")
        self._running: dict[Future[None], str] = {}
        """What is under way, by its host."""
        self._done: deque[Polled] = deque()
        self._ended = threading.Event()
        self._others: Callable[[], bool] | None = None
        self._asked: dict[int, datetime | None] = {}
        """When each feed was asked last, as far as it is known here."""

    def due(self) -> list[Feed]:
        """Feeds whose time has come, by the clock or with the network; gone ones never are."""
        if self._steps and (step := self._steps()):
            self._shift(step)
        now, feeds = self._now(), self._store.feeds()
        if self._others:
            self._note(feeds)
        self._outage = self._outage or Outage(feeds)
        early = {feed.id for feed in self._outage.due(feeds, now)}
        return [
            feed
            for feed in sorted(feeds, key=_awaited)
            if (feed.id in early or schedule.is_due(feed, now)) and self._free(feed)
        ]

    def follow(self, heard: Callable[[], bool]) -> None:
        """Others poll what is due: what came of that is read in the store, and `heard` says whether
        any server answered any of them since it was asked last."""
        self._others = heard

    def _note(self, feeds: Sequence[Feed]) -> None:
        heard = self._others is not None and self._others()
        asked = [f for f in feeds if f.last_fetch_at != self._asked.get(f.id, f.last_fetch_at)]
        self._asked = {feed.id: feed.last_fetch_at for feed in feeds}
        if self._outage:
            self._outage.ended(asked, heard, self._now())

    @property
    def busy(self) -> bool:
        """Whether anything is under way still."""
        return bool(self._running)

    def _free(self, feed: Feed) -> bool:
        """Neither under way nor of a server that wants to be left alone."""
        url = feed.spec.url
        return host_of(url) not in self._running.values() and not self._client.hosts.resting(url)

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
        *,
        patience: float | None = None,
    ) -> list[Polled]:
        """Poll these feeds (default: those due), several hosts at once; a result a feed.

        `patience`: seconds after which those still under way are left to themselves; a later run
        gives their results. None: all of them are waited for. Where the stop event is set
        meanwhile, feeds are left out or left half taken; the next run finds the rest.
        """
        queues: dict[str, list[Feed]] = defaultdict(list)
        for feed in self.due() if feeds is None else feeds:
            queues[host_of(feed.spec.url)].append(feed)
        self._client.heard.clear()
        for host, queue in queues.items():
            self._running[self._pool.submit(self._serve, queue, progress, self._ended)] = host
        self._settle(patience)
        done = [self._done.popleft() for _ in range(len(self._done))]
        if self._outage and not self._stop.is_set():
            asked = [polled.feed for polled in done]
            self._outage.ended(asked, self._client.heard.is_set(), self._now())
        return done

    def close(self, seconds: float) -> None:
        """Once the stop event is set: let what is under way end, for so long at most."""
        wait(self._running, seconds)
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _serve(
        self, queue: Sequence[Feed], progress: Callable[[Polled], None], ended: threading.Event
    ) -> None:
        for polled in self.serve(queue, ended):
            self._done.append(polled)
            progress(polled)

    def serve(
        self, queue: Sequence[Feed], ended: threading.Event | None = None
    ) -> Iterator[Polled]:
        """Poll the feeds of one host, one after the other; a server that asks for a pause has it.
        Any thread may, each for a host of its own."""
        for feed in queue:
            if self._stop.is_set() or (ended and ended.is_set()):
                return
            if not self._client.hosts.resting(feed.spec.url):
                yield self.poll(feed)

    def _settle(self, patience: float | None) -> None:
        """Wait for what is under way. A fault of one (of the store, as a rule) ends all of them and
        is raised."""
        over, _ = wait(self._running, patience, FIRST_EXCEPTION)
        faults = [future for future in over if future.exception()]
        if faults:
            self._ended.set()
            over, _ = wait(self._running)
            self._ended = threading.Event()
        for future in over:
            del self._running[future]
        for future in faults:
            future.result()

    def poll(self, feed: Feed) -> Polled:
        """Ask one feed, take its new entries, save its state last: a kill in between asks again."""
        now = self._now()
        result = fetch.poll(
            self._client,
            feed,
            now,
            config_minutes=self._config.poll_minutes,
            times=self._store.published_by(feed.id, rhythm.NEWEST),
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
        self._store.save_feed(polled, shown=_shown(polled) != _shown(feed))
        step(
            log, "polled", feed=feed.id, url=feed.spec.url, state=polled.state, error=polled.error,
            changed=result.changed, new=done.new, revised=done.revised,
            next=polled.next_fetch_at and polled.next_fetch_at.isoformat(),
        )  # fmt: skip
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


def _awaited(feed: Feed) -> datetime:
    return feed.next_fetch_at or NEVER


def _shown(feed: Feed) -> tuple[object, ...]:
    """What readers see of a feed, but for the times: pages need not be made anew for those."""
    return feed.spec, feed.state, feed.error
