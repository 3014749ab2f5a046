"""One full-text expression → rows of an index: the best, the newest, how many.

In: a connection, an index, an expression, bounds of row ids. Out: (row, score), best first, or row
ids, newest first, each by one statement. `deadline` stops what takes too long.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from breachwire.errors import SlowSearchError
from breachwire.store import effort
from breachwire.store.rows import as_json, at_once

_STEPS: Final = 10_000
"""Virtual machine steps between two looks at the clock: well under a millisecond."""
_PART: Final = 8
Rows = list[tuple[int, float]]


@dataclass(frozen=True, slots=True)
class Index:
    """A full-text table, bm25's weights, the index of the same rows' openings, and the columns to
    look at first where there is none."""

    table: str
    weights: str
    opening: Index | None = None
    first: str = ""
    tells: str = ""
    """Columns whose words tell most of a row."""
    part: int = 1
    """Of `SCORED`, how many times fewer: where a row has more columns it costs as much more."""

    @property
    def scored(self) -> int:
        """Rows that one statement scores at most."""
        return effort.SCORED // self.part


@dataclass(frozen=True, slots=True)
class Bounds:
    """Row ids: low <= id < high."""

    low: int = 0
    high: int = (1 << 63) - 1

    def around(self, rows: Sequence[int]) -> Bounds:
        """As narrow as these rows of them lie."""
        if not rows:
            return Bounds(self.low, self.low)
        return Bounds(max(self.low, min(rows)), min(self.high, max(rows) + 1))


class Often(NamedTuple):
    """How many rows have a group, about, and its newest: their lowest and highest id, how many."""

    number: int
    low: int
    high: int
    newest: int


def score(
    connection: Connection,
    index: Index,
    expression: str,
    bounds: Bounds,
    limit: int,
    *,
    within: str | list[int] | None = None,
) -> Rows:
    """The best by bm25; of those that are also within another expression, or among these rows."""
    table, rank = index.table, f"bm25({index.table}, {index.weights})"
    if isinstance(within, str):
        within = _upwards(connection, index, within, bounds.low, bounds.high)
    inside, more = "", list[Any]()
    if within is not None:
        bounds = bounds.around(within)
        # '+': a row id in a list would be looked up one by one, each time counting all anew.
        inside, more = "AND +rowid IN (SELECT value FROM json_each(?))", [as_json(within)]
    if bounds.low >= bounds.high:
        return []
    best = (  # sorted by the column's name: so the rank is worked out once, not twice
        f"SELECT rowid AS id, {rank} AS far FROM {table} WHERE {table} MATCH ?"  # noqa: S608
        f" AND rowid >= ? AND rowid < ? {inside} ORDER BY far, id DESC LIMIT ?"
    )
    statement = f"SELECT json_group_array(json_array(id, -far)) FROM ({best})"  # noqa: S608
    values = [expression, bounds.low, bounds.high, *more, limit]
    rows = at_once(connection, statement, values)
    return sorted(((id, float(score)) for id, score in rows), key=lambda r: (-r[1], -r[0]))


def latest(
    connection: Connection, index: Index, expression: str, bounds: Bounds, limit: int
) -> list[int]:
    """Those that have it, newest first, at most so many: of what many have."""
    rows = (
        f"SELECT rowid AS id FROM {index.table} WHERE {index.table} MATCH ?"  # noqa: S608
        " AND rowid >= ? AND rowid < ? ORDER BY rowid DESC LIMIT ?"
    )
    statement = f"SELECT json_group_array(id) FROM ({rows})"  # noqa: S608
    values = (expression, bounds.low, bounds.high, limit)
    return sorted(at_once(connection, statement, values), reverse=True)


def sought(
    connection: Connection, index: Index, expression: str, bounds: Bounds, limit: int
) -> list[int]:
    """The same of what few may have. The engine compares a row with the bounds only when it has
    found one that has it all: downwards it goes on below them, through all times, for one more; so
    it is asked upwards where there is less beyond. The newest eighth is often enough."""
    lowest, highest = _ends(connection, index)
    low, high = max(bounds.low, lowest), min(bounds.high, highest + 1)
    if highest - high > low - lowest:
        return latest(connection, index, expression, bounds, limit)
    part = high - (high - low) // _PART
    found = _upwards(connection, index, expression, part, high)
    if len(found) < limit and low < part:
        found = _upwards(connection, index, expression, low, part) + found
    return found[::-1][:limit]


def _ends(connection: Connection, index: Index) -> tuple[int, int]:
    """The lowest row and the highest; 0 and -1 where there is none."""
    sizes = f"{index.table}_docsize"
    first, last = (f"(SELECT {end}(id) FROM {sizes})" for end in ("min", "max"))  # noqa: S608
    ends = at_once(connection, f"SELECT json_array(coalesce({first}, 0), coalesce({last}, -1))", ())
    return ends[0], ends[1]


def _upwards(
    connection: Connection, index: Index, expression: str, low: int, high: int
) -> list[int]:
    """All that have it, oldest first."""
    statement = (
        f"SELECT json_group_array(rowid) FROM {index.table} WHERE {index.table} MATCH ?"  # noqa: S608
        " AND rowid >= ? AND rowid < ?"
    )
    return sorted(at_once(connection, statement, (expression, low, high)))


def newest(
    connection: Connection, index: Index, expression: str, bounds: Bounds, most: int
) -> Often:
    """How many of the newest rows have it, at most so many, and the ends of them."""
    rows = (
        f"SELECT rowid FROM {index.table} WHERE {index.table} MATCH ?"  # noqa: S608
        " AND rowid >= ? AND rowid < ? ORDER BY rowid DESC LIMIT ?"
    )
    statement = f"SELECT json_array(count(*), min(rowid), max(rowid)) FROM ({rows})"  # noqa: S608
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
