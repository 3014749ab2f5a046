"""Lines of the timeline on what somebody says to have been on a day; on what a lone report is."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from breachwire.model import Kind
from nlp import timeline, told
from nlp.desk import Desk
from tests.nlp.test_nlp_timeline import article, lines, view

PUBLISHED = date(2026, 3, 18)  # a Wednesday


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (
            "Orla Bank said that it had closed the fault on March 3 and is writing to clients.",
            "Orla Bank closed the fault on March 3, it says.",
        ),
        (
            "In a statement Orla Bank said that thieves had copied files of its branch on March 3.",
            "Thieves copied files of Orla Bank’s branch on March 3, it says.",
        ),
        (
            "Ada Moss, the chief engineer, said that a build server had run the code on March 3.",
            "A build server had run the code on March 3, Ada Moss, the chief engineer, says.",
        ),
        (
            "Orla Bank disclosed that data of 4,000 people was stolen between March 3 and March 9.",
            "Data of 4,000 people was stolen between March 3 and March 9, Orla Bank says.",
        ),
        (
            "Orla Bank told the Gazette it discovered the fraud on March 3, when a cheque bounced.",
            "Orla Bank discovered the fraud on March 3, when a cheque bounced, it says.",
        ),
        ("Orla Bank said on March 3 that it had closed the fault.", None),
        ("The hackers said that they had copied the files on March 3.", None),
        ("Orla Bank said that it had not closed the fault on March 3.", None),
        ("Records showed that the fault was closed on March 3.", None),
        ("Orla Bank said that it found the theft in May and that files went on March 3.", None),
    ],
)
def test_a_line_tells_what_is_said_to_have_been_on_its_day(text: str, line: str | None) -> None:
    assert told.event(text, "2026-03-03", PUBLISHED) == line


def test_a_report_of_what_was_said_on_a_weekday_stands_at_that_day() -> None:
    text = (
        "Calder Clinic said on Monday that the thieves who copied its files last month had also "
        "opened letters to patients in the attack on Calder Clinic."
    )
    assert [at for at, _ in lines(text)] == ["2026-03-16"]


def test_who_tells_how_it_was_tells_nothing() -> None:
    assert lines("Court papers unsealed on Monday tell how police found the hackers.") == []


def test_what_will_be_on_a_weekday_stands_at_the_next_one() -> None:
    text = "Calder Clinic will reopen its billing office on Monday after the attack."
    assert lines(text) == [
        ("2026-03-23", "Calder Clinic will reopen its billing office after the attack.")
    ]


@pytest.mark.parametrize(
    ("kind", "title", "text", "line"),
    [
        (
            "vulnerability",
            "Orlagate flaw lets strangers in",
            "A vulnerability in Orlagate lets strangers run commands.",
            "Harbour Gazette published its report on the flaw in Orlagate.",
        ),
        (
            "campaign",
            "New TANGLEWEED campaign sends fake invoices",
            "Fake invoices go to clerks in four ports.",
            "Harbour Gazette published its report on the TANGLEWEED campaign.",
        ),
        ("other", "A quiet week", "Nothing.", "Harbour Gazette published its report."),
    ],
)
def test_a_lone_report_says_what_it_is_on(kind: Kind, title: str, text: str, line: str) -> None:
    seen = view(article(1, title, text, "Harbour Gazette"))
    desk = Desk(replace(seen, thread=replace(seen.thread, kind=kind)))
    assert [s.text for s in timeline.write(desk)] == [line]


def test_a_company_that_an_outsider_sues_is_not_the_last_one_named() -> None:
    text = (
        "Orla Labs has ended its contract with Moorside. Rooms stay shut until the spring. "
        "Ada Moss, the translator who leads a suit against the company, has not been asked back."
    )
    desk = Desk(view(article(1, "Moorside lets work resume", text, "Harbour Gazette")))
    assert not any("Ada Moss" in q.text for q in desk.every if q.after is None)
