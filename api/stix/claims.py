"""Claims → a Note each, with quote and source; a denial → an Opinion besides.

In: a maker, a thread's material. Out: stix2 objects. A Note is called by article, field and the
value that the article gave first: where an outlet corrects a figure, the same Note has another
version; where it takes it back, a revoked one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import orjson

from api.briefs import outlet
from api.exported import Key, Material, first_value, place
from api.links import web
from api.stix import codes
from api.stix.maker import Maker, Object
from api.values import in_words
from breachwire.model import Article, Claim, Correction, Evidence, LedgerClaim, Stand


def note_id(maker: Maker, thread: Material, claim: Claim) -> str:
    """Of a claim's Note, over all corrections of it."""
    return maker.ids.of("note", *_key(thread, claim))


def notes(maker: Maker, thread: Material, about: Sequence[str]) -> list[Object]:
    """A Note a claim, then those that were taken back."""
    found: dict[str, Object] = {}
    for said in thread.claims:
        if said.claim.evidence.article in thread.articles:
            note = _note(maker, thread, said, about)
            found.setdefault(note["id"], note)
    for corrections in thread.corrections.values():
        for one in corrections:
            if one.field and one.before and one.after is None:
                note = _taken_back(maker, thread, one, one.before, about)
                found.setdefault(note["id"], note)
    return list(found.values())


def opinion(
    maker: Maker, thread: Material, said: LedgerClaim, about: Sequence[str], by: str | None
) -> Object:
    """A denial in its own words. `by`: the victim's Identity, where it is the victim who denies."""
    claim = said.claim
    article = thread.articles[claim.evidence.article]
    return maker.make(
        "opinion",
        _key(thread, claim),
        created=article.first_seen_at,
        modified=_changed(thread, said),
        explanation=claim.sentence.quote,
        authors=[claim.asserter or outlet(article)],
        opinion="strongly-disagree",
        object_refs=list(about),
        external_references=_source(article),
        ledger=_claim(thread, said, article),
        **({"created_by_ref": by} if by else {}),
    )


def _key(thread: Material, claim: Claim) -> Key:
    return thread.keys.get(place(claim)) or (claim.evidence.article, claim.field, claim.value)


def _note(maker: Maker, thread: Material, said: LedgerClaim, about: Sequence[str]) -> Object:
    claim = said.claim
    article = thread.articles[claim.evidence.article]
    return maker.make(
        "note",
        _key(thread, claim),
        created=article.first_seen_at,
        modified=_changed(thread, said),
        abstract=_abstract(claim.field, claim.value, claim.bound, claim.status, claim.asserter),
        content=claim.sentence.quote or claim.evidence.quote,
        authors=[outlet(article)],
        object_refs=list(about),
        confidence=codes.CONFIDENCE[claim.status],
        external_references=_source(article),
        ledger=_claim(thread, said, article),
    )


def _changed(thread: Material, said: LedgerClaim) -> datetime:
    """When we saw this claim last change or move."""
    article = said.claim.evidence.article
    times = [said.first_seen_at]
    times += [
        one.at
        for one in thread.corrections.get(article, ())
        if one.field == said.claim.field and one.after and one.after.value == said.claim.value
    ]
    times += [edit.at for edit in thread.edits if any(move[0] == article for move in edit.moves)]
    return max(times)


def _taken_back(
    maker: Maker, thread: Material, one: Correction, was: Stand, about: Sequence[str]
) -> Object:
    article = thread.articles[one.article]
    earlier = [other for other in thread.corrections[one.article] if other.id < one.id]
    return maker.make(
        "note",
        (one.article, one.field, first_value(earlier, str(one.field), was.value)),
        created=article.first_seen_at,
        modified=one.at,
        revoked=True,
        abstract=_abstract(str(one.field), was.value, was.bound, was.status, was.asserter),
        content=was.quote or "withdrawn",
        authors=[outlet(article)],
        object_refs=list(about),
        external_references=_source(article),
        ledger={
            "about": "claim",
            "field": one.field,
            "value": was.value,
            "bound": was.bound,
            "status": was.status,
            "asserter": was.asserter or None,
            "basis": was.basis,
            "article": _article(article),
            "said_at": was.said_at.isoformat(),
            "retracted_at": one.at.isoformat(),
        },
    )


def _abstract(field: str, value: Any, bound: str | None, status: str, by: str | None) -> str:
    name = field.replace("_", " ")
    return f"{name}: {in_words(field, value, bound)} ({status}{f', {by}' if by else ''})"


def _source(article: Article) -> list[dict[str, str]]:
    address = web(article.url)
    return [{"source_name": outlet(article), **({"url": address} if address else {}),
             "description": article.title or outlet(article)}]  # fmt: skip


def _claim(thread: Material, said: LedgerClaim, article: Article) -> dict[str, Any]:
    claim = said.claim
    return {
        "about": "claim",
        "thread": thread.thread.id,
        "field": claim.field,
        # As JSON has it: a value of the ledger may be any of its types.
        "value": orjson.loads(orjson.dumps(claim.value)),
        "bound": claim.bound,
        "status": claim.status,
        "asserter": claim.asserter or None,
        "asserter_kind": claim.asserter_kind,
        "basis": claim.basis,
        "words": _words(claim.evidence),
        "quote": _words(claim.sentence),
        "article": _article(article),
        "said_at": said.said_at.isoformat(),
    }


def _words(words: Evidence) -> dict[str, Any]:
    return {"text": words.quote, "in": words.where, "start": words.start, "end": words.end}


def _article(article: Article) -> dict[str, str]:
    published = {"published": article.published.isoformat()} if article.published else {}
    return {"id": str(article.id), "url": article.url, "outlet": outlet(article), **published}


def denials(thread: Material) -> Iterator[LedgerClaim]:
    """The claims that say no."""
    for said in thread.claims:
        if said.claim.status == "denied" and said.claim.evidence.article in thread.articles:
            yield said
