"""Who alone may: a role that one process has, and another takes over when that one is gone.

In: a role of the store, what is to be done by who has it. Out: that, from when it is ours until it
is lost or all ends. The database drops the lock of a process that was killed at once, of a machine
that is gone within some 12 seconds; all others look every `TICK`.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import Final

from breachwire.errors import StoreBusyError, StoreError
from breachwire.store import Store
from breachwire.store.protocol import RoleName

TICK: Final = 2.0
"""Seconds between two looks at whether a role is free, or ours still."""

log = logging.getLogger(__name__)


class Hold:
    """A role that this process has, until it is lost; any thread may ask."""

    def __init__(self, store: Store, role: RoleName, stop: threading.Event) -> None:
        self._store, self._role, self._stop = store, role, stop
        self._guard = threading.Lock()
        self._lost = False
        self._looked = time.monotonic()

    def over(self, *, within: float = TICK) -> bool:
        """Whether to end: because all does, or because the role was lost, which is looked at where
        the last look is not within so many seconds."""
        if self._stop.is_set() or self._lost:
            return True
        with self._guard:
            if time.monotonic() - self._looked >= within:
                self._lost = self._lost or not self._has()
                self._looked = time.monotonic()
        return self._lost

    def _has(self) -> bool:
        try:
            return self._store.holds(self._role)
        except StoreError:
            log.debug("is it ours?", exc_info=True)
            return False


def lead(
    store: Store,
    role: RoleName,
    work: Callable[[Hold], None],
    stop: threading.Event,
    say: Callable[[str], None],
) -> None:
    """Whenever the role is to be had, `work` until its hold is over; return when `stop` is set."""
    told = ""
    while not stop.is_set():
        try:
            with store.role(role):
                told = f"this process is the {role}"
                say(told)
                hold = Hold(store, role, stop)
                work(hold)
                if not stop.is_set():
                    say(f"this process is no longer the {role}")
        except StoreError as error:
            waits = f"waiting to take over as {role}"
            line = waits if isinstance(error, StoreBusyError) else f"{error}; {waits}"
            if line != told:
                say(line)
            told = line
        stop.wait(TICK)
