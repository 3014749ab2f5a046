"""Sentences and titles of the sources in plain words."""

from __future__ import annotations

import pytest

from nlp import plainly


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        (
            "Orla has fixed approximately nine vulnerabilities in its phones.",
            "Orla has fixed about nine flaws in its phones.",
        ),
        (
            "Threat actors gained unauthorized access to a shop in Moorside.",
            "Hackers got into a shop in Moorside.",
        ),
        (
            "Orla (a chain of shops) lost the names of 24,937 individuals, the first loss of this"
            " size in its history.",
            "Orla lost the names of 24,937 people.",
        ),
    ],
)
def test_long_words_give_way_to_short_ones_and_numbers_stay(text: str, plain: str) -> None:
    assert plainly.simpler(text) == plain


@pytest.mark.parametrize(
    "text",
    [
        "“We are sorry,” said Ada Moss, who runs the shop.",
        "The flaw lies in the deserialization of an arbitrary parameter.",
        "Comprehensive organizational methodologies necessitate interdisciplinary collaboration.",
    ],
)
def test_what_stays_hard_is_left(text: str) -> None:
    assert plainly.simpler(text) is None


def test_a_title_takes_the_capitals_of_its_article() -> None:
    text = "A gang hit Brindle County in May. The attack shut the library of Brindle County."
    forms = plainly.of_title("Gang Claims Brindle County Attack, Demands Money After May", text)
    assert forms[0] == "A gang claims Brindle County attack, demands money after May."
    assert forms[1] == "A gang claims Brindle County attack, demands money."


@pytest.mark.parametrize(
    "title",
    ["Why Orla fell", "Orla: the inside story", "The keys to nine firms", "Is Orla safe?"],
)
def test_a_title_that_is_no_sentence_is_none(title: str) -> None:
    assert plainly.of_title(title, "") == []


def test_a_name_that_starts_small_stays_so() -> None:
    (first, *_) = plainly.of_title("n8n Patches a Flaw That Lets Attackers Run Code", "")
    assert first.startswith("n8n ")


@pytest.mark.parametrize(
    ("title", "plain"),
    [
        ("Orla denies new breach", "Orla denies a new breach."),
        ("Council grills managers over breach", "A council grills managers over a breach."),
        (
            "Police arrest four members of Night Heron ransomware group",
            "Police arrest four members of the Night Heron ransomware group.",
        ),
        (
            "University says phishers also saw tax forms",
            "A university says phishers saw tax forms.",
        ),
    ],
)
def test_a_title_gets_the_articles_that_titles_leave_out(title: str, plain: str) -> None:
    assert plainly.of_title(title, "")[0] == plain


@pytest.mark.parametrize(
    "title",
    [
        "Six Orla flaws enable code execution and DoS attacks",
        "A leaked Orla RAT is powering 170 servers",
        "Orla servers exposed online",
    ],
)
def test_a_title_in_the_words_of_the_trade_is_no_plain_fact(title: str) -> None:
    assert plainly.of_title(title, "") == []
