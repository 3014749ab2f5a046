"""Facets: thread ids → for each filter, its values and how many of the threads have each.

In: ids of what a search found, some hundreds. Out: pairs, most first; of names the twenty first.
Counted by cards: one row a thread, which says in JSON all that is counted of it, written in the
transaction that changed the thread. Of two hundred threads of a million articles the rows that a
card is made of lie on a thousand pages, which took 8 ms; the cards lie on two hundred.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import orjson
from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects import sqlite

from breachwire.store.columns import Utc
from breachwire.store.dialects import Spelled
from breachwire.store.rows import IDS, as_json, at_once, chunks, every_thread, given, upsert
from breachwire.store.tables import article, detail, membership, party, thread, thread_card

VALUES: Final = 20
_NAMED: Final = ("victim", "actor", "third_party", "attack_type", "data_type", "cve")
_FACETS: Final = ("section", "kind", "sector", "source", "status", *_NAMED)
_DIALECT: Final = sqlite.dialect()
_CARDS: Final = Spelled(
    """
    SELECT '[' || coalesce(group_concat(card), '') || ']' FROM thread_card
    WHERE thread IN (SELECT value FROM json_each(?))
    """,
    """
    SELECT '[' || coalesce(string_agg(card, ','), '') || ']' FROM thread_card
    WHERE thread IN (SELECT json_array_elements_text(CAST(%s AS json)))
    """,
)
_DETAILS: Final = select(
    detail.c.thread, detail.c.field, detail.c.slug, detail.c.value, detail.c.status
).where(given(detail.c.thread))
_SOURCES: Final = (
    select(membership.c.thread, article.c.source_slug, article.c.source)
    .join(article, article.c.id == membership.c.article)
    .where(given(membership.c.thread))
)
_SECTORS: Final = select(party.c.thread, party.c.sector).where(given(party.c.thread))
_LIVE: Final = select(thread.c.id, thread.c.section, thread.c.kind, thread.c.last_at).where(
    given(thread.c.id), thread.c.merged_into.is_(None), thread.c.articles > 0
)
Card = dict[str, Any]


def count(
    connection: Connection, threads: Sequence[str], since: Mapping[str, datetime]
) -> dict[str, list[tuple[str, int]]]:
    """By filter (`Store.facets`)."""
    cards: list[Card] = at_once(connection, _CARDS, (as_json(dict.fromkeys(threads)),))
    pairs: dict[str, list[Sequence[str]]] = defaultdict(list)
    for card in cards:
        for facet, own in card["facets"].items():
            pairs[facet] += own
    found: dict[str, list[tuple[str, int]]] = {
        facet: _most(_numbers(pairs[facet])) for facet in _FACETS if facet in pairs
    }
    ends = sorted(card["last_at"] for card in cards)
    starts = {label: _written(start) for label, start in since.items()}
    late = [(label, len(ends) - bisect_left(ends, start)) for label, start in starts.items()]
    if any(number for _, number in late):
        found["since"] = [(label, number) for label, number in late if number]
    return found


def _numbers(pairs: Iterable[Sequence[str]]) -> Iterator[tuple[str, int]]:
    """Values by key, each as its last spelling shows it, and how often the key stands there."""
    numbers: dict[str, int] = defaultdict(int)
    shown: dict[str, str] = {}
    for (key, value), number in Counter(map(tuple, pairs)).items():
        numbers[key] += number
        if key not in shown or value > shown[key]:
            shown[key] = value
    return ((shown[key], number) for key, number in numbers.items())


def _most(pairs: Iterable[tuple[str, int]]) -> list[tuple[str, int]]:
    return sorted(pairs, key=lambda pair: (-pair[1], pair[0]))[:VALUES]


def _written(when: datetime) -> str:
    """As the store writes times, which sort so."""
    written: str = Utc().process_bind_param(when, _DIALECT)
    return written


def write(connection: Connection, threads: Iterable[str | None]) -> None:
    """Bring the cards of these threads up to their rows; a merged or empty thread has none."""
    for ids in chunks(dict.fromkeys(id for id in threads if id is not None)):
        wanted = {id: orjson.dumps(card).decode() for id, card in _made(connection, ids).items()}
        columns = select(thread_card.c.thread, thread_card.c.card)
        rows = connection.execute(columns.where(thread_card.c.thread.in_(ids)))
        stored = {row[0]: row[1] for row in rows}
        for some in chunks(id for id in stored if id not in wanted):
            connection.execute(delete(thread_card).where(thread_card.c.thread.in_(some)))
        changed = [id for id in wanted if wanted[id] != stored.get(id)]
        upsert(connection, thread_card, [{"thread": id, "card": wanted[id]} for id in changed])


def rewrite(connection: Connection) -> None:
    """Of every thread (`Store.reindex`)."""
    for ids in every_thread(connection):
        write(connection, ids)


def _made(connection: Connection, ids: Sequence[str]) -> dict[str, Card]:
    """What the cards of live threads are now."""
    values = {IDS.key: as_json(ids)}
    facets: dict[str, dict[str, dict[str, str]]] = defaultdict(lambda: defaultdict(dict))
    for id, field, slug, value, status in connection.execute(_DETAILS, values):
        facets[id]["status"][status] = status
        if field in _NAMED and slug:
            own = facets[id][field]
            own[slug] = max(str(value), own.get(slug, ""))
    for id, slug, source in connection.execute(_SOURCES, values):
        if slug:
            facets[id]["source"][slug] = max(source, facets[id]["source"].get(slug, ""))
    for id, sector in connection.execute(_SECTORS, values):
        if sector:
            facets[id]["sector"][str(sector["value"])] = str(sector["value"])
    cards: dict[str, Card] = {}
    for id, section, kind, last_at in connection.execute(_LIVE, values):
        own_facets = {"section": {section: section}, "kind": {kind: kind}, **facets[id]}
        pairs = {facet: sorted(some.items()) for facet, some in sorted(own_facets.items())}
        cards[id] = {"last_at": _written(last_at), "facets": pairs}
    return cards
