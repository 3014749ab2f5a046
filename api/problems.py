"""Errors as RFC 9457 problem documents: exceptions → `application/problem+json`, a line each.

In: the project's errors, the framework's, any other. Out: a response whose `detail` a person can
act on; never a traceback. Pages get the same status and line as HTML (`pages.error`). `Problem` is
their shape, for OpenAPI.
"""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import Any

import orjson
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.responses import Response

from api.shape import described as _f
from breachwire.errors import (
    BlockedAddressError,
    BreachwireError,
    ConflictError,
    FetchError,
    GoneError,
    NotFoundError,
    ParseError,
    SpeechError,
    StoreError,
    TooLargeError,
    UsageError,
)

log = logging.getLogger(__name__)
MEDIA_TYPE = "application/problem+json"


class Problem(BaseModel):
    """RFC 9457 problem document."""

    type: str = _f("Kind of problem; about:blank: the status says it.", "about:blank")
    title: str = _f("The status's phrase.", "Bad Request")
    status: int = _f("HTTP status.", 400)
    detail: str = _f("One line: what was wrong and what to do.", "limit: Input should be …")
    instance: str = _f("Path that was asked for.", "/api/v1/threads")


def status_and_detail(error: Exception) -> tuple[int, str]:
    """The HTTP status of an error and one line on it."""
    if isinstance(error, RequestValidationError):
        return 400, _validation_line(error)
    if isinstance(error, HTTPException):
        return error.status_code, str(error.detail)
    if isinstance(error, BreachwireError):
        return _status(error), " ".join(str(error).split())
    log.error("unexpected error", exc_info=error)
    return 500, "an unexpected error; it is in the server's log"


def _status(error: BreachwireError) -> int:
    if isinstance(error, GoneError):
        return 410
    if isinstance(error, NotFoundError):
        return 404
    if isinstance(error, ConflictError):
        return 409
    if isinstance(error, TooLargeError):
        return 413
    if isinstance(error, UsageError | BlockedAddressError):
        return 400
    if isinstance(error, FetchError):
        return 400 if error.kind == "bad_url" else 502
    if isinstance(error, ParseError):
        return 502
    return 503 if isinstance(error, StoreError | SpeechError) else 500


def _validation_line(error: RequestValidationError) -> str:
    first: dict[str, Any] = error.errors()[0]
    where = [str(part) for part in first["loc"] if part not in ("query", "path", "body")]
    message = " ".join(str(first["msg"]).removeprefix("Value error, ").split())
    return f"{'.'.join(where)}: {message}" if where else message


def document(status: int, detail: str, instance: str) -> dict[str, Any]:
    """The members of RFC 9457; `type` is about:blank, so `title` is the status's own phrase."""
    return {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "instance": instance,
    }


def response(status: int, detail: str, instance: str) -> Response:
    """A problem document."""
    headers = {"Retry-After": "5"} if status == HTTPStatus.SERVICE_UNAVAILABLE else None
    # A path may hold lone surrogates, which are no JSON text.
    clean = instance.encode("utf-8", "replace").decode()
    body = orjson.dumps(document(status, detail.encode("utf-8", "replace").decode(), clean))
    return Response(body, status, headers, MEDIA_TYPE)
