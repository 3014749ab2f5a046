"""What a reader watches: a saved search, or a list of names, known by a secret address alone.

In: nothing. Out: frozen dataclasses. Nothing here says whose a watch is: nobody asks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, get_args

WatchKind = Literal["any", "victim", "third_party", "actor", "sector", "cve"]
"""As what a name is watched for; any: as victim, supplier, actor or CVE, whichever it is."""
WATCH_KINDS: Final[tuple[WatchKind, ...]] = get_args(WatchKind)
NameKind = Literal["victim", "third_party", "actor", "sector", "cve"]
"""As what a thread's facts name somebody or something."""


@dataclass(frozen=True, slots=True)
class WatchEntry:
    """A line of a watch list."""

    name: str
    """As it was given."""
    kind: WatchKind = "any"


@dataclass(frozen=True, slots=True)
class Watch:
    """A saved search or a watch list."""

    label: str
    query: Mapping[str, str]
    """A saved search's parameters, as /search has them; empty: a watch list."""
    entries: tuple[WatchEntry, ...]
    """A watch list's, in the order given; none: a saved search."""
    created_at: datetime
    changed_at: datetime
    last_used_at: datetime | None = None
    """To the day: not every use is written down."""
    id: int = 0
    """0 until the store gives one."""


@dataclass(frozen=True, slots=True)
class WatchSummary:
    """A watch as the operator sees it: not what is watched, nor its address."""

    id: int
    search: bool
    """A saved search; else a watch list."""
    entries: int
    created_at: datetime
    last_used_at: datetime | None
