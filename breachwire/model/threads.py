"""Where articles stand: placements, members, threads, what is related, storylines.

In: nothing. Out: frozen dataclasses, a thread's permanent id and its state.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from breachwire.model.articles import Article
from breachwire.model.vectors import Vector
from breachwire.model.words import Kind, Relation, Role, Section, ThreadState

DEVELOPING: Final = timedelta(hours=72)
SETTLING: Final = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Placement:
    """Where the threader puts an article and why."""

    article: int
    thread: str | None
    """The thread it joins or, with `method` "opens", opens (`thread_id(article)`); None: a roundup,
    which stands in none."""
    role: Role
    score: float
    """Probability of belonging, 0 to 1; 1 for an opener."""
    method: str
    """opens, joins, copy, roundup; rule: joins by a link rule; edit: put there by an edit;
    unread: a text that could not be read, left without a thread."""
    reason: str
    """In words, for `thread explain`: "CVE-2026-3055; NetScaler; cosine .81"."""
    kind: Kind
    """The thread's kind once the article is in."""
    roundup: bool = False
    copy_of: int | None = None
    """The article this one copies (near-identical text, same title within days, credit line)."""


@dataclass(frozen=True, slots=True)
class Placed:
    """An article as the threader needs it back when it starts: where it stands, and its vector."""

    article: Article
    thread: str | None
    role: Role
    kind: Kind
    """The kind of its thread."""
    roundup: bool
    copy_of: int | None
    vector: Vector
    victims: tuple[tuple[int | None, str], ...] | None = None
    """Whom its claims name as hit, and at which character of the text (None: in the title), the
    title's first; None where its claims are not extracted yet."""


@dataclass(frozen=True, slots=True)
class Member:
    """An article in a thread."""

    article: Article
    role: Role
    score: float
    method: str
    reason: str
    copy_of: int | None = None


@dataclass(frozen=True, slots=True)
class Thread:
    """A thread's own row; members, details and brief are read beside it."""

    id: str
    headline: str
    kind: Kind
    section: Section
    first_at: datetime
    last_at: datetime
    """Publication of the newest member."""
    updated_at: datetime
    """Last change of ledger or members."""
    articles: int
    origins: int
    merged_into: str | None = None


@dataclass(frozen=True, slots=True)
class Sourced:
    """An article in its origin."""

    article: int
    reason: str
    """Why it stands there, in words: "own reporting", "copy of …", "credits …", "cites only …"."""


@dataclass(frozen=True, slots=True)
class Origin:
    """An independent source of a thread, and the articles that rest on it, oldest first."""

    name: str
    """The outlet, agency or release that found it out; in the thread or not."""
    articles: tuple[Sourced, ...]


LIKELY: Final = 0.3
"""Score from which a related thread is shown openly, below it folded away. Of entries drawn from
labelled windows at random, 69 in 100 above are wanted by a reader, 5 in 40 below
(`python -m evals.related`)."""


@dataclass(frozen=True, slots=True)
class Related:
    """One entry of "Continue reading"."""

    thread: str
    relation: Relation
    reason: str
    score: float
    """Probability that both threads are of one storyline, as far as we can tell."""

    @property
    def likely(self) -> bool:
        """Whether a reader will want it."""
        return self.score >= LIKELY


@dataclass(frozen=True, slots=True)
class Storyline:
    """Threads of one campaign."""

    id: str
    label: str
    threads: tuple[str, ...]
    reason: str = ""


_BASE32: Final = "0123456789abcdefghjkmnpqrstvwxyz"
"""Crockford's: no i, l, o, u, so that an id can be read aloud."""


def thread_id(article: int) -> str:
    """A permanent, time-ordered thread id from the id of the article that opens it.

    The store keeps it from then on: it is never computed again from a title or from members.
    """
    digits = ""
    while article:
        article, digit = divmod(article, 32)
        digits = _BASE32[digit] + digits
    return digits or "0"


def opener(thread: str) -> int | None:
    """The article that a thread's id was made from; None for an id that `thread_id` never gave."""
    number = 0
    for digit in thread:
        if (value := _BASE32.find(digit)) < 0:
            return None
        number = number * 32 + value
    return number if thread == thread_id(number) and number < 1 << 63 else None


def thread_state(first_at: datetime, changed_at: datetime, now: datetime) -> ThreadState:
    """How settled a thread's facts are, from its last change alone:

    - developing: within 72 hours of it. Reports are coming in, and first ones are often corrected.
    - settling: after that, up to 14 days from it. Counts and denials still follow.
    - settled: later. A new report, or an edit that changes a fact, makes it developing again.

    `changed_at` is `Thread.updated_at`: the publication of its newest report, or the time that we
    saw an edited article change its ledger. `first_at` only guards against a change dated before
    the first report. /about says the same to readers.
    """
    quiet = now - max(first_at, changed_at)
    if quiet <= DEVELOPING:
        return "developing"
    return "settling" if quiet <= SETTLING else "settled"
