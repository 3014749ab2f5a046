"""What is due → jobs to poll it, a job a host.

In: the store's feeds, the jobs that wait or are being done. Out: jobs. One process plans (role
"poller", which `up` and `fetch` hold, too); any worker polls. Feeds of one host are one job, and of
one host there is one at most, so that no feed is polled twice at once.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable
from datetime import datetime
from typing import Final

from breachwire.model import Feed
from breachwire.net.hosts import host_of
from breachwire.pipeline.again import PAUSE
from breachwire.pipeline.poll import Poller
from breachwire.store.postgres.hosts import Lines
from breachwire.work.chore import Chore
from breachwire.work.queue import Queue

MOST: Final = 1_000
"""Hosts that wait at most: more than that is decided when there is room."""


class Planner:
    """One at a time on a store."""

    def __init__(
        self,
        poller: Poller,
        lines: Lines,
        queue: Queue,
        poll: Chore,
        again: Chore,
        now: Callable[[], datetime],
    ) -> None:
        """`again`: pages that are looked at again."""
        self._poller, self._lines, self._queue = poller, lines, queue
        self._poll, self._again, self._now = poll, again, now
        self._looked = self._seen_again = time.monotonic() - PAUSE
        poller.follow(self._heard)

    def run(self) -> int:
        """Ask for what is due and waits in no job yet; how many jobs."""
        if time.monotonic() - self._seen_again >= PAUSE:
            self._seen_again = time.monotonic()
            self._queue.ask(self._again)
        under_way = self._queue.keys(self._poll.queue)
        asked = 0
        for host, feeds in self._by_host().items():
            key = self._poll.key({"key": host})
            if len(under_way) + asked < MOST and key not in under_way:
                planned = self._now().isoformat()
                asked += self._queue.ask(self._poll, key=host, feeds=feeds, planned=planned)
        return asked

    def _by_host(self) -> dict[str, list[str]]:
        """Addresses of the feeds that are due, the longest awaited host first."""
        hosts: dict[str, list[str]] = defaultdict(list)
        for feed in self._poller.due():
            hosts[host_of(feed.spec.url)].append(feed.spec.url)
        return hosts

    def _heard(self) -> bool:
        """Whether any worker was answered since the last look."""
        now = time.monotonic()
        silent = self._lines.silent(now - self._looked)
        self._looked = now
        return not silent


def still_due(feed: Feed, planned: datetime) -> bool:
    """Whether nobody polled it since it was planned: a job may come twice."""
    return feed.last_fetch_at is None or feed.last_fetch_at < planned
