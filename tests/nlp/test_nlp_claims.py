"""Claims: who was hit, by whom, what was taken, as exact words with offsets. Invented stories."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from breachwire.model import Article, Claim
from breachwire.testing import an_article
from nlp import claims


def article(title: str, text: str = "") -> Article:
    at = datetime(2026, 3, 25, 9, 0, tzinfo=UTC)
    return an_article(7, title, text, source="Daily", at=at, family="Daily")


def found(title: str, text: str = "") -> dict[str, list[Any]]:
    values: dict[str, list[Any]] = {}
    for claim in claims.extract(article(title, text)):
        values.setdefault(claim.field, []).append(claim.value)
    return values


@pytest.mark.parametrize(
    ("title", "text", "victim"),
    [
        ("Orbiqon confirms data breach", "", "Orbiqon"),
        ("Data Breach at Wexley Memorial Hospital Affects 40,000", "", "Wexley Memorial Hospital"),
        ("160,000 Impacted by Tervana Data Breach", "", "Tervana"),
        ("Toy Giant Plimbo Hit by Ransomware Attack", "", "Plimbo"),
        ("Hackers breached Orbiqon and stole source code", "", "Orbiqon"),
        ("Krellbank Customers’ Data Stolen in Cyberattack", "", "Krellbank"),
        ("Lawsuit filed against Tervana over data breach", "", "Tervana"),
        ("Breach news", "Attackers stole customer data from Orbiqon last week.", "Orbiqon"),
    ],
)
def test_victims(title: str, text: str, victim: str) -> None:
    assert found(title, text)["victim"] == [victim]


def test_lists_of_victims() -> None:
    text = "Data breaches were disclosed by Orbiqon, Tervana Health, and Krellbank."
    assert found("Three Firms Report Breaches", text)["victim"] == [
        "Orbiqon",
        "Tervana Health",
        "Krellbank",
    ]


@pytest.mark.parametrize(
    ("text", "actor"),
    [
        ("The attack on Orbiqon was claimed by the Velvetfang ransomware gang.", "Velvetfang"),
        ("Velvetfang claimed responsibility for the breach at Orbiqon.", "Velvetfang"),
        ("A threat actor tracked as UNC9931 hacked Orbiqon.", "UNC9931"),
        ("Orbiqon was breached by the APT28 hackers.", "APT28"),
        ("Orbiqon was hit by North Korean hackers.", "North Korean hackers"),
    ],
)
def test_actors(text: str, actor: str) -> None:
    assert found("Orbiqon hit by cyberattack", text)["actor"] == [actor]


def test_the_way_in_is_no_victim() -> None:
    values = found("Orbiqon discloses data breach after Bellmark hack")
    assert values["victim"] == ["Orbiqon"]
    assert values["third_party"] == ["Bellmark"]


def test_every_field_of_one_story() -> None:
    values = found(
        "Orbiqon says ransomware attack exposed data of 24,937 patients",
        "Orbiqon said hackers stole names, Social Security numbers and medical records on March 3, "
        "2026, through CVE-2026-11223. The Velvetfang ransomware gang claimed the theft of 3.5 TB "
        "and demanded a $2 million ransom. The hospital operator is notifying affected patients.",
    )
    assert values["victim"] == ["Orbiqon"]
    assert values["actor"] == ["Velvetfang"]
    assert {"number": 24937, "unit": "people"} in values["affected"]
    assert values["volume"] == [{"bytes": 3_500_000_000_000}]
    assert {"names", "ssn_or_id", "medical"} <= set(values["data_type"])
    assert "ransomware" in values["attack_type"]
    assert values["cve"] == ["CVE-2026-11223"]
    assert values["money"] == [{"amount": 2_000_000, "currency": "USD", "kind": "ransom_demand"}]
    assert "2026-03-03" in values["date"]
    assert "notified_people" in values["response"]


@pytest.mark.parametrize(
    ("title", "text"),
    [
        (
            "Critical Zorbex Vulnerability Lets Attackers Run Code",
            "Zorbex has patched a flaw that could expose customer data.",
        ),
        (
            "Zorbex unveils new firewall",
            "The product protects names, emails and credit cards. It costs $900.",
        ),
        ("Senate Debates Privacy Bill", "The bill would fund 3 TB of storage for $5 million."),
    ],
)
def test_no_incident_gives_no_victim_data_money_or_volume(title: str, text: str) -> None:
    assert not found(title, text).keys() & {"victim", "data_type", "money", "volume"}


def test_relative_dates_count_from_publication() -> None:
    text = (
        "Orbiqon said hackers breached its systems last month. It disclosed the attack on Monday."
    )
    assert found("Orbiqon confirms breach", text)["date"] == ["2026-02", "2026-03-23"]


def test_older_incidents_are_left_out_of_long_articles() -> None:
    text = (
        "Orbiqon confirmed a breach. It affects 5,000 customers. The firm is investigating. "
        "Police were told. In 2021, Orbiqon suffered a breach that exposed 9 million customers."
    )
    counts = found("Orbiqon confirms breach", text)["affected"]
    assert counts == [{"number": 5000, "unit": "customers"}]


def placeholder(bound: str | None) -> bool:
    return bound == "placeholder"


def test_the_placeholder_of_health_filings_is_marked() -> None:
    text = "Tervana Health reported to the HHS breach portal that 501 individuals were affected."
    (claim,) = [
        c
        for c in claims.extract(article("Tervana Health discloses data breach", text))
        if c.field == "affected"
    ]
    assert placeholder(claim.bound)


def cut(claim: Claim, source: Article) -> None:
    for evidence in (claim.evidence, claim.sentence):
        words = source.title if evidence.where == "title" else source.text
        assert words[evidence.start : evidence.end] == evidence.quote
    assert claim.evidence.quote in claim.sentence.quote
    if claim.asserter is not None:
        assert claim.asserter in source.title or claim.asserter in source.text


PIECES = [
    "Orbiqon",
    "confirms",
    "data breach",
    "hackers",
    "claim",
    "stole",
    "İstanbul",
    "ÅRE Bank",
    "“",
    "”",
    "’s",
    "\ue000",
    "2.5 million",
    "patients",
    "TB",
    "$9M",
    "not",
    "denied",
    "by",
    "the",
    "Velvetfang",
    "ransomware",
    "gang",
    ".",
    ",",
    "\n",
    " and ",
    "U.S.",
    "CVE-2026-1234",
    "on Monday",
    "😀",
    "&",
]
FACT = "Hackers stole names of 4,000 patients of Orbiqon."
COUNT = {"number": 4000, "unit": "people"}


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.sampled_from(PIECES), max_size=40), st.lists(st.sampled_from(PIECES), max_size=60)
)
def test_quotes_are_always_the_slice(title: list[str], text: list[str]) -> None:
    source = article(" ".join(title), f"{FACT}\n{' '.join(text)}")
    said = claims.extract(source)
    assert COUNT in [claim.value for claim in said]
    for claim in said:
        cut(claim, source)


@pytest.mark.parametrize("change", [str.upper, str.lower, str.title])
def test_any_casing_works(change: Callable[[str], str]) -> None:
    source = article(change("Orbiqon confirms data breach"), change(FACT))
    said = claims.extract(source)
    values = {(claim.field, str(claim.value).lower()) for claim in said}
    assert values >= {("victim", "orbiqon"), ("affected", str(COUNT)), ("data_type", "names")}
    for claim in said:
        cut(claim, source)


UNITS = [
    "a",
    "aaaa ",
    "A",
    "Aa ",
    "1",
    "1,1 ",
    "the ",
    "hackers ",
    '". ',
    "no ",
    "$1 million ",
    "breach at ",
    "A-",
    "((",
    "&",
    "Acme, ",
    "\n",
    " ",
    "claims to ",
    "İ",
    "\ue000",
    "of the ",
]


@pytest.mark.parametrize("unit", UNITS)
def test_hostile_text_has_few_claims_and_each_cuts_its_quote(unit: str) -> None:
    text = f"Hackers stole names. {(unit * 200_000)[:200_000]}"
    source = article(f"Orbiqon confirms data breach {text[:900]}", text)
    said = claims.extract(source)
    assert len(said) <= sum(claims.MOST.values())
    for claim in said:
        whole = source.title if claim.evidence.where == "title" else source.text
        assert whole[claim.evidence.start : claim.evidence.end] == claim.evidence.quote


@pytest.mark.parametrize(
    "line",
    [
        "ESTERMARK - ",
        "PORT SELLICK, Sept. 2 (Harrow Wire) - ",
        "CARROW BAY, Oct 7 (Harrow Wire) — ",
        "Harrow Wire reports:\nCARROW BAY - ",
    ],
)
def test_a_dateline_is_no_part_of_its_sentence(line: str) -> None:
    text = f"{line}Orbiqon said that hackers stole data of 4,000 patients. It told them."
    said = claims.extract(article("Orbiqon loses data", text))
    assert [claim.value for claim in said if claim.field == "victim"] == ["Orbiqon"]
    sentences = {claim.sentence.quote for claim in said if claim.sentence.where == "text"}
    assert any(quote.startswith("Orbiqon said") for quote in sentences)
    assert not any(
        "ESTER" in quote or "CARROW" in quote or "SELLICK" in quote for quote in sentences
    )


def test_who_tells_of_an_attack_is_no_party_to_it() -> None:
    text = (
        "Brindle County said ransomware shut down its computers. County manager Leota Pruitt said"
        " that staff found files locked. Pruitt said the county will not pay the hackers."
    )
    values = found("Brindle County hit by ransomware attack", text)
    parties = [*values["victim"], *values.get("actor", []), *values.get("third_party", [])]
    assert parties == ["Brindle County"]
