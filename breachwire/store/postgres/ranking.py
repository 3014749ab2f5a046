"""Terms → the best rows of a table of words, within bounds.

In: what is asked (`queries`), a table, bounds of ids. Out: (row, score), best first: those with
every group, and those with any.

To score a row, PostgreSQL reads its tsvector: some `SCORED` rows are, the newest (`newest`). Where
more meet what is asked, those come first that meet it in title and opening, which have an index of
their own. `ts_rank` knows no rare words, so each group is ranked by itself and weighs what its
rarity does.
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
from breachwire.store.postgres.newest import CHECKED, Condition, Effort, Sought, Span, newest
from breachwire.store.postgres.often import counts
from breachwire.store.postgres.queries import Asked
from breachwire.store.protocol_search import Terms
from breachwire.store.ranking import joined

SCORED: Final = 2_000
"""Rows behind which a search scores no more: some 15 ms, one more for each group."""
COUNTED: Final = 500
"""Rows up to which it is known how many have a group: a commoner one is common."""
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
    index: Index,
    column: str,
    asked: Asked,
    groups: Sequence[str],
    together: Together,
    weights: Sequence[float] = (),
) -> Sought:
    """These groups in a column, scored by it where they have weights. What is unwanted may stand in
    the text behind an opening, or be a phrase: then each row is looked into."""
    exactly, query = (together(some) for some in zip(*(asked.met[g] for g in groups), strict=True))
    checks = [(f"{column} @@ CAST(%s AS tsquery)", exactly)] if query != exactly else []
    if column == "words" and "<" not in asked.without:
        query = queries.without(query, asked.without)
    elif asked.without:
        checks.append(("NOT words @@ CAST(%s AS tsquery)", asked.without))
    check = (" AND ".join(sql for sql, _ in checks), tuple(value for _, value in checks))
    return Sought(
        index.table,
        column,
        query,
        _worth(index, column, groups, weights),
        check if checks else None,
    )


def _worth(index: Index, column: str, groups: Sequence[str], weights: Sequence[float]) -> Condition:
    """A row's own, above nothing."""
    one = f"CAST(%s AS float8) * ts_rank('{index.weights}', {column}, CAST(%s AS tsquery), 1)"
    worth = " + ".join(one for _ in weights) or "CAST(0 AS float8)"
    values = (value for pair in zip(weights, groups, strict=False) for value in pair)
    return f"greatest({worth}, 1e-9)", tuple(values)


def ranked(
    connection: Connection, index: Index, terms: Terms, bounds: Bounds, limit: int, seconds: float
) -> tuple[Rows, Rows]:
    """Rows with every group; rows with any, which the former lead. Raises SlowSearchError where not
    even the former were found in time."""
    limit, every, plan = max(1, limit), None, None
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
        if every is None and not (every := plan.found if plan else []):
            raise
        return every, every


class _Plan:
    """What to ask for one query's groups, rarest first."""

    def __init__(
        self, connection: Connection, index: Index, asked: Asked, bounds: Bounds, limit: int
    ) -> None:
        self._connection, self._index = connection, index
        self._span = Span(connection, index.table, bounds)
        self._asked, self._limit = asked, limit
        self.found = Rows()
        """What was found so far."""
        often = counts(connection, index.table, list(asked.met.values()), COUNTED + 1)
        known = {group: often[met] for group, met in asked.met.items()}
        self._often = {g: n if n <= COUNTED else SCORED + 1 for g, n in known.items()}
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
        words, counted = self._sought("words", groups, together), number <= SCORED
        if not counted:
            number = words.expected(self._connection)
        found: Rows | None = None
        if number <= SCORED or not self._index.opening:
            found, whole = self._newest(words, number, hurry, counted=counted)
            if whole or not self._index.opening:
                return found
        opening = self._sought("opening", groups, together)
        first, _ = self._newest(opening, opening.expected(self._connection), hurry)
        if len(first) >= self._limit:
            return first
        self.found = first  # should the time be over
        if found is None:
            found, _ = self._newest(words, number, hurry)
        return joined(first, found)

    def _sought(self, column: str, groups: Sequence[str], together: Together) -> Sought:
        weights = [1 / math.log2(2 + self._often[group]) for group in groups]
        return sought(self._index, column, self._asked, groups, together, weights)

    def _newest(
        self, given: Sought, number: float, hurry: Callable[[], None], *, counted: bool = False
    ) -> tuple[Rows, bool]:
        """The best of them by the column that is looked in; whether those are all."""
        return newest(
            self._connection, given, self._span, Effort(self._limit, SCORED, CHECKED), hurry,
            number=number, counted=counted,
        )  # fmt: skip
