"""Full-text search on PostgreSQL: a query → article or thread ids with scores, within bounds.

To score a row, PostgreSQL reads its tsvector, some 5 µs each: at most `SCORED` rows are, the newest
(`newest`). Where more meet what is asked, those come first that meet it in title and opening, which
have an index of their own. `ts_rank` knows no rare words, so each group is ranked by itself and
weighs what its rarity does. What has a word is looked for by the index alone: the planner takes
`@@` for as cheap as a sum, and would read all articles for a common word. Statements are ended
after the seconds given.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from breachwire.errors import SlowSearchError
from breachwire.store.articles import id_at
from breachwire.store.effort import ENOUGH
from breachwire.store.fts5 import SECONDS, id_range
from breachwire.store.matching import Bounds, Rows
from breachwire.store.postgres import queries
from breachwire.store.postgres.newest import Column, expected, newest
from breachwire.store.postgres.often import counts
from breachwire.store.postgres.queries import Asked
from breachwire.store.protocol_search import Terms
from breachwire.store.ranking import joined
from breachwire.store.words import parse_query

SCORED: Final = 2_000
"""Rows that a search scores at most: some 10 ms for each group."""
Together = Callable[[Sequence[str], str], str]
"""Groups, and what is unwanted, as one query."""
_CANCELED: Final = "57014"
_TIMED: Final = "SELECT set_config('statement_timeout', CAST(%s AS text), true)"
_INDEXED: Final = f"""{_TIMED},
    set_config('enable_seqscan', %s, true),
    set_config('max_parallel_workers_per_gather', '0', true)
"""
"""A search alone uses no second core: many at a time use all."""
_OVER: Final = 1.25
"""How many times as long as is left a statement may take: to say anew before each of twenty what is
left takes longer than most of them."""
_TITLED: Final = """
    SELECT key, (
        SELECT array_agg(id ORDER BY id DESC) FROM article_search
        WHERE opening @@ CAST(query AS tsquery) AND id < %s
    ) FROM unnest(CAST(%s AS text[]), CAST(%s AS text[])) AS asked (key, query)
"""
"""No LIMIT inside: for one, the planner would walk back through all articles for a rare name."""


@dataclass(frozen=True, slots=True)
class Index:
    """A table of words; weights of the columns D, C, B, A as on SQLite (`fts5`), the greatest being
    1; whether it has openings."""

    table: str
    weights: str
    opening: bool = False


_ARTICLES: Final = Index("article_search", "{0.125, 0.125, 0.375, 1.0}", opening=True)
_THREADS: Final = Index("thread_search", "{0.125, 0.25, 0.75, 1.0}")


def search(
    connection: Connection,
    query: str | Terms,
    limit: int,
    since: datetime | None,
    until: datetime | None,
    seconds: float,
) -> tuple[Rows, Rows]:
    """With all words, with any (`Store.search_both`). Raises SlowSearchError."""
    bounds = Bounds(*id_range(since, until))
    return _ranked(connection, _ARTICLES, _terms(query), bounds, limit, seconds)


def search_threads(
    connection: Connection, query: str | Terms, limit: int, seconds: float
) -> list[tuple[str, float]]:
    """Best first (`Store.search_threads`). Raises SlowSearchError."""
    _, rows = _ranked(connection, _THREADS, _terms(query), Bounds(), limit, seconds)
    found = connection.exec_driver_sql(
        "SELECT id, thread FROM thread_document WHERE id = ANY (%s)", ([id for id, _ in rows],)
    )
    names: dict[int, str] = {row[0]: row[1] for row in found}
    return [(names[id], score) for id, score in rows if id in names]


def search_every(
    connection: Connection,
    terms: Terms,
    limit: int,
    since: datetime | None,
    until: datetime | None,
    seconds: float,
) -> list[int]:
    """Newest first (`Store.search_every`). Raises SlowSearchError."""
    with deadline(connection, seconds):
        asked = queries.asked(connection, terms)
        if not asked.groups:
            return []
        low, high = id_range(since, until)
        rows = connection.exec_driver_sql(
            "SELECT id FROM article_search WHERE words @@ CAST(%s AS tsquery)"
            " AND id >= %s AND id < %s ORDER BY id DESC LIMIT %s",
            (queries.every(asked.met.values(), asked.without), low, high, max(1, limit)),
        )
        return list(rows.scalars())


def rare(connection: Connection, words: Sequence[str], most: int) -> set[str]:
    """Those that at most so many articles have (`Store.rare`)."""
    stems = queries.stems(connection, words)
    with deadline(connection, SECONDS):
        often = counts(connection, _ARTICLES.table, list(stems.values()), most + 1)
    return {word for word in words if word in stems and often[stems[word]] <= most}


def titled(
    connection: Connection, phrases: Sequence[str], until: datetime, limit: int
) -> dict[str, list[int]]:
    """The newest by phrase (`Store.titled`). Raises SlowSearchError."""
    with deadline(connection, SECONDS):
        wanted = queries.in_titles(connection, list(dict.fromkeys(phrases)))
        if not wanted:
            return {}
        values = (id_at(until), list(wanted), list(wanted.values()))
        rows = connection.exec_driver_sql(_TITLED, values).all()
    return {phrase: list(ids[: max(1, limit)]) for phrase, ids in rows if ids}


def _terms(query: str | Terms) -> Terms:
    return parse_query(query) if isinstance(query, str) else query


def _ranked(
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
        self,
        connection: Connection,
        index: Index,
        asked: Asked,
        bounds: Bounds,
        limit: int,
    ) -> None:
        self._connection, self._index, self._bounds = connection, index, bounds
        self._without, self._met, self._limit = asked.without, asked.met, limit
        self._often = dict.fromkeys(asked.groups, SCORED + 1)
        if len(asked.groups) > 1:  # one by itself weighs what it will
            often = counts(connection, index.table, list(asked.met.values()), SCORED + 1)
            self._often = {group: often[asked.met[group]] for group in asked.groups}
        self._groups = sorted(asked.groups, key=lambda group: self._often[group])

    def every(self, hurry: Callable[[], None]) -> Rows:
        """Those with every group."""
        return self._best(self._groups, queries.every, hurry)

    def any(self, hurry: Callable[[], None]) -> Rows:
        """Those with any of the rarest groups, as many of them as may be scored."""
        kept, left = list[str](), SCORED
        for group in self._groups:
            left -= self._often[group]
            if left >= 0 or not kept:
                kept.append(group)
        hurry()
        return self._best(kept, queries.some, hurry)

    def _best(self, groups: Sequence[str], together: Together, hurry: Callable[[], None]) -> Rows:
        """All, where no more are expected than are scored. Else first those that have them in the
        opening, of all times, and where these are too few the newest of all behind them."""
        met = [self._met[group] for group in groups]
        query, table = together(met, self._without), self._index.table
        found: Rows | None = None
        if expected(self._connection, Column(table), query) <= SCORED:
            found, number = self._scored("words", query, groups, hurry)
            if number < SCORED:
                return found
        if not self._index.opening:
            return found or self._scored("words", query, groups, hurry)[0]
        first, _ = self._scored("opening", together(met, ""), groups, hurry)
        if len(first) >= self._limit:
            return first
        return joined(first, found or self._scored("words", query, groups, hurry)[0])

    def _scored(
        self, column: str, query: str, groups: Sequence[str], hurry: Callable[[], None]
    ) -> tuple[Rows, int]:
        """Of the newest rows that meet a query in a column the best by that column, best first; and
        how many were scored. What is unwanted may stand in the text behind an opening."""
        hurry()
        table = self._index.table
        ids, number = newest(
            self._connection, Column(table, column), query, self._bounds, SCORED, hurry
        )
        hurry()
        worth = " + ".join(
            f"CAST(%s AS float8)"
            f" * ts_rank('{self._index.weights}', {column}, CAST(%s AS tsquery), 1)"
            for _ in groups
        )
        values = [value for group in groups for value in (self._weight(group), group)]
        without = self._without if column == "opening" else ""
        rows = self._connection.exec_driver_sql(
            f"SELECT id, greatest({worth}, 1e-9) AS worth FROM {table}"  # noqa: S608
            " WHERE id = ANY (CAST(%s AS bigint[])) AND NOT words @@ CAST(%s AS tsquery)"
            " ORDER BY worth DESC, id DESC LIMIT %s",
            (*values, f"{{{ids}}}", without, self._limit),
        ).all()
        return [(row[0], float(row[1])) for row in rows], number

    def _weight(self, group: str) -> float:
        """More for a rarer one; common ones weigh alike."""
        return 1 / math.log2(2 + self._often[group])


@contextmanager
def deadline(connection: Connection, seconds: float) -> Iterator[Callable[[], None]]:
    """End a statement that runs longer, and have words looked for by their index; the transaction
    around goes on. What is yielded is called before each further one: it has what is left. Raises
    SlowSearchError."""
    slow = SlowSearchError("the search took too long; use rarer words")
    end, said = time.monotonic() + seconds, math.inf

    def hurry(statement: str = _TIMED, *more: str) -> None:
        nonlocal said
        left = end - time.monotonic()
        if left <= 0:
            raise slow
        if said > _OVER * left:
            said = left
            connection.exec_driver_sql(statement, (math.ceil(1000 * left), *more))

    try:
        with connection.begin_nested():
            hurry(_INDEXED, "off")
            yield hurry
            connection.exec_driver_sql(_INDEXED, (0, "on"))
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) != _CANCELED:
            raise
        raise slow from error
