"""What the facts of an incident may mean: hedged inferences for the impact.

In: the desk. Out: `inferred` statements, two at most. Each rests on a fact that nobody disputes and
stands only where the sources hold nothing against it and don't say it themselves: precision before
number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from breachwire.model import Evidence, Statement
from nlp import glossary, vouch
from nlp.brief_sections import core
from nlp.desk import Desk
from nlp.patterns import says

_SURE: Final = ("confirmed", "reported")
_MOST_INFERRED: Final = 2


def infer(desk: Desk) -> None:
    """What the facts may mean, hedged: at most two sentences."""
    done = 0
    for text, evidence in _inferences(desk):
        if done < _MOST_INFERRED:
            done += desk.sheet.put(Statement("impact_assessment", text, "inferred", (evidence,)))


def _inferences(desk: Desk) -> list[tuple[str, Evidence]]:
    ledger = desk.ledger
    if ledger.standing() in ("claimed", "disputed", "denied"):
        return []
    found = list(_of_data(desk))[:1]
    if core.said(ledger) is None:
        return found
    found += list(_of_sector(desk))[:1]
    return found + list(_of_attack(desk))


def _of_data(desk: Desk) -> Iterator[tuple[str, Evidence]]:
    """What the loss of such data means: where the data is named whole, its loss not left open, and
    no source says that it is of no use."""
    texts = glossary.inferences("data")
    held = {str(d.value): d for d in desk.ledger.leading("data_type")}
    for value, text in texts.items():
        if value not in held or desk.ledger.status(held[value]) not in _SURE:
            continue
        claim = desk.ledger.claim(held[value])
        if vouch.hedged(claim) or not says("impact", value, claim.sentence.quote):
            continue
        if not any(_somewhere(desk, key) for key in ("of_no_use", "came_true", "said_so")):
            yield text, claim.sentence


def _of_attack(desk: Desk) -> Iterator[tuple[str, Evidence]]:
    """What such an attack means: no long recovery where systems are back, no others hit through a
    flaw that has no number."""
    attack = desk.ledger.attack()
    text = attack and glossary.inferences("attack").get(str(attack.value))
    if not attack or not text or desk.ledger.status(attack) not in _SURE:
        return
    if attack.value == "ransomware" and (_somewhere(desk, "back") or desk.ledger.kind != "breach"):
        return  # a program's own story is nobody's recovery
    if attack.value == "vulnerability_exploitation" and not desk.ledger.of("cve"):
        return
    yield text, desk.ledger.claim(attack).sentence


def _of_sector(desk: Desk) -> Iterator[tuple[str, Evidence]]:
    """By the victim's own name, where it tells its sector and the harm is of that kind."""
    ledger = desk.ledger
    attack = ledger.attack()
    jammed = attack is not None and attack.value in ("ransomware", "wiper", "ddos")
    jammed = jammed and not _somewhere(desk, "back")
    lost = bool(ledger.leading("data_type")) and not _somewhere(desk, "came_true")
    for detail in ledger.of("victim")[:1]:
        if ledger.name(detail) not in ledger.victims():
            return
        for pattern, (text, of) in _sectors().items():
            if re.search(rf"\b(?:{pattern})", ledger.name(detail), re.IGNORECASE):
                if jammed if of == "stop" else lost:
                    yield text, ledger.claim(detail).sentence
                return


def _sectors() -> dict[str, tuple[str, str]]:
    """Pattern of a name → the inference, and whether it is of a stop or of a loss of data."""
    stops, losses = (glossary.inferences(f"sector_{of}") for of in ("stop", "loss"))
    return {k: (v, "stop") for k, v in stops.items()} | {k: (v, "loss") for k, v in losses.items()}


def _somewhere(desk: Desk, key: str) -> bool:
    """Whether a sentence of the sources says so."""
    table = "vouch" if key == "back" else "impact"
    return any(says(table, key, q.source.quote) for q in desk.quotables)
