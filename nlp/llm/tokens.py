"""How many tokens a text takes, without any model's own tokenizer: never too few for English.

In: a text. Out: a count. Four letters of a word, a digit, a sign are a token each; measured on the
demonstration's briefs, byte-pair tokenizers make some 0.6 to 0.7 of that.
"""

from __future__ import annotations

import re
from typing import Final

MOST: Final = 200
"""Tokens of a model-written field: what stays below needs no watermark (Code of Practice on marking
under EU AI Act, Article 50)."""

_PIECE: Final = re.compile(r"[^\W\d_]{1,4}|\d|[^\w\s]|_")


def count(text: str) -> int:
    """At least as many as a tokenizer would make of it."""
    return sum(1 for _ in _PIECE.finditer(text))
