"""A date in its sentence → the words around it, which say what happened on that day.

In: the sentence as its source has it, and the date's own words in it. Out: the clause that they
stand in, at most `MOST` words beside them, "…" where it was cut; nothing is reworded.
"""

from __future__ import annotations

import re
from typing import Final

MOST: Final = 9
"""Words shown beside the date."""
_FEW: Final = 3
"""Fewer words before a date than these don't say what happened: those after it do."""
_BREAK: Final = re.compile(
    r"[,;:]?\s(?:and|but|that)(?=\s)|[,;:](?=\s)|\s[–—-]\s|\s(?=(?:after|when|which|while|who)\s)",
    re.IGNORECASE,
)


def around(sentence: str, words: str) -> str:
    """The clause of `words` in `sentence`; "" where they don't stand in it or are all of it."""
    before, found, after = sentence.partition(words)
    if not found or not (before + after).strip():
        return ""
    left = _BREAK.split(before)[-1].split()
    if len(left) >= _FEW:
        cut = len(left) > MOST or len(left) < len(before.split())
        return " ".join([*(["…"] if cut else []), *left[-MOST:], words])
    right = _right(after)
    cut = len(right) > MOST or len(right) < len(after.split())
    start = " ".join([*(["…"] if len(left) < len(before.split()) else []), *left, words])
    said = " ".join(right[:MOST])
    return start + ("" if said[:1] in ",;:." else " ") + said.rstrip(",;:") + (" …" if cut else "")


def _right(after: str) -> list[str]:
    """The words up to the first break that comes after enough of them."""
    for found in _BREAK.finditer(after):
        words = after[: found.start()].split()
        if len(words) >= _FEW:
            return words
    return after.split()
