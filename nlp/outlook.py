"""A desk → the outlooks: what the sources themselves say is ahead, sorted to better and worse.

In: a desk. Out: statements of `optimistic_outlook` and `pessimistic_outlook`: sentences that look
ahead (`nlp.foresight`), each with its speaker or its outlet, those of named people first and the
newest first; where there is none, a notice says so. What was done or is so is no outlook.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from functools import lru_cache
from typing import Final

from breachwire.model import BriefSection
from nlp import brought, cues, foresight, glossary, rank, speakers
from nlp.brief_sections import harms
from nlp.brief_sections.background import elsewhere
from nlp.desk import Desk
from nlp.folding import Caseless
from nlp.patterns import any_of, says
from nlp.quotable import Quotable

MOST: Final = 3
_CLEAR: Final = 2
"""Lean from which a sentence without a speaker serves."""
_OLD: Final = timedelta(days=14)
_SURE: Final = 0.4
"""What a plan or a forecast gains over what merely may be."""
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
_SHARED: Final = 2
"""Statements of "what comes next" of which one may go to an outlook."""
_SECTIONS: Final[dict[int, BriefSection]] = {1: "optimistic_outlook", -1: "pessimistic_outlook"}
_HALF: Final = 5
"""Words from which on half a sentence stands alone."""
_MARK: Final = re.compile(r"[“”\"]")
_WITHOUT: Final = "Without it"
_TO_COME: Final = re.compile(
    r"\b(?:to|will|would) (?:issue|publish|pass|adopt|bring|write|offer|give|provide|send|set)"
    r" (?P<what>guidance|help|support|advice|protection|relief|money|notice|proof|training)\b"
)
"""What somebody is to bring, by a noun that goes without an article."""
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
    return told and not speakers.speaks(q.text) and not _lowers(q.text)


def _lowers(text: str) -> bool:
    """Whether it says what good a step does."""
    return says("outlook", "lowers", text)


def _looks(q: Quotable) -> bool:
    """Whether it tells of what is to come, and is no order, contract or sales pitch."""
    if _tip(q) or _OPEN.search(q.text) or says("outlook", "selling", q.text):
        return False
    if says("impact", "at_stake", q.text) or (not q.pair and says("impact", "dangles", q.text)):
        return False
    ahead = foresight.looks(q.text, pair=q.pair) or _lowers(q.text)
    return ahead and not says("outlook", "terms", q.text)


@lru_cache(maxsize=4096)
def _lean(text: str, sign: int) -> int:
    """How far a sentence leans to the better (1) or the worse (-1), by words and by matters."""
    value = sign * cues.tone(text) + 2 * sum(1 for _ in _matters(sign).finditer(text))
    if sign > 0 and any(says("outlook", key, text) for key in ("lowers", "justice")):
        return max(value, _CLEAR)  # the harm that it names is the one that is put right
    return value - 2 * bool(_matters(-sign).search(text))


def _counting(q: Quotable, sign: int) -> Quotable | None:
    """Of a "but" sentence the half that looks ahead, where only one does; None where that half
    leans the other way."""
    first, but, second = q.text.partition(" but ")
    if not but or q.pair or _MARK.search(q.text) or len(first.split()) < _HALF:
        return q
    ahead = [foresight.looks(first, pair=True), foresight.looks(second, pair=True)]
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

    def __init__(self, desk: Desk, sign: int) -> None:
        self._desk, self._sign = desk, sign
        self._section = _SECTIONS[sign]
        times = [m.article.at for m in desk.members]
        self._first, self._last = min(times), max(times)
        self._whole = (self._last - self._first).total_seconds() or 1.0
        self._actors = tuple(str(d.value) for d in desk.ledger.leading("actor"))

    def form(self, q: Quotable) -> Quotable | None:
        """The passage as it would stand in the section; None where it can't."""
        shown = foresight.form(q, self._desk.every, self._desk.articles[q.article])
        if shown is not None and _in_both(self._desk, shown, -self._sign):
            shown = _without(shown)
        return None if shown is None else _counting(shown, self._sign)

    def __call__(self, whole: Quotable) -> float | None:
        q = self.form(whole)
        return None if q is None else self.worth(q)

    def worth(self, q: Quotable) -> float | None:
        """How well a passage serves as it stands; None: not at all."""
        if not _looks(q) or (q.pair and _in_both(self._desk, q, -self._sign)):
            return None
        core = foresight.core(q)
        lean = max(_lean(core, self._sign), _lean(q.text, self._sign) if q.pair else 0)
        own = _outlet(self._desk, q)
        if self._sign > 0 and own and not (_matters(1).search(q.text) or _lowers(q.text)):
            return None  # a reporter's "could encourage" hopes for nothing
        if lean < 1 or _lean(core, -self._sign) > lean:
            return None
        if (
            self._of_doers(core)
            or self._against(q, core)
            or (self._of_others(core) and self._of_others(q.text))
        ):
            return None
        if self._desk.news.passed(q) or self._old_plan(q):
            return None
        named, office = speakers.speaks(q.text), says("outlook", "calling", q.text)
        may = says("foresight", "may", q.text)
        if not (named or office or may) and lean < _CLEAR:
            return None
        held = self._desk.sheet.held(self._section)
        if held and lean < _CLEAR and (q.pair or not (named and foresight.sure(q.text))):
            return None  # beside a plain one
        value = 0.3 * min(lean, 3) + _SPEAKER * named + _OFFICE * office
        value += _SURE * foresight.sure(q.text) + _NEWEST * self._age(q)
        value -= _AGAIN * any(s.evidence[0].article == q.article for s in held)
        return value - _PAIR * q.pair

    def _age(self, q: Quotable) -> float:
        return (q.at - self._first).total_seconds() / self._whole

    def _of_others(self, text: str) -> bool:
        """Whether it is advice, comment, or of others than the thread."""
        ours = any(says("outlook", key, text) for key in ("lowers", "inflated"))
        return not ours and elsewhere(text)

    def _against(self, q: Quotable, core: str) -> bool:
        """Whether it speaks of the other turn: a loss among the hopes, a remedy, praise or a past
        deed among the fears."""
        if self._sign > 0:
            behind = self._desk.articles[q.article].text[q.source.end : q.source.end + 40]
            mended = says("outlook", "mended", core) and says("outlook", "turn", behind)
            lost = any(says("outlook", key, q.text) for key in ("loss", "hides"))
            return mended or lost or says("outlook", "guilt", core)
        past = says("outlook", "guilt", q.text) or harms.how_only(core)
        return past or any(says("outlook", key, core) for key in ("remedy", "justice"))

    def _old_plan(self, q: Quotable) -> bool:
        """Whether it is a plan of an early report that names no later day: by now it is done."""
        plan = says("outlook", "plan", q.text) and not says("outlook", "far", q.text)
        return plan and q.at < self._last - _OLD

    def _of_doers(self, text: str) -> bool:
        if _lowers(text):
            return False  # it names what it lowers
        return self._sign > 0 and (
            says("outlook", "doers", text)
            or text.startswith(self._actors)
            or (says("outlook", "weapon", text) and not says("outlook", "foiled", text))
        )


def write(desk: Desk, *, most: int = MOST) -> None:
    """Fill both outlooks with what looks ahead, `most` sentences each."""
    weights = {sign: _Weigher(desk, sign) for sign in _SECTIONS}
    for _ in range(most):
        for sign, section in _SECTIONS.items():
            if len(desk.sheet.held(section)) >= most:
                continue
            if chosen := desk.best(weights[sign], place=(section, 0), repeats=_REPEATS):
                part = weights[sign].form(chosen) or chosen
                desk.quote(part, section, by=_outlet(desk, part))


def bring(desk: Desk) -> None:
    """An outlook that is empty takes what looks ahead but does not stand alone, with what it goes
    back to."""
    for sign, section in _SECTIONS.items():
        if desk.sheet.has(section):
            continue
        weight = _Weigher(desk, sign)
        likely = [q for q in brought.candidates(desk) if desk.fits.of(q, (section, 0)) is not None]
        found = [(weight.worth(q), q) for q in likely if not _mixed(q, sign)]
        ranked = [
            (worth + q.score, n, q) for n, (worth, q) in enumerate(found) if worth is not None
        ]
        for _, _, q in sorted(ranked, key=lambda one: (-one[0], one[1])):
            if desk.quote(q, section, by=_outlet(desk, q)):
                break


def _in_both(desk: Desk, q: Quotable, sign: int) -> bool:
    """Whether a sentence of it stands in the other outlook."""
    told = {e for s in desk.sheet.held(_SECTIONS[sign]) for e in s.evidence}
    return not told.isdisjoint(q.evidence)


def _without(q: Quotable) -> Quotable:
    """ "He expects rules. Without it, gangs could …" by its second sentence alone, with what "it"
    is; the passage where that isn't plain."""
    core = foresight.core(q)
    thing = _TO_COME.search(q.text.removesuffix(core)) if q.pair else None
    if thing is None or not core.startswith(_WITHOUT) or thing["what"] not in q.evidence[0].quote:
        return q
    first, own, *rest = q.evidence
    what = thing["what"]
    start = first.start + first.quote.index(what)
    noun = replace(first, start=start, end=start + len(what), quote=what)
    text = f"Without such {what}{core.removeprefix(_WITHOUT)}"
    shown = replace(q, text=text, pair=False, kind="stated", evidence=(own, noun, *rest))
    return replace(shown, words=len(text.split()), terms=rank.terms(text))


def _mixed(q: Quotable, sign: int) -> bool:
    """Whether the first of two sentences tells of the other turn."""
    return q.pair and _lean(q.text.removesuffix(foresight.core(q)), -sign) >= _CLEAR


def _outlet(desk: Desk, q: Quotable) -> str:
    """Whose forecast it is, where it is the reporter's own; empty where the sentence says."""
    if foresight.voiced(q.text):
        return ""
    outlet = desk.articles[q.article].source
    return "" if q.text.startswith(outlet) else outlet


def share(desk: Desk) -> None:
    """An outlook that is empty takes a forecast from "what comes next" where that has another."""
    for sign, section in _SECTIONS.items():
        next_ = [s for s in desk.sheet.held("deep_analysis", 2) if s.evidence]
        if desk.sheet.has(section) or len(next_) < _SHARED:
            continue
        weight = _Weigher(desk, sign)
        by_source = {(q.source, q.text): q for q in desk.every}
        for held in next_:
            q = by_source.get((held.evidence[0], held.text))
            leant = any(desk.leans(other, held) for other in next_)
            if q is None or leant or not desk.met(replace(q, text=foresight.bare(q.text))):
                continue
            if (weight(q) or -1.0) > 0:
                desk.sheet.statements.remove(held)
                desk.sheet.put(replace(held, section=section, paragraph=0))
                break


def close(desk: Desk) -> None:
    """Notices where the sources are silent."""
    for section in _SECTIONS.values():
        if not desk.sheet.has(section):
            desk.sheet.put(glossary.notice(section))
