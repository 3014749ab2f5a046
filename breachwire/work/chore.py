"""A chore: something that is done again and again, of which each time is a job."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

CARE: Final = "care"
"""The queue of what keeps the others in order; every worker has it."""
PAUSES: Final = (15, 60, 300, 900)
"""Seconds before the next try, longer each time."""


@dataclass(frozen=True, slots=True)
class Chore:
    """Something to be done, by name."""

    name: str
    queue: str
    run: Callable[..., object]
    """With the JSON values of a job by their names. It may come twice."""
    every: int = 0
    """Seconds between two times that it is done unasked; 0: only where somebody asks. Below 60 a
    divisor of 60, else whole minutes."""
    priority: int = 0
    alone: bool = False
    """Whether two of the same key are never run at once."""
    pauses: tuple[int, ...] = PAUSES
    """Seconds before each next try of one that failed."""

    def key(self, given: Mapping[str, Any]) -> str:
        """What tells jobs apart: of the same one, one waits at most."""
        return f"{self.name} {given['key']}" if "key" in given else self.name
