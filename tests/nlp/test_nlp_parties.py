"""Who plays a part: names with a possessive inside, newsrooms, names in passing in long texts."""

from __future__ import annotations

from datetime import UTC, datetime

from breachwire.testing import an_article
from nlp import claims, names

LEAD = "Larkmoor Clinics said on Monday that a ransomware group copied data of 12,000 patients. "
BODY = (
    "The clinics took their booking system offline the same evening and called in outside help. "
    "Patients were told to bring paper referrals, and surgeries went ahead with a day's delay. "
    "Staff wrote prescriptions by hand for most of the week, a union representative said. "
    "The regional health office sent two advisers, who stayed until the following Thursday. "
    "Larkmoor Clinics runs nine sites in three counties and employs about 1,400 people. "
    "It was bought two years ago by an investment firm that also owns a chain of pharmacies. "
)
TAIL = (
    "Velma Thornquist, who had an appointment on Tuesday, waited for four hours and went home. "
    "A copy of the note was shown to Tarrowgate by an employee. "
)


def values(field: str, text: str, source: str = "The Copper Ledger") -> set[str]:
    title = "Larkmoor Clinics hit by ransomware attack"
    article = an_article(1, title, text, source=source, at=datetime(2026, 11, 2, tzinfo=UTC))
    return {str(claim.value) for claim in claims.extract(article) if claim.field == field}


def test_a_possessive_inside_a_saints_name_belongs_to_it() -> None:
    text = "On Sunday Saint Orla's Medical Center said so, and Orrel's Medical Center did not."
    found = [name.text for name in names.find(text, 0, len(text), names.gather([text]))]
    assert "Saint Orla's Medical Center" in found
    assert not any(name.startswith("Orrel's") for name in found)


def test_a_name_in_passing_in_a_long_text_is_accused_of_nothing() -> None:
    text = LEAD + TAIL + BODY + BODY
    assert values("actor", text) == set()
    assert "Larkmoor Clinics" in values("victim", text)


def test_a_group_that_the_words_make_the_actor_is_one_in_a_long_text_too() -> None:
    text = LEAD + "The Static Ferrule ransomware gang claimed the attack on its leak site. " + BODY
    assert len(text) > 600
    assert values("actor", text + BODY) == {"Static Ferrule"}


def test_the_outlet_that_reports_plays_no_part() -> None:
    text = LEAD + "The group told Tarrowgate that it had hacked the clinics. " + BODY + TAIL
    for field in ("victim", "actor", "third_party"):
        assert "Tarrowgate" not in values(field, text, source="Tarrowgate Wire")
