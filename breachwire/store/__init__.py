"""The store: one protocol, one implementation an engine. `open_store(url)` is the way in."""

from breachwire.store.protocol import (
    Counts,
    EntryRef,
    SeenEntry,
    Store,
    Taken,
    ThreadFilter,
    ThreadPage,
    ThreadSort,
    slug,
)
from breachwire.store.sqlite import open_store
from breachwire.store.words import content_hash

__all__ = [
    "Counts",
    "EntryRef",
    "SeenEntry",
    "Store",
    "Taken",
    "ThreadFilter",
    "ThreadPage",
    "ThreadSort",
    "content_hash",
    "open_store",
    "slug",
]
