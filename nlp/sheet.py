"""The sheet a brief is written on: the statements it holds so far, section by section.

In: statements, in the order in which they are made. Out: those that hold, and what a section has or
tells already. A statement with problems (`nlp.ground`) is not written, nor one told before.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from breachwire.model import Article, BriefSection, Detail, Statement
from nlp import ground
from nlp.facts import span

Place = tuple[BriefSection, int]
"""A section and, of the analysis, its paragraph."""
_NAMED: Final = ("victim", "actor", "third_party", "cve")
"""Fields whose value is a name, known by itself wherever it stands."""
_BROKE_IN: Final = frozenset({"breach", "hack", "intru", "broke into", "compromise", "cyberattack"})
"""Words that tell of an intrusion of no known kind."""


class Sheet:
    """What one brief has said so far."""

    def __init__(self, articles: Mapping[int, Article]) -> None:
        """`articles`: those that statements cite, by id."""
        self.statements: list[Statement] = []
        self._articles = articles
        self._quoted: set[str] = set()

    def put(self, statement: Statement, *, again: bool = False) -> bool:
        """Add a statement that holds; one with problems is dropped, and one told before unless
        `again`. True: it stands."""
        if ground.problems(statement, self._articles):
            return False
        told = (s for s in self.statements if s.section != "timeline")
        if not again and any(s.text == statement.text for s in told):
            return False
        self.statements.append(statement)
        return True

    def put_first(self, forms: Sequence[Statement]) -> bool:
        """Add the first that holds of the forms that a sentence of the sources may take. False:
        none does."""
        self._quoted |= {form.text for form in forms}
        return any(self.put(form) for form in forms)

    def from_source(self, text: str) -> bool:
        """Whether a statement's text is a sentence of the sources, shortened or not, and no fact in
        our words."""
        return text in self._quoted

    def has(self, section: BriefSection, paragraph: int = 0) -> bool:
        """Whether a section (a paragraph of the analysis) holds anything."""
        return any(s.section == section and s.paragraph == paragraph for s in self.statements)

    def held(self, section: BriefSection, paragraph: int = 0) -> list[Statement]:
        """What a section (a paragraph of the analysis) holds."""
        return [s for s in self.statements if s.section == section and s.paragraph == paragraph]

    def told(self, detail: Detail, *sections: BriefSection) -> bool:
        """Whether some statement (of these sections) tells this fact: its own words quoted, or its
        name or label."""
        words = _words(detail)
        return any(
            word in statement.text.lower()
            for word in words
            for statement in self.statements
            if statement.evidence and (not sections or statement.section in sections)
        )


def _words(detail: Detail) -> set[str]:
    """The words by which a text tells a fact, in small letters."""
    claims = [c.claim for c in detail.claims if c.claim.value == detail.value]
    words = {claim.evidence.quote.lower() for claim in claims} | {span(detail).lower()}
    if detail.value == "unknown_intrusion":
        words |= _BROKE_IN
    if detail.field in _NAMED:
        words.add(str(detail.value).lower())
    return words - {""}
