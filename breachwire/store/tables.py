"""The tables of DESIGN §5 as SQLAlchemy metadata: what the migrations add up to (tested).

In: nothing. Out: `metadata` and a name for each table. Text search is not here: it differs by
engine (SQLite: `fts5`). Keys are natural where the domain has them, so that a batch is written
without asking for ids back: a claim is its article's n-th, a detail its thread's n-th.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    false,
    text,
)

from breachwire.store.columns import Json, Names, Str, Utc

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

_Id = BigInteger().with_variant(Integer, "sqlite")
"""SQLite aliases its row id by the exact type INTEGER only."""

meta = Table(
    "meta",
    metadata,
    Column("key", Str, primary_key=True),
    Column("value", Str, nullable=False),
)

feed = Table(
    "feed",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("url", Str, nullable=False, unique=True),
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
    Column("failures", Integer, nullable=False),
    Column("error", Str),
    Column("moved_to", Str),
    Column("moved_seen", Integer, nullable=False),
    Column("pages_ok", Integer, nullable=False),
    Column("pages_refused", Integer, nullable=False),
    Column("page_error", Str),
)

article = Table(
    "article",
    metadata,
    Column("id", _Id, primary_key=True, autoincrement=False),
    Column("url", Str, nullable=False, unique=True),
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
    Column("revision", Integer, nullable=False),
    Column("state", Str, nullable=False),
    Column("language", Str, nullable=False),
    Column("text_from", Str, nullable=False),
    Column("page_state", Str, nullable=False),
    Column("page_note", Str, nullable=False),
    Column("credit", Str, nullable=False),
    # beside model.Article: what filters and text search compare by
    Column("source_slug", Str, nullable=False, index=True),
    Column("terms", Str, nullable=False),
    Column("claims_hash", Str),  # content_hash of the text that its claims were read from
    Index("ix_article_state_id", "state", "id"),
)

article_revision = Table(
    "article_revision",
    metadata,
    Column("article", ForeignKey("article.id"), primary_key=True),
    Column("revision", Integer, primary_key=True),
    Column("title", Str, nullable=False),
    Column("text", Str, nullable=False),
    Column("content_hash", Str, nullable=False),
    Column("text_from", Str, nullable=False),
    Column("replaced_at", Utc, nullable=False),
)

address = Table(
    "address",
    metadata,
    Column("key", Str, primary_key=True),
    Column("article", ForeignKey("article.id"), nullable=False, index=True),
)

entry = Table(
    "entry",
    metadata,
    Column("feed", ForeignKey("feed.id", ondelete="CASCADE"), primary_key=True),
    Column("key", Str, primary_key=True),
    Column("content_hash", Str, nullable=False),
    Column("article", ForeignKey("article.id"), index=True),
    Column("seen_at", Utc, nullable=False),
)

embedding = Table(
    "embedding",
    metadata,
    Column("seq", _Id, primary_key=True),  # grows with every write: what an index has not seen yet
    Column("article", ForeignKey("article.id"), nullable=False),
    Column("model", Str, nullable=False),
    Column("content_hash", Str, nullable=False),
    Column("vector", LargeBinary, nullable=False),
    Index("ix_embedding_article_model", "article", "model", unique=True),
    Index("ix_embedding_content_hash", "content_hash"),
    sqlite_autoincrement=True,
)

_live = text("merged_into IS NULL")

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
    Column("articles", Integer, nullable=False),
    Column("origins", Integer, nullable=False),
    Column("merged_into", ForeignKey("thread.id")),
    # beside model.Thread
    Column("stale", Boolean, nullable=False),
    Column("brief_version", Integer, nullable=False),
    Column("ledger_version", Integer, nullable=False),
    Index("ix_thread_updated_at", "updated_at", "id", sqlite_where=_live),
    Index("ix_thread_first_at", "first_at", "id", sqlite_where=_live),
    Index("ix_thread_articles", "articles", "id", sqlite_where=_live),
    Index("ix_thread_origins", "origins", "id", sqlite_where=_live),
    Index("ix_thread_stale", "updated_at", sqlite_where=text("stale")),
    Index("ix_thread_merged_into", "merged_into", sqlite_where=text("merged_into IS NOT NULL")),
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

claim = Table(
    "claim",
    metadata,
    Column("article", ForeignKey("article.id"), primary_key=True, autoincrement=False),
    Column("n", Integer, primary_key=True, autoincrement=False),
    Column("thread", ForeignKey("thread.id"), nullable=False, index=True),
    Column("field", Str, nullable=False),
    Column("value", Json, nullable=False),
    Column("bound", Str),
    Column("status", Str, nullable=False),
    Column("asserter", Str),
    Column("asserter_kind", Str),
    Column("basis", Str),
    Column("where", Str, nullable=False),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Column("quote", Str, nullable=False),
    Column("sentence_article", ForeignKey("article.id"), nullable=False, index=True),
    Column("sentence_where", Str, nullable=False),
    Column("sentence_start", Integer, nullable=False),
    Column("sentence_end", Integer, nullable=False),
    Column("sentence_quote", Str, nullable=False),
    Column("said_at", Utc, nullable=False),
    Column("first_seen_at", Utc, nullable=False),
)

detail = Table(
    "detail",
    metadata,
    Column("thread", ForeignKey("thread.id"), primary_key=True),
    Column("n", Integer, primary_key=True, autoincrement=False),
    Column("field", Str, nullable=False),
    Column("label", Str, nullable=False),
    Column("value", Json, nullable=False),
    Column("bound", Str),
    Column("status", Str, nullable=False),
    Column("asserter", Str),
    Column("since", Utc, nullable=False),
    Column("note", Str),
    Column("slug", Str),  # of a text value: what filters compare by
    Column("lead_article", BigInteger, nullable=False),
    Column("lead_claim", Integer, nullable=False),
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
    Column("detail", Integer, primary_key=True, autoincrement=False),
    Column("n", Integer, primary_key=True, autoincrement=False),
    Column("article", BigInteger, nullable=False),
    Column("claim", Integer, nullable=False),
    ForeignKeyConstraint(["thread", "detail"], ["detail.thread", "detail.n"], ondelete="CASCADE"),
    ForeignKeyConstraint(["article", "claim"], ["claim.article", "claim.n"], ondelete="CASCADE"),
    Index("ix_detail_claim_claim", "article", "claim"),
)

party = Table(
    "party",  # who a detail is about: of victims, actors, suppliers and flaws that have a page
    metadata,
    Column("thread", Str, primary_key=True),
    Column("detail", Integer, primary_key=True, autoincrement=False),
    Column("kind", Str, nullable=False),
    Column("main", Str, nullable=False),  # slug of its full name
    Column("key", Str, nullable=False),
    Column("forms", Names, nullable=False),
    Column("first_said", Utc, nullable=False),
    Column("last_said", Utc, nullable=False),
    Column("sector", Json),
    Column("country", Json),
    Column("sector_key", Str),  # the sector's value in lower case: what filters compare by
    ForeignKeyConstraint(["thread", "detail"], ["detail.thread", "detail.n"], ondelete="CASCADE"),
    Index(
        "ix_party_sector_key", "sector_key", "thread", sqlite_where=text("sector_key IS NOT NULL")
    ),
)

party_form = Table(
    "party_form",  # slugs of a party's spellings
    metadata,
    Column("kind", Str, primary_key=True),
    Column("slug", Str, primary_key=True),
    Column("thread", Str, primary_key=True),
    Column("detail", Integer, primary_key=True, autoincrement=False),
    ForeignKeyConstraint(["thread", "detail"], ["detail.thread", "detail.n"], ondelete="CASCADE"),
    Index("ix_party_form_detail", "thread", "detail"),
)

thread_document = Table(
    "thread_document",  # what a thread is searched by (`documents`)
    metadata,
    Column("id", _Id, primary_key=True),
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

name = Table(
    "name",  # slugs that parties were ever spelled by; a trigger of party_form adds them
    metadata,
    Column("id", _Id, primary_key=True),
    Column("slug", Str, nullable=False, unique=True),
)

brief = Table(
    "brief",
    metadata,
    Column("thread", ForeignKey("thread.id"), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("input_hash", Str, nullable=False),
    Column("author", Str, nullable=False),
    Column("model", Str),
    Column("made_at", Utc, nullable=False),
    Column("statements", Str, nullable=False),
)

signoff = Table(
    "signoff",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("thread", Str, nullable=False),
    Column("version", Integer, nullable=False),
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
    Column("number", Integer, nullable=False),
)

related = Table(
    "related",
    metadata,
    Column("thread", ForeignKey("thread.id"), primary_key=True),
    Column("n", Integer, primary_key=True, autoincrement=False),
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
    Column("n", Integer, primary_key=True, autoincrement=False),
    Column("thread", ForeignKey("thread.id"), nullable=False, index=True),
)

edit = Table(
    "edit",
    metadata,
    Column("id", _Id, primary_key=True),
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
    Column("id", _Id, primary_key=True),
    Column("what", Str, nullable=False),
    Column("threads", Names, nullable=False),
    Column("articles", Json, nullable=False),
    Column("score", Float, nullable=False),
    Column("reason", Str, nullable=False),
    Column("made_at", Utc, nullable=False),
    Column("state", Str, nullable=False),
    # beside model.Proposal: what two proposals are the same by
    Column("key", Str, nullable=False, unique=True),
    Index("ix_proposal_state", "state", "id"),
)

mention = Table(
    "mention",  # of a thread as it was judged; readers follow `merged_into`
    metadata,
    Column("article", ForeignKey("article.id"), primary_key=True, autoincrement=False),
    Column("n", Integer, primary_key=True, autoincrement=False),
    Column("thread", ForeignKey("thread.id"), nullable=False, index=True),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Column("where", Str, nullable=False),
    Column("score", Float, nullable=False),
    Column("reason", Str, nullable=False),
)

indicator = Table(
    "indicator",
    metadata,
    Column("article", ForeignKey("article.id"), primary_key=True, autoincrement=False),
    Column("n", Integer, primary_key=True, autoincrement=False),
    Column("type", Str, nullable=False),
    Column("value", Str, nullable=False),
    Column("where", Str, nullable=False),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Column("quote", Str, nullable=False),
    Column("sentence_start", Integer, nullable=False),
    Column("sentence_end", Integer, nullable=False),
    Column("sentence_quote", Str, nullable=False),
    Index("ix_indicator_value", "type", "value"),
)

token = Table(
    "token",
    metadata,
    Column("id", _Id, primary_key=True),
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

change = Table(
    "change",  # stands in the thread that its article is in now
    metadata,
    Column("id", _Id, primary_key=True),
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
    Column("id", _Id, primary_key=True),
    Column("article", ForeignKey("article.id"), nullable=False, index=True),
    Column("at", Utc, nullable=False),
    Column("kind", Str, nullable=False),
    Column("field", Str),
    Column("label", Str, nullable=False),
    Column("before", Json, nullable=False),
    Column("after", Json, nullable=False),
    Column("evidence", Json, nullable=False),
)

error_report = Table(
    "error_report",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("thread", ForeignKey("thread.id"), nullable=False),
    Column("text", Str, nullable=False),
    Column("contact", Str, nullable=False),
    Column("at", Utc, nullable=False),
    Column("version", Integer, nullable=False),
    Column("state", Str, nullable=False),
    Index("ix_error_report_state", "state", "id"),
    sqlite_autoincrement=True,  # the audit log names them
)

backfill = Table(
    "backfill",
    metadata,
    Column("url", Str, primary_key=True),
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
    Column("url", Str, primary_key=True),
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
    Column("key", Str, primary_key=True),
    Column("published", Utc),
    Column("entry", Json, nullable=False),
    Index("ix_waiting_entry_published", "backfill", "published"),
)

saved_search = Table(
    "saved_search",  # or a watch list: known by the digest of its secret alone
    metadata,
    Column("id", _Id, primary_key=True),
    Column("digest", Str, nullable=False, unique=True),
    Column("label", Str, nullable=False),
    Column("query", Json, nullable=False),
    Column("created_at", Utc, nullable=False),
    Column("changed_at", Utc, nullable=False),
    Column("last_used_at", Utc),
    sqlite_autoincrement=True,  # an id in the operator's notes never comes to mean another one
)

watch_entry = Table(
    "watch_entry",
    metadata,
    Column(
        "saved_search",
        ForeignKey("saved_search.id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    ),
    Column("n", Integer, primary_key=True, autoincrement=False),
    Column("kind", Str, nullable=False),
    Column("name", Str, nullable=False),
)

left_out = Table(
    "left_out",  # sites of outlets that asked to be left out
    metadata,
    Column("site", Str, primary_key=True),
    Column("who", Str, nullable=False),
    Column("why", Str, nullable=False),
    Column("at", Utc, nullable=False),
)

withdrawn = Table(
    "withdrawn",  # what rested on such an outlet; version 0: the whole thread
    metadata,
    Column("thread", ForeignKey("thread.id"), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
)
