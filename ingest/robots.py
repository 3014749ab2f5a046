"""robots.txt: an article's address → may it be asked for, and how slowly.

In: addresses, the one safe way out. Out: yes or a reason. RFC 9309: rules are kept a day an
origin; a 4xx means that there are none; a server error or silence means no, unless older rules are
known.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from protego import Protego

from breachwire.errors import FetchError
from breachwire.net import Getter, Response

TOKEN: Final = "Breachwire"  # noqa: S105
"""The product token that rules for us are written under."""
KEPT: Final = 24 * 3600.0
"""Seconds that an answer counts (RFC 9309, 2.4: no longer than a day)."""
RETRY: Final = 3600.0
"""Seconds that a failure counts."""
MAX_BYTES: Final = 500 * 1024
"""What is read of a file (RFC 9309, 2.5: at least so much)."""
MAX_ORIGINS: Final = 2048
"""Origins remembered; the oldest is forgotten first."""
MAX_SITEMAPS: Final = 100
"""Sitemaps of one file that count."""
DELAY_MAX: Final = 60.0
"""Seconds; a longer Crawl-delay (no standard has it) would only serve to lock readers out."""


@dataclass(frozen=True, slots=True)
class _Known:
    until: float
    rules: Protego | None
    """None: nobody may be asked; `reason` says why."""
    reason: str = ""


class Robots:
    """What robots.txt files say, remembered; any thread may ask."""

    def __init__(self, client: Getter, *, clock: Callable[[], float] = time.monotonic) -> None:
        """`clock`: seconds that never step back."""
        self._client = client
        self._clock = clock
        self._known: dict[str, _Known] = {}
        self._guard = threading.Lock()

    def allowed(self, url: str) -> bool:
        """Whether the page may be asked for. Raises FetchError for an address that never may."""
        return self.refusal(url) is None

    def refusal(self, url: str) -> str | None:
        """Why the page may not be asked for, in words; None: it may.

        Raises FetchError (bad_url, blocked_address) for an address that never may.
        """
        known = self._rules(url)
        if known.rules is None:
            return known.reason
        return None if known.rules.can_fetch(url, TOKEN) else "robots.txt does not allow this page"

    def delay(self, url: str) -> float | None:
        """Seconds to leave between two requests, where the site asks for that."""
        return _delay(self._rules(url).rules)

    def known_delay(self, url: str) -> float:
        """The same as far as it is known by now, without asking; 0: none."""
        with self._guard:
            known = self._known.get(_origin(url))
        return _delay(known.rules if known else None) or 0.0

    def sitemaps(self, url: str) -> tuple[str, ...]:
        """Addresses of the sitemaps that the site's robots.txt names, as they stand there."""
        rules = self._rules(url).rules
        return () if rules is None else tuple(dict.fromkeys(rules.sitemaps))[:MAX_SITEMAPS]

    def _rules(self, url: str) -> _Known:
        origin = _origin(url)
        with self._guard:
            known = self._known.get(origin)
        if known is not None and self._clock() < known.until:
            return known
        known = self._ask(origin, known)
        with self._guard:
            self._known.pop(origin, None)
            while len(self._known) >= MAX_ORIGINS:
                del self._known[next(iter(self._known))]
            self._known[origin] = known
        return known

    def _ask(self, origin: str, old: _Known | None) -> _Known:
        now = self._clock()
        try:
            response = self._client.get(f"{origin}/robots.txt", accept="text/plain,*/*;q=0.5")
        except FetchError as error:
            if error.kind in ("bad_url", "blocked_address") and _origin(error.url) == origin:
                raise
            # A server that rests may be asked as soon as it is over.
            return _unknown(now, old, error.message, min(RETRY, error.retry_after or RETRY))
        # "Too many requests" is a server in trouble, not one without rules.
        if response.status >= 500 or response.status == 429:
            return _unknown(now, old, f"status {response.status}")
        return _Known(now + KEPT, _parsed(response))


def _unknown(now: float, old: _Known | None, why: str, kept: float = RETRY) -> _Known:
    if old is not None and old.rules is not None:
        return _Known(now + kept, old.rules)
    return _Known(now + kept, None, f"robots.txt could not be read: {why}")


def _delay(rules: Protego | None) -> float | None:
    seconds = None if rules is None else rules.crawl_delay(TOKEN)
    return None if seconds is None else min(max(float(seconds), 0.0), DELAY_MAX)


def _parsed(response: Response) -> Protego:
    body = response.body[:MAX_BYTES] if response.status == 200 else b""
    return Protego.parse(body.decode("utf-8-sig", "replace"))


def _origin(url: str) -> str:
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        raise FetchError("bad_url", url[:200], "not a web address") from None
    return f"{parts.scheme}://{parts.netloc}".lower()
