"""A person's name in an article → the name with the role that the article gives right beside it.

In: an article's text and where a full name stands. Out: the span of "chief executive Ada Marsh",
"Ada Marsh, who leads research at Fenwick," or "Ada Marsh of Fenwick Research"; the name's own span
where nothing beside it says who that is.
"""

from __future__ import annotations

import re
from typing import Final

from nlp import lexicon
from nlp.folding import capital

_PLAIN: Final = (
    r"(?:executive|officer|director|president|spokes(?:person|man|woman)|researcher|analyst"
    r"|administrator|lawyer|attorney|professor|engineer|(?:co-)?founder|commissioner|minister|mayor"
    r"|judge|head|manager|maintainer|consultant|expert|translator|responder|nurse|teacher|owner"
    r"|governor|senator|prosecutor|superintendent|physician|economist|sheriff|treasurer|clerk"
    r"|defender|advocate|auditor|chair(?:man|woman)?|councill?or|detective|sergeant|technician"
    r"|librarian|dean|underwriter)"
)
OUTSIDER: Final = re.compile(
    r"\A(?:[A-Z][\w.’'-]{1,30} ){1,2}[A-Z][\w.’'-]{1,30}, (?:an?|the) (?:[a-z-]+ ){0,2}"
    r"(?:researcher|analyst|lawyer|attorney|professor|translator|judge|consultant|expert|nurse"
    r"|teacher|senator|prosecutor|physician|economist|plaintiff|customer|patient)\b"
)
"""A person who opens a sentence and is nobody of "the company" behind it."""
_BEFORE: Final = re.compile(
    r"(?:(?<=\s)|\A)(?:(?!The |In |On |At |By )[A-Z][\w-]{1,30}(?:['’]s)? )?"
    r"(?i:(?:(?:chief|vice|deputy|finance"
    r"|financial|nursing|managing|executive|senior|principal|lead|security|general|technology"
    r"|information|privacy|medical|county|state|federal|assistant|district|public|union) ){0,3}"
    rf"{_PLAIN}) (?:Dr\.? |Prof\.? )?\Z"
)
_BEHIND: Final = re.compile(
    r"(?:, (?:an? |the |its |who (?:leads?|heads?|runs?|covers?|studies|represents?|founded"
    r"|directs?|writes|sells|advises|teaches|tracks|audits|insures) "
    r"|chief |head of |director of )(?:[\w’'&-]+ ){0,10}[\w’'&-]+(?=[,.])"
    r"|, of (?:[A-Z][\w’'-]* ?){1,3}(?:, [A-Z][a-z]+)?(?=,)"
    r"| (?:of|at) (?:the (?:[a-z]+ )?)?[A-Z][\w&’'-]*(?: [A-Z][\w&’'-]*){0,3}(?=[ ,.]))"
)
_LEANS: Final = re.compile(
    r"\b(?:(?:the|this|that|another) (?:firm|company|agency|group|office|bureau|school|hospital"
    r"|organi[sz]ation|project|lab|case|suit)|his|her|their|its|not|said|told)\b"
)
"""What in such words another sentence explains, or goes on with the news."""
_OF_IT: Final = re.compile(r", (?:the [a-z]+|its)['’]s? (?=[a-z])|, its (?=[a-z])")
"""Whose head of security, the sentence before says; what is left says what she does."""
_ITS: Final = re.compile(r", its (?=[a-z])")
"""Here nothing says whose; "the lab's" goes back to a lab that the brief must have told of."""
_REACH: Final = 60
_FAR: Final = 110


def whole(text: str, start: int, end: int) -> tuple[int, int]:
    """The span of a name with its role."""
    before = _BEFORE.search(text[max(0, start - _REACH) : start])
    if before and not _LEANS.search(before[0]):
        return start - len(before[0]), end
    behind = _BEHIND.match(text, end, end + _FAR)
    if behind and not _LEANS.search(_OF_IT.sub(", ", behind[0], count=1)):
        return start, end + len(behind[0].rstrip())
    return start, end


def put(text: str, name: str, role: str) -> tuple[str, str]:
    """A text with a name's role put to it, and the role as it stands there: an apposition is closed
    by a comma, a sentence begins with a capital. Without the name in it, the text as it is."""
    start = text.find(name)
    if start < 0 or role == name:
        return text, name
    end = start + len(name)
    role = _ITS.sub(r", ", role, count=1)
    if role.startswith(f"{name}, ") and text[end : end + 1] not in (",", "."):
        role += ","
    role = _within(role, name) if text[:start].strip("“\"' ") else capital(role)
    return text[:start] + role + text[end:], role


def _within(role: str, name: str) -> str:
    """A role that opened its own sentence, as it stands inside another."""
    plain = not role.startswith(name) and role.split(" ", 1)[0].lower() in lexicon.common()
    return role[:1].lower() + role[1:] if plain else role
