"""A text compared with the wire: what was asked about, and for each thread what ties it.

In: nothing. Out: frozen dataclasses. The asked text stands in no store, so its evidence names
article 0 (`ASKED`); offsets count characters of its title or text as it was given.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from breachwire.model.facts import Detail, Evidence, LedgerClaim
from breachwire.model.words import Bound, Field, Relation

ASKED: Final = 0
"""Stands for the asked text where an article's id is wanted."""

SharedKind = Literal[
    "victim", "actor", "third_party", "cve", "affected", "volume", "money", "indicator", "name",
    "text",
]  # fmt: skip
"""What is in both: a party, a flaw or a figure of the ledger; an indicator; a rare name or word;
the text itself (a copy)."""


@dataclass(frozen=True, slots=True)
class Question:
    """A text to be compared."""

    title: str
    """Empty: the text's own first line or sentence serves."""
    text: str
    at: datetime | None = None
    """Publication; None: unknown, so each thread is met as if the text were of its days."""
    url: str = ""
    source: str = ""
    article: int = ASKED
    """Its id where the store has it: it is not compared with itself."""


@dataclass(frozen=True, slots=True)
class Shared:
    """Something that text and thread both say."""

    kind: SharedKind
    value: str
    """As the thread has it."""
    mine: Evidence
    """Words of the asked text."""
    theirs: Evidence
    """The sentence of an article of the thread."""


@dataclass(frozen=True, slots=True)
class Lacking:
    """A fact of the thread that the asked text does not hold."""

    detail: Detail
    claim: LedgerClaim
    """Who is quoted for it: the leading claim, or the denial."""
    denial: bool = False
    """The text holds the fact and not that somebody denies it."""


@dataclass(frozen=True, slots=True)
class Contradiction:
    """A figure of the asked text that is not the thread's leading one."""

    detail: Detail
    value: object
    """The text's, normalised as a claim's."""
    bound: Bound | None
    mine: Evidence
    earlier: bool
    """An article of the thread gave the text's figure too: it may be out of date."""


@dataclass(frozen=True, slots=True)
class Tie:
    """A thread that has to do with the asked text."""

    thread: str
    relation: Relation
    reason: str
    score: float
    """Probability, as far as we can tell: of being one incident, or that a reader wants it."""
    articles: tuple[int, ...] = ()
    """Its nearest to the text, best first."""
    passage: Evidence | None = None
    """The stretch of the text that speaks of this thread; None: the text as a whole does."""
    shared: tuple[Shared, ...] = ()
    lacking: tuple[Lacking, ...] = ()
    contradictions: tuple[Contradiction, ...] = ()


__all__ = [
    "ASKED", "Contradiction", "Field", "Lacking", "Question", "Shared", "SharedKind", "Tie",
]  # fmt: skip
