"""The starter catalogue is whole and well formed. Nothing here asks an address."""

from __future__ import annotations

import re
from collections import Counter

from breachwire.net.addresses import parse
from ingest import catalog

SECTIONS = {"news", "research", "vendor", "cert", "regulator", "tracker"}


def test_there_are_enough_feeds_of_every_kind() -> None:
    feeds = catalog.load()
    kinds = Counter(feed.section for feed in feeds)
    assert len(feeds) >= 45
    assert set(kinds) == SECTIONS
    assert kinds["regulator"] >= 3
    assert len({feed.language for feed in feeds}) >= 5


def test_each_feed_says_what_it_is() -> None:
    for feed in catalog.load():
        assert feed.outlet, feed.url
        assert feed.title, feed.url
        assert re.fullmatch(r"[a-z]{2}(-[A-Z]{2})?", feed.language), feed.url
        assert re.fullmatch(r"([A-Z]{2})?", feed.country), feed.url
        assert feed.outlet == feed.outlet.strip(), feed.url
        assert feed.family == feed.family.strip(), feed.url


def test_none_is_called_verified_that_nobody_asked() -> None:
    assert not [feed.url for feed in catalog.load() if feed.verified]


def test_addresses_are_unique_and_may_be_fetched() -> None:
    feeds = catalog.load()
    assert len({feed.url.rstrip("/").removeprefix("https://www.") for feed in feeds}) == len(feeds)
    for feed in feeds:
        target = parse(feed.url)
        assert target.scheme == "https"
        assert target.url == feed.url


def test_outlets_of_one_publisher_are_one_family() -> None:
    family = {feed.outlet: feed.family for feed in catalog.load()}
    assert family["WIRED"] == family["Ars Technica"] == "Condé Nast"
    assert family["The Record"] == family["Recorded Future"]
    assert family["Dark Reading"] == "Informa TechTarget"
    assert family["Krebs on Security"] == ""
