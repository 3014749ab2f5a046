"""The newest rows that meet a tsquery, without a walk over all that do.

In: a table of words, a column, a query, bounds of ids. Out: ids, newest first.

GIN has a word's rows in no order of use: to find the newest, all of them are put together, looked
up and sorted, a hundred thousand for a common word. So a row's words have one more that says when
it came: its *bucket*, the upper bits of its id (`word_tables`). A query that asks for words and a
few buckets walks no more than these buckets' rows, as GIN goes along the rarest list and jumps in
the others. Buckets are asked for from the newest on, as many at once as are thought to have enough.
What is in bounds of few buckets is found so as well.

A phrase is checked in each row that has its words, some 10 µs each; so of many rows that have them
the newest `CHECKED` are looked at.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection

from breachwire.store.matching import Bounds
from breachwire.store.postgres.often import noted
from breachwire.store.postgres.word_tables import BUCKETS, bucket

AT_ONCE: Final = 64
"""Buckets in one query at most: their lists are walked side by side."""
FEW: Final = 500
"""Rows that are put together whatever their time: some milliseconds."""
CHECKED: Final = 10_000
"""Rows with a phrase's words that are looked at: some 100 ms."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of words of a table (`word_tables.SEARCHED`)."""

    table: str
    name: str = "words"

    def rows(
        self, connection: Connection, query: str, bounds: Bounds, most: int, buckets: range
    ) -> str:
        """The newest within the bounds, and these buckets where there are any. Their ids are summed
        so that the planner walks no rows by id: it takes `@@` for as cheap as a sum."""
        if buckets:
            query = f"( {query} ) & ( {' | '.join(map(bucket, buckets))} )"
        found = connection.exec_driver_sql(
            "SELECT string_agg(CAST(id AS text), ',') FROM"  # noqa: S608
            f" (SELECT id FROM {self.table} WHERE {self.name} @@ CAST(%s AS tsquery)"
            " AND id + 0 >= %s AND id + 0 < %s ORDER BY id + 0 DESC LIMIT %s) AS found",
            (query, bounds.low, bounds.high, most),
        )
        return found.scalar_one() or ""

    def buckets(self, connection: Connection, bounds: Bounds) -> range:
        """From the oldest row's within the bounds to the newest one's."""
        within = f"FROM {self.table} WHERE id >= %s AND id < %s"
        low, high = connection.exec_driver_sql(
            f"SELECT (SELECT min(id) {within}), (SELECT max(id) {within})",
            (bounds.low, bounds.high) * 2,
        ).one()
        shift = BUCKETS[self.table]
        return range(0) if low is None else range(low >> shift, (high >> shift) + 1)


def expected(connection: Connection, column: Column, query: str) -> float:
    """How many rows are thought to meet a query, over all times."""
    return noted(connection, column.table, column.name, [query])[1][0]


def newest(
    connection: Connection,
    column: Column,
    query: str,
    bounds: Bounds,
    most: int,
    hurry: Callable[[], None],
) -> tuple[str, int]:
    """Ids, newest first, at most so many, as the next statement is given them: with commas; and how
    many. `hurry` is called before each further statement."""
    number, phrase = expected(connection, column, query), "<" in query
    enough = CHECKED if phrase else 2 * most
    hurry()
    if number <= (enough if bounds == Bounds() else FEW):
        every = column.rows(connection, query, bounds, most, range(0))
        return every, counted(every)
    buckets = column.buckets(connection, bounds)
    wanted = len(buckets)
    if number > enough:
        wanted = math.ceil(enough / number * len(column.buckets(connection, Bounds())))
        buckets = buckets[-wanted:] if phrase else buckets
    found, left = list[str](), most
    while buckets and left > 0:
        hurry()
        size = min(AT_ONCE, wanted)
        found.append(column.rows(connection, query, bounds, left, buckets[-size:]))
        left -= counted(found[-1])
        bounds = Bounds(bounds.low, buckets[-size:][0] << BUCKETS[column.table])
        buckets = buckets[:-size]
    return ",".join(filter(None, found)), most - left


def counted(ids: str) -> int:
    return ids.count(",") + 1 if ids else 0
