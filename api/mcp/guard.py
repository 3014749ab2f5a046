"""Who may speak to /mcp by a browser: Host and Origin → nothing, or a refusal.

In: configuration, a request. Out: HTTPException 421 or 403. A page that somebody visits could have
its own name resolved to this machine (DNS rebinding) and ask in the visitor's place what only the
visitor's network reaches; the names it asks by give it away. Numbers can't be rebound.
"""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from starlette.exceptions import HTTPException
from starlette.requests import Request

from breachwire.config import Config


def check(config: Config, request: Request) -> None:
    """Raises HTTPException 421 for a Host that isn't ours, 403 for another site's page."""
    host = request.headers.get("host", "").lower()
    own = urlsplit(config.base_url.lower())
    if not (_unnamed(host) or (own.netloc and host == own.netloc)):
        raise HTTPException(
            421,
            "/mcp answers by number, as localhost or by the name in base_url: set it to that name",
        )
    origin = request.headers.get("origin")
    ours = (None, f"{request.url.scheme}://{host}", f"{own.scheme}://{own.netloc}")
    if (origin and origin.lower()) not in ours:
        raise HTTPException(403, "Another site's page may not ask here")


def _unnamed(host: str) -> bool:
    """localhost, or an address in numbers, with or without a port."""
    try:
        name = urlsplit(f"//{host}").hostname or ""
        return name == "localhost" or bool(ipaddress.ip_address(name))
    except ValueError:
        return False
