"""Passages and acts of speech → whether an incident is in doubt, and which acts then confirm it.

In most articles nobody contests the breach: whoever was hit and speaks, confirms. Where an attacker
claims it, a seller offers it, somebody rejects it or a headline asks, "it takes the matter
seriously" or "it knows of the post" confirms nothing: there an act must itself speak of what
happened, without a claim, a negation or a condition in its words. Also here: what is only supposed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from nlp import denials
from nlp.patterns import one
from nlp.reading import Passage
from nlp.says import Say
from nlp.voices import Voices

_READ: Final = 8
"""Passages in which doubt is looked for: a summary's length."""
_WORDS: Final = 240
"""Characters of an act's own words that are read."""


def contested(passages: Sequence[Passage], voices: Voices) -> bool:
    """Whether anything in the opening puts the incident in doubt: a claim, an offer, a denial, a
    hedge, a question for a headline."""
    return any(_doubts(passage, voices) for passage in passages[:_READ])


def _doubts(passage: Passage, voices: Voices) -> bool:
    if any(say.act == "claim" and not say.credit for say in voices.of(passage)):
        return True
    low = passage.low
    if denials.flat(passage) or one("doubts", "doubt").search(low):
        return True
    if one("doubts", "negative").match(low):
        return True
    return passage.where == "title" and bool(one("doubts", "question").search(low))


def retracted(passages: Sequence[Passage]) -> bool:
    """Whether what was confirmed is taken back: "withdrew the notice", "corrected this"."""
    return any(one("doubts", "retracted").search(passage.low) for passage in passages[:_READ])


def solid(passage: Passage, say: Say, says: Sequence[Say]) -> bool:
    """Whether the words of an act, heard in a passage, themselves say what happened."""
    words = _words(passage, say, says)
    if one("doubts", "turned").search(passage.low, max(0, say.verb - len("now "))):
        return True
    if one("doubts", "received").search(words) or not one("doubts", "harm").search(words):
        return False
    sure = say.act in ("confirm", "act")
    hollow = one("doubts", "hollow").search(words) or one("doubts", "negative").match(passage.low)
    if sure:
        cut = one("speech", "stop").search(words)
        return not _negated(words[: cut.start()] if cut else words)
    return not (hollow or _negated(words))


def _negated(words: str) -> bool:
    """Whether a statement negates: "said none of its systems was entered"."""
    return any(
        not one("speech", "not_denial").match(words, match.start())
        for match in one("speech", "deny").finditer(words)
    ) or bool(one("speech", "never").search(words))


def _words(passage: Passage, say: Say, says: Sequence[Say]) -> str:
    """What is said: from the verb to the next speaker, or, where it trails, what stands before."""
    low = passage.low
    if say.trails:
        first = max((other.end for other in says if other.end < say.verb), default=0)
        return low[max(first, say.verb - _WORDS) : say.verb]
    last = min((other.verb for other in says if other.verb > say.verb), default=len(low))
    return low[max(0, say.verb - len("first ")) : min(last, say.verb + _WORDS)]


def supposed(passage: Passage, start: int) -> bool:
    """Whether the fact at `start` is only supposed: "had it been taken, … would", "if genuine"."""
    low = passage.low
    if any(_covers(low, match, start) for match in one("doubts", "unless").finditer(low)):
        return True
    return any(match.start() <= start for match in one("doubts", "counter").finditer(low))


def refuted(passage: Passage) -> bool:
    """Whether what a passage supposes, it says not to be so: "…, but none were"."""
    return bool(one("doubts", "refuted").search(passage.low))


def _covers(low: str, match: re.Match[str], start: int) -> bool:
    first, last = sorted((match.end(), max(match.end(), start)))
    return not one("doubts", "ends").search(low, first, last)
