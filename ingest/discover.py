"""A web page's bytes → the feeds it names as its own.

In: the page, its address. Out: addresses, in the order they stand: by the HTML standard ("link type
alternate") the first is the page's default feed, the others are comments, tags, languages.
"""

from __future__ import annotations

from typing import Final

from ingest import urls

TYPES: Final = frozenset(
    {
        "application/rss+xml",
        "application/atom+xml",
        "application/rdf+xml",
        "application/feed+json",
    }
)
"""application/json is left out: WordPress names its API so."""
MAX_FEEDS: Final = 20


def feeds(body: bytes, *, url: str, content_type: str = "") -> list[str]:
    """Feeds that a page's `link rel=alternate` elements name; [] where it names none."""
    from lxml import etree  # type: ignore[import-untyped]
    from lxml import html as lxml_html

    charset = content_type.lower().partition("charset=")[2].partition(";")[0].strip(" \"'")
    try:
        parser = lxml_html.HTMLParser(encoding=charset or None, no_network=True, huge_tree=False)
        root = lxml_html.document_fromstring(body, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError, LookupError):
        return []
    base = next((urls.absolute(b.get("href", ""), url) for b in root.iter("base")), "") or url
    found: dict[str, None] = {}
    for link in root.iter("link"):
        kind = (link.get("type") or "").partition(";")[0].strip().lower()
        href = (link.get("href") or "").strip()
        if href and kind in TYPES and "alternate" in (link.get("rel") or "").lower().split():
            found[urls.absolute(href, base)[: urls.MAX_URL]] = None
    found.pop("", None)
    return list(found)[:MAX_FEEDS]
