"""Search over threads: a query → threads, best first, with passages and the reason for each.

In: a store, the embedder where it is loaded, a query and filters. Out: DESIGN §6's dict.
`query` reads what was typed, `candidates` asks every list, `fusion` makes one order of them, `late`
keeps it for the next pages, `results` tells why. Threads that bear an identifier of the query, or
have a name of it in the role it asks for, come first; the rest by reciprocal rank. Recency counts
only where it is asked for: `sort="recent"` adds the candidates' order by time as one more list,
`sort="updated"` is that order alone. A query can never be an error.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, Literal

from api.metrics import SEARCHES
from api.search import cursor as cursors
from api.search.candidates import CANDIDATES, NEAR, Gathering, passing
from api.search.facets import COUNTED, facets, loosened
from api.search.fusion import K
from api.search.late import Key, Late, Ranked
from api.search.query import LONGEST, Query, plain, read
from api.search.results import quotes, rows
from api.services import unlisted
from breachwire.errors import SlowSearchError
from breachwire.model import Embedder, KnownActor, Thread, Vector
from breachwire.store import Store, Terms, ThreadFilter, ThreadSort

Sort = Literal["relevance", "recent"] | ThreadSort
_PLACES: Final = threading.BoundedSemaphore(max(2, os.cpu_count() or 1))
"""Searches at a time. Each is the work of a core: more at once than there are cores take turns at
the interpreter, and all come late; so they wait for a place, first come first served."""
_LATE: Final = Late()
FILTERED: Final = COUNTED
"""Threads that are looked at where there are filters and no words."""


@dataclass(frozen=True, slots=True)
class _Form:
    """How an answer is to be."""

    sort: Sort
    limit: int
    base_url: str
    with_facets: bool
    now: datetime


__all__ = ["CANDIDATES", "NEAR", "K", "Sort", "quotes", "search"]


@SEARCHES.time()
def search(
    store: Store,
    embedder: Embedder | None,
    query: str,
    where: ThreadFilter,
    *,
    sort: Sort = "relevance",
    limit: int = 20,
    cursor: str | None = None,
    base_url: str = "",
    known_actor: Callable[[str], KnownActor | None] = unlisted,
    with_facets: bool = False,
) -> dict[str, Any]:
    """Threads for a query, best first (or sorted otherwise); without words, those that pass the
    filters. `with_facets`: counts by filter of all that was found, and what to loosen where that is
    nothing. Raises UsageError for a cursor that this search did not give."""
    form = _Form(sort, limit, base_url, with_facets, datetime.now(UTC))
    if not query.strip():
        with _PLACES, store.reading():
            return _filtered(store, where, cursor, form)
    asked = f"{sort}\n{query[:LONGEST]}"
    shown = cursors.decode(asked, cursor)
    key = (store.url, asked, where)
    if shown and not with_facets and (late := _LATE.get(key)) is not None:
        with _PLACES, store.reading():
            return _answer(store, late, key, shown, form)
    vector = _vector(embedder, plain(query))
    with _PLACES, store.reading():
        wanted = read(store, query, known_actor, form.now)
        gathering = Gathering(store, wanted, where)
        gathering.gather(vector)
        ids = _ordered(store, where, gathering, form.sort)
        ranked = Ranked(wanted, gathering.modes, ids, gathering.found)
        if len(ids) > limit:
            _LATE.keep(key, ranked)
        return _answer(store, ranked, key, shown, form)


def _vector(embedder: Embedder | None, text: str) -> Vector | None:
    """None where there is no model, or it is at work on a batch: words answer, and the modes say
    so."""
    if embedder is None or not text.strip():
        return None
    try:
        vector: Vector = embedder.encode([text])[0]
        return vector
    except SlowSearchError:
        return None


def _answer(
    store: Store, ranked: Ranked, key: Key, shown: frozenset[bytes], form: _Form
) -> dict[str, Any]:
    """The page behind what was shown, and what goes with it."""
    _, asked, where = key
    wanted, ids = ranked.wanted, ranked.ids
    ahead = [id for id in ids if not shown or cursors.mark(id) not in shown]
    page = _live(store, ahead, form.limit + 1)
    more, page = len(page) > form.limit, page[: form.limit]
    seen = shown | {cursors.mark(thread.id) for thread in page}
    more = more and len(seen) < cursors.DEEPEST
    answer: dict[str, Any] = {
        "query": wanted.text,
        "modes": list(ranked.modes),
        "terms": wanted.marked,
        "corrected": [{"typed": old, "meant": new} for old, new in wanted.corrected],
        "results": rows(store, page, ranked.found, wanted, form.base_url),
        "next": cursors.encode(asked, seen) if more else None,
    }
    if form.with_facets:
        answer["found"] = len(ids)
        answer["facets"] = facets(store, ids, form.now)
        counter = _counter(store, key[2], ranked)
        answer["loosen"] = [] if ids else loosened(where, wanted.terms, counter)
    return answer


def _ordered(store: Store, where: ThreadFilter, gathering: Gathering, sort: Sort) -> list[str]:
    """Candidates that pass the filters, in order."""
    found = gathering.found

    def worth(id: str) -> tuple[bool, float]:
        return bool(found[id].exact), found[id].score

    if sort == "relevance" and where == ThreadFilter():
        return sorted(found, key=worth, reverse=True)
    ids = passing(store, where, found, _order(sort))
    if sort != "relevance" and sort != "recent":
        return ids
    if sort == "recent":
        gathering.prefer(ids)
    return sorted(ids, key=worth, reverse=True)


def _order(sort: Sort) -> ThreadSort:
    """What a list of threads is sorted by."""
    return "updated" if sort == "relevance" or sort == "recent" else sort


def _live(store: Store, ids: Sequence[str], limit: int) -> list[Thread]:
    """The first so many of these that are threads, not merged or emptied meanwhile."""
    found: list[Thread] = []
    for first in range(0, len(ids), limit):
        some = tuple(ids[first : first + limit])
        read = store.threads(ThreadFilter(ids=some), limit=len(some)).threads
        by_id = {thread.id: thread for thread in read}
        found += [by_id[id] for id in some if id in by_id]
        if len(found) >= limit:
            break
    return found[:limit]


def _filtered(store: Store, where: ThreadFilter, cursor: str | None, form: _Form) -> dict[str, Any]:
    """No words: the threads that pass the filters; none where there are no filters either."""
    order = _order(form.sort)
    answer: dict[str, Any] = {
        "query": "", "modes": [], "terms": [], "corrected": [], "results": [], "next": None,
    }  # fmt: skip
    if where == ThreadFilter():
        return answer
    ids = store.thread_ids(where, sort=order, limit=FILTERED) if form.with_facets else []
    # Its first page is among those: what meets the filters is not looked for a second time.
    first = cursor is None and form.limit < len(ids)
    among = ThreadFilter(ids=tuple(ids[: form.limit + 1])) if first else where
    page = store.threads(among, sort=order, limit=form.limit, cursor=cursor)
    answer["results"] = rows(store, page.threads, {}, Query("", Terms(())), form.base_url)
    answer["next"] = page.next
    if form.with_facets:
        answer["found"] = len(ids)
        answer["facets"] = facets(store, ids, form.now)
        counter = _counter(store, where, Ranked(Query("", Terms(())), [], [], {}))
        answer["loosen"] = [] if ids else loosened(where, Terms(()), counter)
    return answer


def _counter(
    store: Store, asked: ThreadFilter, ranked: Ranked
) -> Callable[[ThreadFilter, Terms], int]:
    """How many threads there would be besides what was found before the filters: by a search of its
    own, unless that would be for the same words in the same time."""
    searched = (ranked.wanted.terms, asked.since, asked.until) if "text" in ranked.modes else None

    def count(where: ThreadFilter, terms: Terms) -> int:
        known = dict.fromkeys(ranked.found)
        if terms.wanted and (terms, where.since, where.until) != searched:
            try:
                hits = store.search_text(
                    terms, limit=CANDIDATES, since=where.since, until=where.until, seconds=0.1
                )
            except SlowSearchError:
                return 0
            articles = [article for article, _ in hits]
            known |= dict.fromkeys(store.threads_of(articles).values())
        elif not terms.wanted and not known:
            return len(store.thread_ids(where, limit=CANDIDATES))
        return len(passing(store, where, known))

    return count
