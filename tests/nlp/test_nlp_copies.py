"""What makes a copy, and what only looks like one."""

from __future__ import annotations

import numpy as np
import pytest

from nlp import copies, features
from nlp.copies import Source, contained, credit_in, credits, shingles_of, sign_of_copy

STORY = (
    "Thieves took the records of forty thousand patients from Elm Clinic in Vardø last spring, the "
    "clinic said on Monday, and it has begun to write to those whose files were on the server."
)
OTHER = (
    "A ferry line said that its booking system was down for the third day after intruders got in "
    "through a supplier's remote tool; sailings go on and tickets are sold at the quay."
)


def _source(
    number: int, title: str, text: str, outlet: str, day: float = 100.0, **more: object
) -> Source:
    traits = features.traits_of(
        number,
        title,
        text,
        source=outlet,
        family=str(more.get("family", "")),
        day=day,
        year_month=(2026, 5),
        vector=np.zeros(4, dtype=np.float32),
        vocabulary=features.vocabulary(),
    )
    authors = more.get("authors", ())
    assert isinstance(authors, tuple)
    return copies.source_of(traits, text, authors, str(more.get("credit", "")))


def test_same_title_within_days_by_another_outlet() -> None:
    first = _source(1, "Elm Clinic Says Thieves Took Patient Files", STORY, "Daily")
    later = _source(2, "Elm Clinic says thieves took patient files", OTHER, "Mirror", 102)
    assert sign_of_copy(later, first) == "same title"
    old = _source(3, "Elm Clinic says thieves took patient files", OTHER, "Mirror", 120)
    assert sign_of_copy(old, first) is None


def test_a_short_common_title_is_no_sign() -> None:
    a, b = _source(1, "Patch now", STORY, "Daily"), _source(2, "Patch now", OTHER, "Mirror")
    assert sign_of_copy(b, a) is None


def test_near_identical_text_under_another_title() -> None:
    first = _source(1, "Clinic robbed of files", STORY, "Daily")
    later = _source(2, "Forty thousand patients hit", f"{STORY} Read more.", "Mirror")
    assert sign_of_copy(later, first) == "near-identical text"
    assert sign_of_copy(_source(3, "Ferry down", OTHER, "Mirror"), first) is None


@pytest.mark.parametrize("outlet", ["Daily", "Evening"])
def test_one_outlet_or_family_does_not_copy_itself(outlet: str) -> None:
    first = _source(1, "Elm Clinic Says Thieves Took Files", STORY, "Daily", family="House")
    later = _source(2, "Elm Clinic Says Thieves Took Files", STORY, outlet, family="House")
    assert sign_of_copy(later, first) is None


def test_boilerplate_on_other_cves_is_no_copy() -> None:
    title = "Agency Adds One Known Exploited Vulnerability to Catalog"
    first = _source(1, title, f"CVE-2026-11111 {STORY}", "Agency")
    later = _source(2, title, f"CVE-2026-22222 {STORY}", "Mirror", 101)
    assert sign_of_copy(later, first) is None


def test_credit_lines_are_read_from_the_opening() -> None:
    assert credit_in("Ada Roe, Bo Lind, and Cy Marsh report: Thieves took") == (
        "Ada Roe, Bo Lind, and Cy Marsh"
    )
    assert credit_in("The Daily reports: a clinic") == "The Daily"
    assert credit_in("The clinic reports losses of data and more") == ""


def test_credit_names_the_outlet_or_its_authors() -> None:
    first = _source(1, "Clinic robbed", STORY, "The Daily", authors=("Ada Roe", "Bo Lind"))
    by_outlet = _source(2, "Robbery", f"The Daily reports: {OTHER}", "Mirror")
    by_authors = _source(3, "Robbery", OTHER, "Mirror", credit="Ada Roe and Bo Lind")
    other = _source(4, "Robbery", OTHER, "Mirror", credit="Cy Marsh")
    assert [credits(s, first) for s in (by_outlet, by_authors, other)] == [True, True, False]


def test_too_little_text_tells_nothing() -> None:
    few = shingles_of("seven words are not enough to tell")
    assert contained(few, few) == 0.0
