"""Facets: thread ids → for each filter, its values and how many of the threads have each.

In: ids of what a search found, some hundreds. Out: pairs, most first; of names the twenty first.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from sqlalchemy import Connection, func, select

from breachwire.store.rows import chunks
from breachwire.store.tables import article, detail, membership, party, thread

VALUES: Final = 20
_NAMED: Final = ("victim", "actor", "third_party", "attack_type", "data_type", "cve")


def count(connection: Connection, threads: Sequence[str]) -> dict[str, list[tuple[str, int]]]:
    """By filter (`Store.facets`)."""
    having: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    shown: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for ids in chunks(dict.fromkeys(threads)):
        for facet, key, value, id in _of(connection, ids):
            having[facet][key].add(id)
            shown[facet, key][value] += 1
    return {
        facet: _most(
            (max(shown[facet, key], key=lambda v: (shown[facet, key][v], v)), len(ids_))
            for key, ids_ in having[facet].items()
        )
        for facet in ("section", "kind", "sector", "source", "status", *_NAMED)
        if facet in having
    }


def _of(connection: Connection, ids: Sequence[str]) -> Iterator[tuple[str, str, str, str]]:
    """(facet, what values are the same by, value, thread)."""
    columns = (thread.c.section, thread.c.kind, thread.c.id)
    for row in connection.execute(select(*columns).where(thread.c.id.in_(ids))):
        yield "section", row[0], row[0], row[2]
        yield "kind", row[1], row[1], row[2]
    sector = func.json_extract(party.c.sector, "$.value")
    sectors = select(sector, party.c.thread).where(party.c.thread.in_(ids), sector.is_not(None))
    for sector_of, id in connection.execute(sectors.distinct()):
        yield "sector", sector_of, sector_of, id
    sources = (
        select(article.c.source_slug, article.c.source, membership.c.thread)
        .join(membership, membership.c.article == article.c.id)
        .where(membership.c.thread.in_(ids), article.c.source_slug != "")
    )
    for slug, source, id in connection.execute(sources):
        yield "source", slug, source, id
    facts: list[Any] = [detail.c[name] for name in ("field", "slug", "value", "status", "thread")]
    for row in connection.execute(select(*facts).where(detail.c.thread.in_(ids))):
        yield "status", row.status, row.status, row.thread
        if row.field in _NAMED and row.slug:
            yield row.field, row.slug, str(row.value), row.thread


def _most(pairs: Iterable[tuple[str, int]]) -> list[tuple[str, int]]:
    return sorted(pairs, key=lambda pair: (-pair[1], pair[0]))[:VALUES]
