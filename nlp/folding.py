"""Text → the same text for matching: lower-case, typographic quotes and dashes made plain.

One character stays one character, so that offsets into the folded text are offsets into the text.
"""

from __future__ import annotations

from typing import Final

_PLAIN: Final = str.maketrans("’‘‛“”„‐‑‒–—\u00a0\u202f\u2009", "'''\"\"\"-----   ")


def plain(text: str) -> str:
    """Typographic characters made ASCII, case kept, length kept."""
    return text.translate(_PLAIN)


def lower(text: str) -> str:
    """Lower-case, of the same length ("İ" has a longer lower-case form and stays).

    For a pattern with many alternatives: `re` skips those that begin with another letter, which it
    can't where case is ignored; that costs ten times as much.
    """
    low = text.lower()
    if len(low) == len(text):
        return low
    return "".join(low if len(low := char.lower()) == 1 else char for char in text)


def fold(text: str) -> str:
    """Lower-case and plain, of the same length."""
    return lower(text).translate(_PLAIN)
