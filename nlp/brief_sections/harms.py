"""What a sentence is worth to the impact: who or what is affected, by numbers and kinds.

In: the desk. Out: weights (`nlp.desk.Weight`); None: it tells no harm of this story.
"""

from __future__ import annotations

import re
from typing import Final

from nlp.brief_sections.analysis import background
from nlp.brief_sections.worth import OLD
from nlp.desk import Desk, Weight
from nlp.patterns import says
from nlp.quotable import Quotable

OFF: Final = 1.0
"""Background from which on it is no harm of this story."""
_OFF_KEYS: Final = ("off", "leans", "dangles")
"""Advice, another's case; what an earlier sentence says more of."""
LISTED: Final = 2
"""Kinds of data that a sentence of ours names, from which on a source's list repeats it."""
_DATED: Final = re.compile(
    r"\b(?:Jan|Feb|Mar|Apr|May|June?|July?|Aug|Sept?|Oct|Nov|Dec)[a-z]{0,6}\.? \d{1,2}\b"
    r"|\b\d{1,2} (?:Jan|Feb|Mar|Apr|May|June?|July?|Aug|Sept?|Oct|Nov|Dec)[a-z]{0,6}"
    r"|\b20\d\d\b|\b\d{1,3}\.\d{1,3}\.\d{1,5}"
)
"""Days, years and versions: numbers that measure nothing."""
_ANOTHER: Final = re.compile(r"[A-Z][\w’'-]{1,40} (?:[A-Z][\w’'-]{1,40} ){1,9}[a-z]")
NUMBER: Final = re.compile(r"\d[\d,]*")
_HARM: Final = (("asides", "harm"), ("impact", "count"))
"""Words without which a sentence tells no harm to anybody."""
_QUOTED: Final = re.compile(r"[“\"][^“”\"]{0,400}[”\"]")


def digits(number: str) -> int:
    return len(re.sub(r"\D", "", number))


def stray(desk: Desk, passage: Quotable) -> bool:
    """Advice, another's harm, background, a list's label, or what leans on the sentence before."""
    text = passage.text
    if text.startswith(tuple(str(d.value) for d in desk.ledger.leading("actor"))):
        return True  # what is told of who did it
    if "tip" in passage.cues or any(says("impact", key, text) for key in _OFF_KEYS):
        return True
    if says("impact", "count", text) and says("counted", "doers", text):
        return True  # machines of those who did it
    return says("asides", "advice", text) or background(text, desk.story.year) >= OFF


def harm(desk: Desk) -> Weight:
    """For a sentence on who or what is affected, by numbers and kinds."""

    def weight(passage: Quotable) -> float | None:
        if _any_harm(passage) is None or stray(desk, passage) or passage.pair:
            return None
        if says("outlook", "calm", passage.text) or _told_number(desk, passage):
            return None
        own_words = _QUOTED.sub(" ", passage.text)
        counted = says("impact", "count", passage.text) and says("impact", "toll", passage.text)
        if not counted and not says("asides", "harm", own_words):
            return None
        if not (counted or _measured(passage.text)):
            return None
        early = passage.at < desk.news.last - OLD
        if how_only(passage.text) or (early and _planned(passage.text)):
            return None
        if says("impact", "lists", passage.text) and _listed(desk):
            return None
        off = background(passage.text, desk.story.year)
        value = 0.6 - off
        value += 0.2 * desk.story.mentions(passage) + 0.3 * says("impact", "toll", passage.text)
        own = desk.story.mentions(passage) or desk.story.of_it(passage.text)
        if desk.story.victims and not own and _ANOTHER.match(passage.text):
            return None  # what befell another
        return value - (0.4 if desk.story.names and not own else 0.0)

    return weight


def how_only(text: str) -> bool:
    """Whether it tells how a thing is done, and not what that comes to."""
    return says("impact", "technique", text) and not says("impact", "outcome", text)


def _planned(text: str) -> bool:
    """Whether it is a plan, that names no later day."""
    return says("outlook", "plan", text) and not says("outlook", "far", text)


def _measured(text: str) -> bool:
    """Whether it says how many or what, beside days and names with a number."""
    return says("asides", "measure", _DATED.sub(" ", text)) or says("impact", "lists", text)


def _told_number(desk: Desk, passage: Quotable) -> bool:
    """Whether it gives a count or a sum that a sentence of ours has given here."""
    held = " ".join(s.text for s in desk.sheet.held("impact_assessment"))
    own = [number for number in NUMBER.findall(passage.text) if digits(number) > 2]
    return any(number.rstrip(",") in held for number in own)


def _listed(desk: Desk) -> bool:
    """Whether a sentence of ours lists what the data holds already."""
    held = desk.sheet.held("impact_assessment")
    return any(s.kind == "stated" and s.text.count(",") >= LISTED - 2 and " data" in s.text
               and " and " in s.text for s in held)  # fmt: skip


def _any_harm(passage: Quotable) -> float | None:
    """Where nothing better is left: any sentence with a word of harm."""
    if (
        "harm" not in passage.cues
        or "tip" in passage.cues
        or says("asides", "no_harm", passage.text)
    ):
        return None
    return 0.0


def left(desk: Desk) -> Weight:
    """Where nothing better is left: any sentence with a word of harm that is no stray one, rather
    one that says what befell somebody."""

    def weight(passage: Quotable) -> float | None:
        if _any_harm(passage) is None or stray(desk, passage):
            return None
        if how_only(passage.text):
            return None
        toll = says("impact", "toll", passage.text)
        own = _QUOTED.sub(" ", passage.text)
        told = toll or any(says(*key, own) for key in _HARM)
        return 0.5 * toll if told else None

    return weight
