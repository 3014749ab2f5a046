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

__all__ = [
    "Counts",
    "EntryRef",
    "SeenEntry",
    "Store",
    "Taken",
    "ThreadFilter",
    "ThreadPage",
    "ThreadSort",
    "slug",
]
