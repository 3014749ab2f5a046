"""Impact assessment: who is affected, what data, which sectors and suppliers, what it may mean.

In: the desk. Out: `impact_assessment` statements: the sources' sentences, ledger facts, and hedged
inferences that cite the fact they rest on.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from breachwire.model import Detail, Evidence, Field, Statement
from nlp import facts, glossary
from nlp.desk import Desk
from nlp.quotable import Quotable

MOST: Final = 3
_FIELDS: Final[tuple[Field, ...]] = ("affected", "volume", "data_type", "money")
_MOST_INFERRED: Final = 2
_HOLDS: Final = "If the claim holds: "
"""Before an inference from a fact that is only claimed or disputed."""


def harm(passage: Quotable) -> float | None:
    """For a sentence on who or what is affected."""
    return 0.3 if "harm" in passage.cues and "tip" not in passage.cues else None


def take(desk: Desk) -> bool:
    """One more sentence; False where the section is full or none serves."""
    held = [s for s in desk.statements if s.section == "impact_assessment"]
    if len(held) >= MOST:
        return False
    passage = desk.best(harm)
    return passage is not None and desk.quote(passage, "impact_assessment")


def state(desk: Desk) -> None:
    """Numbers and kinds of data that nobody has told yet."""
    for field in _FIELDS:
        found = desk.ledger.of(field)
        if field == "volume":
            # The largest stands for the rest: parts of it are not told beside it.
            found = sorted(found, key=lambda d: -_bytes(d))[:1]
        _tell(desk, [d for d in found if not desk.told(d)])


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
    held = {str(d.value): d for d in ledger.of("data_type") if d.status != "denied"}
    found += [(data[v], *_rests(held[v])) for v in data if v in held][:1]
    if ledger.kind in ("breach", "supply-chain") and ledger.of("victim"):
        supplier = glossary.inferences("third_party")["any"]
        found += [(supplier, *_rests(d)) for d in ledger.of("third_party")[:1]]
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
            _tell(desk, desk.ledger.of(field))
    if not desk.has("impact_assessment"):
        desk.put(glossary.notice("impact_assessment"))
