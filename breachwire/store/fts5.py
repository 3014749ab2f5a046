"""Full-text search on SQLite: a query → article or thread ids with scores, by FTS5's bm25.

Those with all words first, then those with any of them. Times are ranges of article ids, which cost
nothing (DESIGN §4: by join 30 ms, by rowid 0.8 ms). A query is stopped after the seconds given.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, select
from sqlalchemy.exc import OperationalError

from breachwire.errors import SlowSearchError
from breachwire.store.articles import id_at
from breachwire.store.protocol import Terms
from breachwire.store.rows import chunks
from breachwire.store.tables import thread_document
from breachwire.store.words import in_title, matching, parse_query

SECONDS: Final = 2.0
ENOUGH: Final = 50
"""Rows with every term from which on those with any of them are not asked for: that costs most."""
_STEPS: Final = 10_000
"""Virtual machine steps between two looks at the clock: well under a millisecond."""
_SEARCH: Final = """
    SELECT rowid, -bm25(article_search, 8.0, 3.0, 1.0, 6.0) AS score
    FROM article_search
    WHERE article_search MATCH ? AND rowid >= ? AND rowid < ?
    ORDER BY bm25(article_search, 8.0, 3.0, 1.0, 6.0), rowid DESC
    LIMIT ?
"""
"""Weights of title, lead, text and identifiers: a title's word says what an article is about; an
identifier's column is one short line, which bm25 alone would favour over every text."""
_THREADS: Final = """
    SELECT rowid, -bm25(thread_search, 6.0, 8.0, 2.0, 1.0, 6.0) AS score
    FROM thread_search
    WHERE thread_search MATCH ?
    ORDER BY bm25(thread_search, 6.0, 8.0, 2.0, 1.0, 6.0), rowid DESC
    LIMIT ?
"""
"""Weights of headline, names, facts, kind and identifiers: whom a thread is about tells most."""
_TITLED: Final = """
    SELECT * FROM (
        SELECT ?, rowid FROM article_search WHERE article_search MATCH ? AND rowid < ?
        ORDER BY rowid DESC LIMIT ?
    )
"""


def search(
    connection: Connection,
    query: str | Terms,
    limit: int,
    since: datetime | None,
    until: datetime | None,
    seconds: float,
    every: bool,
) -> list[tuple[int, float]]:
    """Best first (`Store.search_text`). Raises SlowSearchError."""
    bounds = id_range(since, until)
    return _ranked(connection, _SEARCH, query, bounds, limit, seconds, every=every)


def search_threads(
    connection: Connection, query: str | Terms, limit: int, seconds: float
) -> list[tuple[str, float]]:
    """Best first (`Store.search_threads`). Raises SlowSearchError."""
    found = dict(_ranked(connection, _THREADS, query, (), limit, seconds))
    names: dict[int, str] = {}
    for some in chunks(found):
        columns = select(thread_document.c.id, thread_document.c.thread)
        rows = connection.execute(columns.where(thread_document.c.id.in_(some)))
        names.update((row[0], row[1]) for row in rows)
    return [(names[id], score) for id, score in found.items() if id in names]


def _ranked(
    connection: Connection,
    statement: str,
    query: str | Terms,
    bounds: tuple[int, ...],
    limit: int,
    seconds: float,
    *,
    every: bool = False,
) -> list[tuple[int, float]]:
    """Rows with every term, best first; unless `every`, filled up with those that have any."""
    match = matching(parse_query(query) if isinstance(query, str) else query)
    end = time.monotonic() + seconds
    found: dict[int, float] = {}
    for expression in dict.fromkeys((match.every, *(() if every else (match.any,)))):
        if not expression or len(found) >= min(limit, ENOUGH):
            continue
        below = min(found.values(), default=0.0)
        try:
            with _deadline(connection, end):
                values = (expression, *bounds, max(1, limit))
                rows = connection.exec_driver_sql(statement, values).all()
        except SlowSearchError:
            if not found:
                raise
            break  # those with all the words are the best of the answer
        scale = below / rows[0][1] if found and rows else 1.0
        for id, score in rows:
            found.setdefault(id, float(score * scale))
    return list(found.items())[:limit]


def rare(connection: Connection, words: Sequence[str], most: int) -> set[str]:
    """Those that at most so many articles have (`Store.rare`)."""
    return {word for word in words if _count(connection, word, most + 1) <= most}


def _count(connection: Connection, word: str, most: int) -> int:
    expression = matching(Terms(((word,),))).every
    if not expression:
        return most
    statement = (
        "SELECT count(*) FROM (SELECT 1 FROM article_search WHERE article_search MATCH ? LIMIT ?)"
    )
    return int(connection.exec_driver_sql(statement, (expression, most)).scalar_one())


def titled(
    connection: Connection, phrases: Sequence[str], until: datetime, limit: int
) -> dict[str, list[int]]:
    """The newest by phrase (`Store.titled`). Raises SlowSearchError."""
    wanted = {phrase: expression for phrase in phrases if (expression := in_title(phrase))}
    if not wanted:
        return {}
    values = [v for pair in wanted.items() for v in (*pair, id_at(until), max(1, limit))]
    with _deadline(connection, time.monotonic() + SECONDS):
        rows = connection.exec_driver_sql(
            " UNION ALL ".join([_TITLED] * len(wanted)), tuple(values)
        ).all()
    found: dict[str, list[int]] = {}
    for phrase, id in rows:
        found.setdefault(phrase, []).append(id)
    return found


def id_range(since: datetime | None, until: datetime | None) -> tuple[int, int]:
    """Article ids of since <= time < until."""
    return (id_at(since) if since else 0), (id_at(until) if until else (1 << 63) - 1)


def rebuild(connection: Connection) -> None:
    """Make the indexes anew from articles and names; that of threads is `documents.rewrite`'s."""
    for index in ("article_search", "name_search"):
        connection.exec_driver_sql(f"INSERT INTO {index}({index}) VALUES('rebuild')")


@contextmanager
def _deadline(connection: Connection, end: float) -> Iterator[None]:
    """Stop what runs on this connection at a time of the monotonic clock. Raises SlowSearchError
    then."""
    driver: Any = connection.connection.driver_connection
    driver.set_progress_handler(lambda: time.monotonic() > end, _STEPS)
    try:
        yield
    except OperationalError as error:
        if "interrupted" not in str(error.orig):
            raise
        raise SlowSearchError("the search took too long; use rarer words") from error
    finally:
        driver.set_progress_handler(None, 0)
