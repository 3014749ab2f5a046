"""Facts that stand below the lead of a report, in words of their own. Invented stories."""

from __future__ import annotations

import pytest

from tests.nlp.test_nlp_claims_said import extract

TITLE = "Larkmoor General hit by ransomware attack"
LEAD = (
    "Larkmoor General, a hospital, confirmed a ransomware attack on Thursday. "
    "Clinics are canceled until Friday. The emergency room is open. "
)


def values(field: str, sentence: str, *, title: str = TITLE, lead: str = LEAD) -> list[object]:
    return [claim.value for claim in extract(title, lead + sentence) if claim.field == field]


def test_how_much_intruders_took_is_kept() -> None:
    for sentence in (
        "The intruder copied 61 gigabytes, most of it scanned faxes.",
        "About 61 GB of files were copied.",
    ):
        assert values("volume", sentence) == [{"bytes": 61_000_000_000}]


def test_what_a_gang_asks_for_is_kept() -> None:
    for sentence in ("The group demanded $1.2 million.", "The gang had asked for $1.2 million."):
        (money,) = values("money", sentence)
        assert money == {"amount": 1_200_000, "currency": "USD", "kind": "ransom_demand"}


@pytest.mark.parametrize(
    "sentence",
    ["Names, lab results and Social Security numbers were in the files, the hospital said.",
     "The rows hold names, lab results and Social Security numbers.",
     "The dump has names, lab results and Social Security numbers."],
)  # fmt: skip
def test_what_files_hold_is_what_was_exposed(sentence: str) -> None:
    assert {"names", "medical", "ssn_or_id"} <= set(values("data_type", sentence))


def test_when_intruders_were_inside_and_were_noticed() -> None:
    assert "2026-09-03" in values("date", "Intruders were in the network from September 3 on.")
    assert "2026-09-12" in values("date", "The hospital discovered the encryption on Sept. 12.")
    left = "Her departure on Wednesday came a week after Larkmoor General confirmed the attack."
    assert "2026-09-16" not in values("date", left, lead=LEAD.split(". ")[0] + ". ")


def test_what_the_same_group_did_elsewhere_is_not_told_of_this_victim() -> None:
    lead = LEAD.split(". ")[0] + ". "
    there = "The same group attacked Tarn Medical Center on Sept. 5."
    assert "2026-09-05" not in values("date", there, lead=lead)


@pytest.mark.parametrize(
    ("sentence", "value"),
    [
        ("The hospital paid nothing, its administrator said.", "refused_ransom"),
        ("Letters go out this week to those affected.", "notified_people"),
        ("Outpatient clinics reopened on Wednesday.", "restored"),
        ("The hospital denied that it was breached a second time.", "denied"),
    ],
)
def test_responses_in_few_words(sentence: str, value: str) -> None:
    assert value in values("response", sentence)


@pytest.mark.parametrize(
    "sentence",
    ["Larkmoor General told patients in its quarterly letter that no breach had occurred.",
     "Hollowpine, a service that tells people when their address leaks, said the rows are old."],
)  # fmt: skip
def test_who_is_told_of_nothing_was_not_notified(sentence: str) -> None:
    assert "notified_people" not in values("response", sentence)


def test_a_flood_of_traffic_is_a_denial_of_service() -> None:
    lead = "The tax portal of Wendle County was knocked out by a flood of junk traffic on Friday."
    assert "ddos" in values("attack_type", "", title="Wendle County portal attacked", lead=lead)


def test_a_handle_without_a_capital_is_a_name() -> None:
    lead = "A seller on a forum claims to have stolen 2 million records of Orbiqon, a hotel chain. "
    for sentence in (
        "The seller, who uses the name quillrat, posted 5,000 rows as proof.",
        'The seller, "quillrat", wants $60,000 for the records.',
    ):
        found = values("actor", sentence, title="Hacker offers Orbiqon records", lead=lead)
        assert "quillrat" in found
