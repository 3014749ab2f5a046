"""Dates: days, months, spans and relative ones, resolved against the publication."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp import dates

WEDNESDAY = date(2026, 3, 25)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("on March 3, 2026", "2026-03-03"),
        ("on 3 March", "2026-03-03"),
        ("on December 8 last year", "2025-12-08"),
        ("in December", "2025-12"),
        ("last March", "2025-03"),
        ("last month", "2026-02"),
        ("last week", "2026-03"),
        ("on Tuesday", "2026-03-24"),
        ("over the weekend", "2026-03-21"),
        ("earlier this year", "2026"),
        ("since last year", "2025"),
        ("earlier today", "2026-03-25"),
        ("yesterday", "2026-03-24"),
        ("this winter", "2025-12"),
        ("last summer", "2025-06"),
        ("in the summer of 2025", "2025-06"),
        ("in the first half of 2025", "2025-01"),
        ("in the third quarter of 2025", "2025-07"),
        ("in Q2 2025", "2025-04"),
        ("since mid-2024", "2024"),
        ("two days ago", "2026-03-23"),
        ("two years after a malware incident", "2024"),
        ("between October and December 2025", "2025-10"),
        ("from January to May 2025", "2025-01"),
    ],
)
def test_reads(text: str, value: str) -> None:
    assert [moment.value for moment in dates.moments(f"It began {text}.", WEDNESDAY)][:1] == [value]


@pytest.mark.parametrize(
    "text",
    ["version 2026.4.0", "10 years after disrupting the grid", "today’s entry", "a day after"],
)
def test_leaves_out(text: str) -> None:
    assert list(dates.moments(text, WEDNESDAY)) == []


@given(st.dates(date(2001, 1, 1), date(2049, 12, 31)))
def test_a_day_survives_how_it_is_written(day: date) -> None:
    for written in (
        f"{day:%B} {day.day}, {day.year}",
        f"{day.day} {day:%B} {day.year}".upper(),
        f"{day:%b} {day.day} {day.year}".lower(),
        day.isoformat(),
    ):
        text = f"({written})"
        (moment,) = dates.moments(text, None)
        assert (moment.value, text[moment.start : moment.end]) == (day.isoformat(), written)


@given(st.dates(date(2001, 1, 8), date(2049, 12, 31)), st.integers(0, 6))
def test_a_weekday_is_one_of_the_last_seven_days(published: date, back: int) -> None:
    day = published - timedelta(days=back)
    (moment,) = dates.moments(f"on {day:%A}, it said", published)
    assert moment.value == day.isoformat()


@given(
    st.lists(
        st.sampled_from(
            [
                "last",
                "this",
                "earlier",
                "week",
                "month",
                "year",
                "weekend",
                "on",
                "march",
                "3",
                "2026",
                "may",
                "two",
                "days",
                "ago",
                "after",
                "a",
                "breach",
                "and",
                "summer",
                "of",
                "first",
                "half",
                "q3",
                "the",
                "31",
                "february",
            ]
        ),
        max_size=14,
    ),
    st.dates(date(2001, 1, 1), date(2049, 12, 31)),
)
def test_never_fails_and_spans_stay_inside(words: list[str], published: date) -> None:
    text = " ".join(words)
    for moment in dates.moments(text, published):
        assert 0 <= moment.start < moment.end <= len(text)
        assert date.fromisoformat((moment.value + "-01-01")[:10])
