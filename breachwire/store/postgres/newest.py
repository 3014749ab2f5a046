"""The newest rows that meet a query, scored, without a walk over all that do.

In: what is sought in a table of words, bounds of ids. Out: ids with what they are worth.

GIN has a word's rows in no order of use: to find the newest, all of them are put together and
looked up, a hundred thousand for a common word. So a row's words have one more that says when it
came: its *bucket*, the upper bits of its id (`word_tables`). A query that asks for words and a
few buckets walks no more than these buckets' rows, as GIN goes along the rarest list and jumps in
the others (not so for the beginning of a word, whose rows it puts together first). Each bucket of a
query makes each of these rows dearer, so a few at a time are asked for, from the newest on, until
enough rows are found, or those that are left seem few: these are asked for at once.

To visit a row takes some 6 µs, to score it there one more for each group. The index knows neither
that words follow one another nor, of an opening, what stands behind it: that is checked in each row
that is visited, of many in the newest `CHECKED`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from sqlalchemy import Connection

from breachwire.store.matching import Bounds, Rows
from breachwire.store.postgres.often import noted
from breachwire.store.postgres.word_tables import BUCKETS, bucket

AT_ONCE: Final = 8
"""Buckets in one query at most: of a million articles' to walk them takes 8 ms, 64 took 300."""
REST: Final = 5_000
"""Rows that are visited at once where those that are left are thought to be no more: 30 ms."""
CHECKED: Final = 5_000
"""Rows that are looked into for one search: some 50 ms."""
ALL: Final = (1 << 63) - 1
"""The same where none may be missing."""
_BURST: Final = 4
"""How many times as many one statement visits at most: of more in one bucket, as an import without
times makes them, it takes those that were stored first."""
Condition = tuple[str, tuple[Any, ...]]
"""SQL and its values."""


@dataclass(frozen=True, slots=True)
class Sought:
    """A query of one column of a table of words (`word_tables.SEARCHED`)."""

    table: str
    column: str
    query: str
    """What the index answers exactly."""
    worth: Condition = ("CAST(0 AS float8)", ())
    check: Condition | None = None
    """What each row is looked into for."""

    def expected(self, connection: Connection) -> float:
        """How many rows are thought to meet the query, over all times."""
        return noted(connection, self.table, self.column, [self.query])[0]

    def best(
        self, connection: Connection, bounds: Bounds, buckets: range, limit: int, visits: int
    ) -> tuple[Rows, int, int]:
        """Within the bounds, and these buckets where there are any: the best, best first; how many
        meet what is sought; how many were visited for them, in bounds or not."""
        query, check, values = self.query, "id >= %s AND id < %s", (bounds.low, bounds.high)
        if buckets:
            query = f"( {query} ) & ( {' | '.join(map(bucket, buckets))} )"
            shift = BUCKETS[self.table]
            low, high = buckets.start << shift, buckets.stop << shift
            values = max(low, bounds.low), min(high, bounds.high)
        if self.check is not None:
            check, values = f"{check} AND {self.check[0]}", (*values, *self.check[1])
        # What is asked of ids stands aside, so that the planner walks no rows by id: it takes `@@`
        # for as cheap as a sum.
        first, *rows = connection.exec_driver_sql(
            "WITH visited AS MATERIALIZED ("  # noqa: S608
            f" SELECT id, CASE WHEN {check} THEN {self.worth[0]} END AS worth FROM {self.table}"
            f" WHERE {self.column} @@ CAST(%s AS tsquery) LIMIT %s),"
            " best AS (SELECT id, worth FROM visited WHERE worth IS NOT NULL"
            " ORDER BY worth DESC, id DESC LIMIT %s)"
            " SELECT count(worth), CAST(count(*) AS float8) FROM visited UNION ALL TABLE best",
            (*values, *self.worth[1], query, visits, limit),
        ).all()
        return [(row[0], float(row[1])) for row in rows], int(first[0]), int(first[1])


class Span:
    """Bounds of ids in a table of words. Its buckets are asked for once, when they are needed."""

    def __init__(self, connection: Connection, table: str, bounds: Bounds) -> None:
        self.bounds = bounds
        self._connection, self._table = connection, table

    @cached_property
    def buckets(self) -> range:
        """From the oldest row's within the bounds to the newest one's."""
        return self._buckets(self.bounds)

    @cached_property
    def every(self) -> int:
        """How many buckets the table has."""
        return len(self.buckets if self.bounds == Bounds() else self._buckets(Bounds()))

    def _buckets(self, bounds: Bounds) -> range:
        within = f"FROM {self._table} WHERE id >= %s AND id < %s"
        low, high = self._connection.exec_driver_sql(
            f"SELECT (SELECT min(id) {within}), (SELECT max(id) {within})",
            (bounds.low, bounds.high) * 2,
        ).one()
        shift = BUCKETS[self._table]
        return range(0) if low is None else range(low >> shift, (high >> shift) + 1)


@dataclass(frozen=True, slots=True)
class Effort:
    """How much a search may do."""

    limit: int
    """Rows that are wanted."""
    most: int
    """Rows that meet what is sought behind which no bucket is looked into."""
    checked: int = CHECKED
    """The same of rows that were visited."""

    @property
    def visits(self) -> int:
        """Rows that one statement visits at most."""
        return min(ALL, _BURST * self.checked)


def newest(
    connection: Connection,
    sought: Sought,
    span: Span,
    effort: Effort,
    hurry: Callable[[], None],
    *,
    number: float = 0.0,
    counted: bool = False,
) -> tuple[Rows, bool]:
    """The best of the newest, best first, and whether nothing was left out for the effort's sake.
    `number`: what is thought to meet the query, or what was `counted`: then there are no more.
    `hurry` is called before each statement."""
    hurry()
    if counted and number <= effort.most:
        rows, _, _ = sought.best(connection, span.bounds, range(0), effort.limit, effort.visits)
        return rows, True
    return _Walk(connection, sought, span, effort, number).go(hurry)


class _Walk:
    """Along the buckets, newest first."""

    def __init__(
        self, connection: Connection, sought: Sought, span: Span, effort: Effort, number: float
    ) -> None:
        self._connection, self._sought, self._span = connection, sought, span
        self._effort, self._number = effort, number
        self._bounds, self._left, self._visited = span.bounds, span.buckets, 0

    def go(self, hurry: Callable[[], None]) -> tuple[Rows, bool]:
        """As `newest`."""
        effort, found, met, whole = self._effort, Rows(), 0, True
        size = 1 if self._number > effort.most else AT_ONCE
        while self._left and met < effort.most and self._visited < effort.checked:
            hurry()
            some = self._next(size)
            rows, own, visited = self._sought.best(
                self._connection, self._bounds, some, effort.limit, effort.visits
            )
            found, met, self._visited = found + rows, met + own, self._visited + visited
            whole, size = whole and visited < effort.visits, min(AT_ONCE, 2 * size)
        found.sort(key=lambda row: (-row[1], -row[0]))
        return found[: effort.limit], whole and not self._left

    def _next(self, size: int) -> range:
        """Buckets to look into, no longer left; none for all that are left, which stand below."""
        left = self._left
        if self._few():
            high = min(self._bounds.high, left.stop << BUCKETS[self._sought.table])
            self._bounds, self._left = Bounds(self._bounds.low, high), range(0)
            return range(0)
        self._left = left[:-size]
        return left[-size:]

    def _few(self) -> bool:
        """Whether the rest may be asked for at once, by what the buckets had and the server noted.
        Without buckets, rows of all times are visited."""
        within, every = len(self._span.buckets), self._span.every
        looked_into = within - len(self._left)
        if looked_into < min(AT_ONCE, every):
            return False
        each = max(self._visited / looked_into, self._number / every)
        return each * (len(self._left) if every == within else every) <= REST
