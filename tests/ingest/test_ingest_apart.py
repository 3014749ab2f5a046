"""Documents are read by a process that can be killed, and is."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator

import pytest

from breachwire.errors import NotAFeedError, ParseError
from ingest import discover, extract, parse, sitemaps
from ingest.apart import SECONDS, Readers

URL = "https://ledger.example/news/1"
ITEM = (
    b"<item><title>Clinic hit</title><link>/1</link>"
    b"<pubDate>Sun, 01 Nov 2026 09:00:00 GMT</pubDate></item>"
)
FEED = b"<rss version='2.0'><channel><title>The Ledger</title>" + ITEM + b"</channel></rss>"
LARGE = FEED.replace(ITEM, ITEM * 500)
PAGE = (
    b"<html><head><title>Clinic hit</title><link rel=alternate type=application/rss+xml href=/feed>"
    b"</head><body><article>" + b"<p>The clinic said on Monday that it was hit.</p>" * 20
)
REFUSING = """
import sys
while sys.stdin.readline():
    print('{"error": "ParseError", "message": "x", "size": 0}', flush=True)
"""
MAP = b"<urlset><url><loc>https://ledger.example/1</loc></url></urlset>"


@pytest.fixture(scope="module")
def readers() -> Iterator[Readers]:
    made = Readers(most=1)
    yield made
    made.close()


def test_the_other_process_reads_as_this_one_does(readers: Readers) -> None:
    assert readers.feed(FEED, url=URL) == parse.parse_feed(FEED, url=URL)
    assert readers.page(PAGE, url=URL) == extract.extract_page(PAGE, url=URL)
    assert (
        readers.links(PAGE, url=URL)
        == discover.feeds(PAGE, url=URL)
        == ["https://ledger.example/feed"]
    )
    assert readers.sitemap(MAP, url=URL) == sitemaps.read(MAP, url=URL)


def test_what_is_none_is_told_in_the_same_words(readers: Readers) -> None:
    with pytest.raises(NotAFeedError, match="not a feed but an HTML page"):
        readers.feed(PAGE)
    with pytest.raises(ParseError, match="not a page but a PDF"):
        readers.page(b"%PDF-1.7 x", url=URL)


def test_what_takes_too_long_is_ended_and_the_next_one_is_read() -> None:
    readers = Readers(seconds=SECONDS | {"feed": 0.02}, most=1)
    try:
        with pytest.raises(ParseError, match=r"took more than 0\.02 s"):
            readers.feed(LARGE)
        assert readers.page(PAGE, url=URL).title == "Clinic hit"
    finally:
        readers.close()


def test_what_takes_too_much_memory_is_refused() -> None:
    readers = Readers(memory=150_000_000, most=1)
    try:
        with pytest.raises(ParseError):
            readers.page(b"<html><body>" + b"<p>x" * 1_200_000, url=URL)
        assert readers.page(PAGE, url=URL).title == "Clinic hit"
    finally:
        readers.close()


def test_a_process_that_somebody_killed_is_replaced(readers: Readers) -> None:
    readers.feed(FEED)
    process = readers._idle.queue[-1]
    assert process is not None
    os.kill(process._popen.pid, signal.SIGKILL)
    process._popen.wait()
    assert readers.feed(FEED).title == "The Ledger"


def test_one_that_answers_nothing_is_killed() -> None:
    silent = (sys.executable, "-c", "import time; time.sleep(600)")
    readers = Readers(command=silent, wall=0.2, most=1)
    with pytest.raises(ParseError, match="its process ended with -9"):
        readers.feed(FEED)


def test_closing_ends_all_of_them() -> None:
    readers = Readers(command=(sys.executable, "-c", REFUSING), most=3)
    held = []
    for _ in range(2):
        with pytest.raises(ParseError, match="x"):
            readers.sitemap(b"", url=URL)
        held.append(readers._idle.get())
    for process in held:
        readers._idle.put(process)
    readers.close()
    assert [process is not None and process.ended for process in held] == [True, True]


def test_it_is_told_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    telling = "import os, json; print(json.dumps({'error': 'ParseError', 'size': 0,"
    telling += " 'message': ' '.join(os.environ)}), flush=True)"
    monkeypatch.setenv("BREACHWIRE_MODEL_KEY", "sk-secret")
    readers = Readers(command=(sys.executable, "-c", telling), most=1)
    with pytest.raises(ParseError) as told:
        readers.feed(FEED)
    readers.close()
    assert set(str(told.value).split()) == {"PYTHONPATH", "LC_ALL"}
