"""A site's past on the way into the store: backfills and the documents they read.

In: nothing. Out: frozen dataclasses.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from breachwire.model.words import ArchiveKind


@dataclass(frozen=True, slots=True)
class ArchiveLink:
    """A document to read, and how it was come by."""

    kind: ArchiveKind
    url: str


@dataclass(frozen=True, slots=True)
class Backfill:
    """How far the past of one address is taken over."""

    url: str
    """As the operator gave it."""
    started_at: datetime
    """Documents read since then are not asked for again before the run has ended."""
    ended_at: datetime | None = None
    """None: a run is under way, or was cut off and goes on with the next command."""
    feed: str = ""
    """Address of the feed found there, else empty."""
    title: str = ""
    """That feed's own title."""
    home: str = ""
    """Address on the site whose robots.txt and sitemaps count."""


@dataclass(frozen=True, slots=True)
class ArchivePage:
    """One document that was read: a feed page, an archive, a sitemap."""

    url: str
    read_at: datetime
    links: tuple[ArchiveLink, ...] = ()
    fingerprint: str = ""
    """Of its entries' keys; empty: it holds none."""
    past: bool = False
    """It held entries of the past, not just what the feed shows today."""
    etag: str | None = None
    last_modified: str | None = None
    since: datetime | None = None
    """What was published before was left out when it was read; None: nothing was."""
