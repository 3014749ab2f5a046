"""Claims of one fact → for each, when the same was last said and which article said otherwise.

In: the claims of a detail. Out: the two keys that a claim has beside its own in the wire format.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from breachwire.model import AsserterKind, LedgerClaim

_KNOWS: Final[Mapping[AsserterKind | None, int]] = {
    "victim": 3,
    "authority": 3,
    "researcher": 2,
    "attacker": 0,
}
"""Whose word leads, as in the rules that consolidate claims; all others 1."""


def of(claim: LedgerClaim, claims: Sequence[LedgerClaim]) -> dict[str, Any]:
    """`last_said`: when the newest article said the same (value and status); `replaced_by`: the
    next later article that said otherwise on the word of somebody who knows no less, else None."""
    last = max(one.said_at for one in claims if _said(one) == _said(claim))
    later = [
        one
        for one in claims
        if one.said_at > claim.said_at
        and _said(one) != _said(claim)
        and _knows(one) >= _knows(claim)
    ]
    following = min(later, key=lambda one: one.said_at, default=None)
    return {
        "last_said": last.isoformat(),
        "replaced_by": str(following.claim.evidence.article) if following else None,
    }


def _said(claim: LedgerClaim) -> tuple[str, str]:
    """Names are one party's however they are spelled: of a text, the status alone counts."""
    value = claim.claim.value
    return (str(sorted(value.items())) if isinstance(value, dict) else "", claim.claim.status)


def _knows(claim: LedgerClaim) -> int:
    return _KNOWS.get(claim.claim.asserter_kind, 1)
