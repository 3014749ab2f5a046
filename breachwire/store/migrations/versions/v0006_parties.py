"""Who a detail is about: parties and the slugs of their spellings."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True).with_variant(sa.Text(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "party",
        sa.Column("thread", sa.Text(), nullable=False),
        sa.Column("detail", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("main", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("forms", sa.Text(), nullable=False),
        sa.Column("first_said", TIME, nullable=False),
        sa.Column("last_said", TIME, nullable=False),
        sa.Column("sector", sa.Text(), nullable=True),
        sa.Column("country", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["thread", "detail"],
            ["detail.thread", "detail.n"],
            name=op.f("fk_party_thread_detail"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("thread", "detail", name=op.f("pk_party")),
    )
    op.create_table(
        "party_form",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("thread", sa.Text(), nullable=False),
        sa.Column("detail", sa.Integer(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["thread", "detail"],
            ["detail.thread", "detail.n"],
            name=op.f("fk_party_form_thread_detail"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("kind", "slug", "thread", "detail", name=op.f("pk_party_form")),
    )
    op.create_index("ix_party_form_detail", "party_form", ["thread", "detail"])
