"""Two neighbouring words written like names, and what related coverage makes of them."""

from __future__ import annotations

import pytest

from breachwire.model import Question
from nlp import bigrams, features
from nlp.question import asked


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a flaw in N-central was used", {"n central": "N-central"}),
        ("models of Hugging Face leaked", {"hugging face": "Hugging Face"}),
        ("said Mini Shai-Hulud spread", {"mini shai": "Mini Shai", "shai hulud": "Shai-Hulud"}),
        ("the cloud provider said nothing", {}),
        ("Acme. Borvane, Gilt", {}),
        ("In The Wild", {}),
    ],
)
def test_bigrams_are_written_like_names(text: str, found: dict[str, str]) -> None:
    assert bigrams.find(text) == found


def test_a_bigram_is_rarer_than_its_words() -> None:
    words = features.vocabulary()
    for bigram in ("microsoft team", "zephyrlint borvane"):
        rarest = max(map(words.rarity, bigram.split()))
        assert rarest < bigrams.rarity(bigram, words) <= bigrams.RAREST


def test_names_side_by_side_are_told_as_one() -> None:
    text = "Mini Shai-Hulud on npm\n\nHulud's makers, TanStack said, are TeamPCP. CVE-2026-1234."
    said = asked(Question("", text))
    assert said.named(["hulud", "teampcp", "shai", "mini"]) == ["Mini Shai-Hulud", "TeamPCP"]
    assert said.named(["CVE-2026-1234", "tanstack"]) == ["CVE-2026-1234", "TanStack"]
    assert said.named(["nowhere"]) == ["nowhere"]
    assert said.named(["onnpm"]) == ["on npm"]
    assert said.named([]) == []
