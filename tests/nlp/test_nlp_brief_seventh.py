"""The seventh reading's causes, each by its own invented sentence."""

from __future__ import annotations

import pytest

from breachwire.model import BriefSection, Kind
from nlp import befell, brief, foresight, outlook, vouch
from nlp.desk import Desk
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


def test_a_flaws_impact_is_what_it_comes_to() -> None:
    text = (
        "Three grave vulnerabilities have been found in Orlachat, a chat server that schools, "
        "clinics and town halls run on machines of their own, exposing all users to theft of their "
        "private messages and full takeover of the server. Orlachat renders names before it "
        "checks them, allowing attackers to inject markup into its pages. The flaws are fixed in "
        "version 4.2 of Orlachat, which its makers released on Monday."
    )
    told = _told(text, "impact_assessment", "vulnerability", "Three flaws in Orlachat")
    assert "private messages" in told
    assert "inject markup" not in told


def test_what_a_flaw_leads_to_takes_the_sentence_that_it_leans_on() -> None:
    text = (
        "Orlabase has patched CVE-2026-90007, a critical flaw in its editor. "
        "The fault sits in the file that draws the page. "
        "A stranger needs no login to reach it. "
        "Successful exploitation could enable attackers to execute commands on the server. "
        "This level of access could result in data theft or defacement of the site."
    )
    told = _told(text, "impact_assessment", "vulnerability", "Orlabase flaw lets strangers in")
    assert told.endswith("defacement of the site.")
    assert "Successful" in told


def test_a_trials_result_is_told_as_one() -> None:
    text = (
        "Researchers found that hidden words in pictures steer Orlacode, a tool that writes "
        "programs. Testing eleven tools showed that some fare worse than others. "
        "Orlacode leaked all 40 keys of the users, and Moorcode leaked 12 passwords."
    )
    told = _told(text, "impact_assessment", "vulnerability", "Pictures steer Orlacode")
    assert told.startswith("In testing, Orlacode leaked")


def test_what_leans_on_its_neighbour_is_neither_impact_nor_fear() -> None:
    text = (
        "Hackers list the members and followers of each Orlahub page. "
        "Attackers can use this information to build a picture of a company, which could lead "
        "to further theft of its code."
    )
    found = brief.write(view((article(1, "Hackers list Orlahub members", text),), (), "campaign"))
    told = [s.text for s in found if s.section in ("impact_assessment", "pessimistic_outlook")]
    assert not any(line.startswith("Attackers can use this") for line in told)


@pytest.mark.parametrize(
    ("title", "text", "kind", "line"),
    [
        (
            "ORLASET v40 abuses browsers to steal cookies",
            "ORLASET has returned with a way to target people who build software. The malware "
            "family was first seen in 2020. ORLASET can steal passwords. ORLASET hides.",
            "malware",
            "Harbour Gazette says ORLASET is a bad program.",
        ),
        (
            "Orla rolls out urgent Moorbrowser update for four flaws",
            "Orla has released an urgent security update for its Moorbrowser browser, addressing "
            "four grave vulnerabilities.",
            "vulnerability",
            "Orla’s Moorbrowser has weak spots.",
        ),
        (
            "Grave vOrla flaw lets strangers run code",
            "vOrla has patched CVE-2026-90001, a grave remote code execution flaw that could let "
            "attackers execute arbitrary code.",
            "vulnerability",
            "vOrla has a weak spot.",
        ),
    ],
)
def test_leads_that_had_no_plain_line(title: str, text: str, kind: Kind, line: str) -> None:
    assert line in _told(text, "eli5", kind, title)


def test_a_fear_of_use_is_no_use() -> None:
    text = (
        "Orla has patched a grave flaw in Orlabase that lets attackers run code. Details are held "
        "back to prevent active exploitation."
    )
    assert "made use" not in _told(text, "eli5", "vulnerability", "Orlabase flaw fixed")


def test_one_forecast_stands_in_one_outlook() -> None:
    text = (
        "Calder Clinic said that hackers stole records of 900 patients. "
        "Orla Moss, a lawyer at Fenwick, expects supervisors to issue guidance next year on what a "
        "clinic must disclose, and to refund patients. "
        "Without it, she warned, gangs could sell their records for years."
    )
    one = article(1, "Calder Clinic tells of a theft", text)
    found = brief.write(view((one,)))
    told = [s.text for s in found if "outlook" in s.section and "expects" in s.text]
    assert len(told) == 1
    desk = Desk(view((one,)))
    both = next(f for q in desk.every if (f := foresight.form(q, desk.every, one)) and f.pair)
    assert outlook._without(both).text.startswith("Without such guidance, Orla Moss")


def test_a_sum_is_told_once() -> None:
    text = (
        "Calder Clinic said that the theft of records of 900 patients cost it $9.4 million in the "
        "quarter, of which insurers will bear half."
    )
    one = article(1, "Calder Clinic counts its loss", text)
    sum_ = {"amount": 9_400_000, "currency": "USD", "kind": "loss"}
    facts = (
        detail(one, "victim", "Calder Clinic", "Calder Clinic"),
        detail(one, "money", "$9.4 million", sum_),
    )
    told = [s.text for s in of(brief.write(view((one,), facts)), "impact_assessment")]
    assert sum("$9.4 million" in line for line in told) <= 1


@pytest.mark.parametrize(
    ("held", "told"), [("property tax records", "money records"), ("bank records", "bank details")]
)
def test_not_all_that_is_of_money_is_of_a_bank(held: str, told: str) -> None:
    text = f"Thieves copied names and {held} of Calder Clinic, Calder Clinic said."
    one = article(1, "Thieves copy files of Calder Clinic", text)
    facts = (
        detail(one, "victim", "Calder Clinic", "Calder Clinic"),
        detail(one, "data_type", held, "financial"),
    )
    eli5 = " ".join(s.text for s in of(brief.write(view((one,), facts)), "eli5"))
    assert told in eli5
    assert ("your bank" in eli5) is (told == "bank details")
