"""`feeds backfill` as a process: killed and started again, its lines and exit codes."""

from __future__ import annotations

import json
import os
import random
import signal
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from breachwire.store import open_store
from breachwire.testing import ScriptedServer, answer
from tests.commands import Command
from tests.databases import rows

SEED = int(os.environ.get("BREACHWIRE_SEED", "7"))
KILLS = int(os.environ.get("BREACHWIRE_KILLS", "4"))


class Wire:
    """One store and the command on it."""

    def __init__(self, folder: Path, address: str) -> None:
        self.address = address
        self._environ = {
            **os.environ,
            "XDG_DATA_HOME": str(folder / "data"),
            "XDG_CONFIG_HOME": str(folder / "config"),
            "BREACHWIRE_DB": address,
            "BREACHWIRE_BACKFILL_PAUSE": "0",
            "BREACHWIRE_ALLOW_PRIVATE": "127.0.0.1/32",
        }

    def start(self, *args: str) -> Command:
        return Command(("feeds", *args), self._environ)

    def backfill(self, *args: str) -> tuple[int, str, str]:
        process = self.start("backfill", *args)
        out, err = process.communicate(timeout=120)
        return process.returncode, out, without_progress(err)

    def count(self, table: str) -> int:
        return int(rows(self.address, f"SELECT count(*) FROM {table}")[0][0])

    def kill(self, url: str, table: str, rows: int, wait: float) -> None:
        """Start it and kill it `wait` seconds after so many more rows are there."""
        before = self.count(table)
        process = self.start("backfill", url)
        until = time.monotonic() + 60
        while process.poll() is None and self.count(table) < before + rows:
            assert time.monotonic() < until
            time.sleep(0.005)
        time.sleep(wait)
        process.send_signal(signal.SIGKILL)
        process.communicate()


def without_progress(err: str) -> str:
    """What is said on standard error but for progress, which a busy machine says where a quick one
    has nothing to say."""
    return "".join(line for line in err.splitlines(keepends=True) if line[:2] != "  ")


@pytest.fixture
def wire(tmp_path: Path, address: str) -> Wire:
    return Wire(tmp_path, address)


def test_killed_again_and_again_it_goes_on_and_asks_for_little_twice(
    past: Any, server: ScriptedServer, wire: Wire
) -> None:
    past.serve(past.archived(8, 4) | past.stories(range(1, 33)), slow=0.02)
    url, chance = server.url("/feed"), random.Random(SEED)
    wire.kill(url, "archive_page", 3, chance.uniform(0, 0.03))
    walked = wire.count("archive_page")
    for _ in range(KILLS):
        wire.kill(url, "article", 2, chance.uniform(0, 0.06))
    stood = wire.count("article")
    code, out, err = wire.backfill(url, "--json")
    assert code == 0, err
    told = json.loads(out)
    seen = f"seed {SEED}: {walked} documents, {stood} articles before the last run; {told}"
    assert 3 <= walked < 8, seen
    assert 2 <= stood < 32, seen
    assert told["ended"], seen
    assert told["resumed"], seen
    assert told["articles"]["new"] == 32 - stood, seen
    assert told["documents"] == {"read": 0, "unchanged": 0, "kept": 8}, seen
    asked = Counter(r.path for r in server.requests if r.path != "/robots.txt")
    assert len(asked) == 8 + 32
    assert asked.total() <= 8 + 32 + KILLS + 1, asked  # what was under way at a kill
    store = open_store(wire.address)
    try:
        articles = list(store.all_articles())
        assert [a.url for a in articles] == [server.url(f"/story/{n}") for n in range(32, 0, -1)]
        assert [a.published for a in articles] == [past.published(n) for n in range(32, 0, -1)]
        assert all("says more" in a.text and a.revision == 1 for a in articles)
        assert store.count_waiting(url) == 0
        assert store.check() == []
    finally:
        store.close()
    server.requests.clear()
    code, out, err = wire.backfill(url, "--json")
    assert json.loads(out)["documents"] == {"read": 0, "unchanged": 8, "kept": 0}, err
    assert [r.path for r in server.requests if "/story/" in r.path] == []


def test_what_it_says(past: Any, server: ScriptedServer, wire: Wire) -> None:
    past.serve(past.archived(3) | {"/robots.txt": b"User-agent: *\nDisallow: /archive/3\n"})
    url = server.url("/feed")
    code, out, err = wire.backfill(url, "--most", "4", "--since", "2026-10-20")
    assert code == 0, err
    assert "2 documents read" in out
    assert "4 new articles, 2026-10-25 to 2026-10-28" in out
    assert "2 entries wait; run it again to go on" in err
    assert f"`breachwire feeds add {url}` follows it" in err
    code, out, err = wire.backfill(url)
    assert code == 0, err
    assert "2 new articles" in out
    assert f"note: robots.txt does not allow this page ({server.url('/archive/3')})" in err


def test_a_stop_is_orderly(past: Any, server: ScriptedServer, wire: Wire) -> None:
    past.serve(past.archived(8), slow=0.1)
    process = wire.start("backfill", server.url("/feed"), "--json")
    while process.poll() is None and not wire.count("archive_page"):
        time.sleep(0.01)
    process.send_signal(signal.SIGTERM)
    out, err = process.communicate(timeout=30)
    assert process.returncode == 130, err
    assert without_progress(err) == ""
    told = json.loads(out)
    assert (told["ended"], told["notes"]) == (False, [])
    assert wire.count("article") == 0


@pytest.mark.parametrize(
    ("path", "options", "code", "says"),
    [
        ("/feed", (), 1, "ignores paged="),
        ("/image", (), 1, "not a feed but an image (PNG)"),
        ("/gone", (), 1, "410"),
        ("/feed", ("--since", "soon"), 2, "'soon' is no date"),
        ("/feed", ("--since", "2999-01-01"), 2, "lies ahead"),
    ],
)
def test_each_refusal_is_one_line(
    past: Any,
    server: ScriptedServer,
    wire: Wire,
    path: str,
    options: tuple[str, ...],
    code: int,
    says: str,
) -> None:
    feed = past.rss([1, 2])
    past.serve({"/feed": feed, "/feed?paged=2": feed, "/image": b"\x89PNG\r\n\x1a\n" + b"\0" * 99})
    server.scripts["/gone"] = answer(status=410)
    done, out, err = wire.backfill(server.url(path), *options)
    assert (done, out) == (code, ""), err
    assert says in err
    assert err.count("\n") == 1, err


def test_addresses_that_are_never_asked(wire: Wire) -> None:
    for url, code, says in (
        ("ledger.example", 2, "starts with http"),
        ("http://127.0.0.2/feed", 1, "loopback"),
        ("http://10.0.0.1/feed", 1, "private"),
    ):
        done, out, err = wire.backfill(url)
        assert (done, out) == (code, ""), err
        assert says in err
        assert err.count("\n") == 1, err


def test_one_at_a_time(past: Any, server: ScriptedServer, wire: Wire) -> None:
    past.serve(past.archived(2))
    store = open_store(wire.address)
    try:
        with store.role("backfiller"):
            done, out, err = wire.backfill(server.url("/feed"))
        assert (done, out) == (1, "")
        assert "another backfiller is at work" in err
        with store.role("poller"):
            assert wire.backfill(server.url("/feed"))[0] == 0
    finally:
        store.close()


def test_add_takes_a_sites_default_feed(past: Any, server: ScriptedServer, wire: Wire) -> None:
    link = '<link rel="alternate" type="application/rss+xml" href="/feed">'
    past.serve({"/": f"<!doctype html><html><head>{link}</head></html>".encode(),
                "/bare": b"<!doctype html><title>Bare</title>"} | past.archived(1))  # fmt: skip
    process = wire.start("add", server.url("/"))
    out, err = process.communicate(timeout=60)
    assert out == f"added {server.url('/feed')}\n", err
    process = wire.start("add", server.url("/bare"))
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (1, "")
    assert "not a feed but an HTML page (“Bare”)" in err
