"""Title and text → whether the item is a roundup: many events in one, so a member of no thread.

General marks, not outlets' names alone: recaps and digests by their words, a "Plus:" lead, lists of
vendors with one common "vulnerabilities", catalogue updates with several entries, numbered or
several victims under one headline. One vendor's patch day, or a catalogue update with one CVE, is
an event of its own.
"""

from __future__ import annotations

import re
from typing import Final

from nlp.folding import Caseless

_TITLE: Final = Caseless(
    r"""
    \b(?:storm ?cast\b | in\ other\ news\b | bulletin\s*[:–—-] | threats ?day\b
      | (?:week(?:ly)?|month(?:ly)?|daily)\s+(?:\w+\s+){0,2}?
        (?:recap|round-?up|digest|newsletter|wrap-?up|summary|in\ review|brief(?:ing)?s?)\b
      | (?:news|security|breach|threat|ransomware|deals?|m\s?&\s?a|funding|vulnerability|patch)\s+
        (?:round-?up|digest|recap|wrap-?up|newsletter)\b
      | round-?up\s*[:–—-] | recap\s*[:–—-]
      | (?:news|security|breaches|hacks)\s+(?:this|last|past|of\ the)\s+week\b | of\ the\ week\b
      | week\s+in\s+(?:review|security|breach|ransomware|cyber)
      | announcements?\s+summary\b | summary\s+of\s+(?:\w+\s+){0,2}announcements\b
      | (?:top|best)\s+\d+\s+(?:\w+\s+){0,4}of\s+(?:the\s+)?(?:week|month|year)\b
      | and\s+more\s*$ | \d+\s?\+?\s+(?:new|more)\s+stories\b
      | weekly\ (?:analysis|update)\b)
    | &\s*more\s*$ | \+\s?\d+\s+(?:new\s+|more\s+)?stories\b
    """,
    re.VERBOSE,
)
_LEAD: Final = re.compile(
    r"^\s*plus:|^\s*in this (?:week['’]s (?:newsletter|edition)|"
    r"episode,? (?:we|the hosts) (?:discuss|cover)[^.]*,[^.]*,? and)|"
    r"^\s*(?:other )?noteworthy stories\b|slipped under the radar|"
    r"^\s*(?:this|the) week(?:'s|’s) (?:roundup|recap|newsletter|edition)\b",
    re.I,
)
_NUMBER: Final = (
    r"(?:[2-9]|[1-9]\d+|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|"
    r"half a dozen|several|multiple|more)"
)
_CATALOGUE: Final = re.compile(
    rf"\b(?:KEV|Known Exploited|CISA)\b.{{0,60}}?\b{_NUMBER}\b[^.]{{0,40}}?"
    rf"\b(?:flaws|bugs|vulnerabilit(?:y|ies)|CVEs|entries)\b",
    re.I,
)
_CATALOGUE_LEAD: Final = re.compile(
    rf"\b(?:add(?:ed|s)|warned|expand(?:ed|s))\b[^.]{{0,80}}\b{_NUMBER}\b(?:\s+\w+){{0,4}}?\s+"
    rf"(?:flaws|bugs|vulnerabilities|defects)\b|\bKEV catalog with (?:{_NUMBER})\b",
    re.I,
)
_KEV: Final = re.compile(r"\bKEV\b|\bKnown Exploited Vulnerabilit", re.I)
_NO_NAME = (
    r"(?!(?:Patch|Disclos|Expos|Fix|Critical|High|Severe|Introduc|Ignor|Includ|Vulnerabilit|Flaw|"
    r"Bug|Release|Warn|Urge|Let|New|Hit|Attack|Exploit)\w*)"
)
_WORD = rf"{_NO_NAME}[A-Z0-9][\w.&+’'/-]*"
_NAME = rf"(?=[A-Z]){_WORD}(?:\s{_WORD}){{0,3}}"
_LIST = rf"{_NAME}(?:,\s{_NAME}){{1,20}}(?:,?\s(?:and|&)\s{_NAME})?"
_FLAWS = r"(?i:vulnerabilities|flaws|bugs)\b(?!\s(?:Let|Expos|Allow|Enabl|Could|Can|Put|Leav|Open))"
_VENDORS: Final = re.compile(
    r"(?:^|\b(?=[EeFf]|In|Of|Ac|Pa))(?:"
    rf"(?:^|\b(?:(?i:exploit\w*|flags?)|In|Of|Across)\s){_LIST},?\s{_FLAWS}"
    rf"|^{_LIST}\s(?:Patch|Release|Fix|Issue)\b"
    rf"|\b(?:Patched|Fixed)\s(?:in|by)\s{_NAME}(?:,|\sand)\s{_NAME}(?:\sProducts)?$"
    rf"|\b(?:Patch|Flaws|Fix)\w*\b.*\bAcross\s{_NAME}(?:,\s{_NAME}){{2,}})"
)
_PATCH_DAYS: Final = re.compile(
    rf"\b{_NUMBER}\s(?:\w+\s)?vendors\s(?:issue|release|publish|ship|patch|fix|address)\b", re.I
)
_SECTOR_PATCH_DAY: Final = re.compile(
    r"\b(?:ICS|OT|Chip ?maker|Industrial)\s+Patch Tuesday\b", re.I
)
_SEVERAL_VICTIMS: Final = Caseless(
    r"^(?:data breaches|(?:cyber|ransomware )attacks|(?:data |security )?incidents)\b.{0,40}"
    r"\b(?:announced|reported|disclosed|confirmed|at)\b.*(?:;|,|\band\b|&)|"
    r"\b(?:data )?breaches (?:announced|reported|disclosed) by\b|"
    rf"\b{_NUMBER}\s(?:\w+\s){{1,4}}(?:providers?|hospitals|clinics|practices|entities|"
    r"organi[sz]ations|companies)\s(?:\w+\s)?(?:affected|announce|disclose|report|confirm|notify|hit)"
    r"\b.*\b(?:attacks|breaches|incidents)\b|"
    r"\b(?:clinics|hospitals|providers|practices)\s(?:announce|disclose|report|notify|confirm)\b"
    r".*\b(?:incidents|attacks|breaches)\b|^data breaches at\b",
)


def is_roundup(title: str, text: str) -> bool:
    """Whether the item is about several events. `text` may be a summary or a whole page."""
    lead = text[:400]
    if _TITLE.search(title) or _LEAD.search(lead) or _SECTOR_PATCH_DAY.search(title):
        return True
    return _several_in_catalogue(title, lead) or _several_parties(title)


def _several_in_catalogue(title: str, lead: str) -> bool:
    """A list of exploited flaws that took in more than one."""
    if _CATALOGUE.search(title) and re.search(
        r"\b(?:add|updat|expand|confirm|flag|warn)", title, re.I
    ):
        return True
    return bool(_KEV.search(lead) and _CATALOGUE_LEAD.search(lead) and _VENDORS.search(title))


def _several_parties(title: str) -> bool:
    """Several vendors' flaws, or several victims, under one headline."""
    several = (_VENDORS, _SEVERAL_VICTIMS, _PATCH_DAYS)
    return any(pattern.search(title) for pattern in several)
