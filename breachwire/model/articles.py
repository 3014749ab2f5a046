"""What the network gave: feeds, their entries, pages, and the articles made of them.

In: nothing. Out: frozen dataclasses.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from breachwire.model.words import ArticleState, FeedState, PageState, TextFrom


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
class Wishes:
    """How often a feed wants to be asked, as its document says."""

    ttl_minutes: int | None = None
    """RSS `ttl`: for so long a copy serves."""
    every_minutes: int | None = None
    """`sy:updatePeriod` by `sy:updateFrequency`: how often it changes. Much software says "hourly"
    of every feed, so it counts only while the feed's rhythm isn't known."""
    skip_hours: tuple[int, ...] = ()
    """RSS `skipHours`, 0 to 23 of UTC."""
    skip_days: tuple[int, ...] = ()
    """RSS `skipDays`, of UTC; Monday is 0."""


NO_WISHES: Final = Wishes()
"""Of a feed that says nothing."""


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
    wishes: Wishes = NO_WISHES
    """How often it wants to be asked, as its last document said: a 304 says nothing of it."""


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
    wishes: Wishes = NO_WISHES
    prev_archive: str = ""
    """Address of the archive document before this one (RFC 5005, 4), else empty."""
    next_page: str = ""
    """Address of the next page, of older entries as a rule (RFC 5005, 3; JSON Feed `next_url`)."""
    complete: bool = False
    """The feed says that it holds every entry it ever had (RFC 5005, 2: `fh:complete`)."""


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
