"""Which threads a roundup speaks of: invented news, the real embedder, the shipped parameters."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from breachwire.model import Article, Embedder, Mention
from breachwire.testing import an_article
from nlp import embed, mentions, passages
from nlp.thread import Threader

START = datetime(2027, 3, 1, 9, tzinfo=UTC)


def article(number: int, title: str, text: str, days: float = 0.0) -> Article:
    at = START + timedelta(days=days)
    return an_article(number, title, text, source=f"Outlet {number}", at=at)


NEWS = [
    article(
        1,
        "Quellmark Clinics says patient files were stolen",
        "Quellmark Clinics confirmed that intruders copied the files of 41,000 patients in May.",
    ),
    article(
        2,
        "Critical flaw CVE-2027-10234 in Borvane firewalls under attack",
        "Borvane patched CVE-2027-10234, an authentication bypass in its firewalls.",
        1,
    ),
    article(
        3,
        "Texas school district hit by ransomware attack",
        "A ransomware attack closed the schools of a district in Texas.",
        1,
    ),
]
WEEK = article(
    9,
    "In Other News: Quellmark Patient Files Stolen, Firewalls Bypassed, Hospital Ransomware Attack",
    "Other noteworthy stories: Hospital in Texas hit by ransomware attack, exploited firewall "
    "flaw CVE-2027-10234, Sallowmere Clinics says patient files were stolen.",
    4,
)


@pytest.fixture(scope="module")
def threader(embedder: Embedder) -> Threader:
    made = Threader()
    vectors = embedder.encode([embed.text_of(a.title, a.text) for a in NEWS])
    for one, vector in zip(NEWS, vectors, strict=True):
        made.accept(one, vector, made.decide(one, vector))
    return made


def heard(threader: Threader, embedder: Embedder, roundup: Article) -> list[tuple[str, Mention]]:
    parts = passages.split(roundup.title, roundup.text)
    vectors = embedder.encode([mentions.text_of(part) for part in parts])
    return [
        ((roundup.title if m.where == "title" else roundup.text)[m.start : m.end], m)
        for m in mentions.mentions(threader, roundup, parts, vectors)
    ]


def test_a_name_or_a_flaw_in_common_is_a_mention(threader: Threader, embedder: Embedder) -> None:
    found = heard(threader, embedder, WEEK)
    assert [words for words, _ in found] == [
        "Quellmark Patient Files Stolen",
        "exploited firewall flaw CVE-2027-10234",
    ]
    (_, clinic), (_, flaw) = found
    assert (clinic.thread, clinic.where) == (threader.memory.thread_of(1), "title")
    assert (flaw.thread, flaw.where) == (threader.memory.thread_of(2), "text")
    assert "quellmark" in clinic.reason
    assert "CVE-2027-10234" in flaw.reason
    assert 0.5 <= clinic.score <= 1.0


def test_another_victim_and_another_place_are_none(threader: Threader, embedder: Embedder) -> None:
    """Sallowmere's theft is told in Quellmark's words; Texas alone makes no incident."""
    text = WEEK.text.replace("CVE-2027-10234", "CVE-2027-99999")
    other = replace(WEEK, title="ISC Stormcast", text=text, content_hash="other")
    assert heard(threader, embedder, other) == []


def test_old_news_is_mentioned_by_its_flaw_alone(threader: Threader, embedder: Embedder) -> None:
    late = replace(WEEK, published=START + timedelta(days=60), content_hash="late")
    assert [m.thread for _, m in heard(threader, embedder, late)] == [threader.memory.thread_of(2)]


def test_reading_leaves_no_trace(threader: Threader, embedder: Embedder) -> None:
    assert heard(threader, embedder, WEEK) == heard(threader, embedder, WEEK)
    assert threader.memory.thread_of(WEEK.id) is None


def test_signs_are_what_a_mention_needs(threader: Threader, embedder: Embedder) -> None:
    part = passages.split(WEEK.title, "")[0]
    vector = embedder.encode([mentions.text_of(part)])[0]
    traits = mentions.read_passage(threader, WEEK, part, vector)
    assert "quellmark" in mentions.signs(traits)
    assert not mentions.signs(traits) & {"file", "stolen"}
