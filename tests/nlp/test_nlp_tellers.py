"""Whose word leads a fact is told by the party's name; an attacker's figure stands behind."""

from __future__ import annotations

import pytest

from nlp import details
from tests.nlp.test_nlp_details import claim, people

HIT = [
    claim("victim", "Wendle County", "confirmed", kind="victim", asserter="Wendle County"),
    claim("actor", "Grey Ferrule", "claimed", kind="attacker", asserter="Grey Ferrule"),
]


def teller(asserter: str, kind: str = "victim", *others: object) -> str | None:
    own = claim("data_type", "names", "confirmed", kind=kind, asserter=asserter)
    found = details.consolidate([*HIT, *others, own])  # type: ignore[list-item]
    return next(detail.asserter for detail in found if detail.field == "data_type")


@pytest.mark.parametrize("words", ["the county", "The county", "the letter", "an amended report"])
def test_what_points_at_the_one_victim_is_told_by_its_name(words: str) -> None:
    assert teller(words) == "Wendle County"


def test_words_stay_where_an_article_names_two_victims_or_a_person_speaks() -> None:
    assert teller("the county", "victim", claim("victim", "Tarn City")) == "the county"
    assert teller("Leota Prowse") == "Leota Prowse"
    assert teller("a state official", "authority") == "a state official"


def test_an_attacker_is_told_by_its_name_a_headlines_noun_with_its_article() -> None:
    assert teller("Grey Ferrule ransomware group", "attacker") == "Grey Ferrule"
    assert teller("Seller", "attacker") == "the seller"


def test_an_attackers_count_stands_behind_the_victims() -> None:
    theirs = [
        claim("affected", people(2_300_000), "claimed", kind="attacker", article=n, where="title")
        for n in (1, 2, 3)
    ]
    own = claim("affected", people(1_700_000), "confirmed", kind="victim", article=4, day=9)
    found = [d.value["number"] for d in details.consolidate([*theirs, own])]
    assert found == [1_700_000, 2_300_000]


def test_where_one_report_has_it_as_old_data_its_figures_are_a_possible_repost() -> None:
    old = "A collection of 61 million records matches data stolen from a supplier in 2022."
    said = [
        claim("victim", "Trunnel", "reported", sentence=old),
        claim("volume", {"bytes": 7_900_000_000}, "claimed", kind="attacker", article=2),
        claim("affected", people(400), "confirmed", kind="victim", article=3),
    ]
    notes = {detail.field: detail.note or "" for detail in details.consolidate(said)}
    assert "repost" in notes["volume"]
    assert "repost" not in notes["affected"]


def test_what_the_victim_disputes_the_victim_does_not_say() -> None:
    said = claim("volume", {"bytes": 8}, "disputed", kind="victim", asserter="Wendle County")
    (detail,) = details.consolidate([said])
    assert (detail.status, detail.asserter) == ("disputed", None)


def test_a_denial_is_a_step_that_was_taken_whatever_it_denies() -> None:
    said = [
        claim("response", "denied", "denied", kind="victim", asserter="Wendle County"),
        claim("response", "denied", "disputed", article=2, day=1),
    ]
    (detail,) = details.consolidate([*HIT[:1], *said])[1:]
    assert (detail.value, detail.status, detail.asserter) == (
        "denied", "confirmed", "Wendle County",
    )  # fmt: skip
