"""A fact as it stands in a passage, with its status: what a claim is made of.

In: what `named`, `counted`, `dated` and `claims` find. Out: `Draft`s, offsets of their passage.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from breachwire.model import Bound, Field
from nlp.reading import Passage
from nlp.status import Voice


@dataclass(frozen=True, slots=True)
class Draft:
    """A fact, its words and whose they are; field and value as in data/details/GUIDE.md."""

    field: Field
    value: Any
    bound: Bound | None
    passage: Passage
    start: int
    end: int
    voice: Voice
