"""An endpoint that the operator named (a language model's): paths and bodies → bounded answers.

In: its base address, a key. Out: `Response` for any status but a redirect. Its host and port are
open to this client alone, whatever network they are in; it goes nowhere else and follows nothing.
"""

from __future__ import annotations

from typing import Any, Final

from breachwire.errors import FetchError
from breachwire.net.addresses import parse
from breachwire.net.client import REDIRECTS, Client, Response
from breachwire.net.dial import Budget

MAX_BYTES: Final = 1_000_000
"""Of an answer: some fifty times what a brief takes."""


class Endpoint(Client):
    """Asks one server of the operator's; any thread may use it."""

    def __init__(
        self, url: str, user_agent: str, *, key: str = "", timeout: float, **options: Any
    ) -> None:
        """`url`: the base, such as http://127.0.0.1:8080/v1. `key`: sent as a bearer token.
        `timeout`: seconds for a whole answer. Raises FetchError (bad_url)."""
        target = parse(url)
        options = {"max_bytes": MAX_BYTES, **options}
        super().__init__(user_agent, opened=(target.host, target.port), deadline=timeout, **options)
        self._base = target.url.rstrip("/")
        self._own = {"Authorization": f"Bearer {key}"} if key else {}

    def post(self, path: str, content: bytes) -> Response:
        """Send JSON to a path below the base. Raises FetchError."""
        headers = {"Content-Type": "application/json", "Content-Length": str(len(content))}
        return self._once(path, headers, content)

    def look(self, path: str) -> Response:
        """Read a path below the base. Raises FetchError."""
        return self._once(path, {}, None)

    def _once(self, path: str, headers: dict[str, str], content: bytes | None) -> Response:
        target = parse(self._base + path)
        budget = Budget(target.url, self._deadline, self._ended)
        own = {**self._own, **headers, "Accept": "application/json"}
        response = self._ask(target, own, budget, content)
        if response.status in REDIRECTS:
            raise FetchError("redirect", target.url, "a redirect, which is not followed here")
        return response
