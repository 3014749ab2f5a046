"""Orders of late searches: what a first page found, kept for the pages behind it.

In: what was asked and what was found. Out: the same, while it is kept: some minutes, and a bounded
number. A page from it costs the reading of its rows and nothing else, and as it is one order, it
neither repeats nor skips while articles come in; what came in since, a new search finds. Kept is
what rows are made from: not the scores, nor articles that no row would show.
"""

from __future__ import annotations

import threading
import time
import zlib
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

import orjson

from api.search.candidates import NEAREST, TEXTS, Found, Mode
from api.search.cursor import DEEPEST
from api.search.query import Query
from breachwire.store import ThreadFilter

FRESH: Final = 300.0
"""Seconds an order is kept: time to read a page."""
_KEPT: Final = 1_024
"""Orders: at twenty searches a second those of a minute, in which a reader turns the page. Some
6 kB each."""
_QUICKLY: Final = 1
"""zlib's level."""
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


_Kept = tuple[float, Query, Sequence[Mode], bytes]
"""When, and what of `Ranked`."""


class Late:
    """Orders by what was asked; safe from any thread. They are kept as bytes: half a million small
    objects more would hold everything up at each collection of garbage."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Key, _Kept] = OrderedDict()
        self._lock = threading.Lock()

    def keep(self, key: Key, ranked: Ranked) -> None:
        """Until there are too many."""
        listed = [_of_row(id, ranked.found[id]) for id in islice(ranked.ids, _THREADS)]
        packed = zlib.compress(orjson.dumps(listed), _QUICKLY)
        kept = time.monotonic(), ranked.wanted, tuple(ranked.modes), packed
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
        found = {id: Found(*rest) for id, *rest in orjson.loads(zlib.decompress(kept[3]))}
        return Ranked(kept[1], kept[2], list(found), found)


def _of_row(id: str, one: Found) -> tuple[str, list[str], list[str], list[int], list[int], bool]:
    """Id, then `Found`'s fields but for the score."""
    return id, one.exact, one.reasons, one.text[:TEXTS], one.near[:NEAREST], one.own
