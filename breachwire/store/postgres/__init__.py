"""The store on PostgreSQL: `breachwire.store.protocol.Store`, each method one transaction.

In: a database's address, then values of `breachwire.model`. Out: the same. Rows are read and
written by the same modules as on SQLite, parted by the same nouns (`breachwire.store.sqlite`); what
differs stands here: engine and transactions, schema, text, vectors, locks.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager

from sqlalchemy import URL, Engine

from breachwire.model.jobs import Jobs
from breachwire.store import doctor, documents, facets
from breachwire.store.postgres import jobs, schema, word_tables
from breachwire.store.postgres.engine import address, open_engine, shown
from breachwire.store.postgres.hosts import Lines
from breachwire.store.postgres.search import PostgresPlaces, PostgresSearch
from breachwire.store.postgres.transactions import PostgresTransactions
from breachwire.store.protocol import Counts, RoleName, Store
from breachwire.store.sqlite import counted
from breachwire.store.sqlite.alerts import Alerts
from breachwire.store.sqlite.backfills import Backfills
from breachwire.store.sqlite.briefs import Briefs
from breachwire.store.sqlite.desk import Desk
from breachwire.store.sqlite.intake import Intake
from breachwire.store.sqlite.ledger import Ledger
from breachwire.store.sqlite.models import Models
from breachwire.store.sqlite.newsletter import Newsletter
from breachwire.store.sqlite.outlets import Outlets
from breachwire.store.sqlite.reading import AtAGlance
from breachwire.store.sqlite.retention import Retention
from breachwire.store.sqlite.threads import Threads
from breachwire.store.sqlite.watches import Watches
from breachwire.store.sqlite.webhooks import Webhooks


def open_store(url: str) -> Store:
    """Open the store at `postgresql://…`, made or migrated as needed.

    Raises StoreVersionError for one that a newer version made, StoreError for anything else that is
    no store or can't be opened; what is there is left as it is.
    """
    where = address(url)
    return PostgresStore(where, open_engine(where))


class PostgresStore(
    PostgresTransactions,
    Intake,
    Backfills,
    PostgresPlaces,
    PostgresSearch,
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
    """One database; safe from any thread, with any number of processes beside it."""

    def __init__(self, url: URL, engine: Engine) -> None:
        self._address, self._url = url, shown(url)
        super().__init__(self._url, engine)
        self._store_id = self.meta("store_id") or ""

    @property
    def url(self) -> str:
        """As it was opened, without a password."""
        return self._url

    def close(self) -> None:
        """Let go of the database."""
        self._writer.dispose()

    def counts(self) -> Counts:
        with self._read() as connection:
            return counted(connection)

    def changed(self) -> str:
        return f"{self._store_id}-{self.meta('changes')}"

    def check(self) -> list[str]:
        with self._read() as connection:
            return [*word_tables.astray(connection), *doctor.contradictions(connection)]

    def jobs(self) -> list[Jobs]:
        with self._read() as connection:
            return jobs.counts(connection)

    def install(self, whole: str, steps: Mapping[str, str]) -> None:
        """The tables that many workers need (`postgres.jobs`); what is there stays."""
        jobs.install(self._writer, self._url, whole, steps)

    def lines(self) -> Lines:
        """The lines before hosts that workers share; `install` comes first."""
        return Lines(self._writer, self._url)

    @property
    def conninfo(self) -> str:
        """The database's address with its password, for another driver's connection."""
        return self._address.set(drivername="postgresql").render_as_string(hide_password=False)

    def reindex(self) -> None:
        """Make the search indexes anew from articles, threads and names."""
        with self._write() as connection:
            documents.rewrite(connection)
            schema.rebuild(connection)
            facets.rewrite(connection)

    def role(self, name: RoleName) -> AbstractContextManager[None]:
        return self._locks.role(name)

    def acting(self, name: RoleName) -> AbstractContextManager[None]:
        return self._locks.acting(name)

    def holds(self, name: RoleName) -> bool:
        return self._locks.holds(name)

    def turn(self) -> AbstractContextManager[None]:
        return self._locks.turn()

    def _empty_log(self) -> None:
        """PostgreSQL's log is the server's own business."""
