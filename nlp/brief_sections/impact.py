"""Impact assessment: who is affected, what data, which sectors and suppliers, what it may mean.

In: the desk. Out: `impact_assessment` statements: how many first (the ledger's count, else the
newest sentence of the sources that counts those hit), what data, what it cost, then the sources'
sentences on the harm; hedged inferences are made beside (`inferred`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from breachwire.model import BriefSection, Detail, Field, Statement
from nlp import facts, glossary, vouch
from nlp.brief_sections import harms, loot, reach, upshot
from nlp.brief_sections.analysis import background
from nlp.desk import Desk
from nlp.patterns import says
from nlp.quotable import Quotable
from nlp.sheet import Place

FILLED: Final = 5
"""Statements from which on no further sentence of the sources is added."""
_FIELDS: Final[tuple[Field, ...]] = ("affected", "data_type", "volume", "money")
_ELSE: Final[dict[Field, tuple[BriefSection, ...]]] = {
    "affected": (),
    "data_type": (),
    "volume": ("deep_analysis", "signal_summary"),
    "money": ("deep_analysis", "signal_summary"),
}
"""Where else it may have been told, so that it is not told again."""
_AGAIN: Final[dict[Field, str]] = {
    "affected": "{x} are affected in all",
    "data_type": "{x} can be found in the data",
    "volume": "the data has a size of {x}",
}
_EFFECT: Final = ("vulnerability", "malware", "campaign", "policy", "supply-chain")
_TOOLS: Final = ("malware", "campaign", "supply-chain")
_HERE: Final[Place] = ("impact_assessment", 0)
_SURE: Final = ("confirmed", "reported")
"""Beside these a number that is claimed or disputed is history, which the key details show."""
_FLOOR: Final = 0.7
"""Worth below which a sentence is no harm worth telling; read off the demonstration's briefs."""
_AS_OF: Final = re.compile(r" as of (?:last|this) (?:week|month)(?=[.,])")
_SUM: Final = re.compile(r"[$€£]\d[\d.,]*\d?(?: (?:million|billion|thousand))?")
_LEAD: Final = 2
"""Sentences with which a report opens: the analysis has them."""
_BRINGS: Final = re.compile(
    r"\bbring(?:s|ing) the (?:number|count|total) of "
    r"(?P<whom>[a-z]{1,30} (?:[a-z]{1,30} )?(?:affected|hit|exposed))"
    r" (?:so far )?to (?P<n>\d[\d,.]{0,12}\d(?: (?:million|thousand))?)"
)
_NEAR: Final = 0.3
"""What a count of those within reach loses beside one of those hit."""
_AFFECTS: Final = re.compile(r"\b(?:affected|impacted) (?=[a-z])")
_AFFECTED: Final = re.compile(r"\baffected\b[^.]*\d")
_DEEP: Final = 30
"""Sentences of a report among which a count of those hit is looked for."""


def count(desk: Desk) -> bool:
    """The sources' own sentence that counts those hit, where the ledger has no exact count."""
    if _risen(desk):
        return True
    if any(not vouch.rough(desk.ledger.claim(d)) for d in desk.ledger.leading("affected")):
        return False
    newest = max(m.article.at for m in desk.members).timestamp()
    first = min(m.article.at for m in desk.members).timestamp()

    def weight(passage: Quotable) -> float | None:
        if passage.position > _DEEP or not says("impact", "count", passage.text):
            return None
        if harms.stray(desk, passage) or not says("impact", "toll", passage.text):
            return None
        age = (newest - passage.at.timestamp()) / ((newest - first) or 1.0)
        most = max(map(harms.digits, harms.NUMBER.findall(passage.text)), default=0)
        near = says("impact", "within_reach", passage.text)
        value = 0.7 - 0.6 * age + 0.2 * desk.story.mentions(passage) + 0.08 * most
        return value - _NEAR * (near and not says("impact", "broken_into", passage.text))

    passage = desk.best(weight, max_words=40, least=_FLOOR, place=_HERE)
    if passage is None:
        return False
    if (text := _AS_OF.sub("", passage.text)) != passage.text:
        passage = replace(passage, text=text, kind="stated")
    return _quote(desk, passage)


def kinds(desk: Desk) -> bool:
    """The sources' own list of what data it is, where they have one: it names more than our words
    for the kinds."""
    if desk.ledger.standing() in ("claimed", "disputed", "denied"):
        return False
    lists = {
        claim.claim.sentence
        for detail in desk.ledger.leading("data_type")
        if desk.ledger.status(detail) in _SURE
        for claim in detail.claims
    }

    def weight(passage: Quotable) -> float | None:
        named = sum(facts.covers(passage.source, own) for own in lists)
        lead = passage.position < _LEAD
        if not named or lead or passage.pair or passage.text.count(",") + 1 < harms.LISTED:
            return None
        if not says("impact", "lists", passage.text) or harms.stray(desk, passage):
            return None
        return 0.3 * passage.text.count(",") - background(passage.text, desk.story.year)

    passage = desk.best(weight, place=_HERE)
    return passage is not None and desk.quote(passage, "impact_assessment")


def effect(desk: Desk) -> bool:
    """What a flaw, a tool or a campaign does, and to whom, where nobody has counted those hit: the
    sentence that says what it comes to, else a lead's clause that does, else how it works; two
    sentences where one says what the other leads to."""
    if desk.sheet.has("impact_assessment") or desk.view.thread.kind not in _EFFECT:
        return False
    alone = desk.best(lambda q: upshot.effect(desk, q), max_words=40, place=_HERE)
    if alone is not None and upshot.outcome(alone.text):
        return _quote(desk, alone)
    if desk.put_fact(upshot.line(desk), "impact_assessment"):
        return True
    found = alone or desk.best(
        lambda q: upshot.leads_to(desk, q), max_words=upshot.PAIR_WORDS, place=_HERE
    )
    return found is not None and _quote(desk, found)


def _quote(desk: Desk, passage: Quotable) -> bool:
    """As it is; what somebody's trial brought, as that."""
    if (before := desk.before(passage)) and says("impact", "trial", before.quote):
        text = passage.text
        if says("impact", "came_of_it", text) and not says("impact", "trial", text):
            shown = f"In testing, {text}"
            evidence = (*passage.evidence, before)
            return desk.sheet.put(Statement("impact_assessment", shown, "stated", evidence))
    return desk.quote(passage, "impact_assessment")


def _risen(desk: Desk) -> bool:
    """The count that the newest report says the news brings those hit to: it goes before the
    ledger's, which is of one of them or of an earlier day."""
    newest = max(desk.members, key=lambda m: (m.article.at, m.article.id)).article
    for passage in desk.quotables:
        found = _BRINGS.search(passage.text) if passage.article == newest.id else None
        if found is None or not newest.source:
            continue
        text = f"The number of {found['whom']} is now {found['n']}, {newest.source} reports."
        return desk.sheet.put(Statement("impact_assessment", text, "stated", (passage.source,)))
    return False


def take(desk: Desk) -> bool:
    """One more sentence; False where the section is full or none serves."""
    if len(desk.sheet.held("impact_assessment")) >= FILLED:
        return False
    passage = desk.best(harms.harm(desk), least=_FLOOR, place=_HERE, beyond=True)
    if passage is None or not _quote(desk, passage):
        return False
    _drop_bare(desk, passage.text)
    return True


def _drop_bare(desk: Desk, told: str) -> None:
    """Without our own line on a sum that a sentence now tells with what it was for."""
    sums = set(_SUM.findall(told))
    for held in desk.sheet.held("impact_assessment"):
        own = set(_SUM.findall(held.text))
        if own and own <= sums and held.text != told and not desk.sheet.from_source(held.text):
            desk.sheet.statements.remove(held)


def state(desk: Desk) -> None:
    """How many, what data and how much: each once, here, whatever the summary says."""
    for field in _FIELDS:
        found = [d for d in desk.ledger.leading(field) if facts.span(d)]
        if any(d.status in _SURE for d in found):
            found = [d for d in found if d.status in _SURE]
        if field in ("data_type", "volume") and desk.ledger.standing() == "confirmed":
            found = [d for d in found if desk.ledger.status(d) in _SURE]
        if field == "data_type":
            found = [d for d in found if _taken(desk, d)]
        if field == "volume":
            # The largest stands for the rest: parts of it are not told beside it.
            found = sorted(found, key=lambda d: -_bytes(d))[:1]
        if field == "money":
            found = [d for d in found if d.value["kind"] != "other"]
        if field == "affected" and _counted(desk):
            found = []  # the sources' own count stands: a rough one beside it tells less
        _tell(
            desk, [d for d in found if not desk.sheet.told(d, "impact_assessment", *_ELSE[field])]
        )


def _taken(desk: Desk, detail: Detail) -> bool:
    """Whether its sentence says that it was taken or lay open: data that a tool takes, or that
    somebody keeps, is no "the data"."""
    words = desk.ledger.claim(detail).sentence.quote
    tools = desk.view.thread.kind in _TOOLS
    return says("impact", "took", words) or (not tools and says("vouch", "lost", words))


def _counted(desk: Desk) -> bool:
    """Whether a sentence here counts those hit."""
    told = (s.text for s in desk.sheet.held("impact_assessment"))
    return any(
        _AFFECTED.search(text) or (says("impact", "count", text) and says("impact", "toll", text))
        for text in told
    )


def _bytes(detail: Detail) -> int:
    return int(detail.value.get("bytes") or 0)


def _tell(desk: Desk, details: Sequence[Detail]) -> None:
    details = [d for d in details if d.field != "data_type" or d.value not in loot.HOLLOW]
    for group in facts.grouped(details)[:2]:
        several = group[0].field == "data_type"
        listed = desk.ledger.of_one_voice(group)[:8] if several else group[:1]
        counted = group[0].field == "affected" and facts.span(group[0])
        if counted and vouch.counted(desk.ledger.claim(group[0]), counted) == "":
            continue  # nothing befell those it counts
        clause = loot.holds(desk, listed) if group[0].field == "data_type" else ""
        if not desk.put_fact(desk.ledger.say(listed, clause), "impact_assessment"):
            # The summary may say so in these very words: then in others, or other things are told.
            if group[0].field == "affected" and desk.ledger.leading("data_type"):
                continue
            words = _AFFECTS.sub("", facts.span(group[0]))
            again = _AGAIN.get(group[0].field, "").format(x=words)
            said = desk.ledger.say(listed[:1], again, key="impact")
            fits = len(listed) == 1 and again and words
            desk.put_fact(said if fits else None, "impact_assessment")


def _cost_of_rule(desk: Desk) -> None:
    """What a rule costs how many, though an office known by its calling alone says so."""
    for q in desk.every if desk.view.thread.kind in ("policy", "other") else ():
        told = all(says("impact", key, q.text) for key in ("ruled", "count", "toll"))
        if told and not (q.pair or says("impact", "leans", q.text) or desk.sheet.has(_HERE[0])):
            desk.quote(q, "impact_assessment")


def close(desk: Desk) -> None:
    """A notice where nobody says who or what is affected."""
    for field in _FIELDS:
        if not desk.sheet.has("impact_assessment"):
            found = [
                d for d in desk.ledger.leading(field) if field != "data_type" or _taken(desk, d)
            ]
            _tell(desk, found[:1])
    if not desk.sheet.has("impact_assessment") and desk.view.thread.kind != "law":
        desk.put_fact(reach.line(desk), "impact_assessment")
    if not desk.sheet.has("impact_assessment"):
        desk.put_fact(upshot.line(desk), "impact_assessment")
    left = harms.left(desk)
    if not desk.sheet.has("impact_assessment") and (q := desk.best(left, place=_HERE, beyond=True)):
        _quote(desk, q)
    if not desk.sheet.has("impact_assessment"):
        _cost_of_rule(desk)
    if not desk.sheet.has("impact_assessment"):
        desk.sheet.put(glossary.notice("impact_assessment"))
