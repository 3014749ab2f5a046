"""Passages → the counts, volumes and sums in them that measure the incident.

In: passages that bear on an article's incident, with their stance. Out: drafts of figures. How
large a firm is, what something else touches, a handful of people and a name's number are none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any, Final

from breachwire.model import Field
from nlp import lexicon, numbers
from nlp.drafts import Draft
from nlp.patterns import one
from nlp.reading import SUMMARY, Passage
from nlp.status import Stance

FACTS: Final = 12
"""Figures of one sentence that are read: one with more is a table."""
_MODEL: Final = re.compile(r"\d{1,4}(?![\d,.])")
"""A number as products bear it: no thousands."""
NEAR: Final = 90
"""Characters before and after a count in which a body says what befell those counted."""


def find(passages: Sequence[Passage], stance: Stance, victim: bool) -> Iterator[Draft]:
    """The figures in passages that measure the incident; of sums only settled ones where the
    article names no `victim`."""
    long = bool(passages) and passages[-1].index > SUMMARY
    for passage in passages:
        if not (passage.opens or _counts(passage.low)):
            continue
        for fact in numbers.facts(passage.low)[:FACTS]:
            value = _value(passage.low, fact, victim) if _measures(passage, fact, long) else None
            if value is None:
                continue
            asked = fact.field == "money" and _asked(passage.low, fact, value["kind"])
            voice = (stance.of_price if asked else stance.of)(passage, fact.start, fact.end)
            field: Field = fact.field  # type: ignore[assignment]
            bound = "placeholder" if _opening(passages, passage, fact) else fact.bound
            yield Draft(field, value, bound, passage, fact.start, fact.end, voice)


def _measures(passage: Passage, fact: numbers.Fact, long: bool) -> bool:
    """Whether a figure is of what was hit. `long`: the article has a body beside its summary."""
    if fact.field == "affected" and (
        _one_of(passage, fact)
        or (long and _beside(passage, fact))
        or _other_toll(passage.low, fact)
    ):
        return False
    return not (_of_a_name(passage, fact.start) or _few(fact) or _size(passage, fact))


def _value(low: str, fact: numbers.Fact, victim: bool) -> dict[str, Any] | None:
    """A figure's value, a sum's with its kind; None for a sum that is no incident's."""
    if fact.field != "money":
        return fact.value
    if _no_loss(low, fact.start, fact.end):
        return None
    kind = _kind(low, fact.start, fact.end)
    return {**fact.value, "kind": kind} if victim or _settled(low, kind) else None


def _counts(low: str) -> bool:
    """Whether a sentence below the lead may count those hit: it has a word of an incident, or gives
    a count anew, or what is asked for."""
    telling = ("incident", "recounted", "copied", "asked")
    return any(one("gates", key).search(low) for key in telling)


def _one_of(passage: Passage, fact: numbers.Fact) -> bool:
    """Whether a count is of a wider campaign's victims: "one of thousands of companies"."""
    return passage.low[max(0, fact.start - 10) : fact.start].endswith("one of ")


def _beside(passage: Passage, fact: numbers.Fact) -> bool:
    """Whether a count in a long article is of something else than what was hit.

    Outside the title a word near must say what befell those counted, who must be people, accounts,
    records, devices or bodies; below the lead there must be at least ten of them.
    """
    near = passage.low[max(0, fact.start - NEAR) : fact.end + NEAR]
    if passage.where == "title":
        return False
    tolls = one("gates", "toll").search(near) or one("gates", "recounted").search(near)
    if fact.value["unit"] == "other" or not tolls:
        return True
    return fact.value["number"] < 10 and not passage.opens


def _other_toll(low: str, fact: numbers.Fact) -> bool:
    """Whether a count is of what something else touches: a pause's projects, the addresses over
    which loot was spread."""
    before = low[max(0, fact.start - 2 * NEAR) : fact.end]
    return any(one("gates", key).search(before) for key in ("pause_toll", "spread"))


def _opening(passages: Sequence[Passage], passage: Passage, fact: numbers.Fact) -> bool:
    """Whether a count is what US health filings give until the true one is known: 500 or 501."""
    if fact.value.get("number") not in (500, 501):
        return False
    near = [passage, *(other for other in passages if other.opens)]
    return any(one("gates", "register").search(other.low) for other in near)


def _asked(low: str, fact: numbers.Fact, kind: str) -> bool:
    """Whether a sum is what somebody asks for the data, or for silence."""
    before = low[max(0, fact.start - 2 * NEAR) : fact.start]
    return kind == "ransom_demand" or bool(one("gates", "priced").search(before))


def _settled(low: str, kind: str) -> bool:
    """Whether a sum is an incident's by itself: stolen, a fine, a reward for a hacker."""
    return kind in ("stolen", "settlement", "fine") or "reward for" in low


def _no_loss(low: str, start: int, end: int) -> bool:
    """Whether a sum is what a firm is worth or was saved: "$3.1 million had been frozen"."""
    after = one("gates", "saved_after").match(low, end, end + 60)
    return bool(after or one("gates", "worth").search(low, max(0, start - 70), start))


def _size(passage: Passage, fact: numbers.Fact) -> bool:
    """Whether a count says how large a party is, not how many were hit: "runs 17 clinics"."""
    before = passage.low[max(0, fact.start - 40) : fact.start]
    if one("gates", "size").search(before):
        return True
    telling = ("toll", "asked") if fact.field == "money" else ("toll",)
    return not passage.opens and not any(one("gates", key).search(passage.low) for key in telling)


def _few(fact: numbers.Fact) -> bool:
    """Whether a count is of a few people: suspects, founders, teens, not those affected."""
    return fact.value.get("unit") in ("people", "users", "customers") and fact.value["number"] < 10


def _of_a_name(passage: Passage, start: int) -> bool:
    """Whether a number belongs to the name before it: "Microsoft 365 accounts"; of a maker's name
    that goes for a title in capitals too: "Kits Attack Microsoft 365 Users"."""
    start += passage.low[start:].startswith(" ")
    if _MODEL.match(passage.low, start) and passage.low[:start].endswith(_makers()):
        return True
    return passage.low[start : start + 1].isdigit() and any(
        start - name.end in (0, 1) and passage.low[name.end : start] in ("", " ")
        for name in passage.names
        if name.kind != "place"
    )


@cache
def _makers() -> tuple[str, ...]:
    return tuple(f" {maker} " for maker in lexicon.table("products")["vendors"])


def _kind(low: str, start: int, end: int) -> str:
    """What a sum is, by the words around it."""
    near = low[max(0, start - 90) : end + 70]
    close = low[max(0, start - 40) : end + 40]
    if one("gates", "settle").search(near):
        return "settlement"
    if one("gates", "fine").search(near):
        return "fine"
    if one("gates", "ransom").search(near):
        return "ransom_paid" if re.search(r"\bpa(?:id|ys?|yment)\b", near) else "ransom_demand"
    if one("gates", "demand").search(low[max(0, start - 25) : start]):
        return "ransom_demand"
    if one("gates", "reward").search(close):
        return "other"
    if one("gates", "stolen").search(close):
        return "stolen"
    return (
        "loss"
        if one("gates", "loss").search(near)
        else "stolen"
        if one("gates", "stolen").search(near)
        else "other"
    )
