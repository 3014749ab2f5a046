"""A desk → the outlooks: what the sources themselves say is ahead, sorted to better and worse.

In: the desk. Out: statements of `optimistic_outlook` and `pessimistic_outlook`: sentences that look
ahead, then attributed ones that give a clear sign; where there is neither, a notice says so.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from breachwire.model import BriefSection
from nlp import glossary
from nlp.desk import Desk, Weight
from nlp.quotable import Quotable

MOST: Final = 2
_CLEAR: Final = 2
"""Tone from which an attributed sentence serves as a sign ("found no evidence of misuse")."""
_SIGN: Final = 0.5
"""How much less a sign counts than a sentence that looks ahead."""
_FRESH: Final = timedelta(days=3)
"""Signs count only from the newest reports: an early "no evidence" is often withdrawn."""


def _weigher(desk: Desk, sign: int) -> Weight:
    """For sentences that see a turn for the better (1) or the worse (-1)."""
    fresh = max(m.article.at for m in desk.members) - _FRESH

    def weight(q: Quotable) -> float | None:
        tone = sign * q.tone
        if tone < 1:
            return None
        if "ahead" in q.cues or (sign < 0 and "maybe" in q.cues):
            return 0.3 * min(tone, 3) + 0.3 * ("said" in q.cues)
        return -_SIGN if tone >= _CLEAR and "said" in q.cues and q.at >= fresh else None

    return weight


def write(desk: Desk) -> None:
    """Fill both outlooks."""
    weights: tuple[tuple[BriefSection, Weight], ...] = (
        ("optimistic_outlook", _weigher(desk, 1)),
        ("pessimistic_outlook", _weigher(desk, -1)),
    )
    for _ in range(MOST):
        for section, weight in weights:
            if chosen := desk.best(weight):
                desk.quote(chosen, section)


def close(desk: Desk) -> None:
    """Notices where the sources are silent."""
    sections: tuple[BriefSection, ...] = ("optimistic_outlook", "pessimistic_outlook")
    for section in sections:
        if not desk.has(section):
            desk.put(glossary.notice(section))
