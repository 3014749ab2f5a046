"""A document on the way into a site's past → its entries, and where older ones are.

In: how a document was come by, and what its address answered. Out: entries, the links to follow,
and in words what ends the way there. Four forms: archived feeds (RFC 5005, `prev-archive`), paged
feeds (`next`; JSON Feed's `next_url`), WordPress's `?paged=N`, which no feed announces, and news
sitemaps.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit, urlunsplit

from breachwire.errors import NotAFeedError
from breachwire.model import ArchiveLink, Entry, ParsedFeed
from breachwire.net import Response
from ingest import apart, dates, sitemaps, urls
from ingest.fetch import read_feed

SITEMAP: Final = "/sitemap.xml"

_PAGED = re.compile(r"(?:^|&)paged=(\d{1,6})(?=&|$)")


@dataclass(frozen=True, slots=True)
class Leaf:
    """One document of an archive, read."""

    form: str
    """"feed", "sitemap" or "site" (a web page that named feeds)."""
    entries: tuple[Entry, ...] = ()
    links: tuple[ArchiveLink, ...] = ()
    past: bool = False
    """It is itself of the past: not just what the feed shows today."""
    title: str = ""
    """The feed's own."""
    home: str = ""
    """The feed's site."""
    plain: int = 0
    """Addresses in a sitemap that aren't described as news."""
    problems: tuple[str, ...] = ()


def read(link: ArchiveLink, response: Response, since: datetime | None) -> Leaf:
    """What a document holds and leads to. Raises ParseError, in one line.

    `since`: entries before it are left out, and the way ends where nothing newer can follow.
    """
    body = sitemaps.unpacked(response.body)
    if link.kind in ("sitemap", "guess") or sitemaps.is_sitemap(body):
        return _sitemap(body, response.url, since)
    try:
        parsed = read_feed(response)
    except NotAFeedError:
        kind = response.headers.get("content-type", "")
        if link.kind == "start" and (
            found := apart.shared.links(body, url=response.url, content_type=kind)
        ):
            return Leaf("site", links=(ArchiveLink("feed", found[0]),), home=response.url)
        if link.kind == "start" and b"<html" in body[:5000].lower():
            return Leaf("site", home=response.url)
        raise
    return _feed(link, parsed, response.url, since)


def paged(url: str, number: int) -> str:
    """WordPress's address of a feed's page: `paged=N` in the query."""
    parts = urlsplit(url)
    rest = _PAGED.sub("", parts.query).strip("&")
    query = f"{rest}&paged={number}" if rest else f"paged={number}"
    return urlunsplit(parts._replace(query=query, fragment=""))


def page_number(url: str) -> int:
    """N of `paged=N`; 1 without it."""
    found = _PAGED.search(urlsplit(url).query)
    return int(found[1]) if found else 1


def fingerprint(entries: tuple[Entry, ...]) -> str:
    """The same for documents that hold the same entries, in whatever order; "" for none."""
    if not entries:
        return ""
    keys = "\n".join(sorted(entry.key for entry in entries))
    return hashlib.sha256(keys.encode("utf-8", "replace")).hexdigest()


def _feed(link: ArchiveLink, parsed: ParsedFeed, url: str, since: datetime | None) -> Leaf:
    first = link.kind in ("start", "feed")
    ended = since is not None and _all_before(parsed.entries, since)
    return Leaf(
        "feed",
        entries=parsed.entries,
        links=() if ended else _older(link, parsed, url),
        past=not first or parsed.complete,
        title=parsed.title,
        home=parsed.url if urls.same_site(parsed.url, url) else url,
        problems=tuple(p for p in parsed.problems if "are read" in p),
    )


def _older(link: ArchiveLink, parsed: ParsedFeed, url: str) -> tuple[ArchiveLink, ...]:
    if older := parsed.prev_archive or parsed.next_page:
        return (ArchiveLink("older", older),)
    if parsed.complete or link.kind == "older" or not parsed.entries or "json" in parsed.format:
        return ()
    return (ArchiveLink("paged", paged(url, page_number(link.url) + 1)),)


def _all_before(entries: tuple[Entry, ...], since: datetime) -> bool:
    known = [entry.published for entry in entries if entry.published is not None]
    return bool(known) and max(known) < since


def _sitemap(body: bytes, url: str, since: datetime | None) -> Leaf:
    found = apart.shared.sitemap(body, url=url)
    # The newest first; news before the rest, as far as an address tells.
    maps = sorted(found.maps, key=lambda one: one[1] or dates.EARLIEST, reverse=True)
    maps.sort(key=lambda one: "news" not in one[0].lower())
    return Leaf(
        "sitemap",
        entries=found.entries,
        links=tuple(
            ArchiveLink("sitemap", address)
            for address, changed in maps
            if since is None or changed is None or changed >= since
        ),
        past=bool(found.entries),
        plain=found.plain,
        problems=found.problems,
    )
