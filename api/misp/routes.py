"""The MISP feed over HTTP: /misp/manifest.json, /misp/hashes.csv, /misp/UUID.json.

In: `Services` for each request. Out: routes. The newest threads are made into a feed when an
instance asks, all files of one moment, and kept; again where the store has changed since, a minute
later at the soonest. Who has it made is counted; what is kept costs nothing.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from api.exported import read
from api.http import conditional, tag_of
from api.limits import Limit
from api.links import base_url
from api.services import Services
from api.stix.ids import Ids
from breachwire.store import ThreadFilter

EACH: Final = 20
"""Feeds made for one caller within WINDOW; an instance asks once an hour or a day."""
ALL: Final = 60
"""For all together: at some 4 seconds of a core each, less than half of its time."""
WINDOW: Final = 600.0
_REFUSAL: Final = "The feed was made for you many times just now; again in {wait}."
THREADS: Final = 500
"""Events of the feed: the threads that changed last. An instance keeps those it took before."""
_FRESH: Final = 60.0
"""Seconds for which a feed serves whatever comes in meanwhile: a pull takes its time, and should
find what the manifest names."""


def routes(services: Callable[[], Services], clock: Callable[[], float]) -> list[BaseRoute]:
    """All three."""
    feed = _Kept(clock)

    def answer(request: Request) -> Response:
        name = request.path_params["name"]
        files = feed.files(services(), request)
        if name not in files:
            raise HTTPException(404, f"no file {name[:60]!r} in this feed; see manifest.json")
        body = files[name]
        kind = "text/csv; charset=utf-8" if name.endswith(".csv") else "application/json"
        return conditional(request, body, tag_of(body), kind, "no-cache")

    return [Route("/misp/{name}", answer, methods=["GET"])]


@dataclass(frozen=True, slots=True)
class _Made:
    store: str
    changed: str
    base: str
    at: float
    files: Mapping[str, bytes]


class _Kept:
    """The latest feed; one is made at a time."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._counted = Limit(clock, each=EACH, every=ALL, window=WINDOW, refusal=_REFUSAL)
        self._lock = threading.Lock()
        self._made: _Made | None = None

    def files(self, s: Services, request: Request) -> Mapping[str, bytes]:
        """By name. Raises HTTPException 429."""
        with self._lock:
            made, base = self._made, base_url(s.config, request)
            if made is None or not self._serves(made, s, base):
                self._counted.take(request)
                made = _Made(s.store.url, s.store.changed(), base, self._clock(), _files(s, base))
                self._made = made
            return made.files

    def _serves(self, made: _Made, s: Services, base: str) -> bool:
        if (made.store, made.base) != (s.store.url, base):
            return False
        return made.changed == s.store.changed() or self._clock() - made.at < _FRESH


def _files(s: Services, base: str) -> dict[str, bytes]:
    from api.misp.event import Writer
    from api.misp.feed import written

    found: dict[str, bytes] = {}
    writer = Writer(Ids(s.config.base_url), base, s.known_actor, s.demo)
    newest = s.store.threads(ThreadFilter(), limit=THREADS).threads
    written(writer, read(s.store, newest), found.__setitem__)
    return found
