"""Whether a store is open anywhere: a lock beside it, shared by all that have it open.

In: a store's path. Out: `Use`, held while a store is open, and `alone`, held while its file is put
in another's place. The system drops a killed holder's lock.
"""

from __future__ import annotations

import fcntl
import os
import time
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from breachwire.errors import StoreBusyError, StoreError

PATIENCE: Final = 5.0
"""Seconds that whoever opens a store waits for one who holds it alone."""


class Use:
    """One opened store; at its end, or when nobody has it any more, the lock goes."""

    def __init__(self, path: Path) -> None:
        """Waits while the file is being replaced: some milliseconds. Raises StoreBusyError where it
        is held for longer: it is being moved (`breachwire migrate`)."""
        try:
            number = os.open(_lock_file(path), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError:
            return  # a folder that can't be written: nobody replaces anything there either
        self._close = weakref.finalize(self, os.close, number)
        end = time.monotonic() + PATIENCE
        while not _shared(number):
            if time.monotonic() > end:
                raise StoreBusyError(f"{path} is being moved or restored; try again when it is")
            time.sleep(0.02)

    def end(self) -> None:
        """The store is closed."""
        if close := getattr(self, "_close", None):
            close()


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Nobody has the store open, nor can open it, while inside. Raises StoreBusyError."""
    lock = _lock_file(path)
    try:
        file = lock.open("ab")
    except OSError as error:
        raise StoreError(f"{lock}: {error.strerror}") from error
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StoreBusyError(
                f"{path} is in use; stop what polls, serves or works on it, then try again"
            ) from None
        yield


def _shared(number: int) -> bool:
    try:
        fcntl.flock(number, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _lock_file(path: Path) -> Path:
    return path.with_name(f"{path.name}.open.lock")
