"""Whether a text is one complete sentence of reporting: no caption, furniture, table or order.

In: a sentence and the furniture its article holds. Out: a yes or no.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Final

from nlp import lexicon
from nlp.orders import gives_orders

_POINTER: Final = re.compile(r"\b[Ff]igures? \d|\b[Uu]pdate \d|(?<!\w)#[A-Za-z]")
_BROKEN: Final = (
    "…",
    "...",
    "\n",
    "!:",
    "http://",
    "https://",
    "\\(",
    "{",
    "}",
    "|",
    "&#",
    "&amp",
    "<",
    ">",
    "[.]",
    "Note:",
    "→",
    "***",
    "�",
)
_DASHED: Final = re.compile(r" - .* - ")
_END: Final = re.compile(r"[.!][\"”’')\]]{0,2}\Z")
_START: Final = re.compile(r"[A-Z0-9\"“‘$€£]")
_FIRST_PERSON: Final = re.compile(r"\b(?:[Ww]e|[Oo]ur|us|I|[Mm]y|[Yy]ou|[Yy]our)\b")
_RELATIVE: Final = re.compile(r", (?:which|who|whose|where) [^,]*(?:,|\Z)")
_VERB: Final = re.compile(
    r"\b(?:is|are|was|were|be|been|has|have|had|do|did|can|could|may|might|will|would|must|should"
    r"|said|took|went|came|got|made|found|began|put|hit|let|set|saw|told|left|lost|gave|kept|held"
    r"|led|met|paid|ran|sent|sold|shut|spread|stole|stood|wrote|broke|brought|built|bought|caught"
    r"|cut|drew|fell|felt|fled|froze|grew|hid|knew|laid|meant|read|rose|spent|spoke|thought|threw"
    r"|won|[a-z]{2,}(?:ed|s))\b|[a-z]n['’]t\b"
)
"""What may be a finite verb; without one outside its relative clauses a line is a caption."""
_AFTER_CODE: Final = re.compile(r"\b\d{5,} [A-Z][a-z]{3,} [a-z]")
"""A cell behind a number: "… 123123 Weak password used to …"."""
_SLIP: Final = re.compile(
    r"\bwhile (?:were|was|are|is) [a-z]+ing\b"
    r"|\A(?i:(?:the|these|multiple|several|two|three) (?:[\w-]+ ){0,3}?(?:vulnerabilities|flaws"
    r"|bugs|attackers|hackers) (?:affects|allows|enables|lets|exposes|was|is|has))\b"
)
"""A clause that has lost its subject; several that have a verb of one."""
_ROW: Final = re.compile(
    r"\A(?:Domain|IP(?:v[46])?(?: address)?|URL|Hash|SHA-?\d{1,3}|MD5|E-?mail(?: address)?"
    r"|Host(?:name)?|File(?: ?name)?|Telegram (?:handle|channel)|Wallet)"
    r" (?=\S{0,80}[\d.@])\S{3,80} [A-Z]"
    r"|\A[A-Z]{2}[A-Z0-9-]{3,40}: "
    r"|\A(?:Artifact|Indicator|Mutex|Process|Path|Registry(?: key)?|Repository|Package"
    r"|User[- ]agent"
    r"|Command|Variable|Address) \S{3,80} [A-Z][a-z]+ [a-z]"
)
"""A row of a table of indicators: "Domain evil.example Hosted the malicious app.", an address that
lives and is no sentence."""
_HEAD: Final = re.compile(
    r"\A(?:An?|The) (?P<head>[^,]{5,140})(?:, (?:dubbed|called|named|tracked as|known as) [^,]+)?"
    r", (?:that|which) (?P<rest>.*)"
)
_BARE: Final = re.compile(
    r"\A(?:An?|The|Two|Three|Four|Five|Six|Seven|Eight|Nine|Ten|Multiple|Several|New) "
    r"(?:(?!(?:an?|the|has|have|had|is|are|was|were) )[\w’'()/-]+ ){0,9}?"
    r"(?:vulnerabilit(?:y|ies)|flaws?|bugs?|weaknesses|campaigns?|attacks?)"
    r" (?:in|of|across|against) (?P<rest>[^,;]{3,90})\.\Z"
)
_FINITE: Final = re.compile(
    r"\b(?:is|are|was|were|has|have|had|can|could|may|might|will|would|must|let|lets|put|puts|hit|hits"
    r"|allows?|leaves?|left|lead|leads|led|show|shows|expos(?:e|es)|enables?|gives?|gave|means?|[a-z]{3,}ed)\b"
)
_GOES_ON: Final = re.compile(
    r", (?:has|have|had|is|are|was|were|will|can|could|may|did|does|said|[a-z]{3,}(?:ed|s))\b"
)
"""A noun and what is told of it, with no verb behind: "A flaw in X, that allows Y."."""
_RESTRICTED: Final = re.compile(
    r"\A(?:An?|The|Two|Three|Four|Five|Six|Seven|Eight|Nine|Ten|Multiple|Several|New) "
    r"(?P<head>[^“\"]{5,180}?) (?:that|which) (?:\w+ly )?(?P<verb>[a-z]+) (?P<rest>.*)"
)
"""A noun and what it does, with no comma between."""
_TOLD: Final = re.compile(
    r"\b(?:is|are|was|were|has|have|had|can|could|may|might|will|would|must|did|does|do|said|says|[a-z]{3,}ed"
    r"|[a-z]{2,}[^suiy\W]s)\b"
)
"""What may be a verb before it."""
_UNDER: Final = re.compile(r" (?:before|after|when|while|if|because|since|until|so|as) .*")
_MAIN: Final = re.compile(
    r"\b(?:is|are|was|were|has|have|had|can|could|may|might|will|would|must|did|does|said|says"
    r"|(?:feels|seems|looks|remains|comes|goes|works|runs|starts|begins|spread|spreads|published|found)"
    r"|[a-z]{3,}s (?:the|an?|all|any|every|its|their|his|her|over|more|up to|how|that|[A-Z\d])"
    r"|[a-z]{3,}ed (?:in|on|to|by|at|over|all|it|its|that))\b|, [a-z]{3,}(?:ed|s)\b"
)
"""What may be the main clause's verb behind one of its subject's."""
_CELL: Final = re.compile(r"\b([a-z]{3,}) ([A-Z][a-z]+)(?= [a-z])")
_QUOTED: Final = re.compile(r"[“\"][^“”\"]{0,400}[”\"]")


_RUN_ON: Final = re.compile(r"\w (?:This|These|They|Our) (?=[a-z])")
"""Two lines in one: "Information Disclosure Vulnerability This type of flaw is …"."""
_HANGS: Final = re.compile(
    r"\A(?:[A-Z][a-z]{2,}(?:ed|ing|en)|(?:By|While|After|Before|Upon|Through|Without|Instead of"
    r"|Rather than) [a-z]{2,}ing)\b[^.;,]{3,120}, (?:it|they|he|she)\b"
)
"""What somebody does or is done to, whom nothing names: "Delivered through bots, it collects …"."""
_CELLS: Final = re.compile(r"CVE-\d{4}-\d+ (?:[A-Z]{2,}-\d+ )?(?:Low|Medium|High|Critical|\d\.\d) ")
"""Cells side by side: a number, its mark, how grave it is."""
_ENABLES: Final = re.compile(
    r"[A-Z][\w-]{1,40}(?: [a-z-]{0,40}[a-rt-z]){1,4}"
    r" (?:enabling|allowing|letting|permitting|causing) "
)
"""A noun with what it lets somebody do."""


@lru_cache(maxsize=8192)
def whole(text: str, held: tuple[str, ...]) -> bool:
    """Whether it is one complete sentence of reporting: ended, balanced, no furniture, no "we", no
    order to a machine that reads it, not a quotation whose speaker another sentence names."""
    if not _END.search(text[-4:]) or not _START.match(text) or any(b in text for b in _BROKEN):
        return False
    if text.count("“") != text.count("”") or text.count('"') % 2:
        return False
    if text.count("(") != text.count(")") or _DASHED.search(text) or _POINTER.search(text):
        return False
    lower = text.lower()
    if any(phrase in lower for phrase in held) or gives_orders(text):
        return False
    outside = _QUOTED.sub("", text)
    if len(outside.split()) < 2 or _FIRST_PERSON.search(outside) or _RUN_ON.search(outside):
        return False
    if _HANGS.match(outside):
        return False
    return _VERB.search(_RELATIVE.sub(" ", outside)) is not None and not (
        _debris(outside) or _caption(outside)
    )


def bare(text: str) -> bool:
    """Whether it is flaws or attacks with where they are, and nothing told of them: "Three flaws in
    Orla's servers."."""
    match = _BARE.match(text)
    return match is not None and _FINITE.search(match["rest"]) is None


def _caption(text: str) -> bool:
    """Whether it is a noun with what it is of, or a relative clause, and no verb of its own; or a
    table's row."""
    if bare(text) or _CELLS.match(text):
        return True
    enables = _ENABLES.match(text)
    if enables and not _FINITE.search(text):
        return True
    if (only := _RESTRICTED.match(text)) and not _TOLD.search(only["head"]):
        return _MAIN.search(_UNDER.sub("", f" {only['rest']}")) is None
    match = _HEAD.match(text)
    if match is None or _VERB.search(match["head"]):
        return False
    return _GOES_ON.search(match["rest"]) is None


def slips(text: str) -> bool:
    """Whether its grammar is off: "Multiple Vulnerabilities Allows"."""
    return _SLIP.search(text) is not None


def _debris(text: str) -> bool:
    """Whether it is cells of a table run together: "… controls Developers could … Shifted to …"."""
    found = [
        m[2].lower() in lexicon.common() and m[1] not in lexicon.words("function", "stop")
        for m in _CELL.finditer(text)
    ]
    rows = _AFTER_CODE.search(text) or _ROW.match(text) or _SLIP.search(text)
    return sum(found) > 1 or rows is not None


@cache
def furniture() -> tuple[str, ...]:
    return tuple(lexicon.table("furniture")["phrases"])
