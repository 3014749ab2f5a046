"""Indicators of articles. What was derived before is derived once more, so that old ones have them:
articles with claims go back to the stage before, where nothing that readers see depends on it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "indicator",
        sa.Column("article", ID, autoincrement=False, nullable=False),
        sa.Column("n", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("where", sa.Text(), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
        sa.Column("quote", sa.Text(), nullable=False),
        sa.Column("sentence_start", sa.Integer(), nullable=False),
        sa.Column("sentence_end", sa.Integer(), nullable=False),
        sa.Column("sentence_quote", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["article"], ["article.id"], name=op.f("fk_indicator_article")),
        sa.PrimaryKeyConstraint("article", "n", name=op.f("pk_indicator")),
    )
    op.create_index("ix_indicator_value", "indicator", ["type", "value"])
    article = sa.table("article", sa.column("state", sa.Text()))
    op.execute(article.update().where(article.c.state == "claimed").values(state="threaded"))
