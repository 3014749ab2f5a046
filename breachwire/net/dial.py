"""Connecting: a checked target → a stream to one of its addresses, within the request's budget.

In: a `Target`, a resolver, what the operator opened. Out: an httpcore network backend that looks
the name up once, checks **every** address before it dials any, and dials the literal address, so
that no second lookup can answer differently (DNS rebinding). One backend serves one connection.
"""

from __future__ import annotations

import ipaddress
import queue
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import httpcore

from breachwire.config import Network
from breachwire.errors import BlockedAddressError, FetchError
from breachwire.net.addresses import Address, Target, refusal

Resolver = Callable[[str, int], Sequence[str]]
"""Host name and port → IP addresses, best first. Raises OSError where there are none."""

MAX_DIALS: Final = 4
"""A name's addresses that are tried, as the resolver orders them; a hostile one lists hundreds."""
CONNECT_SECONDS: Final = 6.0
"""For one address of several, so that a dead first one leaves time for the next."""
WIRE_HEADROOM: Final = 256 * 1024
"""Bytes on the wire beyond the body's own bound: headers (100 kB at most, h11) and chunk sizes."""


def system_resolver(host: str, port: int) -> list[str]:
    """What the operating system answers. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(info[4][0]) for info in found))


@dataclass(slots=True)
class Budget:
    """Time for one request with all its redirects, by a clock that never steps."""

    url: str
    """The address first asked for: what the error names."""
    seconds: float
    ended: threading.Event
    """Set when the client closes."""
    _end: float = field(init=False)

    def __post_init__(self) -> None:
        self._end = time.monotonic() + self.seconds

    def hold(self, seconds: float) -> None:
        """What was spent waiting for a turn at a host doesn't count."""
        self._end += seconds

    def left(self) -> float:
        """Seconds. Raises FetchError (timeout) where there are none."""
        if self.ended.is_set():
            raise FetchError("timeout", self.url, "the service is stopping")
        if (left := self._end - time.monotonic()) <= 0:
            raise self.spent()
        return left

    def spent(self) -> FetchError:
        """The error of a request that took too long."""
        return FetchError("timeout", self.url, f"no whole answer within {self.seconds:g} seconds")


class Backend(httpcore.NetworkBackend):
    """httpcore's way to the network, for one target."""

    def __init__(
        self,
        target: Target,
        budget: Budget,
        *,
        resolver: Resolver,
        allow: Sequence[Network],
        local: tuple[str, int] | None,
        max_bytes: int,
        opened: bool = False,
    ) -> None:
        """`opened`: the operator named this very host and port; any address of it will do."""
        self._opened = opened
        self._target = target
        self._budget = budget
        self._resolver = resolver
        self._allow = allow
        self._local = local
        self._max_bytes = max_bytes
        self._plain = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002  (the budget's time counts)
        local_address: str | None = None,  # noqa: ARG002
        socket_options: Iterable[Any] | None = None,  # noqa: ARG002
    ) -> httpcore.NetworkStream:
        """Look up once, check all, dial the literal. Raises FetchError."""
        if self._local:
            return self._stream(*self._local)
        addresses = self._checked(self._addresses(host, port))[:MAX_DIALS]
        for address in addresses[:-1]:
            try:
                return self._stream(str(address), port, CONNECT_SECONDS)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
        return self._stream(str(addresses[-1]), port)

    def _addresses(self, host: str, port: int) -> list[Address]:
        if self._target.address is not None:
            return [self._target.address]
        if port not in range(1, 65536):
            raise FetchError("bad_url", self._target.url, f"port {port}")
        answers = self._lookup(host, port)
        try:
            return [ipaddress.ip_address(answer) for answer in answers]
        except ValueError as error:
            raise FetchError("dns", self._target.url, f"{host}: {error}") from None

    def _checked(self, addresses: list[Address]) -> list[Address]:
        for address in () if self._opened else addresses:
            if reason := refusal(address, self._target.port, self._allow):
                raise BlockedAddressError(self._target.url, reason)
        return addresses

    def _lookup(self, host: str, port: int) -> Sequence[str]:
        """One lookup. It can't be cancelled, so it runs in a thread that may be left behind."""
        answer: queue.SimpleQueue[Sequence[str] | OSError] = queue.SimpleQueue()

        def ask() -> None:
            try:
                answer.put(self._resolver(host, port))
            except OSError as error:
                answer.put(error)

        threading.Thread(target=ask, name="lookup", daemon=True).start()
        try:
            got = answer.get(timeout=self._budget.left())
        except queue.Empty:
            raise self._budget.spent() from None
        if isinstance(got, OSError) or not got:
            reason = f": {got.strerror}" if isinstance(got, OSError) and got.strerror else ""
            raise FetchError("dns", self._target.url, f"no address for {host}{reason}")
        return got

    def _stream(self, host: str, port: int, seconds: float = float("inf")) -> _Stream:
        plain = self._plain.connect_tcp(host, port, min(seconds, self._budget.left()))
        return _Stream(plain, self._target, self._budget, self._max_bytes, local=bool(self._local))


class _Stream(httpcore.NetworkStream):
    """A connection that reads within the request's time and size, however the other side drips."""

    def __init__(
        self,
        inner: httpcore.NetworkStream,
        target: Target,
        budget: Budget,
        max_bytes: int,
        *,
        local: bool,
    ) -> None:
        self._inner = inner
        self._target = target
        self._budget = budget
        self._max_bytes = max_bytes
        self._local = local
        self._got = 0

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002
        """Some bytes. Raises FetchError (timeout, too_large)."""
        data = self._inner.read(max_bytes, self._budget.left())
        self._got += len(data)
        if self._got > self._max_bytes + WIRE_HEADROOM:
            raise FetchError("too_large", self._target.url, f"more than {self._max_bytes:,} bytes")
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002
        """All of the buffer, or FetchError (timeout)."""
        self._inner.write(buffer, self._budget.left())

    def close(self) -> None:
        """End the connection."""
        self._inner.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002
    ) -> httpcore.NetworkStream:
        """TLS for the host's own name, whatever address was dialled.

        A host that this very process serves is not asked for a certificate of a reserved name.
        """
        if self._local:
            return self
        inner = self._inner.start_tls(ssl_context, server_hostname, self._budget.left())
        return _Stream(inner, self._target, self._budget, self._max_bytes, local=False)

    def get_extra_info(self, info: str) -> Any:
        """As the connection itself answers."""
        return self._inner.get_extra_info(info)
