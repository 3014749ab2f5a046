"""Sitemaps, the feeds a page names, and the links into a feed's past."""

from __future__ import annotations

import gzip
import tracemalloc
from datetime import UTC, datetime

import pytest

from breachwire.errors import ParseError
from breachwire.model import ArchiveLink
from breachwire.net import Response
from ingest import archives, discover, sitemaps
from ingest.parse import parse_feed

URL = "https://ledger.example/news.xml"
NEWS = "http://www.google.com/schemas/sitemap-news/0.9"
PROTOCOL = "http://www.sitemaps.org/schemas/sitemap/0.9"


def news(number: int, site: str = "https://ledger.example") -> str:
    return (
        f"<url><loc>{site}/{number}</loc><lastmod>2026-11-02</lastmod>"
        "<news:news><news:publication><news:name>The Ledger</news:name>"
        "<news:language>en</news:language></news:publication>"
        f"<news:publication_date>2026-10-{number:02}T08:00:00+02:00</news:publication_date>"
        f"<news:title>Clinic &amp; port no. {number} breached</news:title></news:news>"
        "<image:image xmlns:image='http://www.google.com/schemas/sitemap-image/1.1'>"
        "<image:loc>https://img.example/a.png</image:loc><image:title>Not this</image:title>"
        "</image:image></url>"
    )


def urlset(*parts: str) -> bytes:
    return (
        f'<?xml version="1.0"?><urlset xmlns="{PROTOCOL}" xmlns:news="{NEWS}">'
        f"{''.join(parts)}</urlset>"
    ).encode()


def test_news_entries_carry_title_date_and_outlet() -> None:
    about = "<url><loc>https://ledger.example/about</loc></url>"
    found = sitemaps.read(urlset(about, news(3), news(4)), url=URL)
    assert [(e.url, e.title, e.source) for e in found.entries] == [
        (f"https://ledger.example/{n}", f"Clinic & port no. {n} breached", "The Ledger")
        for n in (3, 4)
    ]
    assert found.entries[0].published == datetime(2026, 10, 3, 6, tzinfo=UTC)
    assert (found.plain, found.maps, found.problems) == (1, (), ())


def test_another_sites_addresses_are_left_out_and_named() -> None:
    found = sitemaps.read(urlset(news(3, "https://other.example"), news(4)), url=URL)
    assert [e.url for e in found.entries] == ["https://ledger.example/4"]
    assert "other.example/3 is of another site" in found.problems[0]


def test_an_index_leads_to_maps_with_their_dates() -> None:
    body = (
        f'<sitemapindex xmlns="{PROTOCOL}"><sitemap><loc>/a.xml</loc>'
        "<lastmod>2026-01-02</lastmod></sitemap><sitemap><loc>https://ledger.example/b.xml.gz"
        "</loc></sitemap></sitemapindex>"
    ).encode()
    assert sitemaps.read(body, url=URL).maps == (
        ("https://ledger.example/a.xml", datetime(2026, 1, 2, tzinfo=UTC)),
        ("https://ledger.example/b.xml.gz", None),
    )


def test_a_map_that_ends_early_gives_what_was_whole() -> None:
    found = sitemaps.read(urlset(news(3), news(4))[:-200], url=URL)
    assert [e.url for e in found.entries] == ["https://ledger.example/3"]
    assert "not well-formed" in found.problems[0]


def test_packed_maps_are_unpacked_and_bombs_are_not() -> None:
    assert sitemaps.unpacked(gzip.compress(urlset())) == urlset()
    bomb = gzip.compress(b" " * 200_000_000, 9)
    tracemalloc.start()
    try:
        with pytest.raises(ParseError, match="larger than 10 MB"):
            sitemaps.unpacked(bomb)
        assert tracemalloc.get_traced_memory()[1] < 64_000_000
    finally:
        tracemalloc.stop()
    with pytest.raises(ParseError, match="ends early"):
        sitemaps.unpacked(gzip.compress(urlset(news(3)))[:-9])
    with pytest.raises(ParseError, match="damaged"):
        sitemaps.unpacked(b"\x1f\x8b" + b"x" * 50)


LAUGHS = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))


@pytest.mark.parametrize(
    "document",
    [
        f'<!DOCTYPE urlset [<!ENTITY a0 "ha">{LAUGHS}]><urlset xmlns="{PROTOCOL}" '
        f'xmlns:news="{NEWS}"><url><loc>https://ledger.example/1</loc><news:news><news:title>'
        "&a9;</news:title></news:news></url></urlset>",
        f'<!DOCTYPE urlset [<!ENTITY x SYSTEM "file:///etc/passwd">]><urlset xmlns="{PROTOCOL}" '
        f'xmlns:news="{NEWS}"><url><loc>https://ledger.example/1</loc><news:news><news:title>'
        "&x;</news:title></news:news></url></urlset>",
        f'<urlset xmlns="{PROTOCOL}">{"<url>" * 200_000}',
    ],
    ids=["laughs", "external", "deep"],
)
def test_xml_bombs_give_nothing(document: str) -> None:
    found = sitemaps.read(document.encode(), url=URL)
    assert not [e for e in found.entries if "ha" in e.title or "root" in e.title]


def test_millions_of_elements_are_not_read() -> None:
    body = f'<urlset xmlns="{PROTOCOL}">{"<a/>" * 2_400_000}</urlset>'.encode()
    with pytest.raises(ParseError, match="2,400,002 tags"):
        sitemaps.read(body, url=URL)


def test_no_more_addresses_than_the_protocol_allows() -> None:
    found = sitemaps.read(urlset(f"<url><loc>https://ledger.example/{0}</loc></url>" * 50_010),
                          url=URL)  # fmt: skip
    assert found.plain == sitemaps.MAX_URLS
    assert "more than 50,000 addresses" in found.problems[0]


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"<!doctype html><title>Shop</title>", "an HTML page"),
        (b"", "an empty answer"),
        (b"https://ledger.example/1\n", "plain text"),
        (b"<rss><channel><item/></channel></rss>", "<rss>"),
    ],
)
def test_what_is_no_sitemap_is_said(body: bytes, says: str) -> None:
    with pytest.raises(ParseError, match=f"not a sitemap but .*{says}"):
        sitemaps.read(body, url=URL)


def test_a_page_names_its_feeds_and_not_its_api() -> None:
    page = b"""<!doctype html><html><head><base href="/blog/">
      <link rel="alternate" type="application/json" href="/wp-json/x">
      <link rel="ALTERNATE home" type="Application/RSS+XML; charset=utf-8" href="feed/">
      <link rel="alternate" type="application/atom+xml" href="https://cdn.example/atom">
      <link rel="stylesheet" type="application/rss+xml" href="no">
      <link rel="alternate" type="application/rss+xml" href="">
      <link rel="alternate" type="application/rss+xml" href="javascript:alert(1)"></head>"""
    assert discover.feeds(page, url="https://ledger.example/x") == [
        "https://ledger.example/blog/feed/",
        "https://cdn.example/atom",
    ]
    for nothing in (b"", b"\x00\xff" * 99, b"<p>no</p>"):
        assert discover.feeds(nothing, url="https://ledger.example/") == []


ATOM = (
    '<feed xmlns="http://www.w3.org/2005/Atom" {}>{}'
    "<entry><id>1</id><title>t</title></entry></feed>"
)
FH = 'xmlns:fh="http://purl.org/syndication/history/1.0"'
RSS = (
    '<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>x</title>{}'
    "<item><title>t</title></item></channel></rss>"
)
JSON = (
    '{{"version": "https://jsonfeed.org/version/1.1", "title": "x"{},'
    ' "items": [{{"id": "1", "title": "t"}}]}}'
)


@pytest.mark.parametrize(
    ("document", "links"),
    [
        (ATOM.format("", '<link rel="prev-archive" href="a/9"/><link rel="next" href="n"/>'),
         [("older", "https://ledger.example/a/9")]),
        (ATOM.format("", '<link rel="next" href="/p2"/>'), [("older", "https://ledger.example/p2")]),
        (RSS.format('<atom:link rel="next" href="?page=2"/>'),
         [("older", "https://ledger.example/feed?page=2")]),
        (RSS.format(""), [("paged", "https://ledger.example/feed?cat=1&paged=2")]),
        (ATOM.format(FH, "<fh:complete/>"), []),
        (JSON.format(', "next_url": "/feed.json?p=2"'),
         [("older", "https://ledger.example/feed.json?p=2")]),
        (JSON.format(""), []),
    ],
    ids=["archived", "paged", "rss", "wordpress", "complete", "json", "json-end"],
)  # fmt: skip
def test_where_a_feed_says_older_entries_are(document: str, links: list[tuple[str, str]]) -> None:
    address = "https://ledger.example/feed?cat=1"
    leaf = archives.read(
        ArchiveLink("start", address), Response(address, 200, {}, document.encode()), None
    )
    assert [(link.kind, link.url) for link in leaf.links] == links
    assert leaf.past == ("fh:complete" in document)


def test_links_to_no_web_address_lead_nowhere() -> None:
    for href in ("", "javascript:x", "file:///etc/passwd", "http://"):
        body = ATOM.format("", f'<link rel="next" href="{href}"/>').encode()
        assert parse_feed(body, url="https://ledger.example/feed").next_page == ""


def test_pages_by_wordpress_s_rule() -> None:
    first = "https://ledger.example/feed/"
    assert archives.paged(first, 2) == f"{first}?paged=2"
    assert archives.paged(f"{first}?paged=2&cat=1#x", 3) == f"{first}?cat=1&paged=3"
    assert [archives.page_number(u) for u in (first, f"{first}?cat=1&paged=31")] == [1, 31]
