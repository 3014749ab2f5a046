"""Hostile text costs no more than in proportion to its length: no pattern, no extractor.

Cost is CPU time against CPU time of a shorter text on the same machine, never against a clock.
"""

from __future__ import annotations

import re

import pytest

from bench import hostile

STEEP = 3.0
"""Times steeper than linear over a step of five or ten: the square is five or ten times."""


@pytest.mark.parametrize("unit", hostile.UNITS)
def test_no_pattern_costs_more_than_in_proportion(unit: str) -> None:
    steep = {}
    for name, pattern in hostile.all_patterns().items():
        grew = hostile.growth(lambda text, p=pattern: hostile.scan(p, [text]), unit)  # type: ignore[misc]
        if grew and grew.factor > STEEP:
            steep[name] = grew
    assert not steep


@pytest.mark.parametrize("unit", hostile.UNITS)
def test_no_extractor_costs_more_than_in_proportion(unit: str) -> None:
    for name, work in hostile.EXTRACTORS.items():
        grew = hostile.growth(work, unit, (2_000, 20_000, 200_000))
        assert grew is None or grew.factor <= STEEP, (name, grew)


def test_a_steep_pattern_is_found_out() -> None:
    pattern = re.compile(r"\s*x")
    grew = hostile.growth(lambda text: hostile.scan(pattern, [text]), " ")
    assert grew is not None
    assert grew.factor > STEEP


def test_the_patterns_are_all_there() -> None:
    found = hostile.all_patterns()
    assert len(found) > 350
    assert {"roles.toml victim 0", "numbers._QUANTITY[0]", "sentences._END[0]"} <= found.keys()
