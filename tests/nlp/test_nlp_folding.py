"""Text in lower case keeps its offsets; patterns made for speed find what plain ones find."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.folding import (
    Caseless,
    alternatives,
    either,
    fold,
    lower,
    lower_pattern,
    one_of,
    opened,
)

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


@given(text=st.text(alphabet="ab c-", max_size=30))
def test_either_and_one_of_find_what_a_plain_list_finds(text: str) -> None:
    parts = [r"\bab", r"-c", r"\bb c"]
    found = re.search(either(parts), text)
    assert bool(found) == bool(re.search("|".join(parts), text))
    listed = ["ab c", "ab", "b-", "b", "c"]
    spans = [m.span() for m in re.finditer(one_of(listed), text)]
    assert spans == [m.span() for m in re.finditer("|".join(map(re.escape, listed)), text)]


def test_alternatives_are_those_at_the_top() -> None:
    assert alternatives(r"a|(?:b|c)d|[|x(]\||\b(?P<e>f|g)") == [
        "a", r"(?:b|c)d", r"[|x(]\|", r"\b(?P<e>f|g)",
    ]  # fmt: skip


@given(text=st.text(alphabet="abc -", max_size=30))
def test_opened_finds_what_the_group_finds(text: str) -> None:
    for pattern in (r"(?:ab|a|b) c?", r"(?:a|b)?c", "ab"):
        ways = "|".join(opened(pattern))
        spans = [match.span() for match in re.finditer(ways, text)]
        assert spans == [match.span() for match in re.finditer(pattern, text)]
    assert opened(r"(?:ab|a|b) c?") == ["ab c?", "a c?", "b c?"]
