"""A whole answer's text, gzipped once for all who take it: headers, body → headers, body.

In: an answer's headers and bytes, the asker's `Accept-Encoding`. Out: the body to send; the headers
are changed in place. Starlette's own middleware would compress a kept answer anew for each reader,
leave a strong tag on other bytes, and compress what holds a secret (BREACH).
"""

from __future__ import annotations

import gzip
import re
from functools import lru_cache
from typing import Final

from starlette.datastructures import MutableHeaders

_TEXT: Final = re.compile(
    r"(?:text/(?!event-stream)[\w.+-]+|application/(?:[\w.+-]+\+)?(?:json|xml|javascript)"
    r"|image/svg\+xml)\s*(?:;|\Z)"
)
_LEAST: Final = 860
"""Bytes below which an answer fits one packet either way."""
_LEVEL: Final = 6
"""A thread's page of 145 kB: 12 kB in 3 ms; level 9 takes twice that for 2 % less."""
_LARGEST: Final = 200_000
"""Bytes of a body whose compressed form is kept."""
_GZIP: Final = re.compile(r"(?:^|,)\s*gzip\s*(?:;\s*q=([01](?:\.\d{0,3})?)\s*)?(?:,|$)", re.I)


def takes_gzip(accept_encoding: str) -> bool:
    """Whether a client reads gzip (RFC 9110, 12.5.3): named, and not with `q=0`."""
    found = _GZIP.search(accept_encoding)
    return found is not None and float(found[1] or 1) > 0


def compressible(headers: MutableHeaders, body: bytes) -> bool:
    """Text that is long enough and not encoded yet."""
    plain = "content-encoding" not in headers and "content-range" not in headers
    return (
        plain and len(body) >= _LEAST and _TEXT.match(headers.get("content-type", "")) is not None
    )


def compress(headers: MutableHeaders, body: bytes) -> bytes:
    """The body as gzip; a strong tag names other bytes, so that it turns weak."""
    small = _kept(body) if len(body) <= _LARGEST else gzip.compress(body, _LEVEL, mtime=0)
    headers["Content-Encoding"] = "gzip"
    headers["Content-Length"] = str(len(small))
    tag = headers.get("etag")
    if tag and not tag.startswith("W/"):
        headers["ETag"] = f"W/{tag}"
    return small


@lru_cache(maxsize=200)
def _kept(body: bytes) -> bytes:
    return gzip.compress(body, _LEVEL, mtime=0)
