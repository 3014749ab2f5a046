"""What crawlers are told: the addresses of pages and threads, with their last change.

In: a store. Out: a sitemap (sitemaps.org 0.9) of the standing pages and the newest threads, and
robots.txt that names it. Older threads are found through those.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final
from xml.etree import ElementTree as ET

from api.links import thread_path
from breachwire.model import Thread
from breachwire.store import Store, ThreadFilter

NEWEST: Final = 10_000
"""Threads listed; the protocol's limit for a file is 50,000."""
_PIECE: Final = 1_000
_SPACE: Final = "http://www.sitemaps.org/schemas/sitemap/0.9"
_STANDING: Final = ("/", "/trends", "/sources", "/about", "/corrections")


def sitemap(store: Store, base: str) -> bytes:
    """The document."""
    root = ET.Element("urlset", {"xmlns": _SPACE})
    for path in _STANDING:
        ET.SubElement(ET.SubElement(root, "url"), "loc").text = base + path
    for thread in _newest(store):
        entry = ET.SubElement(root, "url")
        ET.SubElement(entry, "loc").text = base + thread_path(thread.id, thread.headline)
        ET.SubElement(entry, "lastmod").text = thread.updated_at.isoformat(timespec="seconds")
    document: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return document


def robots(base: str) -> str:
    """All that is for readers may be asked for; editors' pages and costly ones not."""
    return f"User-agent: *\nDisallow: /edit\nDisallow: /related?\nSitemap: {base}/sitemap.xml\n"


def _newest(store: Store) -> Iterator[Thread]:
    cursor: str | None = None
    for _ in range(NEWEST // _PIECE):
        page = store.threads(ThreadFilter(), limit=_PIECE, cursor=cursor)
        yield from page.threads
        cursor = page.next
        if cursor is None:
            return
