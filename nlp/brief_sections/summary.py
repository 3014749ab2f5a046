"""The signal summary: at most 30 words in all, on what happened to whom and how things stand.

In: the desk. Out: of several reports the lead that tells most, without its asides, so that the
analysis can open as the first report does; where there is one report, the ledger's core fact in our
words, if that says what happened, else the report's lead. A short second fact follows where there
is room.
"""

from __future__ import annotations

import re
from typing import Final

from nlp import brevity, glossary
from nlp.brief_sections import analysis, core
from nlp.brief_sections.background import background, elsewhere
from nlp.desk import Desk, Weight
from nlp.facts import covers, span
from nlp.patterns import says
from nlp.quotable import Quotable

MOST_WORDS: Final = 30
_LEAD: Final = 2
"""Sentences further down than this say less of the whole than the ledger's core fact."""
_NEAR: Final = 5
"""Sentences in which a report says what it is about."""
_HIT: Final = ("breach", "supply-chain")
"""Kinds of thread whose summary says first what happened to whom."""
_EVENT: Final = re.compile(
    r"\b(?:breach|hack|attack|cyber|ransom|stole|stolen|intru|compromis|leak|expos|theft|thieves"
    r"|extort|malware|phish|outage|copied|unauthori[sz]ed|data of|divert|dump|records of|accessed)",
    re.IGNORECASE,
)
_STATUS: Final = re.compile(
    r"\b(?:confirm|disclos|said|says|told|claim|denie|report|notif|ha[sd] )"
)
_ASIDE: Final = re.compile(
    r"\b(?:contracts?|shares|revenue|lessons?|few breached|clause|has left the|resigned"
    r"|stepped down"
    r"|appointed|cost|budget|hired)\b"
)
"""What a comment on the incident speaks of."""
_COUNT: Final = re.compile(
    r"\d[,.]*+(?: (?:million|billion|thousand))? [a-z]|\b(?:millions|thousands) of\b"
)
_FIGURE: Final = re.compile(r"\d[\d.,]*\d")
_DENIES: Final = re.compile(
    r"\b(?:den(?:y|ies|ied)|baseless|no breach|false|not (?:been )?(?:breached|hacked))\b"
)
_SPEECH: Final = re.compile(r"\A[“\"]|[,.!?][”\"](?: |\Z)")
_NAME: Final = re.compile(r"[A-Z]")
_LEANS: Final = re.compile(
    r"The (?:issue|flaw|vulnerability|bug|malware|campaign|attack|incident|breach|activity"
    r"|operation"
    r"|stealer|threat|weakness|exploit)\b"
)
"""Which one, the sentence before says."""
_QUIET: Final = ("law", "policy", "other")
_MORE: Final = 0.1
"""Of 0.8: by how much more of the headline the one line must tell than the other."""
_OLD: Final = 0.6
"""What an earlier year takes from a line of a story that is no attack."""
_ROOM: Final = 6
"""Words left over from which on a second, short fact is added."""
_OF_IT: Final = 0.1
"""Of 0.8: how much of the headline a line tells at least that stands for the whole."""
_ALIKE: Final = 0.75
"""How much of the summary's terms the analysis' opening may hold: both say who was hit."""


def write(desk: Desk) -> bool:
    """The summary, and the analysis' opening, which it must not take; True: that stands as well."""
    opened = analysis.open(desk)
    short = desk.best(
        _telling(desk), max_words=MOST_WORDS, repeats=_ALIKE, least=0.0, place=("signal_summary", 0)
    )
    if short and opened and _tells_more(desk, short) and _moved(desk):
        _second(desk, MOST_WORDS - _words(desk))
        return False
    if short and desk.quote(short, "signal_summary"):
        _second(desk, MOST_WORDS - _words(desk))
    elif opened and _moved(desk):
        _second(desk, MOST_WORDS - _words(desk))
        return False
    elif desk.ledger.kind in _HIT and desk.put_fact(core.said(desk.ledger), "signal_summary"):
        _second(desk, MOST_WORDS - _words(desk))
    elif not opened:
        _best_left(desk)
    return opened


def _tells_more(desk: Desk, short: Quotable) -> bool:
    """Whether, of a story that is no attack, the analysis' opening tells more of the headline."""
    if desk.ledger.kind not in _QUIET:
        return False
    opening = desk.sheet.held("deep_analysis")[0]
    own = next(q for q in desk.quotables if q.source == opening.evidence[0])
    return desk.on_headline(own) >= desk.on_headline(short) + _MORE


def _best_left(desk: Desk) -> bool:
    """The best short sentence that is left; False where there is none."""
    short = desk.best(_any(desk), max_words=MOST_WORDS, place=("signal_summary", 0))
    return short is not None and desk.quote(short, "signal_summary")


def _words(desk: Desk) -> int:
    return sum(len(s.text.split()) for s in desk.sheet.held("signal_summary"))


def _moved(desk: Desk) -> bool:
    """Give the analysis' opening to the summary, where it is or can be made short enough."""
    opening = desk.sheet.held("deep_analysis")[0]
    own = next(q for q in desk.quotables if q.source == opening.evidence[0])
    short = brevity.fitting(own, desk.articles[own.article].source, MOST_WORDS)
    if short is None or _SPEECH.search(short.text):
        return False
    desk.sheet.statements.remove(opening)
    if desk.quote(short, "signal_summary"):
        return True
    desk.sheet.statements.append(opening)
    return False


def _telling(desk: Desk) -> Weight:
    """A lead that says what happened to whom; None for speech, for what is further down, for one
    that names no victim where a victim is known, for a number that the ledger has replaced, for the
    report that the analysis opens with."""
    hit = desk.ledger.kind in _HIT
    victims = desk.ledger.victims() if hit else []
    times = [m.article.at for m in desk.members]
    first, whole = min(times), (max(times) - min(times)).total_seconds() or 1.0
    taken = {s.evidence[0].article for s in desk.sheet.held("deep_analysis")}
    doubted = desk.ledger.standing() in ("disputed", "denied")

    def weight(q: Quotable) -> float | None:
        if q.article in taken or q.position > _LEAD or "tip" in q.cues:
            return None
        if _SPEECH.search(q.text) or _ASIDE.search(q.text) or _outdated(desk, q):
            return None
        if elsewhere(q.text):
            return None
        if hit and not (_EVENT.search(q.text) and any(name in q.text for name in victims)):
            return None
        if not q.cues & {"new", "said", "harm", "how"}:
            return None
        boast = (
            not doubted
            and desk.ledger.standing() == "confirmed"
            and says("outlook", "doers", q.text)
        )
        vague = q.text.startswith("The ") and not _NAME.search(q.text[4:40])
        vague = vague or bool(_LEANS.match(q.text))
        value = (
            0.6 / (1 + q.position)
            + 0.15 * desk.story.mentions(q)
            + 0.3 * bool(_STATUS.search(q.text))
        )
        value += 0.4 * q.text.startswith(tuple(victims)) if victims else desk.on_headline(q)
        value += 0.6 * (q.at - first).total_seconds() / whole - 0.01 * q.words
        value += 0.3 * bool(_COUNT.search(q.text)) + 0.7 * (
            doubted and bool(_DENIES.search(q.text))
        )
        old = 0.0 if hit else background(q.text, desk.story.year)
        return value - 0.5 * vague - 1.0 * boast - _OLD * old

    return weight


def _outdated(desk: Desk, q: Quotable) -> bool:
    """Whether it gives a number that the ledger has replaced."""
    return desk.news.count(q) or any(
        claim.claim.value != detail.value and covers(q.source, claim.claim.evidence)
        for detail in desk.ledger.of("affected", "volume")
        for claim in detail.claims
    )


def _second(desk: Desk, room: int) -> None:
    """One more fact of the ledger, where it is short and not told here."""
    if room < _ROOM or desk.ledger.kind not in _HIT:
        return
    leading = desk.ledger.leading
    for detail in [*leading("affected")[:1], *leading("volume")[:1], *leading("money")[:1]]:
        sure = desk.ledger.status(detail) != "claimed" or desk.ledger.standing() == "claimed"
        if detail.status == "disputed" or not sure:
            continue
        if desk.sheet.told(detail, "signal_summary", "headline"):
            continue
        number = _FIGURE.search(span(detail))
        if number and any(number[0] in s.text for s in desk.sheet.held("signal_summary")):
            continue
        said = desk.ledger.say([detail])
        if said and len(said.text.split()) <= room and desk.put_fact(said, "signal_summary"):
            return


def close(desk: Desk) -> None:
    """Where nothing served: the best short sentence left, or a notice."""
    if desk.sheet.has("signal_summary") or _best_left(desk):
        return
    top = desk.best(_top(desk), max_words=MOST_WORDS, section=("signal_summary", 0))
    if top and desk.quote(top, "signal_summary"):
        return
    desk.sheet.put(glossary.notice("signal_summary"))


def _top(desk: Desk) -> Weight:
    """The same of the first sentences alone, whether they name anything or not."""
    weight = _any(desk)

    def near(q: Quotable) -> float | None:
        return weight(q) if q.position <= _NEAR and not elsewhere(q.text) else None

    return near


def _any(desk: Desk) -> Weight:
    """The top of the report, rather with a name than with "The issue"."""

    def weight(q: Quotable) -> float | None:
        if q.position and desk.on_headline(q) < _OF_IT:
            return None
        value = (
            0.6 / (1 + q.position)
            + 0.3 * desk.story.mentions(q)
            - background(q.text, desk.story.year)
        )
        value -= 0.8 * says("asides", "profile", q.text) + 0.8 * says("outlook", "calm", q.text)
        value -= 0.6 * says("asides", "inside", q.text)
        return value - 0.5 * bool(_LEANS.match(q.text)) - 0.6 * bool(_SPEECH.search(q.text))

    return weight
