"""The replay with a host for each outlet: what is fetched is spread as it is on the web.

    python -m bench.workers.wire REPLAY START END PORT HOURS_PER_SECOND LATENCY

In: the program `replay.py`, a span of time (ISO days), a port, its speed (0: all is out), seconds
before each answer. Out: its feeds and pages on `OUTLET.test`, any of which is this port; `hosts`
tells the names, `Served` is the process with its clock and feeds.
"""

from __future__ import annotations

import importlib.util
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any

ALIASES = 20
"""Hosts of one outlet at most, each with its feed: the same stories, so only the polls are more."""


def host(outlet: str, alias: int = 0) -> str:
    """The name of an outlet's host."""
    return f"{outlet}-{alias}.test" if alias else f"{outlet}.test"


def main(replay: str, start: str, end: str, port: str, rate: str, latency: str) -> None:
    """Serve until killed."""
    spec = importlib.util.spec_from_file_location("replay", replay)
    assert spec is not None
    assert spec.loader is not None
    program: Any = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(program)
    first, last = (datetime.fromisoformat(day).replace(tzinfo=UTC) for day in (start, end))
    archive = program.Archive(first, last, 1000, float(rate), f"http://127.0.0.1:{port}")
    for one in archive.pages.values():
        outlet = one["outlet"]
        one["link"] = f"http://{host(outlet)}/{outlet}/{one['id']}.html"

    class Slow(program.Handler):  # type: ignore[misc, name-defined]
        def do_GET(self) -> None:  # noqa: N802 (http.server calls it so)
            if "/clock" not in self.path:
                time.sleep(float(latency))
            super().do_GET()

    Slow.archive = archive
    server = ThreadingHTTPServer(("127.0.0.1", int(port)), Slow)
    server.daemon_threads = True
    server.serve_forever()


class Served:
    """The same as a process; for the length of a `with`."""

    def __init__(
        self, replay: Path, start: str, end: str, port: int, rate: float, latency: float
    ) -> None:
        self.base = f"http://127.0.0.1:{port}"
        self.port = port
        words = [str(replay), start, end, str(port), str(rate), str(latency)]
        self._process = subprocess.Popen([sys.executable, "-m", "bench.workers.wire", *words])

    def __enter__(self) -> Served:
        until = time.monotonic() + 120
        while True:
            try:
                self.get("/clock")
            except OSError:
                if self._process.poll() is not None or time.monotonic() > until:
                    sys.exit(f"the replay does not answer at {self.base}")
                time.sleep(0.2)
            else:
                return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()

    def get(self, path: str) -> str:
        """What an address answers."""
        with urllib.request.urlopen(self.base + path, timeout=60) as answer:
            return bytes(answer.read()).decode()

    def outlets(self) -> list[str]:
        """Their names in addresses."""
        parts = self.get("/feeds.opml").split(f'xmlUrl="{self.base}/')[1:]
        return [part.split("/feed", 1)[0] for part in parts]


def clock(base: str, rate: float, end: datetime) -> Callable[[], datetime]:
    """The replay's clock, asked once; it stands where the rate is 0."""
    with urllib.request.urlopen(f"{base}/clock", timeout=60) as answer:
        at = datetime.fromisoformat(answer.read().decode().strip())
    asked = time.monotonic()
    return lambda: min(end, at + timedelta(hours=rate * (time.monotonic() - asked)))


if __name__ == "__main__":
    main(*sys.argv[1:])
