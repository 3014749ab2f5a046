"""How many requests a second one worker answers: `python -m bench.load STORE` with Debian's `wrk`.

In: a store's file. Out: a JSON line for each: a thread page and a thread's JSON, whole and asked
for conditionally (ETag), and one search again and again: requests a second as wrk counts them, and
the CPU time that the server spent on one, which holds where other work shares the machine.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import httpx

from bench.search.served import Server, server
from breachwire.store import ThreadFilter, open_store

CONNECTIONS: Final = 8
SECONDS: Final = 5


def main() -> None:
    """Start the server, load each route."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("store", type=Path)
    options = parser.parse_args()
    if shutil.which("wrk") is None:
        raise SystemExit("wrk is not installed: apt-get install wrk")
    store = open_store(f"sqlite:///{options.store}")
    (thread,) = store.threads(ThreadFilter(), sort="articles", limit=1).threads
    store.close()
    print(json.dumps({"bench": "load", "one minute": round(os.getloadavg()[0], 2)}))
    with server(options.store) as running:
        page = running.client.get(f"{running.base}/wire/{thread.id}", follow_redirects=True)
        routes = {
            "thread page": urlsplit(str(page.url)).path,
            "thread JSON": f"/api/v1/threads/{thread.id}",
            "search again": "/api/v1/search?q=ransomware+hospital",
        }
        for name, path in routes.items():
            answer = running.client.get(running.base + path)
            answer.raise_for_status()
            _say(name, running, path, answer)
            _say(f"{name}, conditional", running, path, answer, answer.headers["ETag"])


def _say(
    name: str, running: Server, path: str, answer: httpx.Response, tag: str | None = None
) -> None:
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{SECONDS}s", "--latency"]
    command += ["-H", f"If-None-Match: {tag}"] if tag else []
    before = _cpu(running.pid)
    told = subprocess.run(
        [*command, running.base + path], capture_output=True, text=True, check=True
    ).stdout
    spent = _cpu(running.pid) - before
    number = int(_of(r"(\d+) requests in", told))
    print(json.dumps({
        "bench": name, "requests a second": float(_of(r"Requests/sec:\s+([\d.]+)", told)),
        "p99": _of(r"99%\s+(\S+)", told), "server CPU, us a request": round(1e6 * spent / number),
        "bytes": 0 if tag else len(answer.content), "failed": "Non-2xx" in told and not tag,
    }), flush=True)  # fmt: skip


def _of(pattern: str, told: str) -> str:
    found = re.search(pattern, told)
    if found is None:
        raise SystemExit(f"wrk said: {told}")
    return found[1]


def _cpu(pid: int) -> float:
    """Seconds of CPU time of a process."""
    fields = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main()
