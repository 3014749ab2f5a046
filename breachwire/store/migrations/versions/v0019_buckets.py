"""On PostgreSQL a row's words say which bucket of ids it is in, so that the newest rows are found
without a walk over all (`postgres.newest`). Nothing changes in a file, whose index is walked by id.

Rows of before are changed in their place, between the loss of their indexes and the making of new
ones. The table is as large again until vacuum has made room of what they were.
"""

from __future__ import annotations

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
_TABLES: Final[dict[str, tuple[int, dict[str, tuple[tuple[str, str], ...]]]]] = {
    "article_search": (40, {"words": _ARTICLE, "opening": _ARTICLE[:2]}),
    "thread_search": (13, {"words": _THREAD}),
}
"""Bits of an id below its bucket; a table's columns, of which texts and weights."""
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
    for table, (bits, columns) in _TABLES.items():
        bucket = f"array_to_tsvector(ARRAY['\ue003' || ({{}}id >> {bits})])"
        for name in columns:
            op.execute(f"DROP INDEX {table}_{name}")
            op.execute(f"ALTER TABLE {table} ALTER COLUMN {name} SET STORAGE MAIN")
        marked = ", ".join(f"{name} = {name} || {bucket.format('')}" for name in columns)
        op.execute(f"UPDATE {table} SET {marked}")  # noqa: S608
        for name in columns:
            op.execute(f"CREATE INDEX {table}_{name} ON {table} USING gin ({name})")
        op.execute(f"ANALYZE {table}")
        made = [
            " || ".join((*(_NAMED.format(*one) for one in texts), _TERMS, bucket.format("new.")))
            for texts in columns.values()
        ]
        kept = ", ".join(f"{name} = excluded.{name}" for name in columns)
        op.execute(_WRITE.format(table, ", ".join(columns), ", ".join(made), kept))
