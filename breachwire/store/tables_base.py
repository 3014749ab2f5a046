"""What all tables stand on: the metadata, the type of an id, and the store's own facts.

In: nothing. Out: `metadata`, `Id`, `Number`, `only`, and the table `meta`.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Column, Integer, MetaData, Table, text

from breachwire.store.columns import Str

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

Id = BigInteger().with_variant(Integer, "sqlite")
"""SQLite aliases its row id by the exact type INTEGER only."""

Number = Integer().with_variant(BigInteger(), "postgresql")
"""As wide on both engines: who asks for the five billionth version is told that there is none."""


def only(condition: str) -> dict[str, Any]:
    """An index of the rows that meet this alone; both engines have such."""
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}


meta = Table(
    "meta",
    metadata,
    Column("key", Str, primary_key=True),
    Column("value", Str, nullable=False),
)
