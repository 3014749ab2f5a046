"""The wire to be heard: recordings of threads, the podcast feed and its episodes.

In: `Services` for each request. Out: routes for `/wire/{id}/{slug}.mp3`, `.opus`, `/podcast.rss`,
`/podcast/{day}.mp3`. A recording is made when the first reader asks; whoever asks for many that are
not made yet is told to wait (429). Files answer ranges (206, 416) and If-None-Match (304).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import BaseRoute, Route

from api import podcast
from api.http import given
from api.limits import Limit
from api.links import base_url, moved, thread_path, thread_slug
from api.services import Listening, Services
from api.threads import readable
from breachwire.model import MEDIA_TYPES, AudioForm, Recording

EACH: Final = 30
"""Recordings made for one address within WINDOW: more than a reader hears in an hour."""
ALL: Final = 300
"""For all together: at some 3 seconds of a core each, a quarter of its time."""
WINDOW: Final = 3600.0
_REFUSAL: Final = "Many recordings were made for you. The next one in {wait}."
EPISODES: Final = 2
"""Episodes that one request for the feed may make; the next one makes more."""


def routes(services: Callable[[], Services], clock: Callable[[], float]) -> list[BaseRoute]:
    """All of them; they stand before the pages' own `/wire/{id}/{name}`."""
    counted = Limit(clock, each=EACH, every=ALL, window=WINDOW, refusal=_REFUSAL)

    def thread(form: AudioForm) -> Route:
        def answer(request: Request) -> Response:
            return _thread(services(), counted, request, form)

        return Route(f"/wire/{{id}}/{{slug}}.{form}", answer, methods=["GET"])

    def feed(request: Request) -> Response:
        s = services()
        episodes = _listening(s).episodes(EPISODES)
        body = podcast.rss(episodes, base_url(s.config, request), demo=s.demo)
        return Response(body, media_type="application/rss+xml; charset=utf-8")

    def episode(request: Request) -> Response:
        asked = request.path_params["day"]
        try:
            day = date.fromisoformat(asked)
        except ValueError:
            raise HTTPException(404, f"no day {asked[:40]!r}; write it as 2026-11-23") from None
        return _file(request, _listening(services()).episode(day), f"breachwire-{day}.mp3")

    return [
        thread("mp3"),
        thread("opus"),
        Route("/podcast.rss", feed, methods=["GET"]),
        Route("/podcast/{day}.mp3", episode, methods=["GET"]),
    ]


def _thread(s: Services, counted: Limit, request: Request, form: AudioForm) -> Response:
    listening = _listening(s)
    asked = request.path_params
    live = readable(s.store, asked["id"])
    right = thread_slug(live.headline)
    if asked["id"] != live.id or asked["slug"] != right:
        return moved(f"{thread_path(live.id, live.headline)}.{form}")
    recording = listening.kept(live.id, form)
    if recording is None:
        counted.take(request)
        recording = listening.record(live.id, form)
    return _file(request, recording, f"{right}.{form}")


def _listening(s: Services) -> Listening:
    """Raises HTTPException 404."""
    if s.listening is None:
        raise HTTPException(404, "this server has no audio: its setting `speech` is off")
    return s.listening


def _file(request: Request, recording: Recording, name: str) -> Response:
    """The file, a range of it, or 304."""
    tag = f'"{recording.digest}"'
    headers = {"ETag": tag, "Cache-Control": "no-cache", "Accept-Ranges": "bytes"}
    if tag in given(request.headers.get("if-none-match", "")):
        return Response(status_code=304, headers=headers)
    return FileResponse(
        recording.path,
        headers=headers,
        media_type=MEDIA_TYPES[recording.form],
        filename=name,
        content_disposition_type="inline",
    )
