"""A circuit breaker: failures of an endpoint → whether to ask it now.

In: what happened, the clock. Out: seconds to leave it alone. After a first failure of the endpoint
itself it is left alone for FIRST seconds, twice as long after each further one, as long as it asks
for where that is longer; one answer closes the circuit.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

FIRST: Final = 30.0
LONGEST: Final = 3600.0


class Breaker:
    """Of one endpoint."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._pause = FIRST
        self._until: datetime | None = None

    def left(self) -> float:
        """Seconds for which nothing may be asked; 0: ask."""
        if self._until is None:
            return 0.0
        return max(0.0, (self._until - self._now()).total_seconds())

    def failed(self, retry_after: float | None = None) -> float:
        """The endpoint failed; returns for how long it is left alone."""
        pause = max(self._pause, retry_after or 0.0)
        self._until = self._now() + timedelta(seconds=pause)
        self._pause = min(2 * self._pause, LONGEST)
        return pause

    def answered(self) -> None:
        """It works."""
        self._until, self._pause = None, FIRST
