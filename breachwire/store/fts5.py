"""Full-text search on SQLite: a query → article ids with scores, by FTS5's bm25.

All words first; where no article has all, any of them. Times are ranges of article ids, which cost
nothing (DESIGN §4: by join 30 ms, by rowid 0.8 ms). A query is stopped after two seconds.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from breachwire.errors import StoreError
from breachwire.store.articles import id_at
from breachwire.store.words import in_title, parse_query

SECONDS: Final = 2.0
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
_TITLED: Final = """
    SELECT * FROM (
        SELECT ?, rowid FROM article_search WHERE article_search MATCH ? AND rowid < ?
        ORDER BY rowid DESC LIMIT ?
    )
"""


def search(
    connection: Connection, query: str, limit: int, since: datetime | None, until: datetime | None
) -> list[tuple[int, float]]:
    """Best first (`Store.search_text`). Raises StoreError where it takes too long."""
    match = parse_query(query)
    low, high = id_range(since, until)
    for expression in dict.fromkeys((match.every, match.any)):
        if not expression:
            continue
        with _deadline(connection):
            values = (expression, low, high, max(1, limit))
            rows = connection.exec_driver_sql(_SEARCH, values).all()
        if rows:
            return [(row[0], float(row[1])) for row in rows]
    return []


def titled(
    connection: Connection, phrases: Sequence[str], until: datetime, limit: int
) -> dict[str, list[int]]:
    """The newest by phrase (`Store.titled`). Raises StoreError where it takes too long."""
    wanted = {phrase: expression for phrase in phrases if (expression := in_title(phrase))}
    if not wanted:
        return {}
    values = [v for pair in wanted.items() for v in (*pair, id_at(until), max(1, limit))]
    with _deadline(connection):
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
    """Make the search index anew from the articles."""
    connection.exec_driver_sql("INSERT INTO article_search(article_search) VALUES('rebuild')")


@contextmanager
def _deadline(connection: Connection) -> Iterator[None]:
    """Stop what runs on this connection after SECONDS. Raises StoreError then."""
    end = time.monotonic() + SECONDS
    driver: Any = connection.connection.driver_connection
    driver.set_progress_handler(lambda: time.monotonic() > end, _STEPS)
    try:
        yield
    except OperationalError as error:
        if "interrupted" not in str(error.orig):
            raise
        raise StoreError(f"the search took longer than {SECONDS:g} s; use rarer words") from error
    finally:
        driver.set_progress_handler(None, 0)
