"""A real server on a store: `breachwire serve` in a process of its own, one worker.

In: a store's file. Out: `Server`: what to ask it, how long it took to be ready, its memory.
"""

from __future__ import annotations

import random
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx

from bench.search.queries import Asked

PATIENCE: Final = 600.0
"""Seconds until it has to be ready."""


@dataclass
class Server:
    """A running one."""

    base: str
    pid: int
    client: httpx.Client
    ready: float
    """Seconds from the start to the first answer of a search by words."""
    semantic: float = 0.0
    """… and by meaning."""

    @property
    def resident(self) -> int:
        """Megabytes."""
        return resident(self.pid)

    def ask(self, asked: Asked, cursor: str | None) -> str | None:
        """The next page's cursor. Raises httpx.HTTPError where an answer is not 200. An unknown
        parameter keeps answers that the server has kept out of the figure."""
        values = {"q": asked.q, **asked.filters, "n": str(random.random())}
        if cursor:
            values["cursor"] = cursor
        answer = self.client.get(f"{self.base}/api/v1/search", params=values)
        answer.raise_for_status()
        after: str | None = answer.json()["next"]
        return after


@contextmanager
def server(path: Path) -> Iterator[Server]:
    """Start it, wait until it searches by meaning, end it."""
    port = _free()
    began = time.perf_counter()
    command = [sys.executable, "-c", "from breachwire.cli import main; main()", "serve"]
    process = subprocess.Popen(
        [*command, "--db", f"sqlite:///{path}", "--port", str(port)],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    base = f"http://127.0.0.1:{port}"
    try:
        with httpx.Client(timeout=30.0) as client:
            found = Server(base, process.pid, client, 0.0)
            found.ready = _until(client, base, "text", began)
            found.semantic = _until(client, base, "semantic", began)
            time.sleep(10.0)  # the index of vectors is read
            yield found
    finally:
        process.terminate()
        process.wait(30)


def _until(client: httpx.Client, base: str, mode: str, began: float) -> float:
    """Seconds until a search has this mode. Raises TimeoutError."""
    while time.perf_counter() - began < PATIENCE:
        try:
            values = {"q": "ransomware hospital", "n": str(random.random())}
            if mode in client.get(f"{base}/api/v1/search", params=values).json()["modes"]:
                return round(time.perf_counter() - began, 2)
        except httpx.HTTPError:
            pass
        time.sleep(0.05)
    raise TimeoutError(f"no {mode} after {PATIENCE:.0f} s")


def resident(pid: int) -> int:
    """Megabytes of memory of a process."""
    for line in Path(f"/proc/{pid}/status").read_text("utf-8").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) // 1024
    return 0


def read_from_disk(pid: int) -> int:
    """Megabytes that a process had to wait for the disk for, so far."""
    for line in Path(f"/proc/{pid}/io").read_text("utf-8").splitlines():
        if line.startswith("read_bytes:"):
            return int(line.split()[1]) // 1_000_000
    return 0


def _free() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
