"""A thread's changes and the outlets' corrections: rows → documents, in words.

In: a store. Out: the `changes` of the wire format, the answers of /threads/{id}/changes and of
/corrections. `before` and `after` are words ("24,937 people (confirmed, filed)"); the values they
were made of are not repeated.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from api.links import thread_path
from api.values import day_in_words, in_words
from breachwire.errors import UsageError
from breachwire.model import Article, Change, Correction, Evidence, Stand
from breachwire.store import Store, ThreadFilter

SHOWN: Final = 100
"""Changes in a thread's own document; the route for changes has all."""
_NEW: Final = "New"
_GONE: Final = "withdrawn"


def thread_changes(
    store: Store, thread: str, *, since: datetime | None, limit: int, cursor: str | None
) -> dict[str, Any]:
    """What changed in a thread since a time, newest first. Raises UsageError for a bad cursor."""
    found = store.changes(thread, since=since, before=_id(cursor), limit=limit + 1)
    shown = found[:limit]
    return {
        "thread": thread,
        "since": since.isoformat() if since else None,
        "changes": documents(store, shown),
        "next": str(shown[-1].id) if len(found) > limit else None,
    }


def documents(store: Store, changes: Sequence[Change]) -> list[dict[str, Any]]:
    """The wire format's `changes`, in the order given."""
    articles = store.articles(sorted({*_cited(changes), *(c.article for c in changes)}))
    return [change(one, articles) for one in changes]


def change(one: Change, articles: Mapping[int, Article]) -> dict[str, Any]:
    """One change in words."""
    before, after = _side(one, one.before), _side(one, one.after)
    if before == after and after is not None and after.endswith("(disputed)"):
        after = after[:-1] + ", now denied)"  # by whom, the article doesn't say
    when = _when(one.after) if one.after else None
    return {
        "id": str(one.id),
        "at": one.at.isoformat(),
        "day": (one.after.said_at if one.after else one.at).date().isoformat(),
        "field": one.field,
        "label": one.label,
        "before": before,
        "after": after,
        "when": when,
        "text": _text(one.label, before, after, when),
        "edited": one.edited,
        "article": str(one.article),
        "evidence": [evidence(e, articles) for e in one.evidence if e.article in articles],
    }


def by_article(changes: Sequence[Mapping[str, Any]]) -> list[list[Mapping[str, Any]]]:
    """Changes that one article made at one time, one notice each, in the order given; inside one,
    the leading fact first, as the ledger has them."""
    found: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for one in changes:
        found.setdefault((one["article"], one["at"]), []).append(one)
    return [sorted(own, key=lambda one: int(one["id"])) for own in found.values()]


def by_day(changes: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Changes by the day they were said, the newest first: a line a day.

    Each day: `day`, `seen` (when we saw the last of them), `edited`, `parts` (label, before,
    after…; new facts of one label are one part) and `evidence`, one quote an article.
    """
    days: dict[str, list[Mapping[str, Any]]] = {}
    for one in sorted(changes, key=lambda c: (c["day"], int(c["id"])), reverse=True):
        days.setdefault(one["day"], []).append(one)
    return [_day(day, sorted(own, key=lambda c: int(c["id"]))) for day, own in days.items()]


def _day(day: str, own: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    parts: dict[object, dict[str, Any]] = {}
    for one in own:
        key = one["label"] if one["before"] is None else one["id"]
        part = parts.setdefault(
            key, {"label": one["label"], "before": one["before"], "after": [], "filed": False}
        )
        part["after"].append(one["after"] or _GONE)
        part["filed"] |= (one["when"] or "").startswith("filed")
    quotes = {e["article"]: e for one in reversed(own) for e in one["evidence"]}
    return {
        "day": day,
        "seen": max(one["at"] for one in own),
        "edited": any(one["edited"] for one in own),
        "parts": list(parts.values()),
        "evidence": list(quotes.values()),
    }


def corrections(store: Store, *, limit: int, cursor: str | None, base: str = "") -> dict[str, Any]:
    """The outlets' corrections, newest first. Raises UsageError for a bad cursor."""
    found = store.corrections(before=_id(cursor), limit=limit + 1)
    shown = found[:limit]
    articles = store.articles(sorted({*_cited(shown), *(c.article for c in shown)}))
    homes = store.threads_of([one.article for one in shown])
    ids = tuple(dict.fromkeys(homes.values()))
    page = store.threads(ThreadFilter(ids=ids), limit=len(ids)) if ids else None
    headlines = {t.id: t.headline for t in page.threads} if page else {}
    stale = store.stale(ids)
    return {
        "corrections": [
            {
                **correction(one, articles),
                "thread": _thread(homes.get(one.article), headlines, stale, base),
            }
            for one in shown
        ],
        "next": str(shown[-1].id) if len(found) > limit else None,
    }


def correction(one: Correction, articles: Mapping[int, Article]) -> dict[str, Any]:
    """One correction in words, with its article."""
    article = articles[one.article]
    return {
        "id": str(one.id),
        "at": one.at.isoformat(),
        "kind": one.kind,
        "article": {
            "article": str(article.id),
            "outlet": article.source or article.url,
            "title": article.title,
            "url": article.url,
        },
        "field": one.field,
        "label": one.label or None,
        "before": _side(one, one.before),
        "before_quote": one.before.quote if one.before else None,
        "after": _side(one, one.after),
        "evidence": [evidence(e, articles) for e in one.evidence],
    }


def _thread(
    id_: str | None, headlines: Mapping[str, str], stale: set[str], base: str
) -> dict[str, Any] | None:
    if id_ is None or id_ not in headlines:
        return None
    url = base + thread_path(id_, headlines[id_])
    return {"id": id_, "url": url, "headline": headlines[id_], "rebuilt": id_ not in stale}


def evidence(words: Evidence, articles: Mapping[int, Article]) -> dict[str, Any]:
    """A quote with its article's address and outlet."""
    article = articles[words.article]
    return {
        "article": str(article.id),
        "url": article.url,
        "outlet": article.source or article.url,
        "quote": words.quote,
        "in": words.where,
        "start": words.start,
        "end": words.end,
    }


def _cited(found: Sequence[Change] | Sequence[Correction]) -> set[int]:
    return {words.article for one in found for words in one.evidence}


def _side(one: Change | Correction, stand: Stand | None) -> str | None:
    """ "500 people (reported)"; "2,500,000 records (disputed, denied by Quarrybank)"."""
    if stand is None or one.field is None:
        return None
    value = stand.value
    if isinstance(value, Mapping):  # the label says which sum it is
        value = {key: part for key, part in value.items() if key != "kind"}
    value = in_words(one.field, value, stand.bound)
    status: str = stand.status
    if status in ("denied", "disputed") and stand.asserter:
        status = {"denied": "", "disputed": "disputed, "}[status] + f"denied by {stand.asserter}"
    return f"{value} ({status})"


def _when(stand: Stand) -> str:
    """ "filed 3 May 2026": what people ask of a new figure first."""
    verb = "filed" if stand.basis == "filing" else "said"
    return f"{verb} {day_in_words(stand.said_at)}"


def _text(label: str, before: str | None, after: str | None, when: str | None) -> str:
    """ "People affected: 500 people (reported) → 24,937 people (confirmed), filed 3 May 2026"."""
    now = f"{after}, {when}" if after else _GONE
    return f"{_NEW}: {label}: {now}" if before is None else f"{label}: {before} → {now}"


def _id(cursor: str | None) -> int | None:
    """Raises UsageError for one that was not given out here."""
    if not cursor:
        return None
    if not (cursor.isascii() and cursor.isdecimal() and len(cursor) <= 18):
        raise UsageError("cursor: not one that was given out here; start without it")
    return int(cursor)
