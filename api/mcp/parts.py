"""Parts of the HTTP API's documents → parts of the tools' answers: fewer words, the same evidence.

In: dicts as the modules `api.…_schema` describe them. Out: dicts as `mcp.shapes` does. Nothing is
said here that the documents don't say; what is left out is counted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from api.mcp.plain import QUOTE
from api.values import in_words, leading, told
from breachwire.model import Bound
from breachwire.model.disclosure import SECTION_NAMES

QUOTES: Final = 2
"""Quotes of a statement: the nearest ones stand first."""
_FLAT: Final = ("signal_summary", "eli5", "impact_assessment", "optimistic_outlook",
                "pessimistic_outlook")  # fmt: skip
Document = Mapping[str, Any]
Part = dict[str, Any]


def quote(words: Document) -> Part:
    """An article's words; of a long sentence the beginning, so that the offsets still hold."""
    kept = words["quote"][:QUOTE]
    end = words["start"] + len(kept) if kept != words["quote"] else words["end"]
    return {
        "url": words["url"],
        "outlet": words["outlet"],
        "quote": kept,
        "in": words["in"],
        "start": words["start"],
        "end": end,
    }


def passage(found: Document) -> Part:
    """A search's passage, which names its article by its address."""
    return quote({**found, "url": found["article"], "in": "text"})


def quotes(evidence: Iterable[Document], most: int = QUOTES) -> list[Part]:
    """The first few."""
    return [quote(one) for one, _ in zip(evidence, range(most), strict=False)]


def statement(said: Document) -> Part:
    """A sentence with what it rests on."""
    return {"text": said["text"], "kind": said["kind"], "quotes": quotes(said["evidence"])}


def brief(document: Document) -> list[Part]:
    """The sections in the page's order."""
    given: Document = {name: document[name] for name in _FLAT}
    deep = [one for paragraph in document["deep_analysis"] for one in paragraph]
    sections = {**given, "deep_analysis": deep}
    return [
        {"section": label, "statements": [statement(one) for one in sections[name]]}
        for name, label in SECTION_NAMES.items()
        if name in sections
    ]


def disclosed(marks: Document) -> Part:
    """How the brief was made."""
    kept = ("text", "account", "by", "ai_generated", "digital_source_type")
    return {name: marks[name] for name in kept}


def fact(detail: Document) -> Part:
    """A key detail as it stands."""
    lead = leading(detail)
    return {
        "field": detail["field"],
        "label": detail["label"],
        "value": detail["value"],
        "in_words": told(detail),
        "bound": detail["bound"],
        "status": detail["status"],
        "asserter": detail["asserter"],
        "evidence": quote(lead["evidence"]),
    }


def leading_fact(detail: Document) -> Part:
    """The same with its history in short."""
    more = {"since": detail["since"], "claims": len(detail["claims"]), "note": detail["note"]}
    return {**fact(detail), **more}


def claims(details: Sequence[Document], bounds: Sequence[Sequence[Bound | None]]) -> Iterator[Part]:
    """Every claim, fact by fact; `bounds` has each claim's, which the documents tell of the leading
    ones alone."""
    kept = ("value", "status", "asserter", "asserter_kind", "basis", "first_said", "last_said")
    for detail, own in zip(details, bounds, strict=True):
        lead = leading(detail)
        for one, bound in zip(detail["claims"], own, strict=True):
            yield {
                "field": detail["field"],
                "label": detail["label"],
                **_named(one, kept),
                "in_words": in_words(detail["field"], one["value"], bound),
                "bound": bound,
                "leads": one is lead,
                "words": one["text"],
                "note": detail["note"] if one is lead else None,
                "evidence": quote(one["evidence"]),
            }


def change(one: Document) -> Part:
    """A change of the ledger."""
    kept = ("id", "at", "day", "field", "label", "before", "after", "text", "edited")
    return {**{name: one[name] for name in kept}, "quotes": quotes(one["evidence"])}


def summary(row: Document) -> Part:
    """A thread in a list."""
    kept = ("url", "headline", "section", "kind", "state", "status", "articles", "origins",
            "first_at", "updated_at")  # fmt: skip
    return {"thread": row["id"], **_named(row, kept)}


def report(article: Document) -> Part:
    """An article's particulars."""
    kept = ("url", "outlet", "title", "published")
    found = {name: article[name] for name in kept}
    return {**found, "authors": article.get("authors", [])[:5], "role": article.get("role")}


def related(one: Document) -> Part:
    """A related thread with what ties it."""
    kept = ("thread", "url", "headline", "kind", "updated_at", "relation", "likely", "why")
    return {
        **{name: one[name] for name in kept},
        "reporting": [report(article) for article in one["articles"]],
        "shared": [
            {**_named(tie, ("kind", "value")), "yours": tie["yours"]["quote"][:QUOTE],
             "evidence": quote(tie["evidence"])}
            for tie in one["shared"]
        ],
        "new": [_other(new, None, new["denial"]) for new in one["new"]],
        "contradictions": [
            _other(other, other["yours"]["in_words"], False) for other in one["contradictions"]
        ],
        "quotes": [passage(found) for found in one["passages"][:1]],
    }  # fmt: skip


def _other(one: Document, yours: str | None, denial: bool) -> Part:
    kept = ("field", "label", "value", "in_words", "bound", "status", "asserter")
    more = {"evidence": quote(one["evidence"]), "yours": yours, "denial": denial}
    return {**_named(one, kept), **more}


def _named(one: Document, names: Iterable[str]) -> Part:
    return {name: one[name] for name in names}
