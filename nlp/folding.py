"""Text → the same text for matching: lower-case, typographic quotes and dashes made plain.

One character stays one character, so that offsets into the folded text are offsets into the text.
"""

from __future__ import annotations

from typing import Final

_PLAIN: Final = str.maketrans("’‘‛“”„‐‑‒–—\u00a0\u202f\u2009", "'''\"\"\"-----   ")


def plain(text: str) -> str:
    """Typographic characters made ASCII, case kept, length kept."""
    return text.translate(_PLAIN)


def fold(text: str) -> str:
    """Lower-case and plain, of the same length ("İ" has a longer lower-case form and stays)."""
    lower = text.lower()
    if len(lower) != len(text):
        lower = "".join(low if len(low := char.lower()) == 1 else char for char in text)
    return lower.translate(_PLAIN)
