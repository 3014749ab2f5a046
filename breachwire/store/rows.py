"""Rows ↔ values: the columns each value is read from, in the value's own order, and small helpers.

`Article(*row)` needs the columns in the order of the dataclass's fields, so they are looked up from
the fields; a renamed field fails at import, not at night.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from itertools import islice
from typing import Any, Final, TypeVar

import numpy as np
import orjson
from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Select,
    Table,
    Text,
    bindparam,
    func,
    insert,
    select,
)  # fmt: skip

from breachwire.model import Article, Thread, Vector, Vectors
from breachwire.store import tables
from breachwire.store.dialects import Spelled, each, inserting, on_postgres, value_of

T = TypeVar("T")
CHUNK = 500
"""Ids in one IN (…): well below SQLite's 32,766 variables, and few distinct statements."""


def columns_of(value: type[Any], table: Table) -> list[Column[Any]]:
    """The table's columns in the order of the dataclass's fields."""
    return [table.c[field.name] for field in fields(value)]


ARTICLE = columns_of(Article, tables.article)
THREAD = columns_of(Thread, tables.thread)


def chunks(values: Iterable[T], size: int = CHUNK) -> Iterator[list[T]]:
    """Lists of at most `size`."""
    rest = iter(values)
    while chunk := list(islice(rest, size)):
        yield chunk


def every_thread(connection: Connection) -> Iterator[list[str]]:
    """All threads' ids, at most CHUNK at a time; none is asked for before it is wanted."""
    column, last = tables.thread.c.id, ""
    while True:
        query = select(column).where(column > last).order_by(column).limit(CHUNK)
        ids = list(connection.execute(query).scalars())
        if not ids:
            return
        yield ids
        last = ids[-1]


def among(column: Column[Any], values: Iterable[int] | Iterable[str]) -> ColumnElement[bool]:
    """`column IN (…)` with one parameter, however many values: bound one by one, 500 cost more to
    write down than to look up."""
    return column.in_(select(value_of(each(as_json(values)), column)))


IDS: Final = bindparam("ids", type_=Text)


def given(column: Column[Any]) -> ColumnElement[bool]:
    """The same in a statement that is made once and executed with `{IDS.key: as_json(values)}`."""
    return column.in_(select(value_of(each(IDS), column)))


def as_json(values: Iterable[int] | Iterable[str]) -> str:
    """A JSON list."""
    return orjson.dumps(list(values)).decode()


def at_once(connection: Connection, statement: str | Spelled, values: Sequence[Any]) -> Any:
    """What a statement answers whose one row is one JSON text. Many rows in one: each row that is
    stepped to lets go of the interpreter and takes it again, which under load costs more than the
    row. Raises sqlite3.Error."""
    if isinstance(statement, Spelled):
        if on_postgres(connection):
            row = connection.exec_driver_sql(statement.postgres, tuple(values)).scalar_one()
            return orjson.loads(row)
        statement = statement.sqlite
    driver: Any = connection.connection.driver_connection
    return orjson.loads(driver.execute(statement, values).fetchone()[0])


def one_list(connection: Connection, query: Select[Any]) -> list[str]:
    """The column of a query that has a LIMIT, in its order, stepped to once (`at_once`)."""
    if on_postgres(connection):
        return list(connection.execute(query).scalars())
    rows = query.subquery()
    listed = select(func.json_group_array(rows.c[0]))
    found: list[str] = orjson.loads(connection.execute(listed).scalar_one())
    return found


class Whole:
    """A query that is made once and whose rows are stepped to once (`at_once`)."""

    def __init__(self, query: Select[Any]) -> None:
        """Its columns hold what JSON can."""
        self._query = query
        self._kinds = [column.type for column in query.selected_columns]
        rows = query.subquery()
        self._listed = select(func.json_group_array(func.json_array(*rows.c), type_=Text))

    def rows(self, connection: Connection, values: Mapping[str, Any]) -> Sequence[Sequence[Any]]:
        """In the query's order, as its columns' types read them."""
        if on_postgres(connection):
            return connection.execute(self._query, values).all()
        found: list[list[Any]]
        found = orjson.loads(connection.execute(self._listed, values).scalar_one())
        kinds = enumerate(kind.result_processor(connection.dialect, None) for kind in self._kinds)
        for at, read in [(at, read) for at, read in kinds if read is not None]:
            for row in found:
                row[at] = read(row[at])
        return found


def insert_rows(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert many at once; nothing for none."""
    if rows:
        connection.execute(insert(table), rows)


def upsert(
    connection: Connection,
    table: Table,
    rows: Sequence[Mapping[str, Any]],
    *,
    keep: Sequence[str] = (),
) -> None:
    """Insert rows, or update those whose primary key is there, but for the columns in `keep`."""
    if not rows:
        return
    statement = inserting(connection, table)
    primary = [column.name for column in table.primary_key]
    changed = {name: statement.excluded[name] for name in rows[0] if name not in {*primary, *keep}}
    connection.execute(statement.on_conflict_do_update(index_elements=primary, set_=changed), rows)


def pack(vector: Vector) -> bytes:
    """A vector as float16, little-endian: half the size, cosines off by less than 0.001."""
    return np.asarray(vector, dtype="<f2").tobytes()


def unpack(blobs: Sequence[bytes]) -> Vectors:
    """Stored vectors as normalised float32, a row each; they have the same length."""
    if not blobs:
        return np.zeros((0, 0), dtype=np.float32)
    rows = np.frombuffer(b"".join(blobs), dtype="<f2").reshape(len(blobs), -1).astype(np.float32)
    norms = np.linalg.norm(rows, axis=1, keepdims=True)
    rows /= np.maximum(norms, np.float32(1e-12))
    return rows
