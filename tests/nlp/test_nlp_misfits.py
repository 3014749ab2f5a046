"""Who is no victim and no actor though a name stands where one would: invented sentences."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from breachwire.testing import an_article
from nlp import claims, misfits, names, reading
from nlp.roles import Mention, Party, Role

TITLE = "Larkmoor Clinics hit by ransomware attack"
LEAD = "Larkmoor Clinics said on Monday that a ransomware group copied data of 12,000 patients. "


def values(field: str, text: str, title: str = TITLE) -> set[str]:
    article = an_article(1, title, text, source="Daily", at=datetime(2026, 11, 2, tzinfo=UTC))
    return {str(claim.value) for claim in claims.extract(article) if claim.field == field}


@pytest.mark.parametrize(
    ("sentence", "name"),
    [
        ("The same group attacked Penhallow Medical Center on October 25.", "Penhallow"),
        ("Larkmoor was breached, like the attack on Penhallow Medical Center last week.", "Penhal"),
        ("It is the second clinic hit after Penhallow Medical Center was breached.", "Penhallow"),
        ("Security firm Quillon Labs says 3,400 systems were breached and data stolen.", "Quillon"),
        ("Penrow Systems on Monday released an emergency update after the breach.", "Penrow"),
        ("Hackers stole data of the Brannick hospital, Larkmoor Clinics said.", "Brannick"),
    ],
)
def test_who_stands_beside_the_victim_is_none(sentence: str, name: str) -> None:
    found = values("victim", LEAD + sentence)
    assert "Larkmoor Clinics" in found
    assert not any(name in value for value in found)


def party(role: Role, value: str, sentence: str) -> Party:
    """A party named once, below the lead."""
    at = sentence.index(value)
    name = names.Name(at, at + len(value), value, "name")
    article = an_article(
        1, "A title", sentence, source="Daily", at=datetime(2026, 11, 2, tzinfo=UTC)
    )
    passage = next(p for p in reading.read(article) if p.where == "text")
    return Party(role, value, 3.0, (Mention(passage, name),))


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ("Ostmark", "Larkmoor has told the attorney general of Ostmark that names were stolen."),
        ("Norvex", "Remember the shells that somebody spread over Norvex gateways in May?"),
        ("Ferrule", "The deadline that Ferrule set passed on Friday."),
    ],
)
def test_misfit(value: str, sentence: str) -> None:
    actor = party("actor", "Grey Ferrule", "The gang Grey Ferrule did it.")
    victim = party("victim", value, sentence)
    assert misfits.misfit(victim, [victim, actor], [])
    hit = party("victim", value, f"Hackers breached {value} and stole files.")
    assert misfits.misfit(hit, [hit], []) is False


def test_an_authority_that_is_hit_is_the_victim() -> None:
    text = "Hackers breached the office of the prosecutor of Ostmark and stole 14,000 case files."
    assert any("Ostmark" in name for name in values("victim", text, "Prosecutor of Ostmark hacked"))


def test_a_firm_called_a_group_and_a_place_of_charges_are_no_actors() -> None:
    text = LEAD + (
        "Two suspects were charged in Tarnow with conspiracy over the breach. "
        "The engineering group Tolvane has suspended its contract, hackers or not."
    )
    assert not values("actor", text) & {"Tarnow", "Tolvane"}


def test_what_is_compared_or_left_unsaid_is_no_fact() -> None:
    text = LEAD + (
        "Larkmoor Clinics said the thieves looked more patient than an extortion crew would. "
        "The ministry declined to say whether it had opened an inquiry into the clinics."
    )
    assert "extortion" not in values("attack_type", text)
    assert "investigating" not in values("response", text)


def test_addresses_of_machines_are_nobodys_homes() -> None:
    title = "Larkmoor Clinics: photos of patients were accessed from 17 addresses"
    text = (
        "Larkmoor Clinics said that photos were accessed from 17 internet addresses after a breach."
        " Four of the addresses belong to firms that scan for open storage."
    )
    assert "contact" not in values("data_type", text, title)
    assert "contact" in values("data_type", LEAD + "Names and addresses were stolen.")


def test_the_beginning_of_what_was_hit_is_no_victim() -> None:
    text = (
        "A gang attacked U.S. companies in the retail, airline, and transportation sectors and "
        "infected Brazilian devices."
    )
    found = values("victim", text, "Gang hits U.S. Companies")
    assert not {"U.S", "retail", "airline", "Brazilian"} & found


def test_a_description_goes_on_over_a_list_of_places() -> None:
    text = (
        "Hackers breached diplomatic organizations in Hungary, Belgium, and Italy, a researcher "
        "said. The diplomatic organizations in Hungary, Belgium, and Italy were hacked in May."
    )
    found = values("victim", text, "Hackers breach diplomatic organizations in Europe")
    assert "diplomatic organizations in Hungary" not in found
