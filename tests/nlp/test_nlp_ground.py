"""What the ground check lets through and what it names."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from breachwire.model import Article, Evidence, Statement, StatementKind
from breachwire.testing import an_article
from nlp import glossary, ground

TEXT = (
    "Calder Clinic said 24,937 patients were affected by the March attack. "
    "The Night Heron group claims it took 300 GB of data, according to CVE-2026-1234 researchers."
)
WHEN = datetime(2026, 3, 4, 9, 30, tzinfo=UTC)


@pytest.fixture
def articles() -> dict[int, Article]:
    return {
        1: an_article(
            1,
            "Calder Clinic hit | Gazette",
            TEXT,
            source="Harbour Gazette",
            at=WHEN,
            lead="",
            family="Harbour",
        )
    }


def cite(quote: str) -> Evidence:
    start = TEXT.index(quote)
    return Evidence(1, "text", start, start + len(quote), quote)


FIRST = "Calder Clinic said 24,937 patients were affected by the March attack."
SECOND = TEXT[len(FIRST) + 1 :]


def check(
    articles: dict[int, Article], text: str, quote: str, kind: StatementKind = "stated"
) -> list[str]:
    return ground.problems(Statement("eli5", text, kind, (cite(quote),)), articles)


@pytest.mark.parametrize(
    ("text", "quote"),
    [
        ("24,937 patients are affected, Calder Clinic says.", FIRST),
        ("24937 people are affected, says Calder Clinic.", FIRST),
        ("According to Harbour Gazette, patients were affected.", FIRST),
        ("Night Heron’s haul is 300 GB, the group claims.", SECOND),
        ("The flaw is CVE-2026-1234, it is claimed.", SECOND),
    ],
)
def test_what_the_evidence_holds_may_be_said(
    articles: dict[int, Article], text: str, quote: str
) -> None:
    assert check(articles, text, quote) == []


@pytest.mark.parametrize(
    ("text", "quote", "problem"),
    [
        ("25,000 patients are affected.", FIRST, "number 25,000"),
        ("Two million patients are affected.", FIRST, "quantity million"),
        ("Patients of Moor Clinic are affected.", FIRST, "name Moor"),
        ("The flaw is CVE-2026-1235, it is claimed.", SECOND, "CVE-2026-1235"),
        ("The attack came in April.", FIRST, "name April"),
        ("Calder Clinic confirmed the attack.", FIRST, "says 'confirm'"),
        ("The Night Heron group took 300 GB.", SECOND, "tells as fact"),
    ],
)
def test_what_the_evidence_lacks_is_named(
    articles: dict[int, Article], text: str, quote: str, problem: str
) -> None:
    assert any(problem in line for line in check(articles, text, quote))


def test_quoted_text_must_stand_in_its_quote(articles: dict[int, Article]) -> None:
    assert check(articles, FIRST, FIRST, "quoted") == []
    assert check(articles, FIRST.replace("said", "admitted"), FIRST, "quoted")


def test_a_quote_must_be_at_its_offsets(articles: dict[int, Article]) -> None:
    moved = Evidence(1, "text", 1, 1 + len(FIRST), FIRST)
    unknown = Evidence(9, "text", 0, len(FIRST), FIRST)
    assert ground.problems(Statement("eli5", FIRST, "quoted", (moved,)), articles)
    assert ground.problems(Statement("eli5", FIRST, "quoted", (unknown,)), articles)


def test_the_publication_date_is_evidence_for_itself_only(articles: dict[int, Article]) -> None:
    stamp = WHEN.isoformat()
    dated = Evidence(1, "published", 0, len(stamp), stamp)
    both = (cite(SECOND), dated)
    day = Statement("timeline", "Data was taken by 5 March 2026, the group claims.", "stated", both)
    assert ground.problems(day, articles) == ["number 5 stands in no quote"]
    assert (
        ground.problems(
            Statement("timeline", "The group’s claim of March 2026.", "stated", both), articles
        )
        == []
    )
    wrong = Evidence(1, "published", 0, 4, "2025")
    assert ground.problems(Statement("timeline", "In 2025.", "stated", (wrong,)), articles)


def test_inferred_must_hedge(articles: dict[int, Article]) -> None:
    assert check(articles, "Patients may face fraud.", FIRST, "inferred") == []
    assert check(articles, "Patients face fraud.", FIRST, "inferred") == [
        "inferred without a hedge"
    ]


@pytest.mark.parametrize("kind", ["quoted", "stated", "inferred"])
def test_nothing_about_the_incident_without_evidence(
    articles: dict[int, Article], kind: StatementKind
) -> None:
    assert ground.problems(Statement("eli5", "It may be so.", kind), articles)


def test_own_strings_are_shipped_and_cite_nothing(articles: dict[int, Article]) -> None:
    notice = glossary.notice("timeline")
    assert ground.problems(notice, articles) == []
    assert ground.problems(Statement("timeline", notice.text + " ", "notice"), articles)
    assert ground.problems(Statement("timeline", notice.text, "notice", (cite(FIRST),)), articles)


def test_every_inference_is_hedged_and_names_nothing(articles: dict[int, Article]) -> None:
    for group in ("data", "attack", "sector_stop", "sector_loss"):
        for text in glossary.inferences(group).values():
            assert check(articles, text, FIRST, "inferred") == [], text
            assert check(articles, f"If the claim holds: {text}", FIRST, "inferred") == []
