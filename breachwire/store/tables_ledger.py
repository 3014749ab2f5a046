"""Tables of the ledger: claims, details, who they are about, what changed.

In: nothing. Out: a name for each table, in the same metadata as `breachwire.store.tables`.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Table,
)

from breachwire.store.columns import Json, Key, Names, Str, Utc
from breachwire.store.tables_base import Id, Number, metadata, only

claim = Table(
    "claim",
    metadata,
    Column("article", ForeignKey("article.id"), primary_key=True, autoincrement=False),
    Column("n", Number, primary_key=True, autoincrement=False),
    Column("thread", ForeignKey("thread.id"), nullable=False, index=True),
    Column("field", Str, nullable=False),
    Column("value", Json, nullable=False),
    Column("bound", Str),
    Column("status", Str, nullable=False),
    Column("asserter", Str),
    Column("asserter_kind", Str),
    Column("basis", Str),
    Column("where", Str, nullable=False),
    Column("start", Number, nullable=False),
    Column("end", Number, nullable=False),
    Column("quote", Str, nullable=False),
    Column("sentence_article", ForeignKey("article.id"), nullable=False, index=True),
    Column("sentence_where", Str, nullable=False),
    Column("sentence_start", Number, nullable=False),
    Column("sentence_end", Number, nullable=False),
    Column("sentence_quote", Str, nullable=False),
    Column("said_at", Utc, nullable=False),
    Column("first_seen_at", Utc, nullable=False),
)

detail = Table(
    "detail",
    metadata,
    Column("thread", ForeignKey("thread.id"), primary_key=True),
    Column("n", Number, primary_key=True, autoincrement=False),
    Column("field", Str, nullable=False),
    Column("label", Str, nullable=False),
    Column("value", Json, nullable=False),
    Column("bound", Str),
    Column("status", Str, nullable=False),
    Column("asserter", Str),
    Column("since", Utc, nullable=False),
    Column("note", Str),
    Column("slug", Key),  # of a text value: what filters compare by
    Column("lead_article", BigInteger, nullable=False),
    Column("lead_claim", Number, nullable=False),
    ForeignKeyConstraint(
        ["lead_article", "lead_claim"], ["claim.article", "claim.n"], ondelete="CASCADE"
    ),
    Index("ix_detail_lead", "lead_article", "lead_claim"),
    Index("ix_detail_slug", "field", "slug", "thread"),
    Index("ix_detail_status", "status", "thread"),
)

detail_claim = Table(
    "detail_claim",
    metadata,
    Column("thread", Str, primary_key=True),
    Column("detail", Number, primary_key=True, autoincrement=False),
    Column("n", Number, primary_key=True, autoincrement=False),
    Column("article", BigInteger, nullable=False),
    Column("claim", Number, nullable=False),
    ForeignKeyConstraint(["thread", "detail"], ["detail.thread", "detail.n"], ondelete="CASCADE"),
    ForeignKeyConstraint(["article", "claim"], ["claim.article", "claim.n"], ondelete="CASCADE"),
    Index("ix_detail_claim_claim", "article", "claim"),
)

party = Table(
    "party",  # who a detail is about: of victims, actors, suppliers and flaws that have a page
    metadata,
    Column("thread", Str, primary_key=True),
    Column("detail", Number, primary_key=True, autoincrement=False),
    Column("kind", Str, nullable=False),
    Column("main", Str, nullable=False),  # slug of its full name
    Column("key", Str, nullable=False),
    Column("forms", Names, nullable=False),
    Column("first_said", Utc, nullable=False),
    Column("last_said", Utc, nullable=False),
    Column("sector", Json),
    Column("country", Json),
    Column("sector_key", Key),  # the sector's value in lower case: what filters compare by
    ForeignKeyConstraint(["thread", "detail"], ["detail.thread", "detail.n"], ondelete="CASCADE"),
    Index("ix_party_sector_key", "sector_key", "thread", **only("sector_key IS NOT NULL")),
)

party_form = Table(
    "party_form",  # slugs of a party's spellings
    metadata,
    Column("kind", Str, primary_key=True),
    Column("slug", Key, primary_key=True),
    Column("thread", Str, primary_key=True),
    Column("detail", Number, primary_key=True, autoincrement=False),
    ForeignKeyConstraint(["thread", "detail"], ["detail.thread", "detail.n"], ondelete="CASCADE"),
    Index("ix_party_form_detail", "thread", "detail"),
)

name = Table(
    "name",  # slugs that parties were ever spelled by; a trigger of party_form adds them
    metadata,
    Column("id", Id, primary_key=True),
    Column("slug", Key, nullable=False, unique=True),
)

change = Table(
    "change",  # stands in the thread that its article is in now
    metadata,
    Column("id", Id, primary_key=True),
    Column("article", ForeignKey("article.id"), nullable=False, index=True),
    Column("at", Utc, nullable=False),
    Column("field", Str, nullable=False),
    Column("label", Str, nullable=False),
    Column("before", Json, nullable=False),
    Column("after", Json, nullable=False),
    Column("evidence", Json, nullable=False),
    Column("edited", Boolean, nullable=False),
)

correction = Table(
    "correction",
    metadata,
    Column("id", Id, primary_key=True),
    Column("article", ForeignKey("article.id"), nullable=False, index=True),
    Column("at", Utc, nullable=False),
    Column("kind", Str, nullable=False),
    Column("field", Str),
    Column("label", Str, nullable=False),
    Column("before", Json, nullable=False),
    Column("after", Json, nullable=False),
    Column("evidence", Json, nullable=False),
)
