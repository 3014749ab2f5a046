"""Whether a reader who comes to a sentence of a brief has met what it speaks of.

In: a thread's sentences, articles and story, and the sheet of the brief. Out: for a sentence and a
place in the brief, whether who reads there knows that it is on this story (`stands`); and the
sentence, or it and the one before it in its article, which brings up what it goes back to, as one
passage, or nothing (`known`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

from breachwire.model import Article, Statement
from nlp import antecedents, quotable, speakers
from nlp.patterns import says
from nlp.quotable import Quotable
from nlp.sheet import Place, Sheet
from nlp.story import Story

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
_TOP: Final = 5
"""Sentences of a single report that can only be on its news, once the summary has said which."""
_SUBJECT: Final = re.compile(
    r"(?:The|These|Those) (?:[a-z-]{1,30} )??([a-z]{3,30}) "
    r"(?:will|is|are|was|were|has|have|had|can|could|may|might|would)\b"
)
"""A noun by its article alone: which, an earlier sentence says."""
_OWN_NAME: Final = re.compile(r"The [A-Z]")
"""A subject that says by name which: it goes on from the summary as well."""


class Met:
    """What a reader has met at each place of one brief."""

    def __init__(
        self,
        quotables: Sequence[Quotable],
        articles: Mapping[int, Article],
        story: Story,
        sheet: Sheet,
    ) -> None:
        """`sheet`: the brief as it grows."""
        self._all = quotables
        self._articles = articles
        self._story = story
        self._sheet = sheet
        alone = ((n, q) for n, q in enumerate(quotables) if q.after is None and not q.pair)
        self._at = {(q.article, q.position): n for n, q in alone}

    def stands(self, q: Quotable, place: Place | None) -> bool:
        """Whether a reader of the place knows what a sentence is about; of one that leans, whether
        what it leans on stands there. `place`: None for anywhere, where one that leans can't."""
        if q.after is not None:
            return place is not None and self._behind(q, place)
        return place is None or self._on_story(q, place)

    def _behind(self, q: Quotable, place: Place) -> bool:
        """Whether what it leans on stands in the place: in the analysis, which keeps the order of
        its sources."""
        if place[0] != "deep_analysis":
            return False
        told = self._sheet.held(*place)
        if not place[1]:
            opening = antecedents.open_nouns(q.text)[:1]
            told = told + [
                s
                for s in self._sheet.held("signal_summary")
                if _OWN_NAME.match(q.text)
                or (opening and antecedents.told(opening[0], antecedents.stems(s.text)))
            ]
        return any(s.evidence and s.evidence[0] == q.after for s in told)

    def _on_story(self, q: Quotable, place: Place) -> bool:
        """Whether a reader of the place knows that one that stands alone is on the story."""
        section, paragraph = place
        if not self._known_subject(q.text, opens=section == "signal_summary"):
            return False
        if self._story.names_it(q.text) or self._of_it(q, place) or section == "impact_assessment":
            return True
        if section == "deep_analysis":
            return self._named_before(q, paragraph)
        named = (self._story.names_it(s.text) for s in self._sheet.held(*place) if s.evidence)
        return any(named) or self.follows(q)

    def _known_subject(self, text: str, *, opens: bool) -> bool:
        """Whether "The cameras will …" begins with something that a sentence has brought up, or
        names the story beside it; where it `opens` the brief, only the former will do."""
        subject = _SUBJECT.match(text)
        if subject is None or speakers.speaks(text) or (self._story.names_it(text) and not opens):
            return True
        if says("asides", "incident", text) or says("impact", "at_stake", text):
            return True
        noun = subject[1].removesuffix("s")
        return any(noun in s.text.lower() for s in self._sheet.statements if s.evidence)

    def _of_it(self, q: Quotable, place: Place) -> bool:
        """Whether it can be on nothing else: where nobody has read yet which story it is, only what
        stands at the top of a single report."""
        if place[0] not in ("signal_summary", "headline") and place != ("deep_analysis", 0):
            return self._story.of_it(q.text)
        top = _TOP if self._sheet.has("signal_summary") else 0
        return self._story.single and q.position <= top

    def _named_before(self, q: Quotable, paragraph: int) -> bool:
        """Whether the analysis names the story before it, in its paragraph or from its report."""
        own = q.source
        return any(
            self._story.names_it(s.text)
            and (s.paragraph == paragraph or s.evidence[0].article == own.article)
            and (s.evidence[0].article, s.evidence[0].start) < (own.article, own.start)
            for s in self._sheet.statements
            if s.section == "deep_analysis" and s.paragraph <= paragraph and s.evidence
        )

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
        said = (
            [antecedents.stems(s.text) for s in self._sheet.statements if s.evidence]
            if found
            else []
        )
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
        return before is not None and any(
            e == before for s in self._sheet.statements for e in s.evidence
        )

    def _goes_on(self, q: Quotable, place: Place) -> bool:
        """Whether it stands right behind the sentence that it follows in its article."""
        number = self._at.get((q.article, q.position - 1))
        before = None if number is None else self._all[number].source
        return before is not None and any(
            s.evidence and s.evidence[0] == before
            for s in self._sheet.statements
            if (s.section, s.paragraph) == place
        )

    def _read(self, q: Quotable, place: Place) -> Iterator[Statement]:
        """What a reader has read when the sentence comes, in a place; inside the analysis, which
        keeps the order of the reports, what stands before it there."""
        section, paragraph = place
        for s in self._sheet.statements:
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
