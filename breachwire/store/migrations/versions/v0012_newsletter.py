"""The newsletter: subscribers, links in mails, issues, the outbox."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True).with_variant(sa.Text(), "sqlite")


def upgrade() -> None:
    _people()
    _issues()
    _outbox()


def _people() -> None:
    op.create_table(
        "subscriber",
        sa.Column("id", ID, nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("frequency", sa.Text(), nullable=False),
        sa.Column("sections", sa.Text(), nullable=False),
        sa.Column("watch", sa.Text(), nullable=False),
        sa.Column("asked_at", TIME, nullable=False),
        sa.Column("confirmed_at", TIME, nullable=True),
        sa.Column("consent", sa.Text(), nullable=False),
        sa.Column("left_at", TIME, nullable=True),
        sa.Column("bounces", sa.Integer(), nullable=False),
        sa.Column("bounced_at", TIME, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_subscriber"),
        sa.UniqueConstraint("address", name="uq_subscriber_address"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "mail_link",
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("subscriber", ID, nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("made_at", TIME, nullable=False),
        sa.Column("expires_at", TIME, nullable=True),
        sa.ForeignKeyConstraint(
            ["subscriber"],
            ["subscriber.id"],
            name="fk_mail_link_subscriber",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("digest", name="pk_mail_link"),
    )
    op.create_index("ix_mail_link_subscriber", "mail_link", ["subscriber"])
    op.create_table(
        "suppressed",
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_suppressed"),
    )


def _issues() -> None:
    op.create_table(
        "issue",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("frequency", sa.Text(), nullable=False),
        sa.Column("since", TIME, nullable=False),
        sa.Column("until", TIME, nullable=False),
        sa.Column("made_at", TIME, nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_issue"),
    )
    op.create_index("ix_issue_until", "issue", ["frequency", "until"])
    op.create_table(
        "issue_thread",
        sa.Column("issue", sa.Text(), nullable=False),
        sa.Column("thread", sa.Text(), nullable=False),
        sa.Column("mark", ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["issue"], ["issue.id"], name="fk_issue_thread_issue", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("issue", "thread", name="pk_issue_thread"),
    )


def _outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("id", ID, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("issue", sa.Text(), nullable=True),
        sa.Column("subscriber", ID, nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("asked_at", TIME, nullable=False),
        sa.Column("next_at", TIME, nullable=False),
        sa.Column("done_at", TIME, nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("threads", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["issue"], ["issue.id"], name="fk_outbox_issue", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["subscriber"], ["subscriber.id"], name="fk_outbox_subscriber", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
        sa.UniqueConstraint("issue", "subscriber", name="uq_outbox_issue"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_outbox_state", "outbox", ["state", "next_at"])
    op.create_index("ix_outbox_subscriber", "outbox", ["subscriber", "kind"])
