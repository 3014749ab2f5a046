"""Whether a sentence repeats what the brief has said.

In: a thread's sentences, and the passages that the brief takes of them, one by one. Out: of each
sentence, its greatest overlap with any of those by terms (the redundancy of maximal marginal
relevance, Carbonell & Goldstein 1998), to which a figure or a day in common adds; and whether it
is free, being neither taken nor said in like words.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from nlp.facts import covers
from nlp.quotable import Quotable

REPEATS: Final = 0.55
"""Share of the shorter sentence's terms above which it says what another has said."""
_FIGURE: Final = 0.12
"""What two sentences have in common by one figure, beside their other words."""
_SAME_DAY: Final = 0.3
"""What two sentences have in common that tell of one discovery or release by its day."""
_CAME_TO_LIGHT: Final = {
    "found": re.compile(r"\b(?:discover|detect|notic|learn)ed\b"),
    "told": re.compile(r"\b(?:disclos|confirm|acknowledg|announc|post|publish)ed\b"),
    "released": re.compile(r"\b(?:released|fixed|patched|closed|shipped)\b"),
}
_DAY: Final = re.compile(
    r"\b(?P<m>Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6}\.? (?P<d>\d{1,2})\b"
    r"|\b(?P<d2>\d{1,2}) (?P<m2>Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6}\b"
)
_NEW_FIGURE: Final = 0.3
"""What sets a newer sentence apart from an older one by a count that is new in it."""
_COUNT: Final = re.compile(r"(?!(?:19|20)\d\d\Z)\d[\d,.]{0,12}\d\d")


class Repeats:
    """Which of a thread's sentences are used up, each by its number among them."""

    def __init__(self, quotables: Sequence[Quotable], named: frozenset[str]) -> None:
        """`named`: terms of the victim's name; two sentences that share it do not say the same for
        that."""
        self._all = quotables
        self._named = named
        self._own = [q.terms - named for q in quotables]
        self._figures = frozenset(filter(_COUNT.fullmatch, frozenset().union(*self._own)))
        """Terms of the sentences that are counts."""
        self._events = [_events(q.text) for q in quotables]
        self._said = [0.0] * len(quotables)
        self._taken: set[int] = set()

    def said(self, number: int) -> float:
        """A sentence's greatest overlap with anything held so far."""
        return self._said[number]

    def free(self, number: int, most: float = REPEATS) -> bool:
        """Whether a sentence is not taken, and no more than `most` of it is said."""
        return number not in self._taken and self._said[number] <= most

    def hold(self, chosen: Quotable) -> None:
        """Take a passage: what it cites serves no other section, what is like it serves less."""
        terms, events = chosen.terms - self._named, _events(chosen.text)
        cited = {e.article for e in chosen.evidence}
        for number, q in enumerate(self._all):
            if q.article in cited and any(covers(e, q.source) for e in chosen.evidence):
                self._taken.add(number)
            told = self._overlap(number, terms, events)
            if told > self._said[number] and q.at > chosen.at:
                told -= _NEW_FIGURE * (not (self._own[number] - terms).isdisjoint(self._figures))
            self._said[number] = max(self._said[number], told)

    def _overlap(
        self, number: int, terms: frozenset[str], events: frozenset[tuple[str, str]]
    ) -> float:
        """How much a sentence has in common with one of these terms and events."""
        own = self._own[number]
        shared = own & terms
        told = len(shared) / (min(len(own), len(terms)) or 1)
        told += _FIGURE * (not shared.isdisjoint(self._figures))
        return told + _SAME_DAY * bool(events and self._events[number] & events)


@lru_cache(maxsize=8192)
def _events(text: str) -> frozenset[tuple[str, str]]:
    """What came to light and on which day of the month, however it is written."""
    days = [f"{m['m'] or m['m2']} {m['d'] or m['d2']}" for m in _DAY.finditer(text)]
    verbs = [key for key, pattern in _CAME_TO_LIGHT.items() if days and pattern.search(text)]
    return frozenset((verb, day) for day in days for verb in verbs)
