"""Until when a claim was said, and what replaced it: the one pass against the plain definition."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from api import spans
from breachwire.model import Claim, Evidence, LedgerClaim

KNOWS = {"victim": 3, "authority": 3, "researcher": 2, "attacker": 0, None: 1}
NOW = datetime(2026, 11, 1, tzinfo=UTC)


def claim(article: int, number: int, status: str, kind: Any, hour: int) -> LedgerClaim:
    quote = Evidence(article, "text", 0, 1, "x")
    at = NOW + timedelta(hours=hour)
    value = {"number": number, "unit": "people"}
    made = Claim("affected", value, None, status, None, kind, None, quote, quote)  # type: ignore[arg-type]
    return LedgerClaim(made, "t", at, at)


def plainly(one: LedgerClaim, all_: list[LedgerClaim]) -> dict[str, Any]:
    """What the wire format promises, said as it stands there."""

    def same(other: LedgerClaim) -> bool:
        a, b = one.claim, other.claim
        return (a.value, a.status) == (b.value, b.status)

    later = [
        other
        for other in all_
        if other.said_at > one.said_at
        and not same(other)
        and KNOWS[other.claim.asserter_kind] >= KNOWS[one.claim.asserter_kind]
    ]
    after = min(later, key=lambda other: other.said_at, default=None)
    return {
        "last_said": max(other.said_at for other in all_ if same(other)).isoformat(),
        "replaced_by": str(after.claim.evidence.article) if after else None,
    }


@given(
    st.lists(
        st.tuples(
            st.integers(1, 3),
            st.sampled_from(["claimed", "confirmed"]),
            st.sampled_from(list(KNOWS)),
            st.integers(0, 5),
        ),
        max_size=9,
    )
)
def test_one_pass_says_what_the_definition_says(rows: list[Any]) -> None:
    claims = [claim(n, *row) for n, row in enumerate(rows)]
    assert spans.of(claims) == [plainly(one, claims) for one in claims]
