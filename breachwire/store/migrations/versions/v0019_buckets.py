"""On PostgreSQL a row's words say which bucket of ids it is in, so that the newest rows are found
without a walk over all (`postgres.newest`). Nothing changes in a file, whose index is walked by id.

The tables of words are written anew beside the old ones: rows changed in their place would stand in
their table and in its indexes twice. There must be room for both until the end.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_NAMED: Final = "setweight(to_tsvector('breachwire', plain_words({})), '{}')"
_TERMS: Final = "array_to_tsvector(array_remove(string_to_array(new.terms, ' '), ''))"
_ARTICLE: Final = (("left(new.title, 5000)", "A"), ("left(new.lead, 5000)", "B"), ("new.text", "D"))
_THREAD: Final = (("new.names", "A"), ("new.headline", "B"), ("new.facts", "C"), ("new.kind", "D"))
_TABLES: Final[dict[str, tuple[str, int, dict[str, tuple[tuple[str, str], ...]]]]] = {
    "article_search": ("article", 40, {"words": _ARTICLE, "opening": _ARTICLE[:2]}),
    "thread_search": ("thread_document", 13, {"words": _THREAD}),
}
"""Beside which table; bits of an id below its bucket; columns, of which texts and weights."""
_WRITE: Final = """
CREATE OR REPLACE FUNCTION {0}_write() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO {0} (id, {1}) SELECT new.id, {2}
    ON CONFLICT (id) DO UPDATE SET {3};
    RETURN NULL;
END $$"""


def upgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    op.execute(
        "SELECT set_config('maintenance_work_mem', '512MB', true) WHERE"
        " pg_size_bytes(current_setting('maintenance_work_mem')) < pg_size_bytes('512MB')"
    )
    op.execute(f"LOCK TABLE {', '.join(_TABLES)}")
    for table, (_, bits, columns) in _TABLES.items():
        bucket = f"array_to_tsvector(ARRAY['\ue003' || ({{}}id >> {bits})])"
        _put_aside(table, columns)
        _write(table, columns, bucket.format(""))
        made = [
            " || ".join((*(_NAMED.format(*one) for one in texts), _TERMS, bucket.format("new.")))
            for texts in columns.values()
        ]
        kept = ", ".join(f"{name} = excluded.{name}" for name in columns)
        op.execute(_WRITE.format(table, ", ".join(columns), ", ".join(made), kept))
    for table, (beside, _, _) in _TABLES.items():  # last, as readers wait for these
        op.execute(f"DROP TABLE {table}_before")
        op.execute(
            f"ALTER TABLE {table} ADD FOREIGN KEY (id) REFERENCES {beside} ON DELETE CASCADE"
        )


def _put_aside(table: str, columns: Iterable[str]) -> None:
    """Under another name, and without what the new one has by the same names."""
    for name in columns:
        op.execute(f"DROP INDEX {table}_{name}")
    op.execute(f"ALTER TABLE {table} RENAME TO {table}_before")
    op.execute(f"ALTER TABLE {table}_before DROP CONSTRAINT {table}_pkey")
    for name in ("id", *columns):  # that, too, is a constraint with a name
        op.execute(f"ALTER TABLE {table}_before ALTER COLUMN {name} DROP NOT NULL")


def _write(table: str, columns: Iterable[str], bucket: str) -> None:
    made = ", ".join(f"{name} tsvector NOT NULL" for name in columns)
    op.execute(f"CREATE TABLE {table} (id bigint PRIMARY KEY, {made})")
    for name in columns:
        op.execute(f"ALTER TABLE {table} ALTER COLUMN {name} SET STORAGE MAIN")
    marked = ", ".join(f"{name} || {bucket}" for name in columns)
    op.execute(
        f"INSERT INTO {table} (id, {', '.join(columns)}) SELECT id, {marked} FROM {table}_before"  # noqa: S608
    )
    for name in columns:
        op.execute(f"CREATE INDEX {table}_{name} ON {table} USING gin ({name})")
    op.execute(f"ANALYZE {table}")
