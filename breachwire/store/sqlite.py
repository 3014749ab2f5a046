"""The store on SQLite: `breachwire.store.protocol.Store`, each method one transaction.

In: a store's URL, then values of `breachwire.model`. Out: the same. The work is in the modules
named for the nouns; here stand transactions, the change counter, roles and the vector index.
"""

from __future__ import annotations

import fcntl
import threading
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, Final, Literal

from sqlalchemy import Connection, Engine, func, select

from breachwire.errors import StoreBusyError, StoreError
from breachwire.model import (
    Article,
    ArticleState,
    Brief,
    Change,
    Correction,
    Detail,
    Draft,
    Edit,
    EditKind,
    ErrorReport,
    Feed,
    FeedSpec,
    LedgerClaim,
    LinkRule,
    Member,
    Mention,
    Placed,
    Placement,
    Proposal,
    ProposalState,
    Reading,
    Related,
    ReportState,
    Session,
    Storyline,
    Thread,
    Token,
    Vector,
    VectorIndex,
    Vectors,
)
from breachwire.store import articles as article_rows
from breachwire.store import audit, doctor, fts5, placing
from breachwire.store import briefs as brief_rows
from breachwire.store import edits as edit_rows
from breachwire.store import feeds as feed_rows
from breachwire.store import history as history_rows
from breachwire.store import ledger as ledger_rows
from breachwire.store import link_rules as rule_rows
from breachwire.store import mentions as mention_rows
from breachwire.store import proposals as proposal_rows
from breachwire.store import reports as report_rows
from breachwire.store import threads as thread_rows
from breachwire.store import tokens as token_rows
from breachwire.store.engine import WRITES, open_engine, path_of, wall
from breachwire.store.protocol import (
    Counts,
    EntryRef,
    RoleName,
    SeenEntry,
    Store,
    Taken,
    ThreadFilter,
    ThreadPage,
    ThreadSort,
)
from breachwire.store.recent import Recent
from breachwire.store.rows import unpack, upsert
from breachwire.store.tables import article, entry, feed, meta, thread
from breachwire.store.turn import Turn

_PIECE: Final = 500
"""Rows an iterator reads at a time: each piece its own short transaction."""
_KEPT: Final = 500
"""Threads whose details and briefs stay in memory: 30 kB each where there are 25 claims."""
_VECTORS: Final = 8_192
"""Vectors given to an index at a time: 12 MB of 384 float32."""

_COUNT_CHANGE: Final = "UPDATE meta SET value = value + 1 WHERE key = 'changes'"


def open_store(url: str) -> Store:
    """Open the store at `sqlite:///PATH`, made or migrated as needed.

    Raises StoreVersionError for one that a newer version made, StoreError for anything else that is
    no store or can't be opened; what is there is left as it is.
    """
    path = path_of(url)
    with wall(path):
        return SqliteStore(url, path, open_engine(path))


class SqliteStore:
    """One SQLite file; safe from any thread, with any number of processes beside it."""

    def __init__(self, url: str, path: Path, engine: Engine) -> None:
        self._url = url
        self._path = path.absolute()
        self._engine = engine
        self._writer = engine.execution_options(**WRITES)
        self._writing = threading.Lock()
        self._indexing = threading.Lock()
        self._turn = Turn(self._path)
        self._index: tuple[VectorIndex, str] | None = None
        self._indexed = 0
        self._details: Recent[tuple[Detail, ...]] = Recent(_KEPT)
        self._briefs: Recent[Brief] = Recent(_KEPT)
        self._store_id = self.meta("store_id") or ""

    # life

    @property
    def url(self) -> str:
        """As it was opened."""
        return self._url

    def close(self) -> None:
        """Let go of the file."""
        self._engine.dispose()

    def counts(self) -> Counts:
        with self._read() as connection:
            return _counts(connection)

    def changed(self) -> str:
        return f"{self._store_id}-{self.meta('changes')}"

    def check(self) -> list[str]:
        # FTS5's check is spelled as an INSERT: a writer's transaction, rolled back at the end
        with self._writing, wall(self._path), self._writer.connect() as connection:
            return doctor.findings(connection)

    def reindex(self) -> None:
        """Make the search index anew from the articles."""
        with self._write() as connection:
            fts5.rebuild(connection)

    @contextmanager
    def role(self, name: RoleName) -> Iterator[None]:
        path = self._path.with_name(f"{self._path.name}.{name}.lock")
        try:
            file = path.open("ab")
        except OSError as error:
            raise StoreError(f"{path}: {error.strerror}") from error
        with file:  # closing lets go, and so does the end of the process
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise StoreBusyError(f"another {name} is at work on {self._path}") from None
            yield

    def meta(self, key: str) -> str | None:
        with self._read() as connection:
            return connection.execute(select(meta.c.value).where(meta.c.key == key)).scalar()

    def set_meta(self, key: str, value: str) -> None:
        with self._write() as connection:
            upsert(connection, meta, [{"key": key, "value": value}])

    # feeds

    def feeds(self) -> list[Feed]:
        with self._read() as connection:
            return feed_rows.all_feeds(connection)

    def feed(self, url: str) -> Feed:
        with self._read() as connection:
            return feed_rows.by_url(connection, url)

    def add_feeds(self, specs: Sequence[FeedSpec]) -> tuple[int, int]:
        with self._write() as connection:
            return feed_rows.add(connection, specs)

    def remove_feed(self, url: str) -> None:
        with self._write() as connection:
            feed_rows.remove(connection, url)

    def save_feed(self, feed: Feed) -> None:
        with self._write() as connection:
            feed_rows.save(connection, feed)

    def count_pages(self, feed: int, ok: int, refused: int, error: str | None) -> None:
        with self._write() as connection:
            feed_rows.count_pages(connection, feed, ok, refused, error)

    # entries and articles

    def seen_entries(self, feed: int, keys: Sequence[str]) -> dict[str, SeenEntry]:
        with self._read() as connection:
            return feed_rows.seen(connection, feed, keys)

    def take(self, drafts: Sequence[tuple[Draft, EntryRef | None]], now: datetime) -> list[Taken]:
        with self._write() as connection:
            return article_rows.take(connection, drafts, now)

    def article(self, id: int) -> Article:
        with self._read() as connection:
            return article_rows.one(connection, id)

    def article_by_key(self, key: str) -> Article | None:
        with self._read() as connection:
            return article_rows.by_key(connection, key)

    def articles(self, ids: Sequence[int]) -> dict[int, Article]:
        with self._read() as connection:
            return article_rows.many(connection, ids)

    def articles_in(self, state: ArticleState, limit: int) -> list[Article]:
        with self._read() as connection:
            return article_rows.in_state(connection, state, limit)

    def all_articles(self) -> Iterator[Article]:
        last = -1
        while True:
            with self._read() as connection:
                piece = article_rows.after(connection, last, _PIECE)
            if not piece:
                return
            yield from piece
            last = piece[-1].id

    # embeddings and membership

    def vectors_by_hash(self, model: str, hashes: Sequence[str]) -> dict[str, Vector]:
        with self._read() as connection:
            return placing.vectors_by_hash(connection, model, hashes)

    def vectors_of(self, model: str, articles: Sequence[int]) -> dict[int, Vector]:
        with self._read() as connection:
            return placing.vectors_of(connection, model, articles)

    def place(
        self,
        model: str,
        placements: Sequence[tuple[Placement, Vector]],
        threads: Sequence[Thread],
    ) -> None:
        with self._write() as connection:
            placing.place(connection, model, placements, threads)
        self._fill_index()

    def placed(self, model: str, since: datetime | None = None) -> Iterator[Placed]:
        last = -1
        while True:
            with self._read() as connection:
                piece = placing.placed(connection, model, last, since, _PIECE)
            if not piece:
                return
            yield from piece
            last = piece[-1].article.id

    def placed_among(self, model: str, articles: Sequence[int]) -> list[Placed]:
        with self._read() as connection:
            return placing.placed_among(connection, model, articles)

    def placed_span(self) -> tuple[datetime, datetime] | None:
        with self._read() as connection:
            return placing.span(connection)

    def vectors_between(
        self, model: str, since: datetime, until: datetime
    ) -> tuple[list[int], Vectors]:
        with self._read() as connection:
            return placing.vectors_between(connection, model, since, until)

    def placements(self, articles: Sequence[int]) -> dict[int, Placement]:
        with self._read() as connection:
            return placing.placements_of(connection, articles)

    # edits

    def turn(self) -> AbstractContextManager[None]:
        return self._turn.held()

    def regroup(
        self,
        what: EditKind,
        who: str,
        why: str,
        at: datetime,
        placements: Sequence[Placement],
        threads: Sequence[Thread],
        details: Mapping[str, Sequence[Detail]],
        rules: Sequence[tuple[int, int, bool]] = (),
        *,
        stood: Mapping[int, str | None],
        undoes: int | None = None,
        settles: int | None = None,
    ) -> Edit:
        with self._write() as connection:
            return edit_rows.regroup(
                connection, what, who, why, at, placements, threads, details, rules,
                stood=stood, undoes=undoes, settles=settles,
            )  # fmt: skip

    def edits(
        self, *, limit: int = 50, before: int | None = None, thread: str | None = None
    ) -> list[Edit]:
        with self._read() as connection:
            return audit.newest(connection, limit, before, thread)

    def edits_after(self, id: int) -> list[Edit]:
        with self._read() as connection:
            return audit.after(connection, id)

    def edit(self, id: int) -> Edit:
        with self._read() as connection:
            return audit.one(connection, id)

    def stood_before(self, edit: int) -> tuple[Placement, ...]:
        with self._read() as connection:
            return audit.stood_before(connection, edit)

    def link_rules(self) -> list[LinkRule]:
        with self._read() as connection:
            return rule_rows.every(connection)

    def proposals(self, state: ProposalState = "open") -> list[Proposal]:
        with self._read() as connection:
            return proposal_rows.in_state(connection, state)

    def proposal(self, id: int) -> Proposal:
        with self._read() as connection:
            return proposal_rows.one(connection, id)

    def save_proposals(self, proposals: Sequence[Proposal], about: Collection[str] = ()) -> None:
        with self._write() as connection:
            proposal_rows.save(connection, proposals, about)

    def settle_proposal(self, id: int, state: ProposalState) -> None:
        with self._write() as connection:
            proposal_rows.settle(connection, id, state)

    def mentions(self, threads: Sequence[str]) -> dict[str, tuple[Mention, ...]]:
        with self._read() as connection:
            return mention_rows.by_thread(connection, threads)

    def mentions_of(self, articles: Sequence[int]) -> dict[int, tuple[Mention, ...]]:
        with self._read() as connection:
            return mention_rows.by_article(connection, articles)

    def save_mentions(self, articles: Sequence[int], mentions: Sequence[Mention]) -> None:
        with self._write() as connection:
            mention_rows.save(connection, articles, mentions)

    # ledger

    def ledger(self, threads: Sequence[str]) -> dict[str, list[LedgerClaim]]:
        with self._read() as connection:
            return ledger_rows.ledger(connection, threads)

    def save_ledger(
        self,
        articles: Sequence[int],
        claims: Sequence[LedgerClaim],
        details: Mapping[str, Sequence[Detail]],
        *,
        read: Mapping[int, str] | None = None,
        changes: Sequence[Change] = (),
        corrections: Sequence[Correction] = (),
    ) -> None:
        with self._write() as connection:
            ledger_rows.save(connection, articles, claims, details, read, changes, corrections)

    def readings(self, articles: Sequence[int]) -> dict[int, Reading]:
        with self._read() as connection:
            return history_rows.readings(connection, articles)

    def changes(
        self,
        thread: str,
        *,
        since: datetime | None = None,
        before: int | None = None,
        limit: int = 100,
    ) -> list[Change]:
        with self._read() as connection:
            return history_rows.changes(connection, thread, since, before, limit)

    def corrections(self, *, before: int | None = None, limit: int = 50) -> list[Correction]:
        with self._read() as connection:
            return history_rows.corrections(connection, before, limit)

    def add_report(self, report: ErrorReport, *, most: int) -> ErrorReport:
        with self._write() as connection:
            return report_rows.add(connection, report, most)

    def reports(
        self, state: ReportState = "open", *, before: int | None = None, limit: int = 50
    ) -> list[ErrorReport]:
        with self._read() as connection:
            return report_rows.newest(connection, state, before, limit)

    def report(self, id: int) -> ErrorReport:
        with self._read() as connection:
            return report_rows.one(connection, id)

    def open_reports(self) -> int:
        with self._read() as connection:
            return report_rows.count(connection)

    def settle_report(
        self, id: int, what: Literal["resolve", "dismiss"], who: str, why: str, at: datetime
    ) -> Edit:
        with self._write() as connection:
            return report_rows.settle(connection, id, what, who, why, at)

    def details(self, threads: Sequence[str]) -> dict[str, tuple[Detail, ...]]:
        with self._read() as connection:
            versions = thread_rows.versions(connection, threads, "ledger_version")
            found = self._details.get(versions, partial(ledger_rows.details, connection))
        return {id: found.get(id, ()) for id in threads}

    # threads

    def thread(self, id: str) -> Thread:
        with self._read() as connection:
            return thread_rows.one(connection, id)

    def threads(
        self,
        where: ThreadFilter,
        *,
        sort: ThreadSort = "updated",
        limit: int = 50,
        cursor: str | None = None,
    ) -> ThreadPage:
        with self._read() as connection:
            return thread_rows.page(connection, where, sort, limit, cursor)

    def all_threads(self) -> Iterator[Thread]:
        last: Thread | None = None
        while True:
            with self._read() as connection:
                piece = thread_rows.after(connection, last, _PIECE)
            if not piece:
                return
            yield from piece
            last = piece[-1]

    def members(self, threads: Sequence[str]) -> dict[str, tuple[Member, ...]]:
        with self._read() as connection:
            return thread_rows.members(connection, threads)

    def threads_of(self, articles: Sequence[int]) -> dict[int, str]:
        with self._read() as connection:
            return placing.threads_of(connection, articles)

    def articles_of(self, threads: Sequence[str]) -> dict[str, list[int]]:
        with self._read() as connection:
            return placing.articles_of(connection, threads)

    def save_related(self, related: Mapping[str, Sequence[Related]]) -> None:
        with self._write() as connection:
            thread_rows.save_related(connection, related)

    def related(self, threads: Sequence[str]) -> dict[str, tuple[Related, ...]]:
        with self._read() as connection:
            return thread_rows.related_to(connection, threads)

    def save_storylines(self, storylines: Sequence[Storyline]) -> None:
        with self._write() as connection:
            thread_rows.save_storylines(connection, storylines)

    def storylines(self) -> list[Storyline]:
        with self._read() as connection:
            return thread_rows.storylines(connection)

    def storylines_of(self, threads: Sequence[str]) -> dict[str, tuple[Storyline, ...]]:
        with self._read() as connection:
            return thread_rows.storylines_of(connection, threads)

    def storyline(self, id: str) -> Storyline:
        with self._read() as connection:
            return thread_rows.storyline_one(connection, id)

    # briefs

    def stale_threads(self, limit: int) -> list[str]:
        with self._read() as connection:
            return brief_rows.stale(connection, limit)

    def stale(self, threads: Sequence[str]) -> set[str]:
        with self._read() as connection:
            return brief_rows.behind(connection, threads)

    def save_briefs(self, briefs: Sequence[Brief]) -> None:
        with self._write() as connection:
            brief_rows.save(connection, briefs)

    def briefs(self, threads: Sequence[str]) -> dict[str, Brief]:
        with self._read() as connection:
            versions = thread_rows.versions(connection, threads, "brief_version")
            return self._briefs.get(versions, partial(brief_rows.latest, connection))

    # tokens

    def add_token(self, token: Token, digest: str) -> Token:
        with self._write() as connection:
            return token_rows.add(connection, token, digest)

    def tokens(self) -> list[Token]:
        with self._read() as connection:
            return token_rows.every(connection)

    def token_by_digest(self, digest: str) -> Token | None:
        with self._read() as connection:
            return token_rows.by_digest(connection, digest)

    def revoke_token(self, id: int, at: datetime) -> Token:
        with self._write() as connection:
            return token_rows.revoke(connection, id, at)

    def touch_token(self, id: int, at: datetime) -> None:
        with self._write() as connection:
            token_rows.touch(connection, id, at)

    def add_session(self, token: int, digest: str, expires_at: datetime, now: datetime) -> None:
        with self._write() as connection:
            token_rows.add_session(connection, token, digest, expires_at, now)

    def session(self, digest: str) -> Session | None:
        with self._read() as connection:
            return token_rows.session_by_digest(connection, digest)

    def end_session(self, digest: str) -> None:
        with self._write() as connection:
            token_rows.end_session(connection, digest)

    # search

    def search_text(
        self,
        query: str,
        *,
        limit: int,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> list[tuple[int, float]]:
        with self._read() as connection:
            return fts5.search(connection, query, limit, since, until)

    def titled(
        self, phrases: Sequence[str], *, until: datetime, limit: int
    ) -> dict[str, list[int]]:
        with self._read() as connection:
            return fts5.titled(connection, phrases, until, limit)

    def search_vectors(
        self,
        vector: Vector,
        *,
        limit: int,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> list[tuple[int, float]]:
        self._fill_index()
        with self._indexing:
            if self._index is None:
                return []
            low, high = fts5.id_range(since, until)
            return self._index[0].search(
                vector, limit, low=low if since else None, high=high if until else None
            )

    def use_index(self, index: VectorIndex, model: str) -> int:
        with self._indexing:
            self._index, self._indexed = (index, model), 0
        self._fill_index()
        return len(index)

    # transactions

    @contextmanager
    def _read(self) -> Iterator[Connection]:
        with wall(self._path), self._engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def _write(self) -> Iterator[Connection]:
        """A write transaction; one that changed a row moves the counter behind `changed`."""
        with (
            self._writing,
            wall(self._path),
            self._writer.connect() as connection,
            connection.begin(),
        ):
            driver: Any = connection.connection.driver_connection
            before = driver.total_changes
            yield connection
            if driver.total_changes != before:
                connection.exec_driver_sql(_COUNT_CHANGE)

    def _fill_index(self) -> None:
        """Give the index what it has not seen: this process's placements and other processes'."""
        with self._indexing:
            while self._index is not None:
                index, model = self._index
                with self._read() as connection:
                    rows = placing.vectors_after(connection, model, self._indexed, _VECTORS)
                if not rows:
                    return
                index.add([row[1] for row in rows], unpack([row[2] for row in rows]))
                self._indexed = rows[-1][0]


def _counts(connection: Connection) -> Counts:
    def count(table: Any, *where: Any) -> int:
        return connection.execute(
            select(func.count()).select_from(table).where(*where)
        ).scalar_one()

    live = thread.c.merged_into.is_(None)
    return Counts(
        feeds=count(feed),
        entries=count(entry),
        articles=count(article),
        threads=count(thread, live, thread.c.articles > 0),
        unplaced=count(article, article.c.state == "stored"),
        stale=count(thread, live, thread.c.stale),
    )
