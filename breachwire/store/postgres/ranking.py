"""Terms → the best rows of a table of words, within bounds.

In: what is asked (`queries`), a table, bounds of ids. Out: (row, score), best first: those with
every group, and those with any.

To score a row, PostgreSQL reads its tsvector, some 5 µs each: at most `SCORED` rows are, the newest
(`newest`). Where more meet what is asked, those come first that meet it in title and opening, which
have an index of their own. `ts_rank` knows no rare words, so each group is ranked by itself and
weighs what its rarity does.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection

from breachwire.errors import SlowSearchError
from breachwire.store.effort import ENOUGH
from breachwire.store.matching import Bounds, Rows
from breachwire.store.postgres import queries
from breachwire.store.postgres.deadline import deadline
from breachwire.store.postgres.newest import CHECKED, Sought, newest
from breachwire.store.postgres.often import counts
from breachwire.store.postgres.queries import Asked
from breachwire.store.protocol_search import Terms
from breachwire.store.ranking import joined

SCORED: Final = 2_000
"""Rows that a search scores at most: some 10 ms for each group."""
Together = Callable[[Sequence[str]], str]
"""Groups as one query."""


@dataclass(frozen=True, slots=True)
class Index:
    """A table of words; weights of the columns D, C, B, A as on SQLite (`fts5`), the greatest being
    1; whether it has openings."""

    table: str
    weights: str
    opening: bool = False


def sought(
    index: Index, column: str, asked: Asked, groups: Sequence[str], together: Together
) -> Sought:
    """These groups in a column. What is unwanted may stand in the text behind an opening, or be a
    phrase: then each row is looked into."""
    met = [asked.met[group] for group in groups]
    exactly, query = (together(some) for some in zip(*met, strict=True))
    checks = [(f"{column} @@ CAST(%s AS tsquery)", exactly)] if query != exactly else []
    if column == "words" and "<" not in asked.without:
        query = queries.without(query, asked.without)
    elif asked.without:
        checks.append(("NOT words @@ CAST(%s AS tsquery)", asked.without))
    return Sought(index.table, column, query, tuple(checks))


def ranked(
    connection: Connection, index: Index, terms: Terms, bounds: Bounds, limit: int, seconds: float
) -> tuple[Rows, Rows]:
    """Rows with every group; rows with any, which the former lead. Raises SlowSearchError where not
    even the former were found in time."""
    limit, every = max(1, limit), None
    try:
        with deadline(connection, seconds) as hurry:
            asked = queries.asked(connection, terms)
            if not asked.groups:
                return [], []
            plan = _Plan(connection, index, asked, bounds, limit)
            hurry()
            every = some = plan.every(hurry)[:limit]
            if len(asked.groups) > 1 and len(every) < min(limit, ENOUGH):
                some = joined(every, plan.any(hurry))[:limit]
            return every, some
    except SlowSearchError:
        if every is None:
            raise
        return every, every


class _Plan:
    """What to ask for one query's groups, rarest first."""

    def __init__(
        self, connection: Connection, index: Index, asked: Asked, bounds: Bounds, limit: int
    ) -> None:
        self._connection, self._index, self._bounds = connection, index, bounds
        self._asked, self._limit = asked, limit
        often = counts(connection, index.table, list(asked.met.values()), SCORED + 1)
        self._often = {group: often[met] for group, met in asked.met.items()}
        self._groups = sorted(asked.groups, key=lambda group: self._often[group])

    def every(self, hurry: Callable[[], None]) -> Rows:
        """Those with every group."""
        return self._best(self._groups, queries.every, self._often[self._groups[0]], hurry)

    def any(self, hurry: Callable[[], None]) -> Rows:
        """Those with any of the rarest groups, as many of them as may be scored."""
        kept, number = list[str](), 0
        for group in self._groups:
            if not kept or number + self._often[group] <= SCORED:
                kept.append(group)
                number += self._often[group]
        return self._best(kept, queries.some, number, hurry)

    def _best(
        self, groups: Sequence[str], together: Together, number: float, hurry: Callable[[], None]
    ) -> Rows:
        """All, where no more are expected than are scored. Else first those that have them in the
        opening, of all times, and where these are too few the newest of all behind them. `number`:
        what they are at most, where that is no more than are scored."""
        words = sought(self._index, "words", self._asked, groups, together)
        if number > SCORED:
            number = words.expected(self._connection)
        found: Rows | None = None
        if number <= SCORED or not self._index.opening:
            found, scored = self._scored(words, number, groups, hurry)
            if scored < SCORED or not self._index.opening:
                return found
        opening = sought(self._index, "opening", self._asked, groups, together)
        first, _ = self._scored(opening, opening.expected(self._connection), groups, hurry)
        if len(first) >= self._limit:
            return first
        return joined(first, found or self._scored(words, number, groups, hurry)[0])

    def _scored(
        self, given: Sought, number: float, groups: Sequence[str], hurry: Callable[[], None]
    ) -> tuple[Rows, int]:
        """Of the newest rows the best by the column that was looked in, best first; and how many
        were scored."""
        ids, scored = newest(self._connection, given, number, self._bounds, SCORED, CHECKED, hurry)
        hurry()
        worth = " + ".join(
            f"CAST(%s AS float8)"
            f" * ts_rank('{self._index.weights}', {given.column}, CAST(%s AS tsquery), 1)"
            for _ in groups
        )
        values = [value for group in groups for value in (self._weight(group), group)]
        rows = self._connection.exec_driver_sql(
            f"SELECT id, greatest({worth}, 1e-9) AS worth FROM {given.table}"  # noqa: S608
            " WHERE id = ANY (CAST(%s AS bigint[])) ORDER BY worth DESC, id DESC LIMIT %s",
            (*values, f"{{{ids}}}", self._limit),
        ).all()
        return [(row[0], float(row[1])) for row in rows], scored

    def _weight(self, group: str) -> float:
        """More for a rarer one; common ones weigh alike."""
        return 1 / math.log2(2 + self._often[group])
