"""The seventh reading's causes, each by its own invented sentence."""

from __future__ import annotations

import pytest

from breachwire.model import BriefSection, Kind
from nlp import befell, brief, vouch
from tests.nlp.test_nlp_brief import article, detail, of, view
from tests.nlp.test_nlp_vouch import claim


def _told(text: str, section: BriefSection, kind: Kind = "malware", title: str = "Orla") -> str:
    found = brief.write(view((article(1, title, text),), (), kind))
    return " ".join(s.text for s in found if s.section == section and s.kind != "notice")


@pytest.mark.parametrize(
    ("text", "stands"),
    [
        ("Analysts at Orla Labs found the tool while investigating an alert.", False),
        ("Orla Labs is investigating the incident.", True),
    ],
)
def test_an_inquiry_in_which_something_was_found_is_no_news(text: str, stands: bool) -> None:
    words = "investigating"
    assert vouch.stands(claim("response", "investigating", words, text)) is stands


def test_what_those_who_did_it_work_with_is_not_hit() -> None:
    text = "Hackers turn 70 sleeping Orlahub accounts into a network of spies."
    at = text.index("70")
    assert befell.clause(text, at, at + 28, "70 accounts") == ""
    hit = "Hackers stole 70 Orlahub accounts."
    assert befell.clause(hit, hit.index("70"), len(hit) - 1, "70 accounts") is None


def test_what_hides_a_program_is_no_hope() -> None:
    text = (
        "Orlalock is a new ransomware that locks the files of Windows servers. The Orlalock "
        "program asks for a key before it starts, which may help reduce its exposure in sandbox "
        "systems."
    )
    assert _told(text, "optimistic_outlook") == ""


def test_the_day_of_a_theft_is_not_that_of_what_came_of_it() -> None:
    text = (
        "Calder Clinic said that a token stolen on March 3 had been used to reach its store. "
        "The intruders copied files of 900 patients on March 9."
    )
    one = article(20, "Calder Clinic tells of a theft", text)
    found = brief.write(view((one,), (detail(one, "victim", "Calder Clinic", "Calder Clinic"),)))
    assert "2026-03-03" not in {s.at for s in of(found, "timeline")}
