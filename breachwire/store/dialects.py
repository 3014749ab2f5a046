"""What SQLite and PostgreSQL spell differently, as one element that each writes in its own way.

In: columns and parameters. Out: SQL elements, and inserts that know a conflict. Whatever is more
than a spelling has a module of its own engine.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import BigInteger, Column, ColumnElement, Connection, Integer, Table, Text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql import literal_column
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.sql.selectable import TableValuedAlias

POSTGRES: Final = "postgresql"


@dataclass(frozen=True, slots=True)
class Spelled:
    """A statement as the driver of each takes it."""

    sqlite: str
    postgres: str

    def on(self, connection: Connection) -> str:
        """Its own."""
        return self.postgres if on_postgres(connection) else self.sqlite


def on_postgres(connection: Connection) -> bool:
    """Which of the two it is."""
    return connection.dialect.name == POSTGRES


def inserting(connection: Connection, table: Table) -> sqlite.Insert | postgresql.Insert:
    """An INSERT that takes ON CONFLICT; both engines spell that alike."""
    if on_postgres(connection):
        return postgresql.insert(table)
    return sqlite.insert(table)


class _Each(FunctionElement[Any]):
    """Elements of a JSON list: rows of one column, `value`."""

    inherit_cache = True


class _Member(FunctionElement[Any]):
    """What stands at a key or place of a JSON value."""

    inherit_cache = True
    type = Text()


class _Id(FunctionElement[Any]):
    """A number that PostgreSQL has as text."""

    inherit_cache = True
    type = BigInteger()


def each(values: Any, name: str | None = None) -> TableValuedAlias:
    """A row for each element of a JSON list: `.c.value`."""
    return _Each(values).table_valued("value", name=name)


def each_at(column: ColumnElement[Any], key: str) -> TableValuedAlias:
    """The same of the list that a JSON object has at this key."""
    return _Each(column, literal_column(f"'{key}'")).table_valued("value")


def member(column: ColumnElement[Any], key: str | int) -> ColumnElement[Any]:
    """What a JSON object or list has there; a number where SQLite finds one, else text."""
    return _Member(column, literal_column(str(key) if isinstance(key, int) else f"'{key}'"))


def as_id(value: ColumnElement[Any]) -> ColumnElement[Any]:
    """A number out of `each` or `member`."""
    return _Id(value)


def value_of(rows: TableValuedAlias, column: Column[Any]) -> ColumnElement[Any]:
    """The value of each row, as this column would have it."""
    return _Id(rows.c.value) if isinstance(column.type, Integer) else rows.c.value


@compiles(_Each)
def _each(element: _Each, compiler: Any, **given: Any) -> str:
    values, *key = (compiler.process(clause, **given) for clause in element.clauses)
    return f"json_each({values}, '$.' || {key[0]})" if key else f"json_each({values})"


@compiles(_Each, POSTGRES)
def _each_postgres(element: _Each, compiler: Any, **given: Any) -> str:
    values, *key = (compiler.process(clause, **given) for clause in element.clauses)
    at = f" -> {key[0]}" if key else ""
    return f"json_array_elements_text(CAST({values} AS JSON){at})"


@compiles(_Member)
def _member(element: _Member, compiler: Any, **given: Any) -> str:
    value, key = (compiler.process(clause, **given) for clause in element.clauses)
    path = f"$.{key[1:-1]}" if key.startswith("'") else f"$[{key}]"
    return f"json_extract({value}, '{path}')"


@compiles(_Member, POSTGRES)
def _member_postgres(element: _Member, compiler: Any, **given: Any) -> str:
    value, key = (compiler.process(clause, **given) for clause in element.clauses)
    return f"(CAST({value} AS JSON) ->> {key})"


@compiles(_Id)
def _id(element: _Id, compiler: Any, **given: Any) -> str:
    return str(compiler.process(element.clauses, **given))


@compiles(_Id, POSTGRES)
def _id_postgres(element: _Id, compiler: Any, **given: Any) -> str:
    return f"CAST({compiler.process(element.clauses, **given)} AS BIGINT)"
