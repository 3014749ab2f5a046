"""Answers that are kept with their ETag, so that what has not changed isn't sent again.

In: an address, a tag, a body. Out: the same. The least used goes first.
"""

from __future__ import annotations

import threading
from collections import OrderedDict


class Kept:
    """Safe from any thread."""

    def __init__(self, most: int) -> None:
        """`most`: answers; 0 keeps none."""
        self._most = most
        self._by_url: OrderedDict[str, tuple[str, bytes]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, url: str) -> tuple[str, bytes] | None:
        """Tag and body."""
        with self._lock:
            if url in self._by_url:
                self._by_url.move_to_end(url)
            return self._by_url.get(url)

    def put(self, url: str, tag: str, body: bytes) -> None:
        """Keep it."""
        with self._lock:
            self._by_url[url] = tag, body
            self._by_url.move_to_end(url)
            while len(self._by_url) > self._most:
                self._by_url.popitem(last=False)
