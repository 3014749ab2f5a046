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
from breachwire.store.rows import IDS, as_json, chunks, given
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
    values = {IDS.key: as_json(ids)}
    for facet, statement in _PLAIN.items():
        for key, value, number in connection.execute(statement, values):
            if key:
                yield facet, key, value, number
    for field, key, value, number in connection.execute(_BY_FIELD, values):
        yield field, key, str(value), number


def _numbers(key: Any, value: Any, owner: Column[str]) -> Select[Any]:
    number = func.count(owner.distinct())
    return select(key, func.max(value), number).where(given(owner)).group_by(key)


_SECTOR: Final = func.json_extract(party.c.sector, "$.value")
_PLAIN: Final = {
    "sector": _numbers(_SECTOR, _SECTOR, party.c.thread),
    "source": _numbers(article.c.source_slug, article.c.source, membership.c.thread).join_from(
        article, membership, membership.c.article == article.c.id
    ),
    "status": _numbers(detail.c.status, detail.c.status, detail.c.thread),
}
_BY_FIELD: Final = (
    select(
        detail.c.field,
        detail.c.slug,
        func.max(detail.c.value, type_=Json),
        func.count(detail.c.thread.distinct()),
    )
    .where(given(detail.c.thread), detail.c.field.in_(_NAMED), detail.c.slug != "")
    .group_by(detail.c.field, detail.c.slug)
)


def _most(pairs: Iterable[tuple[str, int]]) -> list[tuple[str, int]]:
    return sorted(pairs, key=lambda pair: (-pair[1], pair[0]))[:VALUES]
