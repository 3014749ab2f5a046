"""What a document that is no feed looks like, in words for people.

In: bytes or text. Out: "an HTML page (“Ledger: sign in”)", "an image (PNG)", or None.
"""

from __future__ import annotations

import re

from ingest import clean

_MAGIC = (
    (b"\x89PNG", "an image (PNG)"),
    (b"\xff\xd8\xff", "an image (JPEG)"),
    (b"GIF8", "an image (GIF)"),
    (b"RIFF", "an image or sound (RIFF)"),
    (b"\x00\x00\x01\x00", "an icon"),
    (b"%PDF-", "a PDF"),
    (b"PK\x03\x04", "a ZIP archive"),
    (b"\x1f\x8b", "a gzip file"),
    (b"SQLite format 3", "an SQLite database"),
    (b"\x7fELF", "a program"),
    (b"MZ", "a program"),
    (b"OggS", "a sound file"),
    (b"ID3", "a sound file"),
)
_NOISE = re.compile(
    r"\s{1,400}+|<\?[^>]*>|<!--(?:(?!-->)[\s\S]){0,20000}-->|<!DOCTYPE[^>\[]{0,2000}(?:\[[^\]]*\])?\s*>",
    re.IGNORECASE,
)
_ROOT = re.compile(r"<([A-Za-z_][\w.:-]*)")
_HTML_TYPE = re.compile(r"<!doctype\s+html", re.IGNORECASE)
_FEED_ROOTS = ("rss", "feed", "rdf", "rdf:rdf", "channel")
_PAGE_TITLE = re.compile(r"<title[^>]{0,200}>([^<]{0,500})", re.IGNORECASE)


def binary(body: bytes) -> str | None:
    """What bytes that are no text are; None for text."""
    if not body.strip(b"\x00 \t\r\n"):
        return "an empty answer"
    for magic, what in _MAGIC:
        if body.startswith(magic) and (len(magic) > 2 or b"\x00" in body[:200]):
            return what
    return None


def json_like(body: bytes) -> bool:
    """Whether the first character is JSON's."""
    return body[:2000].removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"{", b"[")


def page(text: str) -> str | None:
    """ "an HTML page (“title”)" where the document's root is HTML and no feed is in it."""
    root = _root(text).lower()
    declared = root not in _FEED_ROOTS and _HTML_TYPE.search(text[:2000]) is not None
    if root not in ("html", "head", "body", "meta") and not declared:
        return None
    found = _PAGE_TITLE.search(text[:200_000])
    title = clean.line(clean.entities(found[1]))[:80] if found else ""
    return f"an HTML page (“{title}”)" if title else "an HTML page"


def is_feed_root(text: str) -> bool:
    """Whether the document's root is a feed's, with something in it."""
    return _root(text).lower().split(":")[-1] in _FEED_ROOTS and "<" in text.split(">", 1)[-1]


def other(text: str) -> str:
    """What a document without any feed in it is."""
    root = _root(text).lower().split(":")[-1]
    named = {
        "opml": "an OPML list of feeds (import it)",
        "urlset": "a sitemap",
        "sitemapindex": "a sitemap",
        "svg": "an image (SVG)",
    }
    if root in named:
        return named[root]
    if root in _FEED_ROOTS:
        return f"a <{root}> without anything in it"
    if root:
        return f"a document of <{root[:30]}> elements"
    controls = sum(char == "\ufffd" for char in text[:500])
    if controls > 20:
        return "binary data"
    # feedparser's decoder puts a declaration before everything.
    words = clean.line(re.sub(r"^<\?xml[^>]*>", "", text[:300]))
    return f"plain text (“{words[:60]}”)"


def _root(text: str) -> str:
    """Name of the first element; "" where there is none at the start."""
    at = 0
    while found := _NOISE.match(text, at):
        at = found.end()
    root = _ROOT.match(text, at)
    return root[1] if root else ""
