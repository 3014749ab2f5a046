"""A ledger fact as a noun phrase, and what noun phrases are: of several, of nobody by name.

In: details and names. Out: the article's own words, or a plain label for a kind of thing; lists of
phrases in one; details that one sentence can tell.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from breachwire.model import Detail
from nlp import lexicon, resolve, wording
from nlp.names import headline_case
from nlp.reference import ORG

ROLE: Final = re.compile(
    r"(?:(?:the|an?|extortion|ransomware|hacking|crime|cyber|cybercrime|data[- ]theft|threat"
    r"|criminal"
    r"|forum|unnamed|unknown) ){0,3}(?:hackers?|attackers?|sellers?|crews?|gangs?|groups?|thieves"
    r"|thief|criminals?|intruders?|actors?|users?|posters?|extortionists?|cybercriminals?)"
)

PRONOUN: Final = re.compile(
    rf"\A(?:(?:[Tt]he |[Tt]his |[Ii]ts )?(?:[\w-]+ )*(?:{ORG}|victim|group|gang|crew)|Company"
    r"|[Ii]t|[Tt]hey|[Ww]e|[Hh]e|[Ss]he|[Ii]ts)\Z"
)
"""An asserter that names nobody by itself: "the Utah-based firm", not "Calder Clinic"."""

_UNITS: Final = {"organizations": "organizations", "other": "items"}

_NO_COUNT: Final = re.compile(
    r"\A(?:(?:19|20)\d\d [a-z]|\d{1,2} [A-Z][a-z]+ \w+ [a-z]|(?:\S+ ){8})"
)
"""A year or a date, or a run of words: no count of anything."""

_LEADING: Final = re.compile(r"\A(?:More [Tt]han|At [Ll]east|Up [Tt]o|Nearly|Over|About|Almost)\b")
"""Before a number that opens a title or a sentence."""
_FIRM: Final = re.compile(r"\A(?:[A-Z]\w+ ){1,2}(?:Networks|Systems|Customers)\Z")


def generic(name: str) -> bool:
    """Whether it is a plain noun and no name: "Hackers", "Extortion crew", "the firm"."""
    return bool(ROLE.fullmatch(name.lower()) or PRONOUN.match(name.lower()))


def span(detail: Detail) -> str:
    """The fact as a noun phrase: the article's own words, or a plain label for a kind of thing."""
    words = " ".join(detail.lead.claim.evidence.quote.split())
    if detail.field == "data_type":
        return wording.DATA.get(str(detail.value), "")
    if detail.field == "attack_type":
        return wording.ATTACKS.get(str(detail.value), "")
    if detail.field == "affected":
        return "" if _NO_COUNT.match(words) else _counted(words, detail)
    if detail.field == "money":
        words = _LEADING.sub(lambda m: m[0].lower(), words.removeprefix("the "))
        return re.sub(r"\b(?:M|B|Tr)illion\b|\bThousand\b", lambda m: m[0].lower(), words)
    return resolve.bare(words) if detail.field in resolve.FIELDS else words


def _counted(words: str, detail: Detail) -> str:
    bare = re.sub(
        r"\b(million|billion|thousand|hundred|more|than|over|about|nearly|m|k)\b", "", words
    )
    if detail.lead.claim.evidence.where == "title":
        words = _lowered(words, throughout=headline_case(detail.lead.claim.sentence.quote))
    words = _LEADING.sub(lambda m: m[0].lower(), words)
    if re.search(r"[a-z]{3}", bare):
        return words
    unit = str(detail.value.get("unit", "other"))
    return f"{words} {_UNITS.get(unit, unit)}"


def _lowered(words: str, *, throughout: bool) -> str:
    """A count cut from a title without its capitals at the ends: "over 100 Example users"; all
    through where the title gives every word one: "2.3 million guest records"."""
    parts = words.split(" ")
    for n, part in enumerate(parts):
        word = part.lower()
        at_end = n in (0, len(parts) - 1)
        if (word in lexicon.words("function", "stop") and at_end) or (
            word in lexicon.common() and (at_end or throughout)
        ):
            parts[n] = word
    return " ".join(parts)


def plural(name: str) -> bool:
    """Whether a name or phrase is of several: "researchers at Example", "Example Hosts"."""
    head = re.split(r" (?:of|at|with|from|in|for|on|who|that|behind) ", name)[0]
    last = head.split(" ")[-1]
    if " and " in head:
        return True
    if last[:1].isupper():
        return last.lower() in lexicon.words("function", "many") and not _FIRM.search(head)
    return last.endswith("s") and not last.endswith(("ss", "us", "is")) and last in lexicon.common()


def join(things: Sequence[str]) -> str:
    """ "a", "a and b", "a, b and c"."""
    return " and ".join(filter(None, [", ".join(things[:-1]), *things[-1:]]))


def grouped(details: Sequence[Detail]) -> list[list[Detail]]:
    """Details that one sentence can tell: of one field, status and asserter, in order."""
    groups: dict[tuple[str, str, str | None], list[Detail]] = {}
    for detail in details:
        groups.setdefault((detail.field, detail.status, detail.asserter), []).append(detail)
    return list(groups.values())
