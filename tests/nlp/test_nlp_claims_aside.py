"""What stands beside an incident and is none of it: prices, causes, what something else touches,
what was supposed and taken back. Invented stories."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from breachwire.model import Claim, LedgerClaim
from breachwire.testing import an_article
from nlp import claims, details

AT = datetime(2026, 11, 2, tzinfo=UTC)
BREACH = "Orbiqon confirms data breach"
LEAD = "Orbiqon said on Monday that hackers copied data of 12,000 guests. "


def extract(title: str, text: str) -> list[Claim]:
    return list(claims.extract(an_article(1, title, text, source="Daily", at=AT)))


def of(field: str, title: str, text: str) -> dict[str, str]:
    """Statuses by value."""
    return {str(c.value): c.status for c in extract(title, text) if c.field == field}


SALE = "Hacker offers 2.3 million guest records said to come from Orbiqon Inns"
OFFER = (
    "A seller on the Tarnmarsh crime forum is offering what he says are 2.3 million guest records"
    " of Orbiqon Inns, a chain with 90 houses, for $45,000. {} The seller posted 400 rows as proof."
)


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        ("The company denies that it was breached.", "claimed"),
        ("The company denies that it was breached or that it was asked for money.", "disputed"),
    ],
)
def test_who_denies_the_breach_does_not_deny_the_price(answer: str, status: str) -> None:
    said = extract(SALE, OFFER.format(answer))
    (price,) = [claim for claim in said if claim.field == "money"]
    assert price.status == status
    assert {c.status for c in said if c.field == "affected"} == {"disputed"}
    (detail,) = details.consolidate([LedgerClaim(price, "t", AT, AT)])
    assert detail.label == "Price asked"


def test_the_cause_that_is_given_instead_is_no_kind_of_attack() -> None:
    title = "It wasn't hackers: Botched update darkened 9,000 homes, utility says"
    text = (
        "The power failure on Friday evening was caused by a faulty software update and not by"
        " hackers, Penrow Light & Gas said Saturday. A technician loaded the wrong file, according"
        ' to operations chief Ada Morrow. "There was no intrusion, no attack," Morrow said.'
        " Rumors spread quickly, helped by a made-up screenshot of a ransom note."
    )
    assert set(of("victim", title, text).values()) <= {"denied"}
    assert of("attack_type", title, text) == {"unknown_intrusion": "denied"}


def test_the_victims_letter_says_how_they_got_in() -> None:
    text = (
        "Orbiqon County has filed its notice with the attorney general: 4,112 people. According to"
        ' the letter, the attackers logged in to the gateway "using valid credentials of a clerk."'
    )
    ways = of("attack_type", "Orbiqon County: 4,112 notified after attack", text)
    assert ways["stolen_credentials"] == "confirmed"


def test_what_is_taken_back_at_once_was_not_the_way_in() -> None:
    text = (
        LEAD + "How they got in has been the subject of some guessing, given the flaw in Norvex's"
        " Gatekeep gateway. {} The company closed the gateway."
    )
    held = of("third_party", BREACH, text.format("It was patched in May."))
    assert held.get("Norvex") != "denied"
    assert "Norvex" not in of("third_party", BREACH, text.format("It was not that."))


@pytest.mark.parametrize(
    ("sentence", "number"),
    [
        ("The pause, which began on Thursday, touches about 7,000 contractors.", 7000),
        ("The stolen tokens were split over 212 addresses within an hour.", 212),
        ("They hold names and the last four digits of payment cards.", 4),
    ],
)
def test_counts_of_something_else(sentence: str, number: int) -> None:
    values = [c.value["number"] for c in extract(BREACH, LEAD + sentence) if c.field == "affected"]
    assert 12_000 in values
    assert number not in values


def test_what_a_flaw_lets_anybody_read_is_not_what_was_taken() -> None:
    text = (
        "Norvex on Monday patched a flaw that attackers used to steal documents from law firms. A"
        " visitor without an account can read any file, including the key to session cookies."
    )
    kinds = of("data_type", "Norvex fixes zero-day used to steal documents", text)
    assert "internal_documents" in kinds
    assert "credentials" not in kinds


def test_who_stops_work_with_the_victim_was_not_hit() -> None:
    text = (
        "Brightmoor, one of the largest labs, has paused all of its work with Orbiqon after a"
        " breach at the supplier, internal messages show. Brightmoor confirmed the pause."
        " Orbiqon said that hackers copied data of 12,000 contractors."
    )
    hit = of("victim", "Brightmoor pauses work with Orbiqon after breach", text)
    assert hit == {"Orbiqon": "confirmed"}


@pytest.mark.parametrize(
    "sentence",
    [
        "Experts found no records beyond those of the 12,000 guests already notified.",
        "It found nothing other than records of the 12,000 guests.",
        "It will tell all 12,000 guests and pay for their passports if no records are published.",
    ],
)
def test_what_goes_no_further_is_not_denied(sentence: str) -> None:
    text = f"Orbiqon, a hotel chain, was breached in May. {sentence}"
    status = of("affected", BREACH, text)["{'number': 12000, 'unit': 'people'}"]
    assert status not in ("denied", "disputed")


def test_who_avoids_a_word_denies_nothing() -> None:
    text = LEAD + "The mayor would not use the word ransomware at a news conference."
    assert of("attack_type", BREACH, text).get("ransomware") != "denied"


def test_what_is_said_after_a_speaker_is_not_the_speakers() -> None:
    text = (
        'There has been "no compromise of any Orbiqon system," the chain told us, a day after a'
        " forum seller published rows of what look very much like its guest records."
    )
    kinds = of("data_type", "Orbiqon: we weren't hacked", text)
    assert kinds["customer_records"] != "confirmed"


def test_no_date_is_denied() -> None:
    text = LEAD + "Orbiqon denied that names were stolen on October 3."
    assert "denied" not in of("date", BREACH, text).values()
