"""A brief as documents have it: statements by section, who wrote them, who reviewed them.

In: a `Brief` with the articles that it cites and the sign-offs of its thread. Out: parts of the
wire format (wire.schema.json), shared by a thread's page and by those of its older versions. What a
brief does not hold is said by a notice, never filled in.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlsplit

from breachwire.model import Article, Brief, BriefSection, Disclosure, Evidence, SignOff, Statement
from breachwire.model.disclosure import disclosure
from breachwire.model.signoffs import sha256, standing, voided

PENDING: Final = "The brief of this thread is being written."
SILENT: Final = "No source reports on this yet."
FLAT: Final[tuple[BriefSection, ...]] = (
    "signal_summary", "eli5", "impact_assessment", "optimistic_outlook", "pessimistic_outlook",
)  # fmt: skip
"""Sections that are one run of statements."""
PARAGRAPHS: Final = 3
Articles = Mapping[int, Article]


def outlet(article: Article) -> str:
    """The outlet's name, or its host where the article names none."""
    return article.source or urlsplit(article.url).netloc or "unknown outlet"


def cited(briefs: Iterable[Brief]) -> set[int]:
    """The articles that briefs quote."""
    return {e.article for brief in briefs for s in brief.statements for e in s.evidence}


def headline(brief: Brief | None, articles: Articles) -> dict[str, Any] | None:
    """None where the brief has none."""
    return next((statement(s, articles) for s in _of(brief, "headline")), None)


def sections(brief: Brief | None, articles: Articles) -> dict[str, Any]:
    """Every section but headline and timeline; three paragraphs of analysis."""
    silent = notice(SILENT if brief else PENDING)
    deep = _of(brief, "deep_analysis")
    paragraphs = [
        [statement(s, articles) for s in deep if s.paragraph == number] or [silent]
        for number in range(PARAGRAPHS)
    ]
    flat: dict[str, Any] = {
        name: [statement(s, articles) for s in _of(brief, name)] or [silent] for name in FLAT
    }
    return {
        "signal_summary": flat.pop("signal_summary"),
        "eli5": flat.pop("eli5"),
        "deep_analysis": paragraphs,
        **flat,
    }


def timeline(brief: Brief | None, articles: Articles) -> list[dict[str, Any]]:
    """Dated statements, the oldest event first."""
    dated = [s for s in _of(brief, "timeline") if s.at]
    return [
        {"at": s.at, "what": statement(s, articles)}
        for s in sorted(dated, key=lambda s: s.at or "")
    ]


def _of(brief: Brief | None, section: str) -> list[Statement]:
    return [s for s in brief.statements if s.section == section] if brief else []


def statement(said: Statement, articles: Articles) -> dict[str, Any]:
    """A sentence with the quotes that it rests on."""
    quotes = [evidence(e, articles) for e in said.evidence if e.article in articles]
    return {"text": said.text, "kind": said.kind, "evidence": quotes}


def notice(text: str) -> dict[str, Any]:
    """That sources are silent."""
    return {"text": text, "kind": "notice", "evidence": []}


def evidence(words: Evidence, articles: Articles) -> dict[str, Any]:
    """Quoted words as documents have them."""
    article = articles[words.article]
    return {
        "article": str(article.id),
        "url": article.url,
        "outlet": outlet(article),
        "quote": words.quote,
        "in": words.where,
        "start": words.start,
        "end": words.end,
    }


def disclosed(brief: Brief | None, signed: Sequence[SignOff]) -> Disclosure:
    """How a brief was made, with the review that holds for it."""
    return disclosure(brief, standing(brief, signed))


def provenance(
    brief: Brief | None, signed: Sequence[SignOff], otherwise: datetime
) -> dict[str, Any]:
    """`analysis` and `disclosure`; `otherwise` is the time where there is no brief yet."""
    found = disclosed(brief, signed)
    lost = voided(brief, signed)
    return {
        "analysis": {
            "by": brief.author if brief else "extractive",
            "model": brief.model if brief else None,
            "version": brief.version if brief else 0,
            "made_at": (brief.made_at if brief else otherwise).isoformat(),
            "sha256": sha256(brief) if brief else None,
            "reviewed": review(found.reviewed) if found.reviewed else None,
            "review_voided": _voided(lost) if lost else None,
        },
        "disclosure": marks(found),
    }


def marks(found: Disclosure) -> dict[str, Any]:
    """A disclosure as documents have it."""
    return {
        "text": found.label,
        "account": found.account,
        "by": found.by,
        "digital_source_type": found.iptc,
        "schema_org": found.schema_org,
        "ai_generated": found.ai,
        "sections": {name: list(authors) for name, authors in found.sections.items()},
    }


def review(signed: SignOff) -> dict[str, Any]:
    """A sign-off that holds. The two booleans are so by what its fields say: the store keeps none
    where they are empty."""
    return {
        "by": signed.reviewer,
        "role": signed.role,
        "competence": signed.competence,
        "contact": signed.contact,
        "at": signed.at.isoformat(),
        "sha256": signed.sha256,
        "facts_checked": bool(signed.facts),
        "sources_checked": bool(signed.sources),
        "facts": signed.facts,
        "sources": signed.sources,
        "changed": signed.changed,
        "responsible": signed.responsible,
        "version": signed.version,
    }


def _voided(signed: SignOff) -> dict[str, Any]:
    return {"version": signed.version, "by": signed.reviewer, "at": signed.at.isoformat()}
