"""A watch's feed as bytes: made once for each state of the store, with an ETag of its own.

In: services, a watch, a format. Out: body and tag. The tag is of the bytes, not of the store: a
feed in which nothing is new stays unread (304), however busy the rest of the wire is.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from datetime import datetime
from typing import Final

from api.feed_formats import FORMATS
from api.http import tag_of
from api.services import Services
from api.watch import news
from api.watch.keeping import address
from api.watch.matching import matched
from breachwire.model import Watch

KEPT: Final = 60
"""Bodies, at some 150 kB each."""


class Feeds:
    """Makes and keeps them; one for an application, safe from any thread."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, ...], tuple[bytes, str]] = OrderedDict()
        self._lock = threading.Lock()

    def body(
        self, services: Services, watch: Watch, form: str, base: str, secret: str, now: datetime
    ) -> tuple[bytes, str]:
        """The feed and its ETag. Raises UsageError for a saved search that is none any more."""
        state = (services.store.url, services.store.changed(), f"{now:%Y-%m-%d %H}")
        key = (form, base, secret, watch.changed_at.isoformat(), *state)
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        found = matched(services, watch, now)
        told = news.feed(services, watch, found, base, address(base, secret))
        body = FORMATS[form][0](told)
        made = body, tag_of(body)
        with self._lock:
            self._kept[key] = made
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return made
