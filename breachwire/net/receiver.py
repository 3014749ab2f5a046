"""A webhook's receiver, named by whoever registered it: an address and a body → a status.

In: an address that may be hostile. Out: status and Retry-After, whatever the status; FetchError
where there was none. The rules of `Client` hold (public addresses and four ports, or what the
operator opened, one lookup a connection); no redirect is followed and no body of an answer is read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from breachwire.net.addresses import Target, parse
from breachwire.net.client import Client, retry_after
from breachwire.net.dial import Budget

SECONDS: Final = 15.0
"""For an answer: the least that the Standard Webhooks recommend, since others wait meanwhile."""
MAX_BYTES: Final = 65_536
"""Of headers and whatever comes with them."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a receiver said."""

    status: int
    retry_after: float | None = None
    """Seconds, at most a day."""


class Receivers(Client):
    """The way out to all of them; any thread may use it."""

    def __init__(self, user_agent: str, **options: Any) -> None:
        super().__init__(user_agent, **{"deadline": SECONDS, "max_bytes": MAX_BYTES, **options})

    def post(self, url: str, headers: Mapping[str, str], content: bytes) -> Answer:
        """Send JSON. Raises FetchError."""
        target = parse(url)
        own = {
            "Content-Type": "application/json",
            "Content-Length": str(len(content)),
            "Accept": "*/*",
            **headers,
        }
        budget = Budget(target.url, self._deadline, self._ended)
        got = self._ask(target, own, budget, content)
        return Answer(got.status, retry_after(got.headers.get("retry-after"), datetime.now(UTC)))

    def _body(
        self,
        chunks: Iterable[bytes],  # noqa: ARG002
        headers: Mapping[str, str],  # noqa: ARG002
        target: Target,  # noqa: ARG002
        budget: Budget,  # noqa: ARG002
    ) -> bytes:
        """Left unread: the status says it all."""
        return b""
