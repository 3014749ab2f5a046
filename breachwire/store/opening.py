"""The way in: a store's address → the store, by its engine.

In: `sqlite:///PATH` or `postgresql://…`. Out: a `Store`. PostgreSQL's driver is imported where a
database is asked for, and nowhere else.
"""

from __future__ import annotations

from breachwire.store.protocol import Store


def open_store(url: str) -> Store:
    """Open the store there, made or migrated as needed.

    Raises StoreVersionError for one that a newer version made, StoreError for anything else that is
    no store or can't be opened; what is there is left as it is.
    """
    if url.startswith(("postgresql:", "postgres:", "postgresql+")):
        from breachwire.store import postgres

        return postgres.open_store(url)
    from breachwire.store import sqlite

    return sqlite.open_store(url)
