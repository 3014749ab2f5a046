"""What bears on the incident and what a section may take: each rule on invented sentences."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from breachwire.model import Field
from breachwire.testing import an_article
from nlp import bearing, days, leaning, opinion, plainly, vague, vouch
from nlp.brief_sections import flaws
from nlp.dates import moments
from nlp.patterns import says
from nlp.reference import _ORG_WITHIN
from tests.nlp.test_nlp_vouch import AT, claim


@pytest.mark.parametrize(
    ("field", "value", "words", "sentence", "holds"),
    [
        ("money", {}, "$5 million", "Separately, Moorside paid $5 million in a lawsuit.", False),
        ("actor", "Grey Heron", "Grey Heron", "Moorside was hit by Grey Heron in May 2021.", False),
        ("actor", "Grey Heron", "Grey Heron", "Moorside was hit by Grey Heron in May 2026.", True),
        ("affected", {}, "800 guests", "In an earlier breach Moorside lost 800 guests.", False),
        ("attack_type", "stolen_credentials", "stolen credentials",
         "It knows of a dozen others where stolen credentials were used.", False),
        ("affected", {}, "thousands of firms",
         "The strain is exposing thousands of firms to compromise.", False),
        ("affected", {}, "900 guests", "The theft exposed 900 guests of Moorside.", True),
        ("data_type", "names", "identities", "They act under stolen identities.", False),
        ("data_type", "names", "names", "The thieves took names of guests.", True),
        ("data_type", "financial", "card", "Only partial card details were exposed.", False),
        ("data_type", "ssn_or_id", "forms", "The site shows forms and tables.", False),
        ("data_type", "credentials", "password",
         "They logged in with a password stolen from a clerk.", False),
        ("data_type", "credentials", "password",
         "A password taken in that attack was used to copy the list.", False),
        ("data_type", "credentials", "passwords", "The file held 900 passwords of guests.", True),
    ],
)  # fmt: skip
def test_a_fact_comes_from_a_sentence_on_the_incident(
    field: Field, value: Any, words: str, sentence: str, holds: bool
) -> None:
    assert bearing.bears(claim(field, value, words, sentence), 2026) is holds


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("It held e-mail addresses of guests.", "email addresses"),
        ("It held email addresses and IP addresses.", "email addresses"),
        ("It held home addresses of guests.", "addresses"),
        ("It held phone numbers.", "phone numbers"),
        ("It held contact details.", "ways to reach people"),
    ],
)
def test_an_e_mail_address_is_no_address(text: str, words: str) -> None:
    assert bearing.contacts(text) == words


def test_what_only_the_doers_say_is_a_claim_and_a_refusal_confirms() -> None:
    assert bearing.doers_word("According to the actor, the haul holds keys.")
    assert not bearing.doers_word("According to the clinic, the haul holds keys.")
    assert bearing.refused("Moorside refused a $2.5 million ransom demand, its chief said.")
    assert bearing.spoken("Moorside refused a ransom, chief executive tells investors")


def test_what_the_doers_left_open_is_no_way_in() -> None:
    left = "Operators left source files exposed on a server."
    assert not vouch.stands(claim("attack_type", "misconfiguration", "exposed", left))
    own = "Moorside left source files exposed on a server."
    assert vouch.stands(claim("attack_type", "misconfiguration", "exposed", own))


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("Cards were masked down to the bank identification number.", False),
        ("On Monday the bank said so.", True),
        ("Letters went to the bank.", True),
    ],
)
def test_a_role_is_replaced_as_a_whole_noun_phrase(text: str, whole: bool) -> None:
    assert bool(_ORG_WITHIN.search(text)) is whole


@pytest.mark.parametrize(
    "text",
    [
        "In contrast, Alley 3 can be patched without a restart.",
        "About 21,000 shops fall under them, the office estimates.",
        "The bureau added one vulnerability to its catalog on Friday.",
        "Moorside has no protection against such floods.",
        "According to the analysis, 900 machines were infected.",
        "Moorside announced it on November 2.",
    ],
)
def test_a_line_that_needs_the_one_before_leans(text: str) -> None:
    assert leaning.leans(text, named=False)


@pytest.mark.parametrize(
    "title",
    [
        "Moorside urging customers to patch a flaw that lets thieves in",
        "Public PoC released for a critical flaw in Alley",
        "Ransom claim against insurer Moorside baseless, rating kept",
        "Heron crew claims 1 TB theft but encryptor shows no theft code",
    ],
)
def test_headline_grammar_and_jargon_are_no_plain_sentence(title: str) -> None:
    assert plainly.of_title(title, "Moorside said so.") == []


def test_a_plain_title_is_one() -> None:
    assert plainly.of_title("Thieves took files from Moorside", "Moorside said so.")


@pytest.mark.parametrize(
    ("text", "dates"),
    [
        ("Moorside has lost nine clients since the leak became known on November 2.", False),
        ("The Grey Heron crew has claimed the September 12 attack on Moorside.", False),
        ("From July next year, a shop has 48 hours to tell the state.", False),
        ("Moorside discovered the break-in on October 9 after a tip.", True),
        ("Moorside fixed the flaw on September 30.", True),
    ],
)
def test_a_date_under_since_or_before_a_noun_dates_no_entry(text: str, dates: bool) -> None:
    moment = next(iter(moments(text, date(2026, 11, 16))))
    assert days._exact(text, moment) is dates


def test_a_comparison_keeps_its_time() -> None:
    assert vague.without_vague_dates("It drew 14 claims this year against nine in 2025.") is None
    assert vague.without_vague_dates("It drew 14 claims last week.") == "It drew 14 claims."


@pytest.mark.parametrize(
    ("table", "key", "text"),
    [
        ("overtaken", "not_yet", "Moorside has not said whether a demand came."),
        ("outlook", "loss", "Moorside has lost nine clients but will reimburse them."),
        ("outlook", "loss", "A clean scan does not prove that a network is unaffected."),
        ("outlook", "remedy", "Alley 3 can enable the patch plugin without restarting."),
        ("asides", "was_done", "Moorside had worked around the clock on it."),
        ("asides", "needs", "An attacker only requires access to the page."),
        ("asides", "others", "A similar pattern appears in other campaigns."),
        ("impact", "others_hit", "Five more lenders report exposure through the printer."),
        ("vouch", "mended", "Moorside released version 7.12 on Monday."),
    ],
)
def test_what_a_section_refuses(table: str, key: str, text: str) -> None:
    assert says(table, key, text)


def test_a_fix_is_advised_only_where_one_is_out() -> None:
    assert not says("vouch", "mended", "There is no fix, and Moorside closed the report.")


@pytest.mark.parametrize(
    ("text", "product"),
    [
        ("A critical flaw in Alley Server, tracked as CVE-2026-1, is used.", "Alley Server"),
        ("Moorside fixed a vulnerability in its Alley that lets thieves in.", "Alley"),
        ("The vulnerability in the way files are read is old.", None),
    ],
)
def test_what_has_the_flaw_is_named_by_the_report(text: str, product: str | None) -> None:
    found = next((match for way in flaws._IN if (match := way.search(text))), None)
    assert (found["x"] if found else None) == product


def test_a_column_is_told_from_a_report() -> None:
    column = "I keep tapes. My tapes are old. They never failed me. I like them. So do others."
    report = (
        "Moorside was hit. “I saw it and my screen went dark. I ran,” a clerk said. It is back."
    )
    assert opinion.column([an_article(1, "On tapes", column, source="Daily", at=AT)])
    assert not opinion.column([an_article(2, "Moorside hit", report, source="Daily", at=AT)])
