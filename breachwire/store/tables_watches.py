"""Tables of saved searches and watch lists.

In: nothing. Out: a name for each table, in the same metadata as `breachwire.store.tables`.
"""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Table

from breachwire.store.columns import Json, Str, Utc
from breachwire.store.tables_base import Id, Number, metadata

saved_search = Table(
    "saved_search",  # or a watch list: known by the digest of its secret alone
    metadata,
    Column("id", Id, primary_key=True),
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
    Column("n", Number, primary_key=True, autoincrement=False),
    Column("kind", Str, nullable=False),
    Column("name", Str, nullable=False),
)
