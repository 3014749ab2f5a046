"""The API's part on briefs by version: which there are, what one said, how two differ.

In: a router and `Services` for each request. Out: routes under /api/v1/threads/{id}/briefs.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Path, Query, Request
from starlette.responses import Response

from api import versions
from api.links import base_url
from api.services import Services
from api.version_schema import BriefVersion, VersionDifference, VersionList
from breachwire.model.signoffs import canonical

_Id = Annotated[str, Path(description="The thread's id.", examples=["1k8p0"])]
_Version = Annotated[int, Path(ge=1, le=999_999_999, description="Counted from 1.", examples=[2])]


def add(
    api: APIRouter, services: Callable[[], Services], wrong: dict[int | str, dict[str, Any]]
) -> None:
    """Add the routes; `wrong`: what they answer where something is wrong."""

    def json(value: Any) -> Response:
        return Response(orjson.dumps(value), media_type="application/json")

    @api.get(
        "/threads/{id}/briefs",
        response_model=VersionList,
        responses=wrong,
        tags=["threads"],
        summary="The versions of a thread's brief, newest first",
    )
    def get_versions(
        request: Request,
        id: _Id,
        limit: Annotated[int, Query(ge=1, le=100, description="Versions at most.")] = 30,
        before: Annotated[
            int | None, Query(ge=1, le=999_999_999, description="`next` of the page before.")
        ] = None,
    ) -> Response:
        s = services()
        base = base_url(s.config, request)
        return json(versions.listed(s.store, id, before=before, limit=limit, base=base))

    @api.get(
        "/threads/{id}/briefs/{version}",
        response_model=BriefVersion,
        responses=wrong,
        tags=["threads"],
        summary="One version of a brief, and what superseded it",
    )
    def get_version(request: Request, id: _Id, version: _Version) -> Response:
        s = services()
        return json(versions.version(s.store, id, version, base=base_url(s.config, request)))

    @api.get(
        "/threads/{id}/briefs/{version}/bytes",
        response_class=Response,
        responses=wrong
        | {200: {"content": {"application/octet-stream": {}}, "description": "The bytes"}},
        tags=["threads"],
        summary="The canonical bytes of a version: what its SHA-256 and a sign-off are of",
    )
    def get_bytes(id: _Id, version: _Version) -> Response:
        held = services().store.brief(id, version)
        return Response(canonical(held), media_type="application/octet-stream")

    @api.get(
        "/threads/{id}/briefs/{version}/difference",
        response_model=VersionDifference,
        responses=wrong,
        tags=["threads"],
        summary="What a version added, removed and reworded since an older one",
    )
    def get_difference(
        request: Request,
        id: _Id,
        version: _Version,
        since: Annotated[
            int | None,
            Query(ge=1, le=999_999_999, description="The older version; default: the one before."),
        ] = None,
    ) -> Response:
        s = services()
        old = version - 1 if since is None else since
        base = base_url(s.config, request)
        return json(versions.difference(s.store, id, old, version, base=base))
