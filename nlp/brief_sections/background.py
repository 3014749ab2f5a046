"""How far a sentence stands off the story: speech, comment, advice, other cases, earlier years.

In: a sentence and the year in which the story began. Out: a number; 0 is the story itself.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from nlp.patterns import says

_SPEECH: Final = re.compile(r"\A[“\"]")
_YEAR: Final = re.compile(r"\b((?:19|20)\d\d)\b(?!-)")
_SINCE: Final = re.compile(r"\bsince (?:[A-Z][a-z]{2,8} )?(?:19|20)\d\d\b")
"""When something began that still goes on."""
_BESIDE: Final = re.compile(r", (?:who|which|whose|where|an?|the|founded|based) [^,]{3,90},")
"""An aside: a firm founded in 2018 may be hit today."""


@lru_cache(maxsize=4096)
def background(text: str, year: int) -> float:
    """How far a text is speech, comment, advice or of an earlier year than the story's, 0 to 5."""
    told = _SINCE.sub(" ", _BESIDE.sub(",", text))
    old = any(int(other) < year for other in _YEAR.findall(told))
    value = 0.4 * bool(_SPEECH.match(text)) + 0.8 * says("asides", "feeling", text)
    value += 0.7 * says("asides", "advice", text) + 0.8 * says("asides", "others", text)
    return value + 1.0 * (old or says("asides", "before", text))


@lru_cache(maxsize=4096)
def elsewhere(text: str) -> bool:
    """Whether a text advises, comments, or tells of others than the story does; an earlier year
    alone doesn't make it so: old data may be the story."""
    return any(says("asides", key, text) for key in ("feeling", "advice", "others", "before"))
