"""Who reviewed which version of a brief, and who answers for it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True).with_variant(sa.Text(), "sqlite")
WORDS = (
    "sha256", "reviewer", "role", "competence", "facts", "sources", "changed", "responsible",
    "contact",
)  # fmt: skip


def upgrade() -> None:
    op.create_table(
        "signoff",
        sa.Column("id", ID, nullable=False),
        sa.Column("thread", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in WORDS),
        sa.Column("at", TIME, nullable=False),
        sa.Column("revoked_at", TIME, nullable=True),
        sa.Column("revoked_by", sa.Text(), nullable=False),
        sa.Column("revoked_why", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["thread", "version"],
            ["brief.thread", "brief.version"],
            name=op.f("fk_signoff_thread_version"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signoff")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_signoff_thread", "signoff", ["thread", "version"])
