"""/mcp: the Model Context Protocol over HTTP (“streamable HTTP”), without sessions.

In: `Services` for each request. Out: one route that takes POST alone: there is nothing that a
server would send unasked, so that no connection is kept open. The protocol's SDK is imported when
somebody first asks.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from anyio import to_thread
from starlette.requests import Request
from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope, Send

from api.fetches import Fetches
from api.limits import Limit
from api.links import base_url
from api.mcp import guard
from api.mcp.asking import Call
from api.services import Services

if TYPE_CHECKING:
    from api.mcp.server import Speaker

PATH: Final = "/mcp"
EACH: Final = 600
"""Requests of one caller within WINDOW: a call is two or three of them, and many people's
assistants may come from one provider's address."""
ALL: Final = 6_000
WINDOW: Final = 600.0
_REFUSAL: Final = "Many questions came from your assistant just now; again in {wait}."


def routes(
    services: Callable[[], Services], fetches: Fetches, clock: Callable[[], float], version: str
) -> list[BaseRoute]:
    """The one."""
    return [Route(PATH, Endpoint(services, fetches, clock, version), methods=["POST"])]


class Endpoint:
    """The ASGI application behind the route."""

    def __init__(
        self,
        services: Callable[[], Services],
        fetches: Fetches,
        clock: Callable[[], float],
        version: str,
    ) -> None:
        self._services = services
        self._version = version
        self._fetches = fetches
        self._counted = Limit(clock, each=EACH, every=ALL, window=WINDOW, refusal=_REFUSAL)
        self._speaker: Speaker | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Raises HTTPException 421, 403, 429, 413."""
        request = Request(scope, receive)
        guard.check(self._services().config, request)
        self._counted.take(request)
        if self._speaker is None:
            # Half a second: not in the loop, where everybody would wait for it.
            self._speaker = await to_thread.run_sync(self._made)
        await self._speaker.http(scope, receive, send)

    def _made(self) -> Speaker:
        from api.mcp.server import Speaker

        return Speaker(self._call, self._version)

    def _call(self, request: Request | None) -> Call:
        assert request is not None
        services = self._services()
        base = base_url(services.config, request)
        return Call(services, base, lambda: self._fetches.text(request))
