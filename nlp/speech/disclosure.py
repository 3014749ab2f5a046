"""What is said before anything else is: who wrote the text and what the voice is.

In: the authors of the briefs that are spoken, whether the voice is a trained model's. Out: the
words and the IPTC digital source type, computed from these alone (EU AI Act, Article 50; DESIGN §7,
rule 7).
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from breachwire.model.disclosure import BY_MODEL, IN_PART, SCHEME, TRAINED
from breachwire.model.disclosure import source_type as of_text
from breachwire.model.words import Author

_TEXTS: Final[dict[Author, str]] = {
    "extractive": "Extracted automatically from news reports; no language model wrote this.",
    "editor": "Edited by a person from news reports.",
}
_RULES: Final = "The voice is synthetic."
_NEURAL: Final = "The voice was generated using artificial intelligence."


def spoken(authors: Collection[Author], *, neural: bool) -> str:
    """The first sentences of a recording."""
    others = [_TEXTS[author] for author in ("editor", "extractive") if author in authors]
    if "model" in authors:
        text = IN_PART if others else BY_MODEL
    else:
        text = others[0] if len(others) == 1 else "Edited by people or extracted automatically."
    return f"{text} {_NEURAL if neural else _RULES}"


def source_type(authors: Collection[Author], *, neural: bool) -> str:
    """The strongest mark that holds: a model wrote all of it, some of it, or none: the voice's."""
    if "model" in authors:
        return SCHEME + of_text(authors)
    return SCHEME + (TRAINED if neural else "algorithmicMedia")
