"""Whether an opening reports an incident. Invented stories."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from breachwire.model import Article
from nlp import claims, incident, lexicon, reading


def article(title: str, text: str) -> Article:
    at = datetime(2026, 3, 25, 9, 0, tzinfo=UTC)
    return Article(
        id=7, url="https://daily.example/a", title=title, text=text, lead=text, authors=(),
        source="Daily", family="Daily", section="", published=at, first_seen_at=at,
        content_hash="", revision=1, state="stored", language="en", text_from="feed",
        page_state="ok", page_note="", credit="",
    )  # fmt: skip


def score(title: str, text: str) -> float:
    return incident.score(reading.read(article(title, text)))


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Hackers target diplomats in phishing campaign", "The spies posed as organisers."),
        ("Files of 3,000 officers leaked", "The force confirmed the breach on Monday."),
        ("Teenager arrested over theft of $2 million in crypto", "He hacked an exchange."),
    ],
)
def test_incidents_stand_above(title: str, text: str) -> None:
    assert score(title, text) > incident.CERTAIN


@pytest.mark.parametrize(
    ("title", "text"),
    [
        (
            "Critical flaw in a router lets attackers run code",
            "Researchers found that the vulnerability could allow remote code execution.",
        ),
        ("Startup raises $40 million for its platform", "The funding round values it at more."),
        ("How to defend your cloud: five tips", "Teams should patch, a study says."),
    ],
)
def test_other_news_stands_below(title: str, text: str) -> None:
    assert score(title, text) < incident.LIKELY


def test_facts_are_read_without_a_victims_name() -> None:
    told = article(
        "Data on 40,000 patients stolen in attack on a clinic",
        "Hackers stole names and medical records. The clinic is notifying patients.",
    )
    found = {(c.field, c.value if isinstance(c.value, str) else None) for c in claims.extract(told)}
    assert {("data_type", "names"), ("data_type", "medical"), ("affected", None)} <= found
    assert ("response", "notified_people") in found


def test_the_sum_is_that_of_the_signs() -> None:
    table = lexicon.table("incidents")
    assert set(table["weights"]) == {name for name, _ in incident.signs()}
    assert all(len(pair) == 2 for pair in table["weights"].values())
