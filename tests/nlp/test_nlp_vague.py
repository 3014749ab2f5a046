"""Days of the report: left out, or told by the calendar, or the sentence is not used."""

from __future__ import annotations

from datetime import date

import pytest

from nlp import vague

WEDNESDAY = date(2026, 9, 2)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (
            "The court heard on Tuesday that it paid.",
            "The court heard on September 1 that it paid.",
        ),
        ("Yesterday the clinic closed.", "On September 1 the clinic closed."),
        ("It was found on Wednesday morning.", "It was found on September 2."),
        # What lies ahead, or has no day of its own, is not guessed.
        ("The clinic will open on Friday.", None),
        ("It has been closed until Friday.", None),
        ("It was found last week.", None),
    ],
)
def test_a_day_of_the_week_is_a_day_of_the_month(text: str, shown: str | None) -> None:
    assert vague.absolute(text, WEDNESDAY) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (
            "It came in by last week’s compromise of the build tool.",
            "It came in by the compromise of the build tool.",
        ),
        ("It stays closed until at least Wednesday after the attack.", None),
        ("Homes went dark for five hours Sunday evening.", "Homes went dark for five hours."),
        ("Nurses were away for 140 nights on average last year.", None),
        ("The clinic hired a guard last year.", "The clinic hired a guard."),
    ],
)
def test_what_belongs_to_a_day_stays(text: str, shown: str | None) -> None:
    assert vague.without_vague_dates(text) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (
            "Last month, thieves took 400 packages of Orla.",
            "In December 2025, thieves took 400 packages of Orla.",
        ),
        ("Orla was sued last year by Fathom.", "Orla was sued in 2025 by Fathom."),
        ("Orla has not paid since last month.", "Orla has not paid since December 2025."),
        ("Orla said earlier last month that it paid.", "Orla said in December 2025 that it paid."),
    ],
)
def test_a_month_or_year_is_named_and_not_cut(text: str, shown: str) -> None:
    assert vague.absolute(text, date(2026, 1, 29)) == shown
