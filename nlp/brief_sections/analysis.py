"""Deep intelligence analysis: what happened; who, how and what else it touches; what comes next.

In: the desk. Out: `deep_analysis` statements in three paragraphs: the sources' sentences, then
facts of the ledger that no sentence told.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from breachwire.model import Detail, Field
from nlp import facts, glossary
from nlp.brief_sections import core
from nlp.desk import Desk, Weight
from nlp.quotable import Quotable

MOST: Final = (4, 4, 3)
"""Sentences a paragraph at most."""
_FIELDS: Final[tuple[tuple[tuple[Field, ...], int], ...]] = (
    (("victim",), 1),
    (("attack_type", "actor", "third_party", "cve"), 3),
    (("response",), 3),
)
"""The ledger's part of each paragraph, and how many facts at most."""
_ALIKE: Final = 0.8
"""How much of the summary the analysis' opening may hold."""
_NEWS: Final = 0.6
"""What the newest report gains over the oldest."""
_NOTICES: Final = ("what_happened", "who_and_how", "what_next")


def happened(passage: Quotable) -> float | None:
    """For what happened: the openings of the reports; less what only looks ahead or aside."""
    if "tip" in passage.cues or not passage.cues & {"new", "said"}:
        return None
    aside = bool(passage.cues & {"ahead", "maybe"})
    return 0.9 / (1 + passage.position) + 0.2 * ("new" in passage.cues) - 0.3 * aside


def how(passage: Quotable) -> float | None:
    """For who and how: actors, ways in, suppliers, others touched."""
    return None if "how" not in passage.cues or "tip" in passage.cues else 0.3


def ahead(passage: Quotable) -> float | None:
    """For what comes next: responses under way and what is planned."""
    if not passage.cues & {"ahead", "response"}:
        return None
    return 0.25 * ("ahead" in passage.cues) + 0.2 * ("response" in passage.cues)


def take(desk: Desk, paragraph: int) -> bool:
    """One more sentence for a paragraph; False where it is full or none serves."""
    weight = (happened, how, ahead)[paragraph]
    held = [s for s in desk.statements if s.section == "deep_analysis" and s.paragraph == paragraph]
    if len(held) >= MOST[paragraph]:
        return False
    if paragraph == 0:
        passage = _opening(desk) if not held else desk.best(_newest(desk))
    else:
        passage = desk.best(weight)
    return passage is not None and desk.quote(passage, "deep_analysis", paragraph)


def _opening(desk: Desk) -> Quotable | None:
    """How the story began: the top of the first report, though the summary may say as much."""
    first = min(desk.members, key=lambda m: (m.article.at, m.article.id)).article.id
    victims = desk.ledger.victims()

    def weight(passage: Quotable) -> float | None:
        own = happened(passage)
        if own is None or passage.article != first:
            return None
        return own + 0.6 * any(name in passage.text for name in victims)

    return desk.best(weight, repeats=_ALIKE) or desk.best(happened)


def _newest(desk: Desk) -> Weight:
    """What happened, the newest reports before the older."""
    times = [m.article.at for m in desk.members]
    whole = (max(times) - min(times)).total_seconds() or 1.0

    def weight(passage: Quotable) -> float | None:
        own = happened(passage)
        if own is None:
            return None
        return own + _NEWS * (passage.at - min(times)).total_seconds() / whole

    return weight


def state(desk: Desk) -> None:
    """Facts of the ledger that nobody has told yet."""
    for paragraph, (fields, most) in enumerate(_FIELDS):
        _tell(desk, paragraph, [d for d in _worth(desk, fields) if not desk.told(d)], most)


def _worth(desk: Desk, fields: Sequence[Field]) -> list[Detail]:
    """Details that tell a reader something: no "intrusion of unknown kind", no doubtful product."""
    ledger = desk.ledger
    victims = ledger.victims()
    found = [
        d
        for d in ledger.of(*fields)
        if d.value != "unknown_intrusion" and not (d.field == "actor" and d.value in victims)
    ]
    attack = ledger.attack()
    found = [d for d in found if d.field != "attack_type" or d is attack or d.asserter]
    if ledger.kind != "vulnerability":
        return found
    products = ledger.products()
    return [d for d in found if d.field == "cve" or d in products or d.field == "actor"]


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
    """Where a paragraph is empty: the facts it would hold, told elsewhere or not; else a notice."""
    if not desk.has("deep_analysis", 0):
        desk.put_fact(core.said(desk.ledger), "deep_analysis", 0)
    for paragraph, key in enumerate(_NOTICES):
        fields, most = _FIELDS[paragraph]
        if not desk.has("deep_analysis", paragraph):
            _tell(desk, paragraph, _worth(desk, fields), most)
        if not desk.has("deep_analysis", paragraph):
            desk.put(glossary.notice("deep_analysis", key, paragraph=paragraph))
