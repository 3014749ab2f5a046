"""What editors and the threader change in threads afterwards: edits, link rules, proposals.

In: nothing. Out: frozen dataclasses. A merge, split or move is an `Edit` in the audit log; what it
says about pairs of articles stays as `LinkRule`s, which no later run undoes; what the threader is
not sure of is a `Proposal`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from breachwire.model.words import Where

EditKind = Literal[
    "merge",
    "split",
    "move",
    "undo",
    "refuse",
    "resolve",
    "dismiss",
    "sign",
    "revoke",
    "leave_out",
    "let_in",
]
"""refuse: a proposal was turned down; it moves nothing and leaves rules. resolve, dismiss: a
reader's error report was right and is seen to, or was not; they move nothing. sign, revoke: a
version of a brief was signed off, or its sign-off taken back; neither moves anything. leave_out,
let_in: an outlet's articles went for good, at its wish; it may come in again."""
ProposalKind = Literal["merge", "split"]
ProposalState = Literal["open", "accepted", "refused", "gone"]
"""gone: what it proposed can't be done any more (an edit or a later article settled it)."""

THREADER = "threader"
"""Who an edit is by when no person made it."""


@dataclass(frozen=True, slots=True)
class LinkRule:
    """Two articles that must, or must not, stand in one thread."""

    low: int
    high: int
    """Article ids, the lower first."""
    must: bool
    edit: int
    """The edit that says so."""


@dataclass(frozen=True, slots=True)
class Edit:
    """One act of an editor, or of the threader on second thought: a line of the audit log."""

    id: int
    what: EditKind
    who: str
    """A person's name, or "threader"."""
    why: str
    at: datetime
    moves: tuple[tuple[int, str | None, str | None], ...]
    """Article, the thread it stood in, the thread it stands in from then on; None: in none."""
    undone: bool = False
    settles: int | None = None
    """The proposal that it accepted or refused; of resolve and dismiss, the error report; of sign
    and revoke, the sign-off."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A merge or split that the threader would make and is not sure of."""

    id: int
    """0 until the store gives one."""
    what: ProposalKind
    threads: tuple[str, ...]
    """merge: the thread that would stay and the one that would go into it; split: the one thread,
    or it and the thread that the articles would go to."""
    articles: tuple[int, ...]
    """split: those that would leave; merge: none."""
    score: float
    """Probability that it is right, 0 to 1."""
    reason: str
    """In words, for people."""
    made_at: datetime
    state: ProposalState = "open"


@dataclass(frozen=True, slots=True)
class Mention:
    """A passage of a roundup that speaks of a thread's incident."""

    article: int
    thread: str
    start: int
    end: int
    """Characters of the roundup's title or text."""
    score: float
    """Probability, 0 to 1."""
    reason: str
    where: Where = "text"
    """Recaps name most of what they are about in the title."""
