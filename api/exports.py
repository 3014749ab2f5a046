"""Exports: the store → lines of JSON, as DESIGN §6 lists them.

In: a store, and which threads (all without). Out: iterators of dicts, read in batches so that a
large store fits in memory.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Any, Final

from breachwire.model import Article, Brief, Evidence, Indicator, LedgerClaim, Thread
from breachwire.store import Store

BATCH: Final = 200
"""Threads read at a time."""
RELATED: Final = 10


def threads(store: Store, of: Iterator[Thread] | None = None) -> Iterator[dict[str, Any]]:
    """A line a thread: its articles (copies among them), roundups that mention it, related ones."""
    for batch in _batches(of or store.all_threads()):
        ids = [thread.id for thread in batch]
        members, related = store.members(ids), store.related(ids)
        storylines, mentions = store.storylines_of(ids), store.mentions(ids)
        roundups = store.articles(sorted({m.article for some in mentions.values() for m in some}))
        for thread in batch:
            own = members.get(thread.id, ())
            speaking = {m.article: roundups[m.article].url for m in mentions.get(thread.id, ())}
            yield {
                "id": thread.id,
                "headline": thread.headline,
                "kind": thread.kind,
                "articles": [m.article.url for m in own],
                "mentions": list(speaking.values()),
                "storylines": [line.id for line in storylines.get(thread.id, ())],
                "related": [r.thread for r in related.get(thread.id, ())][:RELATED],
                "first_at": thread.first_at.isoformat(),
                "last_at": thread.last_at.isoformat(),
            }


def details(store: Store, of: Iterator[Thread] | None = None) -> Iterator[dict[str, Any]]:
    """A line a claim; `text` is the article's title or text at [start:end]."""
    for batch in _batches(of or store.all_threads()):
        ledger = store.ledger([thread.id for thread in batch])
        addresses = _addresses(store, (c.claim.evidence for cs in ledger.values() for c in cs))
        for claims in ledger.values():
            yield from (_claim(claim, addresses) for claim in claims)


def indicators(store: Store, of: Iterator[Thread] | None = None) -> Iterator[dict[str, Any]]:
    """A line an indicator of an article; `text` is the article's title or text at [start:end]."""
    for batch in _batches(of or store.all_threads()):
        members = store.members([thread.id for thread in batch])
        found = store.indicators([m.article.id for some in members.values() for m in some])
        for thread in batch:
            for member in members.get(thread.id, ()):
                article = member.article
                yield from (_indicator(thread.id, article.url, i) for i in found[article.id])


def briefs(store: Store, of: Iterator[Thread] | None = None) -> Iterator[dict[str, Any]]:
    """A line a thread that has a brief: its statements with their evidence."""
    for batch in _batches(of or store.all_threads()):
        found = store.briefs([thread.id for thread in batch])
        cited = (e for brief in found.values() for s in brief.statements for e in s.evidence)
        addresses = _addresses(store, cited)
        for thread in batch:
            if thread.id in found:
                yield _brief(found[thread.id], addresses)


def articles(store: Store) -> Iterator[dict[str, Any]]:
    """A line an article, with the stored text that offsets count in. For the operator alone."""
    return (_article(article) for article in store.all_articles())


def _batches(rows: Iterator[Thread]) -> Iterator[list[Thread]]:
    while batch := list(islice(rows, BATCH)):
        yield batch


def _addresses(store: Store, evidence: Iterable[Evidence]) -> dict[int, str]:
    found = store.articles(sorted({e.article for e in evidence}))
    return {id_: article.url for id_, article in found.items()}


def _claim(ledger: LedgerClaim, addresses: dict[int, str]) -> dict[str, Any]:
    claim = ledger.claim
    return {
        "thread": ledger.thread,
        "article": addresses[claim.evidence.article],
        "field": claim.field,
        "value": claim.value,
        "text": claim.evidence.quote,
        "in": claim.evidence.where,
        "start": claim.evidence.start,
        "end": claim.evidence.end,
        "status": claim.status,
        "asserter": claim.asserter,
    }


def _indicator(thread: str, url: str, one: Indicator) -> dict[str, Any]:
    return {
        "thread": thread,
        "article": url,
        "type": one.type,
        "value": one.value,
        "defanged": one.defanged,
        "text": one.evidence.quote,
        "in": one.evidence.where,
        "start": one.evidence.start,
        "end": one.evidence.end,
    }


def _brief(brief: Brief, addresses: dict[int, str]) -> dict[str, Any]:
    return {
        "thread": brief.thread,
        "author": brief.author,
        "statements": [
            {
                "section": statement.section,
                "text": statement.text,
                "kind": statement.kind,
                "evidence": _quoted(statement.evidence, addresses),
            }
            for statement in brief.statements
        ],
    }


def _quoted(evidence: Sequence[Evidence], addresses: dict[int, str]) -> list[dict[str, Any]]:
    return [
        {
            "article": addresses[e.article],
            "quote": e.quote,
            "in": e.where,
            "start": e.start,
            "end": e.end,
        }
        for e in evidence
    ]


def _article(article: Article) -> dict[str, Any]:
    def iso(at: datetime | None) -> str | None:
        return at.isoformat() if at else None

    return {
        "url": article.url,
        "title": article.title,
        "text": article.text,
        "lead": article.lead,
        "authors": list(article.authors),
        "source": article.source,
        "family": article.family,
        "section": article.section,
        "language": article.language,
        "published": iso(article.published),
        "first_seen_at": iso(article.first_seen_at),
        "revision": article.revision,
        "text_from": article.text_from,
        "page_state": article.page_state,
        "credit": article.credit,
    }
