"""Search over threads: a document a thread, names by their trigrams.

Existing threads' documents are written from their rows; names from the parties' spellings.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from breachwire.store import documents

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "thread_document",
        sa.Column("id", ID, nullable=False),
        sa.Column("thread", sa.Text(), nullable=False),
        sa.Column("headline", sa.Text(), nullable=False),
        sa.Column("names", sa.Text(), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("terms", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["thread"], ["thread.id"], name="fk_thread_document_thread"),
        sa.PrimaryKeyConstraint("id", name="pk_thread_document"),
        sa.UniqueConstraint("thread", name="uq_thread_document_thread"),
    )
    op.create_table(
        "name",
        sa.Column("id", ID, nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_name"),
        sa.UniqueConstraint("slug", name="uq_name_slug"),
    )
    columns = ("headline", "names", "facts", "kind", "terms")
    _searchable("thread_document", "thread_search", columns, "porter unicode61 remove_diacritics 2")
    _searchable("name", "name_search", ("slug",), "trigram")
    op.execute(
        "CREATE TRIGGER party_form_name AFTER INSERT ON party_form BEGIN"
        " INSERT INTO name(slug) SELECT new.slug"
        " WHERE NOT EXISTS (SELECT 1 FROM name WHERE slug = new.slug); END"
    )
    op.execute("INSERT INTO name(slug) SELECT DISTINCT slug FROM party_form")
    documents.rewrite(op.get_bind())


def _searchable(table: str, index: str, columns: tuple[str, ...], tokenize: str) -> None:
    """FTS5 over a table's own columns; triggers keep it in the row's transaction."""
    names = ", ".join(columns)
    new = "new.id, " + ", ".join(f"new.{name}" for name in columns)
    old = "'delete', old.id, " + ", ".join(f"old.{name}" for name in columns)
    remove = f"INSERT INTO {index}({index}, rowid, {names}) VALUES({old});"
    add = f"INSERT INTO {index}(rowid, {names}) VALUES({new});"
    op.execute(
        f"CREATE VIRTUAL TABLE {index} USING fts5({names}, content='{table}',"
        f" content_rowid='id', tokenize='{tokenize}')"
    )
    op.execute(f"CREATE TRIGGER {index}_add AFTER INSERT ON {table} BEGIN {add} END")
    op.execute(f"CREATE TRIGGER {index}_remove AFTER DELETE ON {table} BEGIN {remove} END")
    op.execute(
        f"CREATE TRIGGER {index}_change AFTER UPDATE OF {names} ON {table} BEGIN {remove} {add} END"
    )
