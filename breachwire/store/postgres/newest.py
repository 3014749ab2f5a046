"""The newest rows that meet a query, scored, without a walk over all that do.

In: what is sought in a table of words, bounds of ids. Out: ids with what they are worth.

GIN has a word's rows in no order of use: to find the newest, all of them are put together and
looked up, a hundred thousand for a common word. So a row's words have one more that says when it
came: its *bucket*, the upper bits of its id (`word_tables`). A query that asks for words and a few
buckets walks no more than these buckets' rows, as GIN goes along the rarest list and jumps in the
others.
Each bucket of a query makes each of these rows dearer, so a few at a time are asked for, from the
newest on, until enough rows are found, or those that are left seem few: these are asked for at
once.

To visit a row takes some 6 µs, to score it there one more for each group. The index knows neither
that words follow one another nor, of an opening, what stands behind it: that is checked in each
row, of many in the newest `CHECKED`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection

from breachwire.store.matching import Bounds, Rows
from breachwire.store.postgres.often import noted
from breachwire.store.postgres.word_tables import BUCKETS, bucket

AT_ONCE: Final = 8
"""Buckets in one query at most: of a million articles' to walk them takes 8 ms, 64 took 300."""
FEW: Final = 500
"""Rows that are visited at once where there are thought to be no more: 3 ms."""
REST: Final = 5_000
"""The same of those that are left, by how many the buckets had that were looked into."""
CHECKED: Final = 5_000
"""Rows that are looked into for one search: some 50 ms."""
ALL: Final = (1 << 63) - 1
"""The same where none may be missing."""
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
        return noted(connection, self.table, self.column, [self.query])[1][0]

    def best(
        self, connection: Connection, bounds: Bounds, buckets: range, limit: int
    ) -> tuple[Rows, int, int]:
        """Within the bounds, and these buckets where there are any: the best, best first; how many
        meet what is sought; how many were visited for them."""
        query, (worth, values) = self.query, self.worth
        if buckets:
            query = f"( {query} ) & ( {' | '.join(map(bucket, buckets))} )"
        if self.check is not None:
            worth, values = f"CASE WHEN {self.check[0]} THEN {worth} END", self.check[1] + values
        # Ids are summed so that the planner walks no rows by id: it takes `@@` for as cheap.
        first, *rows = connection.exec_driver_sql(
            f"WITH visited AS MATERIALIZED (SELECT id, {worth} AS worth FROM {self.table}"  # noqa: S608
            f" WHERE {self.column} @@ CAST(%s AS tsquery) AND id + 0 >= %s AND id + 0 < %s),"
            " best AS (SELECT id, worth FROM visited WHERE worth IS NOT NULL"
            " ORDER BY worth DESC, id DESC LIMIT %s)"
            " SELECT count(worth), CAST(count(*) AS float8) FROM visited UNION ALL TABLE best",
            (*values, query, bounds.low, bounds.high, limit),
        ).all()
        return [(row[0], float(row[1])) for row in rows], int(first[0]), int(first[1])

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
    limit: int,
    hurry: Callable[[], None],
    *,
    most: int,
    checked: int,
) -> tuple[Rows, int]:
    """The best of the newest, best first, and how many those are. No bucket is looked into behind
    `most` rows that meet what is sought, or so many that were `checked` for it. `number`: what is
    thought to meet the query; `hurry` is called before each statement."""
    if number <= FEW:
        hurry()
        rows, met, _ = sought.best(connection, bounds, range(0), limit)
        return rows, met
    buckets, size = sought.buckets(connection, bounds), 1 if number > most else AT_ONCE
    # Without buckets rows of all times are visited.
    apart = len(sought.buckets(connection, Bounds())) if bounds != Bounds() else 0
    every, found, met, visited = len(buckets), Rows(), 0, 0
    while buckets and met < most and visited < checked:
        hurry()
        some, looked_into = buckets[-size:], every - len(buckets)
        if looked_into and visited / looked_into * max(apart, len(buckets)) <= REST:
            bounds, buckets = Bounds(bounds.low, some.stop << BUCKETS[sought.table]), range(0)
            some = buckets
        rows, own, looked_at = sought.best(connection, bounds, some, limit)
        found, met, visited = found + rows, met + own, visited + looked_at
        buckets, size = buckets[:-size], min(AT_ONCE, 2 * size)
    return sorted(found, key=lambda row: (-row[1], -row[0]))[:limit], met
