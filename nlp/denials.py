"""A fact's place in a passage → whether a negation or a denial governs it there.

Scope is a clause: a denial ends at "but", "while", ";" and the like, so that "confirmed a breach
but said no passwords were taken" denies the passwords alone. What is open ("has not said how many",
"could not verify that") denies nothing. Also here: whether a passage rejects all that is claimed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from nlp.patterns import one
from nlp.reading import Passage
from nlp.says import Say

_REACH: Final = 90
"""Characters over which a negation before its fact reaches in a clause: a list of data types."""
_ASIDE: Final = re.compile(r",(?: and)? (?:which|who|as|where|whose|though|if)\b[^,;.]{0,80},")
"""What is put in between a subject and its verb."""
_CLAUSE: Final = 80
"""Characters behind a rejection that say what is rejected."""
_AHEAD: Final = 220
"""Characters after a fact in which its verb may be negated: "A, B or C of them were not …"."""


def denied(passage: Passage, start: int, end: int, says: Sequence[Say]) -> bool:
    """Whether the fact in `passage.low[start:end]` is denied in its clause."""
    low = passage.low
    if _before(low, start, says) or one("speech", "safe").match(low, end):
        return True
    return _after(low, end)


def _before(low: str, start: int, says: Sequence[Say]) -> bool:
    """A negation ahead of the fact, in its clause; or the act of denying it."""
    if any(_act_denies(low, start, say) for say in says if say.act == "deny"):
        return True
    if one("doubts", "fronted").search(low):
        return True
    never = one("speech", "never").search(low, 0, start)
    if never and not one("speech", "stop").search(low, never.end(), start):
        return True
    window = max(0, start - _REACH)
    for match in one("speech", "deny").finditer(low, window, start):
        if one("speech", "not_denial").match(low, match.start()):
            continue
        if any(say.act == "open" and say.verb <= match.start() < say.end for say in says):
            continue
        if low[match.start() - 4 : match.start()] == "but " and match.group() == "not":
            continue
        if _beside(low, match.start(), start):
            continue
        if not _broken(low, match.end(), start):
            return True
    return False


def _beside(low: str, at: int, start: int) -> bool:
    """Whether a negation's own clause is over before the fact: "which has no end date, touches
    FACT", "a visitor without an account can read FACT"."""
    if any(aside.start() < at < aside.end() <= start for aside in _ASIDE.finditer(low)):
        return True
    lacking = one("speech", "lacking").match(low, at)
    return lacking is not None and lacking.end() <= start


def _act_denies(low: str, start: int, say: Say) -> bool:
    """Whether a fact stands in the clause of "N denied that …" or of "…, N denied"."""
    if say.trails:
        return say.start > start and not one("speech", "break").search(low, start, say.start)
    return say.kind != "attacker" and say.verb < start and not _broken(low, say.end, start)


def _after(low: str, end: int) -> bool:
    """ "FACT … were not taken": the fact is the subject, or part of it, of a negated verb."""
    ahead = _ASIDE.sub(",", low[end : end + _AHEAD])
    match = one("speech", "negated").match(ahead)
    if match is None:
        return False
    at = match.start("not")
    return at < 0 or not one("speech", "not_denial").match(ahead, at + ahead.startswith(" ", at))


def _broken(low: str, start: int, end: int) -> bool:
    return bool(one("speech", "break").search(low, start, max(start, end)))


def flat(passage: Passage) -> bool:
    """Whether a passage rejects the breach or the claims as a whole, with nothing confirmed."""
    if one("speech", "innocent").search(passage.low):
        return True
    partly = one("speech", "partly").search(passage.low)
    return bool(one("speech", "whole").search(passage.low)) and not partly


def rejected(
    passage: Passage, says: Sequence[Say], words: Sequence[str], claim: Say | None
) -> bool:
    """Whether a passage rejects a claim of a fact with these words, outside the claim's clause."""
    low = passage.low
    if not claim and not any(say.act != "claim" for say in says):
        return False
    for match in one("speech", "rejects").finditer(low):
        if claim and _within(low, claim, match.start()):
            continue
        first = max(0, match.start() - _CLAUSE // 2)
        if claim and claim.end < match.start():
            first = max(first, claim.end)
        clause = low[first : match.end() + _CLAUSE]
        if any(word in clause for word in words) or one("speech", "generic").search(clause):
            return True
    return False


def _within(low: str, claim: Say, at: int) -> bool:
    """Whether a place is in the words of a claim made in the same passage."""
    first, last = sorted((claim.end, at))
    return not one("speech", "stop").search(low, first, max(first, last))
