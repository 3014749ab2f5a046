"""A database → the store's tables in it, with what PostgreSQL searches by.

Migrations: a new database gets the tables as they stand in `breachwire.store.tables`, marked with
the newest revision, and none of the steps that led SQLite's files there (rows of before, FTS5, JSON
functions): no database of before exists. From there on it goes by the same revisions as a file
does, each of which writes what differs for both (`engine.upgrade`).
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import Connection
from sqlalchemy.dialects.postgresql.base import PGDialect
from sqlalchemy.exc import DBAPIError

from breachwire.errors import StoreError
from breachwire.store.columns import Halfvec
from breachwire.store.engine import HEAD, first_values
from breachwire.store.postgres import word_tables
from breachwire.store.postgres.word_tables import SEARCHED, WORDS, searched
from breachwire.store.tables import metadata

PGVECTOR: Final = (0, 8)
"""The oldest version of pgvector that goes on searching until enough rows meet a filter."""
PGDialect.ischema_names.setdefault("halfvec", Halfvec)  # for whoever reflects the table

NAMES: Final = (
    "CREATE INDEX name_runs ON name USING gin (runs_of_three(slug))",
    """CREATE FUNCTION party_form_name() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        INSERT INTO name (slug) SELECT new.slug
        WHERE NOT EXISTS (SELECT 1 FROM name WHERE slug = new.slug);
        RETURN NULL;
    END $$""",
    """CREATE TRIGGER party_form_name AFTER INSERT ON party_form
    FOR EACH ROW EXECUTE FUNCTION party_form_name()""",
)


_MADE: Final = {
    "FUNCTION": (
        *(f"{index}_write" for index in SEARCHED),
        *("party_form_name", "plain_words", "shortened", "runs_of_three"),
    ),
    "TEXT SEARCH CONFIGURATION": ("breachwire",),
    "TEXT SEARCH DICTIONARY": ("breachwire_stem",),
}
"""What stands beside the tables, each before what it needs."""
PLAIN: Final = "ALTER TABLE embedding ALTER COLUMN vector SET STORAGE PLAIN"
VERSION: Final = (
    "CREATE TABLE alembic_version (version_num varchar(32) NOT NULL"
    " CONSTRAINT alembic_version_pkc PRIMARY KEY)"
)


def create(connection: Connection) -> None:
    """Everything, in the transaction that is open. Raises StoreError."""
    extension(connection)
    metadata.create_all(connection, checkfirst=False)
    words = (statement for index in SEARCHED for statement in searched(index))
    mark = f"INSERT INTO alembic_version VALUES ('{HEAD}')"  # noqa: S608
    for statement in (*WORDS, *words, *NAMES, PLAIN, VERSION, mark):
        connection.exec_driver_sql(statement)
    first_values(connection)


def drop(connection: Connection) -> None:
    """Every table, function and dictionary of ours: all rows are lost."""
    for index in SEARCHED:
        connection.exec_driver_sql(f"DROP TABLE IF EXISTS {index}")
    metadata.drop_all(connection)
    for kind, names in _MADE.items():
        for name in names:
            connection.exec_driver_sql(f"DROP {kind} IF EXISTS {name}")
    connection.exec_driver_sql("DROP TABLE IF EXISTS alembic_version")


def extension(connection: Connection) -> None:
    """pgvector, made where it is not and may be."""
    needed = "pgvector 0.8 or newer is needed: as the database's owner, CREATE EXTENSION vector"
    try:
        with connection.begin_nested():
            connection.exec_driver_sql("CREATE EXTENSION IF NOT EXISTS vector")
    except DBAPIError as error:
        raise StoreError(f"{needed} ({str(error.orig).splitlines()[0]})") from error
    version: Any = connection.exec_driver_sql(
        "SELECT extversion FROM pg_extension WHERE extname = 'vector'"
    ).scalar_one()
    if tuple(map(int, version.split(".")[:2])) < PGVECTOR:
        raise StoreError(f"{needed}; here it is {version}")


def rebuild(connection: Connection) -> None:
    """The words of all articles, threads and names anew (`Store.reindex`)."""
    word_tables.rebuild(connection)
    connection.exec_driver_sql(
        "INSERT INTO name (slug) SELECT DISTINCT slug FROM party_form"
        " WHERE NOT EXISTS (SELECT 1 FROM name WHERE name.slug = party_form.slug)"
    )
