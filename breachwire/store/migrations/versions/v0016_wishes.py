"""How often a feed wants to be asked, as a column: before, it was a named value by the feed's id,
which outlived the feed and became that of another that got its id."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("feed", sa.Column("wishes", sa.Text(), nullable=True))
    op.execute("UPDATE feed SET wishes = (SELECT value FROM meta WHERE key = 'wishes:' || feed.id)")
    op.execute("DELETE FROM meta WHERE key LIKE 'wishes:%'")
