"""When a brief may tell a claim in its own words: by its clause, its speaker, its two sides."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from breachwire.model import Claim, Detail, Evidence, Field, LedgerClaim, Status
from nlp import vouch

AT = datetime(2026, 3, 18, 9, tzinfo=UTC)


def claim(
    field: Field,
    value: Any,
    words: str,
    sentence: str,
    status: Status = "confirmed",
    asserter: str | None = None,
) -> Claim:
    at = sentence.index(words)
    own = Evidence(1, "text", at, at + len(words), words)
    whole = Evidence(1, "text", 0, len(sentence), sentence)
    return Claim(field, value, None, status, asserter, None, None, own, whole)


def detail(status: Status, *claims: Claim) -> Detail:
    held = tuple(LedgerClaim(one, "t1", AT, AT) for one in claims)
    one = claims[0]
    return Detail(one.field, "", one.value, None, status, one.asserter, AT, held, held[0])


@pytest.mark.parametrize(
    ("value", "words", "sentence", "told"),
    [
        ("ransomware", "ransomware", "A ransomware attack hit Calder Clinic in March.", True),
        ("ransomware", "ransomware", "The man sold help to ransomware victims of Moorside.", False),
        ("extortion", "extortion", "It sells to extortion crews and does no extorting.", False),
        ("extortion", "extorted", "The gang extorted Calder Clinic for a month.", True),
        ("phishing", "phishing", "Names could serve for phishing against patients.", False),
        ("phishing", "phishing", "The way in was phishing.", True),
        ("stolen_credentials", "credential", "It shows a rise of credential-based attacks.", False),
        ("misconfiguration", "wrong setting", "A wrong setting darkened 40 homes.", False),
        ("misconfiguration", "wrong setting", "A wrong setting left the files public.", True),
        ("insider", "former engineer", "A former engineer left for a rival firm.", False),
        ("malware", "malware", "Investigators found no malware on the servers.", False),
    ],
)
def test_a_kind_of_attack_is_told_by_the_clause_that_reports_it(
    value: str, words: str, sentence: str, told: bool
) -> None:
    assert vouch.stands(claim("attack_type", value, words, sentence)) is told


@pytest.mark.parametrize(
    ("value", "words", "sentence", "told"),
    [
        ("contact", "addresses", "Files with names and addresses were stolen.", True),
        ("contact", "addresses", "Four of the addresses belong to a search engine.", False),
        ("payment_card", "credit cards", "The last four digits of credit cards leaked.", False),
        ("payment_card", "credit cards", "Numbers of credit cards were stolen.", True),
        ("customer_records", "personal data", "The app exposed personal data.", False),
        ("customer_records", "guest records", "The thieves took guest records.", True),
        ("medical", "patient data", "The note warns that patient data will be published.", False),
    ],
)
def test_data_is_told_as_lost_where_its_sentence_says_so(
    value: str, words: str, sentence: str, told: bool
) -> None:
    assert vouch.stands(claim("data_type", value, words, sentence)) is told


@pytest.mark.parametrize(
    ("value", "words", "sentence", "told"),
    [
        ("notified_people", "told 116 clients", "He told 116 clients that he had a key.", False),
        ("notified_people", "told customers", "Orla told customers that keys now expire.", False),
        ("notified_people", "mailing", "Calder Clinic is mailing letters to patients.", True),
        ("notified_people", "tells people", "Hollow, which tells people of leaks, agrees.", False),
        ("investigating", "investigating", "Calder Clinic is investigating the theft.", True),
    ],
)
def test_a_response_is_told_where_it_is_one(
    value: str, words: str, sentence: str, told: bool
) -> None:
    assert vouch.stands(claim("response", value, words, sentence)) is told


@pytest.mark.parametrize(
    ("who", "words", "sentence", "speaks"),
    [
        ("Calder Clinic", "stole", "Calder Clinic said thieves stole records.", True),
        ("Calder Clinic", "stole", "Thieves stole records, Calder Clinic said.", True),
        ("Calder Clinic", "stole", "Thieves stole records, said Calder Clinic.", True),
        ("Calder Clinic", "stole", "According to Calder Clinic, thieves stole records.", True),
        ("Calder Clinic", "stole", "Calder Clinic, a hospital, said thieves stole data.", True),
        ("Fenwick Labs", "poisoned release", "Fenwick Labs, which found the poisoned release,"
         " said it had warned Orla.", False),
        ("Calder Clinic", "extortion", "Calder Clinic confirmed a breach after an extortion group"
         " posted files.", False),
        ("Calder Clinic", "stole", "Calder Clinic confirmed that thieves stole data.", True),
        ("the complaint", "stole", "Thieves stole records from Calder Clinic.", False),
    ],
)  # fmt: skip
def test_who_speaks_is_the_subject_of_the_saying_verb(
    who: str, words: str, sentence: str, speaks: bool
) -> None:
    assert vouch.speaks(claim("attack_type", "x", words, sentence, asserter=who)) is speaks


def test_a_dispute_needs_two_parties_who_say_opposite_things() -> None:
    yes = claim("attack_type", "ransomware", "ransomware", "Heron says ransomware hit Orla.",
                "claimed", "Heron")  # fmt: skip
    no = claim("attack_type", "ransomware", "ransomware", "Orla denies that ransomware hit it.",
               "denied", "Orla")  # fmt: skip
    nobody = claim("attack_type", "ransomware", "ransomware", "Nobody asked of ransomware.",
                   "denied", None)  # fmt: skip
    assert vouch.opposed(detail("disputed", yes, no))
    assert not vouch.opposed(detail("disputed", yes, nobody))
    assert not vouch.opposed(detail("disputed", yes))
    assert vouch.opposed(detail("denied", no))


@pytest.mark.parametrize(
    ("sentence", "hit"),
    [
        ("Calder Clinic disclosed a data breach on Monday.", True),
        ("Hackers stole records from Calder Clinic.", True),
        ("Calder Clinic was hacked in March.", True),
        ("Calder Clinic paused its work with Orla after a breach at its supplier.", False),
        ("Calder Clinic said that no breach had occurred.", False),
        ("Calder Clinic confirmed that a bug banned 8,000 accounts.", False),
        ("Hackers claim to have breached Calder Clinic.", False),
    ],
)
def test_who_was_hit_is_said_of_that_one(sentence: str, hit: bool) -> None:
    assert vouch.hit("Calder Clinic", sentence) is hit


def test_what_is_only_claimed_is_found_where_it_is_asked_for() -> None:
    claimed = "Hackers claim to have breached Calder Clinic."
    assert vouch.hit("Calder Clinic", claimed, claimed=True)
    assert vouch.hit("Calder Clinic", "Heron lists Calder Clinic as a victim.", claimed=True)
