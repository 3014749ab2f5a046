"""What the sources see ahead, sorted to better and worse, and what only seems to look ahead."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from breachwire.model import Article, BriefSection, Member, Thread, ThreadView
from breachwire.testing import an_article
from nlp import brief, outlook
from nlp.desk import Desk

START = datetime(2026, 3, 18, 9, tzinfo=UTC)
LEAD = (
    "Calder Clinic said that hackers had stolen records of 24,937 patients in the attack. "
    "Calder Clinic discovered the theft on March 3 and disconnected its billing system. "
    "The intruders used the stolen password of a contractor to break into Calder Clinic. "
    "Calder Clinic disclosed the breach in a filing with the attorney general of Calder. "
)


def told(section: BriefSection, *texts: str, days: int = 14) -> list[str]:
    """The section's statements, of a report with each text, `days` apart; notices left out."""
    articles: list[Article] = [
        an_article(
            n,
            f"Calder Clinic attack, report {n}",
            LEAD * (n == 1) + text,
            source="Harbour Gazette",
            at=START + timedelta(days=days * n),
            lead="",
        )
        for n, text in enumerate(texts, 1)
    ]
    first, last = articles[0].at, articles[-1].at
    thread = Thread("t", "", "breach", "Breaches", first, last, last, len(articles), 1)
    members = tuple(Member(a, "report", 1.0, "joins", "") for a in articles)
    found = brief.write(ThreadView(thread, members, ()))
    return [s.text for s in found if s.section == section and s.kind != "notice"]


@pytest.mark.parametrize(
    "text",
    [
        "Calder Clinic restored its record system on April 2 and ended the diversion of patients.",
        "Patients of Calder Clinic get 12 months of credit monitoring from a firm in Moorside.",
        "Calder Clinic said it found no evidence that anybody had misused what was taken.",
        "Calder Clinic has hired its first head of security, who comes from a bank in Moorside.",
    ],
)
def test_a_turn_for_the_better(text: str) -> None:
    assert told("optimistic_outlook", text) == [text]


@pytest.mark.parametrize(
    "text",
    [
        "A patient of Calder Clinic filed a class action in the state court of Calder on April 9.",
        "The attorney general of Calder said her office would examine the delay at Calder Clinic.",
        "Patients of Calder Clinic have received text messages that ask them to pay a fake bill.",
    ],
)
def test_a_turn_for_the_worse(text: str) -> None:
    assert told("pessimistic_outlook", text) == [text]


def test_an_it_is_shown_with_the_sentence_that_names_it() -> None:
    both = (
        "An outside audit will cost up to $180,000. "
        "Director Ada Moss said it should be complete by March."
    )
    assert told("optimistic_outlook", both) == [both]


@pytest.mark.parametrize(
    "text",
    [
        "Ada Moss of Fenwick Labs expects the systems to be back this week, sooner than feared.",
        "Ada Moss of Fenwick Labs expects the clinic to be back on Friday, sooner than feared.",
    ],
)
def test_a_forecast_for_some_days_is_over_in_a_fortnight(text: str) -> None:
    later = "Calder Clinic has told the state that the count of patients is now final."
    assert text in told("optimistic_outlook", text)
    assert text not in told("optimistic_outlook", text, later)


def test_advice_and_contracts_are_no_outlook() -> None:
    texts = (
        "Patients should change their passwords and be wary of fraud in the coming months.",
        "A customer may suspend work at once if confidential material has been disclosed.",
    )
    assert told("pessimistic_outlook", " ".join(texts)) == []


@pytest.mark.parametrize(
    ("text", "section"),
    [
        (
            "Two of the suspects were charged with the theft at Calder Clinic and could face up "
            "to 20 years in prison.",
            "optimistic_outlook",
        ),
        (
            "Turning off the billing link of Calder Clinic can reduce exposure until it is fixed.",
            "optimistic_outlook",
        ),
        (
            "Claims on crime forums about Calder Clinic are often exaggerated, recycled or false.",
            "optimistic_outlook",
        ),
        (
            "Night Heron, which hit Calder Clinic, is unlikely to disappear and can quickly "
            "rebuild its servers.",
            "pessimistic_outlook",
        ),
        (
            "Ada Moss, a prosecutor, said that two of the hackers of Calder Clinic are at large.",
            "pessimistic_outlook",
        ),
    ],
)
def test_the_side_is_that_of_those_who_were_hit(text: str, section: BriefSection) -> None:
    assert any(text[:40] in line for line in told(section, text))
    other: dict[BriefSection, BriefSection] = {
        "optimistic_outlook": "pessimistic_outlook",
        "pessimistic_outlook": "optimistic_outlook",
    }
    assert not any(text[:40] in line for line in told(other[section], text))


@pytest.mark.parametrize(
    "text",
    [
        "Operators can read mail of Calder Clinic, steal clipboard content, move files and spy.",
        "The attackers also exploit an old proxy of Calder Clinic, which poses a risk to it.",
        "Attackers could bypass the guard of Calder Clinic, which poses a risk to its patients.",
        "New files in the folder of Calder Clinic, with a raised risk, may indicate abuse.",
        "A recent report on clinics like Calder Clinic warned that one gateway could expose all.",
        "Ada Moss of Fenwick Labs said she had identified the campaign against Calder Clinic and "
        "traced its fake invoices.",
    ],
)
def test_how_it_is_done_or_found_is_no_outlook(text: str) -> None:
    assert told("pessimistic_outlook", text) == []


def test_of_a_but_the_half_counts_that_looks_ahead() -> None:
    text = (
        "Ada Moss of Calder Clinic expects no further charges this year but said that two "
        "customers had asked for compensation after fake invoices."
    )
    hope = "Ada Moss of Calder Clinic expects no further charges this year."
    assert told("optimistic_outlook", text) == [hope]
    assert told("pessimistic_outlook", text) == []


def test_advice_that_says_what_good_it_does_is_a_hope() -> None:
    text = "Watching for new tasks at Calder Clinic can help catch this kind of theft early."
    assert told("optimistic_outlook", text) == [f"{text[:-1]}, Harbour Gazette reports."]


def test_what_those_hit_may_never_notice_is_a_fear() -> None:
    text = "Patients of Calder Clinic may never notice anything wrong until the money is gone."
    assert told("pessimistic_outlook", text) == [f"{text[:-1]}, Harbour Gazette reports."]


def test_a_promise_of_the_first_report_is_no_hope_of_the_last() -> None:
    text = "Ada Moss said that Calder Clinic would cover the loss from a credit line of its own."
    later = "Calder Clinic has sold a wing to repay the credit line on which it had drawn."
    assert text in told("optimistic_outlook", text)
    assert text not in told("optimistic_outlook", text, later, days=30)


def test_who_speaks_is_not_cut_off() -> None:
    text = (
        "Ada Moss, who runs a rival clinic, said that patients of Calder Clinic would ask for "
        "proof of safety each month from now on, and that smaller clinics might not survive the "
        "cost of it."
    )
    assert text in " ".join(told("pessimistic_outlook", text))


def test_an_empty_outlook_takes_a_forecast_from_what_comes_next() -> None:
    text = (
        "The Crime Bureau of Calder said that it expects further charges over like services. "
        "A judge ordered Rufus Dane to repay $5.4 million to those whom he had robbed."
    )
    one = an_article(1, "Rufus Dane sentenced", text, source="Harbour Gazette", at=START, lead="")
    thread = Thread("t", "", "law", "Law and enforcement", START, START, START, 1, 1)
    desk = Desk(ThreadView(thread, (Member(one, "report", 1.0, "joins", ""),), ()))
    for count in (1, 2):
        desk.statements.clear()
        for q in desk.every[:count]:
            desk.quote(q, "deep_analysis", 2)
        outlook.share(desk)
        assert len(desk.held("pessimistic_outlook")) == count - 1  # the last one stays
        assert len(desk.held("deep_analysis", 2)) == 1


def test_a_fix_that_the_next_sentence_goes_back_on_is_no_hope() -> None:
    fixed = "The billing flaw of Calder Clinic was fixed on March 14 in version 9.4 of its tool."
    assert fixed in told("optimistic_outlook", f"{fixed} Its maker tells all who use it.")
    assert fixed not in told("optimistic_outlook", f"{fixed} But that does not remove the doors.")
