"""How a brief was made, for people and for machines: what every carrier of its text says.

In: a `Brief` and the sign-off that holds for it. Out: `Disclosure`: the label that stands, or is
spoken, before the text, the whole account, and the marks in IPTC's and schema.org's words. Computed
from who wrote each statement, never set by hand (EU AI Act, Article 50; IPTC "digital source type",
https://cv.iptc.org/newscodes/digitalsourcetype/).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final, get_args

from breachwire.model.facts import Brief
from breachwire.model.signoffs import SignOff
from breachwire.model.words import Author, BriefSection

SCHEME: Final = "http://cv.iptc.org/newscodes/digitalsourcetype/"
"""An identifier, therefore http. Atom names it as the scheme of a category."""
TRAINED: Final = "trainedAlgorithmicMedia"
"""IPTC's term for what a trained model made, a text or a voice."""
_SCHEMA_ORG: Final = "https://schema.org/"
SECTION_NAMES: Final[Mapping[BriefSection, str]] = {
    "headline": "Headline",
    "signal_summary": "Signal Summary",
    "eli5": "Explain Like I'm Five",
    "deep_analysis": "Deep Intelligence Analysis",
    "impact_assessment": "Impact Assessment",
    "optimistic_outlook": "Optimistic Outlook",
    "pessimistic_outlook": "Pessimistic Outlook",
    "timeline": "Timeline",
}
_BY_RULES: Final = "Extracted automatically from the sources below; no language model wrote this."
BY_MODEL: Final = "This text was generated using artificial intelligence."
IN_PART: Final = "Parts of this text were generated using artificial intelligence."
_BY_HAND: Final = "Edited by a person from the sources below."
_HOW: Final[Mapping[Author, str]] = {
    "extractive": "sentences of the sources, chosen and put together by rules",
    "model": "generated using artificial intelligence, each sentence checked by code against the"
    " passages it cites",
    "editor": "edited by a person",
}


@dataclass(frozen=True, slots=True)
class Disclosure:
    """What is said about a brief wherever its text goes."""

    label: str
    """One or two sentences, to stand or to be spoken before anything else."""
    account: str
    """Who or what wrote which section, and who reviewed it: one paragraph, the label not in it."""
    by: str
    """The writer's name: a model's as its endpoint names it, or "extractive, no model"."""
    source_type: str
    """IPTC's term: algorithmicMedia, trainedAlgorithmicMedia, …"""
    ai: bool
    """Whether a language model wrote any of it (podcasts: `<podcast:txt purpose="ai-content">`)."""
    sections: Mapping[BriefSection, tuple[Author, ...]]
    """Who wrote each section, in the order of the page."""
    reviewed: SignOff | None = None

    @property
    def iptc(self) -> str:
        """The term's address."""
        return SCHEME + self.source_type

    @property
    def schema_org(self) -> str:
        """The member of schema.org's IPTCDigitalSourceEnumeration."""
        named = "minorHumanEdits" if self.source_type == "humanEdits" else self.source_type
        return f"{_SCHEMA_ORG}{named[0].upper()}{named[1:]}DigitalSource"


def disclosure(brief: Brief | None, reviewed: SignOff | None = None) -> Disclosure:
    """What a brief's text carries. `reviewed`: the sign-off that holds for it (`standing`); one
    that does not is passed over. None for a brief: what our rules put together without one."""
    written = _written(brief) if brief else {}
    reviewed = reviewed if brief and reviewed and reviewed.covers(brief) else None
    authors = writers(brief) if brief else {_author(brief)}
    return Disclosure(
        label=_label(authors, written, reviewed),
        account=_account(authors, written, brief, reviewed),
        by=_by(authors, brief),
        source_type=source_type(authors),
        ai="model" in authors,
        sections=written,
        reviewed=reviewed,
    )


def together(
    written: Iterable[Mapping[BriefSection, Collection[Author]]], models: Iterable[str | None]
) -> Disclosure:
    """What a text carries that is put together from several briefs: `written` says who wrote which
    section of each, `models` how the endpoints name them. Reviews are each brief's own."""
    found: dict[BriefSection, set[Author]] = {}
    for sections in written:
        for section, own in sections.items():
            found.setdefault(section, set()).update(own)
    authors = {author for own in found.values() for author in own} or {_author(None)}
    ordered = {s: tuple(a for a in get_args(Author) if a in own) for s, own in found.items()}
    named = sorted({name for name in models if name})
    by = _by(authors, None)
    return Disclosure(
        label=_label(authors, ordered, None),
        account=_account(authors, ordered, None, None),
        by=", ".join(named) if "model" in authors and named else by,
        source_type=source_type(authors),
        ai="model" in authors,
        sections=ordered,
    )


def writers(brief: Brief) -> set[Author]:
    """Everyone who wrote a sentence of it; a brief shown under a model's name may be mixed."""
    return {author for own in _written(brief).values() for author in own} or {brief.author}


def _written(brief: Brief) -> dict[BriefSection, tuple[Author, ...]]:
    """Notices aside: that sources are silent, our code says of any brief."""
    said = tuple(one for one in brief.statements if one.kind != "notice")
    return replace(brief, statements=said).written()


def _author(brief: Brief | None) -> Author:
    return brief.author if brief else "extractive"


def _by(authors: set[Author], brief: Brief | None) -> str:
    if "model" in authors:
        return (brief.model if brief else None) or "a model"
    return "an editor" if "editor" in authors else "extractive, no model"


def source_type(authors: Collection[Author]) -> str:
    """IPTC's term for a text by these writers."""
    if "model" in authors:
        return TRAINED if set(authors) == {"model"} else "compositeWithTrainedAlgorithmicMedia"
    return "humanEdits" if "editor" in authors else "algorithmicMedia"


def _label(
    authors: set[Author],
    written: Mapping[BriefSection, tuple[Author, ...]],
    reviewed: SignOff | None,
) -> str:
    """A review is added to what made the text, and takes nothing from it."""
    if authors == {"model"}:
        said = BY_MODEL
    elif "model" in authors:
        parts = [section for section, own in written.items() if "model" in own]
        said = f"{IN_PART[:-1]}: {_names(parts)}."
    else:
        said = _BY_HAND if "editor" in authors else _BY_RULES
    return f"{said} {review(reviewed)}" if reviewed else said


def review(signed: SignOff) -> str:
    """Who reviewed the text, when, and who answers for it."""
    day = f"{signed.at.day} {signed.at:%B %Y}"
    return (
        f"Reviewed and fact-checked by {signed.reviewer}, {signed.role}, on {day}."
        f" Editorial responsibility: {signed.responsible} ({signed.contact})."
    )


def _account(
    authors: set[Author],
    written: Mapping[BriefSection, tuple[Author, ...]],
    brief: Brief | None,
    reviewed: SignOff | None,
) -> str:
    """ "Headline, Timeline: sentences of the sources …; Impact Assessment: generated …." """
    groups: dict[tuple[Author, ...], list[BriefSection]] = {}
    for section, own in written.items():
        groups.setdefault(own, []).append(section)
    model = f" (model {brief.model})" if brief and brief.model and "model" in authors else ""
    parts = []
    for own in [*groups] or [(_author(brief),)]:
        how = "; in part ".join(_HOW[a] + (model if a == "model" else "") for a in own)
        where = f"{_names(groups[own])}: " if len(groups) > 1 else ""
        parts.append(where + ("in part " if len(own) > 1 else "") + how)
    said = ". ".join(part[:1].upper() + part[1:] for part in parts) + "."
    if reviewed is None:
        return said + " No person has reviewed this version."
    return (
        f"{said} Version {reviewed.version} was reviewed by {reviewed.reviewer}"
        f" ({reviewed.competence}). Facts checked: {_ended(reviewed.facts)}"
        f" Sources checked: {_ended(reviewed.sources)}"
        + (f" What changed: {_ended(reviewed.changed)}" if reviewed.changed else "")
    )


def _ended(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _names(sections: Iterable[BriefSection]) -> str:
    held = set(sections)
    return ", ".join(SECTION_NAMES[s] for s in get_args(BriefSection) if s in held)
