"""Whether anybody wrote: a value read from the file, read again after the next commit alone.

In: a store's file. Out: the value, in some microseconds: SQLite's `data_version`, asked on a
connection that never writes, differs after every commit of any other one, in this process or not.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path


class Pulse:
    """One value of one file; safe from any thread."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self._known: tuple[int, str] | None = None

    def value(self, read: Callable[[], str]) -> str:
        """What `read` gave since the last commit. Raises sqlite3.Error, and what `read` raises."""
        with self._lock:
            version = self._version()
            if self._known is None or self._known[0] != version:
                # Read after the version: a commit between the two makes it read once more.
                self._known = version, read()
            return self._known[1]

    def close(self) -> None:
        """Let go of the file; it is opened again where it is asked for."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
            self._connection = self._known = None

    def _version(self) -> int:
        if self._connection is None:
            self._connection = sqlite3.connect(
                self._path, isolation_level=None, check_same_thread=False
            )
        return int(self._connection.execute("PRAGMA data_version").fetchone()[0])
