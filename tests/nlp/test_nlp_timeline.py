"""The timeline: dates the sources state, and who reported when."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from breachwire.model import Article, Kind, Member, Thread, ThreadView
from breachwire.testing import an_article
from nlp import brief, ground, timeline
from nlp import lines as text_of
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
    assert {"2026-02-02", "2026-03-10", "2026-03-17"} <= set(at)


def lines(*texts: str, kind: Kind = "breach") -> list[tuple[str | None, str]]:
    """The dated events of a thread with one report for each text, a day apart."""
    sources = ("Harbour Gazette", "Moor Courier", "Third Paper")
    articles = [
        article(n, f"Calder Clinic hit by hackers, part {n}", text, sources[n - 1])
        for n, text in enumerate(texts, 1)
    ]
    seen = view(*articles)
    desk = Desk(replace(seen, thread=replace(seen.thread, kind=kind)))
    found = [s for s in timeline.write(desk) if s.evidence[0].where == "text"]
    assert all(ground.problems(s, desk.articles) == [] for s in found)
    return [(s.at, s.text) for s in found]


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("A hearing on the theft at Calder Clinic is set for April 23 in Moorside.", "2026-04-23"),
        ("A ban on weak passwords at Calder Clinic applies from January 1, 2028.", "2028-01-01"),
        (
            "A new rule on clinics takes effect on January 1, 2028, in all of Calder.",
            "2028-01-01",
        ),
        ("Tarrow County will vote on a loan to Calder Clinic on January 9.", "2027-01-09"),
        (
            "Since 6 March at least eleven wards of Calder Clinic have had computers wiped.",
            "2026-03-06",
        ),
        ("Calder Clinic must file its report on the theft by April 30, 2026, at the state.", None),
        ("Fenwick Labs says that the keys of Calder Clinic work for attacks up to March 9.", None),
        (
            "Ada Moss, who told reporters in February that Calder Clinic was safe, has left it.",
            None,
        ),
    ],
)
def test_a_day_is_that_of_what_the_sentence_tells(text: str, at: str | None) -> None:
    assert [when for when, _ in lines(text)] == ([at] if at else [])


def test_who_issued_a_rule_is_told_though_a_clause_says_it() -> None:
    text = (
        "Clinics must say who reads their files under a rule that the Care Agency issued on Monday."
    )
    line = "The Care Agency issued a rule: clinics must say who reads their files."
    assert ("2026-03-16", line) in lines(text)


def test_two_lines_of_one_day_on_one_find_are_one_event() -> None:
    one = "Calder Clinic discovered the theft of its files on March 3, 2026, in billing."
    two = "Ada Moss said staff of Calder Clinic saw the first locked screens on March 3, 2026."
    assert len(lines(one, two)) == 1


def test_a_bare_month_of_a_deed_may_be_of_any_year_in_a_case_before_a_court() -> None:
    deed = "Rufus Dane began to work with the hackers of Calder Clinic in January."
    plea = "Rufus Dane pleaded guilty to the attack on Calder Clinic in January."
    assert lines(deed, kind="law") == []
    assert [at for at, _ in lines(plea, kind="law")] == ["2026-01"]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (
            "Calder Clinic said on March 10 that hackers had copied records of 4,100 patients.",
            "Calder Clinic said that hackers had copied records of 4,100 patients.",
        ),
        (
            "Calder Clinic learned of the theft on March 3, when Night Heron asked for $90,000.",
            "Calder Clinic learned of the theft when Night Heron asked for $90,000.",
        ),
        (
            "By a notice that Moor Bank issued on March 4, files of Calder Clinic were copied.",
            "By a notice that Moor Bank issued on March 4, files of Calder Clinic were copied.",
        ),
        (
            "Calder Clinic shut its wards on March 4 and reopened them for patients on March 9.",
            "Calder Clinic shut its wards on March 4 and reopened them for patients on March 9.",
        ),
        (
            "The pause of Calder Clinic, which began on March 4 and has no end, touches 11 wards.",
            "The pause of Calder Clinic, which began on March 4 and has no end, touches 11 wards.",
        ),
    ],
)
def test_a_line_leaves_out_the_day_that_stands_beside_it(text: str, line: str) -> None:
    assert line in [told for _, told in lines(text)]


def test_what_nothing_brought_up_is_no_the() -> None:
    article_ = article(1, "t", "Thieves took a cloud key. Moor Bank cut off the key.", "Gazette")
    text = "Moor Bank cut off the key and told its board of the letters."
    start = article_.text.index("Moor Bank")
    line = text_of.introduced(text, article_, start, ["Moor Bank was hacked."])
    assert line == "Moor Bank cut off a key and told its board of the letters."
    assert text_of.introduced("The Harbour Guard team left.", article_, start, []).startswith("A H")
    told = ["Thieves took a key of Moor Bank."]
    assert text_of.introduced(text, article_, start, told) == text


def test_a_figure_that_was_corrected_says_so() -> None:
    text = (
        "Calder Clinic said on March 17 that hackers had copied records of 3,100 patients.\n"
        "Correction, March 19: An earlier version of this article said that records of 4,100 "
        "patients were copied. The correct number is 3,100."
    )
    line = "Calder Clinic said that hackers had copied records of 3,100 patients (corrected on "
    assert lines(text) == [("2026-03-17", f"{line}March 19 from 4,100).")]


def test_a_but_is_not_cut_off() -> None:
    text = (
        "Ada Moss said that Calder Clinic had changed its cloud keys on March 4, a day after the "
        "attack on the billing tool became known, but had missed the password of one database."
    )
    assert "but had missed" in lines(text)[0][1]


@pytest.mark.parametrize(
    ("text", "at", "line"),
    [
        (
            "The Care Agency has listed a flaw in the billing link of Calder Clinic. "
            "The agency said the flaw is abused and urged clinics to apply the fix before the "
            "March 27, 2026 deadline.",
            "2026-03-27",
            "Clinics were urged to apply the fix before the March 27, 2026 deadline.",
        ),
        (
            "Calder Clinic says that online booking will return for its patients on April 19.",
            "2026-04-19",
            "Calder Clinic says that online booking will return for its patients on April 19.",
        ),
        (
            "Calder Clinic is asking Tarrow County for a loan of $750,000. The council will vote "
            "on April 30.",
            "2026-04-30",
            "Calder Clinic is asking Tarrow County for a loan of $750,000. The council will vote "
            "on April 30.",
        ),
        (
            "Calder Clinic has promised a fix of its billing link by the end of May.",
            "2026-05",
            "Calder Clinic has promised a fix of its billing link by the end of May.",
        ),
        (
            "Fenwick Labs counted 27 hosts with the page of Night Heron as of March 12, 2026.",
            "2026-03-12",
            "Fenwick Labs counted 27 hosts with the page of Night Heron as of March 12, 2026.",
        ),
    ],
)
def test_deadlines_plans_and_counts_have_their_day(text: str, at: str, line: str) -> None:
    assert (at, line) in lines(text)


def test_a_day_that_has_been_is_none_to_come() -> None:
    text = "Police will ask Calder Clinic about the attack on its wards of March 3, Ada Moss said."
    assert not [at for at, _ in lines(text) if at and at > "2026-03-18"]


def test_a_lone_report_without_other_dates_has_those_of_earlier_years() -> None:
    text = (
        "Night Heron is a program for Calder Clinic that first appeared in March 2022 in Moorside."
    )
    assert [at for at, _ in lines(text)] == ["2022-03"]


def test_a_report_tells_its_news_and_not_its_title() -> None:
    news = "Two patients have sued Calder Clinic over the theft of their records, a court said."
    desk = Desk(
        view(
            article(1, "Calder Clinic shuts its network", "Calder Clinic was hit.", "Gazette"),
            article(9, "Sore patients reach for their lawyers", news, "Moor Courier"),
        )
    )
    texts = [s.text for s in timeline.write(desk)]
    assert any("have sued Calder Clinic" in text for text in texts)
    assert not any("reach for their lawyers" in text for text in texts)
