"""What newer articles overtake: counts that they replace, responses that are over."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from breachwire.model import Article, Claim, Detail, Evidence, Field, LedgerClaim, Member
from breachwire.testing import an_article
from nlp import staleness

START = datetime(2026, 3, 2, 9, tzinfo=UTC)


def article(number: int, text: str, day: int) -> Article:
    at = START + timedelta(days=day)
    return an_article(number, f"Report {number}", text, source="Harbour Gazette", at=at, lead="")


def overtaken(field: Field, value: Any, words: str, *articles: Article) -> bool:
    first = articles[0]
    at = first.text.index(words)
    own = Evidence(first.id, "text", at, at + len(words), words)
    whole = Evidence(first.id, "text", 0, len(first.text), first.text)
    claim = Claim(field, value, None, "confirmed", None, None, None, own, whole)
    lead = LedgerClaim(claim, "t1", first.at, first.at)
    detail = Detail(field, "", value, None, "confirmed", None, first.at, (lead,), lead)
    news = staleness.News([Member(a, "report", 1.0, "joins", "") for a in articles])
    return news.overtook(detail, claim)


FIRST = "Orla said the data of 48,200 people was exposed."
COUNT: dict[str, Any] = {"number": 48200, "unit": "people"}


@pytest.mark.parametrize(
    ("later", "gone"),
    [
        ("An amended filing now gives 51,730 people, up from 48,200.", True),
        ("Orla raised its count from 48,200 to 51,730 people.", True),
        ("Of the 48,200 people, 19,300 live abroad, the updated filing says.", False),
        ("Lawyers speak for all 48,200 people.", False),
    ],
)
def test_a_count_gives_way_to_one_that_names_it_as_its_earlier_figure(
    later: str, gone: bool
) -> None:
    told = article(1, FIRST, 0), article(2, later, 14)
    assert overtaken("affected", COUNT, "48,200 people", *told) is gone


def test_an_older_article_overtakes_nothing() -> None:
    older = article(2, "An amended filing now gives 51,730 people, up from 48,200.", -3)
    assert not overtaken("affected", COUNT, "48,200 people", article(1, FIRST, 0), older)


@pytest.mark.parametrize(
    ("day", "later", "gone"),
    [
        (1, "The investigation found that a stolen key was used.", True),
        (1, "The bank opened on time.", False),
        (9, "The bank opened on time.", True),
    ],
)
def test_an_investigation_is_under_way_until_it_ends_or_the_news_goes_on(
    day: int, later: str, gone: bool
) -> None:
    told = article(1, "Orla is investigating the theft.", 0), article(2, later, day)
    assert overtaken("response", "investigating", "investigating", *told) is gone


def test_letters_are_being_sent_for_two_weeks() -> None:
    told = article(1, "Orla is mailing letters to patients.", 0)
    soon, late = article(2, "A suit was filed.", 10), article(2, "A suit was filed.", 40)
    assert not overtaken("response", "notified_people", "mailing letters", told, soon)
    assert overtaken("response", "notified_people", "mailing letters", told, late)
