"""The credit line of a text: whose report it passes on, in the text's own words.

In: a text and the outlet that carries it. Out: the name ("WIRED", "Lily Hart and Max Orr"), or ""
where the text credits nobody or its own outlet. Rules are of form, not of outlets: an opening
"<Names> report:", "via", "(Agency) -", "originally published by", "first appeared on", "h/t".
"""

from __future__ import annotations

import re
from typing import Final

from ingest.clean import same_name

OPENING: Final = 400
"""Characters in which an opening credit stands."""
CLOSING: Final = 300
"""Characters in which a closing credit stands."""

# A name: one to six words, each with a capital, a digit or a small joining word between them.
_WORD = r"(?:[A-Z0-9][\w’'&.\-]*|[a-z]+[A-Z][\w]*)"
_NAME = rf"{_WORD}(?:[ ](?:(?:the|de|van|von|der|for|and|&|la|du)[ ])?{_WORD}){{0,5}}"
_LIST = rf"{_NAME}(?:,?[ ]and[ ]{_NAME}|,[ ]{_NAME}){{0,8}}"
_SAYS = r"(?:reports?|writes?|reported|has the story|have the story)"

_OPENINGS = (
    # "WIRED reports:", "Lily Hart, Max Orr, and Bo Lee of The Ledger report:"
    re.compile(rf"^\W{{0,3}}(?P<who>{_LIST})(?:[ ](?:of|at|for|from)[ ](?P<of>(?:the[ ])?{_NAME}))?"
               rf"[ ]{_SAYS}[ ]?:"),
    # "PARIS, Oct 5 (Reuters) - ", "(Reuters) —"
    re.compile(rf"^(?:[A-Z][A-Z .’'/-]{{2,40}}(?:,[^()\n]{{0,40}})?)?"
               rf"\((?P<who>{_NAME})\)[ ]?[-–—]+[ ]"),
    re.compile(rf"^\W{{0,3}}[Vv]ia[ ](?P<who>{_NAME})[ ]?(?::|[.\n]|$)"),
)  # fmt: skip
_CLOSINGS = (
    # Of the text itself: the file that "first appeared on VirusTotal" is no credit.
    re.compile(rf"(?:\b(?:article|story|post|piece|report|column|essay|version|text|it)\b"
               rf"[^.\n]{{0,60}}?"
               r"|(?:^|\n|[.!?][”\")\]]{0,2}\s)\W{0,3})\b(?:[Oo]riginally|[Ff]irst)[ ]"
               rf"(?:published|appeared|posted)[ ]"
               rf"(?:by|on|at|in)[ ](?P<who>(?:the[ ])?{_NAME})"),
    re.compile(rf"\b(?:[Rr]epublished|[Rr]eprinted|[Ss]yndicated)[ ](?:with permission[ ])?from[ ]"
               rf"(?P<who>(?:the[ ])?{_NAME})"),
    re.compile(rf"(?:^|\n|[.!?)\]][ ])\W{{0,2}}(?:[Vv]ia|[Hh]/[Tt]|[Hh]at tip(?: to)?"
               rf"|[Ss]ource)[ ]?:?[ ]"
               rf"(?P<who>{_NAME})[ ]?[.)\]]*\s*$"),
    re.compile(rf"\bRead (?:more|the full story|the rest) (?:at|on|in) (?P<who>(?:the[ ])?{_NAME})"
               r"[ ]?[.)\]]*\s*$"),
)  # fmt: skip
_NO_NAME = frozenset(
    ("the", "this", "it", "he", "she", "they", "we", "a", "an", "i", "read", "full", "update",
     "our", "his", "her", "their", "monday", "tuesday", "wednesday", "thursday", "friday",
     "saturday", "sunday", "january", "february", "march", "april", "may", "june", "july",
     "august", "september", "october", "november", "december")
)  # fmt: skip


def credit_line(text: str, *, outlet: str = "") -> str:
    """The outlet or persons that the text says it comes from; "" where none or `outlet` itself."""
    opening, closing = text[:OPENING], text[-CLOSING:]
    for patterns, part in ((_OPENINGS, opening), (_CLOSINGS, closing)):
        for pattern in patterns:
            if found := pattern.search(part):
                named = re.sub(r"^the\s+|[.,’']+s?$", "", _named(found))
                if _is_name(named) and not same_name(named, outlet):
                    return named
    return ""


def _named(found: re.Match[str]) -> str:
    """The outlet where persons are named with theirs; "Bank of Sea" is one name."""
    who, outlet = found["who"].strip(), (found.groupdict().get("of") or "").strip()
    if outlet and " " not in who:
        return f"{who} of {outlet}"
    return outlet or who


def _is_name(named: str) -> bool:
    """No pronoun, weekday or date ("first published on October 31")."""
    return 1 < len(named) <= 200 and named.split()[0].lower() not in _NO_NAME - {"the", "a", "an"}
