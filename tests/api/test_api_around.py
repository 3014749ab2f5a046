"""What happened on a day, in the source's own words. Invented sentences."""

from __future__ import annotations

import pytest

from api.around import around


@pytest.mark.parametrize(
    ("sentence", "date", "shown"),
    [
        (
            "It says that the clinic discovered unusual activity on July 2, that a person had"
            " access to a file server from June 24 and that both were reported.",
            "July 2",
            "… the clinic discovered unusual activity on July 2 …",
        ),
        (
            "The clinic told patients, whose files were read, that it closed on July 9, 2026, for"
            " good.",
            "July 9, 2026",
            "… it closed on July 9, 2026 …",
        ),
        (
            "On Sept 21, the company found the fault, and closed it.",
            "Sept 21",
            "On Sept 21, the company found the fault …",
        ),
        (
            "The Grey gang has claimed the May 3 attack on the county, and says that it has files.",
            "May 3",
            "The Grey gang has claimed the May 3 attack on the …",
        ),
        (
            "Records of 83,000 people were stolen, the county said Thursday.",
            "Thursday",
            "Records of 83,000 people were stolen, the county said Thursday.",
        ),
        (
            "In a statement on Thursday, the county called it an attack for the first time.",
            "Thursday",
            "In a statement on Thursday, the county called it an attack for the …",
        ),
        ("On Monday the chain closed.", "Monday", "On Monday the chain closed."),
        (
            "Nobody at the firm knew in the long weeks before the day of the theft in August.",
            "August",
            "… long weeks before the day of the theft in August.",
        ),
        ("2022", "2022", ""),
        ("The dump is old.", "2022", ""),
    ],
)
def test_a_date_is_shown_with_its_clause(sentence: str, date: str, shown: str) -> None:
    assert around(sentence, date) == shown
