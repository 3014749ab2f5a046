"""A desk → the outlooks: what the sources themselves say is ahead, sorted to better and worse.

In: the desk. Out: statements of `optimistic_outlook` and `pessimistic_outlook`, verbatim sentences
that look ahead; where no source does, a notice says so.
"""

from __future__ import annotations

from typing import Final

from breachwire.model import BriefSection
from nlp import glossary
from nlp.desk import Desk, Weight
from nlp.quotable import Quotable

MOST: Final = 2


def better(passage: Quotable) -> float | None:
    """For a sentence that looks ahead and sees a turn for the better."""
    return _weight(passage, 1)


def worse(passage: Quotable) -> float | None:
    """For a sentence that looks ahead and sees a turn for the worse."""
    return _weight(passage, -1)


def _weight(passage: Quotable, sign: int) -> float | None:
    tone = sign * passage.tone
    looks = "ahead" in passage.cues or (sign < 0 and "maybe" in passage.cues)
    if not looks or tone < 1:
        return None
    return 0.3 * min(tone, 3) + 0.3 * ("said" in passage.cues)


def write(desk: Desk) -> None:
    """Fill both outlooks."""
    weights: tuple[tuple[BriefSection, Weight], ...] = (
        ("optimistic_outlook", better),
        ("pessimistic_outlook", worse),
    )
    for _ in range(MOST):
        for section, weight in weights:
            if passage := desk.best(weight):
                desk.quote(passage, section)


def close(desk: Desk) -> None:
    """Notices where the sources are silent."""
    sections: tuple[BriefSection, ...] = ("optimistic_outlook", "pessimistic_outlook")
    for section in sections:
        if not desk.has(section):
            desk.put(glossary.notice(section))
