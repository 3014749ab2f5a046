"""Feeds in three formats: what a feed says → Atom 1.0, RSS 2.0, JSON Feed 1.1.

In: `Feed` and its entries, bodies as HTML with the disclosure in them. Out: bytes. Ids are tag URIs
(RFC 4151), the same in all formats. Of an AI-made mark each format has what it can carry: the IPTC
term as a category, in JSON Feed an extension.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any, Final
from xml.etree import ElementTree as ET

import orjson

from breachwire.model import Disclosure
from breachwire.model.disclosure import SCHEME

_ATOM: Final = "http://www.w3.org/2005/Atom"
ET.register_namespace("atom", _ATOM)
_NOT_XML: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
INVENTED: Final = "Invented stories by invented outlets: a demonstration"


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """One entry."""

    id: str
    """A tag URI, for ever."""
    url: str
    title: str
    html: str
    at: datetime
    """When it was published here; an entry that changes later keeps it."""
    section: str
    made: Disclosure
    updated: datetime | None = None
    """When it changed last; None: it never does."""


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed without a format."""

    id: str
    title: str
    about: str
    home: str
    """The page it belongs to."""
    url: str
    """The feed's own address without its ending (".atom")."""
    updated: datetime
    entries: Sequence[FeedEntry]
    query: str = ""
    """Behind the endings, without its "?"."""

    def address(self, form: str) -> str:
        """Of the feed in a format."""
        return f"{self.url}.{form}" + (f"?{self.query}" if self.query else "")


def atom(feed: Feed) -> bytes:
    """RFC 4287."""
    root = ET.Element("feed", {"xmlns": _ATOM, "xml:lang": "en"})
    _add(root, "id", feed.id)
    _add(root, "title", feed.title)
    _add(root, "subtitle", feed.about)
    _add(root, "updated", _iso(feed.updated))
    _add(root, "link", rel="alternate", type="text/html", href=feed.home)
    _add(root, "link", rel="self", type="application/atom+xml", href=feed.address("atom"))
    _add(ET.SubElement(root, "author"), "name", "Breachwire")
    _add(root, "generator", "Breachwire")
    for one in feed.entries:
        entry = ET.SubElement(root, "entry")
        _add(entry, "id", one.id)
        _add(entry, "title", one.title)
        _add(entry, "published", _iso(one.at))
        _add(entry, "updated", _iso(one.updated or one.at))
        _add(entry, "link", rel="alternate", type="text/html", href=one.url)
        _add(entry, "category", term=one.section)
        _add(entry, "category", term=one.made.source_type, scheme=SCHEME)
        _add(entry, "content", one.html, type="html")
    return _bytes(root)


def rss(feed: Feed) -> bytes:
    """RSS 2.0, with the link to itself that readers look for."""
    root = ET.Element("rss", {"version": "2.0"})
    channel = ET.SubElement(root, "channel")
    _add(channel, "title", feed.title)
    _add(channel, "link", feed.home)
    _add(channel, "description", feed.about)
    _add(channel, "language", "en")
    _add(channel, "generator", "Breachwire")
    _add(channel, "lastBuildDate", _rfc822(feed.updated))
    own = {"href": feed.address("rss"), "rel": "self", "type": "application/rss+xml"}
    _add(channel, f"{{{_ATOM}}}link", **own)
    for one in feed.entries:
        item = ET.SubElement(channel, "item")
        _add(item, "title", one.title)
        _add(item, "link", one.url)
        _add(item, "guid", one.id, isPermaLink="false")
        _add(item, "pubDate", _rfc822(one.at))
        _add(item, "category", one.section)
        _add(item, "category", one.made.source_type, domain=SCHEME)
        _add(item, "description", one.html)
    return _bytes(root)


def json_feed(feed: Feed) -> bytes:
    """JSON Feed 1.1."""
    document: dict[str, Any] = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "description": feed.about,
        "home_page_url": feed.home,
        "feed_url": feed.address("json"),
        "language": "en",
        "items": [
            {
                "id": one.id,
                "url": one.url,
                "title": one.title,
                "content_html": one.html,
                "date_published": _iso(one.at),
                "date_modified": _iso(one.updated or one.at),
                "tags": [one.section],
                "_breachwire": {
                    "about": "https://cv.iptc.org/newscodes/digitalsourcetype/",
                    "disclosure": one.made.label,
                    "by": one.made.by,
                    "digital_source_type": one.made.iptc,
                    "ai_generated": one.made.ai,
                    "reviewed": one.made.reviewed is not None,
                },
            }
            for one in feed.entries
        ],
    }
    return orjson.dumps(document)


FORMATS: Final[Mapping[str, tuple[Callable[[Feed], bytes], str]]] = {
    "atom": (atom, "application/atom+xml; charset=utf-8"),
    "rss": (rss, "application/rss+xml; charset=utf-8"),
    "json": (json_feed, "application/feed+json"),
}
"""By the ending of the address: the writer and the media type."""


def clean(text: str) -> str:
    """Without the characters that no XML document may hold."""
    return _NOT_XML.sub("", text)


def _iso(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds")


def _rfc822(at: datetime) -> str:
    return format_datetime(at.astimezone(UTC).replace(microsecond=0), usegmt=True)


def _add(parent: ET.Element, tag: str, text: str = "", **attributes: str) -> None:
    plain = {name: clean(value) for name, value in attributes.items()}
    ET.SubElement(parent, tag, plain).text = clean(text) or None


def _bytes(root: ET.Element) -> bytes:
    document: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return document
