"""Ids and times of STIX objects: what we call a thing → the same id for ever.

In: the service's configured address and our own ids, slugs and values. Out: ids of the form of
UUIDv4, made of a SHA-256: UUIDv5, which STIX keeps for observables, draws warnings. Two services
differ by the host of their address, so that their threads are never taken for one another.
"""

from __future__ import annotations

import hashlib
import uuid
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import urlsplit

import orjson

MEDIA_TYPE: Final = "application/stix+json;version=2.1"
EVER: Final = datetime(2000, 1, 1, tzinfo=UTC)
"""When what has no birth was "created": names across threads. STIX wants a time that never changes,
and the first report of a name may be found later than its second."""


class Ids:
    """Of one service."""

    def __init__(self, base_url: str = "") -> None:
        """`base_url`: as configured, not as asked by; empty: a service without an address."""
        self.host = urlsplit(base_url).hostname or ""

    def of(self, type_: str, *parts: Any) -> str:
        """`type--UUID`, by what makes the thing what it is."""
        return f"{type_}--{self.uuid(type_, *parts)}"

    def uuid(self, *parts: Any) -> str:
        """The UUID alone."""
        told = orjson.dumps([self.host, *parts], option=orjson.OPT_SORT_KEYS, default=str)
        return str(uuid.UUID(bytes=hashlib.sha256(told).digest()[:16], version=4))


def millisecond(at: datetime) -> datetime:
    """STIX times have three digits behind the second."""
    return at.astimezone(UTC).replace(microsecond=at.microsecond // 1000 * 1000)
