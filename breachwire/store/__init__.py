"""The store: one protocol, one implementation an engine. `open_store(url)` is the way in."""

from breachwire.store.opening import open_store
from breachwire.store.protocol import Counts, Store
from breachwire.store.protocol_articles import EntryRef, SeenEntry, Taken
from breachwire.store.protocol_search import Terms
from breachwire.store.protocol_threads import ThreadFilter, ThreadPage, ThreadSort
from breachwire.store.words import content_hash, parse_query, slug

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
