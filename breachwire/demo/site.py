"""The invented outlets' web sites as one pure function: (host, path, headers) → an HTTP answer.

In: a request's host, path and headers. Out: status, headers, body. What a real web does to a reader
is here on purpose: one outlet refuses its pages, one page is a consent wall, one robots.txt shuts a
few pages off; the feeds' own texts serve there.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from email.utils import format_datetime, parsedate_to_datetime
from functools import cache
from typing import Final
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

from breachwire.demo import feeds, pages
from breachwire.demo.corpus import DemoArticle, Outlet, articles, outlets

Answer = tuple[int, dict[str, str], bytes]
"""Status, headers, body."""

HOSTS: Final[tuple[str, ...]] = (
    "harrowgate.example",
    "perimeterpost.example",
    "cipherfold.example",
    "packetalmanac.example",
    "ledgerline.example",
    "breachdocket.example",
    "wardround.example",
    "meridale.example",
    "copperplate.example",
)
"""The reserved names this site answers to: those of stories/outlets.toml, without reading it."""
FEEDS_URL: Final = f"http://{HOSTS[0]}/feeds.opml"
"""OPML of every feed, with outlet, family, section, language and country."""

REFUSES: Final = "ledgerline"
"""The outlet whose article pages answer 403."""
CONSENT_WALL: Final = "http://perimeterpost.example/2026/10/trundlo-leak-recycled-researchers-say/"
"""The page that asks for consent and shows no story."""
ROBOTS: Final = {
    "harrowgate": ("/article/office-adds-", "/search"),
    "perimeter": ("/wp-admin/",),
}
"""Path prefixes that an outlet's robots.txt shuts off; the agency's two notices are among them."""

_HTML: Final = "text/html; charset=utf-8"


def respond(host: str, path: str, headers: Mapping[str, str]) -> Answer:
    """Answer a GET. `host` may carry a port; header names in any case. Unknown hosts get 404."""
    outlet = _by_host().get(host.rpartition(":")[0].lower() if ":" in host else host.lower())
    if outlet is None:
        return 404, {"Content-Type": "text/plain"}, b"no such outlet\n"
    path = urlsplit(path).path or "/"
    if found := _documents(outlet).get(path):
        return _conditional(*found, {name.lower(): value for name, value in headers.items()})
    article = _by_url().get(f"http://{outlet.host}{path}")
    if article and outlet.key == REFUSES:
        refusal = pages.bare_page(outlet, "Access denied", "Automated requests are not served.")
        return 403, {"Content-Type": _HTML}, refusal.encode()
    page = pages.bare_page(outlet, "Page not found", "There is no story at this address.")
    return 404, {"Content-Type": _HTML}, page.encode()


Document = tuple[bytes, str, datetime]
"""Body, content type, time of the last change."""


@cache
def _documents(outlet: Outlet) -> dict[str, Document]:
    """Everything an outlet serves with 200, by path."""
    own = tuple(article for article in reversed(articles()) if article.outlet == outlet)
    newest = max(article.updated or article.published for article in own)
    body, content_type = feeds.render(outlet, own)
    found: dict[str, Document] = {
        outlet.feed: (body, content_type, newest),
        "/": (pages.index_page(outlet, own).encode(), _HTML, newest),
        "/robots.txt": (_robots(outlet), "text/plain; charset=utf-8", newest),
    }
    if outlet.host == HOSTS[0]:
        found["/feeds.opml"] = (_opml(), "text/x-opml; charset=utf-8", newest)
    if outlet.key != REFUSES:
        found |= {urlsplit(article.url).path: _page(article, own) for article in own}
    return found


def _page(article: DemoArticle, own: tuple[DemoArticle, ...]) -> Document:
    if article.url == CONSENT_WALL:
        ask = "We and our partners value your privacy. Choose how we use cookies to go on."
        html = pages.bare_page(article.outlet, "Before you continue", ask)
    else:
        html = pages.article_page(article, own)
    return html.encode(), _HTML, article.updated or article.published


def _robots(outlet: Outlet) -> bytes:
    shut = [f"Disallow: {prefix}" for prefix in ROBOTS.get(outlet.key, ("",))]
    return "\n".join(["User-agent: *", *shut, ""]).encode()


def _opml() -> bytes:
    root = ET.Element("opml", version="2.0")
    title = ET.SubElement(ET.SubElement(root, "head"), "title")
    title.text = "Breachwire demonstration: nine invented outlets"
    body = ET.SubElement(root, "body")
    for outlet in outlets():
        attributes = {
            "type": "rss",
            "text": outlet.name,
            "title": outlet.name,
            "xmlUrl": outlet.feed_url,
            "htmlUrl": f"http://{outlet.host}/",
            "outlet": outlet.name,
            "family": outlet.family,
            "section": outlet.section,
            "language": outlet.language,
            "country": outlet.country,
        }
        ET.SubElement(body, "outline", attributes)
    return bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True))


def _conditional(
    body: bytes, content_type: str, changed: datetime, headers: Mapping[str, str]
) -> Answer:
    """200 with validators, or 304 where the caller's copy is current (RFC 9110, 13.1)."""
    etag = f'"{hashlib.sha256(body).hexdigest()[:20]}"'
    answer = {
        "ETag": etag,
        "Last-Modified": format_datetime(changed, usegmt=True),
        "Cache-Control": "max-age=60",
    }
    if _is_current(etag, changed, headers):
        return 304, answer, b""
    return 200, answer | {"Content-Type": content_type}, body


def _is_current(etag: str, changed: datetime, headers: Mapping[str, str]) -> bool:
    if tags := headers.get("if-none-match"):
        known = (tag.strip().removeprefix("W/") for tag in tags.split(","))
        return any(tag in (etag, "*") for tag in known)
    try:
        return parsedate_to_datetime(headers["if-modified-since"]) >= changed.replace(microsecond=0)
    except (KeyError, ValueError, TypeError):
        return False


@cache
def _by_host() -> dict[str, Outlet]:
    return {outlet.host: outlet for outlet in outlets()}


@cache
def _by_url() -> dict[str, DemoArticle]:
    return {article.url: article for article in articles()}
