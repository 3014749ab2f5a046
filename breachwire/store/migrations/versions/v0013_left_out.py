"""Outlets that asked to be left out, and what rested on them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True).with_variant(sa.Text(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "left_out",
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("site", "who", "why")),
        sa.Column("at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("site", name=op.f("pk_left_out")),
    )
    op.create_table(
        "withdrawn",
        sa.Column("thread", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["thread"], ["thread.id"], name=op.f("fk_withdrawn_thread_thread")),
        sa.PrimaryKeyConstraint("thread", "version", name=op.f("pk_withdrawn")),
    )
