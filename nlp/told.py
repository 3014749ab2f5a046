"""A line whose day is of what somebody tells → what he tells, with whose word it is.

In: "Orla Bank said that it had closed the fault on March 3 and is writing to clients.", and the
day. Out: "Orla Bank closed the fault on March 3, it says.": a line of the timeline stands at that
day, on which nobody said so yet and the clients were not written to. None where the day is of the
saying, or the sentence is no such one.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Final

from nlp import dates, lexicon
from nlp.folding import capital
from nlp.patterns import says
from nlp.spans import plural

_SAID: Final = re.compile(
    r"\A(?:In an? (?:[a-z]+ )?(?:statement|letter|notice|post|filing|message|interview|advisory"
    r"|report|e-?mail|update),? )?"
    r"(?P<who>(?:The )?[A-Z][^,;:“”\"]{1,60}?)(?P<role>, (?:which|who|an?|the) [^,;“”\"]{3,90},)?"
    r" (?:(?:also|later|has|have) )?"
    r"(?:(?:said|says)(?: in (?:an?|its) [^,;“”\"]{3,70}?)? that (?=[a-zA-Z])"
    r"|(?:said|says|told [^,;“”\"]{2,60}?) (?=it |they |its )|(?:said|says) (?=the )"
    r"|(?:disclosed|confirmed|announced|revealed|acknowledged|reported|stated|wrote"
    r"|told [^,;“”\"]{2,60}?) that )"
    r"(?P<what>[^“”\"]+)\.\Z"
)
"""Who said what, without a day between them."""
_REST: Final = re.compile(
    r"(?:,)? and (?:that|is|are|was|were|will|would|has|have|had|plans?|expects?|it|they|its|their)"
    r" .*\Z"
)
"""What else is told behind the day: of another one."""
_SELF: Final = re.compile(r"(?:it|they) (?P<rest>[a-z].*)\Z", re.DOTALL)
_HAD: Final = re.compile(r"\bhad (?=(?!been\b)[a-z]+ed\b)")
_ITS: Final = re.compile(r"\b(?:its|their)\b")
_PAPER: Final = re.compile(
    r"\b(?:investigation|analysis|review|report|study|findings?|records|logs|results|evidence|data)\Z",
    re.IGNORECASE,
)
"""What nobody has the word in."""
_SECOND: Final = re.compile(r"\band that\b|\b(?:but|although|though|while|whether|if)\b")
"""One of several things, or doubt about it."""


def event(text: str, at: str, published: date | None) -> str | None:
    """What is told to have been on the day `at` (ISO), as a line."""
    said = _SAID.match(text)
    if said is None or _PAPER.search(said["who"]) or says("outlook", "doers", text):
        return None
    found = [m for m in dates.moments(text, published) if m.value == at]
    if not found or found[0].start < said.start("what"):
        return None
    told, end = said["what"], found[0].end - said.start("what")
    if _SECOND.search(told[:end]) or "not " in told[:end]:
        return None
    told = told[:end] + _REST.sub("", told[end:])
    who = said["who"]
    say = "say" if plural(who) else "says"
    own = _SELF.match(told)
    it = "they" if plural(who) else "it"
    if own is None and _ITS.search(told):
        told = _ITS.sub(f"{who}{'’' if who.endswith('s') else '’s'}", told, count=1)
        return f"{capital(_HAD.sub('', told, count=1))}, {it} {say}."
    if own is None:
        return f"{capital(_HAD.sub('', told, count=1))}, {_within(who)}{said['role'] or ''} {say}."
    return f"{who} {_HAD.sub('', own['rest'], count=1)}, {it} {say}."


def _within(who: str) -> str:
    first, _, rest = who.partition(" ")
    plain = first == "The" or (rest[:1].isalpha() and first.lower() in lexicon.common())
    return f"{first.lower()} {rest}" if plain else who
