"""Tables of feeds and of what their sites hold: subscriptions, entries, archives, outlets left out.

In: nothing. Out: a name for each table, in the same metadata as `breachwire.store.tables`.
"""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Index, Table

from breachwire.store.columns import ADDRESS, Json, Key, Str, Utc
from breachwire.store.tables_base import Id, Number, metadata

feed = Table(
    "feed",
    metadata,
    Column("id", Id, primary_key=True),
    Column("url", ADDRESS, nullable=False, unique=True),
    Column("title", Str, nullable=False),
    Column("outlet", Str, nullable=False),
    Column("family", Str, nullable=False),
    Column("section", Str, nullable=False),
    Column("language", Str, nullable=False),
    Column("country", Str, nullable=False),
    Column("verified", Boolean, nullable=False),
    Column("state", Str, nullable=False),
    Column("etag", Str),
    Column("last_modified", Str),
    Column("next_fetch_at", Utc),
    Column("last_fetch_at", Utc),
    Column("last_success_at", Utc),
    Column("failures", Number, nullable=False),
    Column("error", Str),
    Column("moved_to", Str),
    Column("moved_seen", Number, nullable=False),
    Column("pages_ok", Number, nullable=False),
    Column("pages_refused", Number, nullable=False),
    Column("page_error", Str),
    Column("wishes", Json),
)

entry = Table(
    "entry",
    metadata,
    Column("feed", ForeignKey("feed.id", ondelete="CASCADE"), primary_key=True),
    Column("key", Key, primary_key=True),
    Column("content_hash", Str, nullable=False),
    Column("article", ForeignKey("article.id"), index=True),
    Column("seen_at", Utc, nullable=False),
)

backfill = Table(
    "backfill",
    metadata,
    Column("url", Key, primary_key=True),
    Column("started_at", Utc, nullable=False),
    Column("ended_at", Utc),
    Column("feed", Str, nullable=False),
    Column("title", Str, nullable=False),
    Column("home", Str, nullable=False),
)

archive_page = Table(
    "archive_page",
    metadata,
    Column("backfill", ForeignKey("backfill.url", ondelete="CASCADE"), primary_key=True),
    Column("url", Key, primary_key=True),
    Column("read_at", Utc, nullable=False),
    Column("links", Json, nullable=False),
    Column("fingerprint", Str, nullable=False),
    Column("past", Boolean, nullable=False),
    Column("etag", Str),
    Column("last_modified", Str),
    Column("since", Utc),
)

waiting_entry = Table(
    "waiting_entry",
    metadata,
    Column("backfill", ForeignKey("backfill.url", ondelete="CASCADE"), primary_key=True),
    Column("key", Key, primary_key=True),
    Column("published", Utc),
    Column("entry", Json, nullable=False),
    Index("ix_waiting_entry_published", "backfill", "published"),
)

left_out = Table(
    "left_out",  # sites of outlets that asked to be left out
    metadata,
    Column("site", Key, primary_key=True),
    Column("who", Str, nullable=False),
    Column("why", Str, nullable=False),
    Column("at", Utc, nullable=False),
)
