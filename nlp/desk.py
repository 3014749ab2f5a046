"""The writer's desk: passages in hand, what was used, what a section may still take.

In: a thread view. Out: passages and facts to sections, none twice and none that repeats another
(maximal marginal relevance, Carbonell & Goldstein 1998, over term overlap, all sections at once).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cached_property
from typing import Final

from breachwire.model import BriefSection, Detail, Statement, StatementKind, ThreadView
from nlp import ground, quotable, rank, trim
from nlp.facts import Ledger, Said, span
from nlp.quotable import Quotable

REPEATS: Final = 0.55
"""Share of the shorter sentence's terms above which it says what another has said."""
_PENALTY: Final = 0.5
"""Weight of that share below the limit."""
LONG: Final = 32
"""Words from which a sentence loses its asides: more than two lines of the page."""

_HIT: Final = ("breach", "supply-chain", "law", "campaign")
"""Kinds of thread in which "the company" may be the victim; elsewhere it is a vendor or nobody."""
_NAMED: Final = ("victim", "actor", "third_party", "cve")
"""Fields whose value is a name, known by itself wherever it stands."""

Weight = Callable[[Quotable], float | None]
"""How well a passage serves a section: added to its score; None: not at all."""


class Desk:
    """Everything one brief is written from, and what it has said so far."""

    def __init__(self, view: ThreadView) -> None:
        self.view = view
        self.members = quotable.usable(view.members)
        self.ledger = Ledger(view)
        self.articles = self.ledger.articles
        self.victims = self.ledger.victims() if view.thread.kind in _HIT else []
        self.quotables = quotable.gather(self.members, self.victims)
        self.statements: list[Statement] = []
        self._taken: set[int] = set()
        self._named = rank.terms(" ".join(self.victims))
        """Words of the victim's name: two sentences that share it do not say the same for that."""
        self._said = [0.0] * len(self.quotables)
        """Of each quotable: its greatest overlap with anything held so far."""

    @cached_property
    def names(self) -> tuple[str, ...]:
        """What the story is about: victims, actors, suppliers, flaws and counts, as written."""
        leading = self.ledger.leading("victim", "actor", "third_party", "cve", "affected", "volume")
        found = {d.lead.claim.evidence.quote for d in leading} | set(self.victims)
        return tuple(name for name in found if len(name) > 2)

    @cached_property
    def year(self) -> int:
        """The year in which the reporting began: earlier ones are background."""
        return min(m.article.at for m in self.members).year

    @cached_property
    def _headline(self) -> frozenset[str]:
        return rank.terms(" ".join(s.text for s in self.statements if s.section == "headline"))

    def on_headline(self, passage: Quotable) -> float:
        """How much of the headline's news a passage tells, 0 to 0.8."""
        return 0.8 * rank.overlap(self._headline, passage.terms)

    def mentions(self, passage: Quotable) -> int:
        """How many of these a passage names, three at most."""
        return min(3, sum(name in passage.text for name in self.names))

    def best(
        self,
        weight: Weight,
        *,
        max_words: int | None = None,
        repeats: float = REPEATS,
        least: float = float("-inf"),
    ) -> Quotable | None:
        """The quotable that serves best and repeats nothing said; None where none is worth `least`.
        One too long for `max_words` serves without its asides, where that is enough."""
        found: Quotable | None = None
        top = least
        for number, q in enumerate(self.quotables):
            if number in self._taken or self._said[number] > repeats:
                continue
            own = weight(q)
            value = q.score + (own or 0.0) - _PENALTY * self._said[number]
            if own is None or value <= top:
                continue
            if fitting := self.fitting(q, max_words):
                found, top = fitting, value
        return found

    @staticmethod
    def fitting(q: Quotable, most: int | None) -> Quotable | None:
        """A passage in at most `most` words, without its asides if need be; None: it can't be."""
        if not most or q.words <= most:
            return q
        text = trim.shorter(q.text, most)
        if text is None:
            return None
        terms = rank.terms(text)
        return replace(q, text=text, kind="stated", words=len(text.split()), terms=terms)

    def hold(self, chosen: Quotable) -> None:
        """Keep a quotable from the other sections."""
        for number, q in enumerate(self.quotables):
            if q.source == chosen.source:
                self._taken.add(number)
            told = rank.overlap(q.terms - self._named, chosen.terms - self._named)
            self._said[number] = max(self._said[number], told)

    def quote(self, passage: Quotable, section: BriefSection, paragraph: int = 0) -> bool:
        """Put a passage into a section, in its plainest form that holds; False where the ground
        check refuses even its own words."""
        self.hold(passage)
        forms = dict.fromkeys((_plainer(passage), passage.text))
        return any(
            self.put(Statement(section, text, _kind(passage, text), passage.evidence, paragraph))
            for text in forms
        )

    def put(self, statement: Statement, *, again: bool = False) -> bool:
        """Add a statement that holds; one with problems is dropped, and one told before unless
        `again`. True: it stands."""
        if ground.problems(statement, self.articles):
            return False
        if not again and any(s.text == statement.text for s in self.statements):
            return False
        self.statements.append(statement)
        return True

    def put_fact(self, said: Said | None, section: BriefSection, paragraph: int = 0) -> bool:
        """Add a fact of ours; None is passed over."""
        return said is not None and self.put(said.statement(section, paragraph))

    def has(self, section: BriefSection, paragraph: int = 0) -> bool:
        """Whether a section (a paragraph of the analysis) holds anything."""
        return any(s.section == section and s.paragraph == paragraph for s in self.statements)

    def held(self, section: BriefSection, paragraph: int = 0) -> list[Statement]:
        """What a section (a paragraph of the analysis) holds."""
        return [s for s in self.statements if s.section == section and s.paragraph == paragraph]

    def told(self, detail: Detail, *sections: BriefSection) -> bool:
        """Whether some statement (of these sections) tells this fact: its own words quoted, or its
        name or label."""
        claims = [c.claim for c in detail.claims if c.claim.value == detail.value]
        words = {claim.evidence.quote.lower() for claim in claims} | {span(detail).lower()}
        if detail.value == "unknown_intrusion":
            words |= {"breach", "hack", "intru", "broke into", "compromise", "cyberattack"}
        if detail.field in _NAMED:
            words.add(str(detail.value).lower())
        return any(
            word in statement.text.lower()
            for word in words
            if word
            for statement in self.statements
            if statement.evidence and (not sections or statement.section in sections)
        )


def _plainer(passage: Quotable) -> str:
    text = trim.speaker_first(passage.text)
    return (trim.shorter(text, LONG) or text) if passage.words > LONG else text


def _kind(passage: Quotable, text: str) -> StatementKind:
    return passage.kind if text == passage.text else "stated"
