"""How central sentences are among themselves, and how much two of them say the same.

In: sentences as sets of terms (`terms`). Out: a score each (`centrality`), an overlap (`overlap`).
Centrality is the cosine of a sentence's tf-idf vector with the centroid of them all (Radev et al.,
2004, centroid-based summarisation): linear in the words, no pairwise matrix.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from nlp import lexicon

_TERM: Final = re.compile(r"[a-z0-9][a-z0-9'’.-]*[a-z0-9]")
_SUFFIX: Final = re.compile(r"(?:ing|edly|ed|es|s|ly|['’]s)\Z")


@lru_cache(maxsize=8192)
def terms(text: str) -> frozenset[str]:
    """Content words of a text, lower-case, crudely stemmed; numbers and CVE ids whole."""
    found = {_stem(word) for word in _TERM.findall(text.lower().replace("e-mail", "email"))}
    found.discard("")
    return frozenset(found)


@lru_cache(maxsize=50_000)
def _stem(word: str) -> str:
    """The word's stem; empty where it is too short or says nothing."""
    if len(word) < 3 or word in lexicon.words("function", "stop"):
        return ""
    if len(word) < 5 or word[0].isdigit():
        return word
    return _SUFFIX.sub("", word) or word


def centrality(bags: Sequence[frozenset[str]]) -> list[float]:
    """Cosine of each bag with the centroid of all, 0 to 1, in order."""
    if not bags:
        return []
    frequency = Counter(term for bag in bags for term in bag)
    weight = {term: count * math.log(1 + len(bags) / count) for term, count in frequency.items()}
    idf = {term: math.log(1 + len(bags) / count) for term, count in frequency.items()}
    length = math.sqrt(sum(value * value for value in weight.values())) or 1.0
    scores = []
    for bag in bags:
        own = math.sqrt(sum(idf[term] ** 2 for term in bag)) or 1.0
        scores.append(sum(weight[term] * idf[term] for term in bag) / (own * length))
    return scores


def overlap(one: frozenset[str], other: frozenset[str]) -> float:
    """Share of the smaller bag that the other holds too, 0 to 1."""
    smaller = min(len(one), len(other))
    return len(one & other) / smaller if smaller else 0.0
