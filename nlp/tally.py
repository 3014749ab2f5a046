"""Claims of counts, volumes and sums → groups of claims that figure one fact.

One fact has one thing counted (people, customers and users are one family), one side (the
attacker's count or volume stands apart from everyone else's, with outlets' repeats of a volume) and
a history of figures. Two figures that one article gives side by side, with no word of revision, are
two facts.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Final

from breachwire.model import Field, LedgerClaim
from nlp.folding import fold
from nlp.patterns import one

_FAMILY: Final = {"customers": "people", "users": "people", "accounts": "people"}

SMALL: Final = 50
"""A count below this is no earlier figure of one FAR times as large."""
FAR: Final = 20


def number(claim: LedgerClaim) -> float:
    """A figure's number."""
    value = claim.claim.value
    return float(next(value[key] for key in ("number", "bytes", "amount") if key in value))


def side(claim: LedgerClaim) -> str:
    """attacker: the attacker's or a seller's figure; else other."""
    claimed = claim.claim.status == "claimed" or claim.claim.asserter_kind == "attacker"
    return "attacker" if claimed else "other"


def groups(field: Field, claims: Sequence[LedgerClaim]) -> list[list[LedgerClaim]]:
    """Claims of one field by fact."""
    by: dict[tuple[str, str], list[LedgerClaim]] = {}
    theirs = {number(claim) for claim in claims if side(claim) == "attacker"}
    for claim in claims:
        whose = "attacker" if field == "money" or _echo(field, claim, theirs) else side(claim)
        by.setdefault((_family(field, claim), whose), []).append(claim)
    return [chain for family in by.values() for chain in _chains(family)]


def _echo(field: Field, claim: LedgerClaim, theirs: set[float]) -> bool:
    """Whether an outlet repeats the attacker's volume: no figure of its own."""
    told = claim.claim.asserter_kind in (None, "outlet") and claim.claim.status == "reported"
    return field == "volume" and told and number(claim) in theirs


def _family(field: Field, claim: LedgerClaim) -> str:
    value = claim.claim.value
    if field == "affected":
        unit = str(value.get("unit", "other"))
        return _FAMILY.get(unit, unit) if unit != "other" else f"other {_noun(claim)}"
    if field == "money":
        return f"{value.get('kind')} {value.get('currency')}"
    return field


def _noun(claim: LedgerClaim) -> str:
    """The thing counted, where the unit has no name: the phrase's last word."""
    return fold(claim.claim.evidence.quote).split()[-1]


def _chains(claims: Sequence[LedgerClaim]) -> list[list[LedgerClaim]]:
    """One chain a fact; a figure joins the nearest chain that no article tells it apart from."""
    chains: list[list[LedgerClaim]] = []
    for claim in sorted(claims, key=lambda c: (c.said_at, c.claim.evidence.article)):
        same = next((c for c in chains if any(number(o) == number(claim) for o in c)), None)
        fitting = [chain for chain in chains if not _apart(chain, claim)]
        if same is None and fitting:
            same = min(fitting, key=lambda chain: _distance(chain[-1], claim))
        if same is None:
            chains.append([claim])
        else:
            same.append(claim)
    return chains


def _apart(chain: Sequence[LedgerClaim], claim: LedgerClaim) -> bool:
    """Whether an article gives a figure of the chain beside this one, or one denies another."""
    for other in chain:
        if _far(other, claim):
            return True
        sides = {other.claim.status == "denied", claim.claim.status == "denied"}
        if len(sides) == 2 and number(other) != number(claim):
            return True
        if other.claim.evidence.article == claim.claim.evidence.article:
            both = f"{other.claim.sentence.quote} {claim.claim.sentence.quote}"
            if number(other) != number(claim) and not one("gates", "revised").search(fold(both)):
                return True
    return False


def _far(one: LedgerClaim, other: LedgerClaim) -> bool:
    """Whether of two counts one is too small to be an earlier figure of the other: 2, 48,200."""
    if "placeholder" in (one.claim.bound, other.claim.bound) or one.claim.field != "affected":
        return False
    small, large = sorted((number(one), number(other)))
    return small < SMALL and large >= SMALL * FAR


def _distance(one: LedgerClaim, other: LedgerClaim) -> float:
    return abs(math.log(max(number(one), 1)) - math.log(max(number(other), 1)))


def figure(value: dict[str, Any]) -> str:
    """A figure as people write it: 24,937; 4 TB; 9,000,000 USD."""
    if "number" in value:
        return f"{value['number']:,}"
    if "amount" in value:
        return f"{value['amount']:,} {value.get('currency', '')}".strip()
    size = float(value["bytes"])
    for unit in ("bytes", "kB", "MB", "GB", "TB"):
        if size < 1000:
            return f"{size:g} {unit}"
        size /= 1000
    return f"{size:g} PB"
