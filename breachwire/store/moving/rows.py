"""A table's rows as both engines have them: read, written, and added up to a digest.

In: a table of ours and a connection. Out: tuples of plain values: texts as they stand (JSON isn't
read and written anew), aware times, vectors as float16; `Digest`, the same for the same rows on
either engine, in whatever order they come, since a shortened key (`columns.Key`) sorts elsewhere.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Final
from zlib import crc32

import orjson
from sqlalchemy import Connection, Dialect, Select, Table, Text, func, select, tuple_, type_coerce
from sqlalchemy.dialects import postgresql

from breachwire.store.columns import Half, Json, Key, Names, Str, Utc, clean
from breachwire.store.tables import metadata, name

PIECE: Final = 200
"""Rows that are in memory at a time: of the longest texts 100 MB."""
BUCKETS: Final = 4_096
"""Sums of a digest: a row that differs is looked for among so many times fewer."""
SHOWN: Final = 3
_POSTGRES: Final[Dialect] = postgresql.dialect()  # type: ignore[no-untyped-call]
_TEXTS: Final = (Str, Json, Names)
Row = Sequence[Any]
Written = Callable[[Any], Any]


def tables() -> list[Table]:
    """All of them, names first: on SQLite a trigger adds those that are missing."""
    rest = [table for table in metadata.sorted_tables if table is not name]
    return [name, *rest]


def count(connection: Connection, table: Table) -> int:
    """How many rows."""
    return connection.execute(select(func.count()).select_from(table)).scalar_one()


def after(connection: Connection, table: Table, last: Sequence[Any] | None) -> Iterator[Row]:
    """Rows in the order of their keys, from behind this one on."""
    own = tuple(table.primary_key.columns)
    query = _all(table).order_by(*own)
    if last is not None:
        query = query.where(tuple_(*own) > tuple_(*last))
    return _streamed(connection, query)


def every(connection: Connection, table: Table) -> Iterator[Row]:
    """Rows in any order."""
    return _streamed(connection, _all(table))


def key(table: Table, row: Row) -> list[Any]:
    """Its primary key."""
    columns = table.c.keys()
    return [row[columns.index(column.key)] for column in table.primary_key.columns]


def writers(table: Table, dialect: Dialect) -> list[tuple[int, Written]]:
    """What has to be done to which values before this engine's driver takes them."""
    found = ((n, _writer(column.type, dialect)) for n, column in enumerate(table.c))
    return [(n, write) for n, write in found if write]


def written(rows: Iterable[Row], changes: Sequence[tuple[int, Written]]) -> Iterator[list[Any]]:
    """Rows as the driver takes them."""
    for row in rows:
        values = list(row)
        for n, change in changes:
            if values[n] is not None:
                values[n] = change(values[n])
        yield values


class Digest:
    """Of a table's rows, in any order."""

    def __init__(self, table: Table) -> None:
        self.rows = 0
        self._table = table
        self._sums = [0] * BUCKETS
        columns = list(table.c)
        kept = [n for n, column in enumerate(columns) if isinstance(column.type, Key)]
        self._kept = [(n, _writer(columns[n].type, _POSTGRES)) for n in kept]
        self._place = [columns.index(column) for column in table.primary_key.columns]

    def of(self, rows: Iterable[Row]) -> Digest:
        """With these as well."""
        for _, bucket, hashed in self._hashed(rows):
            self.rows += 1
            self._sums[bucket] += hashed
        return self

    def hex(self) -> str:
        """SHA-256 over everything."""
        sums = b"".join((one % (1 << 256)).to_bytes(32, "big") for one in self._sums)
        return hashlib.sha256(sums).hexdigest()

    def differing(self, other: Digest) -> set[int]:
        """Buckets that are not the same."""
        pairs = zip(self._sums, other._sums, strict=True)
        return {n for n, (one, two) in enumerate(pairs) if one != two}

    def within(self, rows: Iterable[Row], buckets: set[int]) -> dict[bytes, int]:
        """Hashes of the rows in these, by key."""
        return {own: hashed for own, bucket, hashed in self._hashed(rows) if bucket in buckets}

    def _hashed(self, rows: Iterable[Row]) -> Iterator[tuple[bytes, int, int]]:
        """A row's key, its bucket, its hash."""
        for values in written(rows, [(n, change) for n, change in self._kept if change]):
            own = orjson.dumps([values[n] for n in self._place])
            whole = hashlib.sha256(orjson.dumps(values, default=bytes.hex)).digest()
            yield own, crc32(own) % BUCKETS, int.from_bytes(whole, "big")


def told_apart(one: dict[bytes, int], other: dict[bytes, int]) -> str:
    """What differs, in words: of the first, of the second, of both."""
    kinds = {
        "are missing": sorted(one.keys() - other.keys()),
        "are too many": sorted(other.keys() - one.keys()),
        "differ": sorted(key for key in one.keys() & other.keys() if one[key] != other[key]),
    }
    return "; ".join(
        f"{len(keys)} rows {what}: {', '.join(key.decode()[:200] for key in keys[:SHOWN])}"
        f"{' …' if len(keys) > SHOWN else ''}"
        for what, keys in kinds.items()
        if keys
    )


def _all(table: Table) -> Select[Any]:
    return select(*(
        type_coerce(column, Text()) if isinstance(column.type, _TEXTS) else column
        for column in table.c
    ))  # fmt: skip


def _streamed(connection: Connection, query: Select[Any]) -> Iterator[Row]:
    found = connection.execution_options(yield_per=PIECE).execute(query)
    for some in found.partitions():
        yield from some


def _writer(kind: Any, dialect: Dialect) -> Written | None:
    if isinstance(kind, Json | Names):
        return clean
    if isinstance(kind, Str | Utc | Half):
        return lambda value: kind.process_bind_param(value, dialect)
    return None
