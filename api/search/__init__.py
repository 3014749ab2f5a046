"""Search over threads: a query → threads, best first, with passages and the reason for each.

In: a store, the embedder where it is loaded, a query and filters. Out: DESIGN §6's dict.
`query` reads what was typed, `candidates` asks every list, `fusion` makes one order of them,
`results` tells why. Threads that bear an identifier of the query, or have a name of it in the role
it asks for, come first; the rest by reciprocal rank. Recency counts only where it is asked for:
`sort="recent"` adds the candidates' order by time as one more list, `sort="updated"` is that order
alone. A query can never be an error.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final, Literal

from api.search import cursor as cursors
from api.search.candidates import CANDIDATES, NEAR, Found, Gathering, passing
from api.search.facets import COUNTED, facets, loosened
from api.search.fusion import K
from api.search.query import LONGEST, Query, read
from api.search.results import quotes, rows
from api.services import unlisted
from breachwire.errors import SlowSearchError
from breachwire.model import Embedder, KnownActor, Thread
from breachwire.store import Store, Terms, ThreadFilter, ThreadSort

Sort = Literal["relevance", "recent"] | ThreadSort
FILTERED: Final = COUNTED
"""Threads that are looked at where there are filters and no words."""

__all__ = ["CANDIDATES", "NEAR", "K", "Sort", "quotes", "search"]


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
    now = datetime.now(UTC)
    if not query.strip():
        return _filtered(store, where, sort, limit, cursor, base_url, with_facets, now)
    asked = f"{sort}\n{query[:LONGEST]}"
    shown = cursors.decode(asked, cursor)
    wanted = read(store, query, known_actor, now)
    gathering = Gathering(store, wanted, where)
    gathering.gather(embedder)
    threads = _ordered(store, where, gathering, sort, max(COUNTED, len(shown) + limit + 1))
    ahead = [thread for thread in threads if cursors.mark(thread.id) not in shown]
    page = ahead[:limit]
    seen = shown | {cursors.mark(thread.id) for thread in page}
    more = len(ahead) > limit and len(seen) < cursors.DEEPEST
    answer: dict[str, Any] = {
        "query": wanted.text,
        "modes": gathering.modes,
        "terms": wanted.marked,
        "corrected": [{"typed": old, "meant": new} for old, new in wanted.corrected],
        "results": rows(store, page, gathering.found, wanted, base_url),
        "next": cursors.encode(asked, seen) if more else None,
    }
    if with_facets:
        answer["found"] = max(len(threads), len(gathering.found) if _free(where, sort) else 0)
        answer["facets"] = facets(store, threads, now)
        answer["loosen"] = [] if threads else _loosen(store, where, wanted, gathering)
    return answer


def _ordered(
    store: Store, where: ThreadFilter, gathering: Gathering, sort: Sort, enough: int
) -> list[Thread]:
    """Candidates that pass the filters, in order; of those that nothing sifts, `enough`."""
    found = gathering.found
    if sort != "relevance" and sort != "recent":
        return passing(store, where, found, sort)

    def worth(id: str) -> tuple[bool, float]:
        return bool(found[id].exact), found[id].score

    if _free(where, sort):
        found = {id: found[id] for id in sorted(found, key=worth, reverse=True)[:enough]}
    newest = passing(store, where, found, "updated")
    if sort == "recent":
        gathering.prefer(thread.id for thread in newest)
    return sorted(newest, key=lambda thread: worth(thread.id), reverse=True)


def _free(where: ThreadFilter, sort: Sort) -> bool:
    """Whether neither a filter nor another order looks at every candidate."""
    return sort == "relevance" and where == ThreadFilter()


def _filtered(
    store: Store,
    where: ThreadFilter,
    sort: Sort,
    limit: int,
    cursor: str | None,
    base_url: str,
    with_facets: bool,
    now: datetime,
) -> dict[str, Any]:
    """No words: the threads that pass the filters; none where there are no filters either."""
    order: ThreadSort = "updated" if sort == "relevance" or sort == "recent" else sort
    answer: dict[str, Any] = {
        "query": "", "modes": [], "terms": [], "corrected": [], "results": [], "next": None,
    }  # fmt: skip
    if where == ThreadFilter():
        return answer
    page = store.threads(where, sort=order, limit=limit, cursor=cursor)
    answer["results"] = rows(store, page.threads, {}, Query("", Terms(())), base_url)
    answer["next"] = page.next
    if with_facets:
        threads = store.threads(where, sort=order, limit=FILTERED).threads
        answer["found"] = len(threads)
        answer["facets"] = facets(store, threads, now)
        count = _counter(store, {})
        answer["loosen"] = [] if threads else loosened(where, Terms(()), count)
    return answer


def _loosen(
    store: Store, where: ThreadFilter, query: Query, gathering: Gathering
) -> list[dict[str, Any]]:
    return loosened(where, query.terms, _counter(store, gathering.found))


def _counter(store: Store, found: dict[str, Found]) -> Callable[[ThreadFilter, Terms], int]:
    """How many threads there would be, at most 200."""

    def count(where: ThreadFilter, terms: Terms) -> int:
        known = dict(found)
        if terms.wanted:
            try:
                hits = store.search_text(
                    terms, limit=CANDIDATES, since=where.since, until=where.until, seconds=0.1
                )
            except SlowSearchError:
                return 0
            articles = [article for article, _ in hits]
            known |= {id: Found() for id in store.threads_of(articles).values()}
        elif not known:
            return len(store.threads(where, limit=CANDIDATES).threads)
        return len(passing(store, where, known, "updated"))

    return count
