"""What a source sets apart, denies or found itself: no brief says more. Invented reports."""

from __future__ import annotations

import pytest

from nlp import brief, glossary, leaning, numbers, simply, vouch
from nlp.brief_sections import analysis
from nlp.claims import extract
from nlp.desk import Desk
from tests.nlp.test_nlp_brief import article, detail, of, view
from tests.nlp.test_nlp_simply import eli5


@pytest.mark.parametrize(
    "title",
    [
        "Orla Kits Serve as a Blueprint for Others to Attack Microsoft 365 Users",
        "Crew Phishes Microsoft 365 Accounts of Moorside",
    ],
)
def test_the_number_of_a_products_name_counts_nobody(title: str) -> None:
    one = article(1, title, "A crew stole passwords of the service's users, Orla said on Monday.")
    assert numbers.facts(title.lower())  # as words it is a count
    assert [c for c in extract(one) if c.field == "affected"] == []


@pytest.mark.parametrize(
    ("text", "clauses"),
    [
        ("Instead of logging keystrokes, it waits.", ()),
        ("It can log keystrokes, rather than encrypting files.", ("read what people type",)),
        ("It looks for words hidden inside screenshots.", ()),
        ("It takes screenshots of the bank's page.", ("take pictures of the screen",)),
    ],
)
def test_what_a_program_does_instead_of_another_thing(text: str, clauses: tuple[str, ...]) -> None:
    assert simply.clauses("program", text) == clauses


def test_a_flaw_still_lets_in_without_a_password() -> None:
    text = "Attackers could log in without a password."
    assert simply.clauses("flaw", text) == ("get in with no password",)


def test_nobody_is_behind_an_attack_that_never_was() -> None:
    first = article(
        1, "Iron Finch crew lists insurer Orla Mutual",
        "The Iron Finch ransomware group added Orla Mutual to its leak site on Monday and claims "
        "to have stolen 80 GB of data from the insurer.",
    )  # fmt: skip
    last = article(
        2, "Orla Mutual says that claim was baseless",
        "Orla Mutual told its members that no breach had occurred. The case is closed.",
    )  # fmt: skip
    crew = detail(first, "actor", "Iron Finch", "Iron Finch", "claimed", "Iron Finch")
    assert analysis.worth_telling(Desk(view((first,), (crew,))), ("actor",))
    assert not analysis.worth_telling(Desk(view((first, last), (crew,))), ("actor",))


def test_what_a_thief_has_for_sale_is_nobodys_claim() -> None:
    assert not vouch.claimed("A hacker collected passwords and prepared access for sale.")
    assert vouch.claimed("A seller claims that the access for sale is that of Orla.")
    assert vouch.claimed("A seller offers data of Orla for sale.")


@pytest.mark.parametrize(
    ("title", "text", "kind", "line"),
    [
        (
            "Two days to tell",
            "From next year, a firm that runs a port will have 48 hours to tell the state that it "
            "has been hacked.",
            "policy",
            "Some firms that get hacked will have 48 hours to tell of it.",
        ),
        (
            "Assembly passes reporting rule",
            "Operators of ports and banks must report grave attacks to the office within 24 hours "
            "under a law that the assembly passed.",
            "policy",
            "Those the rule is for must tell of a hack within 24 hours.",
        ),
        (
            "Nightlatch works on patched Orladesk machines",
            "A newly disclosed exploit dubbed Nightlatch works on fully patched Orladesk machines, "
            "researchers said.",
            "vulnerability",
            "Nightlatch is a trick that works on Orladesk with all its fixes in.",
        ),
        (
            "Fake tax notes bring two programs",
            "A campaign is using fake tax notices to trick users into installing not one but two "
            "remote access tools.",
            "campaign",
            "Hackers use fake letters to get people to let bad programs in.",
        ),
        (
            "Guests sign in on fake pages",
            "Guests of hotels are led to a fake Wi-Fi sign-in page by the attackers.",
            "campaign",
            "Hackers show people fake pages to log in on.",
        ),
        (
            "Bad builds of a form kit",
            "A fresh scare hit teams after attackers slipped malware into trusted open source "
            "libraries.",
            "supply-chain",
            "Hackers put bad code where people who build software get theirs.",
        ),
        (
            "A hacker sells ways in",
            "A hacker has been linked to an operation that breached organizations worldwide and "
            "prepared access for sale to other crews.",
            "campaign",
            "Hackers break into the systems of others to sell the way in.",
        ),
        (
            "Orladesk flaws found",
            "Orladesk has disclosed four serious vulnerabilities affecting its update feature. "
            "The flaws are fixed in version 4.2.",
            "vulnerability",
            "A fix is out.",
        ),
    ],
)
def test_a_plain_line_tells_what_the_lead_says(title: str, text: str, kind: str, line: str) -> None:
    assert line in eli5(title, text, kind)


def test_a_file_in_a_mail_calls_for_another_tip_than_a_page() -> None:
    text = (
        "A phishing campaign sends mails with a locked archive to makers of planes. "
        "Who opens the archive lets a remote tool in."
    )
    one = article(1, "Phishing campaign hits makers of planes", text)
    told = [s.text for s in of(brief.write(view((one,), kind="campaign")), "eli5")]
    assert glossary.advice("phishing_file") in told
    assert glossary.advice("phishing") not in told


@pytest.mark.parametrize(
    "text",
    [
        "Stolen hashes were then used to log in at Orla.",
        "To ensure Orladesk reads this altered profile, Nightlatch waits.",
        "A consultation could begin in January.",
        "Customers took out $5 million in the first six hours.",
        "When the executable runs, it loads a library of Orladesk.",
        "Every call used during this stage is one of Orladesk.",
    ],
)
def test_what_the_sentence_before_brings_up(text: str) -> None:
    assert leaning.leans(text, named=True)
