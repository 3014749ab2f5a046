"""How a ledger came to be what it is: changes, corrections; and what readers say is wrong.

In: nothing. Out: frozen dataclasses. A change is of a thread's facts, by what sources said; a
correction is of one article, by its outlet, silently or not; an error report is a reader's.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from breachwire.model.facts import Evidence
from breachwire.model.words import Basis, Bound, Field, Status, TextFrom

CorrectionKind = Literal["edited", "notice"]
"""edited: the text was changed and does not say so; notice: the outlet says so itself."""
ReportState = Literal["open", "resolved", "dismissed"]


@dataclass(frozen=True, slots=True)
class Stand:
    """How one fact stood at a time."""

    value: Any
    bound: Bound | None
    status: Status
    asserter: str | None
    """Whose word leads; of a denied or disputed fact: who denies it."""
    basis: Basis | None
    said_at: datetime
    """Publication of the article whose word that is."""
    quote: str
    """The sentence it stood in, then."""


@dataclass(frozen=True, slots=True)
class Change:
    """One fact of a thread that stands otherwise since an article came in or was edited."""

    article: int
    """The article that changed it. The change stands in the thread that the article is in."""
    at: datetime
    """When we saw it."""
    field: Field
    label: str
    before: Stand | None
    """None: new to the thread."""
    after: Stand | None
    """None: withdrawn: no article says so any more."""
    evidence: tuple[Evidence, ...]
    edited: bool = False
    """Whether the article was edited after we had read it."""
    id: int = 0
    """0 until the store gives one; grows."""


@dataclass(frozen=True, slots=True)
class Correction:
    """What an article said, and what it says now."""

    article: int
    at: datetime
    """When we saw it."""
    kind: CorrectionKind
    field: Field | None
    """None: a notice, of which we do not know which fact it is on."""
    label: str
    before: Stand | None
    after: Stand | None
    """None beside `before`: the article says nothing of it any more."""
    evidence: tuple[Evidence, ...]
    """The article's words now: the outlet's own notice first, where there is one."""
    id: int = 0


@dataclass(frozen=True, slots=True)
class Reading:
    """The text that an article's claims were last read from."""

    content_hash: str
    title: str
    text: str
    text_from: TextFrom


@dataclass(frozen=True, slots=True)
class ErrorReport:
    """What a reader says is wrong with a thread's page."""

    thread: str
    text: str
    contact: str
    """As the reader gave it, or empty."""
    at: datetime
    version: int = 0
    """Of the brief that the page showed; 0: none."""
    state: ReportState = "open"
    id: int = 0
