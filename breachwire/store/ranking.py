"""Terms → the best rows of a full-text index, at a cost that does not grow with common words.

In: groups of terms, an index, bounds of row ids. Out: (row, score), best first: those with a term
of every group, and those with any. Measured on FTS5: to walk a word's rows costs 40 ns each, and
bm25 walks every word of its expression once to count it; to score a row 0.9 µs. So:

- what is scored are the rarest groups, as long as they are walked in some milliseconds; commoner
  ones are conditions, not scored: they would add least;
- where more than `SCORED` rows have all groups, or all are common, no row is scored: first come
  those that have them in the title, then in the opening, then anywhere, newest first;
- to walk a phrase costs 250 ns for each row of its rarest word, so it is as common as that word:
  one of common words is not scored, and looked for in the newest rows that have the word, once: in
  titles, where it hardly ever is, FTS5 would walk to the oldest row (a lower bound ends a walk only
  at the first match below it), and threads are searched by their headlines anyway;
- of any, the rarest groups count, as many of them as `SCORED` rows have.

Nothing of this touches a store of a few thousand articles.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from breachwire.errors import SlowSearchError
from breachwire.store.protocol import Terms
from breachwire.store.rows import as_json
from breachwire.store.words import grouped, phrase_words

SCORED: Final = 5_000
"""Rows that one statement scores at most: 5 ms."""
COMMON: Final = 100_000
"""Rows from which on a group is common: 4 ms to walk."""
WALKED: Final = 200_000
"""Rows that scoring walks at most to count its groups: 8 ms."""
LATE: Final = 30_000
"""Rows with the rarest group in which those are looked for that have all in the title: 2 ms."""
PHRASED: Final = 20_000
"""Rows with the rarest word of a phrase from which on the phrase is not scored: 5 ms a walk, and
bm25 makes two."""
SOUGHT: Final = 100_000
"""Rows with the rarest word of such a phrase in which it is looked for: 20 ms."""
ENOUGH: Final = 50
"""Rows with every group from which on those with any of them are not asked for."""
_STEPS: Final = 10_000
"""Virtual machine steps between two looks at the clock: well under a millisecond."""
_KEPT: Final = 4_096
_FRESH: Final = 600.0
"""Seconds a common group's count is remembered, and one that took `_SLOW` seconds; others are
counted each time."""
_SLOW: Final = 0.005
Rows = list[tuple[int, float]]


@dataclass(frozen=True, slots=True)
class Index:
    """A full-text table, bm25's weights, and the columns to look at first."""

    table: str
    weights: str
    first: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Bounds:
    """Row ids: low <= id < high."""

    low: int = 0
    high: int = (1 << 63) - 1


class Frequencies:
    """Common groups of one store and how many rows have each; safe from any thread."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, str, int], tuple[tuple[int, int], float]] = OrderedDict()

    def of(self, connection: Connection, index: Index, group: str) -> int:
        """At most COMMON + 1; of a phrase of common words, what its rarest word has."""
        if words := phrase_words(group):
            often = min(self.of(connection, index, word) for word in words)
            if often > PHRASED:
                return often
        return self._looked_up(connection, index, group, COMMON + 1)[0]

    def oldest(self, connection: Connection, index: Index, group: str, most: int) -> int:
        """Of the newest so many rows with a group, the lowest row id; some minutes old."""
        return self._looked_up(connection, index, group, most)[1]

    def _looked_up(
        self, connection: Connection, index: Index, group: str, most: int
    ) -> tuple[int, int]:
        key, now = (index.table, group, most), time.monotonic()
        kept = self._kept.get(key)
        if kept is not None and now - kept[1] < _FRESH:
            return kept[0]
        found = _newest(connection, index, group, Bounds(), most)
        if found[0] > SCORED // 2 or time.monotonic() - now > _SLOW:
            self._kept[key] = found, now
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return found


def ranked(
    connection: Connection,
    index: Index,
    terms: Terms,
    bounds: Bounds,
    limit: int,
    seconds: float,
    frequencies: Frequencies,
) -> tuple[Rows, Rows]:
    """Rows with every group; rows with any, which the former lead. Raises SlowSearchError where not
    even the former were found in time."""
    groups, without = grouped(terms)
    if not groups:
        return [], []
    limit = max(1, limit)
    with deadline(connection, time.monotonic() + seconds) as clock:
        plan = _Plan(connection, index, groups, without, bounds, limit, frequencies)
        every = plan.every()
        clock.late_is_fine = True
        some = every if len(groups) == 1 or len(every) >= min(limit, ENOUGH) else plan.any()
    if clock.late:
        return every, every
    return every, _joined(every, some)[:limit]


def newest(
    connection: Connection, index: Index, terms: Terms, bounds: Bounds, limit: int, seconds: float
) -> list[int]:
    """Rows with a term of every group and none that is unwanted, newest first. Raises
    SlowSearchError."""
    groups, without = grouped(terms)
    if not groups:
        return []
    expression = f"({' AND '.join(groups)})" + (f" NOT {without}" if without else "")
    with deadline(connection, time.monotonic() + seconds):
        return _latest(connection, index, expression, bounds, max(1, limit))


def _joined(every: Rows, some: Rows) -> Rows:
    """The second after the first, their scores below it."""
    found = dict(every)
    scale = min(found.values()) / some[0][1] if found and some else 1.0
    for id, score in some:
        found.setdefault(id, score * scale)
    return list(found.items())


class _Plan:
    """What to ask for one query's groups, rarest first."""

    def __init__(
        self,
        connection: Connection,
        index: Index,
        groups: Sequence[str],
        without: str,
        bounds: Bounds,
        limit: int,
        frequencies: Frequencies,
    ) -> None:
        self._connection, self._index, self._frequencies = connection, index, frequencies
        self._bounds, self._limit = bounds, limit
        often = {group: frequencies.of(connection, index, group) for group in groups}
        self._groups = sorted(groups, key=lambda group: often[group])
        self._phrases = {
            group: min(words, key=lambda word: frequencies.of(connection, index, word))
            for group in groups
            if often[group] > PHRASED and (words := phrase_words(group))
        }
        self._scored: list[str] = []
        left = WALKED
        for group in self._groups:
            left -= often[group]
            if often[group] <= COMMON and left >= 0 and group not in self._phrases:
                self._scored.append(group)
        self._often = often
        self._not = f" NOT {without}" if without else ""
        self._heavy_not = bool(without) and frequencies.of(connection, index, without) > COMMON

    def every(self) -> Rows:
        """Those with every group."""
        # Two rarer words say enough: to look whether a common one stands there too costs 10 ms.
        groups = self._groups
        if len(self._scored) > 1:
            groups = [g for g in groups if g in self._scored or g in self._phrases]
        all_ = f"({' AND '.join(groups)}){self._not}"
        if not self._scored:
            return self._unscored()
        within: str | list[int] = all_
        if self._often[self._groups[0]] > 4 * SCORED:
            within = _latest(self._connection, self._index, all_, self._bounds, SCORED + 1)
            if len(within) > SCORED:
                return self._unscored()
        if self._scored == groups and not self._heavy_not:
            return self._score(all_, self._bounds)
        return self._score(f"({' AND '.join(self._scored)})", self._bounds, within=within)

    def any(self) -> Rows:
        """Those with any group that is scored."""
        if not self._scored:
            return []
        groups = self._scored
        if self._count(" OR ".join(groups)) > SCORED:
            groups = self._rarest() or groups[:1]
        expression = f"({' OR '.join(groups)})"
        low = self._newest_scored(expression)
        if self._heavy_not:
            return self._score(expression, low, within=f"{expression}{self._not}")
        return self._score(f"{expression}{self._not}", low)

    def _rarest(self) -> list[str]:
        kept, left = [], SCORED
        for group in self._scored:
            left -= self._often[group]
            if left >= 0:
                kept.append(group)
        return kept

    def _newest_scored(self, expression: str) -> Bounds:
        """The bounds, narrowed to the newest rows where there are too many."""
        number, lowest = _newest(
            self._connection, self._index, expression, self._bounds, SCORED + 1
        )
        return Bounds(lowest, self._bounds.high) if number > SCORED else self._bounds

    def _unscored(self) -> Rows:
        """In the columns that count most first, newest first. A row's score is its rank's."""
        words = " AND ".join(self._groups)
        rungs = [(f"({words})", self._bounds)]
        if self._phrases:
            rungs = [(f"({words})", self._late(self._groups[0], SOUGHT))]
        else:  # of the rarest: no more are walked to find those with all in few columns
            late = self._late(self._groups[0], LATE)
            rungs = [*((f"{{{first}}} : ({words})", late) for first in self._index.first), *rungs]
        found: dict[int, None] = {}
        for expression, bounds in rungs:
            if len(found) < self._limit:
                match = f"({expression}){self._not}"
                found |= dict.fromkeys(
                    _latest(self._connection, self._index, match, bounds, self._limit)
                )
        return [(id, 1 / n) for n, id in enumerate(list(found)[: self._limit], 1)]

    def _late(self, group: str, most: int) -> Bounds:
        """The bounds, narrowed to the newest rows with a group, a phrase's rarest word."""
        if self._often[group] <= most:
            return self._bounds
        word = self._phrases.get(group, group)
        if self._bounds == Bounds():
            lowest = self._frequencies.oldest(self._connection, self._index, word, most)
        else:
            _, lowest = _newest(self._connection, self._index, word, self._bounds, most)
        return Bounds(max(lowest, self._bounds.low), self._bounds.high)

    # the statements

    def _score(
        self, expression: str, bounds: Bounds, *, within: str | list[int] | None = None
    ) -> Rows:
        """Of those that are also within another expression, or among these rows."""
        table, rank = self._index.table, f"bm25({self._index.table}, {self._index.weights})"
        # '+': a row id in a list would be looked up one by one, each time counting all anew.
        inside, more = "", list[Any]()
        if isinstance(within, str):
            inside = (
                f"AND +rowid IN (SELECT rowid FROM {table} WHERE {table} MATCH ?"  # noqa: S608
                " AND rowid >= ? AND rowid < ?)"
            )
            more = [within, bounds.low, bounds.high]
        elif within is not None:
            inside, more = "AND +rowid IN (SELECT value FROM json_each(?))", [as_json(within)]
        statement = (
            f"SELECT rowid, -{rank} FROM {table} WHERE {table} MATCH ?"  # noqa: S608
            f" AND rowid >= ? AND rowid < ? {inside} ORDER BY {rank}, rowid DESC LIMIT ?"
        )
        values = [expression, bounds.low, bounds.high, *more]
        rows = self._connection.exec_driver_sql(statement, (*values, self._limit))
        return [(row[0], float(row[1])) for row in rows]

    def _count(self, expression: str) -> int:
        """Within the bounds, at most SCORED + 1."""
        return _newest(self._connection, self._index, expression, self._bounds, SCORED + 1)[0]


def _latest(
    connection: Connection, index: Index, expression: str, bounds: Bounds, limit: int
) -> list[int]:
    statement = (
        f"SELECT rowid FROM {index.table} WHERE {index.table} MATCH ?"  # noqa: S608
        " AND rowid >= ? AND rowid < ? ORDER BY rowid DESC LIMIT ?"
    )
    values = (expression, bounds.low, bounds.high, limit)
    return list(connection.exec_driver_sql(statement, values).scalars())


def _newest(
    connection: Connection, index: Index, expression: str, bounds: Bounds, most: int
) -> tuple[int, int]:
    """How many of the newest rows have it, at most so many, and the oldest of them."""
    statement = (
        f"SELECT count(*), min(rowid) FROM (SELECT rowid FROM {index.table}"  # noqa: S608
        f" WHERE {index.table} MATCH ? AND rowid >= ? AND rowid < ? ORDER BY rowid DESC LIMIT ?)"
    )
    values = (expression, bounds.low, bounds.high, most)
    row = connection.exec_driver_sql(statement, values).one()
    return row[0], row[1] if row[1] is not None else bounds.low


@dataclass(slots=True)
class _Clock:
    late_is_fine: bool = False
    late: bool = False


@contextmanager
def deadline(connection: Connection, end: float) -> Iterator[_Clock]:
    """Stop what runs on this connection at a time of the monotonic clock. Raises SlowSearchError
    then, unless `late_is_fine`."""
    clock = _Clock()
    driver: Any = connection.connection.driver_connection
    driver.set_progress_handler(lambda: time.monotonic() > end, _STEPS)
    try:
        yield clock
    except OperationalError as error:
        if "interrupted" not in str(error.orig):
            raise
        if not clock.late_is_fine:
            raise SlowSearchError("the search took too long; use rarer words") from error
        clock.late = True
    finally:
        driver.set_progress_handler(None, 0)
