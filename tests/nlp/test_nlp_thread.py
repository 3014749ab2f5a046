"""The threader on invented news, with the real embedder and the shipped parameters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache

import pytest

from breachwire.model import Article, Embedder, Placed, Placement, Vector, thread_id
from breachwire.testing import an_article
from nlp import embed
from nlp.evidence import CLIP, THREAD_FEATURES, shipped
from nlp.thread import Threader

START = datetime(2027, 3, 1, 9, tzinfo=UTC)
Item = tuple[Article, Vector]


def article(
    number: int, title: str, text: str, outlet: str, hours: float = 0.0, credit: str = ""
) -> Article:
    at = START + timedelta(hours=hours)
    return an_article(
        number,
        title,
        text,
        source=outlet,
        at=at,
        url=f"https://{outlet.lower()}.example/{number}",
        credit=credit,
    )


NEWS = [
    article(
        1,
        "Quellmark Clinics says patient files were stolen",
        "Quellmark Clinics confirmed that intruders copied the files of 41,000 patients in May.",
        "Daily",
    ),
    article(
        2,
        "Critical flaw CVE-2027-10234 in Borvane firewalls under attack",
        "Borvane patched CVE-2027-10234, an authentication bypass in its firewalls.",
        "Gazette",
        2,
    ),
    article(
        3,
        "Data of 41,000 patients taken in Quellmark Clinics breach",
        "The Quellmark hospital chain has begun to write to patients after the theft of files.",
        "Courier",
        20,
    ),
    article(
        4,
        "Quellmark Clinics Says Patient Files Were Stolen",
        "The Daily reports: the chain confirmed a theft.",
        "Mirror",
        26,
    ),
    article(
        5,
        "CISA Adds One Known Exploited Vulnerability to Catalog",
        "CISA has added one new vulnerability to its KEV Catalog. CVE-2027-10234 Borvane firewall "
        "authentication bypass vulnerability.",
        "CISA",
        30,
    ),
    article(
        6,
        "CISA Adds One Known Exploited Vulnerability to Catalog",
        "CISA has added one new vulnerability to its KEV Catalog. CVE-2027-20999 Tessaly mail "
        "server path traversal vulnerability.",
        "CISA",
        60,
    ),
    article(
        7,
        "Weekly Recap: Quellmark Breach, Borvane Firewall Flaw and More",
        "Quellmark Clinics lost patient files and CVE-2027-10234 is under attack.",
        "Daily",
        90,
    ),
    article(
        8,
        "Patients sue Quellmark Clinics over stolen files",
        "A class action against Quellmark Clinics says the chain kept patient files too long.",
        "Courier",
        220,
    ),
    article(
        9,
        "Harrowgate Dental says patient files were stolen",
        "Harrowgate Dental confirmed that intruders copied the files of 12,000 patients in June.",
        "Daily",
        221,
    ),
]


@pytest.fixture(scope="module")
def news() -> list[Item]:
    return embedded(NEWS)


@cache
def embedder() -> Embedder:
    return embed.load()


def embedded(articles: Sequence[Article]) -> list[Item]:
    vectors = embedder().encode([embed.text_of(a.title, a.text) for a in articles])
    return list(zip(articles, vectors, strict=True))


def place(threader: Threader, items: Sequence[Item]) -> dict[int, Placement]:
    placements = {}
    for item, vector in items:
        placements[item.id] = threader.decide(item, vector)
        threader.accept(item, vector, placements[item.id])
    return placements


def test_reports_and_follow_ups_join_and_like_events_stay_apart(news: list[Item]) -> None:
    placed = place(Threader(), news)
    clinic, firewall = thread_id(1), thread_id(2)
    assert [placed[n].thread for n in (1, 3, 4, 8)] == [clinic] * 4
    assert [placed[n].thread for n in (2, 5)] == [firewall] * 2
    assert placed[6].thread == thread_id(6)
    assert placed[9].thread == thread_id(9)
    assert [placed[n].role for n in (1, 3, 8)] == ["first_report", "report", "follow_up"]
    assert [placed[n].method for n in (1, 3)] == ["opens", "joins"]


def test_a_roundup_is_in_no_thread_and_carries_no_merge(news: list[Item]) -> None:
    placed = place(Threader(), news)
    recap = placed[7]
    assert (recap.thread, recap.role, recap.method, recap.roundup) == (
        None,
        "mention",
        "roundup",
        True,
    )


def test_a_copy_names_its_original(news: list[Item]) -> None:
    copy = place(Threader(), news)[4]
    assert (copy.role, copy.method, copy.copy_of) == ("copy", "copy", 1)
    assert "same title" in copy.reason


def test_reasons_are_words_a_person_can_check(news: list[Item]) -> None:
    placed = place(Threader(), news)
    assert "CVE-2027-10234" in placed[5].reason
    assert "quellmark" in placed[3].reason
    assert 0.0 < placed[3].score <= 1.0


def test_deciding_changes_nothing(news: list[Item]) -> None:
    threader = Threader()
    place(threader, news[:2])
    first = [threader.decide(*item) for item in news[2:5]]
    assert [threader.decide(*item) for item in news[2:5]] == first


def test_restored_state_decides_as_the_one_it_came_from(news: list[Item]) -> None:
    whole = Threader()
    before = place(whole, news[:5])
    placed = [
        Placed(a, p.thread, p.role, p.kind, p.roundup, p.copy_of, v)
        for (a, v) in news[:5]
        for p in [before[a.id]]
    ]
    again = Threader()
    again.restore(placed)
    assert place(again, news[5:]) == place(whole, news[5:])


def test_accepting_again_moves_and_doubles_nothing(news: list[Item]) -> None:
    threader = Threader()
    placed = place(threader, news)
    clinic = news[0]
    threader.accept(*clinic, placed[1])
    edited = replace(clinic[0], title="Quellmark Clinics: files stolen", content_hash="new")
    threader.accept(edited, clinic[1], placed[1])
    moved = replace(placed[3], thread=thread_id(9))
    threader.accept(*news[2], moved)
    assert threader.memory.thread_of(3) == thread_id(9)
    assert threader.memory.thread_of(1) == thread_id(1)


def test_patch_days_of_two_months_stay_apart() -> None:
    days = [
        article(
            1,
            "Borvane March 2027 Patch Tuesday fixes 61 flaws",
            "Today is Borvane's March 2027 Patch Tuesday, with fixes for 61 flaws.",
            "Daily",
        ),
        article(
            2,
            "Borvane April 2027 Patch Tuesday fixes 58 flaws",
            "Today is Borvane's April 2027 Patch Tuesday, with fixes for 58 flaws.",
            "Daily",
            24 * 28,
        ),
        article(
            3,
            "Borvane Patch Tuesday for April 2027: 58 flaws",
            "Borvane's April 2027 Patch Tuesday brings fixes for 58 flaws.",
            "Gazette",
            24 * 28 + 3,
        ),
    ]
    placed = place(Threader(), embedded(days))
    assert [placed[n].thread for n in (1, 2, 3)] == [thread_id(1), thread_id(2), thread_id(2)]


def test_parameters_say_what_they_were_fitted_on() -> None:
    assert shipped().join < shipped().join_after_silence


def test_each_thread_is_weighed_beside_the_nearest_other(news: list[Item]) -> None:
    threader = Threader()
    place(threader, news[:-1])
    traits = threader.read(*news[-1]).source.traits
    weighed = threader.weigh(traits, threader.memory.candidates(traits))
    rows = [dict(zip(THREAD_FEATURES, c.row, strict=True)) for c in weighed]
    assert [row["nearer"] for row in rows] == list(range(len(rows)))
    assert len(rows) > 1
    odds = [max(-CLIP, min(CLIP, c.odds)) for c in weighed]
    assert [row["rival"] for row in rows] == pytest.approx([odds[1], *[odds[0]] * (len(odds) - 1)])
