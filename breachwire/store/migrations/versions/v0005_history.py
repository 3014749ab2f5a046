"""What changed in a ledger, what outlets corrected, what readers report."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True).with_variant(sa.Text(), "sqlite")

# An article that was edited since its claims were read waits to be read again; they are of the
# text before.
READ = """
UPDATE article SET claims_hash = CASE state WHEN 'claimed' THEN content_hash ELSE (
    SELECT r.content_hash FROM article_revision AS r WHERE r.article = article.id
    ORDER BY r.revision DESC LIMIT 1
) END
WHERE state = 'claimed' OR id IN (SELECT article FROM claim)
"""


def upgrade() -> None:
    op.add_column("article", sa.Column("claims_hash", sa.Text(), nullable=True))
    op.execute(READ)
    _changes()
    _corrections()
    _reports()


def _changes() -> None:
    op.create_table(
        "change",
        sa.Column("id", ID, nullable=False),
        sa.Column("article", ID, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("edited", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["article"], ["article.id"], name=op.f("fk_change_article")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_change")),
    )
    op.create_index(op.f("ix_change_article"), "change", ["article"])


def _corrections() -> None:
    op.create_table(
        "correction",
        sa.Column("id", ID, nullable=False),
        sa.Column("article", ID, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("field", sa.Text(), nullable=True),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["article"], ["article.id"], name=op.f("fk_correction_article")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_correction")),
    )
    op.create_index(op.f("ix_correction_article"), "correction", ["article"])


def _reports() -> None:
    op.create_table(
        "error_report",
        sa.Column("id", ID, nullable=False),
        sa.Column("thread", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("contact", sa.Text(), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["thread"], ["thread.id"], name=op.f("fk_error_report_thread")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_error_report")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_error_report_state", "error_report", ["state", "id"])
