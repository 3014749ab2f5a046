"""The signal summary: at most 30 words in all.

In: the desk. Out: the most telling short sentence, or the ledger's core fact in our words.
"""

from __future__ import annotations

import re
from typing import Final

from breachwire.model import Statement
from nlp import glossary, headline, rank
from nlp.brief_sections import core
from nlp.desk import Desk, Weight
from nlp.facts import covers
from nlp.quotable import Quotable

MOST_WORDS: Final = 30
_LEAD: Final = 2
"""Sentences further down than this say less of the whole than the ledger's core fact."""
_HIT: Final = ("breach", "supply-chain")
"""Kinds of thread whose summary says first what happened to whom."""
_EVENT: Final = re.compile(
    r"\b(?:breach|hack|attack|cyber|ransom|stole|stolen|intru|compromis|leak|expos|theft|thieves"
    r"|extort|malware|phish|outage|copied|unauthori[sz]ed|data of|divert|dump|records of)",
    re.IGNORECASE,
)
_STATUS: Final = re.compile(r"\b(?:confirm|disclos|said|says|told|claim|denie|report)")
_ASIDE: Final = re.compile(r"\b(?:contracts?|shares|revenue|lessons?|few breached|clause)\b")
"""What a comment on the incident speaks of."""
_NAME: Final = re.compile(r"[A-Z]")
_ROOM: Final = 10
"""Words left over from which on a second, short fact is added."""


def write(desk: Desk) -> None:
    """A quoted sentence; the ledger's core fact where the analysis needs the only one there is, or
    where no short sentence stands near the top."""
    short = desk.best(_telling(desk), max_words=MOST_WORDS)
    said = core.said(desk.ledger)
    weak = said is not None and short is not None and short.position > _LEAD
    if weak and short and _STATUS.search(short.text) and desk.ledger.kind in _HIT:
        weak = not short.text.startswith(tuple(desk.ledger.victims()))
    alone = desk.free() < 2 and said is not None
    if short and not alone and not weak and desk.quote(short, "signal_summary"):
        _second(desk, MOST_WORDS - short.words)
    elif desk.put_fact(said, "signal_summary"):
        _second(desk, MOST_WORDS - len(desk.statements[-1].text.split()))


def _telling(desk: Desk) -> Weight:
    """Near the top, short, and on the headline's news; one that opens with "The attackers" leaves
    the reader to guess who."""
    head = rank.terms(" ".join(s.text for s in desk.statements if s.section == "headline"))

    victims = desk.ledger.victims() if desk.ledger.kind in _HIT else []

    def weight(q: Quotable) -> float:
        named = any(name in q.text for name in victims)
        aside = bool(victims) and not (named and _EVENT.search(q.text))
        vague = q.text.startswith("The ") and not _NAME.search(q.text[4:40])
        value = 0.6 / (1 + q.position) + 0.8 * rank.overlap(head, q.terms)
        value += 0.4 * q.text.startswith(tuple(victims)) if victims else 0.0
        value += 0.4 * bool(_STATUS.search(q.text)) - 1.5 * bool(_ASIDE.search(q.text))
        return value - 0.01 * q.words - 0.5 * vague - 1.5 * (_outdated(desk, q) + aside)

    return weight


def _outdated(desk: Desk, q: Quotable) -> bool:
    """Whether it gives a number that the ledger has replaced."""
    return any(
        claim.claim.value != detail.value and covers(q.source, claim.claim.evidence)
        for detail in desk.ledger.of("affected", "volume")
        for claim in detail.claims
    )


def _second(desk: Desk, room: int) -> None:
    """One more fact of the ledger, where it is short and not told."""
    if room < _ROOM:
        return
    for field in ("affected", "volume", "money"):
        for detail in desk.ledger.of(field)[:1]:
            if desk.told(detail):
                continue
            said = desk.ledger.say([detail])
            if said and len(said.text.split()) <= room and desk.put_fact(said, "signal_summary"):
                return


def close(desk: Desk) -> None:
    """Where nothing served: the best short sentence left, another title, or a notice."""
    if desk.has("signal_summary"):
        return
    short = desk.best(_telling(desk), max_words=MOST_WORDS)
    if short and desk.quote(short, "signal_summary"):
        return
    head = {s.text for s in desk.statements if s.section == "headline"}
    for member in desk.members:
        title, evidence = headline.clean(member.article)
        if title not in head and not headline.stronger(member.article, desk.ledger):
            desk.put(Statement("signal_summary", title, "quoted", (evidence,)))
            return
    desk.put(glossary.notice("signal_summary"))
