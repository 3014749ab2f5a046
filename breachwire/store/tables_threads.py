"""Tables of threads: who stands in them, what they are near to, what they are searched by.

In: nothing. Out: a name for each table, in the same metadata as `breachwire.store.tables`.
"""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Float, ForeignKey, Index, Table

from breachwire.store.columns import Str, Utc
from breachwire.store.tables_base import Id, Number, metadata, only

thread = Table(
    "thread",
    metadata,
    Column("id", Str, primary_key=True),
    Column("headline", Str, nullable=False),
    Column("kind", Str, nullable=False),
    Column("section", Str, nullable=False),
    Column("first_at", Utc, nullable=False),
    Column("last_at", Utc, nullable=False),
    Column("updated_at", Utc, nullable=False),
    Column("articles", Number, nullable=False),
    Column("origins", Number, nullable=False),
    Column("merged_into", ForeignKey("thread.id")),
    # beside model.Thread
    Column("stale", Boolean, nullable=False),
    Column("brief_version", Number, nullable=False),
    Column("ledger_version", Number, nullable=False),
    Index("ix_thread_updated_at", "updated_at", "id", **only("merged_into IS NULL")),
    Index("ix_thread_first_at", "first_at", "id", **only("merged_into IS NULL")),
    Index("ix_thread_articles", "articles", "id", **only("merged_into IS NULL")),
    Index("ix_thread_origins", "origins", "id", **only("merged_into IS NULL")),
    Index("ix_thread_stale", "updated_at", **only("stale")),
    Index("ix_thread_merged_into", "merged_into", **only("merged_into IS NOT NULL")),
)

membership = Table(
    "membership",
    metadata,
    Column("article", ForeignKey("article.id"), primary_key=True, autoincrement=False),
    Column("thread", ForeignKey("thread.id"), index=True),  # null: a roundup, which stands in none
    Column("role", Str, nullable=False),
    Column("score", Float, nullable=False),
    Column("method", Str, nullable=False),
    Column("reason", Str, nullable=False),
    Column("kind", Str, nullable=False),
    Column("roundup", Boolean, nullable=False),
    Column("copy_of", ForeignKey("article.id"), index=True),
)

mention = Table(
    "mention",  # of a thread as it was judged; readers follow `merged_into`
    metadata,
    Column("article", ForeignKey("article.id"), primary_key=True, autoincrement=False),
    Column("n", Number, primary_key=True, autoincrement=False),
    Column("thread", ForeignKey("thread.id"), nullable=False, index=True),
    Column("start", Number, nullable=False),
    Column("end", Number, nullable=False),
    Column("where", Str, nullable=False),
    Column("score", Float, nullable=False),
    Column("reason", Str, nullable=False),
)

related = Table(
    "related",
    metadata,
    Column("thread", ForeignKey("thread.id"), primary_key=True),
    Column("n", Number, primary_key=True, autoincrement=False),
    Column("other", ForeignKey("thread.id"), nullable=False, index=True),
    Column("relation", Str, nullable=False),
    Column("reason", Str, nullable=False),
    Column("score", Float, nullable=False),
)

storyline = Table(
    "storyline",
    metadata,
    Column("id", Str, primary_key=True),
    Column("label", Str, nullable=False),
    Column("reason", Str, nullable=False),
)

storyline_thread = Table(
    "storyline_thread",
    metadata,
    Column("storyline", ForeignKey("storyline.id", ondelete="CASCADE"), primary_key=True),
    Column("n", Number, primary_key=True, autoincrement=False),
    Column("thread", ForeignKey("thread.id"), nullable=False, index=True),
)

thread_document = Table(
    "thread_document",  # what a thread is searched by (`documents`)
    metadata,
    Column("id", Id, primary_key=True),
    Column("thread", ForeignKey("thread.id"), nullable=False, unique=True),
    Column("headline", Str, nullable=False),
    Column("names", Str, nullable=False),
    Column("facts", Str, nullable=False),
    Column("kind", Str, nullable=False),
    Column("terms", Str, nullable=False),
)

thread_card = Table(
    "thread_card",  # what is counted of a thread (`facets`), in JSON
    metadata,
    Column("thread", ForeignKey("thread.id"), primary_key=True),
    Column("card", Str, nullable=False),
    sqlite_with_rowid=False,
)
