"""The store on SQLite: `breachwire.store.protocol.Store`, each method one transaction.

In: a store's URL, then values of `breachwire.model`. Out: the same. The work is in the modules of
`breachwire.store` named for the nouns; here stand their transactions, parted by noun as well, and
in this module the store's life and roles.
"""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, func, select

from breachwire.errors import StoreBusyError, StoreError
from breachwire.model.jobs import Jobs
from breachwire.store import doctor, documents, facets, fts5
from breachwire.store.engine import look_at, open_engine, path_of, wall
from breachwire.store.inuse import Use
from breachwire.store.protocol import Counts, RoleName, Store
from breachwire.store.sqlite.alerts import Alerts
from breachwire.store.sqlite.backfills import Backfills
from breachwire.store.sqlite.briefs import Briefs
from breachwire.store.sqlite.desk import Desk
from breachwire.store.sqlite.intake import Intake
from breachwire.store.sqlite.ledger import Ledger
from breachwire.store.sqlite.models import Models
from breachwire.store.sqlite.newsletter import Newsletter
from breachwire.store.sqlite.outlets import Outlets
from breachwire.store.sqlite.places import IndexedPlaces
from breachwire.store.sqlite.pulse import Pulse
from breachwire.store.sqlite.reading import AtAGlance
from breachwire.store.sqlite.retention import Retention
from breachwire.store.sqlite.search import Search
from breachwire.store.sqlite.threads import Threads
from breachwire.store.sqlite.watches import Watches
from breachwire.store.sqlite.webhooks import Webhooks
from breachwire.store.tables import article, entry, feed, thread
from breachwire.store.turn import Turn


def open_store(url: str) -> Store:
    """Open the store at `sqlite:///PATH`, made or migrated as needed.

    Raises StoreVersionError for one that a newer version made, StoreError for anything else that is
    no store or can't be opened; what is there is left as it is.
    """
    path = path_of(url)
    with wall(path):
        look_at(path)  # no lock beside what is no store
        use = Use(path)
        try:
            return SqliteStore(url, path, open_engine(path), use)
        except BaseException:
            use.end()
            raise


class SqliteStore(
    Intake,
    Backfills,
    IndexedPlaces,
    Search,
    Threads,
    Briefs,
    Models,
    Ledger,
    AtAGlance,
    Watches,
    Webhooks,
    Alerts,
    Desk,
    Newsletter,
    Outlets,
    Retention,
):
    """One SQLite file; safe from any thread, with any number of processes beside it."""

    def __init__(self, url: str, path: Path, engine: Engine, use: Use) -> None:
        super().__init__(path, engine)
        self._path = path.absolute()
        self._turn = Turn(self._path)
        self._roles: set[RoleName] = set()
        self._use = use
        self._url = url
        self._store_id = self.meta("store_id") or ""
        self._pulse = Pulse(path)

    @property
    def url(self) -> str:
        """As it was opened."""
        return self._url

    def close(self) -> None:
        """Let go of the file."""
        self._pulse.close()
        self._written.close()
        self._engine.dispose()
        self._use.end()

    def counts(self) -> Counts:
        with self._read() as connection:
            return counted(connection)

    def changed(self) -> str:
        with wall(self._path):
            return self._pulse.value(lambda: f"{self._store_id}-{self.meta('changes')}")

    def check(self) -> list[str]:
        # FTS5's check is spelled as an INSERT: a writer's transaction, rolled back at the end
        with self._writing, wall(self._path), self._writer.connect() as connection:
            return doctor.findings(connection)

    def jobs(self) -> list[Jobs]:
        return []

    def reindex(self) -> None:
        """Make the search indexes anew from articles, threads and names."""
        with self._write() as connection:
            fts5.rebuild(connection)
            documents.rewrite(connection)
            facets.rewrite(connection)

    def turn(self) -> AbstractContextManager[None]:
        return self._turn.held()

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
            self._roles.add(name)
            try:
                yield
            finally:
                self._roles.discard(name)

    @contextmanager
    def acting(self, name: RoleName) -> Iterator[None]:
        if not self.holds(name):
            raise StoreBusyError(f"this process is no {name} of {self._path} any more")
        yield

    def holds(self, name: RoleName) -> bool:
        """The lock of a file is not lost while its holder lives."""
        return name in self._roles


def counted(connection: Connection) -> Counts:
    """What there is of each (`Store.counts`)."""

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
