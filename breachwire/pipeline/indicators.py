"""Articles → their indicators in the store, written before the stage that marks them as read.

In: a store, articles whose claims are about to be written. Out: the same store. Running it again
changes nothing; another text's indicators replace the old one's.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from urllib.parse import urlsplit

from breachwire.model import Article
from breachwire.pipeline.rows import each
from breachwire.store import Store
from ingest import catalog, families
from nlp import indicators


def outlet_sites(store: Store) -> frozenset[str]:
    """Sites whose own addresses are never indicators: those of publisher families, and of the feeds
    of the catalogue and of this store (newsrooms with all that is on their site, others by the
    feed's host: a feed may be one page of a code host)."""
    sites = set(families.sites())
    for spec in (*catalog.load(), *(feed.spec for feed in store.feeds())):
        sites.add((urlsplit(spec.url).hostname or "").removeprefix("www."))
        if spec.section == "news":
            sites.add(families.site_of(spec.url))
    return frozenset(sites - {""})


def save(store: Store, batch: Sequence[Article], outlets: frozenset[str]) -> None:
    """Find and store those of the articles; one that fails is logged and has none."""
    found = each(batch, partial(indicators.find, outlets=outlets), lambda article: article.url)
    store.save_indicators([a.id for a in batch], [one for _, some in found for one in some or ()])
