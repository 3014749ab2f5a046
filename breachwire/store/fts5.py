"""Full-text search on SQLite: a query → article or thread ids with scores, by FTS5's bm25.

`ranking` says what is asked in which order. Times are ranges of article ids, which cost nothing
(DESIGN §4: by join 30 ms, by rowid 0.8 ms). A query is stopped after the seconds given.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import datetime
from typing import Final

import orjson
from sqlalchemy import Connection

from breachwire.store import ranking
from breachwire.store.articles import id_at
from breachwire.store.frequencies import Frequencies
from breachwire.store.matching import Bounds, Index, Rows, deadline
from breachwire.store.protocol_search import Terms
from breachwire.store.rows import as_json, at_once
from breachwire.store.words import grouped, in_title, parse_query

SECONDS: Final = 2.0
_OPENINGS: Final = Index("opening_search", "8.0, 3.0, 6.0", first="title")
_ARTICLES: Final = Index("article_search", "8.0, 3.0, 1.0, 6.0", _OPENINGS)
"""Weights of title, lead, text and identifiers: a title's word says what an article is about; an
identifier's column is one short line, which bm25 alone would favour over every text."""
_THREADS: Final = Index(
    "thread_search", "6.0, 8.0, 2.0, 1.0, 6.0", first="headline names", tells="headline", part=2
)
"""Weights of headline, names, facts, kind and identifiers: whom a thread is about tells most."""
_NAMES: Final = """
    SELECT json_group_array(json_array(id, thread)) FROM thread_document
    WHERE id IN (SELECT value FROM json_each(?))
"""
_TITLED: Final = """
    SELECT asked.key, (
        SELECT json_group_array(id) FROM (
            SELECT rowid AS id FROM article_search WHERE article_search MATCH asked.value
            AND rowid < ? ORDER BY rowid DESC LIMIT ?
        )
    ) FROM json_each(?) AS asked
"""
"""A row a phrase: the threader asks for some hundred at once, of which most lead to few articles or
none."""


def search(
    connection: Connection,
    query: str | Terms,
    limit: int,
    since: datetime | None,
    until: datetime | None,
    seconds: float,
    frequencies: Frequencies,
) -> tuple[Rows, Rows]:
    """With all words, with any (`Store.search_both`). Raises SlowSearchError."""
    bounds = Bounds(*id_range(since, until))
    return ranking.ranked(connection, _ARTICLES, _terms(query), bounds, limit, seconds, frequencies)


def search_every(
    connection: Connection,
    terms: Terms,
    limit: int,
    since: datetime | None,
    until: datetime | None,
    seconds: float,
) -> list[int]:
    """Newest first (`Store.search_every`). Raises SlowSearchError."""
    bounds = Bounds(*id_range(since, until))
    return ranking.newest(connection, _ARTICLES, terms, bounds, limit, seconds)


def search_threads(
    connection: Connection,
    query: str | Terms,
    limit: int,
    seconds: float,
    frequencies: Frequencies,
) -> list[tuple[str, float]]:
    """Best first (`Store.search_threads`). Raises SlowSearchError."""
    bounds = Bounds()
    _, rows = ranking.ranked(
        connection, _THREADS, _terms(query), bounds, limit, seconds, frequencies
    )
    names: dict[int, str] = dict(at_once(connection, _NAMES, (as_json(id for id, _ in rows),)))
    return [(names[id], score) for id, score in rows if id in names]


def _terms(query: str | Terms) -> Terms:
    return parse_query(query) if isinstance(query, str) else query


def rare(
    connection: Connection, words: Sequence[str], most: int, frequencies: Frequencies
) -> set[str]:
    """Those that at most so many articles have (`Store.rare`)."""
    return {word for word in words if _count(connection, word, most + 1, frequencies) <= most}


def _count(connection: Connection, word: str, most: int, frequencies: Frequencies) -> int:
    groups, _ = grouped(Terms(((word,),)))
    if not groups or frequencies.many(_ARTICLES, groups[0]):
        return most
    statement = (
        "SELECT count(*) FROM (SELECT 1 FROM article_search WHERE article_search MATCH ? LIMIT ?)"
    )
    return int(connection.exec_driver_sql(statement, (groups[0], most)).scalar_one())


def titled(
    connection: Connection, phrases: Sequence[str], until: datetime, limit: int
) -> dict[str, list[int]]:
    """The newest by phrase (`Store.titled`). Raises SlowSearchError."""
    wanted = {phrase: expression for phrase in phrases if (expression := in_title(phrase))}
    if not wanted:
        return {}
    values = (id_at(until), max(1, limit), orjson.dumps(wanted).decode())
    with deadline(connection, time.monotonic() + SECONDS):
        rows = connection.exec_driver_sql(_TITLED, values).all()
    found = ((phrase, sorted(orjson.loads(ids), reverse=True)) for phrase, ids in rows)
    return {phrase: ids for phrase, ids in found if ids}


def id_range(since: datetime | None, until: datetime | None) -> tuple[int, int]:
    """Article ids of since <= time < until."""
    return (id_at(since) if since else 0), (id_at(until) if until else (1 << 63) - 1)


def rebuild(connection: Connection) -> None:
    """Make the indexes anew from articles and names; that of threads is `documents.rewrite`'s."""
    for index in ("article_search", "opening_search", "name_search"):
        connection.exec_driver_sql(f"INSERT INTO {index}({index}) VALUES('rebuild')")


def optimize(connection: Connection) -> None:
    """What an index was told to forget leaves it when it is written as one piece."""
    for index in ("article_search", "opening_search", "thread_search", "name_search"):
        connection.exec_driver_sql(f"INSERT INTO {index}({index}) VALUES('optimize')")
