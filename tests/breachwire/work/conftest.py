"""A store on PostgreSQL, a few feeds on this machine, and workers as real processes."""

from __future__ import annotations

import os
import queue
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from breachwire.store import Store, open_store

CUT = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
)
"""Every session but this one ends, as when the server begins anew."""
LONG = 180.0
"""Seconds to wait for anything on a machine that has much else to do."""


@pytest.fixture
def url(address: str) -> str:
    """A new store's address."""
    return address


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    store = open_store(url)
    yield store
    assert store.check() == []
    store.close()


@pytest.fixture
def opened(url: str) -> Iterator[Callable[[], Store]]:
    """Open the store once more; all are closed at the end."""
    stores: list[Store] = []

    def again() -> Store:
        stores.append(open_store(url))
        return stores[-1]

    yield again
    for one in stores:
        one.close()


class Process:
    """One that works; its lines can be waited for."""

    def __init__(self, url: str, *args: str) -> None:
        code = "from breachwire.cli import main; main()"
        self.process = subprocess.Popen(
            [sys.executable, "-c", code, "work", "--allow-private", "127.0.0.0/8", *args],
            env={**os.environ, "BREACHWIRE_DB": url, "OMP_NUM_THREADS": "1"},
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        self.lines: list[str] = []
        self._new: queue.Queue[str | None] = queue.Queue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            self.lines.append(line.rstrip("\n"))
            self._new.put(line)
        self._new.put(None)

    def says(self, pattern: str) -> float:
        """Wait for a line; when it was there (monotonic seconds)."""
        seen, until = 0, time.monotonic() + LONG
        while time.monotonic() < until:
            if any(re.search(pattern, line) for line in self.lines[seen:]):
                return time.monotonic()
            seen = len(self.lines)
            try:
                if self._new.get(timeout=0.5) is None:
                    break
            except queue.Empty:
                continue
        raise AssertionError(f"no line {pattern!r} in:\n" + "\n".join(self.lines))

    def kill(self) -> None:
        """At once."""
        self.process.kill()
        self.process.wait()
        self._reader.join()
        assert self.process.stdout
        self.process.stdout.close()

    def stop(self) -> int:
        """As an operator does."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(LONG)


@contextmanager
def workers(url: str, *each: str) -> Iterator[list[Process]]:
    """One for each list of queues; none outlives this."""
    started = [Process(url, "--queues", queues) for queues in each]
    try:
        yield started
    finally:
        for one in started:
            one.kill()


def until(true: Callable[[], object], what: str) -> None:
    """Wait for it."""
    end = time.monotonic() + LONG
    while not true():
        assert time.monotonic() < end, f"not within {LONG:.0f} s: {what}"
        time.sleep(0.1)
