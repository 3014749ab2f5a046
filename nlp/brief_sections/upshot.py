"""What a flaw, a tool or a campaign comes to, and for whom.

In: the desk. Out: weights (`nlp.desk.Weight`) for sentences that say so; and a `Said` of ours ("The
flaws expose all users to theft, Orla Post reports.") where a report says so only at the end of a
sentence that is told elsewhere without it; None where none does.
"""

from __future__ import annotations

import re
from typing import Final

from nlp import simply
from nlp.brief_sections import harms
from nlp.brief_sections.background import background
from nlp.brief_sections.flaws import top
from nlp.brief_sections.worth import SPEECH
from nlp.desk import Desk
from nlp.facts import Said
from nlp.folding import capital
from nlp.patterns import says
from nlp.quotable import Quotable

PAIR_WORDS: Final = 45
"""Words of two sentences at most."""
_SPARED: Final = 0.5
"""What a sentence on those exempt loses: whom a rule binds is the harm."""
_TOP: Final = 30
"""Sentences of a report in which it says what its news comes to."""
_ALLOWS: Final = 2
"""Sentences in which what "allows" somebody something is the story's flaw, not one of several."""
_MOST: Final = 32
"""Words of a line."""
_VERBS: Final = {
    "exposing": "expose", "putting": "put", "leaving": "leave", "raising": "raise",
    "posing": "pose", "giving": "give", "causing": "cause", "creating": "create",
    "letting": "let", "allowing": "allow", "enabling": "enable",
}  # fmt: skip
_CLAUSE: Final = re.compile(
    rf",(?: thereby| thus)?(?P<may> potentially)? (?P<verb>{'|'.join(_VERBS)}) "
    r"(?P<rest>[^;“”\"]{15,220})\.\Z"
)
_WARNS: Final = re.compile(
    r", warning that (?P<rest>(?:attackers|hackers|criminals|thieves) (?:could|may|can)"
    r" [^;“”\"]{15,220})\.\Z"
)
_FLAW: Final = re.compile(r"\b(?:vulnerabilit(?:y|ies)|flaws?|bugs?|weakness(?:es)?|zero-days?)\b")
_SEVERAL: Final = re.compile(r"\b(?:vulnerabilities|flaws|bugs|weaknesses|zero-days)\b")
_WHO: Final = re.compile(
    r"\b(?:users|developers|organi[sz]ations|customers|companies|people|infrastructure|systems"
    r"|millions|thousands)\b"
)


def outcome(text: str) -> bool:
    """Whether it tells what it comes to and not mainly how it is done."""
    return says("impact", "outcome", text) and not says("impact", "technique", text)


def effect(desk: Desk, passage: Quotable) -> float | None:
    """For one sentence on what it does and to whom, or on whom a rule binds."""
    told = says("impact", "effect", passage.text)
    ruled = desk.view.thread.kind == "policy"
    bound = ruled and says("impact", "ruled", passage.text)
    if not (told or bound) or harms.stray(desk, passage) or (passage.pair and not bound):
        return None
    if SPEECH.match(passage.text) or says("outlook", "calm", passage.text):
        return None
    if says("impact", "harmless", passage.text) or harms.how_only(passage.text):
        return None
    value = 0.4 * says("impact", "outcome", passage.text)
    value -= _SPARED * says("impact", "spared", passage.text)
    value += 0.3 * desk.story.names_it(passage.text) + 0.2 * says("impact", "toll", passage.text)
    return value - harms.OFF * background(passage.text, desk.story.year)


def leads_to(desk: Desk, passage: Quotable) -> float | None:
    """For two sentences of which the second says what the first one leads to."""
    if not passage.pair or "tip" in passage.cues or says("asides", "advice", passage.text):
        return None
    text = passage.text
    if not (says("impact", "effect", text) and says("impact", "outcome", text)):
        return None
    if any(says("impact", key, text) for key in ("off", "harmless", "trial")):
        return None
    return 0.3 * desk.story.names_it(text) - harms.OFF * background(text, desk.story.year)


def line(desk: Desk) -> Said | None:
    """The first clause of the newest reports that tells an outcome."""
    newest = sorted(desk.members, key=lambda m: (m.article.at, m.article.id), reverse=True)
    for article in (m.article for m in newest):
        for number, evidence in enumerate(top(desk, article.id, _TOP)):
            text = _line(desk, evidence.quote, number)
            if text and article.source:
                return Said(f"{text}, {article.source} reports.", (evidence,))
    return None


def _line(desk: Desk, sentence: str, number: int) -> str | None:
    if warned := _WARNS.search(sentence):
        text = capital(warned["rest"])
        told = any(
            warned["rest"] in s.text for s in desk.sheet.statements if s.section != "timeline"
        )
        return None if told or not _tells(text) else text
    found = _CLAUSE.search(sentence)
    subject = found and _subject(desk, sentence)
    if not found or not subject or simply.holds("other", sentence):
        return None
    allows = found["verb"] in ("letting", "allowing", "enabling")
    if allows and number > _ALLOWS:
        return None
    verb = _VERBS[found["verb"]]
    shown = f"could {verb}" if found["may"] else verb if subject.endswith("s") else f"{verb}s"
    text = f"{subject} {shown} {found['rest']}"
    told = any(found["rest"] in s.text for s in desk.sheet.statements if s.section != "timeline")
    return None if told or not _tells(text) else text


def _subject(desk: Desk, sentence: str) -> str:
    """What the clause is told of; empty where the sentence is on something else."""
    if desk.view.thread.kind == "vulnerability":
        several = "s" * (_SEVERAL.search(sentence) is not None)
        return f"The flaw{several}" if _FLAW.search(sentence) else ""
    if desk.view.thread.kind == "malware" and simply.holds("subject", sentence):
        return "The malware"
    return ""


def _tells(text: str) -> bool:
    """Whether a line says what it comes to for whom, in words that stand alone."""
    if len(text.split()) > _MOST or any(says("impact", k, text) for k in ("dangles", "leans")):
        return False
    if says("impact", "technique", text) or says("asides", "advice", text):
        return False
    if " raise" in text and " risk" not in text:
        return False  # concerns, awareness, the bar
    return says("impact", "outcome", text) or _WHO.search(text) is not None
