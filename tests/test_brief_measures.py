"""What the checker of briefs counts, on words of its own."""

from __future__ import annotations

from typing import Any

import pytest

from evals import brief, brief_measures


def row(field: str, value: Any, text: str, **changed: Any) -> dict[str, Any]:
    base = {"thread": "t", "article": "a", "in": "text", "start": 10, "status": "reported"}
    return {**base, "field": field, "value": value, "text": text, "asserter": None, **changed}


def test_leading_facts_are_those_that_most_articles_tell() -> None:
    rows = [
        row("data_type", "names", "names"),
        *(row("data_type", "medical", "health data", article=a) for a in "abc"),
        *(row("data_type", "dob", "birth dates", article=a) for a in "ab"),
        *(row("data_type", "contact", "addresses", article=a) for a in "ab"),
        row("attack_type", "ransomware", "ransomware", start=5_000),
        row("victim", "Calder Clinic", "Calder Clinic", status="denied"),
    ]
    found = [fact["value"] for fact in brief_measures.leading(rows)]
    assert found == ["medical", "dob", "contact"]


@pytest.mark.parametrize(
    ("fact", "text", "told"),
    [
        (row("affected", {"number": 24937}, "24,937 patients"), "Of 24,937 people", True),
        (row("affected", {"number": 24937}, "24,937 patients"), "Of 25,000 people", False),
        (row("response", "lawsuit_filed", "sued"), "A class action followed.", True),
        (row("actor", "Night Heron", "Night Heron"), "The clinic was hit.", False),
    ],
)
def test_a_fact_is_told_by_its_words_or_its_label(
    fact: dict[str, Any], text: str, told: bool
) -> None:
    given = {**fact, "value": str(fact["value"]), "texts": [fact["text"]]}
    assert brief_measures.tells(text, given) is told


def test_a_day_by_the_calendar_is_supported_where_the_date_is_cited() -> None:
    article = {"text": "The clinic closed on Monday.", "published": "2026-09-02T09:00:00+00:00"}
    words = {"article": "u", "quote": article["text"], "in": "text", "start": 0, "end": 28}
    stamp = article["published"]
    dated = {"article": "u", "quote": stamp, "in": "published", "start": 0, "end": len(stamp)}
    for text, cited, wrong in (
        ("The clinic closed on August 31.", [words, dated], False),
        ("The clinic closed on August 31.", [words], True),
        ("The clinic closed on August 30.", [words, dated], True),
    ):
        statement = {"kind": "stated", "text": text, "evidence": cited}
        broken = list(brief.violations(statement, {"u": article}, set(), {"the"}))
        assert bool(broken) is wrong, (text, broken)


def test_what_leans_on_nothing_is_seen() -> None:
    assert brief_measures.DANGLING.search("He declined to say more.")
    assert not brief_measures.DANGLING.search("It is not known who did it.")
    assert brief_measures.VAGUE.search("The clinic closed last week.")


def test_a_sentence_of_two_sections_is_counted() -> None:
    told = {"a": ["Hackers stole the records of 24,937 patients."], "b": []}
    told["b"] = ["Hackers stole the records of 24,937 patients, it said."]
    assert brief_measures.twice(told, ("a", "b")) == 1
