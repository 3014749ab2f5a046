"""Edits by thread, proposals, mentions; which threads were merged into one."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True).with_variant(sa.Text(), "sqlite")


def upgrade() -> None:
    op.create_index(
        "ix_thread_merged_into",
        "thread",
        ["merged_into"],
        sqlite_where=sa.text("merged_into IS NOT NULL"),
    )
    op.create_table(
        "edit_thread",
        sa.Column("thread", sa.Text(), nullable=False),
        sa.Column("edit", ID, autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["edit"], ["edit.id"], name=op.f("fk_edit_thread_edit")),
        sa.ForeignKeyConstraint(["thread"], ["thread.id"], name=op.f("fk_edit_thread_thread")),
        sa.PrimaryKeyConstraint("thread", "edit", name=op.f("pk_edit_thread")),
    )
    op.create_index(op.f("ix_edit_thread_edit"), "edit_thread", ["edit"])
    _proposals()
    _mentions()


def _proposals() -> None:
    op.create_table(
        "proposal",
        sa.Column("id", ID, nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("threads", sa.Text(), nullable=False),
        sa.Column("articles", sa.Text(), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("made_at", TIME, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal")),
        sa.UniqueConstraint("key", name=op.f("uq_proposal_key")),
    )
    op.create_index("ix_proposal_state", "proposal", ["state", "id"])


def _mentions() -> None:
    op.create_table(
        "mention",
        sa.Column("article", ID, autoincrement=False, nullable=False),
        sa.Column("n", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("thread", sa.Text(), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
        sa.Column("where", sa.Text(), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["article"], ["article.id"], name=op.f("fk_mention_article")),
        sa.ForeignKeyConstraint(["thread"], ["thread.id"], name=op.f("fk_mention_thread")),
        sa.PrimaryKeyConstraint("article", "n", name=op.f("pk_mention")),
    )
    op.create_index(op.f("ix_mention_thread"), "mention", ["thread"])
