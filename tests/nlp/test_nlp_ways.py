"""Patterns made for speed find what plain ones find."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp import lexicon, patterns
from nlp.ways import alternatives, by_letter, either, one_of, opened, quick

WAYS = (
    ["ab", "b", "a", "ba?", "bc", "[a-c]d", "a b", "(?:c|a)c", "cd"],
    ["(?:a|b)(?: (?:c|d))?", "(?:a )?b", "(?:a )+c", r"\bab", "a", "(?<!b)a b", ""],
    ["(?:a(?:b|c)|b) d", "(?P<x>a|b)c", "(?:a|b) (?P<y>c)", "a c", "aa??b", "a"],
)


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


@pytest.mark.parametrize("ways", WAYS)
@given(text=st.text(alphabet="abcd ", max_size=30))
def test_ways_by_their_letter_find_what_ways_in_order_find(ways: list[str], text: str) -> None:
    plain = [(m.span(), m.groupdict()) for m in re.finditer("|".join(ways), text)]
    assert [(m.span(), m.groupdict()) for m in re.finditer(by_letter(ways), text)] == plain


def test_ways_of_a_letter_stand_behind_it() -> None:
    assert by_letter(["ab", "b", "ac", "(?:a|c)d", "x*", "ae"]) == "a(?:b|c|d)|b|cd|x*|ae"
    assert by_letter(["ab", r"\ba", "ac"]) == r"ab|\ba|ac"


def test_only_a_group_of_ways_at_an_edge_is_sorted() -> None:
    assert quick(r"\b(?:ab|c|ac)\b") == r"\b(?:a(?:b|c)|c)\b"
    for pattern in (r"\b(?:ab|ac)? d", r"\b(?:ab|ac)|d", r"ab|ac", r"\b(?:ab|(a)c)"):
        assert quick(pattern) == pattern


SENTENCES = (
    "the company denied that any of its data was stolen, and called the listing a forgery",
    "nothing was taken, no customer was hit: the hackers' claims are false, it says",
    "if the claim is true, the gang offers access; a spokesman would not say who wrote it",
    "did hackers breach it? a lawsuit was filed; it never paid and will not pay any ransom",
)


@pytest.mark.parametrize("table", ["doubts", "gates", "misfits", "speech", "voices"])
def test_a_lists_patterns_find_what_they_find_unsorted(table: str) -> None:
    for key, text in lexicon.table(table)["patterns"].items():
        plain = re.compile(patterns._filled(table, text))
        for sentence in SENTENCES:
            spans = [match.span() for match in plain.finditer(sentence)]
            assert [m.span() for m in patterns.one(table, key).finditer(sentence)] == spans, key
