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
