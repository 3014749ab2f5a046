"""Tables of the newsletter: subscribers, links in mails, issues, the outbox.

In: nothing. Out: a name for each table, in the same metadata as `breachwire.store.tables`.
"""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Table, UniqueConstraint

from breachwire.store.columns import Json, Names, Str, Utc
from breachwire.store.tables_base import Id, Number, metadata

subscriber = Table(
    "subscriber",
    metadata,
    Column("id", Id, primary_key=True),
    Column("address", Str, nullable=False, unique=True),
    Column("state", Str, nullable=False),
    Column("frequency", Str, nullable=False),
    Column("sections", Names, nullable=False),
    Column("watch", Names, nullable=False),
    Column("asked_at", Utc, nullable=False),
    Column("confirmed_at", Utc),
    Column("consent", Str, nullable=False),
    Column("left_at", Utc),
    Column("bounces", Number, nullable=False),
    Column("bounced_at", Utc),
    sqlite_autoincrement=True,  # an erased person's number is nobody else's
)

mail_link = Table(
    "mail_link",
    metadata,
    Column("digest", Str, primary_key=True),
    Column("subscriber", ForeignKey("subscriber.id", ondelete="CASCADE"), nullable=False),
    Column("purpose", Str, nullable=False),
    Column("made_at", Utc, nullable=False),
    Column("expires_at", Utc),
    Index("ix_mail_link_subscriber", "subscriber"),
)

suppressed = Table(
    "suppressed",
    metadata,
    Column("digest", Str, primary_key=True),
    Column("at", Utc, nullable=False),
)

issue = Table(
    "issue",
    metadata,
    Column("id", Str, primary_key=True),
    Column("frequency", Str, nullable=False),
    Column("since", Utc, nullable=False),
    Column("until", Utc, nullable=False),
    Column("made_at", Utc, nullable=False),
    Column("document", Json, nullable=False),
    Index("ix_issue_until", "frequency", "until"),
)

issue_thread = Table(
    "issue_thread",  # which threads an issue told, each with its last change by then
    metadata,
    Column("issue", ForeignKey("issue.id", ondelete="CASCADE"), primary_key=True),
    Column("thread", Str, primary_key=True),
    Column("mark", Id, nullable=False),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", Id, primary_key=True),
    Column("kind", Str, nullable=False),
    Column("issue", ForeignKey("issue.id", ondelete="CASCADE")),
    Column("subscriber", ForeignKey("subscriber.id", ondelete="CASCADE"), nullable=False),
    Column("message_id", Str, nullable=False),
    Column("state", Str, nullable=False),
    Column("attempts", Number, nullable=False),
    Column("asked_at", Utc, nullable=False),
    Column("next_at", Utc, nullable=False),
    Column("done_at", Utc),
    Column("error", Str),
    Column("threads", Json, nullable=False),
    UniqueConstraint("issue", "subscriber", name="uq_outbox_issue"),
    Index("ix_outbox_state", "state", "next_at"),
    Index("ix_outbox_subscriber", "subscriber", "kind"),
    sqlite_autoincrement=True,
)
