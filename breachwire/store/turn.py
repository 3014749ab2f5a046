"""The turn: one at a time changes where articles stand, across threads and processes.

In: a store's path. Out: a context manager over two lock files beside it. Whoever waits holds the
place in front (`.next.lock`) until the turn (`.turn.lock`) is free, so that a threader that takes
the turn again and again can't starve an editor. The system drops a killed holder's locks.
"""

from __future__ import annotations

import fcntl
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, Final

from breachwire.errors import StoreBusyError, StoreError

PATIENCE: Final = 60.0
"""Seconds that anyone waits. The longest holder, a batch of 64 articles, is done in a few."""
PAUSE: Final = 0.005
"""Seconds between two looks: `flock` can't be told to give up after a while."""


class Turn:
    """The turn on one store; safe from any thread."""

    def __init__(self, path: Path, patience: float = PATIENCE) -> None:
        self._path = path
        self._patience = patience
        self._mine = threading.local()

    @contextmanager
    def held(self) -> Iterator[None]:
        """Raises StoreBusyError, StoreError. A thread that holds it may take it again."""
        depth: int = getattr(self._mine, "depth", 0)
        with ExitStack() as stack:
            if not depth:
                self._take(stack)
            self._mine.depth = depth + 1
            try:
                yield
            finally:
                self._mine.depth = depth

    def _take(self, stack: ExitStack) -> None:
        until = time.monotonic() + self._patience
        with self._open("next") as first:  # closing lets go
            self._wait(first, until)
            self._wait(stack.enter_context(self._open("turn")), until)

    def _open(self, name: str) -> IO[bytes]:
        path = self._path.with_name(f"{self._path.name}.{name}.lock")
        try:
            return path.open("ab")
        except OSError as error:
            raise StoreError(f"{path}: {error.strerror}") from error

    def _wait(self, file: IO[bytes], until: float) -> None:
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > until:
                    raise StoreBusyError(
                        f"threads of {self._path} have been changed by another for"
                        f" {self._patience:.0f} s; try again"
                    ) from None
                time.sleep(PAUSE)
            else:
                return
