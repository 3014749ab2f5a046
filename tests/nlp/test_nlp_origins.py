"""Ten copies are one origin."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from breachwire.model import Member, Role
from breachwire.testing import an_article
from nlp import origins

AT = datetime(2026, 6, 1, tzinfo=UTC)


def _member(
    number: int,
    outlet: str,
    *,
    family: str = "",
    credit: str = "",
    copy_of: int | None = None,
    role: Role = "report",
) -> Member:
    article = an_article(
        number,
        "Elm Clinic breached",
        "Records were taken.",
        source=outlet,
        at=AT,
        lead="",
        family=family,
        credit=credit,
    )
    return Member(article, role, 1.0, "joins", "", copy_of)


def test_families_count_once() -> None:
    members = [
        _member(1, "Daily", family="House"),
        _member(2, "Evening", family="House"),
        _member(3, "Gazette"),
        _member(4, "Gazette"),
    ]
    assert origins.count(members) == 2


def test_copies_and_credits_are_no_new_origin() -> None:
    members = [_member(1, "Daily")]
    members += [_member(n, f"Mirror {n}", copy_of=1, role="copy") for n in range(2, 12)]
    assert origins.count(members) == 1
    credited = _member(20, "Gazette", credit="The Daily reports")
    assert origins.count([*members, credited]) == 1
    elsewhere = _member(21, "Gazette", credit="Another Paper")
    assert origins.count([*members, elsewhere]) == 2


def test_at_least_one() -> None:
    assert origins.count([]) == 1
    assert origins.count([_member(2, "Mirror", copy_of=1, role="copy")]) == 1


def _say(number: int, outlet: str, text: str, title: str = "", **more: Any) -> Member:
    made = _member(number, outlet, **more)
    title = title or f"Elm Clinic breached, take {number}"
    return replace(made, article=replace(made.article, text=text, title=title))


def _groups(*members: Member) -> list[tuple[str, list[tuple[int, str]]]]:
    found = origins.groups(members)
    return [(o.name, [(s.article, s.reason) for s in o.articles]) for o in found]


CITING = (
    "Elm Clinic lost the records of its patients, the Harbour Gazette reported on Tuesday."
    " The newspaper said the theft took place in May."
)
SOURCED = (
    "The breach was first reported by the Harbour Gazette."
    + ' "We have told everyone whose data was taken," the clinic said in a statement.'
)


def test_what_only_cites_a_member_is_of_its_origin() -> None:
    gazette = _say(1, "Harbour Gazette", "Records were copied, director Ada Holm told us.")
    citing, sourced = _say(2, "Daily", CITING), _say(3, "Evening", SOURCED)
    assert _groups(gazette, citing, sourced) == [
        (
            "Harbour Gazette",
            [(1, "own reporting"), (2, "cites only Harbour Gazette")],
        ),
        ("Evening", [(3, "own reporting")]),
    ]


def test_two_that_cite_one_outlet_outside_are_one_origin() -> None:
    text = "The clinic was breached in May. The incident was first reported by {} on Monday."
    both = [_say(1, "Daily", text.format("Reuters")), _say(2, "Evening", text.format("Reuters"))]
    assert _groups(*both) == [
        ("Reuters", [(1, "cites only Reuters"), (2, "cites only Reuters")]),
    ]
    other = _say(3, "Courier", text.format("the Bangkok Post"))
    assert origins.count([*both, other]) == 2


@pytest.mark.parametrize(
    "text",
    [
        "ELM BAY, Nov 3 (Reuters) - Records of {} were taken.",
        "Records of {} were taken. This story originally appeared in Reuters.",
        "Records of {} were taken.\n— Reuters",
        "Reuters reports: Records of {} were taken.",
        "ELM BAY — (Reuters) — Records of {} were taken.",
    ],
)
def test_an_agencys_story_in_two_papers_is_one_origin(text: str) -> None:
    two = [_say(1, "Daily", text.format("patients")), _say(2, "Evening", text.format("staff"))]
    assert [name for name, _ in _groups(*two)] == ["Reuters"]
    assert _groups(*two)[0][1] == [(1, "credits Reuters"), (2, "credits Reuters")]


def test_a_press_release_in_two_papers_is_one_origin() -> None:
    text = "ELM BAY, Nov. 3, 2026 /PRNewswire/ -- Elm Clinic today announced that {}."
    two = [_say(1, "Daily", text.format("data was taken")), _say(2, "Evening", text.format("more"))]
    assert _groups(*two)[0][0] == "press release"
    assert origins.count(two) == 1


def test_write_ups_of_one_report_stay_apart() -> None:
    """A vendor's report, an authority's advisory: each newsroom read the document itself."""
    vendor = _say(1, "Brackwater Labs", "We found a backdoor in the clinic's gateway.")
    one = _say(2, "Daily", "According to Brackwater Labs, the clinic's gateway had a backdoor.")
    two = _say(3, "Evening", "The gateway was open, a report by Brackwater Labs says.")
    agency = _say(4, "CISA", "The agency has seen the flaw exploited.")
    three = _say(5, "Courier", "The flaw is exploited, according to CISA.")
    assert origins.count([vendor, one, two, agency, three]) == 5


@pytest.mark.parametrize(
    "text",
    [
        "Attackers send what they steal via Telegram to a group.",
        "Records were taken, the clinic told Daily.",
        "Daily has learned that records were taken.",
        "The Washington Post, which uses the clinic, did not answer.",
    ],
)
def test_what_cites_nobody_is_its_own(text: str) -> None:
    assert _groups(_say(1, "Daily", text)) == [("Daily", [(1, "own reporting")])]


def test_a_newspaper_that_was_breached_is_no_source_of_the_story() -> None:
    text = "The Washington Post said 9,700 people are affected. It wrote to them in November. " * 12
    title = "Washington Post breach affects 9,700 people"
    assert _groups(_say(1, "Daily", text, title))[0][0] == "Daily"


def test_copies_that_nobody_marked_are_found() -> None:
    text = " ".join(f"word{n} of the agency story" for n in range(40))
    two = [_say(1, "Daily", text), _say(2, "Evening", text + " Some more.")]
    assert _groups(*two) == [("Daily", [(1, "own reporting"), (2, "copy of Daily")])]


def test_an_excerpt_of_one_sentence_told_alike_is_no_copy() -> None:
    told = "exploiting an unknown flaw in Elm Reader with crafted documents since last December"
    two = [
        _say(1, "Daily", f"Attackers have been {told}."),
        _say(2, "Evening", f"Somebody unknown to us was {told}, and the maker has no update yet."),
    ]
    assert origins.count(two) == 2


def test_who_cite_each_other_are_the_earlier_ones_origin() -> None:
    text = "Records were taken, {} reported on Monday."
    one = _say(1, "Harbour Gazette", text.format("the Elm Herald"))
    two = _say(2, "Elm Herald", text.format("the Harbour Gazette"))
    assert [len(articles) for _, articles in _groups(one, two)] == [2]


def test_each_reporting_member_stands_in_one_origin_and_mentions_in_none() -> None:
    members = [
        _say(1, "Daily", CITING),
        _say(2, "Daily", SOURCED),
        _say(3, "Weekly", CITING, role="mention"),
    ]
    assert sorted(n for _, held in _groups(*members) for n, _ in held) == [1, 2]
    assert [name for name, _ in _groups(*members)] == ["Harbour Gazette", "Daily"]


def test_sisters_say_so() -> None:
    two = [_say(1, "Daily", "Told us.", family="House"), _say(2, "Evening", "x", family="House")]
    assert _groups(*two) == [("Daily", [(1, "own reporting"), (2, "same publisher as Daily")])]
