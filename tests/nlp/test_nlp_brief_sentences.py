"""Which sentences of the sources a brief shows: each rule on invented reports."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from breachwire.model import Article, BriefSection, Member, Statement, Thread, ThreadView
from breachwire.testing import an_article
from nlp import brief, ground
from nlp.whole import whole
from tests.nlp.test_nlp_brief import detail

START = datetime(2026, 3, 18, 9, tzinfo=UTC)  # a Wednesday
LEAD = (
    "Calder Clinic said on Wednesday that hackers had stolen records of 24,937 patients. "
    "Calder Clinic discovered the theft on March 3 and disconnected its billing system. "
)
AGAIN = "Calder Clinic told the state on Thursday how the theft of its records came about. "


def thread(
    texts: Sequence[str],
    *,
    days: int = 14,
    title: str = "Calder Clinic attack",
) -> ThreadView:
    """A report with each text, `days` apart."""
    articles: list[Article] = [
        an_article(
            n, f"{title}, report {n}", text, source="Harbour Gazette",
            at=START + timedelta(days=days * (n - 1)), lead="",
        )
        for n, text in enumerate(texts, 1)
    ]  # fmt: skip
    first, last = articles[0].at, articles[-1].at
    row = Thread(
        "t",
        "",
        "breach" if "Calder Clinic" in texts[0] else "supply-chain",
        "Breaches",
        first,
        last,
        last,
        len(articles),
        1,
    )
    members = tuple(Member(a, "report", 1.0, "joins", "") for a in articles)
    if "Calder Clinic" not in texts[0]:
        return ThreadView(row, members, ())
    return ThreadView(
        row, members, (detail(articles[0], "victim", "Calder Clinic", "Calder Clinic"),)
    )


def told(
    view: ThreadView, section: BriefSection = "deep_analysis", paragraph: int | None = None
) -> list[str]:
    """A section's texts without notices; every statement of the brief holds."""
    found = brief.write(view)
    articles = {m.article.id: m.article for m in view.members}
    assert [line for s in found for line in ground.problems(s, articles)] == []
    return [s.text for s in of(found, section, paragraph)]


def of(found: Sequence[Statement], section: BriefSection, paragraph: int | None) -> list[Statement]:
    return [
        s
        for s in found
        if s.section == section and s.kind != "notice" and paragraph in (None, s.paragraph)
    ]


def everything(view: ThreadView) -> str:
    return " ".join(s.text for s in brief.write(view) if s.section != "timeline")


WAY_IN = (
    "Calder Clinic said that intruders had been in its network since the first days of February. "
    "They entered with the stolen password of a contractor whose account needed no second factor."
)


@pytest.mark.usefixtures("any_is_printable")
def test_what_leans_stands_right_behind_what_it_leans_on() -> None:
    both = told(thread([LEAD + WAY_IN]))
    at = next(n for n, text in enumerate(both) if text.startswith("They entered"))
    assert both[at - 1].startswith("Calder Clinic said that intruders")


def test_what_leans_on_a_sentence_that_is_not_shown_is_left_out() -> None:
    text = LEAD + "We were told more about that. They entered with the stolen password of a vendor."
    assert "They entered" not in everything(thread([text]))


@pytest.mark.parametrize(
    "text",
    [
        "The patch removes the page and closes the hole for good, said the clinic's vendor.",
        "Two were rotated on March 4 and the third one was stolen by the intruders.",
        "In each, files were overwritten and stolen with the password of an operator.",
        "Ada Moss said that the vendor had paid the others for the stolen records.",
        "If it detects a sandbox, the stealer exits and deletes the stolen records.",
    ],
)
def test_what_names_nothing_opens_no_paragraph(text: str) -> None:
    view = thread([LEAD + "We asked the police. " + text])
    assert text not in told(view)


def test_a_count_of_what_is_named_leans_on_nothing() -> None:
    text = (
        "Two releases of Spindle, a build cache, were published on March 2 with a stealer inside."
    )
    assert text in everything(thread([text], title="Spindle releases carry a stealer"))


def test_the_day_of_the_report_is_a_date() -> None:
    assert "said on March 18 that hackers had stolen" in everything(thread([LEAD]))


def test_what_lies_ahead_keeps_its_weekday() -> None:
    text = (
        "Calder Clinic has closed its two wards until Friday, the clinic's director said on Monday."
    )
    shown = everything(thread([LEAD + text]))
    assert "until Friday" not in shown or "said on March 16" in shown
    assert "a on March" not in everything(
        thread([LEAD + "It was early on a Monday at Calder Clinic."])
    )


def test_a_count_that_was_raised_is_no_longer_told_as_the_count() -> None:
    old = "Calder Clinic said that the theft affected 24,937 patients of its 17 practices."
    new = "Calder Clinic now gives 31,502 people, up from 24,937, after it found more files."
    found = told(thread([old, AGAIN + new]), "signal_summary")
    assert found
    assert not any("24,937" in text and "31,502" not in text for text in found)


def test_an_inquiry_that_is_over_goes_on_no_more() -> None:
    old = LEAD + "Calder Clinic is investigating the theft with a firm from Moorside, it said."
    new = AGAIN + "Calder Clinic has completed its investigation and found no further stolen files."
    assert "is investigating" in everything(thread([old]))
    assert "is investigating" not in everything(thread([old, new]))


def test_what_was_closed_is_open_again() -> None:
    old = "Calder Clinic has been diverting ambulances since Sunday because of a ransomware attack."
    new = "Calder Clinic restored its records on March 30 and ended its diversion of ambulances."
    assert "has been diverting" in everything(thread([old]))
    assert "has been diverting" not in everything(thread([old, new]))


def test_a_first_all_clear_that_the_next_sentence_takes_back_is_not_told() -> None:
    text = (
        LEAD + "Calder Clinic said that no bank details were believed to be affected by the theft. "
        "However, subsequent findings confirmed that bank details of patients had been stolen."
    )
    assert "were believed to be affected" not in everything(thread([text]))


@pytest.mark.parametrize(
    "text",
    [
        "Night Heron gives Calder Clinic seven days and warns that it will publish the records.",
        "Calder Clinic expects its record system to be back by the weekend, the director said.",
    ],
)
def test_a_deadline_that_has_passed_is_no_outlook(text: str) -> None:
    later = AGAIN + "The records of Calder Clinic are safe and its wards reopened on March 30."
    both = thread([LEAD + text, later])
    shown = told(both, "optimistic_outlook") + told(both, "pessimistic_outlook")
    assert not any("seven days" in s or "weekend" in s for s in shown)


@pytest.mark.usefixtures("any_is_printable")
def test_the_means_have_a_paragraph_of_their_own() -> None:
    means = told(thread([LEAD + WAY_IN]), paragraph=1)
    assert any("stolen password" in text for text in means)


@pytest.mark.parametrize(
    "text",
    [
        "The breach illustrates the challenges within the health sector, where budgets are small.",
        "Night Heron has built a reputation for large thefts of data from clinics and banks.",
        "Recent victims tied to the crew include Moor Bank and the stolen files of Fenwick Labs.",
        "Calder Clinic serves as the main hospital of the county and supports four villages.",
        "Shared Pages Developers could publish stolen pages to all Shifted checks to the pipeline.",
    ],
)
def test_other_cases_profiles_and_debris_are_no_analysis(text: str) -> None:
    assert text not in told(thread([LEAD + text]))


def test_advice_is_what_comes_next_and_nothing_else() -> None:
    text = "Clinics should rotate all passwords that were stolen and review their logs."
    view = thread([LEAD + text])
    assert text not in told(view, paragraph=0) + told(view, paragraph=1)


def test_a_label_is_no_part_of_its_sentence() -> None:
    text = (
        "Exposed Remote Access: The intruders used the stolen password of a vendor of the clinic."
    )
    shown = everything(thread([LEAD + text]))
    assert "Exposed Remote Access" not in shown


def test_a_caption_without_a_verb_is_no_sentence() -> None:
    text = (
        "A critical backdoor in the Alley plugin, which can give attackers the administrator role."
    )
    assert text not in everything(thread([LEAD + text]))


@pytest.mark.parametrize(
    ("section", "text", "shown"),
    [
        (
            "pessimistic_outlook",
            "The incident poses an elevated risk of identity theft and fraud for its patients.",
            "The incident at Calder Clinic poses an elevated risk of identity theft and fraud for "
            "its patients, Harbour Gazette reports.",
        ),
        (
            "pessimistic_outlook",
            "We expect Night Heron to publish more files of patients of Calder Clinic for sale.",
            "Harbour Gazette expects Night Heron to publish more files of patients of Calder "
            "Clinic for sale.",
        ),
        (
            "optimistic_outlook",
            "Calder Clinic will reset the passwords of all patients and reopen its portal in May.",
            "Calder Clinic will reset the passwords of all patients and reopen its portal in May, "
            "Harbour Gazette reports.",
        ),
    ],
)
def test_a_reporters_own_view_is_the_outlets(
    section: BriefSection, text: str, shown: str | None
) -> None:
    assert (shown or text) in told(thread([LEAD + text]), section)


@pytest.mark.parametrize(
    "text",
    [
        "The complaint quotes a memo in which a manager asks for damages to be kept from patients.",
        "The malicious loader recovered its keys and could restore the access of the attackers.",
        "Companies in this trade could face a higher risk of fraud, speaking in general terms.",
    ],
)
def test_what_is_past_general_or_the_other_sides_is_no_outlook(text: str) -> None:
    view = thread([LEAD + text])
    assert text not in told(view, "optimistic_outlook") + told(view, "pessimistic_outlook")


def test_a_forecast_that_leans_is_shown_with_what_it_leans_on() -> None:
    text = (
        "The stolen records hold names, birth dates and diagnoses of patients. "
        "Such a set could lead to identity theft and fraud for many years."
    )
    shown = f"{text[:-1]}, Harbour Gazette reports."
    assert shown in told(thread([LEAD + text]), "pessimistic_outlook")


def test_the_summary_says_no_more_than_thirty_words_and_names_whom() -> None:
    text = (
        "Attackers who took over an account pushed two poisoned files to the portal of Calder "
        "Clinic on Tuesday, and security firm Fenwick Labs says that at least 3,400 machines at "
        "some 190 offices installed them before they were pulled."
    )
    view = thread([text], title="Calder Clinic portal served poisoned files")
    (summary,) = told(view, "signal_summary")[:1]
    assert summary == (
        "Attackers who took over an account pushed two poisoned files to the portal of Calder "
        "Clinic on March 17."
    )


def test_no_sentence_of_more_than_forty_words_is_shown_whole() -> None:
    text = (
        "Calder Clinic said that intruders had stolen names and addresses and diagnoses and "
        "letters and bank details and numbers and pictures and recordings and scans and notes "
        "and plans and rosters and reports and invoices and contracts and passwords and drafts "
        "of people."
    )
    assert text not in everything(thread([LEAD + text]))


@pytest.mark.parametrize(
    ("text", "is_whole"),
    [
        ("A flaw in Orla that lets attackers inject code into the chat of a firm.", False),
        ("A bypass in Orla that was used as a zero-day before fixes were available.", False),
        ("A flaw in Orla that lets attackers inject code has been fixed.", True),
        ("The group that breached Orla published 40 files on Monday.", True),
        ("Tox ID 65BB****BC9D was listed in posts attributed to the seller.", False),
    ],
)
def test_a_noun_with_what_it_does_is_no_sentence(text: str, is_whole: bool) -> None:
    assert whole(text, ()) is is_whole
