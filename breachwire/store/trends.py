"""Counts over a time: articles, claims, details → `Trends`.

In: a span. Out: counts, made by the engine. Article ids are times, so that claims of a span are one
range of their primary key, whatever the store holds besides.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import BigInteger, Connection, and_, func, literal_column, select

from breachwire.model import Kind, Named, Status, Trends
from breachwire.store.articles import id_at, time_of
from breachwire.store.dialects import member
from breachwire.store.tables import claim, detail, party, thread

NAMES: Final = 10
_PARTIES: Final = ("victim", "third_party", "actor")
_DAY: Final = id_at(datetime.fromisoformat("1970-01-02T00:00:00+00:00"))
"""Article ids of a day."""
_LIVE: Final = and_(thread.c.merged_into.is_(None), thread.c.articles > 0)


def read(connection: Connection, since: datetime, until: datetime, kinds: Sequence[Kind]) -> Trends:
    """The counts of threads of these kinds and of their claims (`Store.trends`)."""
    return Trends(
        since=since,
        until=until,
        threads=_threads(connection, since, until, kinds),
        claims=_claims(connection, since, until, kinds),
        named=dict(_named(connection, since, until, kinds)),
    )


def _threads(
    connection: Connection, since: datetime, until: datetime, kinds: Sequence[Kind]
) -> dict[date, int]:
    found: dict[date, int] = defaultdict(int)
    within = and_(thread.c.first_at >= since, thread.c.first_at < until)
    for first_at in connection.scalars(
        select(thread.c.first_at).where(_LIVE, within, thread.c.kind.in_(kinds))
    ):
        found[first_at.date()] += 1
    return dict(sorted(found.items()))


def _claims(
    connection: Connection, since: datetime, until: datetime, kinds: Sequence[Kind]
) -> dict[date, dict[Status, int]]:
    # no parameter: PostgreSQL would not know it again where it groups
    day = claim.c.article // literal_column(str(_DAY), BigInteger)
    query = (
        select(day, claim.c.status, func.count())
        .join(thread, thread.c.id == claim.c.thread)
        .where(claim.c.article >= id_at(since), claim.c.article < id_at(until))
        .where(thread.c.kind.in_(kinds))
        .group_by(day, claim.c.status)
        .order_by(day)
    )
    found: dict[date, dict[Status, int]] = defaultdict(dict)
    for number, status, count in connection.execute(query):
        found[time_of(int(number) * _DAY).date()][status] = count
    return dict(found)


def _named(
    connection: Connection, since: datetime, until: datetime, kinds: Sequence[Kind]
) -> Iterator[tuple[str, tuple[Named, ...]]]:
    theirs = and_(
        _LIVE, thread.c.last_at >= since, thread.c.first_at < until, thread.c.kind.in_(kinds)
    )
    threads: Any = func.count(detail.c.thread.distinct())
    for field in _PARTIES:
        query = (
            select(detail.c.slug, func.max(detail.c.value), threads)
            .join(thread, thread.c.id == detail.c.thread)
            .where(theirs, detail.c.field == field, detail.c.slug.is_not(None))
            .group_by(detail.c.slug)
            .order_by(threads.desc(), detail.c.slug)
            .limit(NAMES)
        )
        yield field, tuple(Named(*row) for row in connection.execute(query))
    sector = member(party.c.sector, "value")
    threads = func.count(party.c.thread.distinct())
    query = (
        select(sector, sector, threads)
        .join(thread, thread.c.id == party.c.thread)
        .where(theirs, party.c.kind == "victim", sector.is_not(None))
        .group_by(sector)
        .order_by(threads.desc(), sector)
        .limit(NAMES)
    )
    yield "sector", tuple(Named(*row) for row in connection.execute(query))
