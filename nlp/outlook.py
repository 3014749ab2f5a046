"""A desk → the outlooks: what the sources themselves say is ahead, sorted to better and worse.

In: a desk. Out: statements of `optimistic_outlook` and `pessimistic_outlook`: sentences that look
ahead, those of named people first and the newest first, then those of the newest reports that give
a clear sign (systems restored, a suit filed); then what the ledger knows to be under way; where
there is none of it, a notice says so.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from functools import lru_cache
from typing import Final

from breachwire.model import BriefSection
from nlp import cues, glossary, rank, speakers
from nlp.brief_sections.background import elsewhere
from nlp.desk import Desk
from nlp.folding import Caseless
from nlp.patterns import any_of, says
from nlp.quotable import Quotable

MOST: Final = 3
_CLEAR: Final = 2
"""Tone from which an attributed sentence serves as a sign ("found no evidence of misuse")."""
_SIGN: Final = 0.5
"""How much less a sign counts than a sentence that looks ahead."""
_FRESH: Final = timedelta(days=3)
"""An all-clear counts only from the newest reports: an early "no evidence" is often withdrawn."""
_OLD: Final = timedelta(days=14)
_SPEAKER: Final = 0.7
_OFFICE: Final = 0.3
"""A forecast is worth what its speaker is: a person named, an office or calling."""
_PAIR: Final = 0.5
"""What two sentences lose against one that says it alone."""
_NEWEST: Final = 0.5
"""What the newest report's forecast gains over the oldest's."""
_AGAIN: Final = 0.5
"""What a second forecast from the same report loses."""

_REPEATS: Final = 0.6
"""How much of what is told elsewhere a forecast may hold: it speaks of the same matter."""
_WHOSE: Final = re.compile(
    r"\b(?:patients|customers|clients|guests|members|students|staff|those affected|victims"
    r"|people)\b",
    re.IGNORECASE,
)
_SHARED: Final = 2
"""Statements of "what comes next" of which one may go to an outlook."""
_SECTIONS: Final[dict[int, BriefSection]] = {1: "optimistic_outlook", -1: "pessimistic_outlook"}
_UNDER_WAY: Final = {1: ("restored", "arrest", "takedown"), -1: ("lawsuit_filed", "investigating")}
_HALF: Final = 5
"""Words from which on half a sentence stands alone."""
_MARK: Final = re.compile(r"[“”\"]")
_OPEN: Final = re.compile(
    r"\A[“\"](?:[\w’', ]{0,12})\b(?:if|when|once|before|until|unless) (?:those|these|it|they"
    r"|this|that|she|he)\b",
    re.IGNORECASE,
)
"""A quotation that leans on what was said before it."""


def _tip(q: Quotable) -> bool:
    """Whether it tells readers what to do; what a person says "should be done by March" is news,
    and so is that a step lowers the risk."""
    told = "tip" in q.cues or says("asides", "advice", q.text)
    return told and not speakers.speaks(q.text) and not says("outlook", "lowers", q.text)


def _looks(q: Quotable) -> bool:
    """Whether it tells of what is to come, and is neither past, nor terms, nor a sales pitch."""
    if _tip(q) or not (says("outlook", "coming", q.text) or says("outlook", "may", q.text)):
        return False
    if _OPEN.search(q.text):
        return False
    keys = ("over", "terms", "selling") if q.pair else ("over", "terms", "selling", "rest")
    return not any(says("outlook", key, q.text) for key in keys)


@lru_cache(maxsize=4096)
def _lean(text: str, sign: int) -> int:
    """How far a sentence leans to the better (1) or the worse (-1), by words and by matters."""
    value = sign * cues.tone(text) + 2 * sum(1 for _ in _matters(sign).finditer(text))
    if sign > 0 and any(says("outlook", key, text) for key in ("lowers", "fixes", "justice")):
        return max(value, _CLEAR)  # the harm that it names is the one that is put right
    return value - 2 * bool(_matters(-sign).search(text))


def _counting(q: Quotable, sign: int) -> Quotable | None:
    """Of a "but" sentence the half that looks ahead, where only one does; None where that half
    leans the other way."""
    first, but, second = q.text.partition(" but ")
    if not but or q.pair or _MARK.search(q.text) or len(first.split()) < _HALF:
        return q
    ahead = [says("outlook", "coming", half) or says("outlook", "may", half)
             for half in (first, second)]  # fmt: skip
    if ahead[0] == ahead[1]:
        return q
    if ahead[1]:
        return q if _lean(second, sign) > 0 else None
    if _lean(first, sign) < 1:
        return None
    text = f"{first.rstrip(',')}."
    return replace(q, text=text, kind="stated", words=len(text.split()), terms=rank.terms(text))


def _matters(sign: int) -> re.Pattern[str] | Caseless:
    return any_of("outlook", "better") if sign > 0 else any_of("outlook", "worse")


class _Weigher:
    """For sentences that see a turn for the better (1) or the worse (-1)."""

    def __init__(self, desk: Desk, sign: int, *, signs: int) -> None:
        self._desk, self._sign, self._signs = desk, sign, signs
        self._section = _SECTIONS[sign]
        times = [m.article.at for m in desk.members]
        self._first, self._last = min(times), max(times)
        self._whole = (self._last - self._first).total_seconds() or 1.0
        self._sole = len(desk.members) == 1 and desk.view.thread.kind != "other"
        self._actors = tuple(str(d.value) for d in desk.ledger.leading("actor"))

    def __call__(self, whole: Quotable) -> float | None:
        q = _counting(whole, self._sign)
        if q is None or says("outlook", "technique", q.text):
            return None
        lean = _lean(q.text, self._sign)
        if self._sign > 0 and _outlet(self._desk, q) and not _matters(1).search(q.text):
            return None  # a reporter's "could encourage" hopes for nothing
        if lean < 1 or _tip(q) or self._overtaken_calm(q) or self._of_doers(q):
            return None
        held = self._desk.held(self._section)
        again = _AGAIN * any(s.evidence[0].article == q.article for s in held)
        if self._desk.news.passed(q):
            return None
        ours = any(says("outlook", key, q.text) for key in ("lowers", "inflated"))
        others = elsewhere(q.text) and not ours
        if others or self._old_plan(q) or self._against(q):
            return None
        if _looks(q):
            named, office = speakers.speaks(q.text), says("outlook", "calling", q.text)
            if not named and not office and lean < _CLEAR and not says("outlook", "may", q.text):
                return None
            value = 0.3 * min(lean, 3) + _SPEAKER * named + _OFFICE * office - again
            value -= _PAIR * q.pair
            return value + _NEWEST * self._age(q)
        return self._sign_of(q, lean) if len(held) < self._signs else None

    def _age(self, q: Quotable) -> float:
        return (q.at - self._first).total_seconds() / self._whole

    def _sign_of(self, q: Quotable, lean: int) -> float | None:
        """On the incident itself, and plain on one matter."""
        if lean < _CLEAR or not _matters(self._sign).search(q.text):
            return None
        keys = ("sign_not", "selling") if q.pair else ("sign_not", "selling", "rest")
        if any(says("outlook", key, q.text) for key in keys):
            return None
        if says("asides", "feeling", q.text):
            return None
        about = bool(self._desk.mentions(q) or "said" in q.cues or self._desk.on_headline(q))
        about = about or _WHOSE.search(q.text) is not None or self._sole
        value = 0.1 * min(lean, 4) + _NEWEST * self._age(q) - _SIGN - _PAIR * q.pair
        return value if about else None

    def _against(self, q: Quotable) -> bool:
        """Whether it speaks of the other turn: a loss among the hopes, a remedy, praise or a past
        deed among the fears."""
        if self._sign > 0:
            behind = self._desk.articles[q.article].text[q.source.end : q.source.end + 40]
            mended = says("outlook", "mended", q.text) and says("outlook", "turn", behind)
            return mended or any(says("outlook", key, q.text) for key in ("loss", "guilt"))
        return any(says("outlook", key, q.text) for key in ("remedy", "justice", "guilt"))

    def _overtaken_calm(self, q: Quotable) -> bool:
        """Whether it is an all-clear of old: an early "no evidence" is often withdrawn."""
        old = q.at < self._last - _FRESH
        return old and any(says("outlook", key, q.text) for key in ("calm", "steady"))

    def _old_plan(self, q: Quotable) -> bool:
        """Whether it is a plan of an early report that names no later day: by now it is done."""
        plan = says("outlook", "plan", q.text) and not says("outlook", "far", q.text)
        return plan and q.at < self._last - _OLD

    def _of_doers(self, q: Quotable) -> bool:
        return self._sign > 0 and (
            says("outlook", "doers", q.text)
            or q.text.startswith(self._actors)
            or (says("outlook", "weapon", q.text) and not says("outlook", "foiled", q.text))
        )


def write(desk: Desk, *, signs: int = 0, most: int = MOST) -> None:
    """Fill both outlooks with what looks ahead, `most` sentences each; then, up to `signs` each,
    with what shows a turn."""
    weights = {sign: _Weigher(desk, sign, signs=signs) for sign in _SECTIONS}
    for _ in range(most):
        for sign, section in _SECTIONS.items():
            if len(desk.held(section)) >= most:
                continue
            if chosen := desk.best(weights[sign], place=(section, 0), repeats=_REPEATS):
                part = _counting(chosen, sign) or chosen
                desk.quote(part, section, by=_outlet(desk, part))


def _outlet(desk: Desk, q: Quotable) -> str:
    """Whose forecast it is, where it is the reporter's own; empty where the sentence says."""
    own = says("outlook", "may", q.text) and "said" not in q.cues and not q.pair
    if not own or says("outlook", "calling", q.text) or speakers.speaks(q.text):
        return ""
    outlet = desk.articles[q.article].source
    return "" if q.text.startswith(outlet) else outlet


def share(desk: Desk) -> None:
    """An outlook that is empty takes a forecast from "what comes next" where that has another."""
    for sign, section in _SECTIONS.items():
        next_ = [s for s in desk.held("deep_analysis", 2) if s.evidence]
        if desk.has(section) or len(next_) < _SHARED:
            continue
        weight = _Weigher(desk, sign, signs=0)
        by_source = {(q.source, q.text): q for q in desk.every if q.after is None}
        for held in next_:
            q = by_source.get((held.evidence[0], held.text))
            leant = any(desk.leans(other, held) for other in next_)
            if q is not None and not leant and _looks(q) and (weight(q) or -1.0) > 0:
                desk.statements.remove(held)
                desk.put(replace(held, section=section, paragraph=0))
                break


def state(desk: Desk) -> None:
    """Where no sentence serves: what the ledger knows to be under way, as a suit or a probe."""
    for sign, section in _SECTIONS.items():
        for detail in desk.ledger.leading("response"):
            if desk.has(section) or str(detail.value) not in _UNDER_WAY[sign]:
                continue
            if detail.value == "restored" and desk.news.back:
                continue  # a sentence that is told elsewhere says it is done
            if detail.value == "lawsuit_filed" and desk.view.thread.kind == "law":
                continue  # the case is the news
            if detail.value == "investigating" and detail.lead.claim.asserter_kind != "authority":
                continue
            desk.put_fact(desk.ledger.say([detail]), section)


def close(desk: Desk) -> None:
    """Notices where the sources are silent."""
    for section in _SECTIONS.values():
        if not desk.has(section):
            desk.put(glossary.notice(section))
