"""A model's sentence → a statement of the brief, or why it can't be one.

In: drafts, the passages that were offered, the thread. Out: `Verdict`s: a statement with evidence
whose quotes are the articles' own characters, or reasons, each with a code that is counted and
words that the model is told. Every check reads words and understands nothing; each errs on the
side of dropping.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

from breachwire.model import Article, Evidence, Statement, StatementKind, ThreadView
from nlp import cues, ground, lexicon, phrases, rank, reading
from nlp.facts import Ledger
from nlp.llm import clauses, deeds, figures, form, negation, strength, tokens
from nlp.llm.answer import INFERRING, Draft
from nlp.llm.passages import Passage

Code = Literal[
    "form", "length", "cites", "number", "name", "quotation", "words", "doer", "strength", "hedge",
    "kind", "repeats", "lost",
]  # fmt: skip
MOST_CITES: Final = 4
"""A sentence that cites half of the passages cites none."""
_LEAST_SHARED: Final = 2
"""Content words that a passage must share with a sentence that cites it."""
_QUOTED: Final = re.compile(r"“([^”]+)(?:”|\Z)|\"([^\"]+)\"")
_RUN: Final = re.compile(r"(?<![A-Z])[A-Z][\w&’'-]{0,60}+(?: [A-Z][\w&’'-]{0,60}+)+")
_PAST: Final = re.compile(r"\b(?:may|might|could|would|must) have\b", re.IGNORECASE)
_GROUNDS: Final[tuple[tuple[str, Code], ...]] = (
    ("number", "number"), ("quantity", "number"), ("CVE", "number"), ("name", "name"),
    ("inferred", "hedge"), ("says", "strength"), ("tells", "strength"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a sentence can't stand."""

    code: Code
    words: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a draft."""

    draft: Draft
    statement: Statement | None
    reasons: tuple[Reason, ...] = ()


class Checker:
    """Judges the sentences of one thread."""

    def __init__(self, view: ThreadView, passages: Sequence[Passage]) -> None:
        self._articles = {m.article.id: m.article for m in view.members}
        self._ledger = Ledger(view)
        self._passages = {p.id: p for p in passages}

    def judge(self, draft: Draft) -> Verdict:
        """A statement, or every reason against it that a rewrite should know."""
        reasons = [Reason("form", words) for words in form.problems(draft.text)]
        if tokens.count(draft.text) > tokens.MOST:
            reasons.append(Reason("length", f"it has more than {tokens.MOST} tokens"))
        unknown = [id for id in draft.cites if id not in self._passages]
        cited = self._cited(draft)
        if unknown or not cited or len(draft.cites) > MOST_CITES:
            reasons.append(Reason("cites", _cites_words(draft, unknown)))
        if reasons:
            return Verdict(draft, None, tuple(reasons))
        statement = self._statement(draft, cited)
        found = tuple(self._reasons(draft, statement, cited))
        return Verdict(draft, None if found else statement, found)

    def _cited(self, draft: Draft) -> list[Passage]:
        """The passages it cites that share words with it: the others support nothing."""
        own = rank.terms(draft.text)
        cited = [self._passages[id] for id in draft.cites if id in self._passages]
        return [p for p in cited if len(own & rank.terms(p.text)) >= min(_LEAST_SHARED, len(own))]

    def _statement(self, draft: Draft, cited: Sequence[Passage]) -> Statement:
        kind: StatementKind = "inferred" if draft.inferred else "stated"
        evidence = tuple(dict.fromkeys(e for p in cited for e in p.evidence))
        if any(draft.text == e.quote for e in evidence):
            kind = "quoted"
        return Statement(draft.section, draft.text, kind, evidence, draft.paragraph, author="model")

    def _reasons(
        self, draft: Draft, statement: Statement, cited: Sequence[Passage]
    ) -> list[Reason]:
        text, inferred = statement.text, statement.kind == "inferred"
        loose = inferred and not _PAST.search(text)
        found = [Reason("kind", w) for w in _kind_problems(draft, statement)]
        found += [_of_ground(w) for w in self._ground(statement)]
        found += [Reason("quotation", w) for w in _quotation_problems(text, statement.evidence)]
        found += [Reason("name", w) for w in _name_problems(text, cited)]
        found += [Reason("number", w) for w in figures.problems(text, cited)]
        found += [Reason("words", w) for w in clauses.problems(text, cited, inferred=loose)]
        found += [Reason("words", w) for w in negation.problems(text, [p.text for p in cited])]
        if not loose:
            found += [Reason("doer", w) for w in deeds.problems(text, cited)]
            found += [Reason("words", w) for w in self._value_problems(text, cited)]
        found += [
            Reason("strength", w) for w in strength.problems(text, statement.evidence, self._ledger)
        ]
        return list(dict.fromkeys(found))

    def _ground(self, statement: Statement) -> list[str]:
        """The rules of truth, as for the extractive writer; a verbatim sentence as if it were
        ours: its strength counts as well."""
        plain = replace(statement, kind="stated") if statement.kind == "quoted" else statement
        return ground.problems(plain, self._articles)

    def _value_problems(self, text: str, cited: Sequence[Passage]) -> list[str]:
        """Kinds of data, attack and response that no cited passage tells."""
        some = next(iter(self._articles.values()))
        held = {value for p in cited for value in _values(some, p.text)}
        told = _values(some, text) - held - {"unknown_intrusion", "other"}
        return [f"no cited passage tells of {value.replace('_', ' ')}" for value in sorted(told)]


def _cites_words(draft: Draft, unknown: Sequence[str]) -> str:
    if unknown:
        return f"it cites {unknown[0][:20]!r}, which is no passage"
    if len(draft.cites) > MOST_CITES:
        return f"it cites more than {MOST_CITES} passages"
    return "no passage it cites speaks of this"


def _kind_problems(draft: Draft, statement: Statement) -> list[str]:
    if draft.field not in INFERRING:
        return ["analysis stands in impact and outlooks only"] if draft.inferred else []
    if draft.field == "impact_assessment":
        return []
    found = []
    if not cues.of(statement.text) & {"ahead", "maybe"}:
        found.append("it does not look ahead")
    wanted = 1 if draft.field == "optimistic_outlook" else -1
    if cues.tone(statement.text) * wanted < 0:
        found.append("it looks to the other side")
    return found


def _of_ground(words: str) -> Reason:
    for start, code in _GROUNDS:
        if words.startswith(start):
            return Reason(code, words)
    return Reason("cites", words)


def _quotation_problems(text: str, evidence: Sequence[Evidence]) -> list[str]:
    quotes = [_straight(e.quote) for e in evidence]
    found = [match[1] or match[2] for match in _QUOTED.finditer(text)]
    return [
        f"the quotation “{words}” stands in no cited passage"
        for words in found
        if not any(_straight(words).rstrip(".,") in quote for quote in quotes)
    ]


def _straight(text: str) -> str:
    return " ".join(text.translate(str.maketrans("“”‘’", "\"\"''")).split())


def _name_problems(text: str, cited: Sequence[Passage]) -> list[str]:
    """Names of several words that stand in no passage as one."""
    held = [f"{p.text} {p.outlet} {' '.join(e.quote for e in p.evidence)}" for p in cited]
    found = []
    for match in _RUN.finditer(text):
        name = re.sub(r"['’]s?\Z", "", match.group())
        first, _, rest = name.partition(" ")
        opens = match.start() == 0 and first.lower() in lexicon.words("function", "openers")
        shorter = rest if opens else name
        if not any(name in words or shorter in words for words in held):
            found.append(f'the name "{name}" stands in no cited passage')
    return found


def _values(some: Article, text: str) -> set[str]:
    """What the lists of data, attacks and responses find in a text."""
    passages = reading.read(replace(some, title="", text=text))
    lists = (phrases.data, phrases.attacks, phrases.responses)
    return {phrase.value for read in lists for phrase in read(passages, lambda *_: True)}
