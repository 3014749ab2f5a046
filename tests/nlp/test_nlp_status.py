"""Statuses: claimed, denied and disputed never come out as confirmed."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache

import pytest

from breachwire.model import Article, Claim
from breachwire.testing import an_article
from evals import statuses
from nlp import claims


def article(title: str, text: str) -> Article:
    at = datetime(2026, 3, 25, 9, 0, tzinfo=UTC)
    return an_article(7, title, text, source="Daily", at=at, family="Daily")


def extract(title: str, text: str = "") -> list[Claim]:
    return list(claims.extract(article(title, text)))


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


CLAUSES = [
    (
        "claimed",
        "data_type",
        "The Velvetfang gang said it copied passport scans from Orbiqon.",
        "Velvetfang",
    ),
    ("claimed", "volume", "4 TB of Orbiqon data was put up for sale by the Velvetfang gang.", None),
    (
        "claimed",
        "volume",
        "The Velvetfang gang leaked 4 TB of data allegedly stolen from Orbiqon.",
        "Velvetfang",
    ),
    (
        "confirmed",
        "affected",
        "5,000 patients were affected by the breach, Orbiqon said.",
        "Orbiqon",
    ),
    (
        "confirmed",
        "affected",
        "Orbiqon, which runs 1,428 shops, said 5,000 customers were affected by the breach.",
        "Orbiqon",
    ),
    (
        "reported",
        "affected",
        "The breach hit 5,000 customers, according to researchers.",
        "researchers",
    ),
    (
        "denied",
        "data_type",
        "Passport scans, which the notice had left open, were not taken, Orbiqon said.",
        "Orbiqon",
    ),
]


@pytest.mark.parametrize(("status", "field", "text", "asserter"), CLAUSES)
def test_a_fact_takes_the_status_of_the_act_it_stands_in(
    status: str, field: str, text: str, asserter: str | None
) -> None:
    claim = one(field, "Data breach at Orbiqon", text)
    assert claim.status == status
    assert asserter is None or asserter in (claim.asserter or "")


def test_a_denial_denies_its_own_clause_alone() -> None:
    text = (
        "Orbiqon confirmed that names were exposed in the breach but said passwords were not taken."
    )
    found = {c.value: c.status for c in extract("Orbiqon breach", text) if c.field == "data_type"}
    assert found == {"names": "confirmed", "credentials": "denied"}


def test_what_nobody_could_verify_stays_a_claim() -> None:
    text = (
        "Velvetfang claims to have stolen 4 TB of data from Orbiqon. The company said it could not "
        "verify that 4 TB of data was taken."
    )
    assert one("volume", "Orbiqon responds", text).status == "claimed"


def test_a_claim_that_the_other_side_rejects_is_disputed() -> None:
    text = (
        "Velvetfang claims to have stolen 4 TB of data from Orbiqon. Orbiqon said it was not "
        "breached and that the data is fake."
    )
    found = extract("Orbiqon denies data breach", text)
    assert {c.status for c in found if c.field in ("volume", "victim")} == {"disputed"}


def test_claimed_here_and_denied_there_is_disputed() -> None:
    text = (
        "Orbiqon disclosed a data breach. Velvetfang claims to have stolen passport scans. "
        "Orbiqon said that no passport scans were stolen."
    )
    claim = next(c for c in extract("Orbiqon breach", text) if c.value == "ssn_or_id")
    assert (claim.status, claim.asserter) == ("disputed", "Velvetfang")


def variants(text: str) -> list[str]:
    """The same words, otherwise set: quotes straight or curly, spaces, dashes, no full stop."""
    curly = text.replace("'", "’")
    return [curly, text + "  ", "  " + text, text.rstrip("."), text.replace(" - ", " — ")]


SET = [(row["title"], row["text"]) for row in statuses.sentences("tune")]


@cache
def statuses_of(title: str, text: str) -> dict[tuple[str, str], str]:
    return {(c.field, str(c.value)): c.status for c in extract(title, text)}


def all_statuses(texts: list[tuple[str, str]]) -> list[dict[tuple[str, str], str]]:
    """Of each; read at once as the threader does, which is half of what one by one costs."""
    claims.expect([article(*both) for both in texts])
    return [statuses_of(*both) for both in texts]


@pytest.fixture(scope="module")
def as_written() -> list[dict[tuple[str, str], str]]:
    return all_statuses(SET)


@pytest.mark.parametrize("number", range(5))
def test_statuses_survive_punctuation(
    number: int, as_written: list[dict[tuple[str, str], str]]
) -> None:
    """A model finds the facts and parties: a dash may lose one in fifty, or who speaks of one in a
    hundred. None comes out as confirmed that was not."""
    lost = changed = total = 0
    others = all_statuses([(title, variants(text)[number]) for title, text in SET])
    for (_, text), plain, other in zip(SET, as_written, others, strict=True):
        both = plain.keys() & other.keys()
        apart = [key for key in both if other[key] != plain[key]]
        assert "confirmed" not in [other[key] for key in apart], text
        lost, changed = lost + len(plain) - len(both), changed + len(apart)
        total += len(plain)
    assert total > 300
    assert lost <= total * 0.02
    assert changed <= total * 0.01


def lowered(row: statuses.Row) -> statuses.Row:
    facts = [{**fact, "text": fact["text"].lower()} for fact in row["facts"]]
    return {**row, "title": row["title"].lower(), "text": row["text"].lower(), "facts": facts}


def test_lower_case_makes_no_claim_or_denial_firmer() -> None:
    """Names are lost with the capitals; what is found stays as weak as it was, but for a few."""
    rows = [lowered(row) for row in statuses.sentences("tune")]
    claims.expect([statuses.article_of(row, n) for n, row in enumerate(rows, 1)])
    found = list(statuses.outcomes_of(rows))
    hits = [outcome for outcome in found if outcome.claim]
    assert len(hits) > 60
    assert sum(outcome.strengthened for outcome in hits) <= len(hits) * 0.03


CLAUSES = [
    (
        "attack_type", "confirmed",
        "Tarnmere Payroll said thieves stole names. Tarnmere Payroll said they entered with the "
        "stolen password of an employee whose account did not require a second factor.",
        "stolen_credentials",
    ),
    (
        "affected", "confirmed",
        "Tarnmere Payroll said the breach, which has no end in sight, affected 7,000 customers.",
        {"number": 7000, "unit": "customers"},
    ),
    (
        "data_type", "denied",
        "Tarnmere Payroll confirmed that names were stolen. Payment details are held in another "
        "system and were not touched, Tarnmere Payroll said.",
        "financial",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("field", "status", "text", "value"), CLAUSES)
def test_a_denial_is_of_its_own_clause(field: str, status: str, text: str, value: object) -> None:
    found = extract("Tarnmere Payroll discloses breach", text)
    assert [c.status for c in found if c.field == field and c.value == value] == [status]


def test_an_officer_who_tells_speaks_for_the_victim() -> None:
    text = (
        "Tarnmere Freight refused to pay a ransom of $2.5 million to the crew that stole its "
        "records, chief executive Sunna Raske told investors on Tuesday. "
        "Raske said that the thieves copied records of 11,400 customers. "
        "The crew claims to have stolen more."
    )
    found = extract("Tarnmere Freight refused ransom after breach", text)
    said = {c.field: c for c in found if c.field in ("money", "affected")}
    assert said["money"].status == "confirmed"
    assert (said["affected"].status, said["affected"].asserter) == ("confirmed", "Raske")


ATTACKERS_SIDE = [
    (
        "affected", "Orbiqon breach exposes 3 million accounts",
        "The Velvetfang extortion group has published personal information in more than 3 million"
        " records allegedly stolen from Orbiqon.",
    ),
    (
        "victim", "Hacktivists claim to have hacked Orbiqon",
        'A group calling itself "Quiet Harbour" claimed to have hacked Orbiqon (ORB), leaking'
        " allegedly stolen documents.",
    ),
    (
        "affected", "Orbiqon investigating as hackers leak 600K customer records",
        "Velvetfang, a data extortion group, claims to have stolen more than 600,000 Orbiqon"
        " customer records. Orbiqon told reporters the data set appears to relate to past orders"
        " and that it has not found evidence of a breach of its own systems.",
    ),
    (
        "attack_type", "Tervana confirms breach of card unit after ransomware claims", "",
    ),
    (
        "affected", "Gradeway Breach Disrupts Schools",
        "The breach at Gradeway disrupts schools today, after a crime group defaced its login page"
        " with a note that threatened to leak data of 75 million students.",
    ),
    (
        "actor", "Orbiqon confirms employee data breach",
        "Orbiqon confirmed that a hacker stole employee data after it was listed on the Velvetfang"
        " extortion gang's data leak site.",
    ),
    ("affected", "Hackers Offer to Sell 2 Million Orbiqon User Records",
     "Orbiqon has confirmed that the stolen data is up for sale."),
]  # fmt: skip


@pytest.mark.parametrize(("field", "title", "text"), ATTACKERS_SIDE)
def test_what_is_the_attackers_is_not_confirmed(field: str, title: str, text: str) -> None:
    found = [claim for claim in extract(title, text) if claim.field == field]
    assert found
    assert "confirmed" not in {claim.status for claim in found}


def test_what_a_victim_publishes_about_it_is_its_word() -> None:
    told = "Orbiqon has published a post-mortem of the breach, in which names were stolen."
    assert one("victim", "Breach at Orbiqon", told).status == "confirmed"
