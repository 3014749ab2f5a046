"""The tables of DESIGN §5 as SQLAlchemy metadata: what the migrations add up to (tested).

In: nothing. Out: `metadata` and a name for each table. Text search is not here: it differs by
engine (SQLite: `fts5`). Keys are natural where the domain has them, so that a batch is written
without asking for ids back: a claim is its article's n-th, a detail its thread's n-th.
"""

from __future__ import annotations

from breachwire.store.tables_articles import (
    address,
    article,
    article_revision,
    embedding,
    indicator,
)
from breachwire.store.tables_base import meta, metadata
from breachwire.store.tables_briefs import (
    brief,
    model_answer,
    model_try,
    model_use,
    signoff,
    withdrawn,
)
from breachwire.store.tables_editors import (
    edit,
    edit_thread,
    error_report,
    link_rule,
    proposal,
    session,
    token,
)
from breachwire.store.tables_feeds import (
    archive_page,
    backfill,
    entry,
    feed,
    left_out,
    waiting_entry,
)
from breachwire.store.tables_ledger import (
    change,
    claim,
    correction,
    detail,
    detail_claim,
    name,
    party,
    party_form,
)
from breachwire.store.tables_threads import (
    membership,
    mention,
    related,
    storyline,
    storyline_thread,
    thread,
    thread_card,
    thread_document,
)
from breachwire.store.tables_watches import saved_search, watch_entry

__all__ = [
    "address",
    "archive_page",
    "article",
    "article_revision",
    "backfill",
    "brief",
    "change",
    "claim",
    "correction",
    "detail",
    "detail_claim",
    "edit",
    "edit_thread",
    "embedding",
    "entry",
    "error_report",
    "feed",
    "indicator",
    "left_out",
    "link_rule",
    "membership",
    "mention",
    "meta",
    "metadata",
    "model_answer",
    "model_try",
    "model_use",
    "name",
    "party",
    "party_form",
    "proposal",
    "related",
    "saved_search",
    "session",
    "signoff",
    "storyline",
    "storyline_thread",
    "thread",
    "thread_card",
    "thread_document",
    "token",
    "waiting_entry",
    "watch_entry",
    "withdrawn",
]
