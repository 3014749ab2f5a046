"""Reading hostile bytes where it can be killed: documents → what they hold, by another process.

In: the bytes of a feed, page or sitemap, where they came from. Out: what `ingest.parse`, `extract`,
`sitemaps` and `discover` make of them, or ParseError: they are not what they should be, their
reading took more than its share of time or memory, or it crashed. Processes (`ingest.worker`) are
started when needed, kept, and end with this one.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import logging
import os
import queue
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from breachwire.errors import NotAFeedError, ParseError
from breachwire.model import Page, ParsedFeed
from ingest.sitemaps import Sitemap

log = logging.getLogger(__name__)

SECONDS: Final[Mapping[str, float]] = {"feed": 2.0, "page": 5.0, "sitemap": 5.0, "links": 2.0}
"""Computing time of a document. Ordinary feeds take .01 to .5 s, pages .02 to .3; the worst that
gets past the parsers' own bounds 1.5 s and 4 s."""
WALL: Final = 60.0
"""Seconds after which it is killed though it computes nothing, as on a machine out of memory."""
MEMORY: Final = 1_000_000_000
"""Bytes of address space. It has 64 MB when it starts; 10 MB of the smallest elements take 400."""
_PIECE: Final = 262_144
PROCESSES: Final = max(1, min(4, os.cpu_count() or 1))


class Readers:
    """Processes that read; any thread may ask, and waits while all of them are at work."""

    def __init__(
        self,
        *,
        seconds: Mapping[str, float] = SECONDS,
        memory: int = MEMORY,
        wall: float = WALL,
        most: int = PROCESSES,
        command: Sequence[str] = (sys.executable, "-P", "-B", "-m", "ingest.worker"),
    ) -> None:
        self._seconds = seconds
        self._wall = wall
        self._command = [*command, str(memory)]
        # The last one used comes first, so that one does where there is little to read.
        self._idle: queue.LifoQueue[_Process | None] = queue.LifoQueue()
        for _ in range(most):
            self._idle.put(None)

    def feed(self, body: bytes, *, content_type: str = "", url: str = "") -> ParsedFeed:
        """As `parse.parse_feed`. Raises NotAFeedError, ParseError."""
        read: ParsedFeed = self._read("feed", body, content_type=content_type, url=url)
        return read

    def page(self, body: bytes, *, url: str, content_type: str = "") -> Page:
        """As `extract.extract_page`. Raises ParseError."""
        read: Page = self._read("page", body, content_type=content_type, url=url)
        return read

    def sitemap(self, body: bytes, *, url: str) -> Sitemap:
        """As `sitemaps.read`. Raises ParseError."""
        read: Sitemap = self._read("sitemap", body, url=url)
        return read

    def links(self, body: bytes, *, url: str, content_type: str = "") -> list[str]:
        """As `discover.feeds`. Raises ParseError where it can't be read."""
        read: list[str] = self._read("links", body, content_type=content_type, url=url)
        return read

    def close(self) -> None:
        """End the processes that are idle; the next request starts one anew."""
        idle: list[_Process | None] = []
        with contextlib.suppress(queue.Empty):
            while True:
                idle.append(self._idle.get_nowait())
        for process in idle:
            if process is not None:
                process.kill()
            self._idle.put(None)

    def _read(self, kind: str, body: bytes, **how: str) -> Any:
        from ingest.worker import RESULTS

        head = {"kind": kind, "size": len(body), "seconds": self._seconds[kind], **how}
        process = self._idle.get()
        try:
            if process is not None and process.ended:
                process.kill()
                process = None
            process = process or _Process(self._command)
            outcome, result = process.ask(json.dumps(head).encode() + b"\n" + body, self._wall)
        except EOFError:
            ended, process = process, None
            raise ParseError(_why(ended, self._seconds[kind])) from None
        finally:
            self._idle.put(process)
        if "error" in outcome:
            raise _error(outcome, how["url"], result)
        return RESULTS[kind].validate_json(result)


class _Process:
    """One of them, asked one thing at a time, over a pair of sockets: those have deadlines of their
    own, and hold a whole page on its way, which a pipe doesn't."""

    def __init__(self, command: list[str]) -> None:
        # Of the environment it gets where modules are, and no secret. A session of its own: the
        # Ctrl-C that stops the service must not cut a document in two.
        paths = os.pathsep.join(path or str(Path.cwd()) for path in sys.path)
        self.code = 0
        self._socket, theirs = socket.socketpair()
        with theirs:
            self._popen = subprocess.Popen(  # noqa: S603 (our own module, by this very Python)
                command,
                stdin=theirs.fileno(),
                stdout=theirs.fileno(),
                env={"PYTHONPATH": paths, "LC_ALL": "C.UTF-8"},
                start_new_session=True,
            )

    @property
    def ended(self) -> bool:
        """Killed by someone else, or out of memory."""
        return self._popen.poll() is not None

    def ask(self, request: bytes, wall: float) -> tuple[dict[str, Any], bytes]:
        """Raises EOFError where it ended before its answer did, or took `wall` seconds; it is gone
        then."""
        until = time.monotonic() + wall
        try:
            self._socket.settimeout(wall)  # of all of it
            self._socket.sendall(request)
            head, _, result = self._received(until, lambda got: b"\n" in got).partition(b"\n")
            outcome: dict[str, Any] = json.loads(head)
            missing = outcome["size"] - len(result)
            result += self._received(until, lambda got: len(got) >= missing)
        except (OSError, ValueError, KeyError, EOFError):
            self.kill()
            raise EOFError from None
        return outcome, result

    def _received(self, until: float, whole: Callable[[bytearray], bool]) -> bytes:
        """What comes, until it is whole. Raises TimeoutError, EOFError where there is an end."""
        got = bytearray()
        while not whole(got):
            self._socket.settimeout(max(0.001, until - time.monotonic()))
            if not (piece := self._socket.recv(_PIECE)):
                raise EOFError
            got += piece
        return bytes(got)

    def kill(self) -> None:
        """End it, at once."""
        self._popen.kill()
        self._socket.close()
        self.code = self._popen.wait()


def _why(process: _Process | None, seconds: float) -> str:
    code = process.code if process else 0
    if code == -signal.SIGPROF:
        return f"reading it took more than {seconds:g} s; given up"
    return f"the parser failed on it: its process ended with {code}"


def _error(outcome: Mapping[str, Any], url: str, told: bytes) -> ParseError:
    kinds: dict[str, type[ParseError]] = {"NotAFeedError": NotAFeedError, "ParseError": ParseError}
    if kind := kinds.get(outcome["error"]):
        return kind(outcome["message"])
    log.error("%s: the parser failed\n%s", url, told.decode("utf-8", "replace"))
    return ParseError(f"the parser failed on it: {outcome['error']}")


shared: Final = Readers()
"""Of this process: starting one costs a second, so all that fetch have the same ones."""
atexit.register(shared.close)
