"""On PostgreSQL a row's words say which bucket of ids it is in, so that the newest rows are found
without a walk over all (`postgres.newest`). Nothing changes in a file, whose index is walked by id.

A table of words is written anew rather than changed in place: its rows would stand there twice, and
each would go through the index. Of a million articles that takes minutes.
"""

from __future__ import annotations

from alembic import op

from breachwire.store.postgres import word_tables

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    for index, (_, _, columns) in word_tables.SEARCHED.items():
        for name in columns:
            op.execute(f"DROP INDEX {index}_{name}")
        op.execute(f"ALTER TABLE {index} RENAME TO {index}_before")
        for kind in ("pkey", "id_fkey"):
            op.execute(f"ALTER TABLE {index}_before DROP CONSTRAINT {index}_{kind}")
        for name in ("id", *columns):  # that, too, is a constraint with a name, which the new has
            op.execute(f"ALTER TABLE {index}_before ALTER COLUMN {name} DROP NOT NULL")
        for statement in word_tables.words(index):
            op.execute(statement)
        marked = ", ".join(f"{name} || {word_tables.in_bucket(index)}" for name in columns)
        op.execute(
            f"INSERT INTO {index} (id, {', '.join(columns)}) SELECT id, {marked}"  # noqa: S608
            f" FROM {index}_before ORDER BY id"
        )
        op.execute(f"DROP TABLE {index}_before")
        for statement in (*word_tables.indexes(index), word_tables.writing(index)):
            op.execute(statement)
