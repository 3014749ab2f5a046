"""An outlet's articles → its feed document: RSS 2.0 with or without bodies, RDF, Atom, JSON Feed.

In: an Outlet and its articles, newest first. Out: (bytes, content type). Pure.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import datetime
from email.utils import format_datetime
from html import escape
from typing import Any, Final
from xml.etree import ElementTree as ET

from breachwire.demo.corpus import DemoArticle, Outlet

NOTICE: Final = (
    "{outlet} and its stories are invented for the demonstration of Breachwire. "
    "Nothing in them happened."
)
"""Stands in every feed's description and at the foot of every page."""

_NAMESPACES: Final = {
    "": "",
    "atom": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rss1": "http://purl.org/rss/1.0/",
}


def render(outlet: Outlet, articles: Sequence[DemoArticle]) -> tuple[bytes, str]:
    """The feed of an outlet and its content type."""
    make, content_type = _FORMATS[outlet.format]
    return make(outlet, articles), content_type


def body_html(article: DemoArticle) -> str:
    """The paragraphs as HTML, escaped."""
    return "".join(f"<p>{escape(paragraph, quote=False)}</p>\n" for paragraph in article.paragraphs)


def notice(outlet: Outlet) -> str:
    """The plain word that this outlet does not exist."""
    return NOTICE.format(outlet=outlet.name)


def _tag(name: str) -> str:
    prefix, _, local = name.rpartition(":")
    return f"{{{_NAMESPACES[prefix]}}}{local}" if prefix else local


def _add(parent: ET.Element, name: str, text: str = "", **attributes: str) -> ET.Element:
    """Append an element; `name` may carry one of the prefixes above."""
    element = ET.SubElement(parent, _tag(name), attributes)
    element.text = text or None
    return element


def _bytes(root: ET.Element) -> bytes:
    for prefix, address in _NAMESPACES.items():
        if prefix:
            ET.register_namespace("" if prefix == "rss1" else prefix, address)
    return bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True))


def _changed(article: DemoArticle) -> datetime:
    return article.updated or article.published


def _rss(outlet: Outlet, articles: Sequence[DemoArticle]) -> bytes:
    root = ET.Element("rss", version="2.0")
    channel = _add(root, "channel")
    _add(channel, "title", outlet.name)
    _add(channel, "link", f"http://{outlet.host}/")
    _add(channel, "description", f"{outlet.motto}. {notice(outlet)}")
    _add(channel, "language", outlet.language.lower())
    _add(channel, "ttl", "60")
    for article in articles:
        item = _add(channel, "item")
        _add(item, "title", article.title)
        _add(item, "link", f"{article.url}?utm_source=rss&utm_medium=feed")
        _add(item, "guid", article.url, isPermaLink="true")
        _add(item, "pubDate", format_datetime(article.published))
        for author in article.authors:
            _add(item, "dc:creator", author)
        _add(item, "category", article.section)
        _add(item, "description", f"<p>{escape(article.summary, quote=False)}</p>")
        if outlet.format == "rss-full":
            _add(item, "content:encoded", body_html(article))
    return _bytes(root)


def _rdf(outlet: Outlet, articles: Sequence[DemoArticle]) -> bytes:
    root = ET.Element(_tag("rdf:RDF"))
    channel = _add(root, "rss1:channel", **{_tag("rdf:about"): f"http://{outlet.host}/"})
    _add(channel, "rss1:title", outlet.name)
    _add(channel, "rss1:link", f"http://{outlet.host}/")
    _add(channel, "rss1:description", f"{outlet.motto}. {notice(outlet)}")
    _add(channel, "dc:language", outlet.language.lower())
    listed = _add(_add(channel, "rss1:items"), "rdf:Seq")
    for article in articles:
        _add(listed, "rdf:li", **{_tag("rdf:resource"): article.url})
        item = _add(root, "rss1:item", **{_tag("rdf:about"): article.url})
        _add(item, "rss1:title", article.title)
        _add(item, "rss1:link", article.url)
        _add(item, "rss1:description", article.summary)
        _add(item, "dc:creator", " and ".join(article.authors))
        _add(item, "dc:date", article.published.isoformat())
        _add(item, "dc:subject", article.section)
    return _bytes(root)


def _atom(outlet: Outlet, articles: Sequence[DemoArticle]) -> bytes:
    root = ET.Element(_tag("atom:feed"))
    _add(root, "atom:id", f"tag:{outlet.host},2026:feed")
    _add(root, "atom:title", outlet.name)
    _add(root, "atom:subtitle", f"{outlet.motto}. {notice(outlet)}")
    _add(root, "atom:link", rel="alternate", href=f"http://{outlet.host}/")
    _add(root, "atom:link", rel="self", href=outlet.feed_url)
    _add(root, "atom:updated", max(map(_changed, articles)).isoformat())
    for article in articles:
        entry = _add(root, "atom:entry")
        _add(entry, "atom:id", f"tag:{outlet.host},{article.published:%Y-%m-%d}:{article.slug}")
        _add(entry, "atom:title", article.title)
        _add(entry, "atom:link", rel="alternate", type="text/html", href=article.url)
        _add(entry, "atom:published", article.published.isoformat())
        _add(entry, "atom:updated", _changed(article).isoformat())
        for author in article.authors:
            _add(_add(entry, "atom:author"), "atom:name", author)
        _add(entry, "atom:category", term=article.section)
        _add(entry, "atom:summary", article.summary, type="text")
        if outlet.format == "atom-full":
            _add(entry, "atom:content", body_html(article), type="html")
    return _bytes(root)


def _json(outlet: Outlet, articles: Sequence[DemoArticle]) -> bytes:
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": outlet.name,
        "description": f"{outlet.motto}. {notice(outlet)}",
        "home_page_url": f"http://{outlet.host}/",
        "feed_url": outlet.feed_url,
        "language": outlet.language,
        "items": [_json_item(outlet, article) for article in articles],
    }
    return json.dumps(feed, ensure_ascii=False, indent=1).encode()


def _json_item(outlet: Outlet, article: DemoArticle) -> dict[str, Any]:
    item: dict[str, Any] = {
        "id": article.url,
        "url": article.url,
        "title": article.title,
        "summary": article.summary,
        "date_published": article.published.isoformat(),
        "authors": [{"name": name} for name in article.authors],
        "tags": [article.section],
    }
    if article.updated:
        item["date_modified"] = article.updated.isoformat()
    if outlet.format == "json":
        return item | {"content_html": body_html(article)}
    return item | {"content_text": article.summary}


_Maker = Callable[[Outlet, Sequence[DemoArticle]], bytes]
_FORMATS: Final[dict[str, tuple[_Maker, str]]] = {
    "rss": (_rss, "application/rss+xml; charset=utf-8"),
    "rss-full": (_rss, "application/rss+xml; charset=utf-8"),
    "rdf": (_rdf, "application/rdf+xml"),
    "atom": (_atom, "application/atom+xml; charset=utf-8"),
    "atom-full": (_atom, "application/atom+xml"),
    "json": (_json, "application/feed+json; charset=utf-8"),
    "json-summary": (_json, "application/feed+json"),
}
