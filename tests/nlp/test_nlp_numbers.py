"""Numbers: words and digits, usual units and separators, bounds, spans."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp import numbers


def people(number: int) -> dict[str, Any]:
    return {"number": number, "unit": "people"}


@pytest.mark.parametrize(
    ("text", "value", "bound"),
    [
        ("1.2 million people were told", people(1_200_000), "exact"),
        ("1,234,567 patients", people(1_234_567), "exact"),
        ("gives the number of affected patients as 501", people(501), "exact"),
        (
            "the number of patients caught up in the breach has grown to 118,600",
            people(118_600),
            "exact",
        ),
        ("its final number: 127,914", people(127_914), "exact"),
        ("phone numbers of 310,000 riders", people(310_000), "exact"),
        ("1 234 567 patients", people(1_234_567), "exact"),
        ("1'234'567 patients", people(1_234_567), "exact"),
        ("more than 2.5 million individuals", people(2_500_000), "at_least"),
        ("up to 92,000 individuals", people(92_000), "at_most"),
        ("nearly 250,000 students", people(250_000), "about"),
        ("two dozen residents", people(24), "exact"),
        ("at least a dozen employees", people(12), "at_least"),
        ("hundreds of thousands of students", people(100_000), "at_least"),
        ("a few hundred people", people(300), "at_least"),
        ("half a million people", people(500_000), "exact"),
        ("338K individuals", people(338_000), "exact"),
        ("twenty-five members", people(25), "exact"),
        ("a million of its customers", {"number": 1_000_000, "unit": "customers"}, "exact"),
        ("70+ regional firms", {"number": 70, "unit": "organizations"}, "at_least"),
        ("Nine state agencies", {"number": 9, "unit": "organizations"}, "exact"),
        ("254 servers", {"number": 254, "unit": "devices"}, "exact"),
        ("12 million stolen records", {"number": 12_000_000, "unit": "records"}, "exact"),
        ("The breach impacts 130,000", people(130_000), "exact"),
        ("160,000 impacted by the breach", people(160_000), "exact"),
        ("3.5 TB of files", {"bytes": 3_500_000_000_000}, "exact"),
        ("over 350GB", {"bytes": 350_000_000_000}, "at_least"),
        ("27 gigabytes of data", {"bytes": 27_000_000_000}, "exact"),
        ("$9M in damage", {"amount": 9_000_000, "currency": "USD", "kind": "other"}, "exact"),
        ("€3.5bn", {"amount": 3_500_000_000, "currency": "EUR", "kind": "other"}, "exact"),
        ("US$ 12 million", {"amount": 12_000_000, "currency": "USD", "kind": "other"}, "exact"),
        ("$2,400,000", {"amount": 2_400_000, "currency": "USD", "kind": "other"}, "exact"),
        ("$280+ million", {"amount": 280_000_000, "currency": "USD", "kind": "other"}, "at_least"),
        ("£40,000", {"amount": 40_000, "currency": "GBP", "kind": "other"}, "exact"),
        ("67.1 million people", people(67_100_000), "exact"),
        ("a quarter of a million people", people(250_000), "exact"),
        ("nearly 1.3m people", people(1_300_000), "about"),
        ("2.5M people", people(2_500_000), "exact"),
        ("one and a half million people", people(1_500_000), "exact"),
        ("several hundred thousand people", people(300_000), "at_least"),
        ("3.5 lakh people", people(350_000), "exact"),
        ("1.2 crore people", people(12_000_000), "exact"),
        ("well over 30 organisations", {"number": 30, "unit": "organizations"}, "at_least"),
        (
            "54 billion won",
            {"amount": 54_000_000_000, "currency": "KRW", "kind": "other"},
            "exact",
        ),
        (
            "KRW 53.979 billion ($39 million)",
            {"amount": 53_979_000_000, "currency": "KRW", "kind": "other"},
            "exact",
        ),
        ("C$3.5m", {"amount": 3_500_000, "currency": "CAD", "kind": "other"}, "exact"),
        ("A$20,000", {"amount": 20_000, "currency": "AUD", "kind": "other"}, "exact"),
        ("USD 1,250.50", {"amount": 1250.5, "currency": "USD", "kind": "other"}, "exact"),
        (
            "2 million Canadian dollars",
            {"amount": 2_000_000, "currency": "CAD", "kind": "other"},
            "exact",
        ),
        ("₹5 crore", {"amount": 50_000_000, "currency": "INR", "kind": "other"}, "exact"),
        ("more than 50 bitcoin", {"amount": 50, "currency": "BTC", "kind": "other"}, "at_least"),
        (
            "tens of millions of dollars",
            {"amount": 10_000_000, "currency": "USD", "kind": "other"},
            "at_least",
        ),
    ],
)
def test_reads(text: str, value: dict[str, Any], bound: str) -> None:
    facts = numbers.facts(text)
    assert [(fact.value, fact.bound) for fact in facts] == [(value, bound)]


@pytest.mark.parametrize(
    "text",
    [
        "version 1.82.7 of the files",
        "one of the hospitals",
        "CVE-2026-12345 users",
        "in 2024 the firm",
        "18 months",
        "sold for $250 a month",
        "users’ 2024 tax reports",
    ],
)
def test_leaves_out(text: str) -> None:
    assert numbers.facts(text) == []


@given(st.integers(100, 10**9))
def test_separators_change_nothing(number: int) -> None:
    for written in (f"{number}", f"{number:,}", f"{number:,}".replace(",", "\u00a0")):
        (fact,) = numbers.facts(f"It hit {written} people.")
        assert fact.value == people(number)


@given(st.text(alphabet="0123456789,.$€ kmbTG+aofpeople", max_size=80))
def test_never_fails_and_spans_stay_inside(text: str) -> None:
    for fact in numbers.facts(text):
        assert 0 <= fact.start < fact.end <= len(text)


@given(st.integers(11, 9999), st.sampled_from(["thousand", "million", "billion"]))
def test_tenths_of_a_scale_are_whole_and_survive_casing(tenths: int, scale: str) -> None:
    if scale == "billion":
        tenths = 11 + tenths % 70  # more people than live on earth are none
    text = f"Up to {tenths / 10} {scale} people, it said."
    for written in (text, text.lower(), text.upper(), text.title()):
        (fact,) = numbers.facts(written)
        size = {"thousand": 10**3, "million": 10**6, "billion": 10**9}[scale]
        assert (fact.value["number"], fact.bound) == (tenths * size // 10, "at_most")
        assert written[fact.start : fact.end].lower() == f"up to {tenths / 10} {scale} people"


@given(st.integers(100, 10**9), st.sampled_from("($[“'—,:"), st.sampled_from(").]”',;:!—"))
def test_a_count_survives_the_marks_around_it(number: int, before: str, after: str) -> None:
    if before != "$":
        (fact,) = numbers.facts(f"It hit {before}{number:,} people{after} it said")
        assert fact.value == people(number)


def test_what_a_law_asks_of_all_is_no_count() -> None:
    assert numbers.facts("any breach of more than 500 patients goes on the list") == []
