"""Who might speak: looking only near the words that every role has finds what looking everywhere
finds."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from nlp import subjects
from nlp.patterns import one

WORDS = [
    "the", "a", "its", "two", "several", "harbour's", "former", "senior", "federal", "data",
    "protection", "regional", "small", "of", "for", "with", "and", "said", "claims", "not",
    "company", "hospital", "bank", "health system", "spokesperson", "chief executive", "officials",
    "person claiming to be", "the hackers", "ransomware group", "gang", "seller", "leak-site",
    "police", "minister for digital affairs", "8-k filing", "researchers", "security firm",
    "breach notification service", "media reports", "lawsuit", "former employees", "known as",
    "someone", "providers", "analysts", "state", "judge", "\ue000", "\ue001", "\ue000's",
    "\ue000 (", "unremarkable-long-word", "x.y", "a&b", "o'hara", ",", ".", "(", "-", "'",
]  # fmt: skip


def everywhere(marked: str) -> list[tuple[object, ...]]:
    return [(*m.span(), m.groups()) for m in one("voices", "subject").finditer(marked)]


def near(marked: str) -> list[tuple[object, ...]]:
    return [(*m.span(), m.groups()) for m in subjects.matches(marked)]


@settings(max_examples=400, deadline=None)
@given(st.lists(st.sampled_from(WORDS), max_size=30), st.sampled_from([" ", "", "  ", "-"]))
def test_near_a_role_is_everywhere(words: list[str], gap: str) -> None:
    marked = gap.join(words)
    assert near(marked) == everywhere(marked)


def test_the_longest_way_to_a_role_is_within_reach() -> None:
    word = "w" * 24
    kinds = "data protection intelligence enforcement australian"
    longest = [
        f"another {kinds} {word} {word} minister",
        f"{'h' * 16}'s {word} {word} {word} {word} bank",
    ]  # fmt: skip
    for marked in longest:
        ((start, end, _),) = near(f"so {marked}, it ")
        assert (start, end) == (3, 3 + len(marked))
        assert end - start < subjects.REACH
