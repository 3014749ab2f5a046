"""Details by other rules than they were made by → the same claims, consolidated anew.

In: a store that an older version wrote. Out: the same store, its details as today's rules have them
(`nlp.details.RULES`); threads whose details are the same stay untouched. It is asked once a run and
costs one look at the store where there is nothing to do. One that is stopped starts over.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from breachwire.model import Article, LedgerClaim
from breachwire.store import Store
from nlp import details

_MARK: Final = "details_rules"
_BATCH: Final = 64


def refresh(store: Store, stop: Callable[[], bool]) -> int:
    """How many threads have other details now."""
    if store.meta(_MARK) == details.RULES:
        return 0
    changed = 0
    everyone = [thread.id for thread in store.all_threads()]
    for start in range(0, len(everyone), _BATCH):
        ids = everyone[start : start + _BATCH]
        if stop():
            return changed
        with store.turn():
            ledger, known = store.ledger(ids), store.details(ids)
            texts = spoken_of(store, [c for said in ledger.values() for c in said])
            anew = {id_: details.consolidate(details.in_order(ledger[id_]), texts) for id_ in ids}
            other = {id_: found for id_, found in anew.items() if found != known[id_]}
            if other:
                store.save_ledger([], [], other)
            changed += len(other)
    store.set_meta(_MARK, details.RULES)
    return changed


def spoken_of(store: Store, claims: Iterable[LedgerClaim]) -> dict[int, Article]:
    """The articles of these claims, whose texts tell who their parties are."""
    return store.articles(sorted({said.claim.evidence.article for said in claims}))
