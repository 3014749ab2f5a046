"""Passages → phrases that say which data, what kind of attack, what response, by lists.

Each list (`lexicon/attacks.toml`, `data.toml`, `responses.toml`) holds [value, pattern] pairs over
folded text; every pattern is bounded, so that the time is linear in the text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from nlp import lexicon
from nlp.patterns import one
from nlp.reading import Passage
from nlp.ways import alternatives, by_letter

CVE: Final = re.compile(r"\bcve-(?:19|20)\d{2}-\d{4,7}\b")
_SPECIFIC: Final = frozenset(
    [
        "ransomware",
        "supply_chain",
        "phishing",
        "social_engineering",
        "vulnerability_exploitation",
        "stolen_credentials",
        "misconfiguration",
        "malware",
        "insider",
        "ddos",
        "wiper",
        "theft_of_funds",
        "espionage",
    ]
)

_CLAUSE: Final = 110
"""Characters before a phrase in which its clause says that it was not so."""
_DONE: Final = frozenset(
    ("paused_partnership", "took_systems_offline", "notified_people", "notified_authorities",
     "restored", "paid_ransom", "arrest", "takedown", "lawsuit_filed", "sanction")
)  # fmt: skip
"""Responses that are none before they are done."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """A phrase of a passage and the value it stands for."""

    passage: Passage
    start: int
    end: int
    value: str


Fits = Callable[[Phrase], bool]
"""Whether a phrase counts: where it does not, the next one of its value is looked for."""


@cache
def _compiled(name: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple(
        (value, _bounded(alternatives(pattern)))
        for value, pattern in lexicon.table(name)["patterns"]
    )


def _bounded(ways: Sequence[str]) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w-])(?= ?{_opens(ways)})(?:{by_letter(ways)})(?![\w])")


def _opens(ways: Sequence[str]) -> str:
    """What a phrase begins with: a letter, unless its pattern says so ("2fa codes", a sum)."""
    if any(re.match(r"(?:\(\?:)*\[\$", way) for way in ways):
        return r"[\w$€£-]"
    return r"[\w-]" if any(way.startswith(r"[\w") for way in ways) else "[a-z2-]"


@cache
def _word(key: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{lexicon.table('data')[key]})")


@cache
def _compiled_at(key: str) -> re.Pattern[str]:
    return re.compile(lexicon.table("data")[key])


def _matches(name: str, passage: Passage) -> list[Phrase]:
    """All matches of a list in a passage, by start, then the longest first."""
    found = [
        Phrase(passage, match.start(), match.end(), value)
        for value, pattern in _compiled(name)
        for match in pattern.finditer(passage.low)
        if match.end() > match.start()
    ]
    return sorted(found, key=lambda phrase: (phrase.start, -phrase.end))


def attacks(passages: Sequence[Passage], fits: Fits) -> list[Phrase]:
    """One phrase a kind of attack; plain intrusion only where nothing says more."""
    first: dict[str, Phrase] = {}
    for name, pattern in _compiled("attacks"):
        for passage in passages:
            match = None if name in first else pattern.search(passage.low)
            if (
                match
                and not _open(passage, match.start())
                and not _elsewise(name, passage, match.start(), match.end())
                and not _inside(first.values(), passage, match.start(), match.end())
                and fits(phrase := Phrase(passage, match.start(), match.end(), name))
            ):
                first[name] = phrase
    if first.keys() & _SPECIFIC:
        first.pop("unknown_intrusion", None)
    return list(first.values())


def _elsewise(name: str, passage: Passage, start: int, end: int) -> bool:
    """Whether the words tell of no such attack: another way was taken, it is a mere risk, what was
    left open was the attackers' own, it was "not by hackers", what was stolen were coins."""
    low, since = passage.low, max(0, start - _CLAUSE)
    if one("gates", "otherwise").search(low, since, start):
        return True
    if name != "unknown_intrusion" and one("gates", "risk").search(low, since, start):
        return True
    if name == "misconfiguration" and (
        one("gates", "their_own").search(low) or one("speech", "not_by").search(low)
    ):
        return True
    coins = name == "stolen_credentials" and low[start:end] in ("stolen tokens", "tokens stolen")
    return coins and bool(one("gates", "tokens").search(low))


def _inside(taken: Iterable[Phrase], passage: Passage, start: int, end: int) -> bool:
    return any(
        phrase.passage is passage and phrase.start <= start and end <= phrase.end
        for phrase in taken
    )


def data(passages: Sequence[Passage], fits: Fits) -> list[Phrase]:
    """Kinds of data that a sentence says were taken or laid open, longest phrases first taken."""
    found: list[Phrase] = []
    values: set[str] = set()
    for passage in passages:
        if not (
            _word("far").search(passage.low)
            or (passage.opens and _word("exposure").search(passage.low))
        ):
            continue
        here: list[Phrase] = []
        for phrase in sorted(_matches("data", passage), key=lambda p: p.start - p.end):
            if _way_in(phrase) or _no_loot(phrase) or _open(passage, phrase.start):
                continue
            if not any(p.start < phrase.end and phrase.start < p.end for p in here):
                here.append(phrase)
        here = [phrase for phrase in here if phrase.value not in values and fits(phrase)]
        found += sorted(here, key=lambda phrase: phrase.start)
        values |= {phrase.value for phrase in here}
    return found


def _no_loot(phrase: Phrase) -> bool:
    """Whether the words are part of a name or trade: "Personal Information Protection Act"."""
    after = phrase.passage.low[phrase.end : phrase.end + 20]
    return bool(_compiled_at("not_loot").match(after))


def _open(passage: Passage, start: int) -> bool:
    """Whether a sentence leaves open that it was so: "it is unclear whether …"."""
    return bool(one("gates", "open").search(passage.low, max(0, start - 110), start))


def _way_in(phrase: Phrase) -> bool:
    """Whether credentials are what the intruders came in with."""
    before = phrase.passage.low[max(0, phrase.start - 50) : phrase.start]
    return phrase.value == "credentials" and bool(_word("way_in").search(before))


def responses(passages: Sequence[Passage], fits: Fits) -> list[Phrase]:
    """What victims, authorities and others did; one phrase a value, two of "other"."""
    found: list[Phrase] = []
    for passage in passages:
        last = -1
        for phrase in _matches("responses", passage):
            most = 2 if phrase.value == "other" else 1
            if phrase.value in _DONE and (_undone(phrase) or _calmed(phrase)):
                continue
            few = sum(p.value == phrase.value for p in found) < most
            if phrase.start >= last and few and fits(phrase):
                found.append(phrase)
                last = phrase.end
    return found


def _undone(phrase: Phrase) -> bool:
    """Whether a response is a condition, a duty, a promise: not done yet."""
    since = max(0, phrase.start - _CLAUSE)
    return bool(one("gates", "undone").search(phrase.passage.low, since, phrase.start))


def _calmed(phrase: Phrase) -> bool:
    """Whether people were told no more than that nothing befell them."""
    told = phrase.value == "notified_people"
    return told and bool(one("gates", "nothing").match(phrase.passage.low, phrase.end))


def cves(passages: Sequence[Passage], fits: Fits) -> list[Phrase]:
    """CVE ids, upper-case, each once."""
    found: dict[str, Phrase] = {}
    for passage in passages:
        for match in CVE.finditer(passage.low):
            value = match.group().upper()
            phrase = Phrase(passage, match.start(), match.end(), value)
            if value not in found and fits(phrase):
                found[value] = phrase
    return list(found.values())
