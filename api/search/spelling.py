"""Misspelt names: a word that no article has → the names of the wire that are closest to it.

In: words and the store's names. Out: for each word what it may mean, closest first. Distance is
that of optimal string alignment (a swap of neighbours is one step), as rapidfuzz has it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from rapidfuzz.distance import OSA

from breachwire.store import Store

SHORTEST: Final = 5
"""Letters of a word from which on it may be misspelt: a step away from a shorter one is another."""
_TWO_STEPS: Final = 8
"""Letters from which on two steps are allowed."""
_LIKE: Final = 40
"""Names with most runs of three letters in common that are compared: of 20,000 names the right one
was always among the first ten."""
_KEPT: Final = 2


def corrections(store: Store, words: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """By word; words that nothing is close to are left out."""
    found: dict[str, tuple[str, ...]] = {}
    for word in words:
        if len(word) >= SHORTEST and word.isalpha() and (close := _close(store, word.casefold())):
            found[word] = close
    return found


def _close(store: Store, word: str) -> tuple[str, ...]:
    steps = 2 if len(word) >= _TWO_STEPS else 1
    parts = {
        part
        for slug in store.names_like(word, _LIKE)
        for part in (*slug.split("-"), slug.replace("-", ""))
        if abs(len(part) - len(word)) <= steps and part.isalpha()
    }
    near = {part: OSA.distance(word, part, score_cutoff=steps) for part in parts - {word}}
    best = min(near.values(), default=steps + 1)
    return tuple(sorted(part for part, far in near.items() if far == best <= steps))[:_KEPT]
