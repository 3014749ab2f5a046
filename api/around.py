"""A date in its sentence → the words around it, which say what happened on that day.

In: the sentence as its source has it, and the date's own words in it. Out: the clause that they
stand in, at most `MOST` words beside them, "…" where it was cut; nothing is reworded.
"""

from __future__ import annotations

import re
from typing import Final

MOST: Final = 9
"""Words shown before the date, or after one that opens its clause."""
_NEXT: Final = 3
"""Words shown after a date that ends its clause or stands before its noun: "the May 3 attack"."""
_FEW: Final = 6
"""Fewer words than these, the date's included, don't say what happened: the clause before does, or
the next."""
_BREAK: Final = re.compile(
    r"[,;:]?\s(?:and|but|that)(?=\s)|[,;:](?=\s)|\s[–—-]\s|\s(?=(?:after|when|which|while|who)\s)",
    re.IGNORECASE,
)


def around(sentence: str, words: str) -> str:
    """The clause of `words` in `sentence`; "" where they don't stand in it or are all of it."""
    before, found, after = sentence.partition(words)
    if not found or not (before + after).strip():
        return ""
    rest, few = _clause(after, 0), _FEW - len(words.split())
    left = _before(before, few - len(rest.split()))
    if len((left + rest).split()) < few:  # what happened is told after the date, if at all
        rest = _clause(after, few)
        return _cut(before, left) + words + _shortened(rest, MOST, after)
    return (
        _cut(before, " ".join(left.split()[-MOST:]) + " ") + words + _shortened(rest, _NEXT, after)
    )


def _before(text: str, least: int) -> str:
    """What stands after the last break, or after one further back, until it has `least` words."""
    ends = [0, *(found.end() for found in _BREAK.finditer(text))]
    kept = next((text[end:] for end in reversed(ends) if len(text[end:].split()) >= least), text)
    return kept.lstrip()


def _clause(text: str, least: int) -> str:
    """What stands up to the first break that comes after `least` words."""
    ends = (found.start() for found in _BREAK.finditer(text))
    return next((text[:end] for end in ends if len(text[:end].split()) >= least), text)


def _cut(whole: str, kept: str) -> str:
    return kept if kept.strip() == whole.strip() else f"… {kept}"


def _shortened(text: str, most: int, whole: str) -> str:
    """The first words of a text, with what stands between them; "…" where something is left out."""
    words = text.split()
    kept = re.match(rf"(?:\s*\S+){{0,{min(most, len(words))}}}", text)
    said = (kept[0] if kept else "").rstrip(",;: ")
    return said if len(words) <= most and not whole[len(text) :].strip(" .,;:") else f"{said} …"
