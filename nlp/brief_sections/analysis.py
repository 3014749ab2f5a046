"""Deep intelligence analysis: what happened; who, how and what else it touches; what comes next.

In: the desk. Out: `deep_analysis` statements in three paragraphs: the sources' sentences, then
facts of the ledger that no sentence told. What happened opens as the first report does and goes on
with one sentence a report, as the news came.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from breachwire.model import Detail, Field
from nlp import facts, glossary, outlook
from nlp.brief_sections import core
from nlp.desk import Desk, Weight
from nlp.patterns import says
from nlp.quotable import Quotable

MOST: Final = (4, 4, 4)
"""Sentences a paragraph at most."""
_FIELDS: Final[tuple[tuple[tuple[Field, ...], int], ...]] = (
    (("victim",), 1),
    (("attack_type", "actor", "third_party", "cve"), 3),
    (("response",), 3),
)
"""The ledger's part of each paragraph, and how many facts at most."""
_ALIKE: Final = 0.8
"""How much of the summary the analysis' opening may hold."""
_TOP: Final = 8
"""Sentences of a report in which it tells what happened; further down stands background."""
_AGAIN: Final = 0.45
"""What a further sentence of a report that has told already loses: news comes report by report."""
_SPEECH: Final = re.compile(r"\A[“\"]")
_YEAR: Final = re.compile(r"\b((?:19|20)\d\d)\b(?!-)")
_NOTICES: Final = ("what_happened", "who_and_how", "what_next")


def _aside(desk: Desk, passage: Quotable) -> float:
    """How far a passage stands off the story: speech, comment, background, nothing it is about."""
    value = background(passage.text, desk.year)
    return value + (0.5 if desk.names and not desk.mentions(passage) else 0.0)


@lru_cache(maxsize=4096)
def background(text: str, year: int) -> float:
    """How far a text is speech, comment, advice or of an earlier year than the story's, 0 to 3."""
    old = any(int(other) < year for other in _YEAR.findall(text))
    value = 0.4 * bool(_SPEECH.match(text)) + 0.8 * says("asides", "feeling", text)
    value += 0.7 * says("asides", "advice", text)
    return value + 1.0 * (old or says("asides", "before", text))


def happened(desk: Desk) -> Weight:
    """For what happened: the tops of the reports, one each before a second of any."""
    told = [s.evidence[0].article for s in desk.held("deep_analysis") if s.evidence]

    def weight(passage: Quotable) -> float | None:
        if "tip" in passage.cues or not passage.cues & {"new", "said", "harm", "how"}:
            return None
        if passage.position >= _TOP:
            return None
        ahead = bool(passage.cues & {"ahead", "maybe"})
        value = 0.9 / (1 + passage.position) + 0.2 * ("new" in passage.cues) - 0.3 * ahead
        value += 0.15 * desk.mentions(passage) - _AGAIN * told.count(passage.article)
        value -= 0.5 * says("outlook", "calm", passage.text)
        return value - _aside(desk, passage)

    return weight


def how(desk: Desk) -> Weight:
    """For who and how: actors, ways in, suppliers, others touched, as the ledger names them."""
    leading = desk.ledger.leading("actor", "third_party", "attack_type")
    words = {d.lead.claim.evidence.quote.lower() for d in leading}
    sentences = {c.claim.sentence for d in leading for c in d.claims}

    def weight(passage: Quotable) -> float | None:
        if (
            "how" not in passage.cues
            or "tip" in passage.cues
            or not says("asides", "acts", passage.text)
        ):
            return None
        low = passage.text.lower()
        value = 0.4 * any(word in low for word in words)
        value += 0.4 * says("asides", "way_in", passage.text)
        value += 0.3 * any(facts.covers(passage.source, s) for s in sentences)
        value -= 0.5 * says("outlook", "calm", passage.text)
        return 0.3 + value - _aside(desk, passage)

    return weight


def ahead(desk: Desk) -> Weight:
    """For what comes next: responses under way and what is planned, the newest reports first."""
    first, last = _span(desk)
    newest = max(m.article.at for m in desk.members).date()
    sentences = {
        c.claim.sentence
        for d in desk.ledger.leading("response")
        if d.value not in ("other", "denied")
        for c in d.claims
    }

    def weight(passage: Quotable) -> float | None:
        if not passage.cues & {"ahead", "response"} or "tip" in passage.cues:
            return None
        if "ahead" in passage.cues and outlook.overtaken(passage, newest):
            return None
        value = 0.25 * ("ahead" in passage.cues) + 0.2 * ("response" in passage.cues)
        value += 0.3 * any(facts.covers(passage.source, s) for s in sentences)
        value += 0.7 * (passage.at.timestamp() - first) / ((last - first) or 1.0)
        return value - _aside(desk, passage)

    return weight


def _span(desk: Desk) -> tuple[float, float]:
    times = [m.article.at.timestamp() for m in desk.members]
    return min(times), max(times)


_WEIGHTS: Final = (happened, how, ahead)
_FLOOR: Final = (0.6, 0.75, 0.5)
"""Worth below which a passage is no part of its paragraph: a random sentence is worse than none.
Read off the demonstration's briefs."""


def open(desk: Desk) -> bool:
    """How the story began: the top of the first report. False where it has none that tells."""
    first = min(desk.members, key=lambda m: (m.article.at, m.article.id)).article.id

    def weight(passage: Quotable) -> float | None:
        if passage.article != first or passage.position > 2 or _SPEECH.match(passage.text):
            return None
        if "tip" in passage.cues or not passage.cues & {"new", "said", "harm"}:
            return None
        value = 1.2 / (1 + passage.position) + 0.6 * any(n in passage.text for n in desk.victims)
        value += 0.0 if desk.victims else desk.on_headline(passage)
        return value + 0.15 * desk.mentions(passage) - _aside(desk, passage)

    passage = desk.best(weight, repeats=_ALIKE)
    return passage is not None and desk.quote(passage, "deep_analysis")


def take(desk: Desk, paragraph: int) -> bool:
    """One more sentence for a paragraph; False where it is full or none serves."""
    if len(desk.held("deep_analysis", paragraph)) >= MOST[paragraph]:
        return False
    passage = desk.best(_WEIGHTS[paragraph](desk), least=_FLOOR[paragraph])
    return passage is not None and desk.quote(passage, "deep_analysis", paragraph)


def state(desk: Desk) -> None:
    """Facts of the ledger that the analysis has not told yet."""
    for paragraph, (fields, most) in enumerate(_FIELDS):
        own = [d for d in _worth(desk, fields) if not desk.told(d)]
        _tell(desk, paragraph, own, most)


def _worth(desk: Desk, fields: Sequence[Field]) -> list[Detail]:
    """Details that tell a reader something: no "intrusion of unknown kind", no doubtful product,
    none that one report alone has in passing."""
    ledger = desk.ledger
    victims = ledger.victims()
    found = [
        d
        for d in ledger.leading(*fields)
        if d.value != "unknown_intrusion" and not (d.field == "actor" and d.value in victims)
    ]
    attack = ledger.attack()
    found = [d for d in found if d.field != "attack_type" or d is attack or _sure(desk, d)]
    if ledger.kind != "vulnerability":
        return found
    products = ledger.products()
    return [d for d in found if d.field == "cve" or d in products or d.field == "actor"]


def _sure(desk: Desk, detail: Detail) -> bool:
    return bool(detail.asserter) and desk.ledger.status(detail) not in ("denied", "disputed")


def _tell(desk: Desk, paragraph: int, details: Sequence[Detail], most: int) -> None:
    done = 0
    for group in facts.grouped(details):
        singly = (
            [[d] for d in group] if group[0].field in ("response", "attack_type") else [group[:5]]
        )
        for part in singly:
            if done < most and desk.put_fact(desk.ledger.say(part), "deep_analysis", paragraph):
                done += 1


def close(desk: Desk) -> None:
    """Where a paragraph is empty: the best sentence left, however far off; else the facts it would
    hold, told elsewhere or not; else a notice."""
    for paragraph, key in enumerate(_NOTICES):
        fields, most = _FIELDS[paragraph]
        if not desk.has("deep_analysis", paragraph):
            passage = desk.best(_WEIGHTS[paragraph](desk))
            if passage is not None:
                desk.quote(passage, "deep_analysis", paragraph)
        if not paragraph and not desk.has("deep_analysis"):
            desk.put_fact(core.said(desk.ledger), "deep_analysis")
        if not desk.has("deep_analysis", paragraph):
            _tell(desk, paragraph, _worth(desk, fields), most)
        if not desk.has("deep_analysis", paragraph):
            desk.put(glossary.notice("deep_analysis", key, paragraph=paragraph))
