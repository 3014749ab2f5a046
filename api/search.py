"""Search over threads: a query → threads, best first, with passages and the reason for each.

In: a store, the embedder where it is loaded, a query and filters. Out: DESIGN §6's dict.
Threads that bear an identifier or a name of the query come first; the rest is fused from full text
and neighbours in meaning by reciprocal rank: score = Σ 1 / (60 + rank) over the lists a thread is
in (Cormack, Clarke and Büttcher 2009, whose k = 60 it is). A query can never be an error.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal

import orjson

from api import passages
from api.briefs import outlet
from api.links import thread_path
from breachwire.errors import UsageError
from breachwire.model import Article, Embedder, Thread
from breachwire.store import Store, ThreadFilter, ThreadSort

Sort = Literal["relevance"] | ThreadSort
K: Final = 60
CANDIDATES: Final = 200
"""Articles that each list gives; beyond it reciprocal rank adds less than .004."""
NEAR: Final = 0.35
"""Cosine below which a neighbour is left out. A first setting: unrelated news texts of this model
mostly lie below .3; issue 7 calibrates it."""
LONGEST_QUERY: Final = 2_000
_IDENTIFIER: Final = re.compile(
    r"(?<![\w.-])(?:cve-\d{4}-\d{4,9}|ghsa(?:-[0-9a-z]{4}){3}"
    r"|[0-9a-f]{64}|[0-9a-f]{40}|[0-9a-f]{32}"
    r"|(?:[a-z0-9][a-z0-9-]{0,62}\.)+[a-z]{2,24})(?![\w-])",
    re.IGNORECASE,
)
_CVE: Final = re.compile(r"cve-\d{4}-\d{4,9}", re.IGNORECASE)
_NAMED: Final = ("victim", "actor", "third_party")
_SHOWN_PASSAGES: Final = 2


@dataclass(slots=True)
class _Found:
    """What speaks for a thread."""

    exact: list[str] = field(default_factory=list)
    """Reasons of exact hits; not empty: the thread comes before all without."""
    score: float = 0.0
    text: list[int] = field(default_factory=list)
    """Articles by full text, best first."""
    near: list[int] = field(default_factory=list)
    """Articles by meaning, best first."""


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
) -> dict[str, Any]:
    """Threads for a query, best first (or sorted otherwise). Raises UsageError for a cursor it did
    not make."""
    query = query[:LONGEST_QUERY]
    shown = _shown(cursor)
    found: dict[str, _Found] = {}
    modes = ["exact", "text"]
    if query.strip():
        _exact(store, query, where, found)
        _text(store, query, where, found)
        if embedder is not None:
            modes.append("semantic")
            _near(store, embedder, query, where, found)
    threads = _wanted(store, where, found, sort)
    ahead = [thread for thread in threads if thread.id not in shown]
    page = ahead[:limit]
    more = len(ahead) > limit
    return {
        "query": query,
        "modes": modes,
        "results": _results(store, page, found, query, base_url),
        "next": _cursor(shown | {thread.id for thread in page}) if more else None,
    }


def _exact(store: Store, query: str, where: ThreadFilter, found: dict[str, _Found]) -> None:
    """Identifiers anywhere in the query; the whole query as a name."""
    for match in dict.fromkeys(m[0] for m in _IDENTIFIER.finditer(query)):
        if _CVE.fullmatch(match):
            cve = match.upper()
            for thread in _by(store, where, cve=cve):
                found.setdefault(thread.id, _Found()).exact.append(f"{cve} named")
        _spelled_out(store, match, where, found)
    name = query.strip().strip('"')
    for kind in _NAMED:
        for thread in _by(store, where, **{kind: name}) if len(name) <= 80 else ():
            reason = f"{kind.replace('_', ' ')} is {name!r}"
            found.setdefault(thread.id, _Found()).exact.append(reason)


def _by(store: Store, where: ThreadFilter, **more: str) -> tuple[Thread, ...]:
    if any(getattr(where, name) not in (None, value) for name, value in more.items()):
        return ()  # the filter asks for another name than the query
    return store.threads(replace(where, **more), limit=50).threads  # type: ignore[arg-type]


def _spelled_out(
    store: Store, identifier: str, where: ThreadFilter, found: dict[str, _Found]
) -> None:
    """Articles that hold the identifier's very characters."""
    hits = store.search_text(f'"{identifier}"', limit=50, since=where.since, until=where.until)
    articles = store.articles([article for article, _ in hits])
    folded = identifier.casefold()
    holding = [
        id_
        for id_, article in articles.items()
        if folded in f"{article.title}\n{article.text}".casefold()
    ]
    for thread in set(store.threads_of(holding).values()):
        entry = found.setdefault(thread, _Found())
        if not entry.exact:
            entry.exact.append(f"{identifier} named")


def _text(store: Store, query: str, where: ThreadFilter, found: dict[str, _Found]) -> None:
    hits = store.search_text(query, limit=CANDIDATES, since=where.since, until=where.until)
    _rank(store, [article for article, _ in hits], found, "text")


def _near(
    store: Store, embedder: Embedder, query: str, where: ThreadFilter, found: dict[str, _Found]
) -> None:
    vector = embedder.encode([query])[0]
    hits = store.search_vectors(vector, limit=CANDIDATES, since=where.since, until=where.until)
    _rank(store, [article for article, cosine in hits if cosine >= NEAR], found, "near")


def _rank(
    store: Store,
    articles: Sequence[int],
    found: dict[str, _Found],
    which: Literal["text", "near"],
) -> None:
    """Threads ranked by their best article; the rest of a thread's articles give passages."""
    threads = store.threads_of(articles)
    ranked: dict[str, list[int]] = {}
    for article in articles:
        if (thread := threads.get(article)) is not None:
            ranked.setdefault(thread, []).append(article)
    for rank, (thread, own) in enumerate(ranked.items(), 1):
        entry = found.setdefault(thread, _Found())
        entry.score += 1 / (K + rank)
        setattr(entry, which, own)


def _wanted(
    store: Store, where: ThreadFilter, found: Mapping[str, _Found], sort: Sort
) -> list[Thread]:
    """Candidates that pass the filters, in order."""
    if not found:
        return []
    ids = tuple(found)
    order: ThreadSort = "updated" if sort == "relevance" else sort
    page = store.threads(replace(where, ids=ids), sort=order, limit=len(ids))
    if sort != "relevance":
        return list(page.threads)
    return sorted(
        page.threads, key=lambda t: (bool(found[t.id].exact), found[t.id].score), reverse=True
    )


def _results(
    store: Store,
    threads: Sequence[Thread],
    found: Mapping[str, _Found],
    query: str,
    base_url: str,
) -> list[dict[str, Any]]:
    looked_for = passages.terms(query)
    best = {t.id: _best_articles(found[t.id]) for t in threads}
    read = store.articles(sorted({a for ids in best.values() for a in ids}))
    results = []
    for thread in threads:
        articles = [read[a] for a in best[thread.id] if a in read]
        results.append(
            {
                "thread": thread.id,
                "url": base_url + thread_path(thread.id, thread.headline),
                "headline": thread.headline,
                "kind": thread.kind,
                "updated_at": thread.updated_at.isoformat(),
                "why": _why(found[thread.id], articles, looked_for),
                "passages": quotes(articles, looked_for),
            }
        )
    return results


def _best_articles(entry: _Found) -> list[int]:
    return list(dict.fromkeys([*entry.text[:3], *entry.near[:1]]))


def quotes(articles: Iterable[Article], looked_for: Sequence[str]) -> list[dict[str, Any]]:
    """The best sentence of each article, most words first, at most two; text[start:end] exactly."""
    found = [(a, p) for a in articles if (p := passages.best(a.text, looked_for))]
    found.sort(key=lambda pair: -pair[1].hits)
    return [
        {
            "article": article.url,
            "outlet": outlet(article),
            "quote": passage.quote,
            "start": passage.start,
            "end": passage.end,
        }
        for article, passage in found[:_SHOWN_PASSAGES]
    ]


def _why(entry: _Found, articles: Sequence[Article], looked_for: Sequence[str]) -> str:
    reasons = list(entry.exact)
    if entry.text:
        reasons += _where_words_stand(articles, looked_for)
    if entry.near:
        reasons.append("close in meaning")
    return "; ".join(dict.fromkeys(reasons)) or "matches the filters"


def _where_words_stand(articles: Sequence[Article], looked_for: Sequence[str]) -> list[str]:
    def standing(texts: Iterable[str]) -> list[str]:
        all_ = "\n".join(texts).casefold()
        return [word for word in looked_for if word in all_]

    title = standing(a.title for a in articles)
    text = [w for w in standing(a.text for a in articles) if w not in title]
    reasons = [f"title has {_listed(title)}"] if title else []
    return reasons + ([f"text has {_listed(text)}"] if text else [])


def _listed(words: Sequence[str]) -> str:
    return ", ".join(f"'{word}'" for word in words[:5])


def _cursor(shown: Iterable[str]) -> str:
    """What was shown already: so that a next page repeats nothing while articles come in."""
    return base64.urlsafe_b64encode(orjson.dumps(sorted(shown))).decode().rstrip("=")


def _shown(cursor: str | None) -> frozenset[str]:
    if not cursor:
        return frozenset()
    try:
        ids = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError):
        raise UsageError("cursor: not one of this service's; leave it out to start anew") from None
    if not isinstance(ids, list) or not all(isinstance(id_, str) for id_ in ids):
        raise UsageError("cursor: not one of this service's; leave it out to start anew")
    return frozenset(ids)
