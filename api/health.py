"""How the service is: whether the process answers, whether it can do its work, its counters.

In: `Services` for each request. Out: /healthz, /readyz and /metrics, and their shapes for OpenAPI.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from fastapi import APIRouter
from starlette.responses import PlainTextResponse, Response

from api import metrics
from api.routes import DOWN, json_response
from api.services import Loop, Services
from api.shape import Shape
from api.shape import described as _f
from breachwire.errors import BreachwireError


class Health(Shape):
    """The process answers."""

    status: Literal["ok"] = _f("Always ok.", "ok")


class Ready(Shape):
    """Whether the service can do its work."""

    ready: bool = _f("The store answers, and what this process does beside serving lives.", True)
    store: Literal["ok", "failed"] = _f("Whether the store answers.", "ok")
    loops: dict[str, str] = _f(
        "What this process does beside serving, by name: `at work`, `waits`, or `stalled` where it"
        " ended or hangs. Empty for `serve`.",
        {"polling": "at work", "threading": "at work"},
    )
    semantic_search: bool = _f("Whether the embedding model is loaded.", True)
    articles: int | None = _f("Articles stored.", 770)
    threads: int | None = _f("Threads.", 412)
    waiting: int | None = _f("Articles not threaded yet.", 0)
    briefs_behind: int | None = _f("Threads whose brief is behind.", 0)


def router(services: Callable[[], Services]) -> APIRouter:
    """/healthz: the process answers. /readyz: the store does, what else it does lives, and how
    search is."""
    api = APIRouter(tags=["health"])

    @api.get("/healthz", response_model=Health, summary="The process answers")
    def healthz() -> Response:
        return json_response({"status": "ok"})

    @api.get(
        "/readyz",
        response_model=Ready,
        responses={503: {"model": Ready, "description": "Not ready, and why"}},
        summary="The store answers, polling and threading live; whether semantic search is loaded",
    )
    def readyz() -> Response:
        s = services()
        semantic = s.embedder() is not None
        store: Literal["ok", "failed"] = "ok"
        try:
            counts = s.store.counts()
        except BreachwireError:
            store, counts = "failed", None
        loops = {loop.name: _how(loop) for loop in s.loops()}
        ready = counts is not None and "stalled" not in loops.values()
        answer = {
            "ready": ready,
            "store": store,
            "loops": loops,
            "semantic_search": semantic,
            "articles": counts.articles if counts else None,
            "threads": counts.threads if counts else None,
            "waiting": counts.unplaced if counts else None,
            "briefs_behind": counts.stale if counts else None,
        }
        return json_response(answer, 200 if ready else 503)

    @api.get(
        "/metrics",
        response_class=PlainTextResponse,
        responses=DOWN,
        summary="Counters, as Prometheus reads them",
    )
    def numbers() -> Response:
        return Response(metrics.exposition(services().store), media_type=metrics.MEDIA_TYPE)

    return api


def _how(loop: Loop) -> str:
    if loop.stalled:
        return "stalled"
    return "waits" if loop.waits_for else "at work"
