"""Tables of briefs: versions, reviews, what a model was asked.

In: nothing. Out: a name for each table, in the same metadata as `breachwire.store.tables`.
"""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, ForeignKeyConstraint, Index, Table

from breachwire.store.columns import Str, Utc
from breachwire.store.tables_base import Id, Number, metadata

brief = Table(
    "brief",
    metadata,
    Column("thread", ForeignKey("thread.id"), primary_key=True),
    Column("version", Number, primary_key=True, autoincrement=False),
    Column("input_hash", Str, nullable=False),
    Column("author", Str, nullable=False),
    Column("model", Str),
    Column("made_at", Utc, nullable=False),
    Column("statements", Str, nullable=False),
)

signoff = Table(
    "signoff",
    metadata,
    Column("id", Id, primary_key=True),
    Column("thread", Str, nullable=False),
    Column("version", Number, nullable=False),
    Column("sha256", Str, nullable=False),
    Column("reviewer", Str, nullable=False),
    Column("role", Str, nullable=False),
    Column("competence", Str, nullable=False),
    Column("facts", Str, nullable=False),
    Column("sources", Str, nullable=False),
    Column("changed", Str, nullable=False),
    Column("responsible", Str, nullable=False),
    Column("contact", Str, nullable=False),
    Column("at", Utc, nullable=False),
    Column("revoked_at", Utc),
    Column("revoked_by", Str, nullable=False),
    Column("revoked_why", Str, nullable=False),
    ForeignKeyConstraint(["thread", "version"], ["brief.thread", "brief.version"]),
    Index("ix_signoff_thread", "thread", "version"),
    sqlite_autoincrement=True,  # the audit log names them
)

withdrawn = Table(
    "withdrawn",  # what rested on such an outlet; version 0: the whole thread
    metadata,
    Column("thread", ForeignKey("thread.id"), primary_key=True),
    Column("version", Number, primary_key=True, autoincrement=False),
)

model_try = Table(
    "model_try",
    metadata,
    Column("thread", ForeignKey("thread.id"), primary_key=True),
    Column("input_hash", Str, nullable=False),
    Column("base", Str, nullable=False),
    Column("writer", Str, nullable=False),
    Column("outcome", Str, nullable=False),
    Column("at", Utc, nullable=False),
)

model_answer = Table(
    "model_answer",
    metadata,
    Column("key", Str, primary_key=True),
    Column("text", Str, nullable=False),
    Column("model", Str, nullable=False),
    Column("at", Utc, nullable=False, index=True),
)

model_use = Table(
    "model_use",
    metadata,
    Column("day", Str, primary_key=True),
    Column("name", Str, primary_key=True),
    Column("number", Number, nullable=False),
)
