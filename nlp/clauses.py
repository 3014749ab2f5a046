"""A span in a passage → the signs of what its clause makes of it.

In: a passage and the span of some words in it. Out: names of the signs in `lexicon/clauses.toml`
that stand before the span in its clause, or anywhere in its sentence: negated, possible, ahead,
able; advised, usual, earlier, tested and so on. What they are worth, `nlp.gate` has learnt.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Final

from nlp import lexicon
from nlp.reading import Passage

REACH: Final = 130
"""Characters before a span in which a sign of its clause stands."""
_BREAK: Final = re.compile(r"[.;:!?]\s|\n|[\"”]\s|, (?:but|yet|and then) ")
_QUOTES: Final = re.compile('["“”]')


@cache
def signs() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Names of the signs before a span, and of those of a sentence, in the list's order."""
    return tuple(_compiled("before")), tuple(_compiled("sentence"))


@cache
def _compiled(place: str) -> dict[str, re.Pattern[str]]:
    patterns: dict[str, str] = lexicon.table("clauses")[place]
    return {name: re.compile(pattern) for name, pattern in patterns.items()}


def before(passage: Passage, start: int) -> frozenset[str]:
    """Signs in the clause before a span that begins at `start`."""
    clause = _clause(passage.low, start)
    return frozenset(name for name, sign in _compiled("before").items() if sign.search(clause))


@lru_cache(maxsize=4096)
def of_sentence(low: str) -> frozenset[str]:
    """Signs anywhere in a sentence (folded)."""
    return frozenset(name for name, sign in _compiled("sentence").items() if sign.search(low))


def quoted(passage: Passage, start: int) -> bool:
    """Whether a span stands within quotation marks of its passage."""
    return len(_QUOTES.findall(passage.text, 0, start)) % 2 == 1


def _clause(low: str, start: int) -> str:
    """The words before a span back to where its clause begins, at most REACH characters."""
    words = low[max(0, start - REACH) : start]
    breaks = [match.end() for match in _BREAK.finditer(words)]
    return words[breaks[-1] :] if breaks else words
