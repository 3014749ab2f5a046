"""Sentences: spans that cut the text, abbreviations that end nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp import sentences


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One thing. Another thing.", ["One thing.", "Another thing."]),
        ("The U.S. Army said so. It was bad.", ["The U.S. Army said so.", "It was bad."]),
        (
            "It happened in the U.S. The firm denies it.",
            ["It happened in the U.S.", "The firm denies it."],
        ),
        (
            "Dr. Ada Byron of Acme Inc. said no. 5 files leaked.",
            ["Dr. Ada Byron of Acme Inc. said no. 5 files leaked."],
        ),
        ("He said no. The firm agreed.", ["He said no.", "The firm agreed."]),
        ('"We were hit." Then it went dark.', ['"We were hit."', "Then it went dark."]),
        ("It took 3.5 TB. Why?", ["It took 3.5 TB.", "Why?"]),
        ("A title\nA paragraph. More", ["A title", "A paragraph.", "More"]),
        (
            "They published it on Nov 1. Orbiqon counted 590 GB.",
            ["They published it on Nov 1.", "Orbiqon counted 590 GB."],
        ),
        ("1. First thing\n2. Second thing", ["1. First thing", "2. Second thing"]),
        ("  \n \n", []),
        ("", []),
    ],
)
def test_splits(text: str, expected: list[str]) -> None:
    assert [text[start:end] for start, end in sentences.split(text)] == expected


@given(st.text(alphabet='aB .!?\n"”U.S5$', max_size=200))
def test_spans_are_in_order_stripped_and_leave_only_white_space_out(text: str) -> None:
    spans = sentences.split(text)
    assert spans == sorted(spans)
    kept = "".join(text[start:end] for start, end in spans)
    assert "".join(kept.split()) == "".join(text.split())
    for start, end in spans:
        assert text[start:end]
        assert text[start:end] == text[start:end].strip()


@pytest.mark.parametrize("unit", ["a", "aaaa ", '". ', "U.S. ", "A. ", "\n", " "])
def test_hostile_text_is_split_without_loss(unit: str) -> None:
    text = (unit * 200_000)[:200_000]
    kept = "".join(text[start:end] for start, end in sentences.split(text))
    assert "".join(kept.split()) == "".join(text.split())
