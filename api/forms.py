"""Forms that a browser sends: a request's body → its fields; where to go afterwards.

In: `application/x-www-form-urlencoded`, at most 64 kB. Out: `Form`, or HTTPException 413, 415. A
parser of our own, one call of the standard library: files are never sent here.
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import parse_qs, urlsplit

from starlette.exceptions import HTTPException
from starlette.requests import Request

from breachwire.errors import NotFoundError, UsageError

LARGEST: Final = 65_536
"""Bytes: a thread of some 5,000 ticked articles."""
WHY: Final = 500
"""Characters of a reason."""
_TYPE: Final = "application/x-www-form-urlencoded"
_NUMBER: Final = re.compile(r"\d{1,18}")
_OURS: Final = re.compile(r"/edit(?:[/?][!-\[\]-~]*)?")
"""A path of the editors' pages: printable ASCII without a backslash."""


class Form:
    """The fields of a form, each with its values in order."""

    def __init__(self, fields: dict[str, list[str]]) -> None:
        self._fields = fields

    def get(self, name: str) -> str:
        """The first value, without blanks around it; empty where there is none."""
        return self._fields.get(name, [""])[0].strip()

    def all(self, name: str) -> list[str]:
        """Every value of a field that may stand more than once."""
        return self._fields.get(name, [])

    def numbers(self, name: str, noun: str) -> list[int]:
        """All values as ids. Raises NotFoundError."""
        return [number(text, noun) for text in self.all(name)]

    def why(self) -> str:
        """The reason, one line. Raises UsageError for a long one."""
        text = " ".join(self.get("why").split())
        if len(text) > WHY:
            raise UsageError(f"The reason is longer than {WHY} characters.")
        return text


async def read(request: Request) -> Form:
    """Raises HTTPException 413, 415."""
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if kind not in ("", _TYPE):  # none: nothing was sent
        raise HTTPException(415, f"A form is sent as {_TYPE}.")
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > LARGEST:
            raise HTTPException(413, f"A form has at most {LARGEST} bytes.")
    text = body.decode("utf-8", "replace")
    try:
        return Form(parse_qs(text, keep_blank_values=True, max_num_fields=10_000))
    except ValueError:
        raise HTTPException(413, "A form has at most 10,000 fields.") from None


def number(text: str, noun: str) -> int:
    """An id in digits. Raises NotFoundError."""
    if not (text.isascii() and _NUMBER.fullmatch(text.strip())):
        raise NotFoundError(noun, text[:60])
    return int(text)


def thread_named(text: str) -> str:
    """A thread's id from the id itself or from the address of its page, as people paste it."""
    path = urlsplit(text.strip()).path if "/" in text else text.strip()
    match = re.search(r"/(?:wire|edit/thread)/([^/.]+)", path)
    return match[1] if match else path


def ours(path: str, otherwise: str = "/edit") -> str:
    """`path` where it is one of the editors' pages: nobody is sent elsewhere by a link."""
    return path if _OURS.fullmatch(path) else otherwise
