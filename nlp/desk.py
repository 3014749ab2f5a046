"""The writer's desk: passages in hand, what was used, what a section may still take.

In: a thread view. Out: passages and facts to sections, none twice and none that repeats another
(maximal marginal relevance, Carbonell & Goldstein 1998, over term overlap, all sections at once).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from breachwire.model import BriefSection, Detail, Statement, ThreadView
from nlp import ground, quotable, rank
from nlp.facts import Ledger, Said, span
from nlp.quotable import Quotable

REPEATS: Final = 0.55
"""Share of the shorter sentence's terms above which it says what another has said."""
_PENALTY: Final = 0.5
"""Weight of that share below the limit."""

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
        victims = self.ledger.victims() if view.thread.kind in _HIT else []
        self.quotables = quotable.gather(self.members, victims)
        self.statements: list[Statement] = []
        self._taken: set[int] = set()
        self._said = [0.0] * len(self.quotables)
        """Of each quotable: its greatest overlap with anything held so far."""

    def best(
        self, weight: Weight, *, max_words: int | None = None, repeats: float = REPEATS
    ) -> Quotable | None:
        """The quotable that serves best and repeats nothing said; None where none does."""
        found: Quotable | None = None
        top = float("-inf")
        for number, q in enumerate(self.quotables):
            if number in self._taken or self._said[number] > repeats:
                continue
            if max_words and q.words > max_words:
                continue
            own = weight(q)
            if own is None:
                continue
            value = q.score + own - _PENALTY * self._said[number]
            if value > top:
                found, top = q, value
        return found

    def free(self) -> int:
        """Quotables nobody has taken and that would repeat nothing."""
        return sum(
            number not in self._taken and said <= REPEATS for number, said in enumerate(self._said)
        )

    def hold(self, chosen: Quotable) -> None:
        """Keep a quotable from the other sections."""
        for number, q in enumerate(self.quotables):
            if q is chosen:
                self._taken.add(number)
            self._said[number] = max(self._said[number], rank.overlap(q.terms, chosen.terms))

    def quote(self, passage: Quotable, section: BriefSection, paragraph: int = 0) -> bool:
        """Put a passage into a section; False where the ground check refuses it."""
        self.hold(passage)
        return self.put(Statement(section, passage.text, passage.kind, passage.evidence, paragraph))

    def put(self, statement: Statement) -> bool:
        """Add a statement that holds; one with problems is dropped. True: it stands."""
        if ground.problems(statement, self.articles):
            return False
        if any(s.text == statement.text for s in self.statements):
            return False
        self.statements.append(statement)
        return True

    def put_fact(self, said: Said | None, section: BriefSection, paragraph: int = 0) -> bool:
        """Add a fact of ours; None is passed over."""
        return said is not None and self.put(said.statement(section, paragraph))

    def has(self, section: BriefSection, paragraph: int = 0) -> bool:
        """Whether a section (a paragraph of the analysis) holds anything."""
        return any(s.section == section and s.paragraph == paragraph for s in self.statements)

    def told(self, detail: Detail) -> bool:
        """Whether some statement tells this fact: its own words quoted, or its name or label."""
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
            if statement.evidence
        )
