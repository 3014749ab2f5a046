"""A verb behind a subject → the act of speech it is, and whose word it then is.

"Claimed to have stolen" is a claim in an attacker's mouth and a statement in a victim's; "was
charged" is no act of who was; a name of no known part that "confirmed a breach" was hit.
"""

from __future__ import annotations

import re
from typing import Final, Literal

from breachwire.model import AsserterKind
from nlp.patterns import one

Act = Literal["say", "confirm", "act", "claim", "deny", "open"]
"""say, confirm: states something; act: an authority's deed; open: neither confirms nor denies."""

_OWN: Final = 100
"""Characters behind an unknown name's verb in which it speaks of its own incident."""
_PASSIVE: Final = re.compile(
    r"\b(?:been|was|were|is|are|be|being)"
    r"(?: (?:also|later|since|first|now|recently|then|\w+ly))? ?\Z"
)


def act(told: re.Match[str], kind: AsserterKind | None) -> Act | None:
    """What a verb (a match of "follows") does in a speaker's mouth; None: no act of speech."""
    group, word = told.lastgroup or "", verb(told)
    link = told.string[told.start() : verb_start(told)]
    if group not in ("open", "deny") and not word.endswith("ing") and _PASSIVE.search(link):
        return None
    if kind == "attacker" and group not in ("claim", "offer"):
        return "claim" if one("voices", "utter").match(word) else None
    if group == "offer":
        return _called(told, kind)
    if word.startswith("settl") and kind != "authority":
        return None
    if word.startswith("report") and kind in (None, "outlet"):
        return None
    if group == "act":
        return _deed(word, kind)
    if group == "claim":
        return _claimed(word, kind, bool(one("doubts", "deed").match(_after(told))))
    return group  # type: ignore[return-value]


def _called(told: re.Match[str], kind: AsserterKind | None) -> Act | None:
    """What an attacker lists, offers or calls something; a party that calls it an attack."""
    if kind == "attacker":
        return "claim"
    named = one("voices", "calls").match(told.string, verb_start(told))
    return "confirm" if named and kind in ("victim", "authority") else None


def _deed(word: str, kind: AsserterKind | None) -> Act | None:
    """What authorities do; a lawsuit is its plaintiff's word."""
    if kind == "authority":
        return "act"
    if re.match("issu|warn", word):
        return "confirm"
    sues = ("sue" in word or "suit" in word) and kind != "third_party"
    return "say" if sues or kind == "victim" else None


def _claimed(word: str, kind: AsserterKind | None, stolen: bool) -> Act | None:
    """Whether "claims", "alleges", "offers" is a claim: not the victim's or an authority's.

    But a theft no victim claims: "the hacker behind the breach at N claims to have stolen".
    """
    if kind == "victim" and stolen:
        return "claim"
    if kind in ("victim", "authority", "researcher", "outlet"):
        return "say" if re.match(r"claim|alleg", word) else None
    return None if kind is None and re.match(r"sell|offer|alleg|adv", word) else "claim"


def speaker(kind: AsserterKind | None, spoken: Act, told: re.Match[str]) -> AsserterKind:
    """A speaker's kind, by the verb and what follows where the name plays no known part.

    A supplier or researcher that confirms its own incident is the one hit.
    """
    if kind not in (None, "third_party", "researcher"):
        return kind
    if kind == "researcher" or (kind == "third_party" and spoken == "say"):
        own = kind == "third_party" and one("voices", "own").search(_after(told))
        return "victim" if own or _owns(told) else kind
    if kind == "third_party" and spoken not in ("confirm", "deny"):
        return kind
    return _unknown(spoken, told)


def _unknown(spoken: Act, told: re.Match[str]) -> AsserterKind:
    """Whose a name is that plays no known part."""
    if spoken == "claim":
        return "attacker"
    if "sue" in told[0] or "lawsuit" in told[0] or _owns(told):
        return "victim"
    if spoken in ("confirm", "deny") and one("voices", "incident").search(_after(told)):
        return "victim"
    if spoken in ("say", "open") and one("voices", "own").search(_after(told)):
        return "victim"
    return "researcher"


def _owns(told: re.Match[str]) -> bool:
    """Whether something of its own is confirmed: "confirmed that its systems"."""
    sure = re.match(r"confirm|admit|acknow|disclos|releas", verb(told))
    return bool(sure and one("voices", "itself").search(_after(told)))


def _after(told: re.Match[str]) -> str:
    return told.string[told.end() : told.end() + _OWN]


def speaking(passive: re.Match[str]) -> AsserterKind:
    """Whose a name of no known part is behind "… by": who confirms or denies was hit."""
    own = re.match(r"(?:confirm|disclos|announc|acknow|admit|den|disput|reject|refut)", passive[0])
    return "victim" if own else "researcher"


def verb(told: re.Match[str]) -> str:
    """The verb's words."""
    return told[told.lastgroup or 0]


def verb_start(told: re.Match[str]) -> int:
    """Where the verb begins."""
    return told.start(told.lastgroup or 0)
