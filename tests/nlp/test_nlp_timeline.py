"""The timeline: dates the sources state, and who reported when."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from breachwire.model import Article, Member, Thread, ThreadView
from breachwire.testing import an_article
from nlp import brief, ground, timeline
from nlp.desk import Desk

START = datetime(2026, 3, 18, 9, tzinfo=UTC)  # a Wednesday


def article(id: int, title: str, text: str, source: str) -> Article:
    when = START + timedelta(days=id - 1)
    return an_article(id, title, text, source=source, at=when, lead="", family=source)


def view(*articles: Article) -> ThreadView:
    thread = Thread("t1", "", "breach", "Breaches", START, START, START, len(articles), 1)
    return ThreadView(thread, tuple(Member(a, "report", 1.0, "", "") for a in articles), ())


@pytest.mark.parametrize(
    ("sentence", "at", "leans"),
    [
        ("Calder Clinic detected the intrusion on March 3, 2026, in billing.", "2026-03-03", False),
        ("Calder Clinic detected the intrusion on March 3 in billing.", "2026-03-03", True),
        ("The intrusion at Calder Clinic began in December and went on.", "2025-12", True),
    ],
)
def test_an_event_stands_at_its_own_date(sentence: str, at: str, leans: bool) -> None:
    desk = Desk(view(article(1, "Calder Clinic hit", sentence, "Harbour Gazette")))
    event = next(s for s in timeline.write(desk) if s.evidence[0].where == "text")
    assert event.at == at
    assert ("published" in {e.where for e in event.evidence}) is leans
    assert ground.problems(event, desk.articles) == []


def test_reports_stand_at_publication_and_say_so() -> None:
    desk = Desk(
        view(
            article(1, "Calder Clinic shuts its network", "Nothing.", "Harbour Gazette"),
            article(2, "Night Heron group lists the clinic", "Nothing.", "Moor Courier"),
            article(3, "Night Heron group lists the clinic", "Nothing.", "Third Paper"),
        )
    )
    found = timeline.write(desk)
    assert [s.at for s in found] == ["2026-03-18", "2026-03-19"]
    assert all("report" in s.text.lower() for s in found)
    assert "“Night Heron group lists the clinic”" in found[1].text
    assert all(ground.problems(s, desk.articles) == [] for s in found)


def test_old_background_is_no_event() -> None:
    text = "Calder Clinic was founded on May 2, 1998, and was hacked on June 1, 2009, by a student."
    desk = Desk(view(article(1, "Calder Clinic hit", text, "Harbour Gazette")))
    assert [s.at for s in timeline.write(desk)] == ["2026-03-18"]


def test_the_sections_are_in_order_of_time() -> None:
    text = (
        "Calder Clinic notified patients on March 17, 2026, by letter from its head office. "
        "Systems of Calder Clinic were breached on February 2, 2026, by a stolen password. "
        "Police say a man was arrested on March 10, 2026, over the attack on Calder Clinic."
    )
    written = brief.write(view(article(1, "Calder Clinic hit by hackers", text, "Harbour Gazette")))
    at = [s.at for s in written if s.section == "timeline"]
    assert at == sorted(at, key=str)
    assert {"2026-02-02", "2026-03-10", "2026-03-17", "2026-03-18"} <= set(at)
