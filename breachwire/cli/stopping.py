"""Ctrl-C and SIGTERM → an orderly end.

What runs until it is stopped (`up`, `demo`, `serve`, `--watch`) ends with exit code 0; work that is
stopped before it is done (`fetch`, `work`) keeps what it stored and ends with 130. A second signal
ends the process on the spot; the store is made for that.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Final

STOPPING: Final = (signal.SIGINT, signal.SIGTERM)
INTERRUPTED: Final = 130


class Stop:
    """Whether the end was asked for, and what to call then.

    The handler only notes and calls: an exception raised from a handler is lost where it meets a
    callback of the import system or of a destructor.
    """

    def __init__(self) -> None:
        self.asked = False
        self._calls: list[Callable[[], object]] = []

    def call(self, what: Callable[[], object]) -> None:
        """Call it when the end is asked for; now, where it was already."""
        self._calls.append(what)
        if self.asked:
            what()

    def ask(self) -> None:
        """Ask for the end."""
        self.asked = True
        for what in self._calls:
            what()


@contextmanager
def stoppable() -> Iterator[Stop]:
    """Inside, Ctrl-C and SIGTERM ask for the end."""
    stop = Stop()

    def handle(_: int, __: FrameType | None) -> None:
        if stop.asked:
            os._exit(INTERRUPTED)
        stop.ask()

    before = {number: signal.signal(number, handle) for number in STOPPING}
    try:
        yield stop
    finally:
        for number, former in before.items():
            signal.signal(number, former)


def leave() -> None:
    """End the process now, with 0: a thread in a name lookup or in the loading of a model can't be
    ended otherwise, and has nothing to lose."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)
