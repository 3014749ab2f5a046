"""The domain's values: frozen dataclasses that every part passes and none alters.

In: nothing. Out: the nouns of the product (feed, entry, article, claim, detail, statement, brief,
thread, storyline) and the protocols by which `nlp` and the store are handed to each other.
Times are aware UTC. Unknown is None, never a guess. Offsets count characters (code points) of the
stored title or text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, Literal, Protocol, get_args

if TYPE_CHECKING:
    # numpy costs 0.1 s to import; `--help` and the feed commands do without it.
    import numpy as np
    import numpy.typing as npt

    Vector = npt.NDArray[np.float32]
    """One normalised embedding, shape (dimension,)."""
    Vectors = npt.NDArray[np.float32]
    """Normalised embeddings, shape (n, dimension), a row a text."""
else:
    Vector = Vectors = Any

Kind = Literal[
    "breach", "supply-chain", "vulnerability", "malware", "campaign", "law", "policy", "other"
]
Section = Literal[
    "Breaches",
    "Ransomware",
    "Supply chain",
    "Vulnerabilities",
    "Malware and campaigns",
    "Law and enforcement",
    "Policy",
    "Other",
]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
SECTIONS: Final[tuple[Section, ...]] = get_args(Section)
SECTION_OF_KIND: Final[dict[Kind, Section]] = {
    "breach": "Breaches",
    "supply-chain": "Supply chain",
    "vulnerability": "Vulnerabilities",
    "malware": "Malware and campaigns",
    "campaign": "Malware and campaigns",
    "law": "Law and enforcement",
    "policy": "Policy",
    "other": "Other",
}
"""A breach whose ledger names ransomware goes to "Ransomware" instead (`nlp.kind.section_of`)."""

Where = Literal["title", "text", "published"]
Status = Literal["claimed", "reported", "confirmed", "denied", "disputed"]
STATUSES: Final[tuple[Status, ...]] = get_args(Status)
AsserterKind = Literal["victim", "attacker", "authority", "researcher", "outlet", "third_party"]
Basis = Literal["statement", "filing", "leak_site", "court", "research", "report"]
Bound = Literal["exact", "at_least", "at_most", "about", "placeholder"]
Field = Literal[
    "victim",
    "actor",
    "third_party",
    "affected",
    "volume",
    "data_type",
    "attack_type",
    "cve",
    "money",
    "date",
    "response",
]
FIELDS: Final[tuple[Field, ...]] = get_args(Field)
Role = Literal["first_report", "report", "follow_up", "copy", "mention"]
TextFrom = Literal["page", "feed"]
FeedState = Literal["new", "ok", "failing", "gone"]
"""new: never answered yet. ok: the last poll gave a feed or a 304. failing: the last poll did not.
gone: the server said 410; polled no more."""
PageState = Literal["unknown", "ok", "refused", "thin"]
"""Of an article's page: unknown (not asked, as with imports), ok (its text serves), refused (an
error status, robots.txt or the network said no), thin (empty, or less than the feed's own text)."""
ArticleState = Literal["stored", "threaded", "claimed"]
"""How far an article is: text and search row stored; embedded and placed; claims extracted."""
ThreadState = Literal["developing", "settling", "settled"]
StatementKind = Literal["quoted", "stated", "inferred", "glossary", "notice"]
BriefSection = Literal[
    "headline",
    "signal_summary",
    "eli5",
    "deep_analysis",
    "impact_assessment",
    "optimistic_outlook",
    "pessimistic_outlook",
    "timeline",
]
Relation = Literal[
    "same_incident",
    "same_storyline",
    "same_victim",
    "same_supplier",
    "same_flaw",
    "same_actor",
    "similar",
]


# --- ingest: what the network gave ---------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class FeedSpec:
    """A feed as a catalogue, an OPML file or the operator states it."""

    url: str
    title: str = ""
    outlet: str = ""
    """Name readers know the publication by; empty: the feed's own title will serve."""
    family: str = ""
    """Publisher family: outlets of one family are one origin. Empty: the outlet itself."""
    section: str = ""
    """Kind of outlet, for /sources: news, research, vendor, cert, regulator, tracker."""
    language: str = ""
    """BCP 47; empty: unknown."""
    country: str = ""
    """ISO 3166-1 alpha-2; empty: unknown or international."""
    verified: bool = False
    """`feeds check` has seen it answer as a feed."""


@dataclass(frozen=True, slots=True)
class Feed:
    """A subscribed source and how polling it goes."""

    id: int
    spec: FeedSpec
    state: FeedState = "new"
    etag: str | None = None
    last_modified: str | None = None
    next_fetch_at: datetime | None = None
    last_fetch_at: datetime | None = None
    last_success_at: datetime | None = None
    failures: int = 0
    """Polls failed since the last that worked."""
    error: str | None = None
    """One line for people: what the last failed poll said."""
    moved_to: str | None = None
    moved_seen: int = 0
    """A permanent redirect's address, and how often in a row it was seen; ours at three."""
    pages_ok: int = 0
    pages_refused: int = 0
    """Article reachability, a state apart from the feed's: pages that served and that did not."""
    page_error: str | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """An item as a feed states it. Titles and authors are plain text, bodies may be HTML."""

    key: str
    """The feed's own id for it, else a stable stand-in (address, or title and date)."""
    url: str
    title: str
    summary: str = ""
    """HTML or plain text, as the feed gave it."""
    content: str = ""
    """Full body where the feed carries one (content:encoded, atom:content, content_html)."""
    authors: tuple[str, ...] = ()
    published: datetime | None = None
    updated: datetime | None = None
    section: str = ""
    """First category the feed gives, plain text."""
    source: str = ""
    """The outlet the entry names as its own source (rss:source), else empty."""


@dataclass(frozen=True, slots=True)
class ParsedFeed:
    """A feed document read."""

    format: str
    """rss091 … rss20, rss10 (RDF), atom03, atom10, json10, json11; '' where unknown."""
    title: str
    url: str
    """The site's own address."""
    entries: tuple[Entry, ...]
    problems: tuple[str, ...] = ()
    """What was wrong with it, a line each, in words."""
    language: str = ""
    ttl_minutes: int | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """What an article page holds."""

    title: str
    text: str
    authors: tuple[str, ...] = ()
    published: datetime | None = None
    source: str = ""
    """The outlet's name as the page gives it."""
    section: str = ""
    canonical_url: str | None = None
    """`rel=canonical`, only where it stays on the site that was fetched (DESIGN §7.9)."""
    language: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """An article before the store knows it: what `ingest` made of an entry and its page."""

    url: str
    """The address that was fetched, after redirects, without tracking parameters (`urls.clean`)."""
    title: str
    text: str
    keys: tuple[str, ...] = ()
    """Identity keys (`ingest.urls.key`) of every address it is known by: its own, the feed's link,
    a same-site canonical. Two drafts that share one are one article."""
    lead: str = ""
    """The feed's own summary, or the text's first paragraph, plain."""
    authors: tuple[str, ...] = ()
    source: str = ""
    family: str = ""
    section: str = ""
    published: datetime | None = None
    text_from: TextFrom = "feed"
    page_state: PageState = "unknown"
    page_note: str = ""
    """One line for people where the feed's text serves: "403 from the outlet; the feed's text"."""
    language: str = ""
    credit: str = ""
    """The outlet this text says it comes from ("WIRED reports:", "via Reuters"), else empty."""


@dataclass(frozen=True, slots=True)
class Article:
    """A stored article. `id` grows with the time of publication (or of first sight)."""

    id: int
    url: str
    title: str
    text: str
    lead: str
    authors: tuple[str, ...]
    source: str
    family: str
    section: str
    published: datetime | None
    first_seen_at: datetime
    content_hash: str
    """SHA-256 of title and text: what everything derived from the article remembers."""
    revision: int
    state: ArticleState
    language: str
    text_from: TextFrom
    page_state: PageState
    page_note: str
    credit: str

    @property
    def at(self) -> datetime:
        """The time the article stands at: published, else first seen."""
        return self.published or self.first_seen_at


# --- nlp: threads --------------------------------------------------------------------------------


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
    """opens, joins, copy, roundup; unread: a text that could not be read, left without a thread."""
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
class Related:
    """One entry of "Continue reading"."""

    thread: str
    relation: Relation
    reason: str
    score: float


@dataclass(frozen=True, slots=True)
class Storyline:
    """Threads of one campaign."""

    id: str
    label: str
    threads: tuple[str, ...]
    reason: str = ""


# --- nlp: facts ----------------------------------------------------------------------------------


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


@dataclass(frozen=True, slots=True)
class Brief:
    """What we say about a thread, at one version."""

    thread: str
    version: int
    input_hash: str
    """Of everything it was written from: the same input is not written twice."""
    author: Literal["extractive", "model", "editor"]
    model: str | None
    made_at: datetime
    statements: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class ThreadView:
    """Everything a writer or a page needs of one thread."""

    thread: Thread
    members: tuple[Member, ...]
    """By publication, oldest first."""
    details: tuple[Detail, ...]


class Embedder(Protocol):
    """Texts to vectors. Loading the model is the implementation's affair, at the first call."""

    @property
    def name(self) -> str:
        """Model and settings that the vectors depend on; stored beside each."""

    @property
    def dimension(self) -> int:
        """Length of a vector."""

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Normalised float32 vectors, a row a text."""


class VectorIndex(Protocol):
    """Nearest stored vectors; a cache over the store's rows, never the truth."""

    def __len__(self) -> int: ...

    def add(self, ids: Sequence[int], vectors: Vectors) -> None:
        """Put vectors in; an id that is there already is replaced."""

    def remove(self, ids: Sequence[int]) -> None:
        """Take ids out; unknown ones are passed over."""

    def search(
        self, vector: Vector, limit: int, *, low: int | None = None, high: int | None = None
    ) -> list[tuple[int, float]]:
        """Ids and cosines, best first; `low` <= id < `high` bounds the time (ids grow with it)."""


DEVELOPING: Final = timedelta(hours=72)
SETTLING: Final = timedelta(days=14)


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


def thread_state(first_at: datetime, last_at: datetime, now: datetime) -> ThreadState:
    """Developing while reports come in (72 h from the newest), settling for 14 days, then settled.

    Young incidents correct themselves for days; the badge says so. `first_at` only guards against a
    newest report dated before the first.
    """
    quiet = now - max(first_at, last_at)
    if quiet <= DEVELOPING:
        return "developing"
    return "settling" if quiet <= SETTLING else "settled"
