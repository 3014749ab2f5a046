"""What the sources see ahead, sorted to better and worse, and what only seems to look ahead."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from breachwire.model import Article, BriefSection, Member, Thread, ThreadView
from breachwire.testing import an_article
from nlp import brief, foresight, outlook
from nlp.desk import Desk

START = datetime(2026, 3, 18, 9, tzinfo=UTC)
LEAD = (
    "Calder Clinic said that hackers had stolen records of 24,937 patients in the attack. "
    "Calder Clinic discovered the theft on March 3 and disconnected its billing system. "
    "The intruders used the stolen password of a contractor to break into Calder Clinic. "
    "Calder Clinic disclosed the breach in a filing with the attorney general of Calder. "
)

pytestmark = pytest.mark.usefixtures("any_is_printable")


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
        "Ada Moss said that Calder Clinic will restore its record system in full by April 12.",
        "Ada Moss, who makes the link, has promised Calder Clinic a fix, due by the end of May.",
        "Ada Moss of Fenwick Labs expects Calder Clinic to recover most of its records by May.",
        "Calder Clinic says that online booking will return for all its patients on April 19.",
    ],
)
def test_a_turn_for_the_better(text: str) -> None:
    assert told("optimistic_outlook", text) == [text]


@pytest.mark.parametrize(
    "text",
    [
        "The attorney general of Calder said her office would examine the delay at Calder Clinic.",
        "Ada Moss of Fenwick Labs fears that patients of Calder Clinic will meet identity theft.",
        "Ada Moss of Fenwick Labs said that cameras of Calder Clinic will not be patched soon.",
    ],
)
def test_a_turn_for_the_worse(text: str) -> None:
    assert told("pessimistic_outlook", text) == [text]


@pytest.mark.parametrize(
    "text",
    [
        "Calder Clinic restored its record system on April 2 and ended the diversion of patients.",
        "Patients of Calder Clinic get 12 months of credit monitoring from a firm in Moorside.",
        "Calder Clinic said it found no evidence that anybody had misused what was taken.",
        "Calder Clinic has hired its first head of security, who comes from a bank in Moorside.",
        "A patient of Calder Clinic filed a class action in the state court of Calder on April 9.",
        "Patients of Calder Clinic have received text messages that ask them to pay a fake bill.",
        "Ada Moss, a prosecutor, said that two of the hackers of Calder Clinic are at large.",
        "The Care Agency told clinics like Calder Clinic to follow its order, which ranks risks.",
        "Night Heron can scan the ports of Calder Clinic, read its mail and encrypt its disks.",
        "The flaw could allow a remote, unknown attacker to bypass the guard of Calder Clinic.",
        "Ada Moss could not say whether anyone had bought the records of Calder Clinic by then.",
        "Calder Clinic would not say whether it had paid the crew for the keys to its files.",
    ],
)
def test_what_was_done_or_is_so_or_can_be_done_is_no_outlook(text: str) -> None:
    assert told("optimistic_outlook", text) == told("pessimistic_outlook", text) == []


def test_a_conclusion_is_told_with_what_it_follows_from() -> None:
    first = "Fenwick Labs suspects that the thieves of Calder Clinic sell what they steal to crews."
    then = "So a clinic could find itself blackmailed by people who never touched its billing."
    assert told("pessimistic_outlook", f"{first} {then}")[0].startswith(f"{first} {then[:-1]}")


def test_one_of_several_is_told_behind_the_sentence_that_counts_them() -> None:
    text = (
        "Ada Moss has since tried three other links that clinics like Calder Clinic bought. Two "
        "passed. The third had the same page, and its maker has promised a fix by the end of May."
    )
    found = told("optimistic_outlook", text)
    assert any("three other links" in line and "promised a fix" in line for line in found)
    assert not any("Two passed" in line for line in found)


def test_what_a_release_names_last_is_told_by_itself() -> None:
    text = (
        "Fenwick Labs patched its billing link for Calder Clinic on March 14, with additional "
        "fixes targeted for the end of May."
    )
    hope = "Additional fixes are targeted for the end of May, Harbour Gazette reports."
    assert told("optimistic_outlook", text) == [hope]


def test_a_forecast_is_told_with_what_it_is_of() -> None:
    text = (
        "Calder Clinic is asking Tarrow County for a bridge loan of $750,000 to pay its staff. "
        "Ada Moss, a commissioner, said she expects the loan to pass."
    )
    found = " ".join(told("optimistic_outlook", text))
    assert "expects the loan to pass" in found


@pytest.mark.parametrize(
    ("text", "ahead"),
    [
        ("Moorside will reopen its clinics.", True),
        ("The maker has promised a fix by May.", True),
        ("Thieves could use the stolen records to open accounts.", True),
        ("Once in, intruders may attempt theft of credentials.", True),
        ("The vote is due on May 3.", True),
        ("Ada Moss said that prices would rise.", True),
        ("Objections are possible, since some parents wanted more.", True),
        ("The key stays valid, potentially letting the intruders return later.", True),
        ("The split can help an operator retain access if a part is found.", True),
        ("Orders sit on a ledger that cannot easily be taken down.", True),
        ("Once the wallet is known, defenders can track its transfers.", True),
        ("Watching for odd installers can expose the chain early.", True),
        ("Stolen tokens can open private stores.", True),
        ("The money is to pay for offices in two more towns.", True),
        ("Pumps will no longer be sold with one password.", True),
        ("The clinic no longer takes cash.", False),
        ("The clinic had expected to reopen in March.", False),
        ("He could see from a list that others had read it.", False),
        ("Logs were kept so that staff could work on paper.", False),
        ("Attackers can leverage scripts to run code.", False),
        ("A crafted page could trigger a crash.", False),
        ("It was due to a fault in the gateway.", False),
    ],
)
def test_which_sentences_look_ahead(text: str, ahead: bool) -> None:
    assert foresight.looks(text) is ahead


@pytest.mark.parametrize(
    ("section", "text"),
    [
        (
            "optimistic_outlook",
            "The update of the link of Calder Clinic will be automatically applied in May.",
        ),
        (
            "pessimistic_outlook",
            "Tricks used on Calder Clinic could be adapted by attackers who know one password.",
        ),
        (
            "pessimistic_outlook",
            "Objections to the deal of Calder Clinic are possible, since some wanted more.",
        ),
    ],
)
def test_a_plain_look_ahead_is_an_outlets_own(section: BriefSection, text: str) -> None:
    assert told(section, text) == [f"{text[:-1]}, Harbour Gazette reports."]


def test_who_speaks_keeps_his_office_where_it_is_said_of() -> None:
    text = (
        '"It is far too little for the patients," said Rufus Dane of the Calder Patients\' Union. '
        "He said that the union may object to the deal of Calder Clinic in court."
    )
    assert any(
        "Rufus Dane of the Calder Patients' Union said that the union may object" in line
        for line in told("pessimistic_outlook", text)
    )


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
            "Night Heron, which hit Calder Clinic, is unlikely to disappear and can quickly "
            "rebuild its servers.",
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
        desk.sheet.statements.clear()
        for q in desk.every[:count]:
            desk.quote(q, "deep_analysis", 2)
        outlook.share(desk)
        assert len(desk.sheet.held("pessimistic_outlook")) == count - 1  # the last one stays
        assert len(desk.sheet.held("deep_analysis", 2)) == 1


def test_a_fix_that_the_next_sentence_goes_back_on_is_no_hope() -> None:
    fixed = "Ada Moss said that the flaw of Calder Clinic will be fixed in version 9.4 of its tool."
    assert fixed in told("optimistic_outlook", f"{fixed} Its maker tells all who use it.")
    assert fixed not in told("optimistic_outlook", f"{fixed} But that does not remove the doors.")
