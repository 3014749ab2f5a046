"""How many rows of a full-text index have a group of terms: what is rare and what is common.

In: a connection, an index, groups as `words` writes them. Out: `Often`. Few are counted one by one,
many by samples and remembered for some minutes.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from typing import Final

from sqlalchemy import Connection

from breachwire.store import effort
from breachwire.store.matching import Bounds, Index, Often, newest
from breachwire.store.rows import at_once
from breachwire.store.words import has_beginning, phrase_words

_SAMPLES: Final = 4
_SHARE: Final = 32
"""Samples of the older rows, evenly spread, each a 32nd of its part: a word of 30,000 rows is told
to some 15 %."""
_KEPT: Final = 16_384
_FRESH: Final = 600.0
"""Seconds a group's count is remembered, but for those that are counted as soon as looked up."""
_SLOW: Final = 0.001


def by_rarity(often: Often) -> tuple[int, int]:
    """What sorts the rarest first; of equal ones, that whose newest rows reach back farthest."""
    return often.number, often.low - often.high


class Frequencies:
    """Common groups of one store and how many rows have each; safe from any thread."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, str], tuple[Often, float]] = OrderedDict()

    def many(self, index: Index, group: str) -> bool:
        """Whether it was found to be many of late."""
        kept = self._kept.get((index.table, group))
        return kept is not None and kept[0].number > effort.SCORED // 2

    def of(self, connection: Connection, index: Index, group: str) -> Often:
        """Some minutes old where it is many."""
        key, now = (index.table, group), time.monotonic()
        kept = self._kept.get(key)
        if kept is not None and now - kept[1] < _FRESH:
            return kept[0]
        found = _about(connection, index, group)
        slow = found.number > 0 and time.monotonic() - now > _SLOW
        if found.number > effort.SCORED // 20 or slow:
            self._kept[key] = found, now
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return found


class Counts:
    """What one search needs to know of its groups; each is looked up once."""

    def __init__(self, connection: Connection, frequencies: Frequencies) -> None:
        self._connection, self._frequencies = connection, frequencies
        self._seen: dict[tuple[str, str], Often] = {}

    def of(self, index: Index, group: str) -> Often:
        """Of a heavy phrase, its rarest word's."""
        if self._heavy(index, group):
            return self._ends(index, group)[0]
        return self._of_one(index, group)

    def densest(self, index: Index, group: str) -> Often:
        """Of what is walked for a group: its own, or that of a phrase's commonest word."""
        return self._ends(index, group)[1]

    def scored(self, index: Index, group: str) -> bool:
        """Whether it is cheap enough to be scored: neither common nor a heavy phrase."""
        heavy = self._heavy(index, group)
        return not heavy and self._of_one(index, group).number <= effort.COMMON

    def _heavy(self, index: Index, group: str) -> bool:
        """Whether it is a phrase whose words are many rows to walk."""
        if not phrase_words(group):
            return False
        rarest, commonest = self._ends(index, group)
        return rarest.number > effort.PHRASED or commonest.number > effort.COMMON

    def _ends(self, index: Index, group: str) -> tuple[Often, Often]:
        """The rarest and the commonest word of a phrase; of anything else the same twice."""
        words = phrase_words(group) or [group]
        seen = sorted((self._of_one(index, word) for word in words), key=by_rarity)
        return seen[0], seen[-1]

    def _of_one(self, index: Index, group: str) -> Often:
        key = index.table, group
        if (found := self._seen.get(key)) is None:
            found = self._seen[key] = self._frequencies.of(self._connection, index, group)
        return found


def _about(connection: Connection, index: Index, group: str) -> Often:
    """How many rows have it, counted where they are few, else from samples. A beginning of words is
    counted at once, up to what is common: its rows are put together anew for each sample."""
    if has_beginning(group):
        return newest(connection, index, group, Bounds(), 2 * effort.COMMON)
    found = newest(connection, index, group, Bounds(), effort.COUNTED + 1)
    if found.number <= effort.COUNTED:
        return found
    return found._replace(number=found.number + _older(connection, index, group, found.low))


def _older(connection: Connection, index: Index, group: str, before: int) -> int:
    """How many rows below this one have it, about. A sample ends where it shows that the group is
    a common one."""
    table = index.table
    match = f"SELECT rowid FROM {table} WHERE {table} MATCH ?"  # noqa: S608
    first = f"SELECT json_array(min(rowid)) FROM ({match} LIMIT 1)"  # noqa: S608
    oldest: int = at_once(connection, first, (group,))[0]
    part = max(1, (before - oldest) // _SAMPLES)
    wide = max(1, part // _SHARE)
    starts = [low + (part - wide) // 2 for low in range(oldest, before, part)]
    sample = f"(SELECT count(*) FROM ({match} AND rowid >= ? AND rowid < ? LIMIT ?))"  # noqa: S608
    most = 4 * effort.COMMON // (_SAMPLES * _SHARE) + 1
    values = [v for low in starts for v in (group, low, min(low + wide, before), most)]
    counts: list[int] = at_once(
        connection, f"SELECT json_array({', '.join([sample] * len(starts))})", values
    )
    return sum(counts) * part // wide
