"""Statuses: claimed, denied and disputed never come out as confirmed."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from breachwire.model import Claim
from breachwire.testing import an_article
from nlp import claims


def extract(title: str, text: str = "") -> list[Claim]:
    at = datetime(2026, 3, 25, 9, 0, tzinfo=UTC)
    return list(claims.extract(an_article(7, title, text, source="Daily", at=at, family="Daily")))


def one(field: str, title: str, text: str = "") -> Claim:
    return next(claim for claim in extract(title, text) if claim.field == field)


CONFIRMED = [
    ("Orbiqon confirms data breach", "", "Orbiqon"),
    ("Breach at Orbiqon", "Orbiqon said attackers stole customer data.", "Orbiqon"),
    (
        "Orbiqon Data Breach",
        "The company is notifying customers that hackers accessed names.",
        "The company",
    ),
]


@pytest.mark.parametrize(("title", "text", "asserter"), CONFIRMED)
def test_the_victims_word_confirms(title: str, text: str, asserter: str) -> None:
    claim = one("victim", title, text)
    assert (claim.status, claim.asserter, claim.asserter_kind) == ("confirmed", asserter, "victim")


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("volume", "Velvetfang claims to have stolen 4 TB of data from Orbiqon."),
        ("volume", "The hackers claim the theft of 4 TB of data from Orbiqon."),
        ("affected", "The gang claimed it stole records of 9 million people from Orbiqon."),
        (
            "volume",
            "Orbiqon is investigating the attack as Velvetfang claimed the theft of 4 TB of data.",
        ),
        ("volume", "Orbiqon confirmed a breach after hackers claimed to have stolen 4 TB of data."),
        (
            "affected",
            "Orbiqon confirmed the breach; the extortion group claims it holds 9 million records.",
        ),
        (
            "affected",
            "A person claiming to be behind the attack offered to sell 9 million Orbiqon records.",
        ),
    ],
)
@pytest.mark.parametrize("casing", [str, str.lower])
def test_an_attackers_word_only_claims(field: str, text: str, casing: type[str]) -> None:
    assert one(field, casing("Orbiqon hit by cyberattack"), casing(text)).status == "claimed"


@pytest.mark.parametrize(
    "text",
    [
        "Orbiqon said no passwords were exposed in the breach.",
        "Orbiqon confirmed a breach but said that no customer passwords were accessed.",
        "Orbiqon said the attackers did not access passwords.",
        "Orbiqon denies that passwords were stolen.",
    ],
)
def test_a_denial_denies(text: str) -> None:
    claim = next(
        c for c in extract("Orbiqon says breach contained", text) if c.value == "credentials"
    )
    assert (claim.status, claim.asserter) == ("denied", "Orbiqon")


def test_who_says_they_stole_it_is_no_victim() -> None:
    text = (
        "An extortion crew that calls itself Velvetfang said on Wednesday that it had stolen 4 TB."
    )
    claim = one("volume", "Data of Orbiqon offered online", text)
    assert (claim.status, claim.asserter, claim.asserter_kind) == (
        "claimed",
        "Velvetfang",
        "attacker",
    )
    assert "Velvetfang" not in [c.value for c in extract("Breach", text) if c.field == "victim"]


def test_a_negation_of_something_else_denies_nothing() -> None:
    text = "Orbiqon has not said how many customers had names and passwords stolen in the breach."
    statuses = {claim.status for claim in extract("Orbiqon confirms breach", text)}
    assert "denied" not in statuses


def test_claimed_actor_beside_a_confirmed_breach() -> None:
    text = (
        "Orbiqon confirmed a breach after a cyberattack claimed by the Velvetfang extortion gang."
    )
    assert one("victim", "Orbiqon confirms breach", text).status == "confirmed"
    actor = one("actor", "Orbiqon confirms breach", text)
    assert actor.status == "claimed"
    assert actor.asserter_kind == "attacker"


def test_researchers_only_report() -> None:
    text = "Researchers discovered that attackers stole credentials from Orbiqon."
    claim = next(c for c in extract("Orbiqon breached", text) if c.value == "credentials")
    assert (claim.status, claim.asserter_kind) == ("reported", "researcher")


def test_a_filing_is_named_as_basis() -> None:
    text = "Orbiqon said in a filing with the attorney general that 5,000 patients were affected."
    claim = one("affected", "Orbiqon discloses data breach", text)
    assert (claim.status, claim.basis) == ("confirmed", "filing")


def test_a_flat_statement_is_reported() -> None:
    claim = one("affected", "Breach at Orbiqon Affects 5,000 Patients", "Hackers stole names.")
    assert (claim.status, claim.asserter) == ("reported", None)
