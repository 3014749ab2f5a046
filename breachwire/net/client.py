"""Asking: an address → a bounded answer, redirects followed by hand.

In: an address, request headers. Out: `Response` for any final status, with a body for those below
400; FetchError for everything else. No proxy from the environment, no cookies, no connection kept:
each has a lookup of its own, and a server that states a wrong length can't speak out of turn.
"""

from __future__ import annotations

import ipaddress
import ssl
import threading
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cached_property
from typing import Final, Protocol

import certifi
import httpcore

from breachwire.config import Network
from breachwire.errors import FetchError
from breachwire.net.addresses import PORTS, Target, follow, parse
from breachwire.net.dial import Backend, Budget, Resolver, system_resolver
from breachwire.net.hosts import UNSAID, Hosts

MAX_REDIRECTS: Final = 5
REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
PERMANENT: Final = frozenset({301, 308})
MAX_HEADERS: Final = 200
"""Lines. The longest honest answers seen have about 60; h11 bounds them at 100 kB in all."""
RETRY_AFTER_MAX: Final = 86_400.0
RESERVED: Final = (".example", ".test", ".invalid", ".localhost")
"""Names that exist nowhere (RFC 2606): only these can be served by this process itself."""


@dataclass(frozen=True, slots=True)
class Response:
    """What an address answered."""

    url: str
    """Final address, after redirects."""
    status: int
    headers: Mapping[str, str]
    """Lower-case names; repeated ones joined by a comma."""
    body: bytes
    """Unpacked; empty for statuses from 400 on."""
    permanent_url: str | None = None
    """Where a chain of nothing but 301 and 308 led; None: no redirect, or a passing one."""


class Getter(Protocol):
    """Whatever asks through a `Client`: itself, or one that waits its turn first."""

    def get(
        self, url: str, *, headers: Mapping[str, str] | None = None, accept: str = "*/*"
    ) -> Response:
        """As `Client.get`."""
        ...


class Client:
    """The one safe way out; any thread may use it at any time."""

    def __init__(
        self,
        user_agent: str,
        *,
        allow: Sequence[Network] = (),
        resolver: Resolver = system_resolver,
        local: Mapping[str, tuple[str, int]] | None = None,
        deadline: float = 20.0,
        max_bytes: int = 10_000_000,
        tls: ssl.SSLContext | None = None,
        opened: tuple[str, int] | None = None,
        hosts: Hosts | None = None,
    ) -> None:
        """`deadline`: seconds for a request with its redirects. `max_bytes`: of a body, packed and
        unpacked. `local`: reserved names that this process serves itself, and where. `tls`: whom to
        trust instead of the public authorities. `opened`: the one host and port that the operator
        named for this client, wherever it leads. `hosts`: whose lines `get` stands in, at each host
        that a chain of redirects leads to; its own where none is given."""
        for name, (host, _) in (local or {}).items():
            if not name.endswith(RESERVED) or not ipaddress.ip_address(host).is_loopback:
                raise ValueError(f"{name} is not a reserved name at a loopback address")
        self._user_agent = user_agent
        self._allow = tuple(allow)
        self._resolver = resolver
        self._local = dict(local or {})
        self._deadline = deadline
        self._max_bytes = max_bytes
        self._given_tls = tls
        self._opened = opened
        self._ended = threading.Event()
        self.hosts = hosts or Hosts()

    def get(
        self, url: str, *, headers: Mapping[str, str] | None = None, accept: str = "*/*"
    ) -> Response:
        """Ask for an address; whatever it answers in the end is returned. Raises FetchError."""
        budget = Budget(url, self._deadline, self._ended)
        target, seen, permanent = parse(url), set[str](), True
        for _ in range(MAX_REDIRECTS + 1):
            seen.add(target.url)
            with self.hosts.turn(target.url, self._ended) as waited:
                budget.hold(waited)
                response = self._mannered(target, {**(headers or {}), "Accept": accept}, budget)
            location = response.headers.get("location")
            if response.status not in REDIRECTS or not location:
                moved = response.url if permanent and len(seen) > 1 else None
                return Response(
                    response.url, response.status, response.headers, response.body, moved
                )
            permanent = permanent and response.status in PERMANENT
            following = follow(target, _as_utf8(location))
            if following.url in seen:
                raise FetchError("redirect", target.url, "redirects in a circle")
            if _origin(following) != _origin(target):
                headers = _public(headers)
            target = following
        raise FetchError("redirect", target.url, f"more than {MAX_REDIRECTS} redirects")

    def _mannered(self, target: Target, headers: Mapping[str, str], budget: Budget) -> Response:
        """Ask once, and heed what a server in trouble asks for, whoever comes next. A 503 that
        names no time is just a broken page."""
        try:
            response = self._ask(target, headers, budget)
        except FetchError as error:
            if error.kind == "timeout":
                self.hosts.rest(target.url, UNSAID)
            raise
        if response.status in (429, 503):
            seconds = retry_after(response.headers.get("retry-after"), datetime.now(UTC))
            unsaid = UNSAID if response.status == 429 else 0.0
            self.hosts.rest(target.url, unsaid if seconds is None else seconds)
        return response

    @property
    def user_agent(self) -> str:
        """What servers are told of who asks."""
        return self._user_agent

    def close(self) -> None:
        """Refuse new requests; those under way end at their next read."""
        self._ended.set()

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        # Made at the first https request: reading the authorities takes some 20 ms.
        return self._given_tls or ssl.create_default_context(cafile=certifi.where())

    def _ask(
        self,
        target: Target,
        headers: Mapping[str, str],
        budget: Budget,
        content: bytes | None = None,
    ) -> Response:
        """One request on a connection of its own, a POST where there is content; a redirect's body
        is left unread."""
        self._check_port(target)
        with _walls(target, budget):
            backend = Backend(
                target,
                budget,
                resolver=self._resolver,
                allow=self._allow,
                local=self._local.get(target.host),
                max_bytes=self._max_bytes,
                opened=self._is_opened(target),
            )
            scheme, host = target.scheme.encode(), target.host.encode()
            connection = httpcore.HTTPConnection(
                httpcore.Origin(scheme, host, target.port),
                ssl_context=self._tls if scheme == b"https" else None,
                network_backend=backend,
            )
            with connection:
                answer = connection.handle_request(
                    httpcore.Request(
                        "GET" if content is None else "POST",
                        httpcore.URL(
                            scheme=scheme, host=host, port=target.port, target=target.path.encode()
                        ),
                        headers=self._headers(target, headers),
                        content=content,
                    )
                )
                got = _joined(answer.headers, target)
                body = b""
                if answer.status < 400 and not (answer.status in REDIRECTS and "location" in got):
                    body = self._body(answer.iter_stream(), got, target, budget)
                return Response(target.url, answer.status, got, body)

    def _check_port(self, target: Target) -> None:
        """Before any lookup: only an opened network can have other ports."""
        if self._is_opened(target):
            return
        if target.port not in PORTS and not self._allow and target.host not in self._local:
            ports = ", ".join(map(str, sorted(PORTS)))
            raise FetchError("bad_url", target.url, f"port {target.port}; only {ports}")

    def _is_opened(self, target: Target) -> bool:
        return (target.host, target.port) == self._opened

    def _headers(self, target: Target, headers: Mapping[str, str]) -> list[tuple[bytes, bytes]]:
        own = {
            "Host": target.authority,
            "User-Agent": self._user_agent,
            "Accept-Encoding": "gzip",
            "Connection": "close",
        }
        names = {name.lower() for name in own}
        given = {name: value for name, value in headers.items() if name.lower() not in names}
        # Latin-1 as `_joined` reads it, so that an odd ETag goes back as it came.
        return [
            (name.encode(), value.encode("latin-1", "replace"))
            for name, value in (own | given).items()
        ]

    def _body(
        self, chunks: Iterable[bytes], headers: Mapping[str, str], target: Target, budget: Budget
    ) -> bytes:
        coding = headers.get("content-encoding", "").strip().lower()
        if coding in ("gzip", "x-gzip"):
            chunks = _unpacked(chunks, target)
        elif coding not in ("", "identity"):
            raise FetchError("encoding", target.url, f"packed as {coding[:40]!r}; asked for gzip")
        body = bytearray()
        for chunk in chunks:
            body += chunk
            if len(body) > self._max_bytes:
                raise FetchError("too_large", target.url, f"more than {self._max_bytes:,} bytes")
            budget.left()
        return bytes(body)


def retry_after(value: str | None, now: datetime) -> float | None:
    """A Retry-After header (RFC 9110, 10.2.3) in seconds from `now`, at most a day; None: none."""
    text = (value or "").strip()
    if text.isascii() and text.isdecimal():
        # int() of thousands of digits raises; beyond nine it is a day anyway.
        return min(float(text[:10]), RETRY_AFTER_MAX)
    try:
        when = parsedate_to_datetime(text)
        seconds = (when.replace(tzinfo=when.tzinfo or UTC) - now).total_seconds()
    except (ValueError, OverflowError):
        return None
    return min(max(seconds, 0.0), RETRY_AFTER_MAX)


def _unpacked(chunks: Iterable[bytes], target: Target) -> Iterator[bytes]:
    """Gunzip in pieces of at most 64 kB: a bomb is known for one before it has grown.

    What follows the first member is left out, as browsers do.
    """
    unpack = zlib.decompressobj(zlib.MAX_WBITS | 16)
    given = False
    try:
        for chunk in chunks:
            given = True
            # zlib may hold back output after it took all input: ask until it gives none.
            while piece := unpack.decompress(chunk, 65_536):
                yield piece
                chunk = unpack.unconsumed_tail
    except zlib.error:
        raise FetchError("encoding", target.url, "damaged gzip") from None
    if given and not unpack.eof:
        raise FetchError("protocol", target.url, "the packed body ends early")


def _joined(raw: Iterable[tuple[bytes, bytes]], target: Target) -> dict[str, str]:
    headers: dict[str, str] = {}
    for count, (name, value) in enumerate(raw, 1):
        if count > MAX_HEADERS:
            raise FetchError("too_large", target.url, f"more than {MAX_HEADERS} header lines")
        key, text = name.decode("latin-1").lower(), value.decode("latin-1")
        headers[key] = f"{headers[key]}, {text}" if key in headers else text
    return headers


def _as_utf8(value: str) -> str:
    """A header read as Latin-1 that was UTF-8: some servers send addresses so."""
    try:
        return value.encode("latin-1").decode()
    except UnicodeDecodeError:
        return value


def _origin(target: Target) -> tuple[str, str, int]:
    return target.scheme, target.host, target.port


def _public(headers: Mapping[str, str] | None) -> dict[str, str]:
    """Without what one host was told in confidence."""
    private = {"authorization", "cookie", "proxy-authorization"}
    return {name: value for name, value in (headers or {}).items() if name.lower() not in private}


@contextmanager
def _walls(target: Target, budget: Budget) -> Iterator[None]:
    """httpcore's errors in words, and as ours."""
    try:
        yield
    except httpcore.TimeoutException:
        raise budget.spent() from None
    except httpcore.ConnectError as error:
        cause = error.__cause__
        if isinstance(cause, ssl.SSLCertVerificationError):
            message = f"its certificate does not hold: {cause.verify_message}"
            raise FetchError("tls", target.url, message) from None
        if isinstance(cause, ssl.SSLError):
            reason = cause.reason or "broken"
            raise FetchError("tls", target.url, f"no secure connection: {reason}") from None
        reason = cause.strerror if isinstance(cause, OSError) and cause.strerror else str(error)
        raise FetchError("connect", target.url, f"no connection: {reason}") from None
    except httpcore.NetworkError as error:
        raise FetchError("connect", target.url, f"the connection broke: {error}") from None
    except (httpcore.ProtocolError, httpcore.UnsupportedProtocol) as error:
        raise FetchError("protocol", target.url, f"not proper HTTP: {error}") from None
