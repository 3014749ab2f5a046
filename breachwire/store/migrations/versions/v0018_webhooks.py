"""What happened, and who is told: happenings, webhooks and secrets, deliveries, mail alerts. And
when newer rules read an article again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0016"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
NUMBER = sa.Integer().with_variant(sa.BigInteger(), "postgresql")
TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
TIME = sa.DateTime(timezone=True).with_variant(sa.Text(), "sqlite")


def upgrade() -> None:
    op.add_column("article", sa.Column("reread_at", TIME, nullable=True))
    _happenings()
    _webhooks()
    _deliveries()
    _alerts()
    _letters()


def _happenings() -> None:
    op.create_table(
        "happening",
        sa.Column("id", ID, nullable=False),
        *(sa.Column(name, TEXT, nullable=False) for name in ("key", "kind")),
        sa.Column("at", TIME, nullable=False),
        sa.Column("thread", TEXT, nullable=True),
        sa.Column("article", ID, nullable=True),
        sa.Column("noted_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_happening"),
        sa.UniqueConstraint("key", name="uq_happening_key"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_happening_noted_at", "happening", ["noted_at"])


def _webhooks() -> None:
    op.create_table(
        "webhook",
        sa.Column("id", ID, nullable=False),
        *(sa.Column(name, TEXT, nullable=False) for name in ("url", "kinds", "query")),
        sa.Column("watch", ID, nullable=True),
        sa.Column("made_at", TIME, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("seen", ID, nullable=False),
        sa.Column("failures", NUMBER, nullable=False),
        sa.Column("rests_until", TIME, nullable=True),
        sa.Column("taken_at", TIME, nullable=True),
        sa.Column("error", TEXT, nullable=True),
        _of("webhook", "watch", "saved_search"),
        sa.PrimaryKeyConstraint("id", name="pk_webhook"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_webhook_watch", "webhook", ["watch"])
    op.create_table(
        "webhook_secret",
        sa.Column("webhook", ID, nullable=False),
        sa.Column("secret", TEXT, nullable=False),
        sa.Column("made_at", TIME, nullable=False),
        sa.Column("ends_at", TIME, nullable=True),
        _of("webhook_secret", "webhook", "webhook"),
        sa.PrimaryKeyConstraint("webhook", "secret", name="pk_webhook_secret"),
    )


def _deliveries() -> None:
    op.create_table(
        "delivery",
        sa.Column("id", ID, nullable=False),
        sa.Column("webhook", ID, nullable=False),
        sa.Column("happening", ID, nullable=False),
        *(sa.Column(name, TEXT, nullable=False) for name in ("thread", "state")),
        *_tries("made_at"),
        _of("delivery", "webhook", "webhook"),
        _of("delivery", "happening", "happening"),
        sa.PrimaryKeyConstraint("id", name="pk_delivery"),
        sa.UniqueConstraint("webhook", "happening", name="uq_delivery_happening"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_delivery_happening", "delivery", ["happening"])
    op.create_index("ix_delivery_line", "delivery", ["webhook", "state", "thread", "id"])
    op.create_index("ix_delivery_turn", "delivery", ["webhook", "state", "id"])


def _alerts() -> None:
    op.create_table(
        "alert",
        sa.Column("id", ID, nullable=False),
        sa.Column("watch", ID, nullable=False),
        *(sa.Column(name, TEXT, nullable=False) for name in ("address", "pace", "state")),
        sa.Column("asked_at", TIME, nullable=False),
        sa.Column("confirmed_at", TIME, nullable=True),
        sa.Column("consent", TEXT, nullable=False),
        sa.Column("seen", ID, nullable=False),
        sa.Column("bounces", NUMBER, nullable=False),
        _of("alert", "watch", "saved_search"),
        sa.PrimaryKeyConstraint("id", name="pk_alert"),
        sa.UniqueConstraint("watch", "address", name="uq_alert_address"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_alert_address", "alert", ["address"])
    op.create_table(
        "alert_link",
        sa.Column("digest", TEXT, nullable=False),
        sa.Column("alert", ID, nullable=False),
        sa.Column("purpose", TEXT, nullable=False),
        sa.Column("made_at", TIME, nullable=False),
        sa.Column("expires_at", TIME, nullable=True),
        _of("alert_link", "alert", "alert"),
        sa.PrimaryKeyConstraint("digest", name="pk_alert_link"),
    )
    op.create_index("ix_alert_link_alert", "alert_link", ["alert"])


def _letters() -> None:
    op.create_table(
        "alert_letter",
        sa.Column("id", ID, nullable=False),
        sa.Column("alert", ID, nullable=False),
        *(sa.Column(n, TEXT, nullable=False) for n in ("kind", "message_id", "happenings")),
        sa.Column("state", TEXT, nullable=False),
        *_tries("asked_at"),
        _of("alert_letter", "alert", "alert"),
        sa.PrimaryKeyConstraint("id", name="pk_alert_letter"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_alert_letter_alert", "alert_letter", ["alert"])
    op.create_index("ix_alert_letter_state", "alert_letter", ["state", "next_at"])


def _tries(made: str) -> list[sa.Column[object]]:
    return [
        sa.Column("attempts", NUMBER, nullable=False),
        sa.Column(made, TIME, nullable=False),
        sa.Column("next_at", TIME, nullable=False),
        sa.Column("done_at", TIME, nullable=True),
        sa.Column("error", TEXT, nullable=True),
    ]


def _of(table: str, column: str, whole: str) -> sa.ForeignKeyConstraint:
    """Goes with what it belongs to."""
    return sa.ForeignKeyConstraint(
        [column], [f"{whole}.id"], name=f"fk_{table}_{column}_{whole}", ondelete="CASCADE"
    )
