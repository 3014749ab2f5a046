"""The newest rows that meet a query, without a walk over all that do.

In: what is sought in a table of words, bounds of ids. Out: ids, newest first.

GIN has a word's rows in no order of use: to find the newest, all of them are put together, looked
up and sorted, a hundred thousand for a common word. So a row's words have one more that says when
it came: its *bucket*, the upper bits of its id (`word_tables`). A query that asks for words and a
few buckets walks no more than these buckets' rows, as GIN goes along the rarest list and jumps in
the others. Buckets are asked for from the newest on, each time twice as many, until enough rows are
found. What is in bounds of few buckets is found so as well.

The index knows neither that words follow one another nor, of an opening, what stands behind it.
That is checked in each row, at some 10 µs: of many rows in the newest `CHECKED`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection

from breachwire.store.matching import Bounds
from breachwire.store.postgres.often import noted
from breachwire.store.postgres.word_tables import BUCKETS, bucket

AT_ONCE: Final = 64
"""Buckets in one query at most: their lists are walked side by side."""
FEW: Final = 500
"""Rows that are put together whatever their time: some milliseconds."""
CHECKED: Final = 10_000
"""Rows that are looked into for one search: some 100 ms."""

ALL: Final = (1 << 63) - 1
"""Rows that are looked into where none may be missing."""


@dataclass(frozen=True, slots=True)
class Sought:
    """A query of one column of a table of words (`word_tables.SEARCHED`)."""

    table: str
    column: str
    query: str
    """What the index answers exactly."""
    checks: tuple[tuple[str, str], ...] = ()
    """What each row is looked into for: SQL with a place for a tsquery, and that."""

    def expected(self, connection: Connection) -> float:
        """How many rows are thought to meet the query, over all times."""
        return noted(connection, self.table, self.column, [self.query])[1][0]

    def newest(
        self, connection: Connection, bounds: Bounds, buckets: range, most: int, looked_at: int
    ) -> tuple[str, int, int]:
        """Within the bounds, and these buckets where there are any: ids; how many; how many rows
        were looked at for them."""
        query = self.query
        if buckets:
            query = f"( {query} ) & ( {' | '.join(map(bucket, buckets))} )"
        # Ids are summed so that the planner walks no rows by id: it takes `@@` for as cheap.
        near = (
            f"SELECT id FROM {self.table} WHERE {self.column} @@ CAST(%s AS tsquery)"  # noqa: S608
            " AND id + 0 >= %s AND id + 0 < %s ORDER BY id + 0 DESC LIMIT %s"
        )
        checked = "SELECT id FROM near"
        if self.checks:
            conditions = " AND ".join(condition for condition, _ in self.checks)
            checked += f" JOIN {self.table} USING (id) WHERE {conditions}"
        row: Any = connection.exec_driver_sql(
            f"WITH near AS MATERIALIZED ({near}),"  # noqa: S608
            f" checked AS ({checked} ORDER BY id DESC LIMIT %s)"
            " SELECT string_agg(CAST(id AS text), ','), count(*), (SELECT count(*) FROM near)"
            " FROM checked",
            (
                *(query, bounds.low, bounds.high, looked_at if self.checks else most),
                *(value for _, value in self.checks),
                most,
            ),
        ).one()
        return row[0] or "", row[1], row[2]

    def buckets(self, connection: Connection, bounds: Bounds) -> range:
        """From the oldest row's within the bounds to the newest one's."""
        within = f"FROM {self.table} WHERE id >= %s AND id < %s"
        low, high = connection.exec_driver_sql(
            f"SELECT (SELECT min(id) {within}), (SELECT max(id) {within})",
            (bounds.low, bounds.high) * 2,
        ).one()
        shift = BUCKETS[self.table]
        return range(0) if low is None else range(low >> shift, (high >> shift) + 1)


def newest(
    connection: Connection,
    sought: Sought,
    number: float,
    bounds: Bounds,
    most: int,
    checked: int,
    hurry: Callable[[], None],
) -> tuple[str, int]:
    """At most so many, as the next statement is given them: ids with commas; and how many. The
    `number` that is thought to meet the query decides how it is looked for; where rows are looked
    into, so many are `checked` at most; `hurry` is called before each further statement."""
    hurry()
    enough = checked if sought.checks else 2 * most
    if number <= (enough if bounds == Bounds() else FEW):
        return sought.newest(connection, bounds, range(0), most, checked)[:2]
    buckets, size = sought.buckets(connection, bounds), AT_ONCE if number <= enough else 1
    found, left = list[str](), most
    while buckets and left > 0 and checked > 0:
        hurry()
        ids, more, looked_at = sought.newest(connection, bounds, buckets[-size:], left, checked)
        found, left, checked = [*found, ids], left - more, checked - looked_at
        buckets, size = buckets[:-size], min(AT_ONCE, 2 * size)
    return ",".join(filter(None, found)), most - left
