"""What readers hand in is fetched and compared for them: so often for one caller in some minutes.

In: services, a request. Out: the services' own `fetch_page`, counted by who asks (the address is
kept in memory for WINDOW and nowhere else); HTTPException 429 with Retry-After beyond that. What
the store knows costs nobody a fetch and is not counted; a pasted text is counted by itself.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from starlette.requests import Request

from api.limits import Limit
from api.services import Services
from breachwire.model import Page

EACH: Final = 20
"""Fetches for one caller within WINDOW: more than anybody reads in that time."""
ALL: Final = 200
"""For all together: a page is fetched every three seconds at most, whoever asks."""
EACH_TEXT: Final = 60
"""Pasted texts of one caller within WINDOW: a longest one, 100 kB, takes seconds of a core."""
ALL_TEXTS: Final = 300
WINDOW: Final = 600.0
_FETCHED: Final = (
    "Many addresses were fetched for you just now; again in {wait}, or paste the text."
)
_COMPARED: Final = "Many texts were compared for you just now; again in {wait}."


class Fetches:
    """Counts them; one for all routes of a process."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._fetched = Limit(clock, each=EACH, every=ALL, window=WINDOW, refusal=_FETCHED)
        self._compared = Limit(
            clock, each=EACH_TEXT, every=ALL_TEXTS, window=WINDOW, refusal=_COMPARED
        )

    def of(self, services: Services, request: Request) -> Callable[[str], Page] | None:
        """What fetches for this request; None where the services fetch nothing."""
        fetch = services.fetch_page
        if fetch is None:
            return None

        def counted(url: str) -> Page:
            self._fetched.take(request)
            return fetch(url)

        return counted

    def text(self, request: Request) -> None:
        """Count a pasted text. Raises HTTPException 429."""
        self._compared.take(request)
