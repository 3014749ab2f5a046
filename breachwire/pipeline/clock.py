"""The wall clock beside the time that passed: by how much somebody has set it.

In: both clocks. Out: a step, once. What is planned by the wall clock is moved by it, so that
intervals hold: a clock set back by a day holds nothing up for a day, one set forward asks nobody
before their time.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

LEAST: Final = timedelta(seconds=60)
"""What is less is drift, and of no matter to intervals of minutes."""


def passed() -> float:
    """Seconds that passed since some moment, those asleep too, whatever the wall clock says."""
    asleep_too = getattr(time, "CLOCK_BOOTTIME", None)  # Linux
    return time.monotonic() if asleep_too is None else time.clock_gettime(asleep_too)


class Steps:
    """Of one wall clock."""

    def __init__(self, now: Callable[[], datetime], passed: Callable[[], float] = passed) -> None:
        self._now, self._passed = now, passed
        self._start = self._zero()

    def __call__(self) -> timedelta:
        """By how much the clock was set since it was last asked; zero: it was not."""
        step = self._zero() - self._start
        if abs(step) < LEAST:
            return timedelta(0)
        self._start += step
        return step

    def _zero(self) -> datetime:
        """What the wall clock would have said when nothing had passed."""
        return self._now() - timedelta(seconds=self._passed())
