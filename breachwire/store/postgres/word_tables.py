"""Tables of words: articles, threads' documents → tsvectors, with what keeps and reads them.

A table beside articles and one beside threads' documents hold their words, kept by triggers in the
row's transaction; the rows themselves change state several times, and each time a GIN index on them
would be written anew. Words are split where FTS5 splits them, at every sign that is no letter or
figure, and stemmed with no stop words, so that both engines find alike. One word more says which
*bucket* of ids the row is in, by which `newest` looks for rows.
"""

from __future__ import annotations

import re
import string
from typing import Final

from sqlalchemy import Connection

_LONGEST: Final = 510_000
"""Characters of a text that are searched: more than an article has (`ingest.clean`)."""
_HEAVY: Final = 700_000
"""Bytes of such a text above which a third of it is searched: a tsvector holds a megabyte."""
_SIGNS: Final = string.punctuation + "’‘‚‛“”„‟«»‹›…–—―‐‑‒•·¿¡§¶†‡°©®™€£¥"
"""What PostgreSQL's own parser takes for parts of addresses, numbers, compounds, or for letters."""

_ANY_SIGN: Final = re.sub(r"[]\\[^-]", r"\\\g<0>", _SIGNS).replace("%", "%%")
"""In a pattern's brackets. `translate` takes 70 times as long: for each character it looks through
all of them."""


BUCKETS: Final = {"article_search": 40, "thread_search": 13}
"""How many lower bits of an id its bucket leaves away: 12 days of articles, 8,192 documents."""
_MARK: Final = "\ue003"
"""Begins the word that names a row's bucket: a letter that no query keeps (`words`). Where the
database's locale takes it for one, an article may have such words as well, and is looked at in
other buckets' turn, which does no harm."""


def _in_bucket(index: str) -> str:
    """What a row's words have of its bucket."""
    return f"array_to_tsvector(ARRAY['{_MARK}' || ({{0}}.id >> {BUCKETS[index]})])"


_ARTICLE: Final = f"""
    {{0}}.id,
    setweight(to_tsvector('breachwire', plain_words(left({{0}}.title, 5000))), 'A')
    || setweight(to_tsvector('breachwire', plain_words(left({{0}}.lead, 5000))), 'B')
    || setweight(to_tsvector('breachwire', plain_words({{0}}.text)), 'D')
    || array_to_tsvector(array_remove(string_to_array({{0}}.terms, ' '), ''))
    || {_in_bucket("article_search")},
    setweight(to_tsvector('breachwire', plain_words(left({{0}}.title, 5000))), 'A')
    || setweight(to_tsvector('breachwire', plain_words(left({{0}}.lead, 5000))), 'B')
    || array_to_tsvector(array_remove(string_to_array({{0}}.terms, ' '), ''))
    || {_in_bucket("article_search")}
"""
_THREAD: Final = f"""
    {{0}}.id,
    setweight(to_tsvector('breachwire', plain_words({{0}}.names)), 'A')
    || setweight(to_tsvector('breachwire', plain_words({{0}}.headline)), 'B')
    || setweight(to_tsvector('breachwire', plain_words({{0}}.facts)), 'C')
    || setweight(to_tsvector('breachwire', plain_words({{0}}.kind)), 'D')
    || array_to_tsvector(array_remove(string_to_array({{0}}.terms, ' '), ''))
    || {_in_bucket("thread_search")}
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
SEARCHED: Final = {
    "article_search": ("article", _ARTICLE, ("words", "opening")),
    "thread_search": ("thread_document", _THREAD, ("words",)),
}
"""Tables of words: beside which table, how its rows are made, its columns."""


def searched(index: str) -> tuple[str, ...]:
    """A table of words with all that keeps it."""
    return (*words(index), *kept(index))


def words(index: str) -> tuple[str, ...]:
    """The table alone."""
    table, _, columns = SEARCHED[index]
    return (
        f"CREATE TABLE {index} (id bigint PRIMARY KEY REFERENCES {table} ON DELETE CASCADE,"
        f" {', '.join(f'{name} tsvector NOT NULL' for name in columns)})",
        *whole(index),
    )


def kept(index: str) -> tuple[str, ...]:
    """Its indexes, and the triggers that write it."""
    table, made, columns = SEARCHED[index]
    set_ = ", ".join(f"{name} = excluded.{name}" for name in columns)
    given: tuple[str, ...] = ("title", "lead", "text", "terms")
    if table == "thread_document":
        given = ("headline", "names", "facts", "kind", "terms")
    changed = " OR ".join(f"old.{name} IS DISTINCT FROM new.{name}" for name in given)
    return (
        *(f"CREATE INDEX {index}_{name} ON {index} USING gin ({name})" for name in columns),
        f"""CREATE FUNCTION {index}_write() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            INSERT INTO {index} (id, {", ".join(columns)}) SELECT {made.format("new")}
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
    time."""
    return tuple(
        f"ALTER TABLE {index} ALTER COLUMN {name} SET STORAGE MAIN" for name in SEARCHED[index][2]
    )


def bucket(number: int) -> str:
    """Rows of a bucket, as a tsquery."""
    return f"'{_MARK}{number}'"


def filling(index: str) -> str:
    """What writes the words of all rows; a condition may follow."""
    table, made, columns = SEARCHED[index]
    return (
        f"INSERT INTO {index} (id, {', '.join(columns)})"  # noqa: S608
        f" SELECT {made.format(table)} FROM {table}"
    )


def rebuild(connection: Connection) -> None:
    """The words of all articles and threads anew (`Store.reindex`)."""
    for index in SEARCHED:
        connection.exec_driver_sql(f"DELETE FROM {index}")  # noqa: S608
        connection.exec_driver_sql(filling(index))


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
