"""Loops: threads that go round until the end, whatever fails in one of their rounds.

In: what each is to do. Out: faults told in a line, and the work tried again; signs of life for
whoever asks how this process is; one end for all.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from datetime import datetime
from typing import Final

from api.services import Loop
from breachwire.errors import BreachwireError

RETRY: Final = 30.0
"""Seconds after an error of the store (disk full, locked) before a loop tries again."""
LIVES: Final = {"poll": 300.0, "derive": 900.0}
"""Seconds after which a loop that showed no sign of life is taken for dead. A round of polls takes
ten, a batch of articles some two minutes on a machine that has much else to do."""
CALLED: Final = {"poll": "polling", "derive": "threading"}
"""What people call them."""

log = logging.getLogger(__name__)
Say = Callable[[str], None]


class Loops:
    """One site's: begun one by one, ended together."""

    def __init__(self, say: Say, now: Callable[[], datetime]) -> None:
        self.say, self.now = say, now
        self.stop = threading.Event()
        """Set when all are to end."""
        self._beats: dict[str, float] = {}
        """When each loop last showed that it lives."""
        self._threads: list[threading.Thread] = []

    def spawn(self, name: str, target: Callable[[], None]) -> None:
        """Begin one."""
        thread = threading.Thread(target=target, name=name, daemon=True)
        self._threads.append(thread)
        thread.start()

    def guarded(self, work: Callable[[], object]) -> None:
        """A failing store or a fault in one batch stops nothing: said, and tried again later."""
        try:
            work()
        except Exception as error:
            log.debug("loop failed", exc_info=True)
            self.say(f"failed: {line(error)}; trying again in {RETRY:.0f} s")
            self.stop.wait(RETRY)

    def beat(self, name: str) -> None:
        """It lives."""
        self._beats[name] = time.monotonic()

    def signs(self, lacking: Callable[[str], str]) -> list[Loop]:
        """Of life, from each that ever gave one; `lacking`: what it can't begin without."""
        now = time.monotonic()
        return [
            Loop(CALLED[name], lacking(name), now - beat, LIVES[name])
            for name, beat in tuple(self._beats.items())
        ]

    def join(self, until: float) -> None:
        """Wait for those that end by then."""
        for thread in self._threads:
            thread.join(timeout=max(0.0, until - time.monotonic()))


def line(error: Exception) -> str:
    """Our own errors are lines for people; others need their type to mean anything."""
    if isinstance(error, BreachwireError):
        return str(error)
    return f"{type(error).__name__}: {' '.join(str(error).split())}"
