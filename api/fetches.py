"""Addresses that readers name are fetched for them: so many from one caller in some minutes.

In: services, a request. Out: the services' own `fetch_page`, counted by who asks (the address is
kept in memory for WINDOW and nowhere else); HTTPException 429 with Retry-After beyond that. What
the store knows costs nobody a fetch and is not counted.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final

from starlette.exceptions import HTTPException
from starlette.requests import Request

from api.lockout import Lockout
from api.services import Services
from breachwire.model import Page

EACH: Final = 20
"""Fetches for one caller within WINDOW: more than anybody reads in that time."""
ALL: Final = 200
"""For all together: a page is fetched every three seconds at most, whoever asks."""
WINDOW: Final = 600.0


class Fetches:
    """Counts them; one for all routes of a process."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._counted = Lockout(clock, each=EACH, every=ALL, window=WINDOW)

    def of(self, services: Services, request: Request) -> Callable[[str], Page] | None:
        """What fetches for this request; None where the services fetch nothing."""
        fetch = services.fetch_page
        if fetch is None:
            return None
        host = request.client.host if request.client else None

        def counted(url: str) -> Page:
            if wait := self._counted.wait(host):
                raise HTTPException(
                    429,
                    f"Many addresses were fetched for you just now; again in {_in_words(wait)}, or"
                    " paste the text.",
                    {"Retry-After": str(math.ceil(wait))},
                )
            self._counted.wrong(host)
            return fetch(url)

        return counted


def _in_words(seconds: float) -> str:
    minutes = math.ceil(seconds / 60)
    return f"{minutes} minute{'' if minutes == 1 else 's'}"
