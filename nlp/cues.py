"""What a sentence is about, by its words: who and how, harm, response, ahead, better, worse.

In: a sentence. Out: the set of its cues, and its tone. The word lists are `lexicon/cues.toml`.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Final, Literal, get_args

from nlp import lexicon

Cue = Literal["how", "harm", "response", "ahead", "maybe", "better", "worse", "said", "new", "tip"]
CUES: Final[tuple[Cue, ...]] = get_args(Cue)

_WORD: Final = re.compile(r"[a-z]+")
_NOT: Final = re.compile(r"\b(?:will|would|may|could|can|did|does|has) ?(?:not|n['’]t|never)\b")
"""What will not be fixed is no turn for the better."""
_PAST: Final = re.compile(r"\b(?:could|may|might|will) have\b|\bmay \d|\d may\b")
"""What may have happened is not ahead; neither is the month of May."""


def of(text: str) -> frozenset[Cue]:
    """Every cue whose words or phrases stand in the text."""
    lower = _PAST.sub(" ", text.lower())
    found: set[Cue] = set()
    for word in set(_WORD.findall(lower)):
        found |= _of_word(word)
    found |= {cue for cue, phrase in _phrases() if phrase in lower and _bordered(phrase, lower)}
    return frozenset(found)


def tone(text: str) -> int:
    """Better words less worse words: above 0 a turn for the better, below 0 for the worse."""
    lower = text.lower()
    words = [_of_word(word) for word in _WORD.findall(lower)]
    value = sum(("better" in found) - ("worse" in found) for found in words)
    for cue, phrase in _phrases():
        if cue in ("better", "worse") and phrase in lower:
            value += 2 if cue == "better" else -2
    return min(value, 0) if _NOT.search(lower) else value


@lru_cache(maxsize=50_000)
def _of_word(word: str) -> frozenset[Cue]:
    return frozenset(
        cue for cue, exact, stems in _words() if word in exact or word.startswith(stems)
    )


@cache
def _words() -> tuple[tuple[Cue, frozenset[str], tuple[str, ...]], ...]:
    return tuple(_word_list(cue) for cue in CUES)


def _word_list(cue: Cue) -> tuple[Cue, frozenset[str], tuple[str, ...]]:
    words = lexicon.table("cues")[cue]["words"]
    exact = frozenset(word for word in words if not word.endswith("*"))
    return cue, exact, tuple(word[:-1] for word in words if word.endswith("*"))


@cache
def _phrases() -> tuple[tuple[Cue, str], ...]:
    table = lexicon.table("cues")
    return tuple((cue, phrase) for cue in CUES for phrase in table[cue]["phrases"])


def _bordered(phrase: str, text: str) -> bool:
    at = text.find(phrase)
    end = at + len(phrase)
    return not (at and text[at - 1].isalnum()) and not text[end : end + 1].isalnum()
