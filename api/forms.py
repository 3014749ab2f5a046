"""Forms that a browser sends: a request's body → its fields; where to go afterwards.

In: `application/x-www-form-urlencoded`, at most 64 kB; where a file may come with it
(`read_with_file`), `multipart/form-data` too. Out: `Form`, or HTTPException 400, 413, 415.
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import parse_qs, urlsplit

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import Message

from breachwire.errors import NotFoundError, UsageError

LARGEST: Final = 65_536
"""Bytes: a thread of some 5,000 ticked articles."""
WHY: Final = 500
"""Characters of a reason."""
_TYPE: Final = "application/x-www-form-urlencoded"
_MULTIPART: Final = "multipart/form-data"
_FIELDS: Final = 100
"""Fields of a form with a file."""
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


async def read(request: Request, most: int = LARGEST) -> Form:
    """Raises HTTPException 413 for more than `most` bytes, 415."""
    if _kind(request) not in ("", _TYPE):  # none: nothing was sent
        raise HTTPException(415, f"A form is sent as {_TYPE}.")
    body = b""
    async for piece in _limited(request, most).stream():
        body += piece
    text = body.decode("utf-8", "replace")
    try:
        return Form(parse_qs(text, keep_blank_values=True, max_num_fields=10_000))
    except ValueError:
        raise HTTPException(413, "A form has at most 10,000 fields.") from None


async def read_with_file(request: Request, most: int) -> tuple[Form, bytes]:
    """The form and the file that came with it, empty where none did; `most` bytes in all. Raises
    HTTPException 400 for a damaged body, 413, 415."""
    if _kind(request) != _MULTIPART:
        return await read(request, most), b""
    fields: dict[str, list[str]] = {}
    file = b""
    async with _limited(request, most).form(
        max_files=1, max_fields=_FIELDS, max_part_size=most
    ) as form:
        for name, value in form.multi_items():
            if isinstance(value, str):
                fields.setdefault(name, []).append(value)
            else:
                file = await value.read()
    return Form(fields), file


def _kind(request: Request) -> str:
    return request.headers.get("content-type", "").split(";")[0].strip().lower()


def _limited(request: Request, most: int) -> Request:
    """The same, until more than `most` bytes came; then HTTPException 413."""
    got = 0

    async def receive() -> Message:
        nonlocal got
        message = await request.receive()
        got += len(message.get("body", b""))
        if got > most:
            raise HTTPException(413, f"A form has at most {most} bytes.")
        return message

    return Request(request.scope, receive)


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
