"""The set of hard sentences is what its docstring says, and its figures count what they name."""

from __future__ import annotations

from collections import Counter
from typing import get_args

import pytest

from breachwire.model import Field, Status
from evals import statuses
from evals.statuses import Outcome
from nlp import claims

ROWS = statuses.sentences()


def test_enough_sentences_of_each_weak_status_in_each_half() -> None:
    held = Counter(
        (status, row["half"]) for row in ROWS for status in {f["status"] for f in row["facts"]}
    )
    for status in statuses.WEAK:
        assert held[status, "tune"] >= 30, status
        assert held[status, "hold"] >= 30, status
    for status in ("confirmed", "reported"):
        facts = [f for row in ROWS for f in row["facts"] if f["status"] == status]
        assert len(facts) >= 50, status


def test_every_fact_is_in_its_item() -> None:
    assert len({row["id"] for row in ROWS}) == len(ROWS)
    for row in ROWS:
        for fact in row["facts"]:
            assert fact["field"] in get_args(Field), row["id"]
            assert fact["status"] in get_args(Status), row["id"]
            for words in (fact["text"], fact["asserter"]):
                assert not words or words in row["title"] or words in row["text"], row["id"]


@pytest.fixture(scope="module")
def confirmed() -> Outcome:
    """A plain confirmed fact, found."""
    item = {
        "id": "plain-01", "title": "Acme Bank confirms data breach", "hard": "plain",
        "text": "Acme Bank confirmed that 4,000 customers were affected.", "half": "tune",
    }  # fmt: skip
    found = claims.extract(statuses.article_of(item, 1))
    claim = next(c for c in found if c.field == "affected")
    fact = {"field": "affected", "text": "4,000", "status": "confirmed", "asserter": "Acme Bank"}
    return Outcome(item, fact, claim)


def test_a_weak_fact_given_as_confirmed_counts_as_strengthened(confirmed: Outcome) -> None:
    assert confirmed.claim is not None
    assert confirmed.claim.status == "confirmed"
    wrong = Outcome(confirmed.item, {**confirmed.fact, "status": "denied"}, confirmed.claim)
    missed = Outcome(confirmed.item, {**confirmed.fact, "status": "claimed"}, None)
    figures = statuses.figures([confirmed, wrong, missed])
    assert figures["found"] == 2
    assert figures["status"] == 0.5
    assert figures["strengthened"] == [1, 1, 0.5]
    assert figures["statuses"]["denied"] == [0, 1, 1]
    assert figures["statuses"]["claimed"] == [0, 0, 1]
    assert statuses.confusions([confirmed, wrong, missed])["plain"] == {
        "right": 1,
        "denied as confirmed": 1,
    }
