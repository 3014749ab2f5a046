"""Impact assessment: who is affected, what data, which sectors and suppliers, what it may mean.

In: the desk. Out: `impact_assessment` statements: ledger facts first (how many, what data, what it
cost), then the sources' sentences on the harm, then hedged inferences that cite the fact they rest
on.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from breachwire.model import BriefSection, Detail, Evidence, Field, Statement
from nlp import facts, glossary
from nlp.brief_sections.analysis import background
from nlp.desk import Desk, Weight
from nlp.patterns import says
from nlp.quotable import Quotable

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
_SURE: Final = ("confirmed", "reported")
"""Beside these a number that is claimed or disputed is history, which the key details show."""
_MOST_INFERRED: Final = 2
_HOLDS: Final = "If the claim holds: "
"""Before an inference from a fact that is only claimed or disputed."""
_OFF: Final = 1.0
"""Background from which on it is no harm of this story."""
_FLOOR: Final = 0.7
"""Worth below which a sentence is no harm worth telling; read off the demonstration's briefs."""


def harm(desk: Desk) -> Weight:
    """For a sentence on who or what is affected, by numbers and kinds."""

    def weight(passage: Quotable) -> float | None:
        off = background(passage.text, desk.year)
        if _any_harm(passage) is None or off >= _OFF or not says("asides", "harm", passage.text):
            return None
        value = 0.3 - off + 0.3 * says("asides", "measure", passage.text)
        value += 0.2 * desk.mentions(passage)
        return value - (0.4 if desk.names and not desk.mentions(passage) else 0.0)

    return weight


def _any_harm(passage: Quotable) -> float | None:
    """Where nothing better is left: any sentence with a word of harm."""
    if (
        "harm" not in passage.cues
        or "tip" in passage.cues
        or says("asides", "no_harm", passage.text)
    ):
        return None
    return 0.0


def take(desk: Desk) -> bool:
    """One more sentence; False where the section is full or none serves."""
    if len(desk.held("impact_assessment")) >= FILLED:
        return False
    passage = desk.best(harm(desk), least=_FLOOR)
    return passage is not None and desk.quote(passage, "impact_assessment")


def state(desk: Desk) -> None:
    """How many, what data and how much: each once, here, whatever the summary says."""
    for field in _FIELDS:
        found = [d for d in desk.ledger.leading(field) if facts.span(d)]
        if any(d.status in _SURE for d in found):
            found = [d for d in found if d.status in _SURE]
        if field == "volume":
            # The largest stands for the rest: parts of it are not told beside it.
            found = sorted(found, key=lambda d: -_bytes(d))[:1]
        if field == "money":
            found = [d for d in found if d.value["kind"] != "other"]
        _tell(desk, [d for d in found if not desk.told(d, "impact_assessment", *_ELSE[field])])


def _bytes(detail: Detail) -> int:
    return int(detail.value.get("bytes") or 0)


def _tell(desk: Desk, details: Sequence[Detail]) -> None:
    for group in facts.grouped(details)[:2]:
        listed = group[:8] if group[0].field == "data_type" else group[:1]
        desk.put_fact(desk.ledger.say(listed), "impact_assessment")


def infer(desk: Desk) -> None:
    """What the facts may mean, hedged: at most two sentences."""
    done = 0
    for text, evidence, doubtful in _inferences(desk):
        if done >= _MOST_INFERRED:
            return
        shown = _HOLDS + text[0].lower() + text[1:] if doubtful else text
        done += desk.put(Statement("impact_assessment", shown, "inferred", (evidence,)))


def _inferences(desk: Desk) -> list[tuple[str, Evidence, bool]]:
    found: list[tuple[str, Evidence, bool]] = []
    ledger = desk.ledger
    data = glossary.inferences("data")
    held = {str(d.value): d for d in ledger.leading("data_type") if d.status != "denied"}
    found += [(data[v], *_rests(held[v])) for v in data if v in held][:1]
    if ledger.kind in ("breach", "supply-chain") and ledger.of("victim"):
        supplier = glossary.inferences("third_party")["any"]
        found += [(supplier, *_rests(d)) for d in ledger.leading("third_party")[:1]]
    attack = ledger.attack()
    if (
        attack
        and attack.status != "denied"
        and (text := glossary.inferences("attack").get(str(attack.value)))
    ):
        found.append((text, *_rests(attack)))
    return found[:1] + _sector(desk) + found[1:]


def _rests(detail: Detail) -> tuple[Evidence, bool]:
    return detail.lead.claim.sentence, detail.status in ("claimed", "disputed")


def _sector(desk: Desk) -> list[tuple[str, Evidence, bool]]:
    """By the victim's own name, where it tells its sector."""
    for detail in desk.ledger.of("victim")[:1]:
        if detail.status == "denied":
            return []
        words = detail.lead.claim.evidence.quote
        for pattern, text in glossary.inferences("sector").items():
            if re.search(rf"\b(?:{pattern})", words, re.IGNORECASE):
                return [(text, *_rests(detail))]
    return []


def close(desk: Desk) -> None:
    """A notice where nobody says who or what is affected."""
    for field in _FIELDS:
        if not desk.has("impact_assessment"):
            _tell(desk, desk.ledger.of(field)[:1])
    if not desk.has("impact_assessment") and (passage := desk.best(_any_harm)):
        desk.quote(passage, "impact_assessment")
    if not desk.has("impact_assessment"):
        desk.put(glossary.notice("impact_assessment"))
