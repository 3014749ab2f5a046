"""A desk → the outlooks: what the sources themselves say is ahead, sorted to better and worse.

In: a desk. Out: statements of `optimistic_outlook` and `pessimistic_outlook`: sentences that look
ahead, those of named people first and the newest first, then attributed ones that give a clear
sign; where there is neither, a notice says so.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Final

from breachwire.model import BriefSection
from nlp import cues, dates, glossary, speakers
from nlp.desk import Desk, Weight
from nlp.quotable import Quotable

MOST: Final = 3
_CLEAR: Final = 2
"""Tone from which an attributed sentence serves as a sign ("found no evidence of misuse")."""
_SIGN: Final = 0.5
"""How much less a sign counts than a sentence that looks ahead."""
_FRESH: Final = timedelta(days=3)
"""Signs count only from the newest reports: an early "no evidence" is often withdrawn."""
_SPEAKER: Final = 0.7
_OFFICE: Final = 0.3
"""A forecast is worth what its speaker is: a person named, an office or calling."""
_NEWEST: Final = 0.5
"""What the newest report's forecast gains over the oldest's."""
_AGAIN: Final = 0.5
"""What a second forecast from the same report loses."""

_LONG: Final = timedelta(days=200)

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
    r"|can (?:now )?(?:get|enrol|enroll|unlock)|(?:is|are) offering|offers)\b"
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
_SIGN_NOT: Final = re.compile(rf"{_TERMS.pattern}|\bhad\b|\balthough\b|\bbut\b", re.IGNORECASE)
_OPEN: Final = re.compile(
    r"\A[“\"](?:[\w’', ]{0,12})\b(?:if|when|once|before|until|unless) (?:those|these|it|they"
    r"|this|that|she|he)\b",
    re.IGNORECASE,
)
"""A quotation that leans on what was said before it."""


def _looks(q: Quotable) -> bool:
    """Whether it tells of what is to come, and is neither past, nor terms, nor a sales pitch."""
    if "tip" in q.cues or not _COMING.search(q.text):
        return False
    return not any(p.search(q.text) for p in (_OVER, _TERMS, _SELLING, _OPEN, _REST))


def _overtaken(q: Quotable, last: date) -> bool:
    """Whether the day it names as ahead had passed by the newest report."""
    own = q.at.date()
    for moment in dates.moments(q.source.quote, own):
        day = moment.value
        if len(day) >= 7 and day < (own - _LONG).isoformat():
            day = f"{own.year + (day[5:] < own.isoformat()[5:])}{day[4:]}"  # read as last year's
        if len(day) >= 7 and own.isoformat()[: len(day)] < day < last.isoformat()[: len(day)]:
            return True
    return False


def _weigher(desk: Desk, sign: int) -> Weight:
    """For sentences that see a turn for the better (1) or the worse (-1)."""
    first = min(m.article.at for m in desk.members)
    last = max(m.article.at for m in desk.members)
    whole = (last - first).total_seconds() or 1.0

    def heard(side: int) -> set[int]:
        section = "optimistic_outlook" if side > 0 else "pessimistic_outlook"
        own = [s for s in desk.statements if s.section == section]
        return {s.evidence[0].article for s in own}

    actors = [str(d.value) for d in desk.ledger.of("actor")]

    def weight(q: Quotable) -> float | None:
        tone = sign * cues.tone(q.text)
        if tone < 1:
            return None
        if sign > 0 and (_DOERS.search(q.text) or q.text.startswith(tuple(actors))):
            return None
        if _looks(q) and not _overtaken(q, last.date()):
            named, office = speakers.speaks(q.text), bool(_CALLING.search(q.text))
            if not named and not office and tone < _CLEAR:
                return None
            value = 0.3 * min(tone, 3) + _SPEAKER * named + _OFFICE * office
            value -= _AGAIN * (q.article in heard(sign))
            return value + _NEWEST * (q.at - first).total_seconds() / whole
        sure = sign > 0 and tone >= _CLEAR and "said" in q.cues and q.at >= last - _FRESH
        return -_SIGN if sure and not _SIGN_NOT.search(q.text) else None

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
