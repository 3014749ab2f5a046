"""Results: threads found → rows with the best passages, what to mark in them, and why.

In: threads, what speaks for each, a store. Out: DESIGN §6's dicts. A passage is exactly
text[start:end] of an article's stored text; so is each of its marks.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from api import passages
from api.briefs import outlet
from api.links import thread_path
from api.search.candidates import NEAREST, TEXTS, Found
from api.search.query import Query
from breachwire.model import Article, Thread
from breachwire.store import Store

_SHOWN_PASSAGES: Final = 2
_MARKS: Final = 20
_LISTED: Final = 5


def rows(
    store: Store,
    threads: Sequence[Thread],
    found: Mapping[str, Found],
    query: Query,
    base_url: str,
) -> list[dict[str, Any]]:
    """A row a thread, in the order given."""
    looked_for = query.marked
    best = _best_articles(store, threads, found)
    read = store.articles(sorted({a for ids in best.values() for a in ids}))
    results = []
    for thread in threads:
        articles = [read[a] for a in best[thread.id] if a in read]
        entry = found.get(thread.id) or Found()
        results.append(
            {
                "thread": thread.id,
                "url": base_url + thread_path(thread.id, thread.headline),
                "headline": thread.headline,
                "kind": thread.kind,
                "updated_at": thread.updated_at.isoformat(),
                "why": _why(entry, thread, articles, query, looked_for),
                "passages": quotes(articles, looked_for),
            }
        )
    return results


def _best_articles(
    store: Store, threads: Sequence[Thread], found: Mapping[str, Found]
) -> dict[str, list[int]]:
    """Those that words found, then the nearest in meaning; else the thread's newest."""
    best = {}
    for thread in threads:
        entry = found.get(thread.id) or Found()
        best[thread.id] = list(dict.fromkeys([*entry.text[:TEXTS], *entry.near[:NEAREST]]))
    without = store.articles_of([id for id, articles in best.items() if not articles])
    return best | {id: articles[-2:] for id, articles in without.items()}


def quotes(articles: Iterable[Article], looked_for: Sequence[str]) -> list[dict[str, Any]]:
    """The best sentence of each article, most words first, at most two; text[start:end] exactly."""
    wanted = passages.wanted(looked_for)
    found = [(a, p) for a in articles if (p := passages.best(a.text, wanted))]
    found.sort(key=lambda pair: -pair[1].hits)
    return [
        {
            "article": article.url,
            "outlet": outlet(article),
            "quote": passage.quote,
            "start": passage.start,
            "end": passage.end,
            "marks": _marks(article.text, passage, wanted.pattern if wanted else None),
        }
        for article, passage in found[:_SHOWN_PASSAGES]
    ]


def _marks(text: str, passage: passages.Passage, wanted: re.Pattern[str] | None) -> list[list[int]]:
    """Stretches of the article's text that the words looked for stand in."""
    if wanted is None:
        return []
    hits = wanted.finditer(text, passage.start, passage.end)
    return [[hit.start(), hit.end()] for hit in hits][:_MARKS]


def _why(
    entry: Found,
    thread: Thread,
    articles: Sequence[Article],
    query: Query,
    looked_for: Sequence[str],
) -> str:
    reasons = [*entry.exact, *entry.reasons]
    if entry.text or entry.own:
        reasons += _where_words_stand(thread, articles, looked_for)
        reasons += _corrected(articles, query)
    if entry.own and not reasons:
        reasons.append("its facts have the words")
    if entry.near:
        reasons.append("close in meaning")
    return "; ".join(dict.fromkeys(reasons)) or "matches the filters"


def _corrected(articles: Sequence[Article], query: Query) -> list[str]:
    """Spellings that stand there for what was typed."""
    if not query.corrected:
        return []
    said = "\n".join(f"{a.title}\n{a.text}" for a in articles).casefold()
    return [f"'{new}' for '{old}'" for old, new in query.corrected if new in said]


def _where_words_stand(
    thread: Thread, articles: Sequence[Article], looked_for: Sequence[str]
) -> list[str]:
    def standing(texts: Iterable[str]) -> list[str]:
        all_ = "\n".join(texts).casefold()
        return [word for word in looked_for if word in all_]

    title = standing([thread.headline, *(a.title for a in articles)])
    text = [w for w in standing(a.text for a in articles) if w not in title]
    reasons = [f"title has {_listed(title)}"] if title else []
    return reasons + ([f"text has {_listed(text)}"] if text else [])


def _listed(words: Sequence[str]) -> str:
    return ", ".join(f"'{word}'" for word in words[:_LISTED])
