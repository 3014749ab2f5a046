"""What goes wrong, as exceptions: the service's problem documents (RFC 9457), or no answer.

In: an answer with a status of 400 or more. Out: a `ProblemError` with `status`, `title`, `detail`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any, Final

import httpx


class ClientError(Exception):
    """Base of all that this package raises."""


class NoAnswerError(ClientError):
    """The service could not be reached, or did not answer in time."""


class UnexpectedAnswerError(ClientError):
    """An answer that is not as the API's description says: another version of the service?"""


class ProblemError(ClientError):
    """The service says what is wrong. One of the classes below, by status."""

    def __init__(
        self,
        status: int,
        title: str,
        detail: str = "",
        *,
        type: str = "about:blank",
        instance: str = "",
        retry_after: float | None = None,
    ) -> None:
        super().__init__(f"{status} {title}" + (f": {detail}" if detail else ""))
        self.status = status
        self.title = title
        """The status's phrase."""
        self.detail = detail
        """One line: what was wrong and what to do; empty where a proxy answered."""
        self.type = type
        self.instance = instance
        """The path that was asked for."""
        self.retry_after = retry_after
        """Seconds after which it may be asked again, where the service says so."""


class WrongUseError(ProblemError):
    """400, 413: what was asked for can't be; `detail` names it."""


class NoTokenError(ProblemError):
    """401, 403: no token, or one that may not do this."""


class NotFoundError(ProblemError):
    """404: there is no such thing."""


class GoneError(ProblemError):
    """410: it was there, and is left out for good."""


class ConflictError(ProblemError):
    """409: something else stands in the way; no room for one more."""


class TooManyError(ProblemError):
    """429: too many requests, and `retry_after` is longer than the client waits."""


class UnavailableError(ProblemError):
    """502, 503, 504: the service, or what it asks, does not answer now."""


_BY_STATUS: Final[Mapping[int, type[ProblemError]]] = {
    400: WrongUseError,
    401: NoTokenError,
    403: NoTokenError,
    404: NotFoundError,
    409: ConflictError,
    410: GoneError,
    413: WrongUseError,
    429: TooManyError,
    502: UnavailableError,
    503: UnavailableError,
    504: UnavailableError,
}


def problem(response: httpx.Response, now: datetime | None = None) -> ProblemError:
    """The exception for an answer that was read; a proxy's page, which is no document, too."""
    said = _document(response)
    status = response.status_code
    kind = _BY_STATUS.get(status, ProblemError)
    return kind(
        status,
        str(said.get("title") or _phrase(status)),
        str(said.get("detail") or ""),
        type=str(said.get("type") or "about:blank"),
        instance=str(said.get("instance") or ""),
        retry_after=_seconds(response.headers.get("Retry-After", ""), now or datetime.now(UTC)),
    )


def _document(response: httpx.Response) -> Mapping[str, Any]:
    try:
        said = response.json()
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown status"


def _seconds(retry_after: str, now: datetime) -> float | None:
    """RFC 9110, 10.2.3: seconds, or a date."""
    if retry_after.isascii() and retry_after.isdigit():
        return float(retry_after)
    try:
        at = parsedate_to_datetime(retry_after)
    except ValueError:
        return None
    return max(0.0, (at.replace(tzinfo=at.tzinfo or UTC) - now).total_seconds())
