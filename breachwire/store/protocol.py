"""What a store must do, grouped by noun; SQLite and PostgreSQL each do all of it.

In: values of `breachwire.model`. Out: the same. Every method is one transaction, idempotent, and
safe to call from any thread; every method may raise StoreError (disk full, locked, damaged).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from breachwire.model import (
    ArchivePage,
    Article,
    ArticleState,
    Backfill,
    Change,
    Correction,
    Detail,
    Draft,
    Edit,
    EditKind,
    Entity,
    Entry,
    ErrorReport,
    Feed,
    FeedSpec,
    Indicator,
    Kind,
    LedgerClaim,
    LinkRule,
    Member,
    Mention,
    PartyKind,
    Placed,
    Placement,
    Proposal,
    ProposalState,
    Reading,
    Related,
    ReportState,
    Section,
    Session,
    Status,
    Storyline,
    Thread,
    Token,
    Vector,
    VectorIndex,
    Vectors,
)
from breachwire.store.protocol_briefs import BriefStore
from breachwire.store.protocol_models import ModelStore
from breachwire.store.protocol_newsletter import NewsletterStore
from breachwire.store.protocol_outlets import OutletStore
from breachwire.store.protocol_reading import ReadingStore
from breachwire.store.protocol_retention import RetentionStore
from breachwire.store.protocol_watches import WatchStore

Outcome = Literal["new", "revised", "known"]
ThreadSort = Literal["updated", "first", "articles", "origins"]
RoleName = Literal["poller", "threader", "backfiller", "writer", "mailer"]


@dataclass(frozen=True, slots=True)
class EntryRef:
    """Which feed's entry a draft came from."""

    feed: int
    key: str
    content_hash: str
    """Of the entry as the feed states it; an unchanged entry is not fetched again."""


@dataclass(frozen=True, slots=True)
class SeenEntry:
    """What the store knows of an entry."""

    content_hash: str
    article: int | None


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a draft."""

    article: Article
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class ThreadFilter:
    """Which threads; an empty filter is all. Names match by slug (`breachwire.store.slug`);
    a victim, actor or supplier by any spelling of the entity (`Store.entity`)."""

    kinds: tuple[Kind, ...] = ()
    section: Section | None = None
    since: datetime | None = None
    """last_at >= since: a report came in after it."""
    until: datetime | None = None
    """first_at < until."""
    source: str | None = None
    """Outlet name of any member."""
    victim: str | None = None
    actor: str | None = None
    third_party: str | None = None
    sector: str | None = None
    """Of any party that its details name."""
    attack_type: str | None = None
    data_type: str | None = None
    cve: str | None = None
    status: Status | None = None
    """Status of any of its leading details."""
    ids: tuple[str, ...] | None = None
    """Only these (a search's candidates)."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What full text is searched for: every group, or any of them."""

    wanted: tuple[tuple[str, ...], ...]
    """Groups; of each, any alternative will do. A word, a phrase (with blanks), or the beginning of
    a word (with '*' at its end)."""
    unwanted: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ThreadPage:
    """A page of threads and the opaque cursor of the next one."""

    threads: tuple[Thread, ...]
    next: str | None


@dataclass(frozen=True, slots=True)
class Counts:
    """For /readyz, /sources and doctor."""

    feeds: int
    entries: int
    articles: int
    threads: int
    unplaced: int
    """Articles stored and not threaded yet."""
    stale: int
    """Threads whose brief is behind their ledger or members."""


class Store(
    BriefStore,
    ModelStore,
    NewsletterStore,
    OutletStore,
    ReadingStore,
    RetentionStore,
    WatchStore,
    Protocol,
):
    """The truth, and search over it."""

    # life
    @property
    def url(self) -> str: ...
    def close(self) -> None: ...
    def counts(self) -> Counts: ...
    def changed(self) -> str:
        """A token that differs after every write by any process (for ETags and caches)."""

    def check(self) -> list[str]:
        """What is wrong with the store, a line each; empty: nothing found."""

    def reindex(self) -> None:
        """Make the full-text index anew from the articles."""

    def role(self, name: RoleName) -> AbstractContextManager[None]:
        """Hold a role on this store while inside. Raises StoreBusyError if another process does;
        a killed holder lets go by itself."""

    def meta(self, key: str) -> str | None: ...
    def set_meta(self, key: str, value: str) -> None: ...

    # feeds
    def feeds(self) -> list[Feed]:
        """All, by outlet."""

    def feed(self, url: str) -> Feed:
        """Raises NotFoundError."""

    def add_feeds(self, specs: Sequence[FeedSpec]) -> tuple[int, int]:
        """How many were added and how many were known (those keep their state; an empty field of
        theirs takes the new value); those of outlets left out are neither."""

    def remove_feed(self, url: str) -> None:
        """Its articles stay. Raises NotFoundError."""

    def save_feed(self, feed: Feed) -> None:
        """Everything but its counts of pages, by id."""

    def count_pages(self, feed: int, ok: int, refused: int, error: str | None) -> None:
        """Add to the feed's article reachability."""

    # entries and articles
    def seen_entries(self, feed: int, keys: Sequence[str]) -> dict[str, SeenEntry]: ...
    def take(self, drafts: Sequence[tuple[Draft, EntryRef | None]], now: datetime) -> list[Taken]:
        """Store drafts, one result each, in order. A draft that shares a key with an article is
        that article: with another title or text it becomes a revision (the old text is kept, the
        state goes back to "stored"), else it is known. A text taken from a feed never replaces one
        taken from a page. New keys are remembered. Drafts of one call may be one another's.

        Raises LeftOutError, and stores none, where one has an address of an outlet left out."""

    def article(self, id: int) -> Article:
        """Raises NotFoundError."""

    def article_by_key(self, key: str) -> Article | None: ...
    def articles(self, ids: Sequence[int]) -> dict[int, Article]: ...
    def articles_in(self, state: ArticleState, limit: int) -> list[Article]:
        """The oldest first."""

    def all_articles(self) -> Iterator[Article]: ...

    # a site's past
    def backfill(self, url: str) -> Backfill | None: ...
    def save_backfill(self, backfill: Backfill) -> None:
        """By address; what was read and what waits stays as it is."""

    def archive_pages(self, url: str) -> dict[str, ArchivePage]:
        """The documents a backfill has read, by address."""

    def save_archive_page(self, url: str, page: ArchivePage, entries: Sequence[Entry]) -> None:
        """Remember a document, in one step with its entries that now wait to be taken."""

    def waiting_entries(self, url: str, since: datetime | None, limit: int) -> list[Entry]:
        """The oldest first, those without a date last; none before `since`."""

    def count_waiting(self, url: str, since: datetime | None = None) -> int: ...
    def drop_waiting(self, url: str, keys: Sequence[str] | None = None) -> None:
        """These entries wait no more; without keys, none does."""

    # embeddings and membership
    def vectors_by_hash(self, model: str, hashes: Sequence[str]) -> dict[str, Vector]:
        """Embeddings of equal content, whichever article they were made for."""

    def vectors_of(self, model: str, articles: Sequence[int]) -> dict[int, Vector]: ...
    def place(
        self,
        model: str,
        placements: Sequence[tuple[Placement, Vector]],
        threads: Sequence[Thread],
    ) -> None:
        """Embedding, membership, thread rows and the article's state "threaded" in one commit; the
        threads are marked stale; a placed article's earlier membership is replaced; the vectors go
        into the index the store was handed. What is placed in a thread that was merged meanwhile
        goes to where it was merged into, whose row is counted anew; the merged one's is ignored."""

    def placed(self, model: str, since: datetime | None = None) -> Iterator[Placed]:
        """Every placed article of that model from `since` on, by time: what the threader starts
        from, with the victims of its claims. Roundups included."""

    def placed_among(self, model: str, articles: Sequence[int]) -> list[Placed]:
        """Those of these articles that are placed, by time, as `placed` gives them."""

    def placed_span(self) -> tuple[datetime, datetime] | None:
        """The times of the oldest and of the newest placed article; None: there is none."""

    def vectors_between(
        self, model: str, since: datetime, until: datetime
    ) -> tuple[list[int], Vectors]:
        """Ids and vectors (a row each) of the articles in threads of since <= time < until."""

    def placements(self, articles: Sequence[int]) -> dict[int, Placement]:
        """Each placed article's own membership, roundups (thread None) included."""

    # edits
    def turn(self) -> AbstractContextManager[None]:
        """Hold the turn while inside: whoever changes where articles stand does, from reading them
        to writing them. Others wait, first come, first served, whichever thread or process they
        are; one that holds it may take it again. Raises StoreBusyError where nobody lets go within
        a minute; a killed holder lets go by itself."""

    def regroup(
        self,
        what: EditKind,
        who: str,
        why: str,
        at: datetime,
        placements: Sequence[Placement],
        threads: Sequence[Thread],
        details: Mapping[str, Sequence[Detail]],
        rules: Sequence[tuple[int, int, bool]] = (),
        *,
        stood: Mapping[int, str | None],
        undoes: int | None = None,
        settles: int | None = None,
    ) -> Edit:
        """One edit in one commit: memberships replaced (embeddings stay), the moved articles'
        claims follow them, `threads` and `details` saved as given (a touched thread that is not in
        `details` has none), all touched threads marked stale. A thread left empty is merged into
        where most of its articles went; one that has articles again lives again. `rules` (two
        articles; must or must not) are kept with the edit and replace others on the same pairs.
        `undoes`: this edit is marked undone, its rules go and what they replaced is back.
        `settles`: this proposal is accepted (with `what` "refuse": refused). Open proposals that
        can't be done any more are gone.

        Raises ConflictError, and changes nothing, where an article is not placed or stands in
        another thread than `stood` says, or `undoes` or `settles` is done already; NotFoundError.
        """

    def edits(
        self, *, limit: int = 50, before: int | None = None, thread: str | None = None
    ) -> list[Edit]:
        """The audit log, newest first: those with an id below `before`, those that
        touched `thread`, or settled a proposal on it."""

    def edits_after(self, id: int) -> list[Edit]:
        """Oldest first: what a threader in another process catches up with."""

    def edit(self, id: int) -> Edit:
        """Raises NotFoundError."""

    def stood_before(self, edit: int) -> tuple[Placement, ...]:
        """The memberships that an edit replaced, as they were. Raises NotFoundError."""

    def link_rules(self) -> list[LinkRule]:
        """All that hold, by pair."""

    def proposals(self, state: ProposalState = "open") -> list[Proposal]:
        """The surest first."""

    def proposal(self, id: int) -> Proposal:
        """Raises NotFoundError."""

    def save_proposals(self, proposals: Sequence[Proposal], about: Collection[str] = ()) -> None:
        """Store what is proposed. One with the same kind, threads (a merge's in any order) and
        articles is there once: an open one takes the new score and reason, a gone one is open
        again, a refused or accepted one stays so. Open ones that concern a thread of `about` (those
        that the threader has just thought about) and are not among these are gone."""

    def settle_proposal(self, id: int, state: ProposalState) -> None:
        """Raises NotFoundError; ConflictError for one that is settled otherwise."""

    def mentions(self, threads: Sequence[str]) -> dict[str, tuple[Mention, ...]]:
        """By roundup and place in it; a merged thread's are those of the one that it is in now."""

    def mentions_of(self, articles: Sequence[int]) -> dict[int, tuple[Mention, ...]]:
        """A roundup's, by place in it, each with the thread as it is called now."""

    def save_mentions(self, articles: Sequence[int], mentions: Sequence[Mention]) -> None:
        """Replace those of the articles; threads that gain or lose one are marked stale."""

    # ledger
    def ledger(self, threads: Sequence[str]) -> dict[str, list[LedgerClaim]]: ...
    def save_ledger(
        self,
        articles: Sequence[int],
        claims: Sequence[LedgerClaim],
        details: Mapping[str, Sequence[Detail]],
        *,
        read: Mapping[int, str] | None = None,
        changes: Sequence[Change] = (),
        corrections: Sequence[Correction] = (),
    ) -> None:
        """Replace all claims of these articles and all details of these threads, set the articles
        "claimed", mark the threads stale, add what changed: one commit. `read`: the content hash of
        the text that each article's claims were read from (else its present one); an article that
        was edited meanwhile keeps its state."""

    def readings(self, articles: Sequence[int]) -> dict[int, Reading]:
        """The texts that the articles' claims were last read from; without those never read."""

    def changes(
        self,
        thread: str,
        *,
        since: datetime | None = None,
        before: int | None = None,
        limit: int = 100,
    ) -> list[Change]:
        """Newest first: those seen after `since`, with an id below `before`."""

    def corrections(self, *, before: int | None = None, limit: int = 50) -> list[Correction]:
        """Of all articles, newest first: those with an id below `before`."""

    def add_report(self, report: ErrorReport, *, most: int) -> ErrorReport:
        """Store a reader's report; returned with its id. Raises ConflictError where `most` are open
        already."""

    def reports(
        self, state: ReportState = "open", *, before: int | None = None, limit: int = 50
    ) -> list[ErrorReport]:
        """Newest first: those with an id below `before`."""

    def report(self, id: int) -> ErrorReport:
        """Raises NotFoundError."""

    def open_reports(self) -> int:
        """How many wait for the editors."""

    def settle_report(
        self, id: int, what: Literal["resolve", "dismiss"], who: str, why: str, at: datetime
    ) -> Edit:
        """A line of the audit log; the reader's contact goes. Raises NotFoundError; ConflictError
        for one that is settled."""

    def details(self, threads: Sequence[str]) -> dict[str, tuple[Detail, ...]]: ...
    def entity(self, kind: PartyKind, slug: str) -> Entity | None:
        """Who answers to this slug: an address or any other spelling; None for nobody."""

    # indicators
    def indicators(self, articles: Sequence[int]) -> dict[int, tuple[Indicator, ...]]:
        """Each article's, in the order they stand in it."""

    def save_indicators(self, articles: Sequence[int], indicators: Sequence[Indicator]) -> None:
        """Replace all indicators of these articles; the same again changes nothing."""

    # threads
    def thread(self, id: str) -> Thread:
        """Raises NotFoundError. A merged one is returned with `merged_into`."""

    def threads(
        self,
        where: ThreadFilter,
        *,
        sort: ThreadSort = "updated",
        limit: int = 50,
        cursor: str | None = None,
    ) -> ThreadPage:
        """Newest (or most) first, keyset paged: neither skips nor repeats while articles come in.
        Raises UsageError for a cursor it did not make. Merged threads are left out."""

    def all_threads(self) -> Iterator[Thread]:
        """By first_at, merged ones left out."""

    def members(self, threads: Sequence[str]) -> dict[str, tuple[Member, ...]]:
        """By publication, oldest first."""

    def threads_of(self, articles: Sequence[int]) -> dict[int, str]: ...
    def articles_of(self, threads: Sequence[str]) -> dict[str, list[int]]:
        """Ids of their members, oldest first; threads without any are left out."""

    def save_related(self, related: Mapping[str, Sequence[Related]]) -> None: ...
    def related(self, threads: Sequence[str]) -> dict[str, tuple[Related, ...]]: ...
    def save_storylines(self, storylines: Sequence[Storyline]) -> None:
        """Replace all; an id that is given again keeps its address."""

    def storylines(self) -> list[Storyline]: ...
    def storylines_of(self, threads: Sequence[str]) -> dict[str, tuple[Storyline, ...]]: ...
    def storyline(self, id: str) -> Storyline:
        """Raises NotFoundError."""

    # tokens
    def add_token(self, token: Token, digest: str) -> Token:
        """Store a new one, known by the digest of its secret; returned with its id."""

    def tokens(self) -> list[Token]:
        """All, revoked and expired ones too, by id."""

    def token_by_digest(self, digest: str) -> Token | None:
        """Whatever its state: `Token.valid` says whether it still opens anything."""

    def revoke_token(self, id: int, at: datetime) -> Token:
        """For good, with its sessions; one revoked before stays as it was. Raises
        NotFoundError."""

    def touch_token(self, id: int, at: datetime) -> None:
        """Note a use."""

    def add_session(self, token: int, digest: str, expires_at: datetime, now: datetime) -> None:
        """Remember a browser by the digest of its session's secret; forgets those that are over."""

    def session(self, digest: str) -> Session | None:
        """With its token as it is now, whatever the state of both."""

    def end_session(self, digest: str) -> None:
        """Nothing for one that is not there."""

    # search
    def search_text(
        self,
        query: str | Terms,
        *,
        limit: int,
        since: datetime | None = None,
        until: datetime | None = None,
        seconds: float = 2.0,
    ) -> list[tuple[int, float]]:
        """Articles by full text, best first: title counts more than lead, lead more than text.
        Words, "phrases", -minus; those with all words come before those with any, whose score is
        below theirs; nothing a user types is an error. Common words are no more than conditions
        where there are many articles. Raises SlowSearchError after so many seconds."""

    def search_every(
        self,
        terms: Terms,
        *,
        limit: int,
        since: datetime | None = None,
        until: datetime | None = None,
        seconds: float = 2.0,
    ) -> list[int]:
        """Articles that have a term of every group, however common, newest first. Raises
        SlowSearchError after so many seconds."""

    def search_both(
        self,
        query: str | Terms,
        *,
        limit: int,
        since: datetime | None = None,
        until: datetime | None = None,
        seconds: float = 2.0,
    ) -> tuple[list[tuple[int, float]], list[tuple[int, float]]]:
        """Articles with all words alone (of three and more the common ones may be missing), and as
        `search_text` gives them."""

    def search_threads(
        self, query: str | Terms, *, limit: int, seconds: float = 2.0
    ) -> list[tuple[str, float]]:
        """Threads by their own documents, best first: headline, names with other spellings, facts,
        section and kind. Raises SlowSearchError, as `search_text`."""

    def rare(self, words: Sequence[str], most: int) -> set[str]:
        """Those of the words that at most so many articles have (by their stems)."""

    def names_known(self, slugs: Sequence[str]) -> dict[str, set[PartyKind]]:
        """As what a live thread's details know these slugs; without those that none knows."""

    def stands(self, slug: str) -> set[PartyKind]:
        """As what any detail has this slug, whether it names somebody or describes one."""

    def names_like(self, word: str, limit: int) -> list[str]:
        """Slugs of parties that share most runs of three letters with the word."""

    def threads_named(self, kind: PartyKind, slug: str, limit: int) -> list[str]:
        """Live threads whose details have this very spelling, newest first."""

    def indicated(self, value: str, limit: int) -> list[int]:
        """Articles that give this indicator; a package by its name, too. Newest first."""

    def facets(
        self, threads: Sequence[str], since: Mapping[str, datetime]
    ) -> dict[str, list[tuple[str, int]]]:
        """By filter, its values and how many of the live ones among the threads have each, most
        first; under "since", of each label how many had a report since its time."""

    def titled(
        self, phrases: Sequence[str], *, until: datetime, limit: int
    ) -> dict[str, list[int]]:
        """By phrase, the newest articles before `until` whose title has its words in a row (by
        their stems), or, for a CVE or GHSA id, that name it; at most `limit` each, newest first."""

    def search_vectors(
        self,
        vector: Vector,
        *,
        limit: int,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> list[tuple[int, float]]:
        """Articles by cosine, best first; empty without an index."""

    def use_index(self, index: VectorIndex, model: str, *, seen: int = 0) -> int:
        """Hand the store the index that searches `model`'s vectors; fills it from the rows written
        after `seen` (`indexed` of when it was kept) and returns how many it holds. Searches go on
        with the index before until it is filled."""

    def indexed(self) -> int:
        """Up to which row the index is filled: what to hand back with it as `seen`."""

    def embedded(self, model: str) -> tuple[int, int]:
        """How many vectors of this model there are, and the last one's row."""

    def vector_sample(self, model: str, number: int) -> Vectors:
        """At most so many of the model's vectors, from all over the store; the same every time."""


def slug(text: str) -> str:
    """Lower-case ASCII words joined by '-': what entity addresses and filters compare by."""
    ascii_ = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", ascii_.lower()).strip("-")
