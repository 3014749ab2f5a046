"""A count in a sentence → what the sentence says of those it counts.

In: a sentence, where the count stands in it, the count as a noun phrase. Out: a clause for a
sentence of ours: that they were notified, that they can be reached from the internet, else that
they are affected; empty where they were tested or belong to who did it, and so are hit by nothing.
"""

from __future__ import annotations

import re
from typing import Final

from nlp.patterns import says

_NEAR: Final = 45
"""Characters before a count in which the verb stands whose object it is."""
_TOLD: Final = re.compile(
    r"\b(?:notif(?:y|ied|ying|ies)|inform(?:ed|ing)?|tell(?:ing)?|told|wr(?:ote|iting|itten) to"
    r"|letters to|mail(?:ed|ing)|alert(?:ed|ing)?)\b(?: [\w-]+){0,3} ?\Z"
)
_HAS: Final = re.compile(
    r"\b(?:has|have|had) (?:\w+ )?(?:notified|informed|written to|told|mailed|alerted)\b"
)
_DONE: Final = re.compile(r"\b(?:notified|informed|told|wrote|written|mailed|alerted)\b")


def done(words: str) -> bool:
    """Whether these words tell of people who have been told."""
    return _HAS.search(words) is not None


def told(sentence: str, start: int) -> bool | None:
    """Of those that a sentence counts at `start`: True where they were told by letter or the like,
    False where they are being told; None where nobody tells them: then they may have been hit."""
    found = _TOLD.search(sentence[max(0, start - _NEAR) : start])
    return None if found is None else _DONE.search(found[0]) is not None


def clause(sentence: str, start: int, end: int, words: str) -> str | None:
    """The clause; empty: nothing befell them; None: that they are affected is what it says."""
    before, behind = sentence[max(0, start - _NEAR) : start], sentence[end : end + _NEAR]
    if says("counted", "tested", before) or says("counted", "tested_behind", behind):
        return ""
    if says("counted", "means", words):
        return ""
    if says("counted", "doers", sentence) or says("counted", "tools", before):
        return ""
    if (done_so := told(sentence, start)) is not None:
        return f"{words} were notified" if done_so else f"{words} are being notified"
    if says("counted", "reached", sentence):
        return f"{words} can be reached from the internet"
    return None
