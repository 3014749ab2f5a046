"""Who says what on which words, and what a brief says: evidence, claims, details, statements.

In: nothing. Out: frozen dataclasses. Offsets count characters of the stored title or text.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, get_args

from breachwire.model.threads import Member, Thread
from breachwire.model.words import (
    AsserterKind,
    Author,
    Basis,
    Bound,
    BriefSection,
    Field,
    StatementKind,
    Status,
    Where,
)


@dataclass(frozen=True, slots=True)
class Evidence:
    """Exact words of a stored article. `quote` == article.title|text[start:end]; for `published`,
    the publication date as `article.published.isoformat()` and offsets into that."""

    article: int
    where: Where
    start: int
    end: int
    quote: str


@dataclass(frozen=True, slots=True)
class Claim:
    """One assertion of one fact in one article."""

    field: Field
    value: Any
    """Normalised as data/details/GUIDE.md: a string, or a dict for affected, volume, money."""
    bound: Bound | None
    status: Status
    asserter: str | None
    """Who says so, as the article's own words name them (exact substring of title or text)."""
    asserter_kind: AsserterKind | None
    basis: Basis | None
    evidence: Evidence
    """The fact's own words: the shortest span a reader would accept."""
    sentence: Evidence
    """The whole sentence (or title) the fact stands in: the quote that readers are shown."""


@dataclass(frozen=True, slots=True)
class LedgerClaim:
    """A claim with what the ledger knows of it."""

    claim: Claim
    thread: str
    said_at: datetime
    """Publication of its article."""
    first_seen_at: datetime


@dataclass(frozen=True, slots=True)
class PartyFact:
    """A party's sector or country, and the words that say so."""

    value: str
    """A sector of the MISP galaxy, or an ISO 3166-1 alpha-2 code."""
    basis: Literal["quote", "name"]
    """Said by a source, or part of the name itself."""
    words: str
    """What says it: "a hospital operator"."""
    evidence: Evidence
    """The sentence it stands in; for a name, the name."""


@dataclass(frozen=True, slots=True)
class Party:
    """Who a victim, actor, supplier or flaw of a thread is: what it is known by elsewhere."""

    key: str
    """What its full name has in common with other spellings of it."""
    forms: tuple[str, ...]
    """Its spellings in the thread that can stand for it, commonest first."""
    first_said: datetime
    last_said: datetime
    sector: PartyFact | None = None
    country: PartyFact | None = None


@dataclass(frozen=True, slots=True)
class Detail:
    """The claims on one fact of a thread, consolidated; the leading claim's value and status."""

    field: Field
    label: str
    value: Any
    bound: Bound | None
    status: Status
    asserter: str | None
    since: datetime
    claims: tuple[LedgerClaim, ...]
    """Newest first; never empty."""
    lead: LedgerClaim
    """The claim that leads: one of `claims`."""
    note: str | None = None
    party: Party | None = None
    """None: no party or flaw, one that is only denied, or a description without a name."""


@dataclass(frozen=True, slots=True)
class Statement:
    """One sentence of a brief, with what it rests on (rules of truth: DESIGN §7)."""

    section: BriefSection
    text: str
    kind: StatementKind
    evidence: tuple[Evidence, ...] = ()
    paragraph: int = 0
    """deep_analysis only: 0 what happened; 1 who, how, what else; 2 what comes next."""
    at: str | None = None
    """timeline only: date, month or year as known (ISO)."""
    author: Author = "extractive"
    """Who wrote this sentence; glossary and notices, the project's own strings, are extractive."""


@dataclass(frozen=True, slots=True)
class Brief:
    """What we say about a thread, at one version."""

    thread: str
    version: int
    input_hash: str
    """Of everything it was written from: the same input is not written twice."""
    author: Author
    """The name shown: "model" as soon as one statement is a model's."""
    model: str | None
    """As the endpoint names it; None without one."""
    made_at: datetime
    statements: tuple[Statement, ...]

    def written(self) -> dict[BriefSection, tuple[Author, ...]]:
        """Who wrote each section, in the order of the page; several where it is mixed."""
        found: dict[BriefSection, tuple[Author, ...]] = {}
        for section in get_args(BriefSection):
            if own := {s.author for s in self.statements if s.section == section}:
                found[section] = tuple(a for a in get_args(Author) if a in own)
        return found


@dataclass(frozen=True, slots=True)
class ThreadView:
    """Everything a writer or a page needs of one thread."""

    thread: Thread
    members: tuple[Member, ...]
    """By publication, oldest first."""
    details: tuple[Detail, ...]
