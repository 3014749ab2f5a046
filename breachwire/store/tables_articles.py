"""Tables of articles: their texts, addresses, vectors and indicators.

In: nothing. Out: a name for each table, in the same metadata as `breachwire.store.tables`.
"""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Table

from breachwire.store.columns import ADDRESS, Half, Key, Names, Str, Utc
from breachwire.store.tables_base import Id, Number, metadata

article = Table(
    "article",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("url", ADDRESS, nullable=False, unique=True),
    Column("title", Str, nullable=False),
    Column("text", Str, nullable=False),
    Column("lead", Str, nullable=False),
    Column("authors", Names, nullable=False),
    Column("source", Str, nullable=False),
    Column("family", Str, nullable=False),
    Column("section", Str, nullable=False),
    Column("published", Utc),
    Column("first_seen_at", Utc, nullable=False),
    Column("content_hash", Str, nullable=False),
    Column("revision", Number, nullable=False),
    Column("state", Str, nullable=False),
    Column("language", Str, nullable=False),
    Column("text_from", Str, nullable=False),
    Column("page_state", Str, nullable=False),
    Column("page_note", Str, nullable=False),
    Column("credit", Str, nullable=False),
    # beside model.Article: what filters and text search compare by
    Column("source_slug", Key, nullable=False, index=True),
    Column("terms", Str, nullable=False),
    Column("claims_hash", Str),  # content_hash of the text that its claims were read from
    Column("reread_at", Utc),  # when they were read again from the same text
    Index("ix_article_state_id", "state", "id"),
)

article_revision = Table(
    "article_revision",
    metadata,
    Column("article", ForeignKey("article.id"), primary_key=True),
    Column("revision", Number, primary_key=True),
    Column("title", Str, nullable=False),
    Column("text", Str, nullable=False),
    Column("content_hash", Str, nullable=False),
    Column("text_from", Str, nullable=False),
    Column("replaced_at", Utc, nullable=False),
)

address = Table(
    "address",
    metadata,
    Column("key", Key, primary_key=True),
    Column("article", ForeignKey("article.id"), nullable=False, index=True),
)

embedding = Table(
    "embedding",
    metadata,
    Column("seq", Id, primary_key=True),  # grows with every write: what an index has not seen yet
    Column("article", ForeignKey("article.id"), nullable=False),
    Column("model", Str, nullable=False),
    Column("content_hash", Str, nullable=False),
    Column("vector", Half, nullable=False),
    Index("ix_embedding_article_model", "article", "model", unique=True),
    Index("ix_embedding_content_hash", "content_hash"),
    sqlite_autoincrement=True,
)

indicator = Table(
    "indicator",
    metadata,
    Column("article", ForeignKey("article.id"), primary_key=True, autoincrement=False),
    Column("n", Number, primary_key=True, autoincrement=False),
    Column("type", Str, nullable=False),
    Column("value", Key, nullable=False),
    Column("where", Str, nullable=False),
    Column("start", Number, nullable=False),
    Column("end", Number, nullable=False),
    Column("quote", Str, nullable=False),
    Column("sentence_start", Number, nullable=False),
    Column("sentence_end", Number, nullable=False),
    Column("sentence_quote", Str, nullable=False),
    Index("ix_indicator_value", "type", "value"),
)
