"""Watches in the API: POST makes one and tells its token once; GET, PUT, DELETE with that token.

In: services, the keeper. Out: routes under /api/v1/watches. The token is the whole authority: there
is no account, and no route that lists watches.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Final

from fastapi import APIRouter, Body, Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from starlette.exceptions import HTTPException
from starlette.responses import Response

from api.links import base_url
from api.problems import Problem
from api.routes import BAD, DOWN, MISSING, json_response
from api.services import Services
from api.watch import shapes
from api.watch.keeping import Keeper, Wanted, document, refusals, wanted
from api.watch.matching import matched
from api.watch.names import Names, gathered
from breachwire.model import Watch

_BEARER: Final = HTTPBearer(
    auto_error=False,
    scheme_name="WatchToken",
    description="The token that POST /api/v1/watches gave, or that a watch's address ends in.",
)
Bearer = Annotated[HTTPAuthorizationCredentials | None, Depends(_BEARER)]
PROBLEM: dict[str, Any] = {
    "model": Problem,
    "content": {"application/problem+json": {}},
}
WHO: dict[int | str, dict[str, Any]] = {401: {**PROBLEM, "description": "No token"}}
FULL: dict[int | str, dict[str, Any]] = {
    409: {**PROBLEM, "description": "No room for one more"},
}
MANY: dict[int | str, dict[str, Any]] = {
    429: {**PROBLEM, "description": "Too many from one address; Retry-After says how long"}
}
Asked = Annotated[
    shapes.WatchAsked,
    Body(
        openapi_examples={
            "list": {"summary": "My suppliers", "value": shapes.SUPPLIERS},
            "search": {"summary": "A saved search", "value": shapes.SEARCH},
        }
    ),
]


def router(services: Callable[[], Services], keeper: Keeper) -> APIRouter:
    """All of them."""
    api = APIRouter(prefix="/api/v1/watches", tags=["watches"])

    def told(request: Request, watch: Watch, secret: str) -> dict[str, Any]:
        s = services()
        found = matched(s, watch, keeper.now())
        return document(s, watch, found, base_url(s.config, request), secret)

    @api.post(
        "",
        status_code=201,
        response_model=shapes.WatchMade,
        responses=BAD | FULL | MANY | DOWN,
        summary="Watch names or a search; the token is told this once",
    )
    def post_watch(request: Request, asked: Asked) -> Response:
        to_watch, names = _asked(asked)
        watch, secret = keeper.make(request, to_watch)
        answer = told(request, watch, secret) | _left_out(names) | {"token": secret}
        return json_response(answer, 201)

    @api.get(
        "",
        response_model=shapes.WatchAnswer,
        responses=WHO | MISSING | DOWN,
        summary="What a token watches, and what that means now",
    )
    def get_watch(request: Request, bearer: Bearer) -> Response:
        secret = secret_of(bearer)
        return json_response(told(request, keeper.find(secret), secret))

    @api.put(
        "",
        response_model=shapes.WatchSaved,
        responses=BAD | WHO | MISSING | FULL | DOWN,
        summary="Watch something else under the same token",
    )
    def put_watch(request: Request, asked: Asked, bearer: Bearer) -> Response:
        secret = secret_of(bearer)
        watch = keeper.find(secret)
        to_watch, names = _asked(asked)
        keeper.change(watch, to_watch)
        return json_response(told(request, keeper.find(secret), secret) | _left_out(names))

    @api.delete(
        "",
        status_code=204,
        response_class=Response,
        responses=WHO | MISSING | DOWN,
        summary="Erase a watch, for good",
    )
    def delete_watch(bearer: Bearer) -> Response:
        keeper.erase(keeper.find(secret_of(bearer)))
        return Response(status_code=204)

    return api


def secret_of(bearer: HTTPAuthorizationCredentials | None) -> str:
    """Raises HTTPException 401."""
    if bearer is None or not bearer.credentials:
        challenge = {"WWW-Authenticate": 'Bearer realm="Breachwire watches"'}
        raise HTTPException(401, "Send the watch's token as Authorization: Bearer.", challenge)
    return bearer.credentials


def _asked(asked: shapes.WatchAsked) -> tuple[Wanted, Names]:
    """Raises UsageError."""
    names = gathered((n, one.name, one.kind) for n, one in enumerate(asked.entries, 1))
    return wanted(asked.label, asked.query, names), names


def _left_out(names: Names) -> dict[str, Any]:
    return {"refused": refusals(names), "repeated": names.repeated}
