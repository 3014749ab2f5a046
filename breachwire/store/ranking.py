"""Terms → the best rows of a full-text index, at a cost that does not grow with common words.

In: groups of terms, an index, bounds of row ids. Out: (row, score), best first: those with a term
of every group, and those with any. Measured on FTS5 at a million articles: to walk a word's rows
costs 60 to 100 ns each, and bm25 walks every word of its expression once to count it; to score a
row 0.9 µs. So:

- what is scored are the rarest groups, as long as they are walked in some milliseconds; commoner
  ones are conditions, not scored: they would add least;
- where there are common ones, or more than `SCORED` rows have all groups, those come first that
  have them all in title and opening: an index of their own, an eighth as long, is scored for that
  over all times. Behind them come those that have them anywhere, in the newest rows of the
  commonest group, as many as are walked in some milliseconds;
- to walk a phrase is to walk each of its words, so one with a common word is not scored, and looked
  for as common words are;
- of any, the rarest groups count, as many of them as `SCORED` rows have.

Nothing of this touches a store of a few thousand articles.
"""

from __future__ import annotations

import sqlite3
import time
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from breachwire.errors import SlowSearchError
from breachwire.store.protocol_search import Terms
from breachwire.store.rows import as_json, at_once
from breachwire.store.words import grouped, phrase_words

SCORED: Final = 5_000
"""Rows that one statement scores at most: 5 ms."""
COMMON: Final = 30_000
"""Rows from which on a group is common: 2 to 3 ms to walk."""
WALKED: Final = 60_000
"""Rows that scoring walks at most to count its groups: 5 ms."""
LATE: Final = 30_000
"""Newest rows with the commonest group in which all groups are looked for where one is common."""
PHRASED: Final = 5_000
"""Rows with the rarest word of a phrase from which on the phrase is not scored: 1 ms a walk, and
bm25 makes two."""
SOUGHT: Final = 60_000
"""Newest rows with the commonest word of such a phrase in which it is looked for: 6 ms."""
DRIVING: Final = 100
"""Rows with the rarest group up to which common ones are conditions on all of them: each is looked
up, at some 20 µs."""
ENOUGH: Final = 50
"""Rows with every group from which on those with any of them are not asked for."""
_STEPS: Final = 10_000
"""Virtual machine steps between two looks at the clock: well under a millisecond."""
COUNTED: Final = 1_000
"""Newest rows with a group that are counted; of what is older, samples: to count 30,000 takes 3 to
6 ms, in three indexes, for each word that was not asked for of late."""
_SAMPLES: Final = 4
_SHARE: Final = 32
"""Samples of the older rows, evenly spread, each a 32nd of its part: a word of 30,000 rows is told
to some 15 %."""
_KEPT: Final = 16_384
_FRESH: Final = 600.0
"""Seconds a group's count is remembered, but for those that are counted as soon as looked up."""
_SLOW: Final = 0.001
_BEGINS: Final = '" *'
"""In an expression: a beginning of words."""
Rows = list[tuple[int, float]]


@dataclass(frozen=True, slots=True)
class Index:
    """A full-text table, bm25's weights, the index of the same rows' openings, and the columns to
    look at first where there is none."""

    table: str
    weights: str
    opening: Index | None = None
    first: str = ""
    part: int = 1
    """Of `SCORED`, how many times fewer: where a row has more columns it costs as much more."""

    @property
    def scored(self) -> int:
        """Rows that one statement scores at most."""
        return SCORED // self.part


@dataclass(frozen=True, slots=True)
class Bounds:
    """Row ids: low <= id < high."""

    low: int = 0
    high: int = (1 << 63) - 1


class Often(NamedTuple):
    """How many rows have a group, about, and its newest: their lowest and highest id, how many."""

    number: int
    low: int
    high: int
    newest: int


def _order(often: Often) -> tuple[int, int]:
    """Rarest first; of equal ones, that whose newest rows reach back farthest."""
    return often.number, often.low - often.high


class Frequencies:
    """Common groups of one store and how many rows have each; safe from any thread."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, str], tuple[Often, float]] = OrderedDict()

    def of(self, connection: Connection, index: Index, group: str) -> Often:
        """Some minutes old where it is many; of a heavy phrase, its rarest word's."""
        if self._heavy(connection, index, group):
            return self._ends(connection, index, group)[0]
        return self._looked_up(connection, index, group)

    def densest(self, connection: Connection, index: Index, group: str) -> Often:
        """Of what is walked for a group: its own, or that of a phrase's commonest word."""
        return self._ends(connection, index, group)[1]

    def scored(self, connection: Connection, index: Index, group: str) -> bool:
        """Whether it is cheap enough to be scored: neither common nor a heavy phrase."""
        heavy = self._heavy(connection, index, group)
        return not heavy and self._looked_up(connection, index, group).number <= COMMON

    def _heavy(self, connection: Connection, index: Index, group: str) -> bool:
        """Whether it is a phrase whose words are many rows to walk."""
        rarest, commonest = self._ends(connection, index, group)
        many = rarest.number > PHRASED or commonest.number > COMMON
        return many and bool(phrase_words(group))

    def _ends(self, connection: Connection, index: Index, group: str) -> tuple[Often, Often]:
        """The rarest and the commonest word of a phrase; of anything else the same twice."""
        words = phrase_words(group) or [group]
        seen = sorted((self._looked_up(connection, index, w) for w in words), key=_order)
        return seen[0], seen[-1]

    def many(self, index: Index, group: str) -> bool:
        """Whether it was found to be many of late."""
        kept = self._kept.get((index.table, group))
        return kept is not None and kept[0].number > SCORED // 2

    def _looked_up(self, connection: Connection, index: Index, group: str) -> Often:
        key, now = (index.table, group), time.monotonic()
        kept = self._kept.get(key)
        if kept is not None and now - kept[1] < _FRESH:
            return kept[0]
        found = _about(connection, index, group)
        if found.number > SCORED // 20 or time.monotonic() - now > _SLOW:
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
    return every, joined(every, some)[:limit]


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


def joined(every: Rows, some: Rows) -> Rows:
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
        self._bounds, self._limit, self._without = bounds, limit, without
        self._most = index.scored
        self._often = {group: frequencies.of(connection, index, group) for group in groups}
        self._groups = sorted(groups, key=lambda group: _order(self._often[group]))
        self._scored: list[str] = []
        left = WALKED
        for group in self._groups:
            left -= self._often[group].number
            if left >= 0 and frequencies.scored(connection, index, group):
                self._scored.append(group)
        self._not = f" NOT {without}" if without else ""
        self._heavy_not = (
            bool(without) and frequencies.of(connection, index, without).number > COMMON
        )

    def every(self) -> Rows:
        """Those with every group."""
        if not self._scored:
            return self._unscored()
        # Two rarer words say enough: to look whether a common one stands there too costs 10 ms.
        groups = [g for g in self._groups if g in self._scored or self._asked_for(g)]
        all_ = f"({' AND '.join(groups)}){self._not}"
        if groups != self._scored:
            few = self._often[groups[0]].number <= DRIVING
            late = self._bounds if few else self._late(groups, LATE)
            return joined(self._opened(), self._score_scored(all_, late))[: self._limit]
        within: str | list[int] = all_
        if self._often[groups[0]].number > self._most:
            within = _latest(self._connection, self._index, all_, self._bounds, self._most + 1)
            if len(within) > self._most:
                return self._unscored()
        if not self._heavy_not:
            return self._score(all_, self._bounds)
        return self._score_scored(within, self._bounds)

    def _asked_for(self, group: str) -> bool:
        """Whether one that is not scored is a condition all the same."""
        return len(self._scored) == 1 or bool(phrase_words(group))

    def _score_scored(self, within: str | list[int], bounds: Bounds) -> Rows:
        return self._score(f"({' AND '.join(self._scored)})", bounds, within=within)

    def any(self) -> Rows:
        """Those with any group that is scored."""
        if not self._scored:
            return []
        groups, low = self._scored, self._bounds
        if sum(self._often[group].number for group in groups) > self._most:
            low = self._newest_scored(" OR ".join(groups))
            if low != self._bounds and (rarest := self._rarest()):
                groups, low = rarest, self._bounds
            elif low != self._bounds:
                groups, low = groups[:1], self._newest_scored(groups[0])
        expression = f"({' OR '.join(groups)})"
        if self._heavy_not:
            return self._score(expression, low, within=f"{expression}{self._not}")
        return self._score(f"{expression}{self._not}", low)

    def _rarest(self) -> list[str]:
        kept, left = [], self._most
        for group in self._scored:
            left -= self._often[group].number
            if left >= 0:
                kept.append(group)
        return kept

    def _newest_scored(self, expression: str) -> Bounds:
        """The bounds, narrowed to the newest rows where there are too many."""
        found = _newest(self._connection, self._index, expression, self._bounds, self._most + 1)
        return Bounds(found.low, self._bounds.high) if found.number > self._most else self._bounds

    def _unscored(self) -> Rows:
        """In the opening first, then anywhere, newest first. A row's score is its rank's."""
        found = dict.fromkeys(id for id, _ in self._opened())
        if len(found) < self._limit:
            sought = SOUGHT if any(map(phrase_words, self._groups)) else LATE
            late = self._late(self._groups, sought)
            match = f"({' AND '.join(self._groups)}){self._not}"
            found |= dict.fromkeys(_latest(self._connection, self._index, match, late, self._limit))
        return [(id, 1 / n) for n, id in enumerate(list(found)[: self._limit], 1)]

    def _opened(self) -> Rows:
        """Those with every group in the opening, best first."""
        if self._index.opening is not None:
            plan = _Plan(
                self._connection, self._index.opening, self._groups, "", self._bounds,
                self._limit, self._frequencies,
            )  # fmt: skip
            return self._wanted(plan.every())
        if not self._index.first or any(map(phrase_words, self._groups)):
            return []
        match = f"({{{self._index.first}}} : ({' AND '.join(self._groups)})){self._not}"
        late = self._late(self._groups, LATE)
        rows = _latest(self._connection, self._index, match, late, self._limit)
        return [(id, 1 / n) for n, id in enumerate(rows, 1)]

    def _wanted(self, rows: Rows) -> Rows:
        """Without those whose text has what is unwanted: an opening alone does not tell."""
        if not self._without or not rows:
            return rows
        table = self._index.table
        # The rows of all words that begin so are put together once, not for each row id anew: that
        # took 15 ms each among 100,000 articles, and nothing stops it.
        ids = [id for id, _ in rows]
        begins = _BEGINS in self._without
        by = "rowid >= ? AND rowid <= ? AND +rowid" if begins else "rowid"
        ends = [min(ids), max(ids)] if begins else []
        statement = (
            f"SELECT json_group_array(rowid) FROM {table} WHERE {table} MATCH ?"  # noqa: S608
            f" AND {by} IN (SELECT value FROM json_each(?))"
        )
        values = (self._without, *ends, as_json(ids))
        having = set(at_once(self._connection, statement, values))
        return [row for row in rows if row[0] not in having]

    def _late(self, groups: Sequence[str], most: int) -> Bounds:
        """The bounds, narrowed to the newest rows with the commonest of these: some `most` of them,
        told by how far back its newest reach."""
        seen = [self._frequencies.densest(self._connection, self._index, g) for g in groups]
        often = max(seen, key=_order)
        if often.number <= COMMON:
            return self._bounds
        reach = (often.high - often.low) * most // often.newest
        high = min(self._bounds.high, often.high + 1)
        return Bounds(max(self._bounds.low, high - reach), self._bounds.high)

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
        best = (  # sorted by the column's name: so the rank is worked out once, not twice
            f"SELECT rowid AS id, {rank} AS far FROM {table} WHERE {table} MATCH ?"  # noqa: S608
            f" AND rowid >= ? AND rowid < ? {inside} ORDER BY far, id DESC LIMIT ?"
        )
        statement = f"SELECT json_group_array(json_array(id, -far)) FROM ({best})"  # noqa: S608
        values = [expression, bounds.low, bounds.high, *more, self._limit]
        rows = at_once(self._connection, statement, values)
        return sorted(((id, float(score)) for id, score in rows), key=lambda r: (-r[1], -r[0]))


def _latest(
    connection: Connection, index: Index, expression: str, bounds: Bounds, limit: int
) -> list[int]:
    latest = (
        f"SELECT rowid AS id FROM {index.table} WHERE {index.table} MATCH ?"  # noqa: S608
        " AND rowid >= ? AND rowid < ? ORDER BY rowid DESC LIMIT ?"
    )
    statement = f"SELECT json_group_array(id) FROM ({latest})"  # noqa: S608
    values = (expression, bounds.low, bounds.high, limit)
    return sorted(at_once(connection, statement, values), reverse=True)


def _about(connection: Connection, index: Index, group: str) -> Often:
    """How many rows have it, counted where they are few, else from samples."""
    found = _newest(connection, index, group, Bounds(), COUNTED + 1)
    if found.number <= COUNTED:
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
    most = 4 * COMMON // (_SAMPLES * _SHARE) + 1
    values = [v for low in starts for v in (group, low, min(low + wide, before), most)]
    counts: list[int] = at_once(
        connection, f"SELECT json_array({', '.join([sample] * len(starts))})", values
    )
    return sum(counts) * part // wide


def _newest(
    connection: Connection, index: Index, expression: str, bounds: Bounds, most: int
) -> Often:
    """How many of the newest rows have it, at most so many, and the ends of them."""
    newest = (
        f"SELECT rowid FROM {index.table} WHERE {index.table} MATCH ?"  # noqa: S608
        " AND rowid >= ? AND rowid < ? ORDER BY rowid DESC LIMIT ?"
    )
    statement = f"SELECT json_array(count(*), min(rowid), max(rowid)) FROM ({newest})"  # noqa: S608
    values = (expression, bounds.low, bounds.high, most)
    number, low, high = at_once(connection, statement, values)
    if not number:
        return Often(0, bounds.low, bounds.low, 0)
    return Often(number, low, high, number)


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
    except (sqlite3.OperationalError, OperationalError) as error:
        if "interrupted" not in str(error):
            raise
        if not clock.late_is_fine:
            raise SlowSearchError("the search took too long; use rarer words") from error
        clock.late = True
    finally:
        driver.set_progress_handler(None, 0)
