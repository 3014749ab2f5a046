"""How hard a text is to read: the Flesch-Kincaid grade (Kincaid et al., 1975).

In: a text. Out: years of American schooling. Syllables are groups of vowels, a silent e left out:
no dictionary is needed, and names count like other words.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

MOST: Final = 6.0
"""Of "explain like I'm five"."""
_WORD: Final = re.compile(r"[A-Za-z]+(?:['’][a-z]+)?")
_END: Final = re.compile(r"[.!?][”\"’)]?(?:\s|\Z)")
_VOWELS: Final = re.compile(r"[aeiouy]+")


def grade(text: str) -> float:
    """0 for no words."""
    words = _WORD.findall(text)
    if not words:
        return 0.0
    sentences = max(1, len(_END.findall(text)))
    syllables = sum(_syllables(word.lower()) for word in words)
    return 0.39 * len(words) / sentences + 11.8 * syllables / len(words) - 15.59


@lru_cache(maxsize=1 << 14)
def _syllables(word: str) -> int:
    return max(1, len(_VOWELS.findall(re.sub(r"(?<=[a-z])e\Z", "", word))))
