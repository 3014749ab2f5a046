"""Manners toward hosts: one request at a time, spaced as a host wishes, none while it rests.

In: addresses that are about to be asked for, pauses that servers ask for. Out: turns. All who share
a `Hosts` queue in one line for each host; hosts do not wait for one another. Where several
processes fetch for one store, the first of each line stands in a line that they share (`Shared`).
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final, Protocol
from urllib.parse import urlsplit

from breachwire.errors import FetchError

UNSAID: Final = 60.0
"""Seconds of pause after a 429 that names none, and after a request that took too long: whoever
needs longer than that for one page should not be asked for the next at once."""
MOST: Final = 4096
"""Hosts that are remembered; those with nothing left to wait for go first."""
_TICK: Final = 0.2
LOOK: Final = 0.5
"""Seconds at most between two looks at whether another process is done with a host."""


class Shared(Protocol):
    """What several processes know of hosts, by name; any thread may use it, all may raise
    StoreError."""

    def take(self, host: str) -> float:
        """0: it is ours until `leave`, or until we are taken for dead; else seconds to wait."""

    def leave(self, host: str, space: float) -> None:
        """Done; nobody is to ask it for so many seconds."""

    def rest(self, host: str, seconds: float) -> None:
        """Leave it alone for so long."""

    def resting(self, host: str) -> float:
        """Seconds that it is still to be left alone."""


@dataclass(slots=True)
class _Host:
    lock: threading.Lock = field(default_factory=threading.Lock)
    waiting: int = 0
    """Who holds it or stands in line."""
    free_at: float = 0.0
    """The next request is not to begin before."""
    rests_until: float = 0.0
    """The server asked for a pause until then."""


def host_of(url: str) -> str:
    """What counts as one host: its name and port."""
    return urlsplit(url).netloc.rpartition("@")[2].lower()


def no_space(url: str) -> float:  # noqa: ARG001
    """No pause between two requests."""
    return 0.0


class Hosts:
    """The lines before all hosts; any thread may use it."""

    def __init__(
        self, *, clock: Callable[[], float] = time.monotonic, shared: Shared | None = None
    ) -> None:
        """`clock`: seconds that never step back."""
        self._clock = clock
        self._shared = shared
        self._hosts: dict[str, _Host] = {}
        self._guard = threading.Lock()
        self.space: Callable[[str], float] = no_space
        """Seconds to leave after a request for an address: a Crawl-delay. It must not ask."""

    @contextmanager
    def turn(self, url: str, ended: threading.Event) -> Iterator[float]:
        """Have the host of `url` for one request; gives the seconds that were waited. Raises
        FetchError where it rests, or where `ended` is set meanwhile."""
        began, host = self._clock(), self._enter(url)
        try:
            self._take(host, url, ended)
            try:
                yield self._clock() - began
            finally:
                self._leave(host, url)
        finally:
            with self._guard:
                host.waiting -= 1

    def rest(self, url: str, seconds: float) -> None:
        """Leave the host alone for so long."""
        with self._guard:
            host = self._host(url)
            host.rests_until = max(host.rests_until, self._clock() + seconds)
        if self._shared and seconds > 0:
            self._shared.rest(host_of(url), seconds)

    def resting(self, url: str) -> float:
        """Seconds that the host is still to be left alone; 0: it may be asked."""
        elsewhere = self._shared.resting(host_of(url)) if self._shared else 0.0
        with self._guard:
            host = self._hosts.get(host_of(url))
            return max(elsewhere, host.rests_until - self._clock() if host else 0.0)

    def _take(self, host: _Host, url: str, ended: threading.Event) -> None:
        """Its lock, once its time has come."""
        while not host.lock.acquire(timeout=_TICK):
            if ended.is_set():
                raise _stopped(url)
        try:
            self._refuse(url)
            if ended.wait(max(0.0, host.free_at - self._clock())):
                raise _stopped(url)
            while self._shared and (left := self._shared.take(host_of(url))) > 0:
                self._refuse(url)
                if ended.wait(min(left, LOOK)):
                    raise _stopped(url)
        except BaseException:
            host.lock.release()
            raise

    def _refuse(self, url: str) -> None:
        """Raises FetchError for a host that rests."""
        if (left := self.resting(url)) > 0:
            raise FetchError(
                "connect",
                url,
                f"its server is left alone for another {math.ceil(left)} s",
                retry_after=left,
            )

    def _leave(self, host: _Host, url: str) -> None:
        space = self.space(url)
        host.free_at = self._clock() + space
        try:
            if self._shared:
                self._shared.leave(host_of(url), space)
        finally:
            host.lock.release()

    def _enter(self, url: str) -> _Host:
        with self._guard:
            host = self._host(url)
            host.waiting += 1
            return host

    def _host(self, url: str) -> _Host:
        name = host_of(url)
        if name not in self._hosts and len(self._hosts) >= MOST:
            self._forget()
        return self._hosts.setdefault(name, _Host())

    def _forget(self) -> None:
        now = self._clock()
        self._hosts = {
            name: host
            for name, host in self._hosts.items()
            if host.waiting or max(host.free_at, host.rests_until) > now
        }


def _stopped(url: str) -> FetchError:
    return FetchError("timeout", url, "the service is stopping")
