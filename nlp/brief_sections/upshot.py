"""What a flaw or a program comes to, where its report says so only at the end of a sentence that is
told elsewhere without it: a line of ours.

In: the desk. Out: a `Said` ("The flaws expose all users to theft, Orla Post reports.") with the
sentence that it rests on; None where no clause of the top of a report tells an outcome, or where the
brief tells it already.
"""

from __future__ import annotations

import re
from typing import Final

from breachwire.model import Evidence
from nlp import simply
from nlp.brief_sections.flaws import top
from nlp.desk import Desk
from nlp.facts import Said
from nlp.patterns import says

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
_FLAW: Final = re.compile(r"\b(?:vulnerabilit(?:y|ies)|flaws?|bugs?|weakness(?:es)?|zero-days?)\b")
_SEVERAL: Final = re.compile(r"\b(?:vulnerabilities|flaws|bugs|weaknesses|zero-days)\b")
_WHO: Final = re.compile(
    r"\b(?:users|developers|organi[sz]ations|customers|companies|people|infrastructure|systems"
    r"|millions|thousands)\b"
)


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
    told = any(found["rest"] in s.text for s in desk.statements if s.section != "timeline")
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
