"""What a language model was asked, what it answered, what it used."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True).with_variant(sa.Text(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "model_try",
        sa.Column("thread", sa.Text(), nullable=False),
        *(
            sa.Column(name, sa.Text(), nullable=False)
            for name in ("input_hash", "base", "writer", "outcome")
        ),
        sa.Column("at", TIME, nullable=False),
        sa.ForeignKeyConstraint(["thread"], ["thread.id"], name=op.f("fk_model_try_thread")),
        sa.PrimaryKeyConstraint("thread", name=op.f("pk_model_try")),
    )
    op.create_table(
        "model_answer",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_model_answer")),
    )
    op.create_index("ix_model_answer_at", "model_answer", ["at"])
    op.create_table(
        "model_use",
        sa.Column("day", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", "name", name=op.f("pk_model_use")),
    )
