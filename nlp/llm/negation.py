"""Whether a sentence denies just what its passages deny.

In: a sentence and the texts it cites. Out: what is wrong, a line each. A "not" belongs to the next
content words behind it: they must stand behind one in a passage too, and the other way round.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from nlp import rank
from nlp.llm.clauses import MARKS, common

_WORD: Final = re.compile(r"[^\W_][\w'’-]*")
_REPEATED: Final = 0.85
_REACH: Final = 4
"""Content words behind a "not" that it may deny."""


def problems(text: str, cited: Sequence[str]) -> list[str]:
    """Negations put in or lost."""
    own, others = list(_negated(text)), [n for other in cited for n in _negated(other)]
    found = []
    if len(own) > len(others) or any(not _denied(first, others) for first, _ in own if first):
        found.append("it denies what no cited passage denies")
    told = rank.terms(text)
    for first, _ in others:
        if not first or not common(frozenset({first}), told) or _denied(first, own):
            continue
        if not any(_plainly(first, other) for other in cited):
            found.append(f'it loses the "not" before "{first}"')
    if any(_same(told, other) and len(own) < len(list(_negated(other))) for other in cited):
        found.append('it loses a "not" of a passage that it repeats')
    return found


def _same(told: frozenset[str], other: str) -> bool:
    """Whether a text repeats nearly all of another."""
    terms = rank.terms(other)
    return len(common(terms, told)) >= _REPEATED * len(terms)


def _negated(text: str) -> Iterator[tuple[str, frozenset[str]]]:
    """Of each negation, the first content word behind it and all in its reach."""
    for match in MARKS["not"].finditer(text):
        stems = [s for w in _WORD.findall(text[match.end() :][:120]) if (s := _stem(w))][:_REACH]
        yield (stems[0] if stems else ""), frozenset(stems)


def _denied(first: str, negated: Sequence[tuple[str, frozenset[str]]]) -> bool:
    return any(common(frozenset({first}), reach) for _, reach in negated)


def _plainly(stem: str, text: str) -> bool:
    """Whether the word stands in the text where no "not" reaches it."""
    reached = [reach for _, reach in _negated(text)]
    times = sum(bool(common(frozenset({stem}), frozenset({_stem(w)}))) for w in _WORD.findall(text))
    return times > sum(bool(common(frozenset({stem}), reach)) for reach in reached)


def _stem(word: str) -> str:
    return next(iter(rank.terms(word)), "")
