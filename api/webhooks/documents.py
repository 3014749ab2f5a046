"""A happening → the document that tells it: type, timestamp, data; and the thread it stands in now.

In: services and happenings. Out: plain JSON values as `shapes` describes them. Documents are made
of what is stored when they are sent: a retry says the same of the happening, under the thread's
headline and address of the moment; of what an outlet has had left out since, nothing is told.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from api import history
from api.links import thread_path
from api.services import Services
from api.values import in_words
from breachwire.errors import NotFoundError
from breachwire.model import Article, Brief, Change, Claim, Correction, Detail, Thread, opener
from breachwire.model.disclosure import disclosure
from breachwire.model.webhooks import Happening
from breachwire.store import Store

FACTS: Final = 8
"""Of a new thread: those that lead."""
CHANGES: Final = 12
"""Of one article; with quotes some 15 kB, where receivers expect 20 at most."""
QUOTE: Final = 600
"""Characters of a quote."""
NOWHERE: Final = "http://127.0.0.1:8000"
"""Where links lead while no base_url is set."""


def base_of(services: Services) -> str:
    """The address that links begin with."""
    return services.config.base_url.rstrip("/") or NOWHERE


def home(store: Store, one: Happening) -> str | None:
    """The live thread that a happening stands in now; None: nothing to tell any more, as of a new
    thread that is part of another before anybody heard of it."""
    if one.article is not None:
        return store.threads_of([one.article]).get(one.article)
    try:
        thread = store.thread(one.thread or "")
        if one.kind == "thread.created" and thread.merged_into:
            return None
        while thread.merged_into:
            thread = store.thread(thread.merged_into)
    except NotFoundError:
        return None
    return thread.id if thread.articles else None


def document(services: Services, one: Happening) -> dict[str, Any] | None:
    """What is sent; None: there is nothing to tell any more. Raises StoreError."""
    store = services.store
    with store.reading():
        id_ = home(store, one)
        if id_ is None:
            return None
        thread = store.thread(id_)
        data = _DATA[one.kind](store, one, thread)
        if data is None:
            return None
        head = _thread(services, thread, store.briefs([id_]).get(id_))
    return {"type": one.kind, "timestamp": _moment(one), "data": head | data}


def _moment(one: Happening) -> str:
    return one.at.isoformat(timespec="microseconds").replace("+00:00", "Z")


def _thread(services: Services, thread: Thread, brief: Brief | None) -> dict[str, Any]:
    headline = [s for s in brief.statements if s.section == "headline"] if brief else []
    made = disclosure(brief if headline else None)
    return {
        "thread": thread.id,
        "url": base_of(services) + thread_path(thread.id, thread.headline),
        "headline": thread.headline,
        "section": thread.section,
        "kind": thread.kind,
        "disclosure": {
            "label": made.label,
            "digital_source_type": made.iptc,
            "ai_generated": made.ai,
        },
    }


def _created(store: Store, _: Happening, thread: Thread) -> dict[str, Any] | None:
    first = store.articles([id_ for id_ in [opener(thread.id)] if id_ is not None])
    facts = [_fact(store, detail) for detail in store.details([thread.id])[thread.id][:FACTS]]
    reports = [_report(article) for article in first.values()]
    return {"first_report": reports[0] if reports else None, "facts": facts}


def _fact(store: Store, detail: Detail) -> dict[str, Any]:
    claim: Claim = detail.lead.claim
    return {
        "field": detail.field,
        "label": detail.label,
        "value": in_words(detail.field, detail.value, detail.bound),
        "status": detail.status,
        "asserter": detail.asserter,
        "evidence": _quotes([history.evidence(claim.sentence, _articles(store, claim))]),
    }


def _articles(store: Store, claim: Claim) -> Mapping[int, Article]:
    return store.articles([claim.sentence.article])


def _changed(store: Store, one: Happening, _: Thread) -> dict[str, Any] | None:
    found = store.changes_by(one.article or 0, one.at)
    if not found:
        return None
    told = history.documents(store, found[:CHANGES])
    return {
        "changes": [_change(own, line) for own, line in zip(found, told, strict=False)],
        "more": max(0, len(found) - CHANGES),
    }


def _change(one: Change, line: Mapping[str, Any]) -> dict[str, Any]:
    kept = ("id", "field", "label", "before", "after", "text", "day", "edited")
    return {name: line[name] for name in kept} | {
        "status": one.after.status if one.after else None,
        "asserter": one.after.asserter if one.after else None,
        "evidence": _quotes(line["evidence"]),
    }


def _corrected(store: Store, one: Happening, _: Thread) -> dict[str, Any] | None:
    every = store.corrections_of([one.article or 0]).get(one.article or 0, ())
    found = [own for own in every if own.at == one.at]
    if not found:
        return None
    articles = store.articles(sorted({words.article for own in found for words in own.evidence}
                                     | {own.article for own in found}))  # fmt: skip
    told = [_correction(own, articles) for own in found[:CHANGES]]
    return {"corrections": told, "more": max(0, len(found) - CHANGES)}


def _correction(one: Correction, articles: Mapping[int, Article]) -> dict[str, Any]:
    line = history.correction(one, articles)
    kept = ("id", "kind", "field", "label", "before", "after")
    return {name: line[name] for name in kept} | {
        "article": _report(articles[one.article]),
        "evidence": _quotes(line["evidence"]),
    }


def _merged(_: Store, one: Happening, __: Thread) -> dict[str, Any] | None:
    return {"merged": one.thread}


def _report(article: Article) -> dict[str, Any]:
    """The article itself, without words of its text."""
    return {
        "outlet": article.source or article.url,
        "title": article.title,
        "url": article.url,
    }


def _quotes(evidence: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [
        {"quote": _short(one["quote"]), "outlet": one["outlet"], "url": one["url"]}
        for one in evidence
        if one["in"] != "published"
    ]


def _short(quote: str) -> str:
    return quote if len(quote) <= QUOTE else quote[:QUOTE].rpartition(" ")[0] + " …"


_DATA: Final = {
    "thread.created": _created,
    "thread.changed": _changed,
    "thread.corrected": _corrected,
    "thread.merged": _merged,
}
