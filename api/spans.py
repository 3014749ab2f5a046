"""Claims of one fact → for each, when the same was last said and which article said otherwise.

In: the claims of a detail. Out: the two keys that a claim has beside its own in the wire format.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any, Final

from breachwire.model import AsserterKind, LedgerClaim

_KNOWS: Final[Mapping[AsserterKind | None, int]] = {
    "victim": 3,
    "authority": 3,
    "researcher": 2,
    "attacker": 0,
}
"""Whose word leads, as in the rules that consolidate claims; all others 1."""


_Said = tuple[str, str]
_Next = tuple[int, int | None]
"""Places of the next claim on a level of knowing, and of the next that says otherwise than it."""


def of(claims: Sequence[LedgerClaim]) -> list[dict[str, Any]]:
    """For each claim, in order.

    `last_said`: when the newest article said the same (value and status); `replaced_by`: the next
    later article that said otherwise on the word of somebody who knows no less, else None. In one
    pass back through time: a thread may have a thousand claims on one count.
    """
    said = [_said(claim) for claim in claims]
    last: dict[_Said, datetime] = {}
    for own, claim in zip(said, claims, strict=True):
        last[own] = max(last.get(own, claim.said_at), claim.said_at)
    return [
        {
            "last_said": last[own].isoformat(),
            "replaced_by": None if n is None else str(claims[n].claim.evidence.article),
        }
        for own, n in zip(said, _following(claims, said), strict=True)
    ]


def _following(claims: Sequence[LedgerClaim], said: Sequence[_Said]) -> list[int | None]:
    """For each claim, the place of the next strictly later one that replaces it."""
    found: list[int | None] = [None] * len(claims)
    levels: dict[int, _Next] = {}
    backwards = sorted(range(len(claims)), key=lambda n: (claims[n].said_at, n), reverse=True)
    for _, group in groupby(backwards, key=lambda n: claims[n].said_at):
        at_once = list(group)
        for n in at_once:
            others = [
                first if said[first] != said[n] else second
                for level, (first, second) in levels.items()
                if level >= _knows(claims[n])
            ]
            known = [one for one in others if one is not None]
            found[n] = min(known, key=lambda one: (claims[one].said_at, one), default=None)
        for n in at_once:
            level = _knows(claims[n])
            first, second = levels.get(level, (n, None))
            levels[level] = (n, first if said[first] != said[n] else second)
    return found


def _said(claim: LedgerClaim) -> _Said:
    """Names are one party's however they are spelled: of a text, the status alone counts."""
    value = claim.claim.value
    return (str(sorted(value.items())) if isinstance(value, dict) else "", claim.claim.status)


def _knows(claim: LedgerClaim) -> int:
    return _KNOWS.get(claim.claim.asserter_kind, 1)
