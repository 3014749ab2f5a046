"""A database → the store's tables in it, with what PostgreSQL searches by.

Migrations: a new database gets the tables as they stand in `breachwire.store.tables`, marked with
the newest revision, and none of the steps that led SQLite's files there (rows of before, FTS5, JSON
functions): no database of before exists. From there on it goes by the same revisions as a file
does, each of which writes what differs for both (`engine.upgrade`).

Text search: a table beside articles and one beside threads' documents hold their words as tsvector,
kept by triggers in the row's transaction; the rows themselves change state several times, and each
time a GIN index on them would be written anew. Words are split where FTS5 splits them, at every
sign that is no letter or figure, and stemmed with no stop words, so that both engines find alike.
"""

from __future__ import annotations

import re
import string
from typing import Any, Final

from sqlalchemy import Connection
from sqlalchemy.dialects.postgresql.base import PGDialect
from sqlalchemy.exc import DBAPIError

from breachwire.errors import StoreError
from breachwire.store.columns import Halfvec
from breachwire.store.engine import HEAD, first_values
from breachwire.store.tables import metadata

PGVECTOR: Final = (0, 8)
"""The oldest version of pgvector that goes on searching until enough rows meet a filter."""
_LONGEST: Final = 510_000
"""Characters of a text that are searched: more than an article has (`ingest.clean`)."""
_HEAVY: Final = 700_000
"""Bytes of such a text above which a third of it is searched: a tsvector holds a megabyte."""
_SIGNS: Final = string.punctuation + "’‘‚‛“”„‟«»‹›…–—―‐‑‒•·¿¡§¶†‡°©®™€£¥"
"""What PostgreSQL's own parser takes for parts of addresses, numbers, compounds, or for letters."""

_ANY_SIGN: Final = re.sub(r"[]\\[^-]", r"\\\g<0>", _SIGNS).replace("%", "%%")
"""In a pattern's brackets. `translate` takes 70 times as long: for each character it looks through
all of them."""

PGDialect.ischema_names.setdefault("halfvec", Halfvec)  # for whoever reflects the table

_ARTICLE: Final = """
    {0}.id,
    setweight(to_tsvector('breachwire', plain_words(left({0}.title, 5000))), 'A')
    || setweight(to_tsvector('breachwire', plain_words(left({0}.lead, 5000))), 'B')
    || setweight(to_tsvector('breachwire', plain_words({0}.text)), 'D')
    || array_to_tsvector(array_remove(string_to_array({0}.terms, ' '), '')),
    setweight(to_tsvector('breachwire', plain_words(left({0}.title, 5000))), 'A')
    || setweight(to_tsvector('breachwire', plain_words(left({0}.lead, 5000))), 'B')
    || array_to_tsvector(array_remove(string_to_array({0}.terms, ' '), ''))
"""
_THREAD: Final = """
    {0}.id,
    setweight(to_tsvector('breachwire', plain_words({0}.names)), 'A')
    || setweight(to_tsvector('breachwire', plain_words({0}.headline)), 'B')
    || setweight(to_tsvector('breachwire', plain_words({0}.facts)), 'C')
    || setweight(to_tsvector('breachwire', plain_words({0}.kind)), 'D')
    || array_to_tsvector(array_remove(string_to_array({0}.terms, ' '), ''))
"""
WORDS: Final = (
    "CREATE TEXT SEARCH DICTIONARY breachwire_stem (TEMPLATE = snowball, LANGUAGE = english)",
    "CREATE TEXT SEARCH CONFIGURATION breachwire (COPY = simple)",
    """ALTER TEXT SEARCH CONFIGURATION breachwire
    ALTER MAPPING FOR asciiword, word, numword WITH breachwire_stem""",
    f"""CREATE FUNCTION shortened(given text) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN left(given, CASE
        WHEN octet_length(left(given, {_LONGEST})) > {_HEAVY} THEN {_LONGEST // 3} ELSE {_LONGEST}
    END)""",
    f"""CREATE FUNCTION plain_words(given text) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN regexp_replace(
        regexp_replace(
            shortened(normalize(left(given, {_LONGEST}), NFKD)), '[\u0300-\u036f]+', '', 'g'
        ),
        $signs$[{_ANY_SIGN}]+$signs$, ' ', 'g'
    )""",
    """CREATE FUNCTION runs_of_three(given text) RETURNS text[]
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN ARRAY(
        SELECT DISTINCT substr(given, n, 3) FROM generate_series(1, length(given) - 2) AS n
    )""",
)
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


def searched(index: str) -> tuple[str, ...]:
    """A table of words; then its indexes, and the triggers that keep it."""
    table, made, columns = SEARCHED[index]
    of = ", ".join(columns)
    set_ = ", ".join(f"{name} = excluded.{name}" for name in columns)
    given: tuple[str, ...] = ("title", "lead", "text", "terms")
    if table == "thread_document":
        given = ("headline", "names", "facts", "kind", "terms")
    changed = " OR ".join(f"old.{name} IS DISTINCT FROM new.{name}" for name in given)
    return (
        f"CREATE TABLE {index} (id bigint PRIMARY KEY REFERENCES {table} ON DELETE CASCADE,"
        f" {', '.join(f'{name} tsvector NOT NULL' for name in columns)})",
        *whole(index),
        *(f"CREATE INDEX {index}_{name} ON {index} USING gin ({name})" for name in columns),
        f"""CREATE FUNCTION {index}_write() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            INSERT INTO {index} (id, {of}) SELECT {made.format("new")}
            ON CONFLICT (id) DO UPDATE SET {set_};
            RETURN NULL;
        END $$""",
        f"CREATE TRIGGER {index}_add AFTER INSERT ON {table}"
        f" FOR EACH ROW EXECUTE FUNCTION {index}_write()",
        f"CREATE TRIGGER {index}_change AFTER UPDATE OF {', '.join(given)} ON {table}"
        f" FOR EACH ROW WHEN ({changed}) EXECUTE FUNCTION {index}_write()",
    )


def whole(index: str) -> tuple[str, ...]:
    """Words stand in their row as long as it fits a page: to rank 2,000 rows takes a fifth of the
    time. Rows of before keep theirs apart until they are written anew."""
    return tuple(
        f"ALTER TABLE {index} ALTER COLUMN {name} SET STORAGE MAIN" for name in SEARCHED[index][2]
    )


SEARCHED: Final = {
    "article_search": ("article", _ARTICLE, ("words", "opening")),
    "thread_search": ("thread_document", _THREAD, ("words",)),
}
"""Tables of words: beside which table, how its rows are made, its columns."""
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


def filling(index: str) -> str:
    """What writes the words of all rows; a condition may follow."""
    table, made, columns = SEARCHED[index]
    return (
        f"INSERT INTO {index} (id, {', '.join(columns)})"  # noqa: S608
        f" SELECT {made.format(table)} FROM {table}"
    )


def hold_whole(connection: Connection) -> None:
    """Have what is written from now on stand whole in its row, in a store of before as well. It
    waits for readers, for a moment."""
    apart = connection.exec_driver_sql(
        "SELECT count(*) FROM pg_attribute WHERE attrelid = ANY (CAST(%s AS regclass[]))"
        " AND atttypid = CAST('tsvector' AS regtype) AND attstorage <> 'm'",
        (list(SEARCHED),),
    ).scalar_one()
    if apart:
        for statement in (statement for index in SEARCHED for statement in whole(index)):
            connection.exec_driver_sql(statement)


def rebuild(connection: Connection) -> None:
    """The words of all articles, threads and names anew (`Store.reindex`)."""
    for index in SEARCHED:
        connection.exec_driver_sql(f"DELETE FROM {index}")  # noqa: S608
        connection.exec_driver_sql(filling(index))
    connection.exec_driver_sql(
        "INSERT INTO name (slug) SELECT DISTINCT slug FROM party_form"
        " WHERE NOT EXISTS (SELECT 1 FROM name WHERE name.slug = party_form.slug)"
    )


def astray(connection: Connection) -> list[str]:
    """Whether the words are the rows' own: of all rows that there are any, of the newest all."""
    for index, (table, made, names) in SEARCHED.items():
        columns = ", ".join(("id", *names))
        newest = f"SELECT * FROM {table} ORDER BY id DESC LIMIT 1000"  # noqa: S608
        found = connection.exec_driver_sql(
            f"SELECT EXISTS (SELECT id FROM {table} EXCEPT SELECT id FROM {index})"  # noqa: S608
            f" OR EXISTS (SELECT {made.format('newest')} FROM ({newest}) AS newest"
            f" EXCEPT SELECT {columns} FROM {index})"
        ).scalar_one()
        if found:
            what = "articles" if table == "article" else "threads"
            return [f"the search index does not agree with the {what}; run `breachwire reindex`"]
    return []
