"""Claims of counts, volumes and sums → groups of claims that figure one fact.

One fact has one thing counted (people, customers and users are one family), one side (the
attacker's count or volume stands apart from everyone else's, with outlets' repeats of a volume) and
a history of figures. Two figures that one article gives side by side, with no word of revision, are
two facts. The same large figure is one fact whatever is counted (61 million accounts, 61 million
records), and one sum whatever it is called; who denies an attacker's figure, or repeats it, makes
no figure of his own.
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
ROUNDING: Final = 0.02
"""Two figures this near are one where one is the other's rounding: 24,937 and 25,000 are 0.3 % off;
the least revision of a count in the demonstration, 127,914 for 118,600, is 8 %."""
LARGE: Final = 1000
"""From here on two equal counts of different things in a thread are one: nobody has both."""
_OWN: Final = ("victim", "authority", "third_party")
"""Whose figure is its own, even where the attacker gave it before."""


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
    # What the attacker says and somebody denies is one fact, whoever else speaks of it.
    both = theirs & {number(claim) for claim in claims if claim.claim.status == "denied"}
    counted: dict[tuple[str, float], str] = {}
    for claim in sorted(claims, key=lambda c: (c.said_at, c.claim.evidence.article)):
        echo = number(claim) in both or _echo(field, claim, theirs)
        whose = "attacker" if field == "money" or echo else side(claim)
        family = _sum(claim, claims) if field == "money" else _family(field, claim)
        if field == "affected" and number(claim) >= LARGE:
            family = counted.setdefault((whose, number(claim)), family)
        by.setdefault((family, whose), []).append(claim)
    return [chain for family in by.values() for chain in _chains(family)]


def _echo(field: Field, claim: LedgerClaim, theirs: set[float]) -> bool:
    """Whether the attacker's figure is repeated or denied: no figure of its own."""
    if number(claim) not in theirs or (field == "affected" and number(claim) < LARGE):
        return False
    if claim.claim.status in ("denied", "disputed"):
        return True
    return field in ("affected", "volume") and claim.claim.asserter_kind not in _OWN


def _sum(claim: LedgerClaim, claims: Sequence[LedgerClaim]) -> str:
    """The kind and currency of a sum; one that is not told is that of the same sum elsewhere, and
    a loss is what was stolen where both come to as much."""
    value = claim.claim.value
    alike = {
        str(other.claim.value.get("kind"))
        for other in claims
        if other.claim.value.get("currency") == value.get("currency")
        and near(number(other), number(claim))
    }
    kind = str(value.get("kind"))
    if kind == "loss" and "stolen" in alike:
        kind = "stolen"
    told = sorted(alike - {"other"}, reverse=True)  # stolen before ransom before loss
    return f"{told[0] if kind == 'other' and told else kind} {value.get('currency')}"


def near(one: float, other: float) -> bool:
    """Whether the figures are one, or one is the other's rounding."""
    if one == other:
        return True
    rough, fine = sorted((one, other), key=digits)
    off = abs(one - other) / max(abs(one), abs(other))
    return off <= ROUNDING and float(f"{fine:.{digits(rough) - 1}e}") == rough


def digits(figure: float) -> int:
    """Significant digits: 3 of 24,900."""
    mantissa = f"{figure:.15e}".split("e")[0].rstrip("0").replace(".", "")
    return max(1, len(mantissa))


def _family(field: Field, claim: LedgerClaim) -> str:
    value = claim.claim.value
    if field == "affected":
        unit = str(value.get("unit", "other"))
        return _FAMILY.get(unit, unit) if unit != "other" else f"other {_noun(claim)}"
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
