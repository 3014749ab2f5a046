"""An outlet that asks to be left out → a store that reads, holds and shows nothing of it.

In: a site. Out: the same store without its feeds, its articles and what rests on them. Some
articles at a time, each time in one commit while the turn is held; where it is cut off, doing it
again finishes it. Threads that other outlets report on too are stale afterwards: `derive` writes
their briefs anew.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from breachwire.errors import LeftOutError
from breachwire.model import WISH, Holding, LeftOut, Thread, site_among
from breachwire.pipeline.regroup import Regrouped, regrouped
from breachwire.store import Store

BATCH: Final = 200
"""Articles a commit: 0.2 s for which no other can write."""


def leave_out(
    store: Store,
    site: str,
    *,
    who: str,
    why: str = "",
    now: datetime,
    progress: Callable[[int, int], None] = lambda *_: None,
) -> Holding:
    """Bar the site, forget what there is of it; what there was. Raises StoreBusyError."""
    by = LeftOut(site, who, why, now)
    store.bar(by)
    held = rest = store.holding(site)
    while rest.articles:  # what was being stored when the site was barred comes second
        for start in range(0, len(rest.articles), BATCH):
            with store.turn():
                _forget(store, by, rest.articles[start : start + BATCH])
            progress(min(start + BATCH, len(rest.articles)), len(rest.articles))
        rest = store.holding(site)
    store.finish_leaving(site, held.feeds)
    return held


def barred(store: Store) -> frozenset[str]:
    """The sites that are left out now."""
    return frozenset(one.site for one in store.left_out())


def refuse(sites: Collection[str], *addresses: str) -> None:
    """Raises LeftOutError for the first address under one of these sites."""
    for address in addresses:
        if (site := site_among(address, sites)) is not None:
            raise LeftOutError(address, site)


def _forget(store: Store, by: LeftOut, articles: Sequence[int]) -> None:
    placed = store.placements(articles)
    change = regrouped(store, dict.fromkeys(placed), WISH) if placed else Regrouped()
    rows = [_renamed(store, row, articles) for row in change.threads]
    store.forget_articles(by, articles, change.placements, rows, change.details, stood=change.stood)


def _renamed(store: Store, row: Thread, articles: Sequence[int]) -> Thread:
    """Called by the oldest title that stays, until a brief names it: its headline may be theirs."""
    members = store.members([row.id])[row.id]
    stays = next(one.article for one in members if one.article.id not in articles)
    return replace(row, headline=stays.title)
