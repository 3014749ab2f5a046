"""Facets: thread ids → for each filter, its values and how many of the threads have each.

In: ids of what a search found, some hundreds. Out: pairs, most first; of names the twenty first.
What stands in the threads' own rows (section, kind, time) the caller knows already.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from sqlalchemy import Column, Connection, Select, func, select

from breachwire.store.columns import Json
from breachwire.store.rows import among, chunks
from breachwire.store.tables import article, detail, membership, party

VALUES: Final = 20
_NAMED: Final = ("victim", "actor", "third_party", "attack_type", "data_type", "cve")


def count(connection: Connection, threads: Sequence[str]) -> dict[str, list[tuple[str, int]]]:
    """By filter (`Store.facets`)."""
    numbers: dict[str, Counter[str]] = defaultdict(Counter)
    shown: dict[tuple[str, str], str] = {}
    for ids in chunks(dict.fromkeys(threads)):
        for facet, key, value, number in _of(connection, ids):
            numbers[facet][key] += number
            shown.setdefault((facet, key), value)
    return {
        facet: _most((shown[facet, key], number) for key, number in numbers[facet].items())
        for facet in ("sector", "source", "status", *_NAMED)
        if facet in numbers
    }


def _of(connection: Connection, ids: Sequence[str]) -> Iterator[tuple[str, str, str, int]]:
    """(facet, what values are the same by, a value of those, how many of the threads). Counted by
    the engine: some hundred threads have thousands of rows."""
    sector = func.json_extract(party.c.sector, "$.value")
    for key, value, number in _grouped(connection, sector, sector, party.c.thread, ids):
        yield "sector", key, value, number
    yield from _sources(connection, ids)
    status = detail.c.status
    for key, value, number in _grouped(connection, status, status, detail.c.thread, ids):
        yield "status", key, value, number
    for row in connection.execute(_named(ids)):
        yield row.field, row.slug, str(row.value), row.number


def _grouped(
    connection: Connection, key: Any, value: Any, owner: Column[str], ids: Sequence[str]
) -> Iterator[tuple[str, str, int]]:
    query = select(key, func.max(value), func.count(owner.distinct())).where(among(owner, ids))
    for row in connection.execute(query.group_by(key)):
        if row[0]:
            yield row[0], row[1], row[2]


def _sources(connection: Connection, ids: Sequence[str]) -> Iterator[tuple[str, str, str, int]]:
    key, owner = article.c.source_slug, membership.c.thread
    query = (
        select(key, func.max(article.c.source), func.count(owner.distinct()))
        .join(membership, membership.c.article == article.c.id)
        .where(among(owner, ids), key != "")
        .group_by(key)
    )
    for row in connection.execute(query):
        yield "source", row[0], row[1], row[2]


def _named(ids: Sequence[str]) -> Select[Any]:
    number = func.count(detail.c.thread.distinct()).label("number")
    columns = (detail.c.field, detail.c.slug, func.max(detail.c.value, type_=Json).label("value"))
    return (
        select(*columns, number)
        .where(among(detail.c.thread, ids), detail.c.field.in_(_NAMED), detail.c.slug != "")
        .group_by(detail.c.field, detail.c.slug)
    )


def _most(pairs: Iterable[tuple[str, int]]) -> list[tuple[str, int]]:
    return sorted(pairs, key=lambda pair: (-pair[1], pair[0]))[:VALUES]
