"""What reading in a process of its own costs: a JSON line a kind of document.

    python -m bench.apart [FILE…]       # pages (.html) and feeds; default: the demonstration's

In: documents. Out: the median milliseconds here and apart, and the median of their ratios; each
document is read both ways by turns, so that what else the machine does falls on both.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import statistics
import time
from collections.abc import Callable
from pathlib import Path

from breachwire.demo import corpus, pages
from breachwire.errors import ParseError
from ingest import apart, extract, parse

URL = "https://outlet.example/story"
ROUNDS = 5


def main() -> None:
    """Read, time, tell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="*", type=Path)
    files = parser.parse_args().files
    read = [(file.suffix.lower(), file.read_bytes()) for file in files] or demonstrated()
    web = [body for suffix, body in read if suffix in (".html", ".htm")]
    feeds = [body for suffix, body in read if suffix not in (".html", ".htm")]
    here = lambda body: extract.extract_page(body, url=URL)  # noqa: E731
    tell("page", web, here, lambda body: apart.shared.page(body, url=URL))
    tell("feed", feeds, lambda body: parse.parse_feed(body), lambda b: apart.shared.feed(b))


def demonstrated() -> list[tuple[str, bytes]]:
    """The demonstration's article pages, and a feed of thirty entries."""
    entry = "<item><title>Story {0}</title><link>https://outlet.example/{0}</link><description>{1}"
    items = "".join(entry.format(n, "Some words of it. " * 30) + "</description></item>"
                    for n in range(30))  # fmt: skip
    feed = f"<rss version='2.0'><channel><title>Outlet</title>{items}</channel></rss>".encode()
    articles = corpus.articles()[:30]
    web = [pages.article_page(one, articles[:8]).encode() for one in articles]
    return [(".html", page) for page in web] + [(".xml", feed)] * 10


def tell(
    kind: str,
    bodies: list[bytes],
    here: Callable[[bytes], object],
    there: Callable[[bytes], object],
) -> None:
    """Print one line, where there is anything to read."""
    if not bodies:
        return
    pairs = [(timed(here, body), timed(there, body)) for _ in range(ROUNDS) for body in bodies]
    pairs = pairs[len(bodies) :] or pairs  # the first round loads what is loaded once
    print(json.dumps({
        "kind": kind, "documents": len(bodies),
        "kB": round(statistics.median(map(len, bodies)) / 1000, 1),
        "here_ms": round(statistics.median(a for a, _ in pairs), 2),
        "apart_ms": round(statistics.median(b for _, b in pairs), 2),
        "ratio": round(statistics.median(b / a for a, b in pairs), 3),
    }))  # fmt: skip


def timed(read: Callable[[bytes], object], body: bytes) -> float:
    """Milliseconds; a document that can't be read takes time too."""
    start = time.perf_counter()
    with contextlib.suppress(ParseError):
        read(body)
    return (time.perf_counter() - start) * 1000


if __name__ == "__main__":
    main()
