"""Tables of editors: acts, rules, proposals, readers' reports, tokens.

In: nothing. Out: a name for each table, in the same metadata as `breachwire.store.tables`.
"""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Float, ForeignKey, Index, Table, false

from breachwire.store.columns import Json, Key, Names, Str, Utc
from breachwire.store.tables_base import Id, Number, metadata

edit = Table(
    "edit",
    metadata,
    Column("id", Id, primary_key=True),
    Column("what", Str, nullable=False),
    Column("who", Str, nullable=False),
    Column("why", Str, nullable=False),
    Column("at", Utc, nullable=False),
    Column("undo", Json, nullable=False),
    Column("undone", Boolean, nullable=False, server_default=false()),
)

edit_thread = Table(
    "edit_thread",  # the threads that an edit touched: what its log is found by
    metadata,
    Column("thread", ForeignKey("thread.id"), primary_key=True),
    Column("edit", ForeignKey("edit.id"), primary_key=True, autoincrement=False, index=True),
)

link_rule = Table(
    "link_rule",
    metadata,
    Column("low", ForeignKey("article.id"), primary_key=True, autoincrement=False),
    Column("high", ForeignKey("article.id"), primary_key=True, autoincrement=False, index=True),
    Column("must", Boolean, nullable=False),
    Column("edit", ForeignKey("edit.id"), nullable=False, index=True),
)

proposal = Table(
    "proposal",
    metadata,
    Column("id", Id, primary_key=True),
    Column("what", Str, nullable=False),
    Column("threads", Names, nullable=False),
    Column("articles", Json, nullable=False),
    Column("score", Float, nullable=False),
    Column("reason", Str, nullable=False),
    Column("made_at", Utc, nullable=False),
    Column("state", Str, nullable=False),
    # beside model.Proposal: what two proposals are the same by
    Column("key", Key, nullable=False, unique=True),
    Index("ix_proposal_state", "state", "id"),
)

error_report = Table(
    "error_report",
    metadata,
    Column("id", Id, primary_key=True),
    Column("thread", ForeignKey("thread.id"), nullable=False),
    Column("text", Str, nullable=False),
    Column("contact", Str, nullable=False),
    Column("at", Utc, nullable=False),
    Column("version", Number, nullable=False),
    Column("state", Str, nullable=False),
    Index("ix_error_report_state", "state", "id"),
    sqlite_autoincrement=True,  # the audit log names them
)

token = Table(
    "token",
    metadata,
    Column("id", Id, primary_key=True),
    Column("name", Str, nullable=False),
    Column("scope", Str, nullable=False),
    Column("created_at", Utc, nullable=False),
    Column("expires_at", Utc),
    Column("revoked_at", Utc),
    Column("last_used_at", Utc),
    # beside model.Token: of the secret, which is stored nowhere
    Column("digest", Str, nullable=False, unique=True),
    sqlite_autoincrement=True,  # an id in somebody's notes never comes to mean another token
)

session = Table(
    "session",
    metadata,
    Column("digest", Str, primary_key=True),
    Column("token", ForeignKey("token.id"), nullable=False, index=True),
    Column("expires_at", Utc, nullable=False),
)
