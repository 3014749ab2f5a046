"""A text → its bigrams: two neighbouring words written like names, which may both be common.

In: a text. Out: bigrams by their stems ("hugging face", "n central"), each as it is written. Words
by themselves are names where they are rare; "Hugging Face" and "N-central" are known by both.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Final

from nlp import features
from nlp.features import Vocabulary

RAREST: Final = 12.0
"""Nats: no bigram is held for rarer."""
_WORD: Final = re.compile(r"[A-Za-z0-9]{1,40}")
_JOINTS: Final = (" ", "-", "‑")


def find(text: str) -> dict[str, str]:
    """Bigrams of a text, as first written; a hyphen makes a name of the word behind it."""
    found: dict[str, str] = {}
    for one, two in pairwise(_WORD.finditer(text)):
        joint = text[one.end() : two.start()]
        if joint not in _JOINTS or not _named(one[0]):
            continue
        if _named(two[0]) or joint != " ":
            stems = features.stem(one[0]), features.stem(two[0])
            if features.STOP.isdisjoint(stems) and not _numbered(*stems):
                found.setdefault(" ".join(stems), text[one.start() : two.end()])
    return found


def rarity(bigram: str, vocabulary: Vocabulary) -> float:
    """At least that of its rarer word, in nats: the frequencies shipped are of words alone. Set by
    hand; leaving out every third of twelve windows it served related coverage as well as counts of
    the bigrams in the store did."""
    less, more = sorted(map(vocabulary.rarity, bigram.split()))
    return min(RAREST, more + less / 2)


def _numbered(one: str, two: str) -> bool:
    """Whether it is a part of a CVE's number, or of another's."""
    return one == "cve" or (one.isdigit() and two.isdigit())


def _named(word: str) -> bool:
    return word[0].isupper() or word[0].isdigit()
