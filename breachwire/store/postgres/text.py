"""Full-text search on PostgreSQL: a query → article or thread ids (`ranking` scores them).

In: a connection, what was typed, times. Out: as `Store` promises; SlowSearchError where it took
longer than it may.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from breachwire.store.articles import id_at
from breachwire.store.fts5 import SECONDS, id_range
from breachwire.store.matching import Bounds, Rows
from breachwire.store.postgres import queries
from breachwire.store.postgres.deadline import deadline
from breachwire.store.postgres.newest import ALL, newest
from breachwire.store.postgres.often import counts
from breachwire.store.postgres.ranking import Index, ranked, sought
from breachwire.store.protocol_search import Terms
from breachwire.store.words import parse_query

_TITLED: Final = """
    SELECT key, (
        SELECT array_agg(id ORDER BY id DESC) FROM article_search
        WHERE opening @@ CAST(query AS tsquery) AND id < %s
    ) FROM unnest(CAST(%s AS text[]), CAST(%s AS text[])) AS asked (key, query)
"""
"""No LIMIT inside: for one, the planner would walk back through all articles for a rare name."""


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
    return ranked(connection, _ARTICLES, _terms(query), bounds, limit, seconds)


def search_threads(
    connection: Connection, query: str | Terms, limit: int, seconds: float
) -> list[tuple[str, float]]:
    """Best first (`Store.search_threads`). Raises SlowSearchError."""
    _, rows = ranked(connection, _THREADS, _terms(query), Bounds(), limit, seconds)
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
    with deadline(connection, seconds) as hurry:
        asked = queries.asked(connection, terms)
        if not asked.groups:
            return []
        given = sought(_ARTICLES, "words", asked, asked.groups, queries.every)
        bounds, number = Bounds(*id_range(since, until)), given.expected(connection)
        limit = max(1, limit)
        rows, _ = newest(connection, given, number, bounds, limit, hurry, most=limit, checked=ALL)
    return [id for id, _ in rows]


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
