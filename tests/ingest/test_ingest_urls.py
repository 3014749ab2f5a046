"""One article has one key however its address is spelled; two articles have two."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ingest import urls

ONE = "https://ledger.example/2026/harbour-clinic?id=7&page=2"


@pytest.mark.parametrize(
    "spelling",
    [
        "http://ledger.example/2026/harbour-clinic?id=7&page=2",
        "https://www.ledger.example/2026/harbour-clinic/?page=2&id=7",
        "https://LEDGER.example:443/2026/harbour-clinic?id=7&page=2#top",
        "https://m.ledger.example/2026/harbour-clinic?id=7&page=2#:~:text=patients",
        "https://amp.ledger.example/2026/harbour-clinic?id=7&page=2",
        "https://ledger.example/2026/harbour-clinic/amp/?id=7&page=2",
        "https://ledger.example/2026/harbour-clinic?id=7&page=2&amp=1",
        "https://ledger.example/2026/harbour-clinic?id=7&page=2&utm_source=x&fbclid=y&mc_cid=z",
        "https://ledger.example/2026/harbour%2Dclinic?id=7&page=2&gclid=1",
        "https://ledger.example//2026/harbour-clinic/index.html?id=7&page=2&source=rss",
        "https://ledger-example.cdn.ampproject.org/c/s/ledger.example/2026/harbour-clinic?id=7&page=2",
        "https://www.google.com/amp/s/ledger.example/2026/harbour-clinic?id=7&page=2",
        "https://user:secret@ledger.example/2026/harbour-clinic?id=7&page=2",
    ],
)
def test_spellings_of_one_address_share_a_key(spelling: str) -> None:
    assert urls.key(spelling) == urls.key(ONE) == "ledger.example/2026/harbour-clinic?id=7&page=2"


@pytest.mark.parametrize(
    "other",
    [
        "https://ledger.example/2026/harbour-clinic?id=8&page=2",
        "https://ledger.example/2026/Harbour-clinic?id=7&page=2",
        "https://blog.ledger.example/2026/harbour-clinic?id=7&page=2",
        "https://ledger.example:8443/2026/harbour-clinic?id=7&page=2",
        "https://ledger.example/2026/harbour-clinic?7",
    ],
)
def test_other_addresses_have_other_keys(other: str) -> None:
    assert urls.key(other) != urls.key(ONE)


def test_clean_drops_tracking_and_fragment_and_keeps_the_rest() -> None:
    assert (
        urls.clean(" HTTPS://Ledger.example:443/A/?eid=3&utm_medium=rss&x=&12345&ref=rss#f ")
        == "https://ledger.example/A/?eid=3&x=&12345"
    )


def test_clean_keeps_an_amp_caches_own_address() -> None:
    cached = "https://x.cdn.ampproject.org/c/s/ledger.example/a"
    assert urls.clean(cached) == cached


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        ("https://news.ledger.com/x", "http://ledger.com/y", True),
        ("https://ledger.co.uk/x", "https://other.co.uk/x", False),
        ("https://ledger.com/", "https://ledger.com.evil.example/", False),
        ("https://a.github.io/", "https://b.github.io/", False),
        ("http://127.0.0.1:8900/a", "http://127.0.0.1:8900/b", True),
        ("http://127.0.0.1:8900/a", "http://127.0.0.1:8901/b", False),
        ("https://ledger.example/", "javascript:alert(1)", False),
    ],
)
def test_same_site_goes_by_registered_domain(a: str, b: str, same: bool) -> None:
    assert urls.same_site(a, b) is same


@pytest.mark.parametrize(
    "bad", ["javascript:alert(1)", "data:text/html,x", "//", "http://", "ftp://a/b"]
)
def test_only_http_addresses_count(bad: str) -> None:
    assert not urls.is_http(bad)
    assert urls.absolute(bad, "") == ""


@given(st.text(max_size=80))
@example("https://a.example/amp/amp")
@example(" /0")
@example("0\xa0\x1b")
@example("https://a.example/x?amp&amp;utm_source=1")
@example("https://a.example/%25%2525")
@example("https://[::1]:80/")
@example("https://a.example:99999/")
def test_key_of_a_key_is_that_key(text: str) -> None:
    for url in (text, f"https://a.example/{text}", f"https://a.example/?{text}"):
        assert urls.key(urls.key(url)) == urls.key(url)
        assert urls.clean(urls.clean(url)) == urls.clean(url)
