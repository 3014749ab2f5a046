"""Many names and threads at once: names → threads, threads → what changed in them.

In: pairs of kind and slug, thread ids. Out: ids and changes. A list of five thousand suppliers, of
which the wire knows fifty, costs ten statements and fifty look-ups of an entity.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime
from heapq import nlargest

from sqlalchemy import Connection, select

from breachwire.model import Change, NameKind, PartyKind
from breachwire.store import entities, history
from breachwire.store.protocol_watches import NameAsked
from breachwire.store.rows import chunks
from breachwire.store.tables import (
    article,
    change,
    detail,
    membership,
    party,
    party_form,
    thread,
)
from breachwire.store.tables import name as name_

_PARTIES: tuple[PartyKind, ...] = ("victim", "third_party", "actor", "cve")
_LIVE = thread.c.merged_into.is_(None) & (thread.c.articles > 0)


def by_names(
    connection: Connection, names: Collection[NameAsked]
) -> dict[NameAsked, tuple[str, ...]]:
    """Threads by name (`Store.threads_by_names`)."""
    slugs: dict[NameKind, set[str]] = defaultdict(set)
    for kind, slug in names:
        slugs[kind].add(slug)
    found: dict[NameAsked, set[str]] = defaultdict(set)
    asked = {slug for kind in _PARTIES for slug in slugs[kind]}
    ever = set(_ever_named(connection, asked))
    for kind in _PARTIES:
        for slug in _spelled(connection, kind, slugs[kind] & ever):
            found[kind, slug].update(entities.threads_of(connection, kind, slug))
    for name, id in _as_they_stand(connection, asked):
        if name in names:
            found[name].add(id)
    for sector, id in _of_sectors(connection, slugs["sector"]):
        found["sector", sector].add(id)
    live = _live(connection, {id for ids in found.values() for id in ids})
    return {name: own for name, ids in found.items() if (own := tuple(sorted(ids & live)))}


def absorbed(connection: Connection, threads: Collection[str]) -> dict[str, str]:
    """Merged thread → which of `threads` it is in now (`Store.absorbed`)."""
    found: dict[str, str] = {}
    home = {id: id for id in threads}
    while home:
        inside: dict[str, str] = {}
        for some in chunks(home):
            query = select(thread.c.id, thread.c.merged_into).where(thread.c.merged_into.in_(some))
            inside |= {id: home[into] for id, into in connection.execute(query) if id not in found}
        found |= inside
        home = inside
    return found


def changes(
    connection: Connection, threads: Collection[str], limit: int
) -> list[tuple[str, Change]]:
    """The newest of all, newest first (`Store.changes_in`)."""
    found: list[tuple[str, Change]] = []
    for some in chunks(sorted(threads)):
        query = (
            select(membership.c.thread.label("home"), change)
            .join(membership, membership.c.article == change.c.article)
            .where(membership.c.thread.in_(some))
            .order_by(change.c.id.desc())
            .limit(limit)
        )
        found += [(row.home, history.change_of(row)) for row in connection.execute(query)]
    return nlargest(limit, found, key=lambda pair: pair[1].id)


def first_seen(connection: Connection, articles: Collection[int]) -> dict[int, datetime]:
    """Without their texts, which a list of thousands would drag along."""
    found: dict[int, datetime] = {}
    for some in chunks(articles):
        query = select(article.c.id, article.c.first_seen_at).where(article.c.id.in_(some))
        found.update((row[0], row[1]) for row in connection.execute(query))
    return found


def _ever_named(connection: Connection, slugs: Iterable[str]) -> Iterable[str]:
    """Those that any party was ever spelled by: of a long list most are none, and asking for each
    kind at once would be four times the work."""
    for some in chunks(slugs):
        yield from (
            connection.execute(select(name_.c.slug).where(name_.c.slug.in_(some))).scalars().all()
        )


def _spelled(connection: Connection, kind: PartyKind, slugs: Iterable[str]) -> Iterable[str]:
    """Those that some party of this kind is spelled by."""
    for some in chunks(slugs):
        query = select(party_form.c.slug).where(
            party_form.c.kind == kind, party_form.c.slug.in_(some)
        )
        yield from connection.execute(query.distinct()).scalars().all()


def _as_they_stand(connection: Connection, slugs: Iterable[str]) -> Iterable[tuple[NameAsked, str]]:
    """Name and thread of values that are no entity, such as "a Minnesota county"."""
    known = select(party.c.thread).where(
        party.c.thread == detail.c.thread, party.c.detail == detail.c.n
    )
    for some in chunks(slugs):
        query = select(detail.c.field, detail.c.slug, detail.c.thread).where(
            detail.c.field.in_(_PARTIES), detail.c.slug.in_(some), ~known.exists()
        )
        yield from (((row[0], row[1]), row[2]) for row in connection.execute(query).all())


def _of_sectors(connection: Connection, sectors: Collection[str]) -> Iterable[tuple[str, str]]:
    """(sector in lower case, thread)."""
    named = party.c.sector_key
    for some in chunks(sectors):
        query = select(named, party.c.thread).where(named.in_(some))
        yield from ((row[0], row[1]) for row in connection.execute(query.distinct()).all())


def _live(connection: Connection, ids: Iterable[str]) -> set[str]:
    found: set[str] = set()
    for some in chunks(ids):
        found |= set(
            connection.execute(select(thread.c.id).where(thread.c.id.in_(some), _LIVE)).scalars()
        )
    return found
