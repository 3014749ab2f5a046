"""Killed at any moment, started again: nothing is twice, nothing is missing, the threads hold.

`fetch` is killed often (it needs no model), `work` a few times; `BREACHWIRE_KILLS=60 pytest
tests/breachwire/test_durability.py` kills more. The seed is printed by a failure's assertion.
"""

from __future__ import annotations

import itertools
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from breachwire.demo import site
from breachwire.testing import Request, ScriptedServer, Step
from tests import commands

COMMAND = (sys.executable, "-c", "from breachwire.cli import main; main()")
KILLS = int(os.environ.get("BREACHWIRE_KILLS", "6"))
"""Of `fetch`; a third as many of `work`."""
SEED = int(os.environ.get("BREACHWIRE_SEED", "7"))
ALLOW = ("--allow-private", "127.0.0.0/8")


class Wire:
    """One store and the commands on it."""

    def __init__(self, folder: Path, feeds: str) -> None:
        folder.mkdir()
        self.store = folder / "wire.sqlite3"
        self._feeds = feeds
        self._environ = {
            **os.environ,
            "XDG_DATA_HOME": str(folder / "data"),
            "XDG_CONFIG_HOME": str(folder / "config"),
            "BREACHWIRE_DB": str(self.store),
        }

    def run(self, *args: str) -> str:
        done = commands.run(*args, env=self._environ)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def fetch(self) -> str:
        return self.run("fetch", "--feeds", self._feeds, *ALLOW)

    def kill(self, args: tuple[str, ...], counted: str, wait: float) -> int:
        """Start a command, kill it `wait` seconds after it first wrote rows; how many there are."""
        before = self.count(counted)
        process = subprocess.Popen(
            [*COMMAND, *args],
            env=self._environ,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        until = time.monotonic() + 300
        while process.poll() is None and self.count(counted) == before:
            assert time.monotonic() < until
            time.sleep(0.005)
        time.sleep(wait)
        process.send_signal(signal.SIGKILL)
        process.wait()
        return self.count(counted)

    def kill_fetch(self, wait: float, counted: str = "article") -> int:
        return self.kill(("fetch", "--feeds", self._feeds, *ALLOW), counted, wait)

    def kill_work(self, wait: float) -> int:
        return self.kill(("work",), "membership", wait)

    def count(self, table: str) -> int:
        if not self.store.exists():
            return 0
        connection = sqlite3.connect(f"file:{self.store}?mode=ro", uri=True, timeout=30)
        try:
            return int(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])
        except sqlite3.OperationalError:
            return 0  # not made yet
        finally:
            connection.close()

    def articles(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.run("export", "articles").splitlines()]

    def threads(self) -> list[frozenset[str]]:
        exported = self.run("export", "threads").splitlines()
        return [frozenset(json.loads(line)["articles"]) for line in exported]


@pytest.fixture(scope="module")
def feeds() -> Iterator[str]:
    """The demonstration's outlets behind one address each path, a little slow; their list."""
    with ScriptedServer() as server:

        def respond(request: Request) -> Iterator[Step]:
            _, host, *rest = request.path.split("/", 2)
            path = "/" + "".join(rest)
            status, headers, body = site.respond(host, path, request.headers)
            for name in site.HOSTS:
                own = f"{server.url()}{name}".encode()
                body = body.replace(f"http://{name}".encode(), own)
            yield 0.01
            lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
            length = f"Content-Length: {len(body)}\r\n" if status != 304 else ""
            yield f"HTTP/1.1 {status} X\r\n{lines}{length}Connection: close\r\n\r\n".encode() + body

        class Everything(dict[str, Any]):
            def get(self, path: Any, default: Any = None) -> Any:
                return default if path == "/robots.txt" else respond

        server.scripts = Everything()
        yield f"{server.url()}{site.HOSTS[0]}{urlsplit(site.FEEDS_URL).path}"


def pairs(threads: list[frozenset[str]]) -> set[tuple[str, str]]:
    return {pair for one in threads for pair in itertools.combinations(sorted(one), 2)}


def f1(found: set[Any], right: set[Any]) -> float:
    return 2 * len(found & right) / (len(found) + len(right))


def test_killed_at_any_moment_nothing_is_twice_or_missing(tmp_path: Path, feeds: str) -> None:
    calm = Wire(tmp_path / "calm", feeds)
    assert "94 new articles" in calm.fetch()
    calm.run("work")

    killed = Wire(tmp_path / "killed", feeds)
    chance = random.Random(SEED)
    killed.kill_fetch(0.0, "feed")  # the store has just been made
    stood = [killed.kill_fetch(chance.uniform(0, 0.25)) for _ in range(KILLS)]
    assert any(0 < count < 94 for count in stood), f"seed {SEED}: {stood}: never caught under way"
    killed.fetch()
    placed = [killed.kill_work(chance.uniform(0, 1.5)) for _ in range(max(1, KILLS // 3))]
    killed.run("work")

    told = f"seed {SEED}: articles {stood}, placed {placed}"
    articles, right = killed.articles(), calm.articles()
    urls = [a["url"] for a in articles]
    assert len(set(urls)) == len(urls) == 94, told
    assert {a["url"]: (a["title"], a["text"]) for a in articles} == {
        a["url"]: (a["title"], a["text"]) for a in right
    }, told
    for table in ("article_revision", "entry", "membership", "embedding"):
        assert killed.count(table) == calm.count(table), (table, told)
    assert f1(pairs(killed.threads()), pairs(calm.threads())) >= 0.98, told
    assert "BAD" not in killed.run("doctor"), told
