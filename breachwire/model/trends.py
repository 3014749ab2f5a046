"""What was reported over a time: counts by day, by status, by name.

In: nothing. Out: frozen dataclasses. Counts are of what sources say, not of what happened.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from breachwire.model.words import Status


@dataclass(frozen=True, slots=True)
class Named:
    """A name, and in how many threads it is named."""

    slug: str
    name: str
    threads: int


@dataclass(frozen=True, slots=True)
class Trends:
    """The articles published in since <= time < until, and the threads with a report in it."""

    since: datetime
    until: datetime
    threads: dict[date, int]
    """New incident threads by the UTC day of their first report; days without any are left out."""
    claims: dict[date, dict[Status, int]]
    """Claims by the UTC day of their article's publication and status."""
    named: dict[str, tuple[Named, ...]]
    """By victim, third_party, actor, sector: most threads first."""
