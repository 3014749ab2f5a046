"""A server of 2,000 feeds, most of them well, the others each with its fault, for `bench.feeds`.

    python -m bench.faulty PORT SPEED BEGAN

In: a port, how many seconds pass in one (and when they began, in Unix time). Out: HTTP for any host
name; the name says what kind of server it is and which entry came when (`KINDS`). `/stats` says how
many requests there were, and how many at once at one host at most. A process of its own, so that it
takes no turns from the poller that is measured.
"""

from __future__ import annotations

import asyncio
import gzip
import json
import random
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Final

KINDS: Final = {
    "well": 1360,
    "same": 100,  # well, all of them at one host
    "patient": 20,  # well; a Crawl-delay of 10 s
    "moving": 100,  # 308 to another host, well there
    "tarpit": 60,  # the feed well, its pages silent
    "dripping": 80,  # a byte a second
    "silent": 60,  # takes the question and says nothing
    "huge": 40,  # 12 MB
    "bomb": 20,  # 50 kB of gzip that are 50 MB
    "broken": 60,  # no feed, or one cut in two
    "circle": 20,  # a redirect to itself over another
    "busy": 40,  # 429, ten minutes
    "refusing": 20,  # 403
    "gone": 20,  # 410
}
WELL: Final = ("well", "same", "patient", "moving")
"""Whose delay is measured."""
START: Final = datetime(2026, 6, 2, 9, tzinfo=UTC)
PAST: Final = 3
"""Entries that were there before."""
STORY: Final = (
    "Harbour Clinic {n} said on Tuesday that a ransomware attack on its scheduling system exposed "
    "the names and Social Security numbers of patients of its four sites in the county. "
)


@dataclass(frozen=True, slots=True)
class Item:
    """An entry of a feed."""

    path: str
    title: str
    summary: str
    published: datetime


def items(kind: str, number: int) -> list[Item]:
    """A feed's entries: some of the days before, one within the hour."""
    chance = random.Random(f"{kind}{number}")
    apart = chance.uniform(6, 60)
    times = [START - timedelta(hours=apart * (n + chance.random())) for n in range(PAST)]
    times.append(START + timedelta(minutes=chance.uniform(2, 50)))
    return [
        Item(
            f"/{kind}{number}/story/{n}",
            f"Clinic {kind} {number} breached, report {n}",
            STORY.format(n=f"{kind} {number}"),
            at.replace(microsecond=0),
        )
        for n, at in enumerate(sorted(times))
    ]


def host(kind: str, number: int) -> str:
    """The server of a feed."""
    return "same.example" if kind == "same" else f"{kind}{number}.example"


def feed(kind: str, number: int) -> str:
    """Its path: kind and number, for those that share a host."""
    return f"/feed/{kind}/{number}"


class Server:
    """What it was asked, and the simulated time."""

    def __init__(self, port: int, speed: float, began: float) -> None:
        self._port, self._speed, self._began = port, speed, began
        self._busy: Counter[str] = Counter()
        self._open: dict[asyncio.StreamWriter, asyncio.StreamReader] = {}
        self.most = 0
        self.requests: Counter[str] = Counter()

    def now(self) -> datetime:
        """Simulated."""
        return START + timedelta(seconds=(time.time() - self._began) * self._speed)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One request a connection."""
        self._open[writer] = reader
        try:
            raw = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            lines = raw.split("\r\n")
            headers = {k.lower(): v for k, _, v in (line.partition(": ") for line in lines[1:])}
            name = headers.get("host", "").partition(":")[0]
            await self._counted(name, lines[0].split(" ")[1], headers, writer)
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass  # the client hung up
        finally:
            del self._open[writer]
            writer.close()

    async def _counted(
        self, name: str, path: str, headers: dict[str, str], writer: asyncio.StreamWriter
    ) -> None:
        if path == "/stats":
            stats = {"most_at_a_host": self.most, "requests": dict(self.requests)}
            await _send(writer, json.dumps(stats).encode())
            return
        self._busy[name] += 1
        self.most = max(self.most, self._busy[name])
        kind = name.partition(".")[0].rstrip("0123456789")
        self.requests[kind] += 1
        try:
            # Some way between two machines.
            await asyncio.sleep(0.1 / self._speed)
            await self._answer(kind, name, path, headers, writer)
        finally:
            self._busy[name] -= 1

    async def _answer(
        self, kind: str, name: str, path: str, headers: dict[str, str], writer: asyncio.StreamWriter
    ) -> None:
        if path == "/robots.txt":
            slow = b"User-agent: *\nCrawl-delay: 10\n" if kind == "patient" else b""
            await _send(writer, slow, kind="text/plain")
        elif "/story/" in path:
            if kind == "tarpit":
                await self._hung_up(writer)
            await _send(writer, _page(path), kind="text/html; charset=utf-8")
        elif kind in _FAULTS:
            await self._fault(kind, name, path, writer)
        else:
            await self._feed(path, name, headers, writer)

    async def _hung_up(self, writer: asyncio.StreamWriter) -> None:
        """Say nothing until the client has had enough."""
        await self._open[writer].read()

    async def _feed(
        self, path: str, name: str, headers: dict[str, str], writer: asyncio.StreamWriter
    ) -> None:
        kind, number = path.split("/")[2:4]
        if kind == "moving" and name.startswith("moving"):
            await _send(
                writer,
                status=308,
                more=[f"Location: http://new{number}.example:{self._port}{path}"],
            )
            return
        there = [one for one in items(kind, int(number)) if one.published <= self.now()]
        tag = f'"{len(there)}"'
        if headers.get("if-none-match") == tag:
            await _send(writer, status=304, more=[f"ETag: {tag}"])
        else:
            body = document(there, f"http://{name}:{self._port}")
            await _send(writer, body, kind="application/rss+xml", more=[f"ETag: {tag}"])

    async def _fault(self, kind: str, name: str, path: str, writer: asyncio.StreamWriter) -> None:
        if kind in _STATUS:
            await _send(writer, status=_STATUS[kind], more=["Retry-After: 600"])
        elif kind == "circle":
            other = path.removesuffix("/b") if path.endswith("/b") else f"{path}/b"
            await _send(writer, status=301, more=[f"Location: http://{name}:{self._port}{other}"])
        elif kind == "silent":
            await self._hung_up(writer)
        elif kind == "dripping":
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\n\r\n<rss>")
            while True:
                writer.write(b" ")
                await writer.drain()
                await asyncio.sleep(1 / self._speed)
        elif kind == "bomb":
            await _send(writer, _BOMB, kind="application/rss+xml", more=["Content-Encoding: gzip"])
        else:
            await _send(writer, _HUGE if kind == "huge" else _BROKEN, kind="application/rss+xml")


_STATUS: Final = {"busy": 429, "refusing": 403, "gone": 410}
_FAULTS: Final = frozenset({*_STATUS, "circle", "silent", "dripping", "bomb", "huge", "broken"})
_BOMB: Final = gzip.compress(b" " * 50_000_000)
_HUGE: Final = b"<rss version='2.0'><channel>" + b"<!-- much -->" * 1_000_000
_BROKEN: Final = b"<html><body>Nothing here</body></html>"


def document(there: Sequence[Item], base: str) -> bytes:
    """RSS, the newest first."""
    entries = "".join(
        f"<item><title>{one.title}</title><link>{base}{one.path}</link><guid>{one.path}</guid>"
        f"<pubDate>{format_datetime(one.published)}</pubDate>"
        f"<description>{one.summary}</description></item>"
        for one in reversed(there)
    )
    return f"<rss version='2.0'><channel><title>Wire</title>{entries}</channel></rss>".encode()


def _page(path: str) -> bytes:
    story = STORY.format(n=" ".join(path.split("/")[1:2]))
    words = "".join(f"<p>{story} Paragraph {n}.</p>" for n in range(8))
    return f"<!doctype html><title>x</title><main><article>{words}</article></main>".encode()


async def _send(
    writer: asyncio.StreamWriter,
    body: bytes = b"",
    *,
    status: int = 200,
    kind: str = "application/json",
    more: Sequence[str] = (),
) -> None:
    lines = [f"HTTP/1.1 {status} X", f"Content-Type: {kind}", f"Content-Length: {len(body)}", *more]
    writer.write("\r\n".join([*lines, "", ""]).encode() + body)
    await writer.drain()


async def _main() -> None:
    port, speed, began = int(sys.argv[1]), float(sys.argv[2]), float(sys.argv[3])
    own = Server(port, speed, began)
    listening = await asyncio.start_server(own.serve, "127.0.0.1", port, backlog=1024)
    async with listening:
        await listening.serve_forever()


if __name__ == "__main__":
    asyncio.run(_main())
