"""The writer's desk: passages in hand, and the sheet that they and the ledger's facts go to.

In: a thread view. Out: passages and facts to sections, none twice and none that repeats another
(maximal marginal relevance, Carbonell & Goldstein 1998, over term overlap, all sections at once).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Any, Final, TypeVar

from breachwire.model import BriefSection, Evidence, Statement, StatementKind, ThreadView
from nlp import brevity, quotable, rank, sentences
from nlp.facts import Ledger, Said
from nlp.fits import Fits
from nlp.met import Met
from nlp.overtaken import News
from nlp.patterns import says
from nlp.quotable import Quotable
from nlp.repeats import REPEATS, Repeats
from nlp.sheet import Place, Sheet
from nlp.story import Story

_PENALTY: Final = 0.5
"""Weight of what a sentence repeats, below the limit."""
_HALF: Final = 0.3
"""What a sentence loses that the next one, with its "But", completes."""
_BEFORE: Final = 600
"""Characters before a sentence in which the one before it stands."""

T = TypeVar("T")
Weight = Callable[[Quotable], float | None]
"""How well a passage serves a section: added to its score; None: not at all."""


class Desk:
    """Everything one brief is written from, and the sheet it is written on."""

    def __init__(self, view: ThreadView) -> None:
        self.view = view
        self.members = quotable.usable(view.members)
        self.ledger = Ledger(view)
        self.articles = self.ledger.articles
        self.story = Story(self.members, self.ledger)
        self.sheet = Sheet(self.articles)
        self._all = self._passages()
        self.quotables = [q for q in self._all if q.after is None]
        """Sentences that stand alone; the others only behind the one they lean on."""
        self.fits = Fits(self.articles, view.thread.kind or "", lambda: self.news)
        self.roles = {q.role[0]: q.role[1] for q in self._all if q.role}
        """A name with its role, as put into a sentence, and the name."""
        self._met = Met(self._all, self.articles, self.story, self.sheet)
        self._repeats = Repeats(self._all, rank.terms(" ".join(self.story.victims)))
        self._once: dict[str, Callable[[Quotable], Any]] = {}

    def _passages(self) -> list[Quotable]:
        """Sentences that may be used, as newer reports have left them."""
        actors = [str(d.value) for d in self.ledger.leading("actor")]
        found = quotable.gather(self.members, self.story.victims, actors)
        return [self.news.past(q) for q in found]

    @cached_property
    def news(self) -> News:
        """What newer reports have made of older ones."""
        return News([m.article for m in self.members], self.ledger)

    @cached_property
    def _stale(self) -> frozenset[int]:
        return frozenset(
            n
            for n, q in enumerate(self._all)
            if self.news.stale(q) or says("asides", "empty", q.text)
        )

    @property
    def every(self) -> tuple[Quotable, ...]:
        """All sentences that may be used, those too that lean on another."""
        return tuple(self._all)

    def before(self, q: Quotable) -> Evidence | None:
        """The sentence right before a passage in its article; None where it is the first."""
        text, start = self.articles[q.article].text, q.source.start
        spans = sentences.split(text[max(0, start - _BEFORE) : start])
        if not spans:
            return None
        at, end = (place + max(0, start - _BEFORE) for place in spans[-1])
        return Evidence(q.article, "text", at, end, text[at:end])

    def leans(self, statement: Statement, on: Statement) -> bool:
        """Whether a statement stands only behind another one."""
        sources = {q.source: q.after for q in self._all if q.after is not None}
        return sources.get(statement.evidence[0]) == on.evidence[0]

    def met(self, q: Quotable) -> bool:
        """Whether one that leans is understood by who has read what the brief holds so far."""
        return q.after is None or self._met.whole(q)

    @cached_property
    def _headline(self) -> frozenset[str]:
        return rank.terms(" ".join(s.text for s in self.sheet.held("headline")))

    def on_headline(self, passage: Quotable) -> float:
        """How much of the headline's news a passage tells, 0 to 0.8."""
        return 0.8 * rank.overlap(self._headline, passage.terms)

    def once(
        self, key: str, make: Callable[[], Callable[[Quotable], T]]
    ) -> Callable[[Quotable], T]:
        """What `make` says of a passage, worked out once a passage: for what nothing that the brief
        says can change. `key`: the same for the same question."""
        if key not in self._once:
            self._once[key] = _remembered(make())
        return self._once[key]

    def best(
        self,
        weight: Weight,
        *,
        max_words: int = brevity.MOST,
        repeats: float = REPEATS,
        least: float = float("-inf"),
        place: Place | None = None,
        section: Place | None = None,
        beyond: bool = False,
    ) -> Quotable | None:
        """The sentence that serves best and repeats nothing said; None where none is worth `least`,
        or none would be printed in the `section` (else the `place`).
        One too long for `max_words` serves without its asides, where that is enough. For a `place`
        one that leans serves as well, right behind what it leans on; one that names nothing of the
        story only behind one that does. `beyond`: also one that `weight` says nothing of, where the
        odds speak for it."""
        found: Quotable | None = None
        top = least
        for q, value in self._valued(weight, section or place, repeats, beyond=beyond):
            if value <= top or not self._met.stands(q, place):
                continue
            known, loss = self._met.known(q, place, self._free) if place else (q, 0.0)
            if known is None or value - loss <= top:
                continue
            if fitting := brevity.fitting(known, self.articles[q.article].source, max_words):
                found, top = fitting, value - loss
        return found

    def _valued(
        self, weight: Weight, place: Place | None, repeats: float, *, beyond: bool
    ) -> Iterator[tuple[Quotable, float]]:
        """Sentences that are free and worth something in a place, each with its value there."""
        for number, q in enumerate(self._all):
            if self._free(number, repeats):
                worth = self.fits.worth(q, place, weight(q), beyond=beyond)
                if worth is not None:
                    said = self._repeats.said(number)
                    yield q, q.score + worth - _PENALTY * said - _HALF * q.turned

    def free(self, q: Quotable) -> bool:
        """Whether a sentence is not told yet, in these or like words, and nothing newer stands
        against it."""
        return self._free(self._all.index(q))

    def _free(self, number: int, repeats: float = REPEATS) -> bool:
        return number not in self._stale and self._repeats.free(number, repeats)

    def quote(
        self, passage: Quotable, section: BriefSection, paragraph: int = 0, *, by: str = ""
    ) -> bool:
        """Put a passage into a section, in its plainest form that holds; `by`: whose word it is
        where its own words don't say. False where the ground check refuses even these."""
        self._repeats.hold(passage)
        forms = [
            _statement(passage, text, section, paragraph)
            for text in self._forms(passage, section, by)
        ]
        stands = self.sheet.put_first(forms)
        for other in self._all:
            if stands and other.turns and other.after == passage.source:
                self.quote(other, section, paragraph)
        return stands

    def _forms(self, passage: Quotable, section: BriefSection, by: str) -> tuple[str, ...]:
        """What a passage may be put as, the plainest first."""
        plain = brevity.shown(passage, self.sheet.statements)
        if section == "signal_summary" and len(plain.split()) > len(passage.text.split()):
            plain = passage.text  # every word counts there
        own = f"{plain[:-1]}, {by} reports." if by and plain.endswith(".") else plain
        return tuple(dict.fromkeys((own, plain, passage.text)))

    def put_fact(self, said: Said | None, section: BriefSection, paragraph: int = 0) -> bool:
        """Add a fact of ours; None is passed over, and so is a count that a report has replaced."""
        if said is None or self.news.replaced(said.text, said.evidence[0]):
            return False
        return self.sheet.put(said.statement(section, paragraph))


def _remembered(asked: Callable[[Quotable], T]) -> Callable[[Quotable], T]:
    """The same function, which keeps its answers, passages by their identity."""
    known: dict[int, tuple[Quotable, T]] = {}

    def answer(q: Quotable) -> T:
        kept = known.get(id(q))
        if kept is None or kept[0] is not q:
            kept = known[id(q)] = q, asked(q)
        return kept[1]

    return answer


def _statement(passage: Quotable, text: str, section: BriefSection, paragraph: int) -> Statement:
    """A passage as a statement in these words."""
    kind: StatementKind = passage.kind if text == passage.text else "stated"
    return Statement(section, text, kind, passage.evidence, paragraph)
