"""The words that name an asserter → as an editor would cut them, or None where they name nobody.

"that outside investigators" → "outside investigators", "Orrelight, a company" → "Orrelight",
"Tallowmere loses bank" → "Tallowmere"; "an unauthorized party", "Administrator" and "macOS" say
nothing: None.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from nlp import lexicon
from nlp.folding import fold

_LINK: Final = re.compile(
    r"(?:that|when|while|as|but|and|which|who|after|because|if|though|although)\s+", re.IGNORECASE
)
_APPOSED: Final = re.compile(r", (?:an?|the|which|who|whose)\b.*\Z", re.DOTALL)
_VERB: Final = re.compile(
    r"(?<!\w)(?P<n>(?:[A-Z][\w&.'’-]{0,30}+)(?: [A-Z][\w&.'’-]{0,30}+){0,5}) "
    r"(?:loses?|says|confirms|denies|has|had|is|was|were|will|warns|faces|halts|tells|suffers|"
    r"discloses|investigates|hit by)\b.*\Z",
    re.DOTALL,
)
_NOBODY: Final = re.compile(
    r"(?:an? )?(?:unauthori[sz]ed|unknown|unnamed|malicious) (?:third[- ])?"
    r"(?:part(?:y|ies)|persons?|individuals?|actors?|users?)|"
    r"(?:officials?|co-founder|founder|administrators?|users?|accounts?|director|executive|manager|"
    r"spokes(?:person|man|woman)|analyst|researcher|vulnerability note\b.*)"
)


@lru_cache(maxsize=4096)
def decent(words: str) -> str | None:
    """The asserter in these words. It is a part of them; None: nobody worth naming."""
    link = _LINK.match(words)
    cut = words[link.end() :] if link else words
    cut = _APPOSED.sub("", cut)
    verb = _VERB.match(cut)
    cut = (verb["n"] if verb else cut).strip()
    low = fold(cut)
    if not cut or _NOBODY.fullmatch(low) or low in lexicon.words("misfits", "systems"):
        return None
    return cut
