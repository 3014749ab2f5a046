"""Outlets that are left out: sites → rows that refuse them, and what is stored of them.

In: a site. Out: its row (`barred` reads them), and its `Holding`: feeds, articles and threads. What
forgets them is `leaving`.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Column, ColumnElement, Connection, delete, func, insert, select

from breachwire.errors import NotFoundError
from breachwire.model import Edit, EditKind, Holding, LeftOut, site_among
from breachwire.store import audit, placing
from breachwire.store.barred import sites
from breachwire.store.rows import chunks
from breachwire.store.tables import address, article, entry, feed, left_out


def bar(connection: Connection, given: LeftOut) -> bool:
    """Whether it is new (`Store.bar`)."""
    if given.site in sites(connection):
        return False
    values = {"site": given.site, "who": given.who, "why": given.why, "at": given.at}
    connection.execute(insert(left_out).values(values))
    log(connection, "leave_out", given)
    return True


def let_in(connection: Connection, given: LeftOut) -> Edit:
    """Raises NotFoundError."""
    gone = delete(left_out).where(left_out.c.site == given.site)
    if not connection.execute(gone).rowcount:
        raise NotFoundError("outlet that is left out:", given.site)
    return audit.one(connection, log(connection, "let_in", given))


def log(
    connection: Connection,
    what: EditKind,
    given: LeftOut,
    moves: Sequence[tuple[int, str | None, str | None]] = (),
) -> int:
    """A line of the audit log."""
    why = f"{given.site}: {given.why}" if given.why else given.site
    return audit.write(connection, (what, given.who, why, given.at), moves, [], None, None)


def holding(connection: Connection, site: str) -> Holding:
    """What there is of a site (`Store.holding`)."""
    own = _known_by(connection, site)
    feeds = _feeds(connection, site, own)
    own |= _by_feed_alone(connection, [id for id, url in feeds if site_among(url, [site])])
    ids = sorted(own)
    threads = sorted(set(placing.threads_of(connection, ids).values()))
    members = placing.articles_of(connection, threads)
    alone = sum(own.issuperset(members[id]) for id in threads)
    return Holding(tuple(url for _, url in feeds), tuple(ids), tuple(threads), alone)


def _known_by(connection: Connection, site: str) -> set[int]:
    """Articles by an address or a key."""
    by_url = select(article.c.id, article.c.url).where(_within(article.c.url, site))
    by_key = select(address.c.article, address.c.key)
    by_key = by_key.where(_within(address.c.key, site))
    rows = [*connection.execute(by_url), *connection.execute(by_key)]
    return {row[0] for row in rows if site_among(row[1], [site])}


def _within(column: Column[str], site: str) -> ColumnElement[bool]:
    return func.lower(column).contains(site, autoescape=True)


def _feeds(connection: Connection, site: str, own: set[int]) -> list[tuple[int, str]]:
    """Its feeds, and those of which every entry leads to it."""
    leads: dict[int, set[int]] = {}
    for row in connection.execute(
        select(entry.c.feed, entry.c.article).where(entry.c.article.is_not(None)).distinct()
    ):
        leads.setdefault(row[0], set()).add(row[1])
    rows = connection.execute(select(feed.c.id, feed.c.url).order_by(feed.c.url))
    return [
        (id, url)
        for id, url in rows
        if site_among(url, [site]) or (id in leads and leads[id] <= own)
    ]


def _by_feed_alone(connection: Connection, feeds: list[int]) -> set[int]:
    """Articles whose text is that of an entry of these feeds."""
    found: set[int] = set()
    for ids in chunks(feeds):
        query = select(entry.c.article).join(article, article.c.id == entry.c.article)
        query = query.where(entry.c.feed.in_(ids), article.c.text_from == "feed")
        found |= {id for id in connection.execute(query).scalars() if id is not None}
    return found
