"""Work that waits for a worker, where many share it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Jobs:
    """Of one queue."""

    queue: str
    waiting: int
    doing: int
    failed: int
    """Tries that failed in the days for which that is kept; what is tried again waits besides."""
    oldest: float | None
    """Seconds for which the job that waits longest could have been done; None: none could."""
