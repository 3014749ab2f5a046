"""A party's sector as a filter asks for it, with an index: before, each thread had to be tried."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("party", sa.Column("sector_key", sa.Text(), nullable=True))
    op.execute(
        "UPDATE party SET sector_key = lower(json_extract(sector, '$.value'))"
        " WHERE sector IS NOT NULL"
    )
    op.create_index(
        op.f("ix_party_sector_key"),
        "party",
        ["sector_key", "thread"],
        sqlite_where=sa.text("sector_key IS NOT NULL"),
    )
