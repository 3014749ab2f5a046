"""Titles and openings as a full-text index of their own; cards by which a search's facets count.

Common words of a search are scored by the index, over all times, where a walk through every text
that has them would take too long (`ranking`): it has an eighth of their rows.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from breachwire.store import facets

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _openings()
    op.create_table(
        "thread_card",
        sa.Column("thread", sa.Text(), nullable=False),
        sa.Column("card", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["thread"], ["thread.id"], name="fk_thread_card_thread"),
        sa.PrimaryKeyConstraint("thread", name="pk_thread_card"),
        sqlite_with_rowid=False,
    )
    facets.rewrite(op.get_bind())


def _openings() -> None:
    columns = ("title", "lead", "terms")
    names = ", ".join(columns)
    new = "new.id, " + ", ".join(f"new.{name}" for name in columns)
    old = "'delete', old.id, " + ", ".join(f"old.{name}" for name in columns)
    changed = " OR ".join(f"old.{name} IS NOT new.{name}" for name in columns)
    remove = f"INSERT INTO opening_search(opening_search, rowid, {names}) VALUES({old});"
    add = f"INSERT INTO opening_search(rowid, {names}) VALUES({new});"
    op.execute(
        f"CREATE VIRTUAL TABLE opening_search USING fts5({names}, content='article',"
        " content_rowid='id', tokenize='porter unicode61 remove_diacritics 2')"
    )
    op.execute(f"CREATE TRIGGER opening_search_add AFTER INSERT ON article BEGIN {add} END")
    op.execute(f"CREATE TRIGGER opening_search_remove AFTER DELETE ON article BEGIN {remove} END")
    op.execute(
        f"CREATE TRIGGER opening_search_change AFTER UPDATE OF {names} ON article"
        f" WHEN {changed} BEGIN {remove} {add} END"
    )
    op.execute("INSERT INTO opening_search(opening_search) VALUES('rebuild')")
