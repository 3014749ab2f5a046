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
_NOT: Final = re.compile(
    r"\b(?:will|would|may|might|could|can|did|does|has) ?(?:not|n['’]t|never)\b"
)
"""What will not be fixed is no turn for the better."""
_NEAR: Final = 40
"""Characters after such a "not" that it undoes."""
_PAST: Final = re.compile(r"\b(?:could|may|might|will) have\b|\bmay \d|\d may\b")
"""What may have happened is not ahead; neither is the month of May."""


_AHEAD: Final = re.compile(
    r"\b(?:will|won['’]t|expects?|hopes?|predicts?|plans? (?:to|for)|intends?|aims? to|promises?"
    r"|pledges|vows?|fears?|doubts?|believes?|on track|scheduled|due (?:to|by|back|in)|going to"
    r"|would|could|may|might|should|likely|(?:is|are) (?:set|expected|working|preparing|meant) to"
    r"|by the end of|next (?:year|month|spring|summer|autumn|fall|winter)|yet to|until"
    r"|by (?:the (?:spring|summer|autumn|fall|weekend|new year)|January|February|March|April|May"
    r"|June|July|August|September|October|November|December|Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)"
    r"|warn(?:s|ed)|worst is|threaten(?:s|ed))\b"
)


def looks_ahead(text: str) -> bool:
    """Whether a sentence may tell of what is to come: a quick look, before its cues."""
    return bool(_AHEAD.search(text))


@lru_cache(maxsize=8192)
def of(text: str) -> frozenset[Cue]:
    """Every cue whose words or phrases stand in the text."""
    lower = _PAST.sub(" ", text.lower())
    found: set[Cue] = set()
    for word in set(_WORD.findall(lower)):
        found |= _of_word(word)
    found |= {cue for cue, phrase in _phrases() if phrase in lower and _bordered(phrase, lower)}
    return frozenset(found)


@lru_cache(maxsize=8192)
def tone(text: str) -> int:
    """Better words less worse words: above 0 a turn for the better, below 0 for the worse."""
    lower = text.lower()
    undone = [(m.start(), m.end() + _NEAR) for m in _NOT.finditer(lower)]
    value = 0
    for match in _WORD.finditer(lower):
        found = _of_word(match.group())
        value += ("better" in found) and not _inside(match.start(), undone)
        value -= "worse" in found
    for cue, phrase in _phrases():
        if cue == "worse" and phrase in lower:
            value -= 2
        elif cue == "better" and (at := lower.find(phrase)) >= 0:
            value += 0 if _inside(at, undone) else 2
    return value


def _inside(at: int, spans: list[tuple[int, int]]) -> bool:
    return any(start <= at < end for start, end in spans)


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
