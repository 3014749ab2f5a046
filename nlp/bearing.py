"""A claim → whether its sentence bears on the incident of its thread, and by whose word.

In: claims with their sentences, the year in which the reporting began. Out: yes or no. What stands
in a sentence on an earlier case, on others than who was hit, or on a mere danger fills no fact of a
brief; data is told by its kind only where its own noun stands ("stolen identities" are no names, an
e-mail address is no address). Patterns: `lexicon/bearing.toml`.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from breachwire.model import Claim
from nlp import lexicon
from nlp.patterns import says

_YEAR: Final = re.compile(
    r"\b(?:in|of|since|from) (?:[A-Z][a-z]+ )?(?:\d{1,2}, )?((?:19|20)\d\d)\b"
)
_ALL_ALONG: Final = frozenset({"victim", "third_party"})
"""Fields that hold whatever else a sentence speaks of: the name is the story's either way."""


def bears(claim: Claim, year: int) -> bool:
    """Whether its sentence is on this incident: not on an earlier one, not on others'."""
    text = claim.sentence.quote
    if claim.field in _ALL_ALONG:
        return True
    if before(text, year):
        return False
    if claim.field == "attack_type" and says("bearing", "others", text):
        return False
    if claim.field == "affected":
        return not _in_danger(claim)
    return claim.field != "data_type" or _named(claim)


def before(text: str, year: int) -> bool:
    """Whether a sentence tells of an earlier case: "breached once before", "in 2021"."""
    return says("bearing", "before", text) or _long_ago(text, year)


def doers_word(text: str) -> bool:
    """Whether a sentence gives what only those say who did it."""
    return says("bearing", "doers", text)


def refused(text: str) -> bool:
    """Whether somebody in it refuses a demand, which confirms that there was one."""
    return says("bearing", "refused", text)


def spoken(text: str) -> bool:
    """Whether a title says at its end whose word it is."""
    return says("bearing", "own_word", text)


def contacts(text: str) -> str:
    """The plain words for the contact details that a sentence names: no e-mail is an address."""
    kinds = {"mail": "email addresses", "phone": "phone numbers", "home": "addresses"}
    found = [words for key, words in kinds.items() if says("bearing", key, text)]
    return found[-1] if "addresses" in found else next(iter(found), "ways to reach people")


def _long_ago(text: str, year: int) -> bool:
    """Whether every year it names lies before the one in which the reporting began."""
    years = [int(match[1]) for match in _YEAR.finditer(text)]
    return bool(years) and max(years) < year


def _in_danger(claim: Claim) -> bool:
    """Whether those counted are only laid open to something: "exposing thousands of firms to …"."""
    at = max(0, claim.evidence.start - claim.sentence.start)
    text, end = claim.sentence.quote, at + len(claim.evidence.quote)
    return says("bearing", "exposing", text[:at]) and says("bearing", "to_risk", text[end:])


def _named(claim: Claim) -> bool:
    """Whether such data is named by its own noun, whole, and as loot."""
    value, text = str(claim.value), claim.sentence.quote
    literal = _literal().get(value)
    if literal and not literal.search(text):
        return False
    if value in ("payment_card", "financial") and says("bearing", "partial", text):
        return False
    if value == "ssn_or_id" and says("bearing", "one_mans", text):
        return False
    return value != "credentials" or not says("bearing", "way_in", text)


@cache
def _literal() -> dict[str, re.Pattern[str]]:
    table: dict[str, str] = lexicon.table("bearing")["literal"]
    return {value: re.compile(pattern, re.IGNORECASE) for value, pattern in table.items()}
