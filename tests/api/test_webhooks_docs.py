"""docs/webhooks.md: its receiver runs as it is printed, and its example is what the schema says."""

from __future__ import annotations

import json
import os
import re
import select
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from ipaddress import ip_network
from pathlib import Path

import pytest

from api.webhooks import keeping, shapes
from breachwire import courier
from breachwire.errors import FetchError
from breachwire.net import Receivers

DOCS = (Path(__file__).resolve().parents[2] / "docs/webhooks.md").read_text("utf-8")
(PROGRAM,) = re.findall(r"```python\n(.*?)```", DOCS, re.DOTALL)
(EXAMPLE,) = re.findall(r"```json\n(.*?)```", DOCS, re.DOTALL)
SECRET = keeping.new_secret()


@pytest.fixture
def running() -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """The receiver in a process of its own, once it listens."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    env = {**os.environ, "PORT": str(port), "SECRET": SECRET}
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM], env=env, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    for _ in range(2000):
        with socket.socket() as probe:
            probe.settimeout(1)
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                break
            assert process.poll() is None
            select.select([], [], [], 0.02)
    yield f"http://127.0.0.1:{port}/", process
    process.kill()
    process.wait()
    assert process.stdout is not None
    process.stdout.close()


def test_the_receiver_runs_as_printed(running: tuple[str, subprocess.Popen[str]]) -> None:
    assert sum(bool(line.strip()) for line in PROGRAM.splitlines()) <= 15
    url, process = running
    now, told = datetime.now(UTC), EXAMPLE.encode()
    headers = keeping.signed([SECRET], "evt_1", now, told)
    with closing(Receivers("test", allow=(ip_network("127.0.0.0/8"),))) as way:
        for _ in range(2):  # the second is known by its id
            assert way.post(url, headers, told).status == 204
        with pytest.raises(FetchError):
            way.post(url, keeping.signed([keeping.new_secret()], "evt_2", now, told), told)
        keeping.check(way.post, url, [SECRET], now)
    process.kill()
    assert process.stdout is not None
    assert process.stdout.read().splitlines() == [
        "thread.changed Quarrybank confirms theft of 1.9 million customer records",
        "webhook.check ",
    ]


def test_the_example_is_what_the_schema_says() -> None:
    shapes.ThreadChanged.model_validate(json.loads(EXAMPLE))
    named = set(re.findall(r"^\| `([\w.]+)` \|", DOCS, re.MULTILINE))
    assert named == set(shapes.SENT)


def test_the_schedule_in_the_docs_is_the_codes() -> None:
    (line,) = re.findall(r"\*\*Retries\*\* after (.*?) hours", DOCS, re.DOTALL)
    seconds = [int(pause.total_seconds()) for pause in courier.RETRIES]
    assert " ".join(line.split()) == "5 s, 5 and 30 minutes, 2, 5, 10, 14, 20 and 24"
    assert seconds == [5, 300, 1800, *(h * 3600 for h in (2, 5, 10, 14, 20, 24))]
    assert f"**{courier.KEPT.days} days**" in DOCS
