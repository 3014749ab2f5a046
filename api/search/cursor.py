"""The cursor of a search: which threads were shown → opaque text of bounded length, and back.

In: thread ids. Out: text. Scores change while articles come in, so a place in the order is no place
to go on from; what was shown is: the next page is the best of the rest, which repeats nothing and
skips nothing. Five bytes a thread, at most 400 threads: 2.7 kB.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable
from hashlib import blake2s
from typing import Final

from breachwire.errors import UsageError

DEEPEST: Final = 400
"""Threads that can be paged through: the lists give little more."""
_BYTES: Final = 5
_MARK: Final = 4


def encode(asked: str, shown: Iterable[bytes]) -> str:
    """`asked`: what the search was for; `shown`: the marks of what was."""
    data = _digest(asked, _MARK) + b"".join(sorted(shown))
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def decode(asked: str, cursor: str | None) -> frozenset[bytes]:
    """The marks of what was shown. Raises UsageError for a cursor of anything else."""
    if not cursor:
        return frozenset()
    try:
        data = base64.b64decode(cursor + "=" * (-len(cursor) % 4), b"-_", validate=True)
    except (binascii.Error, ValueError):
        data = b""
    marks = data[_MARK:]
    if data[:_MARK] != _digest(asked, _MARK) or len(marks) % _BYTES:
        raise UsageError("cursor: not one that this search gave; leave it out to start anew")
    return frozenset(marks[i : i + _BYTES] for i in range(0, len(marks), _BYTES))


def mark(thread: str) -> bytes:
    """What a thread is remembered by."""
    return _digest(thread, _BYTES)


def _digest(text: str, size: int) -> bytes:
    return blake2s(text.encode("utf-8", "replace"), digest_size=size).digest()
