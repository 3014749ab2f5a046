"""Subscribed feeds and the entries seen in them: FeedSpec, Feed → rows → Feed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, fields
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from breachwire.errors import NotFoundError
from breachwire.model import NO_WISHES, Feed, FeedSpec, Wishes, site_among
from breachwire.store.barred import sites
from breachwire.store.columns import as_kept, clean
from breachwire.store.protocol_articles import SeenEntry
from breachwire.store.rows import chunks
from breachwire.store.tables import entry, feed

_SPEC = [field.name for field in fields(FeedSpec)]
_STATE = [field.name for field in fields(Feed) if field.name not in ("id", "spec")]
_COUNTS = ("pages_ok", "pages_refused", "page_error")
_COLUMNS = [feed.c.id, *(feed.c[name] for name in (*_SPEC, *_STATE))]


def all_feeds(connection: Connection) -> list[Feed]:
    """By outlet, else title, else address."""
    name = func.coalesce(func.nullif(feed.c.outlet, ""), func.nullif(feed.c.title, ""), feed.c.url)
    rows = connection.execute(select(*_COLUMNS).order_by(func.lower(name), feed.c.url))
    return [_feed(row) for row in rows]


def by_url(connection: Connection, url: str) -> Feed:
    """Raises NotFoundError."""
    row = connection.execute(select(*_COLUMNS).where(feed.c.url == url)).first()
    if row is None:
        raise NotFoundError("feed", url)
    return _feed(row)


def add(connection: Connection, specs: Sequence[FeedSpec]) -> tuple[int, int]:
    """How many were added, how many known; those of outlets left out are passed over."""
    added = known = 0
    barred = sites(connection)
    for spec in (one for one in specs if not site_among(one.url, barred)):
        row = connection.execute(select(*_COLUMNS).where(feed.c.url == clean(spec.url))).first()
        if row is None:
            connection.execute(insert(feed).values(**asdict(spec), **_fresh()))
            added += 1
        else:
            known += 1
            _complete(connection, _feed(row), spec)
    return added, known


def remove(connection: Connection, url: str) -> None:
    """With its entries; articles stay. Raises NotFoundError."""
    if not connection.execute(delete(feed).where(feed.c.url == url)).rowcount:
        raise NotFoundError("feed", url)


def save(connection: Connection, changed: Feed) -> None:
    """Everything but the counts of pages. A feed that was removed meanwhile stays removed; one that
    moved to an address that another feed has keeps its own."""
    values = asdict(changed.spec) | {
        name: getattr(changed, name) for name in _STATE if name not in _COUNTS
    }
    values["wishes"] = asdict(changed.wishes)
    statement = update(feed).where(feed.c.id == changed.id)
    try:
        with connection.begin_nested():
            connection.execute(statement.values(**values))
    except IntegrityError:
        del values["url"]
        connection.execute(statement.values(**values))


def count_pages(connection: Connection, id: int, ok: int, refused: int, error: str | None) -> None:
    """Add to the counts; an error is kept until another replaces it."""
    values: dict[str, Any] = {
        "pages_ok": feed.c.pages_ok + ok,
        "pages_refused": feed.c.pages_refused + refused,
    }
    if error is not None:
        values["page_error"] = error
    connection.execute(update(feed).where(feed.c.id == id).values(**values))


def seen(connection: Connection, id: int, keys: Sequence[str]) -> dict[str, SeenEntry]:
    """What is known of these entries, by the key that was asked for."""
    asked = as_kept(keys, connection.dialect)
    found: dict[str, SeenEntry] = {}
    for some in chunks(asked):
        rows = connection.execute(
            select(entry.c.key, entry.c.content_hash, entry.c.article).where(
                entry.c.feed == id, entry.c.key.in_(some)
            )
        )
        found |= {asked[row.key]: SeenEntry(row.content_hash, row.article) for row in rows}
    return found


def _fresh() -> dict[str, Any]:
    return {
        "state": "new",
        "failures": 0,
        "moved_seen": 0,
        "pages_ok": 0,
        "pages_refused": 0,
    }


def _complete(connection: Connection, known: Feed, spec: FeedSpec) -> None:
    """Empty fields take the new value; nothing is overwritten."""
    values = {
        name: getattr(spec, name)
        for name in _SPEC
        if getattr(spec, name) and not getattr(known.spec, name)
    }
    if values:
        connection.execute(update(feed).where(feed.c.id == known.id).values(**values))


def _feed(row: Row[Any]) -> Feed:
    cut = 1 + len(_SPEC)
    state = dict(zip(_STATE, row[cut:], strict=True))
    return Feed(row[0], FeedSpec(*row[1:cut]), **state | {"wishes": _wishes(state["wishes"])})


def _wishes(kept: dict[str, Any] | None) -> Wishes:
    """JSON has lists for tuples."""
    if not kept:
        return NO_WISHES
    lists: dict[str, Any] = {name: tuple(v) for name, v in kept.items() if isinstance(v, list)}
    return Wishes(**kept | lists)
