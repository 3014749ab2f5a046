"""Who is no victim and no actor though a name stands where one would: invented sentences."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from breachwire.testing import an_article
from nlp import claims

TITLE = "Larkmoor Clinics hit by ransomware attack"
LEAD = "Larkmoor Clinics said on Monday that a ransomware group copied data of 12,000 patients. "


def values(field: str, text: str, title: str = TITLE) -> set[str]:
    article = an_article(1, title, text, source="Daily", at=datetime(2026, 11, 2, tzinfo=UTC))
    return {str(claim.value) for claim in claims.extract(article) if claim.field == field}


@pytest.mark.parametrize(
    ("sentence", "name"),
    [
        ("Larkmoor told the attorney general of Ostmark that names were stolen.", "Ostmark"),
        ("The same group attacked Penhallow Medical Center on October 25.", "Penhallow"),
        ("Larkmoor was breached, like the attack on Penhallow Medical Center last week.", "Penhal"),
        ("It is the second clinic hit after Penhallow Medical Center was breached.", "Penhallow"),
        ("Security firm Quillon Labs says 3,400 systems were breached and data stolen.", "Quillon"),
        ("Hackers breached Norvex gateways of Larkmoor and stole passwords.", "Norvex"),
        ("Penrow Systems on Monday released an emergency update after the breach.", "Penrow"),
        ("Hackers stole data of the Brannick hospital, Larkmoor Clinics said.", "Brannick"),
    ],
)
def test_who_stands_beside_the_victim_is_none(sentence: str, name: str) -> None:
    found = values("victim", LEAD + sentence)
    assert "Larkmoor Clinics" in found
    assert not any(name in value for value in found)


def test_a_piece_of_the_actors_name_is_no_victim() -> None:
    text = (
        "The Grey Ferrule ransomware group claims to have stolen 80 GB of data from Larkmoor "
        "Clinics. The deadline that Grey Ferrule set for Larkmoor Clinics passed on Friday."
    )
    assert values("victim", text, "Grey Ferrule gang claims Larkmoor Clinics attack") == {
        "Larkmoor Clinics"
    }


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
    plain = "Names and addresses of 12,000 patients were stolen from Larkmoor Clinics."
    machines = "The data was accessed from 17 internet addresses. Four addresses were scanners."
    assert "contact" in values("data_type", plain)
    assert "contact" not in values("data_type", machines)
