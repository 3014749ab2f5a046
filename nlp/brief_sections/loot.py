"""What the data holds, in the source's own words where these are short.

In: details of kinds of data, told by one voice. Out: a clause for a sentence of ours: "the data
includes passport numbers (for about 6,000 guests)"; empty where the words are none.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from breachwire.model import Claim, Detail
from nlp import facts, vouch
from nlp.desk import Desk

HOLLOW: Final = ("customer_records", "employee_records", "internal_documents")
"""Kinds that say whose the data is, not what it is."""
_NOUNS: Final = re.compile(
    r"(?:[A-Za-z]{2,20} ){0,2}(?!(?:secrets|documents|files|records|details|images|videos)\Z)"
    r"[a-z]{2,20}[^\Ws]s"
)
_SOME: Final = re.compile(
    r",? (?P<of>(?:for|of) (?:about |some |nearly |more than |at least |up to )?\d[\d,]{1,12}"
    r"(?: [a-z]{3,20})?)(?=[,.;]| and )"
)
_SOME_BEFORE: Final = re.compile(
    r"\b(?P<of>for (?:about |some |nearly |more than |at least |up to )?\d[\d,]{1,12}"
    r" [a-z]{3,20}),? \Z"
)
"""For how many alone: "names, and for about 6,000 patients numbers"."""


def holds(desk: Desk, details: Sequence[Detail]) -> str:
    """The clause for kinds of data in the source's own words, where these are short: "passport
    numbers" says more than "identity numbers"."""
    claims = [desk.ledger.claim(d) for d in details]
    words = [(_own(c) or facts.span(d)) + _of_some(c) for c, d in zip(claims, details, strict=True)]
    things = facts.join(list(dict.fromkeys(filter(None, words))))
    if not things:
        return ""
    return f"the data {'may include' if any(map(vouch.hedged, claims)) else 'includes'} {things}"


def _of_some(claim: Claim) -> str:
    """Of how many, where its sentence says right beside it that it isn't of all."""
    if claim.evidence.where != "text":
        return ""
    quote, start = claim.sentence.quote, claim.evidence.start - claim.sentence.start
    behind = _SOME.match(quote, max(0, start + len(claim.evidence.quote)))
    before = _SOME_BEFORE.search(quote[: max(0, start)])
    some = behind or before
    return f" ({some['of']})" if some else ""


def _own(claim: Claim) -> str:
    """The source's noun for it: a plain plural of three words at most; else nothing."""
    words = claim.evidence.quote
    if claim.evidence.where == "title" or not _NOUNS.fullmatch(words):
        return ""
    return words if words.startswith("Social") else words[:1].lower() + words[1:]
