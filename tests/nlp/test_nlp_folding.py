"""Text in lower case keeps its offsets; patterns over it find what those that ignore case find."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.folding import Caseless, fold, lower, lower_pattern

PATTERNS = (r"\b(?:Breach|ICO)\w*|\?", r"(?P<Name>No)\S+\b", r"\A(?:How|the \w+ Guide)\b")


@given(st.text(alphabet="aBÀİıNos howthegudcr?-’", max_size=80))
def test_lower_and_fold_keep_length(text: str) -> None:
    assert len(lower(text)) == len(fold(text)) == len(text)


@pytest.mark.parametrize("pattern", PATTERNS)
@given(text=st.text(alphabet="aBreachICOnNos howthegudGH?\u2019 ", max_size=60))
def test_caseless_finds_what_ignorecase_finds(pattern: str, text: str) -> None:
    plain = [match.span() for match in re.finditer(pattern, text, re.IGNORECASE)]
    assert [match.span() for match in Caseless(pattern).finditer(text)] == plain
    first = Caseless(pattern).search(text)
    assert (first and first.span()) == (plain[0] if plain else None)


def test_escapes_and_names_of_groups_stay() -> None:
    assert lower_pattern(r"(?P<Who>A\S\W)(?P=Who)\Z") == r"(?P<Who>a\S\W)(?P=Who)\Z"
