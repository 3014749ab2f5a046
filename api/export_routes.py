"""Exports over HTTP: a thread as STIX; a selection as STIX, CSV, JSON Lines or Parquet.

In: `Services` for each request. Out: a router under /api/v1. A selection is the wire's filters; an
answer has so many threads at most, and the next ones stand in its `Link` header. Selections are
counted by who asks; answers that are kept cost nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import Response

from api import table_formats, tables
from api.limits import Limit
from api.links import base_url, moved
from api.routes import BAD, DOWN, MANY, MISSING, Cursor, Filters
from api.services import Services
from api.stix.ids import MEDIA_TYPE
from api.threads import readable
from breachwire.store import ThreadPage

EACH: Final = 60
"""Selections for one caller within WINDOW: a page of a thousand threads takes seconds of a core."""
ALL: Final = 300
WINDOW: Final = 600.0
_REFUSAL: Final = "Many exports were made for you just now; again in {wait}."
_MOST: Final = 1_000
_MOST_STIX: Final = 100
_TAG: Final[list[str | Enum]] = ["exports"]
_NEXT: Final = {"Link": {"description": "The next page, rel=next.", "schema": {"type": "string"}}}


def router(services: Callable[[], Services], clock: Callable[[], float]) -> APIRouter:
    """All of them."""
    api = APIRouter(prefix="/api/v1")
    counted = Limit(clock, each=EACH, every=ALL, window=WINDOW, refusal=_REFUSAL)
    _add_stix(api, services, counted)
    _add_tables(api, services, counted)
    return api


def stix_of(s: Services, request: Request, id_: str) -> Response:
    """A live thread's bundle."""
    from api.stix.bundle import bundle

    pages = base_url(s.config, request)
    thread = s.store.thread(id_)
    body = bundle(s.store, thread, base_url=s.config.base_url, pages=pages, demo=s.demo)
    return Response(body, media_type=MEDIA_TYPE)


def _add_stix(api: APIRouter, services: Callable[[], Services], counted: Limit) -> None:
    @api.get(
        "/threads/{id}/stix",
        response_class=Response,
        responses=MISSING | DOWN | _answers(MEDIA_TYPE)
        | {301: {"description": "Merged: where it is now"}},
        tags=_TAG,
        summary="A thread as a STIX 2.1 bundle",
    )  # fmt: skip
    def get_thread(
        request: Request, id: Annotated[str, Path(description="The thread's id.")]
    ) -> Response:
        s = services()
        if (live := readable(s.store, id)).id != id:
            return moved(f"/api/v1/threads/{live.id}/stix")
        return stix_of(s, request, id)

    @api.get(
        "/exports/stix",
        response_class=Response,
        responses=BAD | MANY | DOWN | _answers(MEDIA_TYPE),
        tags=_TAG,
        summary="A selection of threads as one STIX 2.1 bundle",
    )
    def get_selection(
        request: Request,
        where: Filters,
        limit: Annotated[int, Query(ge=1, le=_MOST_STIX, description="Threads at most.")] = 20,
        cursor: Cursor = None,
    ) -> Response:
        from api.stix.bundle import of_threads

        s = services()
        counted.take(request)
        page = s.store.threads(where, limit=limit, cursor=cursor)
        pages = base_url(s.config, request)
        name = request.url.query or "all"
        body = of_threads(
            s.store, page.threads, name, base_url=s.config.base_url, pages=pages, demo=s.demo
        )
        return Response(body, headers=_next(request, page), media_type=MEDIA_TYPE)


def _add_tables(api: APIRouter, services: Callable[[], Services], counted: Limit) -> None:
    @api.get(
        "/exports/{what}.{form}",
        response_class=Response,
        responses=BAD | MANY | DOWN | _answers(*table_formats.MEDIA_TYPES.values(), of="A table"),
        tags=_TAG,
        summary="A selection's threads, claims, entities or timelines as a table",
    )
    def get_table(
        request: Request,
        what: Annotated[tables.What, Path(description="What a row is.")],
        form: Annotated[table_formats.Form, Path(description="How it is written.")],
        where: Filters,
        limit: Annotated[int, Query(ge=1, le=_MOST, description="Threads at most.")] = 200,
        cursor: Cursor = None,
    ) -> Response:
        s = services()
        counted.take(request)
        page = s.store.threads(where, limit=limit, cursor=cursor)
        rows = tables.rows(s.store, what, page.threads, base_url(s.config, request))
        body = b"".join(table_formats.written(form, rows, tables.TABLES[what].columns))
        headers = {
            **_next(request, page),
            "Content-Disposition": f'attachment; filename="breachwire-{what}.{form}"',
        }
        return Response(body, headers=headers, media_type=table_formats.MEDIA_TYPES[form])


def _next(request: Request, page: ThreadPage) -> dict[str, str]:
    """RFC 8288: the same selection, from where this page ends."""
    if page.next is None:
        return {}
    asked = request.url.include_query_params(cursor=page.next)
    return {"Link": f'<{asked.path}?{asked.query}>; rel="next"'}


def _answers(*media_types: str, of: str = "A bundle") -> dict[int | str, dict[str, Any]]:
    return {
        200: {
            "description": of,
            "content": {name: {"schema": _schema(name)} for name in map(_bare, media_types)},
            "headers": _NEXT,
        }
    }


def _bare(media_type: str) -> str:
    """Without its parameters, as OpenAPI calls it."""
    return media_type.partition(";")[0]


def _schema(media_type: str) -> dict[str, Any]:
    if not media_type.endswith("json"):
        return {"type": "string"}
    return {
        "type": "object",
        "required": ["type", "id", "objects"],
        "properties": {
            "type": {"type": "string", "const": "bundle", "description": "What STIX calls it."},
            "id": {"type": "string", "description": "The bundle's own id."},
            "objects": {
                "type": "array",
                "items": {"type": "object"},
                "description": "As the OASIS standard STIX 2.1 has them.",
            },
        },
    }
