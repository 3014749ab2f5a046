"""Full-text search on PostgreSQL: a query → article or thread ids (`ranking` scores them).

In: a connection, what was typed, times. Out: as `Store` promises; SlowSearchError where it took
longer than it may.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from breachwire.errors import SlowSearchError
from breachwire.store.articles import id_at
from breachwire.store.fts5 import SECONDS, id_range
from breachwire.store.matching import Bounds, Rows
from breachwire.store.postgres import queries
from breachwire.store.postgres.deadline import deadline
from breachwire.store.postgres.newest import ALL, Effort, Sought, Span, newest
from breachwire.store.postgres.often import counts
from breachwire.store.postgres.ranking import COUNTED, Index, ranked, sought
from breachwire.store.protocol_search import Terms
from breachwire.store.words import parse_query

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
        often = counts(connection, _ARTICLES.table, list(asked.met.values()), COUNTED + 1)
        rarest = min(often.values())
        counted = rarest <= COUNTED
        number = rarest if counted else given.expected(connection)
        span = Span(connection, _ARTICLES.table, Bounds(*id_range(since, until)))
        effort = Effort(max(1, limit), max(limit, COUNTED), ALL)
        rows, _ = newest(connection, given, span, effort, hurry, number=number, counted=counted)
    return [id for id, _ in rows]


def rare(connection: Connection, words: Sequence[str], most: int) -> set[str]:
    """Those that at most so many articles have (`Store.rare`); none where it took too long."""
    stems = queries.stems(connection, words)
    try:
        with deadline(connection, SECONDS):
            often = counts(connection, _ARTICLES.table, list(stems.values()), most + 1)
    except SlowSearchError:
        return set()
    return {word for word in words if word in stems and often[stems[word]] <= most}


def titled(
    connection: Connection, phrases: Sequence[str], until: datetime, limit: int
) -> dict[str, list[int]]:
    """The newest by phrase (`Store.titled`). Raises SlowSearchError."""
    span = Span(connection, _ARTICLES.table, Bounds(0, id_at(until)))
    effort, found = Effort(max(1, limit), max(1, limit)), {}
    with deadline(connection, SECONDS) as hurry:
        for phrase, met in queries.in_titles(connection, list(dict.fromkeys(phrases))).items():
            check = ("opening @@ CAST(%s AS tsquery)", (met.exactly,))
            given = Sought(_ARTICLES.table, "opening", met.by_words, check=check)
            rows, _ = newest(connection, given, span, effort, hurry)
            if rows:
                found[phrase] = [id for id, _ in rows]
    return found


def _terms(query: str | Terms) -> Terms:
    return parse_query(query) if isinstance(query, str) else query
