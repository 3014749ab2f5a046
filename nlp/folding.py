"""Text → the same text for matching: lower-case, typographic quotes and dashes made plain.

One character stays one character, so that offsets into the folded text are offsets into the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

_PAIRS: Final = tuple(zip("’‘‛“”„‐‑‒–—\u00a0\u202f\u2009", "'''\"\"\"-----   ", strict=True))
_PLAIN: Final = str.maketrans(dict(_PAIRS))
_LONG: Final = 1_000
"""Characters from which a text is long."""


def plain(text: str) -> str:
    """Typographic characters made ASCII, case kept, length kept."""
    if text.isascii():
        return text
    if len(text) < _LONG:
        return text.translate(_PLAIN)
    for fine, simple in _PAIRS:  # a tenth of the time that `translate` takes of a long text
        text = text.replace(fine, simple)
    return text


def capital(text: str) -> str:
    """A sentence's first letter upper-case, unless a name starts small ("eBay", "macOS", "n8n")."""
    first = text.split(" ", 1)[0]
    named = any(c.isupper() or c.isdigit() for c in first[1:])
    return text if named else text[:1].upper() + text[1:]


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
    return plain(lower(text))


def lower_pattern(pattern: str) -> str:
    """A regular expression in lower case, its escapes ("\\S") and its groups' names as they are."""
    return re.sub(
        r"\\.|\(\?P[<=]\w+|[A-Z]+", lambda m: m[0] if m[0][0] in "\\(" else m[0].lower(), pattern
    )


class Caseless:
    """A pattern over a text whose capitals don't count; offsets are those of the text.

    Takes a tenth of the time of re.IGNORECASE where there are many alternatives (see `lower`).
    """

    __slots__ = ("pattern",)

    def __init__(self, pattern: str, flags: re.RegexFlag = re.NOFLAG) -> None:
        self.pattern: Final = re.compile(lower_pattern(pattern), flags)

    def search(self, text: str) -> re.Match[str] | None:
        """The first match; its groups are in lower case."""
        return self.pattern.search(lower(text))

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        """All matches, in order."""
        return self.pattern.finditer(lower(text))
