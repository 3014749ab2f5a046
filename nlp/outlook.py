"""A desk → the outlooks: what the sources themselves say is ahead, sorted to better and worse.

In: a desk. Out: statements of `optimistic_outlook` and `pessimistic_outlook`: sentences that look
ahead, those of named people first and the newest first, then those of the newest reports that give
a clear sign (systems restored, a suit filed); then what the ledger knows to be under way; where
there is none of it, a notice says so.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from functools import lru_cache
from typing import Final

from breachwire.model import BriefSection
from nlp import cues, dates, glossary, speakers
from nlp.desk import Desk
from nlp.quotable import Quotable

MOST: Final = 3
_CLEAR: Final = 2
"""Tone from which an attributed sentence serves as a sign ("found no evidence of misuse")."""
_SIGN: Final = 0.5
"""How much less a sign counts than a sentence that looks ahead."""
_FRESH: Final = timedelta(days=3)
"""An all-clear counts only from the newest reports: an early "no evidence" is often withdrawn."""
_SPEAKER: Final = 0.7
_OFFICE: Final = 0.3
"""A forecast is worth what its speaker is: a person named, an office or calling."""
_NEWEST: Final = 0.5
"""What the newest report's forecast gains over the oldest's."""
_AGAIN: Final = 0.5
"""What a second forecast from the same report loses."""

_LONG: Final = timedelta(days=200)
_SOON_OVER: Final = timedelta(days=10)
_SOON: Final = re.compile(
    r"\b(?:(?:this|next) week(?:end)?|tomorrow|tonight|coming days|(?:Mon|Tues|Wednes|Thurs|Fri|Satur"
    r"|Sun)day)\b"
)
"""What is ahead for some days only."""

_CALLING: Final = re.compile(
    r"\b(?:analyst|chief executive|spokes\w+|officials?|researchers?|experts?|lawyers?|head of"
    r"|mayor|director|minister|officer|professor|regulator|brokerage"
    r"|according to|superintendent|president|founder|maintainers?|commissioner)\b",
    re.IGNORECASE,
)
_OVER: Final = re.compile(
    r"\b(?:had|has|have|was|were) (?:been )?(?:expected|due|scheduled|planned|set|meant|going) to\b"
    r"|\b(?:would|could|should|might|may|must) have\b|\bused to\b|\bno longer\b"
    r"|\bhad (?:warned|hoped|planned|expected|feared)\b|\bwarned (?:\w+ )?in (?:19|20)\d\d\b"
    r"|\bwarned (?:\w+ )?in (?:January|February|March|April|May|June|July|August|September|October"
    r"|November|December)\b"
    r"|\b(?:said|confirmed|told \w+|reported) (?:that )?it had (?:warned|told|notified)\b"
)
"""What was ahead once: "had been expected to list its shares"."""
_REST: Final = re.compile(
    r"\bwould (?:rather|like|have)\b|\bwill not pay\b|\bif they should\b"
    r"|\AWithout (?:it|that|them)\b"
    r"|\bof (?:them|those|it)[.”\"]|\bhad already\b|\?|\bwould\.\Z"
)
"""What a marker of the future stands in without telling of it, or leans on the sentence before."""
_COMING: Final = re.compile(
    r"\b(?:will|won['’]t|expects?|predicts?|hopes?(?! of)|plans? to|intends? to|aims? to|on track"
    r"|going to|could|may|might|would|fears|doubts|promises?|pledges|vows|due (?:to|by|back)"
    r"|worst is|should (?:be|have|see|return|take)|likely"
    r"|(?:is|are) (?:set|expected|working|preparing) to"
    r"|can (?:now )?(?:get|enrol|enroll|unlock)|(?:is|are) offering|offers"
    r"|deadline|scheduled|hearing|until (?=[A-Z])|by (?=[A-Z][a-z]+ \d)|next (?:week|month|year|spring)"
    r"|expected to|to be (?:back|restored|complete|finished)|seeks?|wants?|asks? for)\b"
)
"""Markers of what is to come."""
_TERMS: Final = re.compile(
    r"\b(?:clauses?|standard agreement|terms (?:of|and)|without penalty|an? customer may"
    r"|customers? may|subject to|policyholders?|eligible|reserves the right|pursuant"
    r"|in the event of|may (?:suspend|terminate|cancel))\b",
    re.IGNORECASE,
)
"""What a contract or a law lets somebody do; nobody says that it will come to it."""
_SELLING: Final = re.compile(
    r"\b(?:solutions?|platform (?:helps|enables|lets)|helps? (?:organi[sz]ations|businesses|teams)"
    r"|customers of ours|book a demo|free trial|subscri\w+|zero trust|best practices?)\b",
    re.IGNORECASE,
)
_DOERS: Final = re.compile(
    r"\b(?:gang|crew|group|hackers?|attackers?|thieves|criminals?|intruders?|extortionists?|seller"
    r"|buyer|operators?)(?: [\w’' ]{0,40})? (?:said|says|promise[sd]?|vow(?:s|ed)|claim(?:s|ed)?"
    r"|would|will|offer(?:s|ed)|threaten(?:s|ed)|wrote|set)\b",
    re.IGNORECASE,
)
"""Whose promises are no hope of anybody's."""
_SIGN_NOT: Final = re.compile(
    rf"{_TERMS.pattern}|\b(?:although|but|declined|would not say|once before|stopped short|attribut\w+|in 20\d\d)\b",
    re.IGNORECASE,
)
_BETTER: Final = re.compile(
    r"\bno (?:evidence|sign|indication|reason to believe)\b|\bnot (?:been )?(?:reached|touched|affected"
    r"|stolen|copied|stored|misused|impacted)\b|\b(?:systems?|services?|records?|portals?|sites?|access"
    r"|withdrawals|operations|flights|trains)\b.{0,60}\b(?:restored|back|resumed|reopened)\b"
    r"|\brestored (?:its|their|the|most|all)\b|\b(?:back online|back to normal|brought back)\b"
    r"|\bcredit monitoring\b|\b(?:closed|fixed|patched|plugged) (?:the|a|its|that) (?:fault|hole|flaw"
    r"|bug|gap|door|vulnerability)\b|\b(?:rotated|replaced|reset|revoked) (?:\w+ ){0,3}(?:keys"
    r"|passwords|credentials|tokens|certificates)\b|\bnow (?:requires?|expires?|checks?|blocks?)\b"
    r"|\b(?:frozen|seized|recovered|dismantled|arrested|in custody)\b|\binsur(?:ers?|ance)\b.{0,40}\b"
    r"(?:cover|pay|bear)|\bbackups?\b.{0,40}\b(?:intact|not reached|worked|separate)|\b(?:audit"
    r"|review)\b.{0,90}\b(?:complete|finish|report)|\bhas hired its first\b|\brefund\w*\b"
    r"|\b(?:patch|fix|update|decryptor|new version)\w* (?:is|are|was|were) (?:now )?(?:available|out"
    r"|released)\b|\b(?:has|have) (?:released|issued|shipped|published) (?:\w+ ){0,4}(?:patch|fix|update|version)\w*\b"
    r"|\b(?:fixed|patched|addressed|resolved) in (?:version|release|build)?\b|\bno longer (?:possible|works)\b"
    r"|\bwill (?:pay for|cover|reimburse|replace|repay|restore|reopen|resume|require"
    r"|strengthen)\b",
    re.IGNORECASE,
)
"""Matters that tell of a turn for the better, whether or not a word of hope stands beside them."""
_WORSE: Final = re.compile(
    r"\b(?:class actions?|lawsuits?|complaint|was sued|has sued|sues|suits? (?:over|against)|plaintiffs)\b"
    r"|\b(?:regulators?|commissioner|commission|attorney general|prosecutors|privacy office|watchdog"
    r"|lawmakers|senators?|(?:health|justice) department|federal office)\b.{0,90}\b(?:examin\w+|investigat\w+|inquiry|probe|review\w*|look\w* (?:in)?to"
    r"|ask(?:s|ed)?|fin(?:e|es|ed)|penalt\w+)\b|\b(?:fine|penalty|damages) (?:of|can|could|may) "
    r"|\bfurther (?:releases|leaks|attacks)\b|\bpublish\w* (?:\w+ ){0,4}(?:unless|if|files|data)\b"
    r"|\b(?:set|gave|gives) (?:\w+ ){0,3}(?:deadline|days)\b|\bput (?:\w+ ){1,6}(?:online|up for sale|on an? (?:\w+ )?forum)\b|\btext messages?\b"
    r"|\bwhether (?:\w+ ){1,8}(?:is|was|are|were) (?:not|un)known\b|\bremain\w* (?:unknown|unclear"
    r"|offline|down|open|unpatched|exposed)\b|\bstill (?:down|offline|unknown|determining|missing"
    r"|investigating|vulnerable|exposed|online)\b|\bstill (?:can['’]t|cannot|has not|have not)\b"
    r"|\bcould not (?:say|rule out|be ruled out)\b|\bfake (?:invoices?|messages?|mails?|calls?|notices?"
    r"|toll)\b|\basked for compensation\b|\b(?:suspended|cancelled|paused) (?:their|its) \w+\b"
    r"|\bexpects? (?:more|further|others|a third|another|a listing)\b|\bmore (?:will|are likely to)"
    r" follow\b|\bmore victims\b|\b(?:has|have) (?:not|yet to) (?:been )?(?:patched|updated|fixed)\b"
    r"|\bno (?:patch|fix|update) (?:is|was|has|yet)\b|\bfalse tax\b|\bidentity theft\b"
    r"|\bposes? an? (?:\w+ ){0,2}(?:risk|threat)\b|\brais\w+ (?:\w+ )?(?:concerns|the risk|fears)\b"
    r"|\bexploited in the wild\b|\b(?:actively|already) (?:being )?exploit|\b(?:public|released|published|available) (?:\w+ ){0,3}(?:exploit|proof[- ]of[- ]concept)\b"
    r"|\bno workarounds?\b|\bat risk\b|\bcould (?:be (?:used|abused|sold)|lead to|face|cost)\b",
    re.IGNORECASE,
)
"""Matters that tell of a turn for the worse: suits, probes, releases, what is still open."""
_CALM: Final = re.compile(
    r"\bno (?:\w+ )?(?:evidence|indication|sign|compromise|breach|reason to believe)\b"
    r"|\bnot (?:been )?(?:hacked|breached|compromised)\b|\bden(?:y|ies|ied)\b",
    re.IGNORECASE,
)
_SECTIONS: Final[dict[int, BriefSection]] = {1: "optimistic_outlook", -1: "pessimistic_outlook"}
_SIGNS: Final = 2
"""Sentences of an outlook from which on only what looks ahead is added."""
_UNDER_WAY: Final = {1: ("restored", "arrest", "takedown"), -1: ("lawsuit_filed", "investigating")}
_OPEN: Final = re.compile(
    r"\A[“\"](?:[\w’', ]{0,12})\b(?:if|when|once|before|until|unless) (?:those|these|it|they"
    r"|this|that|she|he)\b",
    re.IGNORECASE,
)
"""A quotation that leans on what was said before it."""


def _tip(q: Quotable) -> bool:
    """Whether it tells readers what to do; what a person says "should be done by March" is news."""
    return "tip" in q.cues and not speakers.speaks(q.text)


def _looks(q: Quotable) -> bool:
    """Whether it tells of what is to come, and is neither past, nor terms, nor a sales pitch."""
    if _tip(q) or not _COMING.search(q.text):
        return False
    return not any(p.search(q.text) for p in (_OVER, _TERMS, _SELLING, _OPEN, _REST))


def overtaken(q: Quotable, last: date) -> bool:
    """Whether the day it names as ahead had passed by the newest report."""
    own = q.at.date()
    if last - own > _SOON_OVER and _SOON.search(q.source.quote):
        return True
    for moment in dates.moments(q.source.quote, own):
        day = moment.value
        if len(day) >= 7 and day < (own - _LONG).isoformat():
            day = f"{own.year + (day[5:] < own.isoformat()[5:])}{day[4:]}"  # read as last year's
        if len(day) >= 7 and own.isoformat()[: len(day)] < day < last.isoformat()[: len(day)]:
            return True
    return False


@lru_cache(maxsize=4096)
def _lean(text: str, sign: int) -> int:
    """How far a sentence leans to the better (sign 1) or the worse (-1), by words and by matters."""
    value = sign * cues.tone(text)
    return value + 2 * len(_matters(sign).findall(text)) - 2 * bool(_matters(-sign).search(text))


def _matters(sign: int) -> re.Pattern[str]:
    return _BETTER if sign > 0 else _WORSE


class _Weigher:
    """For sentences that see a turn for the better (1) or the worse (-1)."""

    def __init__(self, desk: Desk, sign: int, *, signs: bool) -> None:
        self._desk, self._sign, self.signs = desk, sign, signs
        self._section = _SECTIONS[sign]
        times = [m.article.at for m in desk.members]
        self._first, self._last = min(times), max(times)
        self._whole = (self._last - self._first).total_seconds() or 1.0
        self._actors = tuple(str(d.value) for d in desk.ledger.leading("actor"))

    def __call__(self, q: Quotable) -> float | None:
        lean = _lean(q.text, self._sign)
        if lean < 1 or _tip(q) or self._overtaken_calm(q) or self._of_doers(q):
            return None
        held = self._desk.held(self._section)
        again = _AGAIN * any(s.evidence[0].article == q.article for s in held)
        if _looks(q) and not overtaken(q, self._last.date()):
            named, office = speakers.speaks(q.text), bool(_CALLING.search(q.text))
            if not named and not office and lean < _CLEAR:
                return None
            value = 0.3 * min(lean, 3) + _SPEAKER * named + _OFFICE * office - again
            return value + _NEWEST * self._age(q)
        return self._sign_of(q, lean) if self.signs and len(held) < _SIGNS else None

    def _age(self, q: Quotable) -> float:
        return (q.at - self._first).total_seconds() / self._whole

    def _sign_of(self, q: Quotable, lean: int) -> float | None:
        """On the incident itself, and plain on one matter."""
        if lean < _CLEAR or not _matters(self._sign).search(q.text):
            return None
        if _SIGN_NOT.search(q.text) or _SELLING.search(q.text) or _REST.search(q.text):
            return None
        about = self._desk.mentions(q) or "said" in q.cues
        return 0.1 * min(lean, 4) + _NEWEST * self._age(q) - _SIGN if about else None

    def _overtaken_calm(self, q: Quotable) -> bool:
        """Whether it is an all-clear of old: an early "no evidence" is often withdrawn."""
        return q.at < self._last - _FRESH and bool(_CALM.search(q.text))

    def _of_doers(self, q: Quotable) -> bool:
        return self._sign > 0 and bool(_DOERS.search(q.text) or q.text.startswith(self._actors))


def write(desk: Desk, *, signs: bool = False) -> None:
    """Fill both outlooks with what looks ahead; with `signs` also with what shows a turn, which
    the analysis may need more."""
    weights = {sign: _Weigher(desk, sign, signs=signs) for sign in _SECTIONS}
    for _ in range(MOST):
        for sign, section in _SECTIONS.items():
            if len(desk.held(section)) < MOST and (chosen := desk.best(weights[sign])):
                desk.quote(chosen, section)


def state(desk: Desk) -> None:
    """Where no sentence serves, what the ledger knows to be under way: a suit, a probe, a return."""
    for sign, section in _SECTIONS.items():
        for detail in desk.ledger.leading("response"):
            if desk.has(section) or str(detail.value) not in _UNDER_WAY[sign]:
                continue
            if detail.value == "investigating" and detail.lead.claim.asserter_kind != "authority":
                continue
            desk.put_fact(desk.ledger.say([detail]), section)


def close(desk: Desk) -> None:
    """Notices where the sources are silent."""
    for section in _SECTIONS.values():
        if not desk.has(section):
            desk.put(glossary.notice(section))
