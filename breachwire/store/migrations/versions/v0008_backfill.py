"""A site's past: backfills, the documents they read, the entries that wait."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True).with_variant(sa.Text(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "backfill",
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("started_at", TIME, nullable=False),
        sa.Column("ended_at", TIME, nullable=True),
        sa.Column("feed", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("home", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("url", name=op.f("pk_backfill")),
    )
    op.create_table(
        "archive_page",
        sa.Column("backfill", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("read_at", TIME, nullable=False),
        sa.Column("links", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("past", sa.Boolean(), nullable=False),
        sa.Column("etag", sa.Text(), nullable=True),
        sa.Column("last_modified", sa.Text(), nullable=True),
        sa.Column("since", TIME, nullable=True),
        _of_a_backfill("archive_page"),
        sa.PrimaryKeyConstraint("backfill", "url", name=op.f("pk_archive_page")),
    )
    op.create_table(
        "waiting_entry",
        sa.Column("backfill", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("published", TIME, nullable=True),
        sa.Column("entry", sa.Text(), nullable=False),
        _of_a_backfill("waiting_entry"),
        sa.PrimaryKeyConstraint("backfill", "key", name=op.f("pk_waiting_entry")),
    )
    op.create_index("ix_waiting_entry_published", "waiting_entry", ["backfill", "published"])


def _of_a_backfill(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["backfill"],
        ["backfill.url"],
        name=op.f(f"fk_{table}_backfill_backfill"),
        ondelete="CASCADE",
    )
