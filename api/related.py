"""Related coverage: a thread, an address or a text → threads and their articles, the kind of
relation, the words on both sides that tie them, and what is new to the text.

In: services, and one of thread, url, text. Out: DESIGN §6's dict, most useful first. An address
that the store does not know is fetched by the function handed in and compared, never stored.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from api import passages
from api.briefs import evidence, outlet
from api.links import thread_path
from api.search import quotes
from api.services import Services
from api.threads import live_thread
from api.values import in_words
from breachwire.errors import TooLargeError, UsageError
from breachwire.model import (
    ASKED,
    Article,
    Contradiction,
    Evidence,
    Lacking,
    Page,
    Question,
    Shared,
    Thread,
    Tie,
)
from breachwire.model.threads import LIKELY
from breachwire.store import ThreadFilter

LONGEST: Final = 100_000
"""Bytes of a pasted text in UTF-8 (DESIGN §6: 100 kB)."""
_QUERY: Final = 200
FetchPage = Callable[[str], Page]


def related(
    services: Services,
    *,
    url: str | None = None,
    text: str | None = None,
    thread: str | None = None,
    fetch_page: FetchPage | None = None,
    base_url: str = "",
) -> dict[str, Any]:
    """What else was written about it, at most ten threads. `fetch_page` gets an unknown address;
    without it only known ones are answered.

    Raises NotFoundError (thread), TooLargeError, UsageError (none of the three, an unknown address
    and no way to fetch), FetchError and ParseError of `fetch_page`.
    """
    if services.comparing is None:
        raise UsageError("related: this server compares nothing")
    if thread is not None:
        id_ = live_thread(services.store, thread).id
        return _answer(services, thread, services.comparing.thread(id_), base_url)
    if url is not None:
        asked, query = _page_at(services, url, fetch_page), url.strip()
    elif text is not None and text.strip():
        asked, query = Question("", checked(text)), " ".join(text.split())[:_QUERY]
    else:
        raise UsageError("related: give a thread, a url or a text")
    return _answer(services, query, services.comparing.text(asked), base_url)


def checked(text: str) -> str:
    """The text itself. Raises TooLargeError."""
    size = len(text.encode("utf-8", "replace"))
    if size > LONGEST:
        raise TooLargeError(
            f"text: {size:,} bytes; at most {LONGEST:,} (100 kB) are compared at once"
        )
    return text


def _page_at(services: Services, url: str, fetch_page: FetchPage | None) -> Question:
    """What an address holds, from the store where it is known."""
    url = url.strip()
    if not url.lower().startswith(("http://", "https://")):
        raise UsageError("url: an address starts with http:// or https://")
    known = services.store.article_by_key(services.key_of(url))
    if known is not None:
        at, source = known.published, known.source
        return Question(known.title, known.text, at, known.url, source, known.id)
    if fetch_page is None:
        raise UsageError("url: not an article of this store, and fetching is off; paste its text")
    page = fetch_page(url)
    return Question(page.title, page.text[:LONGEST], page.published, url, page.source)


def _answer(services: Services, query: str, ties: Sequence[Tie], base_url: str) -> dict[str, Any]:
    store = services.store
    semantic = services.embedder() is not None
    ids = tuple(tie.thread for tie in ties)
    rows = store.threads(ThreadFilter(ids=ids), limit=len(ids)).threads if ids else ()
    threads = {row.id: row for row in rows}
    articles = store.articles(sorted({id_ for tie in ties for id_ in _cited(tie)}))
    return {
        "query": query,
        "modes": ["exact", "text", "semantic"] if semantic else ["exact", "text"],
        "results": [
            _result(threads[tie.thread], tie, articles, base_url)
            for tie in ties
            if tie.thread in threads
        ],
        "next": None,
    }


def _cited(tie: Tie) -> Iterable[int]:
    """Articles whose words are shown."""
    yield from tie.articles
    for shared in tie.shared:
        yield from (e.article for e in (shared.mine, shared.theirs) if e.article != ASKED)
    yield from (one.claim.claim.sentence.article for one in tie.lacking)
    yield from (one.detail.lead.claim.sentence.article for one in tie.contradictions)


def _result(
    thread: Thread, tie: Tie, articles: Mapping[int, Article], base_url: str
) -> dict[str, Any]:
    near = [articles[id_] for id_ in tie.articles if id_ in articles]
    looked_for = [one.mine.quote for one in tie.shared] or passages.terms(thread.headline)
    return {
        "thread": thread.id,
        "url": base_url + thread_path(thread.id, thread.headline),
        "headline": thread.headline,
        "kind": thread.kind,
        "updated_at": thread.updated_at.isoformat(),
        "why": tie.reason,
        "relation": tie.relation,
        "score": tie.score,
        "likely": tie.score >= LIKELY or tie.relation == "same_incident",
        "passages": quotes(near[:1], looked_for),
        "articles": [_article(article) for article in near],
        "about": _words(tie.passage, articles) if tie.passage else None,
        "shared": [_shared(one, articles) for one in tie.shared],
        "new": [_lacking(one, articles) for one in tie.lacking],
        "contradictions": [_contradiction(one, articles) for one in tie.contradictions],
    }


def _article(article: Article) -> dict[str, Any]:
    return {
        "article": str(article.id),
        "url": article.url,
        "outlet": outlet(article),
        "title": article.title,
        "published": article.published.isoformat() if article.published else None,
    }


def _words(found: Evidence, articles: Mapping[int, Article]) -> dict[str, Any]:
    """Words of the asked text; of a thread that was asked about, of one of its articles."""
    article = articles.get(found.article)
    return {
        "quote": found.quote,
        "in": found.where,
        "start": found.start,
        "end": found.end,
        "url": article.url if article else None,
        "outlet": outlet(article) if article else None,
    }


def _shared(one: Shared, articles: Mapping[int, Article]) -> dict[str, Any]:
    return {
        "kind": one.kind,
        "value": one.value,
        "yours": _words(one.mine, articles),
        "evidence": evidence(one.theirs, articles),
    }


def _lacking(one: Lacking, articles: Mapping[int, Article]) -> dict[str, Any]:
    detail, claim = one.detail, one.claim.claim
    shown = replace(detail, status="denied", asserter=claim.asserter) if one.denial else detail
    return {
        "field": detail.field,
        "label": detail.label,
        "value": detail.value,
        "bound": detail.bound,
        "in_words": in_words(detail.field, detail.value, detail.bound),
        "status": shown.status,
        "asserter": shown.asserter,
        "denial": one.denial,
        "first_said": one.claim.said_at.isoformat(),
        "evidence": evidence(claim.sentence, articles),
    }


def _contradiction(one: Contradiction, articles: Mapping[int, Article]) -> dict[str, Any]:
    detail = one.detail
    return {
        "field": detail.field,
        "label": detail.label,
        "yours": {
            **_words(one.mine, articles),
            "value": one.value,
            "in_words": in_words(detail.field, one.value, one.bound),
        },
        "value": detail.value,
        "bound": detail.bound,
        "in_words": in_words(detail.field, detail.value, detail.bound),
        "status": detail.status,
        "asserter": detail.asserter,
        "earlier": one.earlier,
        "evidence": evidence(detail.lead.claim.sentence, articles),
    }
