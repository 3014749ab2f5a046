"""Fusion: ranked lists of threads → one score a thread.

Reciprocal rank: score = Σ 1 / (60 + rank) over the lists a thread is in (Cormack, Clarke and
Büttcher 2009, whose k = 60 it is). Every list counts the same; which there are says `candidates`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Final

K: Final = 60


def fuse(lists: Iterable[Sequence[str]]) -> dict[str, float]:
    """Scores by thread."""
    scores: dict[str, float] = defaultdict(float)
    for ranked in lists:
        for rank, thread in enumerate(ranked, 1):
            scores[thread] += 1 / (K + rank)
    return dict(scores)
