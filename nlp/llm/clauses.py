"""Whether a sentence says what passages say: its words theirs, no "not", "may" or "claims" lost.

In: a sentence and the passages it cites. Out: what is wrong, in words for whoever rewrites it.
Words are compared by stem; a clause's marks (denied, possible, claimed) must stand in the clause
that takes its words over.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final, Literal

from nlp import lexicon, rank
from nlp.folding import Caseless
from nlp.llm.passages import Passage

Mark = Literal["not", "may", "will", "claims"]

_CUT: Final = re.compile(
    r"[.!?][\"”’)]{0,4}\s+|(?:(?<!\s)\s+)?[;:–—]\s+"
    r"|(?:,|(?<!\s))\s+(?:but|while|although|though|whereas)\s+",
    re.IGNORECASE,
)
MARKS: Final[dict[Mark, Caseless]] = {
    "not": Caseless(
        r"\b(?:not|no|never|none|nobody|nothing|without|neither|nor|cannot|den(?:y|ies|ied|ial|ying)"
        r"|refus\w+|declin\w+|unable|fail(?:s|ed|ing)? to|yet to|reject\w*|rul(?:e|es|ed|ing) out"
        r"|unlikely|unaffected|untouched|untrue|false|fake|hoax|avoid\w*|prevent\w*|stop(?:s|ped)?"
        r"|block\w*|foil\w*|thwart\w*|unclear|unknown|unconfirmed|withdr[ae]w\w*|retract\w*)\b"
        r"|n['’]t\b",
    ),
    "may": Caseless(
        r"\b(?:may|might|could|would|should|can|if|whether|possib\w+|potential\w*|likely|suspect\w*"
        r"|appears?|appeared|seems?|believ\w+|attempt\w*|tried|tries|try(?:ing)?|threat\w*|offer\w*"
        r"|rumou?r\w*|fears?|feared|estimat\w+|preliminar\w+)\b",
    ),
    "will": Caseless(
        r"\b(?:plans?|planned|intends?|expect\w*|will|aims?|going to|due to|scheduled|set to"
        r"|promis\w+|vow\w*)\b",
    ),
    "claims": Caseless(
        r"\b(?:claim\w*|alleg\w+|purport\w*|unverified|unconfirmed|boast\w*|accus\w*|rumou?r\w*)\b",
    ),
}
_STRONGER: Final[dict[Mark, frozenset[Mark]]] = {
    "not": frozenset({"not"}),
    "may": frozenset({"may", "claims"}),
    "will": frozenset({"will", "may"}),
    "claims": frozenset({"claims"}),
}
"""Which marks keep a mark."""
_SAME: Final = 5
"""Letters by which two stems of the same word agree ("disclos", "disclosur")."""


@dataclass(frozen=True, slots=True)
class Clause:
    """A piece of a sentence with its content words and marks."""

    text: str
    terms: frozenset[str]
    marks: frozenset[Mark]


def clauses(text: str) -> list[Clause]:
    """The clauses of a text, in order."""
    return [
        Clause(piece, rank.terms(piece), _marks(piece))
        for piece in _CUT.split(text)
        if piece and piece.strip()
    ]


def problems(text: str, cited: Sequence[Passage], *, inferred: bool) -> list[str]:
    """What a sentence adds to its passages, and which of their marks it loses."""
    support = [clause for p in cited for clause in clauses(p.text)]
    outlets = rank.terms(" ".join(p.outlet for p in cited))
    known = frozenset().union(outlets, *(c.terms for c in support))
    found = [f'"{word}" stands in no cited passage' for word in _new(text, known, inferred)]
    if not inferred:
        found += [f'"{word}" stands in no cited passage' for word in _weighty(text, cited)]
    for clause in clauses(text):
        found += _lost(clause, support, outlets)
    return list(dict.fromkeys(found))


def _new(text: str, known: frozenset[str], inferred: bool) -> Iterable[str]:
    """Content words of a text that stand in no passage and are no neutral ones."""
    allowed = _neutral() | (_inferring() if inferred else frozenset())
    starts = {word[:_SAME] for word in known if len(word) >= _SAME}
    return sorted(
        word
        for word in rank.terms(text) - known - allowed
        if len(word) < _SAME or word[:_SAME] not in starts or word[0].isdigit()
    )


def _weighty(text: str, cited: Sequence[Passage]) -> list[str]:
    """Small words that carry a fact ("all", "after", "will") and stand in no passage."""
    held = {word for p in cited for word in _words(p.text)}
    return sorted((_words(text) & lexicon.words("neutral", "exact")) - held)


def _words(text: str) -> set[str]:
    return set(re.findall(r"[a-z]+", text.lower()))


def _lost(clause: Clause, support: Sequence[Clause], outlets: frozenset[str]) -> list[str]:
    """Marks that the clauses this one rests on have and it has not: those it shares most words
    with, and for each of its words all that hold it."""
    own = clause.terms - outlets
    shared = [len(common(own, c.terms)) for c in support]
    most = max(shared, default=0)
    if not most:
        return []
    bases = [[c for count, c in zip(shared, support, strict=True) if count == most]]
    for term in own:
        bases.append([c for c in support if common(frozenset({term}), c.terms)])
    lost = {mark for base in filter(None, bases) for mark in _least(base, clause)}
    return [f'it loses the "{mark}" of its passage' for mark in sorted(lost)]


def _least(base: Sequence[Clause], clause: Clause) -> tuple[Mark, ...]:
    """The marks it loses of the clause in the base that it loses fewest of."""
    return min((_missing(c.marks, clause) for c in base), key=len)


def _missing(marks: frozenset[Mark], clause: Clause) -> tuple[Mark, ...]:
    return tuple(mark for mark in sorted(marks) if not clause.marks & _STRONGER[mark])


def common(some: frozenset[str], others: frozenset[str]) -> frozenset[str]:
    """Those of some stems that others hold, as another form of the word too."""
    starts = {word[:_SAME] for word in others if len(word) >= _SAME and not word[0].isdigit()}
    return frozenset(w for w in some if w in others or (len(w) >= _SAME and w[:_SAME] in starts))


def _marks(text: str) -> frozenset[Mark]:
    return frozenset(mark for mark, pattern in MARKS.items() if pattern.search(text))


@cache
def _neutral() -> frozenset[str]:
    listed = lexicon.words("neutral") | lexicon.words("neutral", "doubt")
    return rank.terms(" ".join(sorted(listed)))


@cache
def _inferring() -> frozenset[str]:
    return rank.terms(" ".join(sorted(lexicon.words("neutral", "inferring"))))
