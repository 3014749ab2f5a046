"""The store: one protocol, one implementation an engine. `open_store(url)` is the way in."""

from breachwire.store.protocol import (
    Counts,
    EntryRef,
    SeenEntry,
    Store,
    Taken,
    Terms,
    ThreadFilter,
    ThreadPage,
    ThreadSort,
    slug,
)
from breachwire.store.sqlite import open_store
from breachwire.store.words import content_hash, parse_query

__all__ = [
    "Counts",
    "EntryRef",
    "SeenEntry",
    "Store",
    "Taken",
    "Terms",
    "ThreadFilter",
    "ThreadPage",
    "ThreadSort",
    "content_hash",
    "open_store",
    "parse_query",
    "slug",
]
