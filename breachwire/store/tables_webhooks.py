"""Tables of what happened and who is told: happenings, webhooks, deliveries, alerts by mail.

In: nothing. Out: a name for each table, in the same metadata as `breachwire.store.tables`.
"""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Table, UniqueConstraint

from breachwire.store.columns import Json, Names, Str, Utc
from breachwire.store.tables_base import Id, Number, metadata

happening = Table(
    "happening",  # noted in the transaction of what it tells, while anybody listens
    metadata,
    Column("id", Id, primary_key=True),
    Column("key", Str, nullable=False, unique=True),
    Column("kind", Str, nullable=False),
    Column("at", Utc, nullable=False),
    Column("thread", Str),
    Column("article", Id),
    Column("noted_at", Utc, nullable=False),
    Index("ix_happening_noted_at", "noted_at"),
    sqlite_autoincrement=True,  # webhooks and alerts remember how far they have come by it
)

webhook = Table(
    "webhook",
    metadata,
    Column("id", Id, primary_key=True),
    Column("url", Str, nullable=False),
    Column("kinds", Names, nullable=False),
    Column("query", Json, nullable=False),
    Column("watch", ForeignKey("saved_search.id", ondelete="CASCADE"), index=True),
    Column("made_at", Utc, nullable=False),
    Column("state", Str, nullable=False),
    Column("seen", Id, nullable=False),
    Column("failures", Number, nullable=False),
    Column("rests_until", Utc),
    Column("taken_at", Utc),
    Column("error", Str),
    sqlite_autoincrement=True,  # a removed one's number is nobody else's
)

webhook_secret = Table(
    "webhook_secret",  # as they are: to sign takes the secret itself
    metadata,
    Column("webhook", ForeignKey("webhook.id", ondelete="CASCADE"), primary_key=True),
    Column("secret", Str, primary_key=True),
    Column("made_at", Utc, nullable=False),
    Column("ends_at", Utc),
)

delivery = Table(
    "delivery",
    metadata,
    Column("id", Id, primary_key=True),
    Column("webhook", ForeignKey("webhook.id", ondelete="CASCADE"), nullable=False),
    Column("happening", ForeignKey("happening.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("thread", Str, nullable=False),
    Column("state", Str, nullable=False),
    Column("attempts", Number, nullable=False),
    Column("made_at", Utc, nullable=False),
    Column("next_at", Utc, nullable=False),
    Column("done_at", Utc),
    Column("error", Str),
    UniqueConstraint("webhook", "happening", name="uq_delivery_happening"),
    Index("ix_delivery_line", "webhook", "state", "thread", "id"),
    Index("ix_delivery_turn", "webhook", "state", "id"),
    sqlite_autoincrement=True,
)

alert = Table(
    "alert",  # a watch's threads by mail
    metadata,
    Column("id", Id, primary_key=True),
    Column("watch", ForeignKey("saved_search.id", ondelete="CASCADE"), nullable=False),
    Column("address", Str, nullable=False),
    Column("pace", Str, nullable=False),
    Column("state", Str, nullable=False),
    Column("asked_at", Utc, nullable=False),
    Column("confirmed_at", Utc),
    Column("consent", Str, nullable=False),
    Column("seen", Id, nullable=False),
    Column("bounces", Number, nullable=False),
    UniqueConstraint("watch", "address", name="uq_alert_address"),
    Index("ix_alert_address", "address"),
    sqlite_autoincrement=True,  # an erased person's number is nobody else's
)

alert_link = Table(
    "alert_link",
    metadata,
    Column("digest", Str, primary_key=True),
    Column("alert", ForeignKey("alert.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("purpose", Str, nullable=False),
    Column("made_at", Utc, nullable=False),
    Column("expires_at", Utc),
)

alert_letter = Table(
    "alert_letter",
    metadata,
    Column("id", Id, primary_key=True),
    Column("alert", ForeignKey("alert.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("kind", Str, nullable=False),
    Column("message_id", Str, nullable=False),
    Column("happenings", Json, nullable=False),
    Column("state", Str, nullable=False),
    Column("attempts", Number, nullable=False),
    Column("asked_at", Utc, nullable=False),
    Column("next_at", Utc, nullable=False),
    Column("done_at", Utc),
    Column("error", Str),
    Index("ix_alert_letter_state", "state", "next_at"),
    sqlite_autoincrement=True,
)
