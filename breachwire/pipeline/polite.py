"""Asking slowly: requests → the same requests, each host's spaced, its wish for a pause obeyed.

In: the one safe way out, robots.txt's rules, seconds between two requests to a host. Out: answers.
For one thread, so that a host has one request at a time.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Final
from urllib.parse import urlsplit

from breachwire.errors import FetchError, LeftAloneError
from breachwire.net import UNSAID, Getter, Response, retry_after
from ingest.robots import Robots

TRIES: Final = 3
LONGEST: Final = 300.0
"""Seconds of a Retry-After that are waited for; whoever asks for more is left alone."""


class Polite:
    """A `Getter` that waits its turn."""

    def __init__(
        self,
        client: Getter,
        robots: Robots,
        pause: float,
        stop: threading.Event,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`pause`: seconds between two requests to a host; a longer Crawl-delay wins. `stop` ends
        every wait."""
        self._client = client
        self._robots = robots
        self._pause = pause
        self._stop = stop
        self._clock = clock
        self._free: dict[str, float] = {}
        """When each host may be asked again."""

    def get(
        self, url: str, *, headers: Mapping[str, str] | None = None, accept: str = "*/*"
    ) -> Response:
        """As `Client.get`, after a wait. Raises LeftAloneError too; FetchError where the stop
        event ends the wait."""
        for left in reversed(range(TRIES)):
            self._wait(url)
            try:
                response = self._client.get(url, headers=headers, accept=accept)
            finally:
                self._hold(url, max(self._pause, self._robots.delay(url) or 0.0))
            if (seconds := _pause_asked(response)) is None:
                break
            if seconds > LONGEST or (not left and response.status == 429):
                raise LeftAloneError(response.url, response.status, seconds)
            self._hold(url, seconds)
        return response

    def _wait(self, url: str) -> None:
        seconds = self._free.get(_host(url), 0.0) - self._clock()
        if self._stop.wait(max(seconds, 0.0)):
            raise FetchError("connect", url, "stopped before it was asked for")

    def _hold(self, url: str, seconds: float) -> None:
        host = _host(url)
        self._free[host] = max(self._free.get(host, 0.0), self._clock() + seconds)


def _pause_asked(response: Response) -> float | None:
    """Seconds of pause that the server asks for. A 503 without them is just a broken page."""
    if response.status not in (429, 503):
        return None
    seconds = retry_after(response.headers.get("retry-after"), datetime.now(UTC))
    return UNSAID if seconds is None and response.status == 429 else seconds


def _host(url: str) -> str:
    return urlsplit(url).netloc.lower()
