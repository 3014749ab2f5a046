"""Claims that older rules read → the articles whose claims today's rules read otherwise.

In: a store whose articles have their claims. Out: those that say something else to the rules of
`claims.EXTRACTOR_VERSION` wait for their claims again, as they do after an upgrade; what they say
is no news then (`history`). The newest first, a batch at a time, where it stopped the last time;
an article that is read the same is left alone, and so are its thread and brief.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Final

from breachwire.model import Article, Claim
from breachwire.pipeline import history
from breachwire.pipeline.rows import each
from breachwire.store import Store
from nlp import claims

KEY: Final = "claims_read"
"""In the store's `meta`: {"version", "below": the id from which on downwards articles are to be
read yet, null when all are}."""


@dataclass(frozen=True, slots=True)
class Mark:
    """How far a store's articles were read by which rules."""

    version: str
    below: int | None


def read_again(store: Store, batch: int) -> int:
    """Look at up to `batch` articles; how many of them wait for their claims again."""
    mark = _mark(store)
    if mark.version == claims.EXTRACTOR_VERSION and mark.below is None:
        return 0
    below = mark.below if mark.version == claims.EXTRACTOR_VERSION else None
    with store.turn():
        articles = store.claimed_below(below, batch)
        other = _read_otherwise(store, articles)
        store.await_claims(other)
        # The last batch may be a full one: the next look then finds nothing and ends it.
        left = articles[-1].id if articles else None
        store.set_meta(KEY, json.dumps(asdict(Mark(claims.EXTRACTOR_VERSION, left))))
    return len(other)


def _mark(store: Store) -> Mark:
    stored = store.meta(KEY)
    return Mark(**json.loads(stored)) if stored else Mark("", None)


def _read_otherwise(store: Store, articles: Sequence[Article]) -> list[int]:
    """Those whose claims differ from the ledger's; one that can't be read is left alone."""
    at = store.threads_of([article.id for article in articles])
    known: dict[int, list[Claim]] = {article.id: [] for article in articles}
    for said in store.ledger(sorted(set(at.values()))).values():
        for one in said:
            known.get(one.claim.evidence.article, []).append(one.claim)
    standing = [article for article in articles if article.id in at]
    claims.expect(standing)
    return [
        article.id
        for article, found in each(standing, history.extract, lambda article: article.url)
        if found is not None and _in_order(found) != _in_order(known[article.id])
    ]


def _in_order(found: Iterable[Claim]) -> list[Claim]:
    return sorted(found, key=lambda c: (c.field, c.evidence.where, c.evidence.start, str(c.value)))
