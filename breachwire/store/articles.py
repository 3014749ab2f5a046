"""Articles and the addresses they are known by: drafts → rows → Article.

An article's id is its time: milliseconds of publication (or first sight) times 1,024, plus a
counter where several share a millisecond. Below 2**53, so that JavaScript reads it whole.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, and_, bindparam, func, or_, select, update

from breachwire.errors import NotFoundError
from breachwire.model import Article, ArticleState, Draft
from breachwire.store import barred, history
from breachwire.store.columns import as_kept, clean
from breachwire.store.protocol_articles import EntryRef, Taken
from breachwire.store.revise import Shelf, cleaned, keys_of
from breachwire.store.rows import ARTICLE, IDS, Whole, as_json, chunks, given, insert_rows, upsert
from breachwire.store.tables import address, article, article_revision, entry, feed
from breachwire.store.words import identifiers, slug_key

_SLOTS: Final = 1 << 10
_LAST_MS: Final = (1 << 43) - 1
_MAX_ID: Final = 1 << 63
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_OF_IDS: Final = Whole(select(*ARTICLE).where(given(article.c.id)))


def id_at(when: datetime) -> int:
    """The lowest article id of a moment; earlier articles have lower ids."""
    ms = int(when.astimezone(UTC).timestamp() * 1000)
    return min(max(ms, 0), _LAST_MS) * _SLOTS


def time_of(id: int) -> datetime:
    """The moment of an article's id, to the millisecond."""
    return _EPOCH + timedelta(milliseconds=id // _SLOTS)


def take(
    connection: Connection, drafts: Sequence[tuple[Draft, EntryRef | None]], now: datetime
) -> list[Taken]:
    """Store drafts in order (`Store.take`)."""
    clean_drafts = [cleaned(draft) for draft, _ in drafts]
    barred.refuse(connection, clean_drafts)
    shelf = _shelf(connection, clean_drafts, now)
    taken = [
        shelf.put(draft, now, imported=ref is None)
        for draft, (_, ref) in zip(clean_drafts, drafts, strict=True)
    ]
    _write(connection, shelf)
    refs = [
        (ref, one.article.id)
        for one, (_, ref) in zip(taken, drafts, strict=True)
        if ref is not None
    ]
    _remember_entries(connection, refs, now)
    return taken


def one(connection: Connection, id: int) -> Article:
    """Raises NotFoundError."""
    if found := many(connection, [id]):
        return found[id]
    raise NotFoundError("article", str(id))


def by_key(connection: Connection, key: str) -> Article | None:
    """The article known by an identity key (or its very address)."""
    row = connection.execute(
        select(*ARTICLE)
        .join(address, address.c.article == article.c.id)
        .where(address.c.key == key)
    ).first()
    return Article(*row) if row else None


def many(connection: Connection, ids: Sequence[int]) -> dict[int, Article]:
    """Those that exist, by id."""
    found: dict[int, Article] = {}
    for some in chunks(dict.fromkeys(id for id in ids if 0 <= id < _MAX_ID)):
        rows = _OF_IDS.rows(connection, {IDS.key: as_json(some)})
        found.update((row[0], Article(*row)) for row in rows)
    return found


def in_state(connection: Connection, state: ArticleState, limit: int) -> list[Article]:
    """The oldest first."""
    rows = connection.execute(
        select(*ARTICLE).where(article.c.state == state).order_by(article.c.id).limit(limit)
    )
    return [Article(*row) for row in rows]


def claimed_below(connection: Connection, below: int | None, limit: int) -> list[Article]:
    """The newest first (`Store.claimed_below`)."""
    where = [article.c.state == "claimed"] + ([article.c.id < below] if below is not None else [])
    query = select(*ARTICLE).where(*where).order_by(article.c.id.desc()).limit(limit)
    return [Article(*row) for row in connection.execute(query)]


def await_claims(connection: Connection, ids: Sequence[int]) -> None:
    """Their claims are to be read again (`Store.await_claims`)."""
    for some in chunks(ids):
        where = (article.c.id.in_(some), article.c.state == "claimed")
        connection.execute(update(article).where(*where).values(state="threaded"))


def published_by(connection: Connection, feed_id: int, limit: int) -> list[datetime]:
    """Times of a feed's newest articles (`Store.published_by`)."""
    ids = select(entry.c.article).where(entry.c.feed == feed_id, entry.c.article.is_not(None))
    found = connection.execute(ids.order_by(entry.c.article.desc()).limit(limit))
    return [time_of(id) for id in found.scalars()]


def seen_between(
    connection: Connection,
    start: tuple[datetime, int],
    until: datetime,
    published: datetime,
    limit: int,
) -> list[Article]:
    """By when they were seen (`Store.seen_between`). Ids bound the rows that are read."""
    seen, (at, id) = article.c.first_seen_at, start
    later = or_(seen > at, and_(seen == at, article.c.id > id))
    where = (article.c.id >= id_at(published), later, seen <= until)
    rows = select(*ARTICLE).where(*where).order_by(seen, article.c.id).limit(limit)
    return [Article(*row) for row in connection.execute(rows)]


def delays(connection: Connection, since: datetime) -> list[float]:
    """In seconds (`Store.delays`)."""
    query = select(article.c.published, article.c.first_seen_at).where(
        article.c.id >= id_at(since), article.c.published.is_not(None)
    )
    return [(seen - at).total_seconds() for at, seen in connection.execute(query)]


def after(connection: Connection, id: int, limit: int) -> list[Article]:
    """The next ones by id: for reading all of them piece by piece."""
    rows = connection.execute(
        select(*ARTICLE).where(article.c.id > id).order_by(article.c.id).limit(limit)
    )
    return [Article(*row) for row in rows]


def _shelf(connection: Connection, drafts: Sequence[Draft], now: datetime) -> Shelf:
    ids: dict[str, int] = {}
    for some in chunks(dict.fromkeys(key for draft in drafts for key in keys_of(draft))):
        kept = as_kept(some, connection.dialect)
        rows = connection.execute(
            select(address.c.key, address.c.article).where(address.c.key.in_(some))
        )
        ids.update((kept[row[0]], row[1]) for row in rows)
    known = many(connection, list(ids.values()))
    hashes: dict[int, set[str]] = defaultdict(set)
    for some_ids in chunks(id for id, one in known.items() if one.revision > 1):
        former = select(article_revision.c.article, article_revision.c.content_hash)
        for row in connection.execute(former.where(article_revision.c.article.in_(some_ids))):
            hashes[row[0]].add(row[1])
    return Shelf(ids, known, hashes, _Ids(connection, drafts, now).free)


class _Ids:
    """Free ids. A millisecond's are given out from its lowest on: if that is free, all are."""

    def __init__(self, connection: Connection, drafts: Sequence[Draft], now: datetime) -> None:
        self._connection = connection
        self._next: dict[int, int] = {}
        lowest = {id_at(draft.published or now) for draft in drafts}
        for some in chunks(lowest):
            used = connection.execute(select(article.c.id).where(article.c.id.in_(some)))
            self._next |= {base: base for base in set(some) - set(used.scalars())}

    def free(self, when: datetime) -> int:
        base = id_at(when)
        while (id := self._next.get(base) or self._first_free(base)) >= base + _SLOTS:
            base += _SLOTS
        self._next[base] = id + 1
        return id

    def _first_free(self, base: int) -> int:
        highest = self._connection.execute(
            select(func.max(article.c.id)).where(article.c.id.between(base, base + _SLOTS - 1))
        ).scalar()
        return base if highest is None else highest + 1


def _write(connection: Connection, shelf: Shelf) -> None:
    insert_rows(connection, article, [_row(shelf.articles[id]) for id in sorted(shelf.new_ids)])
    changed = [_row(shelf.articles[id]) for id in sorted(shelf.changed - shelf.new_ids)]
    if changed:
        names = [name for name in changed[0] if name != "id"]
        statement = (
            update(article)
            .where(article.c.id == bindparam("_id"))
            .values({name: bindparam(f"_{name}") for name in names})
        )
        rows = [{f"_{name}": value for name, value in row.items()} for row in changed]
        connection.execute(statement, rows)
    insert_rows(connection, article_revision, [_former(*pair) for pair in shelf.former])
    history.behind(connection, [old.id for old, _ in shelf.former])
    insert_rows(
        connection, address, [{"key": key, "article": id} for key, id in shelf.new_keys.items()]
    )


def _row(value: Article) -> dict[str, Any]:
    return {
        **{column.name: getattr(value, column.name) for column in ARTICLE},
        "source_slug": slug_key(value.source),
        "terms": identifiers(f"{value.title}\n{value.text}\n{value.lead}"),
    }


def _former(old: Article, now: datetime) -> dict[str, Any]:
    return {
        "article": old.id,
        "revision": old.revision,
        "title": old.title,
        "text": old.text,
        "content_hash": old.content_hash,
        "text_from": old.text_from,
        "replaced_at": now,
    }


def _remember_entries(
    connection: Connection, refs: Sequence[tuple[EntryRef, int]], now: datetime
) -> None:
    """A feed that was removed while its articles were fetched has no entries any more."""
    if not refs:
        return
    wanted = {ref.feed for ref, _ in refs}
    feeds = set(connection.execute(select(feed.c.id).where(feed.c.id.in_(wanted))).scalars())
    rows = {
        (ref.feed, clean(ref.key)): {
            "feed": ref.feed,
            "key": ref.key,
            "content_hash": ref.content_hash,
            "article": id,
            "seen_at": now,
        }
        for ref, id in refs
        if ref.feed in feeds
    }
    upsert(connection, entry, list(rows.values()))
