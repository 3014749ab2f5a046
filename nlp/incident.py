"""Passages → how plainly their opening reports an incident, as log-odds.

The signs and their weights stand in `lexicon/incidents.toml`; `evals.incidents` fits them. An
article that reports an incident has its attack types, data, counts, sums and dates read even where
no victim's name is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Final

from nlp import lexicon
from nlp.reading import LEAD, Passage

LIKELY: Final = 0.0
"""From here on attack types, dates and responses are read: of the labelled incidents .95 stand
above, each window scored by weights fitted on the others, and a fifth of the other news."""
CERTAIN: Final = 0.5
"""From here on data, counts and sums are read as well, wrong in other news: .93 and .14."""


@cache
def signs() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """The signs by name, in their list's order."""
    patterns: dict[str, str] = lexicon.table("incidents")["patterns"]
    return tuple((name, re.compile(pattern)) for name, pattern in patterns.items())


def features(passages: Sequence[Passage]) -> list[bool]:
    """Which signs stand in the title, then which in the lead."""
    title = [passage.low for passage in passages if passage.where == "title"]
    lead = [passage.low for passage in passages if passage.where != "title"][:LEAD]
    return [*_seen(title), *_seen(lead)]


def _seen(texts: Iterable[str]) -> list[bool]:
    texts = list(texts)
    return [any(pattern.search(text) for text in texts) for _, pattern in signs()]


def score(passages: Sequence[Passage]) -> float:
    """Log-odds that an article with this opening reports an incident."""
    table = lexicon.table("incidents")
    weights: list[float] = [
        table["weights"][name][place] for place in (0, 1) for name, _ in signs()
    ]
    bias: float = table["bias"]
    return bias + sum(w for w, here in zip(weights, features(passages), strict=True) if here)
