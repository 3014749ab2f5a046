"""Lists: filters → pages of threads; feeds and articles → what is given out of them.

In: a store and values. Out: dicts as `list_schema` describes them.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from api.briefs import outlet
from api.rows import rows
from api.search import search
from api.services import unlisted
from breachwire.model import Embedder, KnownActor
from breachwire.store import Store, ThreadFilter, ThreadSort

LEAD: Final = 300
"""Characters of an article's lead that are given out: enough to know it, too few to replace it."""


def threads(
    store: Store,
    embedder: Embedder | None,
    where: ThreadFilter,
    *,
    q: str | None = None,
    sort: ThreadSort = "updated",
    limit: int = 50,
    cursor: str | None = None,
    base: str = "",
    known_actor: Callable[[str], KnownActor | None] = unlisted,
) -> dict[str, Any]:
    """{"threads", "next"}: what passes the filters and, with `q`, is found by it."""
    if q and q.strip():
        found = search(
            store, embedder, q, where,
            sort=sort, limit=limit, cursor=cursor, known_actor=known_actor,
        )  # fmt: skip
        ids = tuple(result["thread"] for result in found["results"])
        page = store.threads(ThreadFilter(ids=ids), sort=sort, limit=limit) if ids else None
        own = page.threads if page else ()
        return {"threads": rows(store, own, base_url=base), "next": found["next"]}
    page = store.threads(where, sort=sort, limit=limit, cursor=cursor)
    return {"threads": rows(store, page.threads, base_url=base), "next": page.next}


def feeds(store: Store) -> list[dict[str, Any]]:
    """A row a feed, by outlet: the feed's state and that of its article pages apart."""
    return [
        {
            "url": feed.spec.url,
            "outlet": feed.spec.outlet or feed.spec.title or feed.spec.url,
            "section": feed.spec.section,
            "language": feed.spec.language,
            "country": feed.spec.country,
            "state": feed.state,
            "error": feed.error,
            "last_success_at": _iso(feed.last_success_at),
            "next_fetch_at": _iso(feed.next_fetch_at),
            "pages_ok": feed.pages_ok,
            "pages_refused": feed.pages_refused,
            "page_error": feed.page_error,
            "verified": feed.spec.verified,
        }
        for feed in store.feeds()
    ]


def article(store: Store, id_: int) -> dict[str, Any]:
    """An article's particulars, never its text. Raises NotFoundError."""
    found = store.article(id_)
    return {
        "id": str(found.id),
        "url": found.url,
        "title": found.title,
        "lead": _cut(found.lead),
        "authors": list(found.authors),
        "outlet": outlet(found),
        "family": found.family,
        "published": _iso(found.published),
        "first_seen_at": found.first_seen_at.isoformat(),
        "language": found.language,
        "text_from": found.text_from,
        "page": found.page_state,
        "page_note": found.page_note,
        "revision": found.revision,
        "thread": store.threads_of([id_]).get(id_),
    }


def _cut(lead: str) -> str:
    if len(lead) <= LEAD:
        return lead
    return (lead[:LEAD].rpartition(" ")[0] or lead[: LEAD - 1])[: LEAD - 1] + "…"


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
