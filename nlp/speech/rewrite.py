"""Patterns and what is said in their place, applied so that no two words run together.

In: a text and rules (pattern, function of the match → words, or None: leave it). Out: the text with
every match replaced, a space put in where letters or digits would touch what was put there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

Say = Callable[[re.Match[str]], str | None]
Rule = tuple[re.Pattern[str], Say]


def apply(rules: Sequence[Rule], text: str) -> str:
    """The rules in their order, each over the whole text."""
    for pattern, say in rules:
        text = _replaced(pattern, say, text)
    return text


def _replaced(pattern: re.Pattern[str], say: Say, text: str) -> str:
    out: list[str] = []
    at = 0
    for match in pattern.finditer(text):
        words = say(match)
        if words is None:
            continue
        before, after = text[match.start() - 1 : match.start()], text[match.end() : match.end() + 1]
        left = " " if before.isalnum() and words[:1].isalnum() else ""
        right = " " if after.isalnum() and (words[-1:].isalnum() or words[-1:] == ".") else ""
        out += [text[at : match.start()], left, words, right]
        at = match.end()
    return "".join(out) + text[at:]
