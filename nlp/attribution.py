"""An article → whose reporting it rests on: an agency's, another outlet's, or its own.

In: title, text, outlet, credit. Out: an `Attribution`: the wire or credit whose words it prints,
the outlets it cites for its facts, and whether it brings a source of its own (a statement, a
filing, a researcher, an interview). Rules are of form; what is an
outlet's name, `nlp.outlets` knows.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from nlp import sentences
from nlp.copies import credit_in
from nlp.features import title_key
from nlp.lexicon import table
from nlp.outlets import NAME, OWNER, is_own, named_in, newsroom, outlet_in, plain

READ: Final = 12_000
"""Characters read of a text: news of common length whole."""
OPENING: Final = 260
"""Characters in which a dateline or a press release's mark stands."""
CLOSING: Final = 320
EXCERPT: Final = 700
"""Characters below which a text is a feed's excerpt: what it lacks, the article may have."""

_START: Final = r"(?<![\w-])(?<![A-Z] )"
"""Where a name may begin: behind a capital that stands alone it would have begun before."""
_ADVERB: Final = r"(?:first |originally |initially |previously |earlier |also |exclusively |later )"
_REPORT: Final = r"(?:report|article|story|investigation|scoop|account|interview|piece)"
_REPORTED: Final = tuple(
    re.compile(pattern)
    for pattern in (
        rf"\b(?:reported|revealed|broken|published|disclosed) {_ADVERB}?"
        rf"(?:by|in|at) (?P<who>{NAME})",
        rf"\b[Aa]ccording to (?:an?|the|its|this)(?: \w+){{0,2}} {_REPORT}"
        rf" (?:by|in|from|of|at) (?P<who>{NAME})",
        rf"\b(?:{_REPORT}|reporting|coverage) (?:by|in|from|on|at) (?P<who>{NAME})",
        rf"{_START}(?P<who>{NAME})(?= [a-z])(?: has| had)? {_ADVERB}?"
        r"(?:reported|reports|revealed|broke the (?:story|news)|has learned)\b",
    )
)
"""A report is passed on."""
_SPOKEN: Final = tuple(
    re.compile(pattern)
    for pattern in (
        r"\b(?:told|tells|(?:statement|interview|comments?|e-?mail|speaking|spoke|shared)"
        rf" (?:to|with)) (?:reporters at )?(?P<who>{NAME})",
        rf"\b(?:seen|reviewed|obtained|viewed) by (?P<who>{NAME})",
    )
)
"""Somebody spoke to an outlet, or it saw a document."""
_SAID: Final = tuple(
    re.compile(pattern)
    for pattern in (
        rf"\b[Aa]ccording to (?P<who>{NAME})",
        rf"{_START}(?P<who>{NAME})(?= [a-z])(?: has| had)? {_ADVERB}?"
        r"(?:wrote|writes|said|says)\b",
        rf"\b(?:[Cc]iting|[Pp]er) (?P<who>{NAME})",
        rf"{_START}(?P<who>{OWNER})[’'`]s? (?:\w+ )?{_REPORT}\b",
    )
)
"""What newsrooms, firms and authorities do alike: counts for names known as newsrooms'."""
_FIRST: Final = re.compile(
    rf"\b(?:first|originally|initially) (?:reported|revealed|broken|published|disclosed) "
    rf"(?:\w+ )?(?:by|in|on|at) (?P<who>{NAME})"
    rf"|{_START}(?P<also>{NAME})(?= [wtf]) (?:was )?(?:the )?first (?:to report|reported|broke)\b"
)
_DATELINE: Final = re.compile(
    rf"\A\W{{0,3}}(?:[A-Z][\w .,’'/–—-]{{2,60}}?)?\((?P<who>{NAME})\)\s?[-–—]+\s"
    rf"|\A(?:[A-Z][A-Z .’'-]{{2,40}}(?:, [^—–()\n]{{2,24}})?)?\s?[—–-]\s?(?P<bare>AP|AFP|UPI)\b"
    rf"|\ABy (?P<by>(?:The )?Associated Press|Reuters|AFP|Agence France-Presse)\b"
)
_SIGNED: Final = re.compile(r"(?:—|–|--|\()\s?(?P<who>AP|AFP|Reuters|UPI|dpa)\)?\.?\s*\Z")
_ORIGINALLY: Final = re.compile(
    rf"\bThis (?:story|article|report|piece|post) (?:\w+ )?(?:originally |first )?"
    rf"(?:appeared|was (?:\w+ )?(?:published|produced|reported)|is republished|is reprinted)"
    rf"(?: \w+)? (?:in|on|by|at|from) (?P<who>{NAME})"
)
_OWN: Final = re.compile(
    r"\b(?:told|tells) (?:us|this (?:reporter|newspaper|website))\b|\bwe (?:asked|spoke|reviewed"
    r"|contacted|obtained|verified|downloaded|found|first wrote|have seen|saw)\b|\bour own\b"
    r"|\b(?:in|through|by) an? (?:\w+ ){0,2}(?:statement|filing|notice|letter|e-?mail|interview"
    r"|blog post|advisory|disclosure|press release|bulletin|alert|court (?:filing|document))\b"
    r"|\b(?:filing|complaint|lawsuit|affidavit|indictment|court (?:records|documents|papers)"
    r"|advisory|notification|notice|press release|statement|spokes(?:person|woman|man)|blog post"
    r"|bulletin)s?\b"
    r"(?=.{0,60}\b(?:sa(?:id|ys)|state[sd]?|reads?|show[sn]?|list(?:s|ed)|alleg|accord|confirm|add|wrote))"
    r"|\b(?:researchers?|analysts?|investigators?|experts?)\b(?=.{0,80}\b(?:sa(?:id|ys)|found|told"
    r"|discovered|identified|observed|traced|wrote|warned|analy[sz]ed|noted))"
    r"|\b(?:chief|director|officer|founder|minister|sheriff|mayor|attorney|president|CEO|CISO|judge)\b"
    r"(?=.{0,80}\b(?:said|says|told|wrote|added)\b)"
    r"|\baccording to (?:the|its|an?|court)(?: \w+){0,4} (?:filing|notice|complaint|indictment"
    r"|letter|documents?|advisory|records|statement|researchers?|company|firm|agency|police|vendor)\b"
)
_REPORTS: Final = re.compile(r"\breport|\b(?:say|tell|reveal)s?\b|:", re.I)
_ASKED: Final = re.compile(
    r"\b(?:did not|didn['’]t|has not|have not|declined|could not|no) (?:immediately |yet |to )*"
    r"(?:respond|repl|comment|answer|response|reached)",
    re.I,
)
"""An outlet that asked and was told nothing brings nothing."""


@dataclass(frozen=True, slots=True)
class Attribution:
    """Where an article's facts come from, by what it says itself."""

    prints: str = ""
    """Whose text it prints: an agency, an outlet, persons; empty: nobody's."""
    release: bool = False
    """It prints a press release."""
    cites: tuple[str, ...] = ()
    """Outlets it cites for facts, the first reporter first."""
    own: bool = True
    """It brings a source of its own, or cites no outlet at all."""
    sourced: bool = False
    """It brings a source of its own."""


@lru_cache(maxsize=512)
def read(
    title: str, text: str, outlet: str, family: str, credit: str, others: str = ""
) -> Attribution:
    """What an article says of its sources. `others`: outlets of the thread, "|" between them, whose
    names count as outlets' whatever they look like."""
    text = text[:READ]
    mine = {title_key(outlet), title_key(family)} - {""}
    if _released(text):
        return Attribution("press release", release=True)
    if prints := _printed(text, credit, mine):
        return Attribution(prints, own=False)
    known = _newsrooms(others)
    if not _REPORTS.search(title):
        # A newspaper that a title tells of without "reports" is the victim, not the source.
        mine |= set(named_in(title, known))
    cited, own = _cited(f"{title}\n{text}", known, mine)
    return Attribution("", cites=cited, own=own or not cited, sourced=own)


@lru_cache(maxsize=64)
def _newsrooms(others: str) -> frozenset[str]:
    """Once for a thread, not for each of its articles: some have hundreds of outlets."""
    return frozenset(newsroom(name) for name in others.split("|")) - {""}


def _released(text: str) -> bool:
    """Whether a distributor of press releases marks it."""
    marks = "|".join(re.escape(name) for name in table("outlets")["releases"])
    edge = f"{text[:OPENING]}\n{text[-CLOSING:]}"
    return bool(
        re.search(
            rf"/\s?(?:{marks})\s?/|\((?:{marks})\)|\b(?:{marks})\)?\s?(?:--|—|–)"
            rf"|\d{{4}}, (?:{marks})\b",
            edge,
        )
        or re.search(r"\A\W{0,3}(?:FOR IMMEDIATE RELEASE|Press [Rr]elease\b\s?[:—–-])", text)
    )


def _printed(text: str, credit: str, mine: set[str]) -> str:
    """The name under whose dateline or credit it stands, unless that is its own."""
    found = (
        _DATELINE.search(text[:OPENING]),
        _ORIGINALLY.search(text[:OPENING]),
        _ORIGINALLY.search(text[-CLOSING:]),
        _SIGNED.search(text[-CLOSING:]),
    )
    names = [next(n for n in match.groups() if n) for match in found if match]
    for name in [*names, credit, credit_in(text)]:
        if name and not is_own(name, mine):
            return name.strip()
    return ""


def _cited(text: str, known: frozenset[str], mine: set[str]) -> tuple[tuple[str, ...], bool]:
    """Outlets cited, the first reporter first; and whether a sentence beside has its own source."""
    cited: list[str] = []
    own = False
    excerpt = len(text) < EXCERPT
    for start, end in sentences.split(text):
        sentence = text[start:end]
        firsts, names = _outlets_in(sentence, known | mine, excerpt=excerpt)
        others = [n for n in names if not is_own(n, mine)]
        cited = [*(n for n in firsts if not is_own(n, mine)), *cited, *others]
        asked = bool(_ASKED.search(sentence))
        if len(others) < len(names) and not asked:
            own = True
        own = own or (not others and not asked and bool(_OWN.search(sentence)))
    unique = {plain(name): name for name in reversed(cited)}
    return tuple(reversed(unique.values())), own


def _outlets_in(
    sentence: str, known: frozenset[str], *, excerpt: bool
) -> tuple[list[str], list[str]]:
    """(first reporters, all cited) outlets of a sentence."""
    firsts = [
        n for m in _FIRST.finditer(sentence) if (n := outlet_in(m["who"] or m["also"], known))
    ]
    none: frozenset[str] = frozenset()
    # A statement "shared with CNBC" in an excerpt is no sign that the rest has nothing of its own.
    kinds = ((_REPORTED, known), (() if excerpt else _SPOKEN, known), (_SAID, none))
    names = [
        name
        for patterns, unlisted in kinds
        for pattern in patterns
        for match in pattern.finditer(sentence)
        if (name := outlet_in(match["who"], unlisted))
    ]
    return firsts, firsts + names
