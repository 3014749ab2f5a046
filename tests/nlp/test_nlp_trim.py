"""Asides that may go, and whose word it is moved to the front."""

from __future__ import annotations

import re

import pytest

from nlp import trim

LONG = (
    "Calder Clinic, which runs 17 practices in the north of Moorside, said that hackers had stolen "
    "records of 24,937 patients, the largest such theft in the state."
)


def test_the_least_telling_aside_goes_first() -> None:
    assert trim.shorter(LONG, 40) == LONG
    assert trim.shorter(LONG, 24) == (
        "Calder Clinic, which runs 17 practices in the north of Moorside, said that hackers had "
        "stolen records of 24,937 patients."
    )
    assert trim.shorter(LONG, 15) == (
        "Calder Clinic said that hackers had stolen records of 24,937 patients."
    )


def test_nothing_but_asides_goes() -> None:
    assert trim.shorter(LONG, 5) is None


@pytest.mark.parametrize(
    "text",
    [
        "Calder Clinic, which denies that it was breached, said that its files were on sale.",
        "The vendor was hit, according to three people who asked not to be named in print.",
        "To get the payload running, the malware, scheduled tasks and services are used by it.",
    ],
)
def test_a_doubt_or_a_list_is_no_aside(text: str) -> None:
    assert trim.shorter(text, 10) is None


def test_words_are_only_taken_away() -> None:
    shown = trim.shorter(LONG, 15)
    assert shown is not None
    assert set(re.findall(r"[\w,]+", shown)) <= set(re.findall(r"\w[\w,]*\w|\w", LONG))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (
            "Names and numbers of patients were taken in the attack, Calder Clinic said.",
            "Calder Clinic said that names and numbers of patients were taken in the attack.",
        ),
        (
            "Clinics hold all that a thief wants in one place, said Ada Moss of Fenwick Labs.",
            "Ada Moss of Fenwick Labs said that clinics hold all that a thief wants in one place.",
        ),
        (
            "Moorside Data was the way into the network, Calder Clinic said.",
            "Calder Clinic said that Moorside Data was the way into the network.",
        ),
        # "the clinic" leans on the name that stands before it; a quotation stays as it is.
        *[
            (text, text)
            for text in (
                "Names and numbers of its patients were taken, the clinic said.",
                "“We are sorry for what has happened to you,” Ada Moss said.",
                "But names and numbers of patients were taken, Calder Clinic said.",
            )
        ],
    ],
)
def test_the_speaker_comes_first(text: str, shown: str) -> None:
    assert trim.speaker_first(text) == shown


def test_nothing_ends_in_the_word_before_what_was_cut() -> None:
    mail = (
        "An inbox can be used to run code on a machine, not through malware or links, but, because"
        " of a flaw, by a feature that the mail program has had for many years without a name."
    )
    assert not (trim.shorter(mail, 26) or "").endswith("but.")
    edge = "Because mail servers sit at the edge of a network, a flaw in one can open all of it."
    assert trim.shorter(edge, 12) is None
