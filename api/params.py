"""What a caller asks for: query parameters → `ThreadFilter` and times.

In: texts of a query string. Out: values, or UsageError with a line that names the parameter.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final, cast, get_args

from breachwire.errors import UsageError
from breachwire.model import KINDS, SECTIONS, STATUSES, Kind
from breachwire.store import ThreadFilter, ThreadSort

NAMES: Final = (
    "source", "victim", "actor", "third_party", "sector", "attack_type", "data_type", "cve",
)  # fmt: skip
SORTS: Final[tuple[ThreadSort, ...]] = get_args(ThreadSort)
_AGO: Final = re.compile(r"(\d{1,4})\s*([hdw])", re.IGNORECASE)
_UNITS: Final = {"h": "hours", "d": "days", "w": "weeks"}
_LONGEST: Final = 200
"""Characters of a name that is looked for."""


def when(name: str, text: str | None, now: datetime) -> datetime | None:
    """An ISO date or time, or an age ("24h", "7d", "2w") → aware UTC. Raises UsageError."""
    if not text or not text.strip():
        return None
    if match := _AGO.fullmatch(text.strip()):
        return now - timedelta(**{_UNITS[match[2].lower()]: int(match[1])})
    try:
        # A "+" of an offset arrives as a blank where the caller did not escape it.
        found = datetime.fromisoformat(re.sub(r" (\d\d:?\d\d)$", r"+\1", text.strip()))
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise UsageError(
            f"{name}: {text[:60]!r} is no time; write 2026-11-23, 2026-11-23T08:00Z, 24h or 7d"
        ) from None


def thread_filter(given: Mapping[str, Any], now: datetime | None = None) -> ThreadFilter:
    """A filter from parameters as texts; empty ones ask for nothing. Raises UsageError."""
    now = now or datetime.now(UTC)
    kind = given.get("kind") or ()
    kinds = tuple(dict.fromkeys(k for k in ((kind,) if isinstance(kind, str) else kind) if k))
    names: dict[str, Any] = {name: _name(name, given.get(name)) for name in NAMES}
    return ThreadFilter(
        kinds=tuple(cast("Kind", _one_of("kind", kind, KINDS)) for kind in kinds),
        section=_one_of("section", given.get("section"), SECTIONS),
        since=when("since", given.get("since"), now),
        until=when("until", given.get("until"), now),
        status=_one_of("status", given.get("status"), STATUSES),
        **names,
    )


def _one_of(name: str, value: str | None, allowed: tuple[str, ...]) -> Any:
    if not value:
        return None
    for one in allowed:
        if value.casefold() == one.casefold():
            return one
    raise UsageError(f"{name}: {value[:60]!r} is none of {', '.join(allowed)}")


def _name(name: str, value: str | None) -> str | None:
    if value is None or not value.strip():
        return None
    if len(value) > _LONGEST:
        raise UsageError(f"{name}: longer than {_LONGEST} characters")
    return value.strip()
