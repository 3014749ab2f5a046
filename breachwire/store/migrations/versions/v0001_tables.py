"""The first tables: sources, articles, threads, ledger, briefs, edits, and SQLite's text search."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True).with_variant(sa.Text(), "sqlite")
LIVE = sa.text("merged_into IS NULL")


def upgrade() -> None:
    _sources()
    _articles()
    _addresses()
    _threads()
    _relations()
    _claims()
    _details()
    _edits()
    if op.get_bind().dialect.name == "sqlite":
        _text_search()


def _sources() -> None:
    op.create_table(
        "meta",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_meta")),
    )
    op.create_table(
        "feed",
        sa.Column("id", ID, nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("outlet", sa.Text(), nullable=False),
        sa.Column("family", sa.Text(), nullable=False),
        sa.Column("section", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("verified", sa.Boolean(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("etag", sa.Text(), nullable=True),
        sa.Column("last_modified", sa.Text(), nullable=True),
        sa.Column("next_fetch_at", TIME, nullable=True),
        sa.Column("last_fetch_at", TIME, nullable=True),
        sa.Column("last_success_at", TIME, nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("moved_to", sa.Text(), nullable=True),
        sa.Column("moved_seen", sa.Integer(), nullable=False),
        sa.Column("pages_ok", sa.Integer(), nullable=False),
        sa.Column("pages_refused", sa.Integer(), nullable=False),
        sa.Column("page_error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feed")),
        sa.UniqueConstraint("url", name=op.f("uq_feed_url")),
    )


def _articles() -> None:
    op.create_table(
        "article",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("lead", sa.Text(), nullable=False),
        sa.Column("authors", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("family", sa.Text(), nullable=False),
        sa.Column("section", sa.Text(), nullable=False),
        sa.Column("published", TIME, nullable=True),
        sa.Column("first_seen_at", TIME, nullable=False),
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("text_from", sa.Text(), nullable=False),
        sa.Column("page_state", sa.Text(), nullable=False),
        sa.Column("page_note", sa.Text(), nullable=False),
        sa.Column("credit", sa.Text(), nullable=False),
        sa.Column("source_slug", sa.Text(), nullable=False),
        sa.Column("terms", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_article")),
        sa.UniqueConstraint("url", name=op.f("uq_article_url")),
    )
    op.create_index(op.f("ix_article_source_slug"), "article", ["source_slug"])
    op.create_index("ix_article_state_id", "article", ["state", "id"])
    op.create_table(
        "article_revision",
        sa.Column("article", ID, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column("text_from", sa.Text(), nullable=False),
        sa.Column("replaced_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["article"], ["article.id"], name=op.f("fk_article_revision_article")
        ),
        sa.PrimaryKeyConstraint("article", "revision", name=op.f("pk_article_revision")),
    )


def _addresses() -> None:
    op.create_table(
        "address",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("article", ID, nullable=False),
        sa.ForeignKeyConstraint(["article"], ["article.id"], name=op.f("fk_address_article")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_address")),
    )
    op.create_index(op.f("ix_address_article"), "address", ["article"])
    op.create_table(
        "entry",
        sa.Column("feed", ID, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column("article", ID, nullable=True),
        sa.Column("seen_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(["article"], ["article.id"], name=op.f("fk_entry_article")),
        sa.ForeignKeyConstraint(
            ["feed"], ["feed.id"], name=op.f("fk_entry_feed"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("feed", "key", name=op.f("pk_entry")),
    )
    op.create_index(op.f("ix_entry_article"), "entry", ["article"])
    op.create_table(
        "embedding",
        sa.Column("seq", ID, nullable=False),
        sa.Column("article", ID, nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column("vector", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["article"], ["article.id"], name=op.f("fk_embedding_article")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_embedding")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_embedding_article_model", "embedding", ["article", "model"], unique=True)
    op.create_index("ix_embedding_content_hash", "embedding", ["content_hash"])


def _threads() -> None:
    op.create_table(
        "thread",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("headline", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("section", sa.Text(), nullable=False),
        sa.Column("first_at", TIME, nullable=False),
        sa.Column("last_at", TIME, nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        sa.Column("articles", sa.Integer(), nullable=False),
        sa.Column("origins", sa.Integer(), nullable=False),
        sa.Column("merged_into", sa.Text(), nullable=True),
        sa.Column("stale", sa.Boolean(), nullable=False),
        sa.Column("brief_version", sa.Integer(), nullable=False),
        sa.Column("ledger_version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["merged_into"], ["thread.id"], name=op.f("fk_thread_merged_into")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_thread")),
    )
    op.create_index("ix_thread_articles", "thread", ["articles", "id"], sqlite_where=LIVE)
    op.create_index("ix_thread_first_at", "thread", ["first_at", "id"], sqlite_where=LIVE)
    op.create_index("ix_thread_origins", "thread", ["origins", "id"], sqlite_where=LIVE)
    op.create_index("ix_thread_stale", "thread", ["updated_at"], sqlite_where=sa.text("stale"))
    op.create_index("ix_thread_updated_at", "thread", ["updated_at", "id"], sqlite_where=LIVE)
    op.create_table(
        "membership",
        sa.Column("article", ID, autoincrement=False, nullable=False),
        sa.Column("thread", sa.Text(), nullable=True),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("roundup", sa.Boolean(), nullable=False),
        sa.Column("copy_of", ID, nullable=True),
        sa.ForeignKeyConstraint(["article"], ["article.id"], name=op.f("fk_membership_article")),
        sa.ForeignKeyConstraint(["copy_of"], ["article.id"], name=op.f("fk_membership_copy_of")),
        sa.ForeignKeyConstraint(["thread"], ["thread.id"], name=op.f("fk_membership_thread")),
        sa.PrimaryKeyConstraint("article", name=op.f("pk_membership")),
    )
    op.create_index(op.f("ix_membership_copy_of"), "membership", ["copy_of"])
    op.create_index(op.f("ix_membership_thread"), "membership", ["thread"])


def _relations() -> None:
    op.create_table(
        "related",
        sa.Column("thread", sa.Text(), nullable=False),
        sa.Column("n", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("other", sa.Text(), nullable=False),
        sa.Column("relation", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(["other"], ["thread.id"], name=op.f("fk_related_other")),
        sa.ForeignKeyConstraint(["thread"], ["thread.id"], name=op.f("fk_related_thread")),
        sa.PrimaryKeyConstraint("thread", "n", name=op.f("pk_related")),
    )
    op.create_index(op.f("ix_related_other"), "related", ["other"])
    op.create_table(
        "storyline",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_storyline")),
    )
    op.create_table(
        "storyline_thread",
        sa.Column("storyline", sa.Text(), nullable=False),
        sa.Column("n", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("thread", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["storyline"],
            ["storyline.id"],
            name=op.f("fk_storyline_thread_storyline"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["thread"], ["thread.id"], name=op.f("fk_storyline_thread_thread")),
        sa.PrimaryKeyConstraint("storyline", "n", name=op.f("pk_storyline_thread")),
    )
    op.create_index(op.f("ix_storyline_thread_thread"), "storyline_thread", ["thread"])


def _claims() -> None:
    op.create_table(
        "claim",
        sa.Column("article", ID, autoincrement=False, nullable=False),
        sa.Column("n", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("thread", sa.Text(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("bound", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("asserter", sa.Text(), nullable=True),
        sa.Column("asserter_kind", sa.Text(), nullable=True),
        sa.Column("basis", sa.Text(), nullable=True),
        sa.Column("where", sa.Text(), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
        sa.Column("quote", sa.Text(), nullable=False),
        sa.Column("sentence_article", ID, nullable=False),
        sa.Column("sentence_where", sa.Text(), nullable=False),
        sa.Column("sentence_start", sa.Integer(), nullable=False),
        sa.Column("sentence_end", sa.Integer(), nullable=False),
        sa.Column("sentence_quote", sa.Text(), nullable=False),
        sa.Column("said_at", TIME, nullable=False),
        sa.Column("first_seen_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(["article"], ["article.id"], name=op.f("fk_claim_article")),
        sa.ForeignKeyConstraint(
            ["sentence_article"], ["article.id"], name=op.f("fk_claim_sentence_article")
        ),
        sa.ForeignKeyConstraint(["thread"], ["thread.id"], name=op.f("fk_claim_thread")),
        sa.PrimaryKeyConstraint("article", "n", name=op.f("pk_claim")),
    )
    op.create_index(op.f("ix_claim_sentence_article"), "claim", ["sentence_article"])
    op.create_index(op.f("ix_claim_thread"), "claim", ["thread"])


def _details() -> None:
    op.create_table(
        "detail",
        sa.Column("thread", sa.Text(), nullable=False),
        sa.Column("n", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("bound", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("asserter", sa.Text(), nullable=True),
        sa.Column("since", TIME, nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("slug", sa.Text(), nullable=True),
        sa.Column("lead_article", sa.BigInteger(), nullable=False),
        sa.Column("lead_claim", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["lead_article", "lead_claim"],
            ["claim.article", "claim.n"],
            name=op.f("fk_detail_lead_article_lead_claim"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["thread"], ["thread.id"], name=op.f("fk_detail_thread")),
        sa.PrimaryKeyConstraint("thread", "n", name=op.f("pk_detail")),
    )
    op.create_index("ix_detail_lead", "detail", ["lead_article", "lead_claim"])
    op.create_index("ix_detail_slug", "detail", ["field", "slug", "thread"])
    op.create_index("ix_detail_status", "detail", ["status", "thread"])
    op.create_table(
        "detail_claim",
        sa.Column("thread", sa.Text(), nullable=False),
        sa.Column("detail", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("n", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("article", sa.BigInteger(), nullable=False),
        sa.Column("claim", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article", "claim"],
            ["claim.article", "claim.n"],
            name=op.f("fk_detail_claim_article_claim"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["thread", "detail"],
            ["detail.thread", "detail.n"],
            name=op.f("fk_detail_claim_thread_detail"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("thread", "detail", "n", name=op.f("pk_detail_claim")),
    )
    op.create_index("ix_detail_claim_claim", "detail_claim", ["article", "claim"])
    op.create_table(
        "brief",
        sa.Column("thread", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("input_hash", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("model", sa.Text(), nullable=True),
        sa.Column("made_at", TIME, nullable=False),
        sa.Column("statements", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["thread"], ["thread.id"], name=op.f("fk_brief_thread")),
        sa.PrimaryKeyConstraint("thread", "version", name=op.f("pk_brief")),
    )


def _edits() -> None:
    op.create_table(
        "edit",
        sa.Column("id", ID, nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("undo", sa.Text(), nullable=False),
        sa.Column("undone", sa.Boolean(), server_default=sa.text("0"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_edit")),
    )
    op.create_table(
        "link_rule",
        sa.Column("low", ID, autoincrement=False, nullable=False),
        sa.Column("high", ID, autoincrement=False, nullable=False),
        sa.Column("must", sa.Boolean(), nullable=False),
        sa.Column("edit", ID, nullable=False),
        sa.ForeignKeyConstraint(["edit"], ["edit.id"], name=op.f("fk_link_rule_edit")),
        sa.ForeignKeyConstraint(["high"], ["article.id"], name=op.f("fk_link_rule_high")),
        sa.ForeignKeyConstraint(["low"], ["article.id"], name=op.f("fk_link_rule_low")),
        sa.PrimaryKeyConstraint("low", "high", name=op.f("pk_link_rule")),
    )
    op.create_index(op.f("ix_link_rule_edit"), "link_rule", ["edit"])
    op.create_index(op.f("ix_link_rule_high"), "link_rule", ["high"])


def _text_search() -> None:
    """FTS5 over the article's own columns; triggers keep it in the article's transaction."""
    columns = ("title", "lead", "text", "terms")
    names = ", ".join(columns)
    new = "new.id, " + ", ".join(f"new.{name}" for name in columns)
    old = "'delete', old.id, " + ", ".join(f"old.{name}" for name in columns)
    changed = " OR ".join(f"old.{name} IS NOT new.{name}" for name in columns)
    remove = f"INSERT INTO article_search(article_search, rowid, {names}) VALUES({old});"
    add = f"INSERT INTO article_search(rowid, {names}) VALUES({new});"
    op.execute(
        f"CREATE VIRTUAL TABLE article_search USING fts5({names}, content='article',"
        " content_rowid='id', tokenize='porter unicode61 remove_diacritics 2')"
    )
    op.execute(f"CREATE TRIGGER article_search_add AFTER INSERT ON article BEGIN {add} END")
    op.execute(f"CREATE TRIGGER article_search_remove AFTER DELETE ON article BEGIN {remove} END")
    op.execute(
        f"CREATE TRIGGER article_search_change AFTER UPDATE OF {names} ON article"
        f" WHEN {changed} BEGIN {remove} {add} END"
    )
