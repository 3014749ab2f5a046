"""All of a store into one of the other engine: every table, every id as it is.

In: two addresses. Out: `Moved`, a line a table. The source is held and only read, as it is at one
moment; the target is empty before. Rows are copied in pieces, each with a mark how far it is, so
that a move which was cut off goes on there. Then both are read and compared, and the target gets
what it searches by. Until then nothing opens it.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass

from sqlalchemy import Table

from breachwire.errors import UsageError
from breachwire.store.engine import in_file, path_of
from breachwire.store.moving import rows, source, sqlite
from breachwire.store.moving.rows import Digest
from breachwire.store.moving.source import Source
from breachwire.store.moving.target import Progress, Target


@dataclass(frozen=True, slots=True)
class Compared:
    """One table."""

    table: str
    rows: int
    """In the source."""
    sha256: str
    """Of the source's rows, in any order."""
    differs: str
    """What is not the same in the target, and where; empty where all is."""


@dataclass(frozen=True, slots=True)
class Moved:
    """What a move did."""

    source: str
    target: str
    resumed: bool
    """It went on with one that was cut off."""
    there: bool
    """The store was there already: it was compared, nothing was copied."""
    tables: tuple[Compared, ...]

    @property
    def equal(self) -> bool:
        """Whether all rows are the same."""
        return not any(one.differs for one in self.tables)


def move(from_: str, to: str, progress: Progress) -> Moved:
    """Copy, compare, make the target a store.

    Where something differs it is told and the target stays what nothing opens; run again, it copies
    those tables anew. Raises UsageError for two of the same engine; StoreBusyError where anybody
    has the source open, or moves to the target; StoreError for a source of other tables than
    today's, a target that holds anything else.
    """
    if in_file(from_) == in_file(to):
        tools = "`breachwire backup` and `restore`" if in_file(to) else "pg_dump and pg_restore"
        raise UsageError(f"both stores are of the same engine; {tools} copy such a one")
    with source.opened(from_) as given, _target(to) as target:
        began = target.begin(given)
        if began != "there":
            for table in rows.tables():
                target.copy(given, table, rows.count(given.connection, table), progress)
        found = tuple(_compared(given, target, table, progress) for table in rows.tables())
        moved = Moved(given.name, target.name, began == "resumed", began == "there", found)
        if began != "there":
            if moved.equal:
                target.finish(given.ends(), progress)
            else:
                pairs = zip(rows.tables(), found, strict=True)
                target.forget([table for table, one in pairs if one.differs])
    return moved


def _target(url: str) -> AbstractContextManager[Target]:
    if in_file(url):
        return sqlite.opened(path_of(url))
    from breachwire.store.moving import postgres

    return postgres.opened(url)


def _compared(given: Source, target: Target, table: Table, progress: Progress) -> Compared:
    here = Digest(table).of(rows.every(given.connection, table))
    there = Digest(table).of(target.every(table))
    progress(f"compared {table.name}", here.rows, here.rows)
    differs = ""
    if here.hex() != there.hex():
        buckets = here.differing(there)
        pair = (rows.every(given.connection, table), target.every(table))
        differs = rows.told_apart(*(here.within(some, buckets) for some in pair))
    return Compared(table.name, here.rows, here.hex(), differs)
