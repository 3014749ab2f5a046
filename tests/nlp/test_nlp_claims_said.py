"""Whose word a fact is, where officers, letters and filings tell it; what nobody says though its
words stand there. Invented stories."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from breachwire.model import Claim
from breachwire.testing import an_article
from nlp import claims

AT = datetime(2026, 9, 18, 12, tzinfo=UTC)
COUNTY = (
    "Records of 83,000 people were stolen in a ransomware attack, Wendle County said Thursday. "
)


def extract(title: str, text: str) -> list[Claim]:
    return list(claims.extract(an_article(1, title, text, source="Daily", at=AT)))


def one(field: str, title: str, text: str) -> Claim:
    return next(claim for claim in extract(title, text) if claim.field == field)


@pytest.mark.parametrize(
    "teller",
    ["county manager Leota Prowse", "operations chief Barnaby Yarrow",
     "medical director Dr. Ada Wren", "chief information officer Niall Esper"],
)  # fmt: skip
def test_an_office_before_a_name_speaks_for_who_was_hit(teller: str) -> None:
    text = f"{COUNTY}For 12,400 of them the files hold Social Security numbers, {teller} said."
    data = {c.value: c for c in extract("83,000 records taken in county attack", text)
            if c.field == "data_type"}  # fmt: skip
    assert data["ssn_or_id"].status == "confirmed"
    assert (data["ssn_or_id"].asserter_kind, data["ssn_or_id"].asserter) == (
        "victim",
        " ".join(teller.split()[-2:]),
    )


def test_a_word_that_is_not_used_is_no_kind_of_attack() -> None:
    lead = "A cyber event shut down computers of Wendle County over the weekend, the county said. "
    for refusal in (
        "She would not use the word ransomware.",
        "He avoided using the term ransomware.",
    ):
        found = extract("Wendle County offices closed after cyber event", lead + refusal)
        assert "ransomware" not in [claim.value for claim in found]
    said = lead + "In a statement the county called the incident a ransomware attack."
    found = extract("Wendle County offices closed after cyber event", said)
    (attack,) = [claim for claim in found if claim.value == "ransomware"]
    assert (attack.status, attack.asserter) == ("confirmed", "the county")


def test_what_is_called_a_hoax_is_not_confirmed_by_it() -> None:
    text = "A gang claims to have stolen 4 TB of files. Wendle County called the claim a hoax."
    found = extract("Gang claims Wendle County attack", text)
    assert "confirmed" not in {claim.status for claim in found}


def test_who_a_report_is_filed_with_does_not_say_what_is_in_it() -> None:
    text = (
        "The number of patients caught up in the Larkmoor Clinics breach has grown to 118,600, "
        "according to an amended report to the Federal Privacy Office that was filed Wednesday."
    )
    count = one("affected", "Larkmoor count nearly triples to 118,600", text)
    assert (count.status, count.basis) == ("confirmed", "filing")
    assert (count.asserter, count.asserter_kind) == ("an amended report", "victim")


def test_a_notice_filed_confirms_and_its_headline_says_filed() -> None:
    text = (
        "Wendle County has filed its notice with the attorney general: 83,112 people. "
        "Intruders were in the network for nine days."
    )
    count = one("affected", "83,112 people notified after county attack", text)
    assert (count.evidence.where, count.status, count.basis) == ("title", "confirmed", "filing")
    assert count.asserter == "Wendle County"


def test_a_date_that_names_the_attack_is_not_the_claimers() -> None:
    text = "The Velvetfang gang claimed the September 12 attack on Wendle County."
    day = one("date", "Velvetfang claims attack on Wendle County", text)
    assert (day.value, day.status, day.asserter) == ("2026-09-12", "reported", None)
    other = "The Velvetfang gang claims that it hacked Wendle County on September 12."
    assert one("date", "Velvetfang claims attack on Wendle County", other).status == "claimed"


def test_no_ransom_by_decision_is_a_refusal() -> None:
    for words in ("decided against paying", "voted not to pay", "opted against paying"):
        found = extract(
            "83,000 records taken in county attack", f"{COUNTY}The county {words} $1 million."
        )
        assert "refused_ransom" in [claim.value for claim in found]


OUTAGE = (
    "The power failure that left 40,000 homes dark was caused by a faulty software update and not "
    "by hackers, Merrow Light & Power said Saturday. {}"
    "Rumors of a cyberattack had spread within minutes."
)


def test_a_fault_is_no_attack_and_a_rumour_no_report() -> None:
    title = "It was no hack: botched update darkened homes, utility says"
    denial = '"There was no intrusion, no attack," operations chief Barnaby Yarrow said. '
    found = extract(title, OUTAGE.format(denial))
    attacks = {claim.value: claim.status for claim in found if claim.field == "attack_type"}
    assert attacks == {"unknown_intrusion": "denied"}
    (victim,) = [claim for claim in found if claim.field == "victim"]
    assert (victim.status, victim.asserter) == ("denied", "Merrow Light & Power")


@pytest.mark.parametrize(
    "between", ["", "It is mailing letters. It will not pay. Offices are open. "]
)
def test_what_files_hold_is_data_laid_open(between: str) -> None:
    text = f"{COUNTY}{between}The files hold names and Social Security numbers, the county said."
    found = extract("83,000 records taken in county attack", text)
    data = {claim.value for claim in found if claim.field == "data_type"}
    assert {"names", "ssn_or_id"} <= data
