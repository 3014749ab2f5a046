"""Plain lines for whole kinds of news: a flaw, a bad program, a court, a deal, a seller's claim."""

from __future__ import annotations

import pytest

from nlp import brief, simply
from nlp.brief_sections import plain
from tests.nlp.test_nlp_brief import article, detail, of, view


def eli5(title: str, text: str, kind: str, *details: object) -> list[str]:
    """The section's lines but for comparisons and tips, of one report."""
    one = article(1, title, text)
    made = tuple(d(one) for d in details)  # type: ignore[operator]
    found = brief.write(view((one,), made, kind=kind))
    return [s.text for s in of(found, "eli5") if s.kind == "stated"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "A critical vulnerability in the Orlagate remote access gateway could let attackers "
            "run commands as root. Orla Networks has released version 4.2, which fixes it.",
            [
                "Orlagate has a weak spot.",
                "Orlagate is a door by which staff log in from far away.",
                "Thieves could use it to run code of their own.",
            ],
        ),
        (
            "Orlagate has addressed two flaws in how it reads names. Limited staff accounts could "
            "obtain email addresses and other data of all users. No patch is available for one.",
            [
                "Orlagate has weak spots.",
                "People could use them to see what they should not see.",
            ],
        ),
        (
            "A flaw in Orlagate could have let anyone take over every account, its finder said. "
            "Orla Networks has fully remediated the issue. No action is required from customers.",
            [
                "Orlagate had a weak spot.",
                "Thieves could have used it to take control.",
                "The fix is in now, and no one has to do a thing.",
            ],
        ),
    ],
)
def test_a_flaw_is_told_by_what_has_it_and_what_it_lets_people_do(
    text: str, told: list[str]
) -> None:
    lines = eli5("Orlagate flaw found by researchers", text, "vulnerability")
    assert [line for line in told if line not in lines] == []


def test_a_fix_that_leaves_the_doors_of_thieves_is_not_all_that_is_needed() -> None:
    text = (
        "Attackers are exploiting a flaw in Orlagate to plant doors in it, a firm said. "
        "Orla Networks has released version 4.2, but the update does not remove what they left."
    )
    one = article(1, "Orlagate flaw is exploited", text)
    found = of(brief.write(view((one,), kind="vulnerability")), "eli5")
    told = " ".join(s.text for s in found)
    assert (
        "Thieves have made use of it. The fix does not take out what thieves have left there."
        in told
    )
    assert "put in the fix" not in told


def test_a_contest_is_no_attack() -> None:
    text = "A flaw in Orlagate was actively exploited in the MoorCTF contest, its maker said."
    assert eli5("Orlagate flaw found", text, "vulnerability") == ["Orlagate has a weak spot."]


def test_a_bad_program_that_another_report_writes_otherwise_is_vouched_for_as_written() -> None:
    text = "NIGHTMOTH is a trojan for phones and it can capture passwords, the police warned."
    one = article(1, "Police warn of a trojan", text)
    other = article(2, "Nightmoth hits phones", "Nightmoth is a new Android trojan, a firm said.")
    lines = of(brief.write(view((one, other), kind="malware")), "eli5")
    told = [line for line in lines if " can take passwords" in line.text]
    assert told
    for line in told:
        name = line.text.split(" can ")[0]
        assert any(name in evidence.quote for evidence in line.evidence)


def test_a_bad_program_is_told_by_what_it_does() -> None:
    text = (
        "Nightmoth is a new Android trojan that researchers found on phones in Moorside. "
        "The malware was distributed through a website that looked like a bank's. "
        "It can capture passwords, log keystrokes and take screenshots. "
        "Unlike Daymoth, it does not encrypt files."
    )
    lines = eli5("Nightmoth hits phones in Moorside", text, "malware")
    assert lines[:3] == [
        "Harbour Gazette says Nightmoth is a bad program for phones.",
        "Nightmoth comes from a fake web site.",
        "Nightmoth can take passwords, read what people type and take pictures of the screen.",
    ]
    assert not any("lock files" in line for line in lines)


@pytest.mark.parametrize(
    ("key", "text", "line"),
    [
        (
            "court",
            "Rufus Dane, 41, of Moorside, was sentenced to 70 months in prison on Monday.",
            "Rufus Dane must spend 70 months in jail.",
        ),
        (
            "court",
            "A former negotiator who helped the crew has been sentenced to six years in prison.",
            "A former negotiator who helped the crew must spend six years in jail.",
        ),
        (
            "news",
            "Fathom Labs, a maker of models, has paused all of its work with Orla since the theft.",
            "Fathom Labs has stopped its work with Orla for now.",
        ),
        (
            "news",
            "Calder Mobile has agreed to pay $18.5 million to settle a class action over a theft.",
            "Calder Mobile has made a deal to pay $18.5 million to end a case in court.",
        ),
        (
            "news",
            "Fathom Labs has raised $150m from investors led by a pension fund.",
            "Investors gave Fathom Labs $150m.",
        ),
        ("court", "Rufus Dane could be sentenced to 70 months in prison.", None),
        ("news", "Fathom Labs denied that it has paused work.", None),
    ],
)
def test_courts_and_deals_in_plain_words(key: str, text: str, line: str | None) -> None:
    assert simply.line(key, text) == line


def test_a_sellers_claim_stays_one_and_nobody_has_shown_it() -> None:
    text = (
        "A threat actor is allegedly selling a database of Orla Sports with 160 million records. "
        "The alleged breach has not been verified, and Orla Sports has not confirmed it."
    )
    lines = eli5(
        "Hacker claims breach of Orla Sports",
        text,
        "breach",
        lambda one: detail(one, "victim", "Orla Sports", "Orla Sports", "claimed", None),
    )
    assert lines[:2] == [
        "Someone claims to have 160 million records of Orla Sports.",
        "No one has shown whether the claim is true.",
    ]


def test_who_got_a_letter_is_not_said_to_be_hit() -> None:
    text = (
        "Hackers breached Orla and stole photos of its users, the firm said. "
        "Orla has started to notify 61,000 families."
    )
    lines = eli5(
        "Hackers breached Orla",
        text,
        "breach",
        lambda one: detail(one, "victim", "Orla", "Orla"),
        lambda one: detail(one, "affected", "61,000 families", {"number": 61000, "unit": "people"}),
    )
    assert any("61,000 families are being told" in line for line in lines)
    assert not any("hit by this" in line or "touches" in line for line in lines)


@pytest.mark.parametrize(
    ("name", "text", "clause"),
    [
        ("Orlaboot", "flaws in the widely used Orlaboot bootloader", "code that runs when"),
        ("Orla", "Orla, an open-source web server, was hit", "a program that sends out web pages"),
        ("Orla", "Orla was hit by a flood", None),
    ],
)
def test_what_a_product_is_by_the_words_around_it(name: str, text: str, clause: str | None) -> None:
    found = simply.kind_of(name, text)
    assert found is None if clause is None else found is not None and clause in found


@pytest.mark.parametrize(
    ("name", "text", "clause"),
    [
        ("Orlafs", "The Orla kernel Orlafs flaw lets strangers in.", None),
        ("Orlafs", "Orlafs lets a file system talk to the kernel.", None),
        ("Orlafs", "A flaw in the kernel Orlafs lets strangers in.", "the core of a computer"),
        (
            "Orlaweb",
            "Orlaweb, an open-source web server, has it.",
            "a program that sends out web pages",
        ),
    ],
)
def test_a_name_is_what_it_is_said_to_be_and_not_what_it_is_part_of(
    name: str, text: str, clause: str | None
) -> None:
    assert simply.kind_of(name, text) == clause


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("The trick matters because such hiding is widely used by malware.", []),
        ("A proof of concept shows how malware could spread by mail.", []),
        (
            "Thieves try to seize accounts by posing as support staff and asking for keys.",
            ["Hackers pose as people who help, to trick others."],
        ),
        (
            "Victims who run the files install a hidden remote-management agent.",
            ["Hackers get people to let them run their machines from far off."],
        ),
        (
            "The crew delivers malware by mail and targets developers.",
            ["Hackers spread bad programs."],
        ),
        ("The crew delivers malware by mail to clerks.", []),
    ],
)
def test_a_campaign_is_told_by_what_is_done(text: str, lines: list[str]) -> None:
    found = eli5("Orla Moorside week", text, "campaign")
    assert [line for line in found if line.startswith("Hackers")] == lines


def test_an_agreement_to_pay_is_no_payment_and_a_part_is_not_all() -> None:
    agreed = "Calder Mobile agreed to pay $18 million to settle a class action over a theft."
    assert simply.line("news", agreed) == (
        "Calder Mobile has made a deal to pay $18 million to end a case in court."
    )
    assert plain._shown("The clinic restored its record on May 3.", "restored", "") == (
        "some systems work again"
    )
    assert plain._shown("The clinic restored all systems on May 3.", "restored", "") == (
        "the systems work again"
    )


def test_a_campaign_against_two_systems_says_whom_it_hits() -> None:
    text = "The operation targets both Moorside and orOS, so that no desk is left out."
    one = article(1, "TANGLEWEED campaign goes for two systems", text)
    shown = of(brief.write(view((one,), kind="campaign")), "impact_assessment")
    assert [s.kind for s in shown] != ["notice"]
    assert "Moorside and orOS" in shown[0].text


def test_what_a_program_does_is_not_what_those_do_who_bring_it() -> None:
    assert simply.can("Orlastealer harvests passwords from browsers.", "Orlastealer") == (
        "take passwords",
    )
    assert simply.can("The attackers steal passwords and then run Orlarat.", "Orlarat") == ()
    assert simply.can("Fake sites download the malware to phones.", "Orlarat") == ()
    assert simply.can("A typical infostealer takes passwords, Orlarat none.", "Orlarat") == ()
    assert simply.can("They install a remote access trojan.", "") == (
        "let a stranger run the machine from far off",
    )
