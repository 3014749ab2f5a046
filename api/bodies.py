"""Requests with a body: at most LARGEST bytes of it are read, whatever the route.

In: an ASGI application. Out: the same behind a wall that answers 413 instead of reading on.
"""

from __future__ import annotations

from typing import Final

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LARGEST: Final = 1_100_000
"""A watch list's file has a million bytes; 100 kB of text at most 600,000 as JSON ("\\u0000")."""


class Bounded:
    """The ASGI middleware."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        read = 0

        async def bounded() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > LARGEST:
                # Of all exceptions the framework lets only this one through its body parser.
                raise HTTPException(413, f"A request has at most {LARGEST:,} bytes.")
            return message

        await self._app(scope, bounded, send)
