"""The invented outlets' feeds and pages: as a pure function, and over HTTP on a loopback port."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from html import unescape
from html.parser import HTMLParser
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

import pytest

from breachwire.demo import corpus, feeds, serve, site
from breachwire.demo.corpus import DemoArticle, Outlet

ARTICLES = corpus.articles()
OUTLETS = corpus.outlets()
PAGES = [
    a for a in ARTICLES if a.outlet.key != site.REFUSES and a.url != site.CONSENT_WALL
]  # fmt: skip


def get(url: str, **headers: str) -> site.Answer:
    parts = urlsplit(url)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return site.respond(parts.netloc, parts.path, named)


def own(outlet: Outlet) -> list[DemoArticle]:
    return [article for article in ARTICLES if article.outlet == outlet]


class Reader(HTMLParser):
    """What a browser would load, and the text it would show."""

    def __init__(self) -> None:
        super().__init__()
        self.loads: list[str] = []
        self.links: list[str] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        if named.get("src") or (tag == "link" and named.get("rel") in ("stylesheet", "icon")):
            self.loads.append(self.get_starttag_text() or tag)
        if tag == "a":
            self.links.append(named.get("href") or "")

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def read(body: bytes) -> Reader:
    reader = Reader()
    reader.feed(body.decode())
    return reader


def test_hosts_are_the_outlets() -> None:
    assert tuple(outlet.host for outlet in OUTLETS) == site.HOSTS
    assert all(host.endswith(".example") for host in site.HOSTS)


@pytest.mark.parametrize("outlet", OUTLETS, ids=lambda o: o.key)
def test_feed_lists_its_articles(outlet: Outlet) -> None:
    status, headers, body = get(outlet.feed_url)
    assert status == 200
    if outlet.format.startswith("json"):
        items = json.loads(body)["items"]
        found = {(item["url"], item["title"]) for item in items}
    else:
        import feedparser

        parsed = feedparser.parse(body, response_headers={"content-type": headers["Content-Type"]})
        assert not parsed.bozo
        assert "invented" in parsed.feed.subtitle
        assert {"published_parsed", "updated_parsed"} & set(parsed.entries[0])
        found = {(entry.link.partition("?")[0], entry.title) for entry in parsed.entries}
    assert found == {(article.url, article.title) for article in own(outlet)}


def test_formats_are_mixed() -> None:
    assert {outlet.format for outlet in OUTLETS} == {
        *("rss", "rss-full", "rdf", "atom", "atom-full", "json", "json-summary")
    }


def test_full_feeds_carry_the_bodies() -> None:
    import feedparser

    refusing = next(outlet for outlet in OUTLETS if outlet.key == site.REFUSES)
    parsed = feedparser.parse(get(refusing.feed_url)[2])
    for entry, article in zip(parsed.entries, reversed(own(refusing)), strict=True):
        assert [author.name for author in entry.authors] == list(article.authors)
        assert read(entry.content[0].value.encode()).text[0] == article.paragraphs[0]


@pytest.mark.parametrize("article", PAGES, ids=lambda a: f"{a.outlet.key}-{a.slug}")
def test_page_holds_its_text_and_says_it_is_invented(article: DemoArticle) -> None:
    status, headers, body = get(article.url)
    page = read(body)
    shown = " ".join(page.text)
    assert status == 200
    assert headers["Content-Type"] == "text/html; charset=utf-8"
    assert all(paragraph in shown for paragraph in article.paragraphs)
    assert article.title in shown
    assert all(author in shown for author in article.authors)
    assert feeds.notice(article.outlet) in shown
    assert not page.loads
    assert all(link.startswith(("/", "#", f"http://{article.outlet.host}/")) for link in page.links)


def test_clutter_outweighs_no_text_but_is_there() -> None:
    for outlet in OUTLETS:
        if outlet.key == site.REFUSES:
            continue
        article = next(a for a in own(outlet) if a in PAGES)
        words = len(" ".join(read(get(article.url)[2]).text).split())
        assert words > article.words + 40, outlet.key


def test_pages_escape_what_they_print() -> None:
    article = next(a for a in PAGES if "'" in a.title)
    body = get(article.url)[2].decode()
    assert article.title not in body.partition("</title>")[0]
    assert article.title in unescape(body)


def test_markup_in_a_story_stays_text() -> None:
    from dataclasses import replace

    from breachwire.demo import pages

    hostile = '</script><img src=x onerror="alert(1)"> & $title'
    base = next(a for a in PAGES if a.outlet.key == "harrowgate")
    article = replace(base, title=hostile, paragraphs=(hostile,), authors=(hostile,))
    page = read(pages.article_page(article, ARTICLES[:3]).encode())
    assert not page.loads
    assert hostile in page.text


def test_the_web_as_it_is() -> None:
    refused = [a for a in ARTICLES if a.outlet.key == site.REFUSES]
    assert {get(article.url)[0] for article in refused} == {403}
    wall = next(a for a in ARTICLES if a.url == site.CONSENT_WALL)
    status, _, body = get(wall.url)
    assert status == 200
    assert wall.paragraphs[0] not in body.decode()
    assert get("http://harrowgate.example/nothing")[0] == 404
    assert get("http://elsewhere.example/")[0] == 404


def test_robots_shut_off_a_few_pages() -> None:
    from protego import Protego

    for outlet in OUTLETS:
        rules = Protego.parse(get(f"http://{outlet.host}/robots.txt")[2].decode())
        shut = [a.slug for a in own(outlet) if not rules.can_fetch(a.url, "Breachwire")]
        expected = [a.slug for a in own(outlet) if a.slug.startswith("office-adds-")]
        assert shut == expected


@pytest.mark.parametrize("url", [OUTLETS[0].feed_url, OUTLETS[4].feed_url, PAGES[0].url])
def test_unchanged_documents_answer_304(url: str) -> None:
    status, headers, _ = get(url)
    again = {"if_none_match": headers["ETag"]}
    assert status == 200
    assert get(url, **again)[::2] == (304, b"")
    assert get(url, If_Modified_Since=headers["Last-Modified"])[0] == 304
    assert get(url, If_None_Match='"other"', If_Modified_Since=headers["Last-Modified"])[0] == 200
    assert get(url, If_Modified_Since="Mon, 31 Aug 2026 00:00:00 GMT")[0] == 200
    assert get(url, If_Modified_Since="not a date")[0] == 200


def test_opml_lists_every_feed() -> None:
    root = ET.fromstring(get(site.FEEDS_URL)[2])
    rows = {row.attrib["xmlUrl"]: row.attrib for row in root.iter("outline")}
    assert set(rows) == {outlet.feed_url for outlet in OUTLETS}
    for outlet in OUTLETS:
        row = rows[outlet.feed_url]
        for name in ("family", "section", "language", "country"):
            assert row[name] == getattr(outlet, name)
        assert row["outlet"] == row["title"] == outlet.name


@pytest.fixture(scope="module")
def server() -> Iterator[serve.DemoServer]:
    with serve.start() as running:
        yield running


def ask(port: int, method: str, url: str, **headers: str) -> tuple[int, bytes]:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request(method, parts.path, headers={"Host": parts.netloc, **headers})
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def test_server_picks_the_outlet_by_host(server: serve.DemoServer) -> None:
    for outlet in OUTLETS:
        assert ask(server.port, "GET", outlet.feed_url) == (200, get(outlet.feed_url)[2])
    assert ask(server.port, "GET", f"http://127.0.0.1:{server.port}/")[0] == 404
    assert ask(server.port, "HEAD", PAGES[0].url) == (200, b"")
    etag = get(PAGES[0].url)[1]["ETag"]
    assert ask(server.port, "GET", PAGES[0].url, **{"If-None-Match": etag}) == (304, b"")


def test_server_closes_twice_without_complaint() -> None:
    running = serve.start()
    running.close()
    running.close()
    with pytest.raises(ConnectionRefusedError):
        ask(running.port, "GET", OUTLETS[0].feed_url)
