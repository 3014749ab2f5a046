"""What must hold whatever the bytes: a function a reader, from bytes to nothing or an error.

In: any bytes. Out: nothing, where the reader kept its word: it gave what its docstring promises or
raised what it names there. AssertionError, or whatever the reader let through, where it did not.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Final

from breachwire.errors import BreachwireError, NotAFeedError, ParseError, UsageError
from breachwire.pipeline.intake import import_items
from breachwire.store import Store, open_store, parse_query
from ingest import dates, urls
from ingest.extract import extract_page
from ingest.parse import MAX_ENTRIES, parse_feed

Target = Callable[[bytes], None]
URL: Final = "https://ledger.example/news/one"
NOW: Final = datetime(2026, 10, 20, tzinfo=UTC)
UNSEEN: Final = re.compile("[\0-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069]")
"""Control characters and those that turn or hide text: no title or text holds one."""


def feed(body: bytes) -> None:
    """A feed document: at most 500 entries, keys distinct, addresses http(s), times aware UTC."""
    try:
        read = parse_feed(body, url=URL)
    except NotAFeedError as error:
        one_line(error)
        return
    keys = [entry.key for entry in read.entries]
    assert len(keys) <= MAX_ENTRIES
    assert all(keys)
    assert len(set(keys)) == len(keys)
    for entry in read.entries:
        assert not entry.url or urls.is_http(entry.url), entry.url
        assert not UNSEEN.search(entry.title), entry.title
        for when in (entry.published, entry.updated):
            assert when is None or when.tzinfo is UTC
        f"{entry.title}{entry.summary}{entry.content}{entry.authors}".encode()


def page(body: bytes) -> None:
    """An article page: text that can be stored and seen, no address of another site."""
    try:
        read = extract_page(body, url=URL)
    except ParseError as error:
        one_line(error)
        return
    assert not UNSEEN.search(read.title + read.text + read.source), read
    assert read.published is None or read.published.tzinfo is UTC
    assert read.canonical_url is None or urls.same_site(read.canonical_url, URL)
    f"{read.title}{read.text}{read.authors}".encode()


def date(body: bytes) -> None:
    """A date: aware UTC or None; believed, it lies between 1990 and tomorrow."""
    when = dates.parse_date(written(body))
    assert when is None or when.tzinfo is UTC
    believed = dates.clamp(when, NOW)
    assert believed is None or believed >= dates.EARLIEST


def address(body: bytes) -> None:
    """An address: cleaning and identity are settled after once, and a site is its own site."""
    url = written(body)
    kept, known = urls.clean(url), urls.key(url)
    assert urls.clean(kept) == kept, (kept, urls.clean(kept))
    assert urls.key(known) == known, (known, urls.key(known))
    if urls.is_http(url):
        assert urls.key(kept) == known, (kept, urls.key(kept), known)
        assert urls.same_site(url, kept)
    joined = urls.absolute(url, URL)
    assert not joined or urls.is_http(joined)
    try:
        urls.site(url)
    except UsageError as error:
        one_line(error)


def query(body: bytes) -> None:
    """A search: nothing a reader types is an error, over articles or threads."""
    terms = parse_query(written(body))
    store = library()
    assert store.search_text(terms, limit=5) is not None
    store.search_threads(terms, limit=5)
    store.search_every(terms, limit=5)


def lines(body: bytes) -> None:
    """An import file: each line is an item or is named with its reason, and twice is once."""
    given = body.split(b"\n")
    try:
        first = import_items(library(), given, now=NOW)
        assert first.good + len(first.bad) == sum(bool(line.strip()) for line in given)
        again = import_items(library(), given, now=NOW)
        assert not again.new, again
        assert again.bad == first.bad
    except ParseError as error:
        one_line(error)


TARGETS: Final[dict[str, Target]] = {
    "feed": feed,
    "page": page,
    "date": date,
    "address": address,
    "query": query,
    "lines": lines,
}


def written(body: bytes) -> str:
    """The bytes as text, with lone surrogates where they spell them, as a JSON string may."""
    try:
        return body.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return body.decode("utf-8", "replace")


def one_line(error: BreachwireError) -> None:
    """People read it: one line that says something."""
    assert str(error).strip()
    assert "\n" not in str(error)


@cache
def library() -> Store:
    """A store with an article for every search to find or not."""
    folder = tempfile.mkdtemp()
    store = open_store(f"sqlite:///{Path(folder) / 'wire.sqlite3'}")
    item = (
        b'{"url": "https://ledger.example/1", "title": "Harbour Clinic hit by CVE-2026-1234",'
        b' "summary": "The clinic says so.", "source": "Ledger", "published": "2026-10-05"}'
    )
    import_items(store, [item], now=NOW)
    return store
