"""What every answer carries: security headers, ETag and 304, gzip, HEAD, one line for a fault.

In: an ASGI application. Out: the same behind this wrapper. It stands around the routes, not around
the framework's own error page, so that a 500 is a problem document with the same headers.
"""

from __future__ import annotations

import hashlib
import re
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api import compression, problems
from api.services import Services
from breachwire.errors import StoreError

SECURITY: Final[Mapping[str, str]] = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self';"
        " img-src 'self' data:; media-src 'self'; base-uri 'none'; form-action 'self';"
        " frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}
PRIVATE: Final[Mapping[str, str]] = {
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
    "Cache-Control": "private, no-store",
}
"""Of an answer whose address is a secret."""
_SECRETS: Final = ("/watch/", "/subscribe/", "/alerts/")
_SECURITY: Final = [(k.lower().encode(), v.encode()) for k, v in SECURITY.items()]
_EDITORS: Final = re.compile(r"/edit(?:/|\Z)")
"""For one person's eyes: never kept by anyone, never indexed."""
_UNTAGGED: Final = (
    "/static/",
    "/healthz",
    "/readyz",
    "/metrics",
    "/demo-source/",
    "/misp/",
    "/api/v1/related",
    "/related",
    "/edit",
    "/report",
    "/watch",
    "/api/v1/watches",
    "/subscribe",
)
"""What depends on more than the store: files, checks, what another server answers, who asks."""
_CLOCKED: Final = re.compile(rb"(?:since|until)=")
_FILES: Final = (".mp3", ".opus")
"""Recordings: files with tags of their own."""
_KEPT: Final = 200
"""Answers kept; at some 40 kB each, 8 MB; 40 MB at most."""
_LARGEST: Final = 200_000
"""Bytes of an answer that is kept."""
_HOUR: Final = 3600
"""Seconds an answer may stand unchanged: "Today" and "developing" depend on the clock."""


class Wrapper:
    """The ASGI middleware."""

    def __init__(self, app: ASGIApp, services: Callable[[], Services], version: str) -> None:
        self._app = app
        self._services = services
        self._version = version
        self._kept = _Kept()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        head = scope["method"] == "HEAD"
        scope = {**scope, "method": "GET"} if head else scope
        outgoing = _Outgoing(send, head, private=_EDITORS.match(scope["path"]) is not None)
        outgoing.secret = scope["path"].startswith(_SECRETS)
        # What a form's sending answers may hold a secret (a watch list's new address).
        outgoing.gzip = scope["method"] == "GET" and compression.takes_gzip(
            Headers(scope=scope).get("accept-encoding", "")
        )
        try:
            await self._answer(scope, receive, outgoing)
        except Exception as error:
            if outgoing.started:
                raise
            status, detail = problems.status_and_detail(error)
            await problems.response(status, detail, scope["path"])(scope, receive, outgoing)

    async def _answer(self, scope: Scope, receive: Receive, outgoing: _Outgoing) -> None:
        outgoing.demo = self._services().demo
        headers = dict(scope["headers"])
        tag = self._tag(scope, headers)
        outgoing.tag = tag
        known = given(headers.get(b"if-none-match", b"").decode("latin-1"))
        kept = self._kept.get(tag) if tag else None
        if tag and _weak(tag) in known:
            await Response(status_code=304)(scope, receive, outgoing)
        elif kept and (own := _own_tag(kept)) and _weak(own) in known:
            await Response(status_code=304, headers={"ETag": own})(scope, receive, outgoing)
        elif kept:
            await outgoing.again(kept)
        else:
            await self._app(scope, receive, outgoing)
            if tag and outgoing.keepable:
                self._kept.put(tag, outgoing.messages)

    def _tag(self, scope: Scope, headers: Mapping[bytes, bytes]) -> str | None:
        """A weak ETag of everything a GET's answer depends on; None where there is none. Read in
        the loop: it takes microseconds unless the store was written to."""
        if scope["method"] != "GET" or scope["path"].startswith(_UNTAGGED):
            return None
        if scope["path"].endswith(_FILES):
            return None
        if _CLOCKED.search(scope["query_string"]):
            return None  # "24h" is another time with every second
        host, query = headers.get(b"host", b""), scope["query_string"]
        return self._hash(
            f"{scope['scheme']}://{host.decode('latin-1')}{scope['path']}?{query.decode('latin-1')}"
        )

    def _hash(self, asked: str) -> str | None:
        services = self._services()
        try:
            changed = services.store.changed()
        except StoreError:
            return None  # the route's own reading says what is wrong
        parts = (
            self._version,
            services.store.url,
            changed,
            asked,
            str(services.embedder() is not None),
            *services.notices(),
            services.listening.stamp() if services.listening else "",
            str(int(time.time() // _HOUR)),
        )
        text = "\n".join(parts).encode("utf-8", "replace")
        return f'W/"{hashlib.sha256(text).hexdigest()[:24]}"'


def tag_of(body: bytes) -> str:
    """An ETag of an answer's own bytes: it stays where nothing is new in them."""
    return f'"{hashlib.sha256(body).hexdigest()[:24]}"'


def conditional(
    request: Request, body: bytes, tag: str, media_type: str, cache_control: str
) -> Response:
    """The body under its own tag, or 304 where the asker has it."""
    headers = {"ETag": tag, "Cache-Control": cache_control}
    if _weak(tag) in given(request.headers.get("if-none-match", "")):
        return Response(status_code=304, headers=headers)
    return Response(body, headers=headers, media_type=media_type)


def given(if_none_match: str) -> set[str]:
    """The tags that a client has, to be compared weakly (RFC 9110, 13.1.2)."""
    return {_weak(part.strip()) for part in if_none_match.split(",")} - {""}


def _weak(tag: str) -> str:
    return tag.removeprefix("W/")


def _own_tag(messages: Sequence[Message]) -> str:
    """The ETag of an answer that made its own, of its bytes: a feed's; else empty."""
    return Headers(raw=messages[0]["headers"]).get("etag", "")


class _Kept:
    """The latest answers by ETag, which names all that they depend on: each is made once."""

    def __init__(self) -> None:
        self._by_tag: OrderedDict[str, tuple[Message, ...]] = OrderedDict()

    def get(self, tag: str) -> tuple[Message, ...] | None:
        """The messages of an answer; it counts as used."""
        if tag in self._by_tag:
            self._by_tag.move_to_end(tag)
        return self._by_tag.get(tag)

    def put(self, tag: str, messages: Sequence[Message]) -> None:
        """Keep an answer; the longest unused one goes."""
        self._by_tag[tag] = tuple(messages)
        while len(self._by_tag) > _KEPT:
            self._by_tag.popitem(last=False)


class _Outgoing:
    """`send`, with headers added to the first message, text gzipped, no body for HEAD."""

    def __init__(self, send: Send, head: bool, private: bool) -> None:
        self._send = send
        self._head = head
        self._private = private
        self._first: Message | None = None
        """The answer's start, held back until its body is seen."""
        self.demo = False
        self.secret = False
        """The address itself must not get about."""
        self.gzip = False
        """The client takes it."""
        self.tag: str | None = None
        self.started = False
        self.messages: list[Message] = []

    @property
    def keepable(self) -> bool:
        """A whole 200 of moderate size."""
        if len(self.messages) != 2 or self.messages[0]["status"] != 200:
            return False
        last = self.messages[1]
        return not last.get("more_body") and len(last.get("body", b"")) <= _LARGEST

    async def again(self, kept: Sequence[Message]) -> None:
        """Send an answer that was kept: its headers are there."""
        for message in kept:
            await self._out(_copied(message))

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._add(MutableHeaders(raw=message["headers"]), message["status"])
        if len(self.messages) <= 2:
            self.messages.append(_copied(message))
        await self._out(message)

    async def _out(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._first = message
            return
        if self._first is not None:
            first, self._first = self._first, None
            message = self._encoded(first, message)
            self.started = True
            await self._send(first)
        await self._send(_bodiless(message) if self._head else message)

    def _encoded(self, first: Message, message: Message) -> Message:
        """The body as it goes out; the start's headers say how."""
        headers, body = MutableHeaders(raw=first["headers"]), message.get("body", b"")
        if first["status"] == 304 and self.tag:
            headers.add_vary_header("Accept-Encoding")
        # A secret and somebody else's words in one compressed answer show by its length.
        if self._private or self.secret or message.get("more_body"):
            return message
        if not compression.compressible(headers, body):
            return message
        headers.add_vary_header("Accept-Encoding")
        return {**message, "body": compression.compress(headers, body)} if self.gzip else message

    def _add(self, headers: MutableHeaders, status: int) -> None:
        for name, value in PRIVATE.items() if self.secret else ():
            headers.setdefault(name, value)
        there = {name for name, _ in headers.raw}
        headers.raw.extend(pair for pair in _SECURITY if pair[0] not in there)
        if self.demo:
            headers["X-Breachwire-Demonstration"] = "1"
        if self.demo or self._private:
            headers["X-Robots-Tag"] = "noindex, nofollow"
        if self._private:
            headers["Cache-Control"] = "no-store"
        elif self.tag and status in (200, 304):
            headers.setdefault("ETag", self.tag)
            headers.setdefault("Cache-Control", "no-cache")
        else:
            headers.setdefault("Cache-Control", "no-store")


def _bodiless(message: Message) -> Message:
    """For HEAD."""
    return {**message, "body": b""} if "body" in message else _copied(message)


def _copied(message: Message) -> Message:
    """Headers are a list that is added to."""
    return {**message, "headers": list(message["headers"])} if "headers" in message else message
