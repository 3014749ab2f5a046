"""Whether a reader who comes to a sentence of a brief has met what it speaks of.

In: a thread's sentences and articles, and the statements of the brief so far. Out: for a sentence
and a place in the brief, the sentence; or it and the one before it in its article, which brings up
what it goes back to, as one passage; or nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

from breachwire.model import Article, BriefSection, Statement
from nlp import antecedents, quotable
from nlp.quotable import Quotable

Place = tuple[BriefSection, int]
"""A section and, of the analysis, its paragraph."""
_ORDER: Final[dict[str, int]] = {
    "headline": 0, "signal_summary": 1, "deep_analysis": 2, "impact_assessment": 3,
    "optimistic_outlook": 4, "pessimistic_outlook": 4,
}  # fmt: skip
"""Sections in the order of reading, as far as their sentences are held to what was told before."""
_LATER: Final = 9
_OF_OTHERS: Final = re.compile(
    r"\b(?:[Tt]hey|[Tt]hem|[Tt]hese|[Tt]hose|[Bb]oth|[Hh]e|[Ss]he|[Ii]t)\b"
    r"|\b(?:in|of|by|from|with|to|at|on|for) that [a-z]"
    r"|\A(?:This|That|Such|Here|There|Other|Another|Also|Additionally)\b"
    r"|\bthe (?:others|rest|latter|former)\b"
    r"|\AThe (?:company|firm|group|organi[sz]ation|agency|crew|gang|vendor|maker|hospital)\b"
)
"""What only the sentence before says who or what it is."""
_UNMET: Final = 0.25
"""What a sentence loses by a noun in it that nothing brought up."""


class Met:
    """What a reader has met at each place of one brief."""

    def __init__(
        self,
        quotables: Sequence[Quotable],
        articles: Mapping[int, Article],
        statements: Sequence[Statement],
    ) -> None:
        """`statements`: the brief as it grows."""
        self._all = quotables
        self._articles = articles
        self._statements = statements
        alone = ((n, q) for n, q in enumerate(quotables) if q.after is None and not q.pair)
        self._at = {(q.article, q.position): n for n, q in alone}

    def known(
        self, q: Quotable, place: Place, free: Callable[[int], bool]
    ) -> tuple[Quotable | None, float]:
        """A sentence whose definite nouns a reader of the place has met; else it and the one before
        it, where that is `free` and brings them up; else None, or the sentence with what it loses
        by them, where they are details."""
        if place[0] not in _ORDER or not (loose := self._loose(q, place)):
            return q, 0.0
        if both := self._together(q, loose, place, free):
            return both, 0.0
        bare = any(reference.bare for reference in loose)
        return (None, 0.0) if bare else (q, _UNMET * len(loose))

    def whole(self, q: Quotable) -> bool:
        """Whether a sentence that leans is understood by who has read all that is held: what it
        speaks of by "the" stands there, and it speaks of nobody as "they"."""
        if _OF_OTHERS.search(q.text):
            return False
        text = self._articles[q.article].text
        found = antecedents.open_nouns(q.text, text, q.source.start)
        said = [antecedents.stems(s.text) for s in self._statements if s.evidence] if found else []
        return all(any(antecedents.told(r, words) for words in said) for r in found)

    def _together(
        self,
        q: Quotable,
        loose: Sequence[antecedents.Reference],
        place: Place,
        free: Callable[[int], bool],
    ) -> Quotable | None:
        number = self._at.get((q.article, q.position - 1))
        if number is None or not free(number) or self._loose(self._all[number], place):
            return None
        brought = antecedents.stems(self._all[number].text)
        if not all(antecedents.told(reference, brought) for reference in loose):
            return None
        return quotable.together(self._all[number], q, self._articles[q.article])

    def _loose(self, q: Quotable, place: Place) -> list[antecedents.Reference]:
        """Definite nouns of a sentence that nothing brings up which is read before it."""
        text = self._articles[q.article].text
        found = antecedents.open_nouns(q.text, text, q.source.start)
        if not found or self._goes_on(q, place):
            return []
        said = [antecedents.stems(s.text) for s in self._read(q, place)]
        return [r for r in found if not any(antecedents.told(r, words) for words in said)]

    def follows(self, q: Quotable) -> bool:
        """Whether the sentence right before it in its article is told somewhere in the brief."""
        number = self._at.get((q.article, q.position - 1))
        before = None if number is None else self._all[number].source
        return before is not None and any(e == before for s in self._statements for e in s.evidence)

    def _goes_on(self, q: Quotable, place: Place) -> bool:
        """Whether it stands right behind the sentence that it follows in its article."""
        number = self._at.get((q.article, q.position - 1))
        before = None if number is None else self._all[number].source
        return before is not None and any(
            s.evidence and s.evidence[0] == before
            for s in self._statements
            if (s.section, s.paragraph) == place
        )

    def _read(self, q: Quotable, place: Place) -> Iterator[Statement]:
        """What a reader has read when the sentence comes, in a place; inside the analysis, which
        keeps the order of the reports, what stands before it there."""
        section, paragraph = place
        for s in self._statements:
            if s.section != section:
                before = _ORDER.get(s.section, _LATER) < _ORDER[section]
            elif section != "deep_analysis" or s.paragraph < paragraph:
                before = True
            else:
                cited = s.evidence[0] if s.evidence and s.paragraph == paragraph else None
                own = (q.article, q.source.start)
                before = cited is not None and (cited.article, cited.start) < own
            if before:
                yield s
