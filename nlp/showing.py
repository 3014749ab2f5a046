"""A thread's details → those that are shown, the rest only kept.

In: details, best first. Out: the same in the same order without those that say nothing.
Rules: at most SHOWN a field, best first; no month or year beside a day within it;
no unspecified intrusion beside a named kind of attack; one part under one name, the one that more
claims give, and a supplier as the way in beside who was hit through it; no plain description beside
a name; no date and no response that is only denied by nobody named; no handful of records beside a
large count. What is denied (a figure: by somebody named) and the victim's own figures are always
shown.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from breachwire.model import Detail, Field, LedgerClaim
from nlp import resolve, tally
from nlp.names import headline_case

SHOWN: Final[dict[Field, int]] = {
    "victim": 8, "affected": 5, "data_type": 8, "attack_type": 4, "actor": 4, "third_party": 3,
    "volume": 4, "money": 4, "cve": 8, "date": 4, "response": 6,
}  # fmt: skip
"""Details of a field that are shown, denials and the victim's own figures beside them."""
_DENIABLE: Final = ("victim", "actor", "data_type", "attack_type")
_SIDES: Final = ("victim", "actor")
ANY_INTRUSION: Final = "unknown_intrusion"
_HANDFUL: Final = 20
"""A count below this, but of organizations, measures no incident beside one of hundreds."""


def shown(details: Sequence[Detail]) -> tuple[Detail, ...]:
    """Those that tell a reader something, by the rules above; order kept."""
    kept: list[Detail] = []
    count: dict[Field, int] = {}
    for detail in details:
        if _empty(detail, details):
            continue
        spare = _idle(detail, details) or count.get(detail.field, 0) >= SHOWN[detail.field]
        if spare and not _vital(detail):
            continue
        count[detail.field] = count.get(detail.field, 0) + 1
        kept.append(detail)
    return tuple(kept)


def _vital(detail: Detail) -> bool:
    """Whether a detail is shown whatever else there is: a denial, the victim's own figure."""
    if detail.value == ANY_INTRUSION and detail.status not in ("denied", "disputed"):
        return False  # the victim's word overtook who denied it
    denials = [claim.claim for claim in detail.claims if claim.claim.status == "denied"]
    if any(denial.asserter or denial.field in _DENIABLE for denial in denials):
        return detail.field != "date"
    own = any(claim.claim.asserter_kind == "victim" for claim in detail.claims)
    return own and detail.field in ("affected", "volume", "money")


def _idle(detail: Detail, details: Sequence[Detail]) -> bool:
    """Whether another detail of the thread says it better, or it says nothing."""
    others = [other for other in details if other is not detail]
    if detail.field == "attack_type" and detail.value == ANY_INTRUSION:
        return any(other.field == "attack_type" for other in others)
    if detail.field == "victim" and (_supplier(detail, others) or _of_actor(detail, others)):
        return True
    if detail.field in _SIDES:
        # One name can't be both: who was hit by more accounts was hit.
        more = len(detail.claims) + (detail.field == "victim")
        return any(
            other.field in _SIDES
            and other.field != detail.field
            and resolve.same("victim", str(other.value), str(detail.value))
            and len(other.claims) >= more
            for other in others
        )
    if detail.field == "date":
        return any(
            other.field == "date" and str(other.value).startswith(f"{detail.value}-")
            for other in others
        )
    return False


def _supplier(detail: Detail, others: Sequence[Detail]) -> bool:
    """Whether others were hit through it: as many claims have it the way in, and more a victim."""
    way = any(
        other.field == "third_party"
        and resolve.same("victim", str(other.value), str(detail.value))
        and len(other.claims) >= len(detail.claims)
        for other in others
    )
    hit = (other for other in others if other.field == "victim")
    return way and any(len(other.claims) > len(detail.claims) for other in hit)


def _of_actor(detail: Detail, others: Sequence[Detail]) -> bool:
    """Whether it is a piece of the name of whoever did it to others."""
    actors = (other for other in others if other.field == "actor")
    hit = any(other.field == "victim" for other in others)
    return hit and any(resolve.part_of(str(detail.value), str(a.value)) for a in actors)


def _empty(detail: Detail, details: Sequence[Detail]) -> bool:
    """Whether a detail tells a reader nothing, whoever says it."""
    others = [other for other in details if other.field == detail.field and other is not detail]
    if detail.field in resolve.FIELDS:
        name = str(detail.value)
        if detail.field == "victim" and name[:1].islower():
            return False  # "a hospital operator" beside a name may well be another
        if all(_piece(claim) for claim in detail.claims):
            return True
        if detail.status == "denied" and resolve.described(detail.field, name):
            return True
        return all(resolve.broken(str(claim.claim.value)) for claim in detail.claims) or (
            resolve.described(detail.field, name)
            and any(not resolve.described(o.field, str(o.value)) for o in others)
        )
    if detail.status == "denied" and detail.field in ("date", "response"):
        return detail.field == "date" or not detail.asserter
    if detail.field == "affected" and detail.value.get("unit") != "organizations":
        most = max((tally.number(other.lead) for other in others), default=0)
        return tally.number(detail.lead) < _HANDFUL <= most / 10
    return False


def _piece(claim: LedgerClaim) -> bool:
    """Whether the words are the middle of a longer name: "Health Privacy" of "Federal Health
    Privacy Office"."""
    if claim.claim.evidence.where == "title" or headline_case(claim.claim.sentence.quote):
        return False
    words = re.escape(claim.claim.evidence.quote)
    return bool(re.search(rf"[A-Z][a-z]{{1,30}} {words} [A-Z][a-z]", claim.claim.sentence.quote))
