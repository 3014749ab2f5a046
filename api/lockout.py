"""Wrong tokens, and readers' reports, are counted: after a few from one address, or many from all,
nobody may try there.

In: addresses of callers, a monotonic clock. Out: the seconds until the next try. Kept in memory: a
restart forgets it, and each process counts for itself. Guessing a token of 256 bits is hopeless at
any rate; this keeps a guesser from costing work and filling the log, and makes it seen.
"""

from __future__ import annotations

import ipaddress
import threading
from collections import deque
from collections.abc import Callable
from typing import Final

WINDOW: Final = 900.0
"""Seconds that a wrong token counts."""
EACH: Final = 5
"""Wrong tokens from one address: a person mistypes a pasted token once or twice."""
ALL: Final = 100
"""From all addresses together, so that many machines get no further than a few."""


def neighbourhood(host: str | None) -> str:
    """What counts as one address: an IPv6 customer has a /64 of them."""
    try:
        address = ipaddress.ip_address(host or "")
    except ValueError:
        return host or ""
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is None:
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(getattr(address, "ipv4_mapped", None) or address)


class Lockout:
    """Safe from any thread; holds at most `every` entries."""

    def __init__(
        self,
        clock: Callable[[], float],
        *,
        each: int = EACH,
        every: int = ALL,
        window: float = WINDOW,
    ) -> None:
        self._clock = clock
        self._each, self._every, self._window = each, every, window
        self._lock = threading.Lock()
        self._wrong: deque[tuple[float, str]] = deque(maxlen=every)

    def wait(self, host: str | None) -> float:
        """Seconds until `host` may show a token again; 0: now."""
        with self._lock:
            return self._wait(neighbourhood(host))

    def wrong(self, host: str | None) -> None:
        """Count a wrong token."""
        with self._lock:
            self._wrong.append((self._clock(), neighbourhood(host)))

    def take(self, host: str | None) -> float:
        """Count one, if `host` may now, in one step: two requests at once never both take the last
        one. Seconds until it may; 0: counted."""
        with self._lock:
            whose = neighbourhood(host)
            if not (wait := self._wait(whose)):
                self._wrong.append((self._clock(), whose))
            return wait

    def _wait(self, whose: str) -> float:
        now = self._clock()
        while self._wrong and now - self._wrong[0][0] >= self._window:
            self._wrong.popleft()
        own = [at for at, other in self._wrong if other == whose]
        since = own[-self._each] if len(own) >= self._each else None
        if since is None and len(self._wrong) >= self._every:
            since = self._wrong[0][0]
        return 0.0 if since is None else since + self._window - now
