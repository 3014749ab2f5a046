"""In an article in doubt, only words of what happened confirm it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from breachwire.testing import an_article
from nlp import claims

IN_DOUBT = [
    (
        "Orrery Games hacked, source code stolen",
        "The Dust Wolf gang says it stole the source code of Orrery Games. The studio has told its "
        "staff it takes the matter seriously.",
    ),
    (
        "Stellan Motors listed on leak site",
        "Stellan Motors appeared on the leak site of Grey Adder with 1.4 TB of drawings. "
        "The carmaker said it is aware of the listing and has informed the police.",
    ),
    (
        "Rumour of breach at Quillfeather",
        "Posts on social media that Quillfeather lost passwords of 2 million users are false, the "
        "company told its users.",
    ),
    (
        "Clinic says it would have noticed a data breach",
        '"Had anyone copied patient data, we would have noticed. Nobody has," Rowan Clinic said.',
    ),
    (
        "Trent Stores corrects itself",
        "Trent Stores said in May that 50,000 cards were stolen. On Friday it corrected this: no "
        "cards were stolen, and the letters were sent by mistake.",
    ),
    ("Marsh Foods pays $4 million ransom", "Marsh Foods said it has paid nobody."),
    (
        "Breach confirmed at Dunholm Bank",
        "The breach was confirmed by the Tin Hare gang, which posted 20 GB. Dunholm Bank has not "
        "replied.",
    ),
]
SURE = [
    (
        "Hackers claim breach of Norfreight",
        "The Tin Hare gang claims to have stolen 20 GB. Norfreight confirmed that intruders copied "
        "files of 4,000 customers.",
    ),
    (
        "Kelso Telecom under attack",
        "Kelso Telecom, which confirmed the attack, has not said who is behind it. The Tin Hare "
        "gang claims it stole 20 GB.",
    ),
]


def statuses_of(title: str, text: str) -> dict[str, set[str]]:
    at = datetime(2026, 3, 25, 9, 0, tzinfo=UTC)
    found: dict[str, set[str]] = {}
    for c in claims.extract(an_article(7, title, text, source="Daily", at=at, family="Daily")):
        found.setdefault(c.field, set()).add(c.status)
    return found


@pytest.mark.parametrize(("title", "text"), IN_DOUBT)
def test_hollow_words_confirm_nothing(title: str, text: str) -> None:
    found = statuses_of(title, text)
    assert found
    assert "confirmed" not in set().union(*found.values())


@pytest.mark.parametrize(("title", "text"), SURE)
def test_a_plain_confirmation_stands_beside_a_claim(title: str, text: str) -> None:
    found = statuses_of(title, text)
    assert "confirmed" in found["victim"]
    assert found.get("volume", {"claimed"}) == {"claimed"}
