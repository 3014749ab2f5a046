"""An outlet with a past, behind a scripted server: its feeds' pages, sitemaps and articles."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from breachwire.testing import FakeClock, Request, ScriptedServer, Step, answer

NEWEST = datetime(2026, 10, 30, 9, tzinfo=UTC)
STORY = (
    "Harbour Clinic said that a ransomware attack on its scheduling system exposed the names and "
    "Social Security numbers of 24,937 patients of its four sites in the county. "
)


class Past:
    """Makes the documents and serves them."""

    def __init__(self, server: ScriptedServer) -> None:
        self.server = server

    @staticmethod
    def published(number: int) -> datetime:
        """Story 1 is the newest; each next one is a day older."""
        return NEWEST - timedelta(days=number - 1)

    def items(self, numbers: Sequence[int]) -> str:
        """RSS items of stories."""
        return "".join(
            f"<item><title>Clinic number {n} breached</title>"
            f"<link>{self.server.url(f'/story/{n}')}</link>"
            f"<guid>{n}</guid><pubDate>{self.published(n):%a, %d %b %Y %H:%M:%S +0000}</pubDate>"
            f"<description>{STORY}Case {n}.</description></item>"
            for n in numbers
        )

    def rss(self, numbers: Sequence[int], link: str = "") -> bytes:
        """A feed document; `link`: elements of the channel."""
        return (
            '<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom" '
            'xmlns:fh="http://purl.org/syndication/history/1.0"><channel><title>The Ledger</title>'
            f"<link>{self.server.url('/')}</link>{link}{self.items(numbers)}</channel></rss>"
        ).encode()

    def archived(self, pages: int, per: int = 3) -> dict[str, bytes]:
        """/feed and, by prev-archive, /archive/2 …"""
        found = {}
        for page in range(1, pages + 1):
            link = (
                f'<atom:link rel="prev-archive" href="/archive/{page + 1}"/>'
                if page < pages
                else ""
            )
            numbers = range((page - 1) * per + 1, page * per + 1)
            found["/feed" if page == 1 else f"/archive/{page}"] = self.rss(numbers, link)
        return found

    def paged(self, pages: int, per: int = 3) -> dict[str, bytes]:
        """/feed and, unannounced, /feed?paged=2 …; beyond the last one is 404."""
        found = {}
        for page in range(1, pages + 1):
            numbers = range((page - 1) * per + 1, page * per + 1)
            found["/feed" if page == 1 else f"/feed?paged={page}"] = self.rss(numbers)
        return found

    def json_pages(self, pages: int, per: int = 3) -> dict[str, bytes]:
        """/feed.json with next_url."""
        found = {}
        for page in range(1, pages + 1):
            document: dict[str, Any] = {
                "version": "https://jsonfeed.org/version/1.1",
                "title": "The Ledger",
                "items": [
                    {
                        "id": str(n),
                        "url": self.server.url(f"/story/{n}"),
                        "title": f"Clinic number {n} breached",
                        "content_text": f"{STORY}Case {n}.",
                        "date_published": self.published(n).isoformat(),
                    }
                    for n in range((page - 1) * per + 1, page * per + 1)
                ],
            }
            if page < pages:
                document["next_url"] = f"/feed.json?page={page + 1}"
            path = "/feed.json" if page == 1 else f"/feed.json?page={page}"
            found[path] = json.dumps(document).encode()
        return found

    def sitemap(self, numbers: Sequence[int], plain: int = 0) -> bytes:
        """A news sitemap, with addresses of other pages."""
        urls = "".join(
            f"<url><loc>{self.server.url(f'/story/{n}')}</loc><news:news><news:publication>"
            "<news:name>The Ledger</news:name></news:publication><news:publication_date>"
            f"{self.published(n).isoformat()}</news:publication_date>"
            f"<news:title>Clinic number {n} breached</news:title></news:news></url>"
            for n in numbers
        )
        urls += "".join(
            f"<url><loc>{self.server.url(f'/tag/{n}')}</loc></url>" for n in range(plain)
        )
        return (
            '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
            f'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">{urls}</urlset>'
        ).encode()

    @staticmethod
    def index(addresses: Sequence[str]) -> bytes:
        """A sitemap index."""
        maps = "".join(f"<sitemap><loc>{address}</loc></sitemap>" for address in addresses)
        return (
            f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{maps}</sitemapindex>'
        ).encode()

    @staticmethod
    def stories(numbers: Sequence[int]) -> dict[str, bytes]:
        """Article pages."""
        return {
            f"/story/{n}": (
                f"<!doctype html><html><head><title>Clinic number {n} breached</title></head><body>"
                f"<main><article><h1>Clinic number {n} breached</h1>"
                + f"<p>{STORY}The page of case {n} says more.</p>" * 5
                + "</article></main></body></html>"
            ).encode()
            for n in numbers
        }

    def serve(self, documents: dict[str, bytes], *, tagged: bool = True, slow: float = 0.0) -> None:
        """Answer with these; with an ETag, and 304 to whoever has it already."""

        def script(body: bytes) -> Callable[[Request], Iterator[Step]]:
            tag = f'"{hash(body) & 0xFFFFFF:x}"'

            def respond(request: Request) -> Iterator[Step]:
                if slow:
                    yield slow
                if tagged and request.headers.get("if-none-match") == tag:
                    yield answer(status=304)
                else:
                    yield answer(body, headers={"ETag": tag} if tagged else {})

            return respond

        self.server.scripts.update({path: script(body) for path, body in documents.items()})


@pytest.fixture
def clock() -> FakeClock:
    """A clock that stands until a test moves it."""
    return FakeClock()


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    """A scripted server on a free port."""
    with ScriptedServer() as running:
        yield running


@pytest.fixture
def past(server: ScriptedServer) -> Past:
    """The outlet, on that server."""
    return Past(server)
