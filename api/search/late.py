"""Orders of late searches: what a first page found, kept for the pages behind it.

In: what was asked and what was found. Out: the same, while it is kept: some minutes, and a bounded
number. A page from it costs the reading of its rows and nothing else, and as it is one order, it
neither repeats nor skips while articles come in; what came in since, a new search finds.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

import orjson

from api.search.candidates import Found, Mode
from api.search.cursor import DEEPEST
from api.search.query import Query
from breachwire.store import ThreadFilter

FRESH: Final = 300.0
"""Seconds an order is kept: time to read a page."""
_KEPT: Final = 128
"""Orders; some 60 kB each: 8 MB."""
_THREADS: Final = DEEPEST + 100
"""Of an order: all that can be paged through, and one page for those that were merged meanwhile."""
Key = tuple[str, str, ThreadFilter]
"""The store's address, sort and words, filters. A filter like "the last day" is another with every
second: its next pages are searched for anew."""


@dataclass(frozen=True, slots=True)
class Ranked:
    """What a search found."""

    wanted: Query
    modes: Sequence[Mode]
    ids: Sequence[str]
    """Threads that pass the filters, best first."""
    found: Mapping[str, Found]


class Late:
    """Orders by what was asked; safe from any thread. They are kept as bytes: half a million small
    objects more would hold everything up at each collection of garbage."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Key, tuple[float, Query, Sequence[Mode], bytes]] = OrderedDict()
        self._lock = threading.Lock()

    def keep(self, key: Key, ranked: Ranked) -> None:
        """Until there are too many."""
        found = {id: ranked.found[id] for id in islice(ranked.ids, _THREADS)}
        kept = (time.monotonic(), ranked.wanted, tuple(ranked.modes), orjson.dumps(found))
        with self._lock:
            self._kept[key] = kept
            self._kept.move_to_end(key)
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)

    def get(self, key: Key) -> Ranked | None:
        """None where it is kept no more."""
        with self._lock:
            kept = self._kept.get(key)
        if kept is None or time.monotonic() - kept[0] > FRESH:
            return None
        found = {id: Found(**one) for id, one in orjson.loads(kept[3]).items()}
        return Ranked(kept[1], kept[2], list(found), found)
