"""The process in which hostile bytes are read: requests on stdin → answers on stdout.

In: a JSON line (what to read, how, for how long) and the bytes. Out: a JSON line (how it went) and
the result as JSON. `ingest.apart` starts it. It holds no secret, writes no file, has a bound on its
memory, and the system ends it when a request has used up its computing time, in C code too.
"""

from __future__ import annotations

import gc
import json
import os
import resource
import signal
import sys
import traceback
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, BinaryIO, Final

from pydantic import TypeAdapter

from breachwire.errors import NotAFeedError, ParseError
from breachwire.model import Page, ParsedFeed
from ingest import discover, extract, parse, sitemaps

RESULTS: Final[Mapping[str, TypeAdapter[Any]]] = {
    "feed": TypeAdapter(ParsedFeed),
    "page": TypeAdapter(Page),
    "sitemap": TypeAdapter(sitemaps.Sitemap),
    "links": TypeAdapter(list[str]),
}
"""What each kind of request gives. JSON, not pickle: who takes over this process by its parsers
must not get the other one too."""


def main() -> None:
    """Answer until stdin ends, which it does with the process that started this one."""
    memory = int(sys.argv[1])
    # What a library prints must not stand between two answers.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    _ready()
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    while head := sys.stdin.buffer.readline():
        _serve(json.loads(head), sys.stdin.buffer, answers)


def _ready() -> None:
    """What the parsers import when they are first called must not count against a request."""
    parse.parse_feed(b"<rss version='2.0'><channel><item><title>x</title></item></channel></rss>")
    words = b"<p>" + b"One sentence that is as long as those of an article. " * 20
    extract.extract_page(b"<html><title>x</title><body><article>" + words, url="http://a.example/")
    # What the libraries hold stays: looking through it for garbage costs 10 ms each few documents.
    gc.collect()
    gc.freeze()


def _serve(request: dict[str, Any], source: BinaryIO, answers: BinaryIO) -> None:
    body = source.read(request.pop("size"))
    signal.setitimer(signal.ITIMER_PROF, request.pop("seconds"))
    outcome, result = _answer(request.pop("kind"), body, request)
    signal.setitimer(signal.ITIMER_PROF, 0)
    answers.write(json.dumps(outcome | {"size": len(result)}).encode() + b"\n" + result)
    answers.flush()
    if outcome.get("error") == "MemoryError":
        sys.exit(1)


def _answer(kind: str, body: bytes, how: dict[str, Any]) -> tuple[dict[str, str], bytes]:
    readers: dict[str, Callable[[], Any]] = {
        "feed": partial(parse.parse_feed, body, **how),
        "page": partial(extract.extract_page, body, **how),
        "sitemap": partial(sitemaps.read, body, **how),
        "links": partial(discover.feeds, body, **how),
    }
    try:
        return {}, RESULTS[kind].dump_json(readers[kind]())
    except (NotAFeedError, ParseError) as error:
        return {"error": type(error).__name__, "message": str(error)}, b""
    except Exception as error:
        # The wall around parsers of hostile bytes: whatever they raise is this document's alone.
        told = traceback.format_exc().encode("utf-8", "replace")
        return {"error": type(error).__name__, "message": ""}, told


if __name__ == "__main__":
    main()
