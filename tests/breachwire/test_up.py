"""The product as a user runs it: processes, signals, two at once, feeds that are silent."""

from __future__ import annotations

import json
import os
import queue
import re
import signal
import socket
import socketserver
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import Message
from pathlib import Path
from typing import Any

import pytest

from breachwire.testing import ScriptedServer, answer
from tests import commands

COMMAND = (sys.executable, "-c", "from breachwire.cli import main; main()")
LONG = 180.0
"""Seconds to wait for anything: model loading takes 20 on a busy machine."""
STORY = "Harbour Clinic said that a ransomware attack exposed the records of 24,937 patients. "


class Running:
    """A `breachwire` process whose lines can be waited for."""

    def __init__(self, environ: dict[str, str], *args: str) -> None:
        self.process = subprocess.Popen(
            [*COMMAND, *args],
            env=environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.lines: list[str] = []
        self._new: queue.Queue[str | None] = queue.Queue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            self.lines.append(line.rstrip("\n"))
            self._new.put(self.lines[-1])
        self._new.put(None)

    @property
    def log(self) -> str:
        return "\n".join(self.lines)

    def says(self, pattern: str) -> re.Match[str]:
        """Wait for a line (one already said counts)."""
        for line in list(self.lines):
            if found := re.search(pattern, line):
                return found
        until = time.monotonic() + LONG
        while (left := until - time.monotonic()) > 0:
            try:
                line_or_end = self._new.get(timeout=left)
            except queue.Empty:
                break
            if line_or_end is None:
                break
            if found := re.search(pattern, line_or_end):
                return found
        raise AssertionError(f"no line {pattern!r} in:\n{self.log}")

    @property
    def url(self) -> str:
        return self.says(r" at (http://\S+)/ ")[1].replace("0.0.0.0", "127.0.0.1")

    def get(self, path: str) -> tuple[int, dict[str, str], str]:
        try:
            with urllib.request.urlopen(self.url + path, timeout=60) as response:
                return response.status, _lower(response.headers), response.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, _lower(error.headers), error.read().decode()

    def threads(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = json.loads(self.get("/api/v1/threads?limit=100")[2])[
            "threads"
        ]
        return found

    def end(self, number: int = signal.SIGTERM) -> int:
        """Its exit code; it takes no ten seconds where nothing else wants the machine."""
        self.process.send_signal(number)
        code = self.process.wait(timeout=60)
        self._reader.join(timeout=5)
        assert "Traceback" not in self.log, self.log
        return code


def _lower(headers: Message) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


Start = Callable[..., Running]
BANNER = "Invented stories by invented outlets"


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    return {
        **os.environ,
        "XDG_DATA_HOME": str(tmp_path / "data"),
        "XDG_CONFIG_HOME": str(tmp_path / "config"),
        "BREACHWIRE_DB": str(tmp_path / "wire.sqlite3"),
    }


@pytest.fixture
def start(environ: dict[str, str]) -> Iterator[Start]:
    """Start `breachwire ARGS`; whatever still runs at the end is killed."""
    started: list[Running] = []

    def call(*args: str) -> Running:
        started.append(Running(environ, *args))
        return started[-1]

    yield call
    for running in started:
        if running.process.poll() is None:
            running.process.kill()
        running.process.wait()
        running._reader.join()
        assert running.process.stdout
        running.process.stdout.close()


@pytest.fixture
def run(environ: dict[str, str]) -> Callable[..., subprocess.CompletedProcess[str]]:
    def call(*args: str) -> subprocess.CompletedProcess[str]:
        return commands.run(*args, env=environ)

    return call


def until(what: Callable[[], Any], seconds: float = LONG) -> Any:
    """Wait for a true answer."""
    end = time.monotonic() + seconds
    while not (found := what()):
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.2)
    return found


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


@contextmanager
def late(port: int) -> Iterator[ScriptedServer]:
    """A scripted server that comes up at a port which was closed until now."""
    with ScriptedServer() as server:

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                path = self.rfile.readline().split()[1].decode()
                while self.rfile.readline().strip():
                    pass
                script = server.scripts.get(path, answer(status=404))
                assert isinstance(script, bytes)
                self.wfile.write(script)

        with socketserver.ThreadingTCPServer(("127.0.0.1", port), Handler) as listening:
            threading.Thread(target=listening.serve_forever, args=(0.05,), daemon=True).start()
            yield server
            listening.shutdown()


def outlet(server: ScriptedServer, stories: int = 3) -> None:
    """A feed of a few stories with their pages."""
    items = "".join(
        f"<item><title>Harbour Clinic breach, part {n}</title><link>{server.url(f'/{n}')}</link>"
        f"<pubDate>Sun, 0{n + 1} Nov 2026 10:00:00 GMT</pubDate>"
        f"<description>{STORY * 3}</description></item>"
        for n in range(stories)
    )
    feed = f'<rss version="2.0"><channel><title>The Ledger</title>{items}</channel></rss>'
    server.scripts = {
        "/feed": answer(feed.encode(), headers={"Content-Type": "application/rss+xml"}),
        **{
            f"/{n}": answer(
                f"<!doctype html><title>Part {n}</title><article><h1>Harbour Clinic breach, part "
                f"{n}</h1>{f'<p>{STORY * 2} Part {n}.</p>' * 4}</article>".encode()
            )
            for n in range(stories)
        },
    }


def opml(path: Path, *urls: str) -> str:
    outlines = "".join(f'<outline type="rss" text="The Ledger" xmlUrl="{url}"/>' for url in urls)
    path.write_text(f'<opml version="2.0"><body>{outlines}</body></opml>')
    return str(path)


LOCAL = ("--allow-private", "127.0.0.0/8", "--port", "0")


def test_up_from_feeds_to_threads_and_again(
    start: Start, run: Callable[..., Any], tmp_path: Path
) -> None:
    """Feeds come in, pages answer at once, a second poller is refused, others run beside; Ctrl-C
    ends it; started again it goes on and nothing is twice."""
    with ScriptedServer() as server:
        outlet(server)
        feeds = opml(tmp_path / "feeds.opml", server.url("/feed"))
        up = start("up", "--feeds", feeds, *LOCAL)
        assert up.get("/")[0] == 200
        assert "model all-MiniLM" not in up.log
        assert up.get("/sources")[0] == 200
        up.says(r"The Ledger: 3 new, 0 revised")
        up.says(r"polled: 1 of 1 answered, 0 unchanged; 3 new articles")
        up.says(r"embedding model .* loaded in")
        up.says(r"wrote \d+ of \d+ briefs")
        (thread,) = until(up.threads)
        assert up.get(f"/api/v1/threads/{thread['id']}")[0] == 200

        second = run("up", *LOCAL)
        assert (second.returncode, second.stdout) == (1, "")
        assert re.fullmatch(r"breachwire: another process polls this store .*\n", second.stderr)
        fetch = run("fetch")
        assert fetch.returncode == 1
        assert "poller" in fetch.stderr

        serve = start("serve", "--port", "0")
        assert [t["id"] for t in serve.threads()] == [thread["id"]]
        line = {"url": "https://courier.example/oakmesh", "source": "Courier",
                "title": "Oakmesh patches routers against CVE-2026-98765",
                "summary": "Oakmesh released firmware for CVE-2026-98765 in its routers.",
                "published": "2026-11-05T10:00:00+00:00"}  # fmt: skip
        (tmp_path / "items.jsonl").write_text(json.dumps(line) + "\n")
        imported = run("import", str(tmp_path / "items.jsonl"))
        assert (imported.returncode, imported.stdout[:5]) == (0, "1 new"), imported.stderr
        until(lambda: len(up.threads()) == 2)
        assert len(run("export", "threads").stdout.splitlines()) == 2
        assert len(serve.threads()) == 2
        kept = str(tmp_path / "kept.bak")
        made = run("backup", kept)
        assert "4 articles in 2 threads" in made.stdout, made.stderr
        refused = run("restore", kept)
        assert (refused.returncode, refused.stdout) == (1, "")
        assert "is in use; stop what polls, serves" in refused.stderr
        assert len(serve.threads()) == 2
        assert serve.end(signal.SIGTERM) == 0
        assert up.end(signal.SIGINT) == 0
        assert run("outlets", "leave-out", "--yes", "courier.example").returncode == 0
        restored = run("restore", kept)
        assert "4 articles in 2 threads" in restored.stdout
        assert "run `breachwire outlets leave-out courier.example` again" in restored.stderr

        again = start("up", "--feeds", feeds, *LOCAL)
        assert "0 feeds added, 1 known" in again.says("feeds added").string
        assert len(again.threads()) == 2
        again.says("embedding model")
        assert again.end(signal.SIGTERM) == 0
        articles = run("export", "articles").stdout.splitlines()
        assert len({json.loads(a)["url"] for a in articles}) == len(articles) == 4
        doctor = run("doctor")
        assert doctor.returncode == 0, doctor.stdout


def test_silent_feeds_show_the_demonstration_until_one_answers(
    start: Start, run: Callable[..., Any], tmp_path: Path
) -> None:
    port = free_port()
    urls = [f"http://127.0.0.1:{port}/feed{n or ''}" for n in range(5)]
    up = start("up", "--feeds", opml(tmp_path / "feeds.opml", *urls), *LOCAL)
    up.says(r"  failed: The Ledger: .*refused.*127.0.0.1")
    up.says("2 more failed; `breachwire feeds list` shows each")
    up.says("showing the demonstration")
    status, headers, page = until(
        lambda: (got := up.get("/"))[1].get("x-robots-tag") and got, seconds=60
    )
    assert (status, headers["x-robots-tag"].split(",")[0]) == (200, "noindex")
    assert BANNER in page
    assert "No feed could be reached yet, of 5 tried" in page
    assert sum("failed: " in line for line in up.lines) == 3

    with late(port) as server:
        outlet(server)
        up.says("the wire replaces the demonstration")
        status, headers, page = up.get("/")
        assert "x-robots-tag" not in headers
        assert BANNER not in page
    assert up.end() == 0
    listed = json.loads(run("feeds", "list", "--json").stdout)["feeds"]
    assert {f["url"]: f["state"] for f in listed}[urls[0]] == "ok"
    titles = [json.loads(line)["title"] for line in run("export", "articles").stdout.splitlines()]
    assert all(title.startswith("Harbour Clinic breach") for title in titles)


def test_other_machines_are_shown_the_empty_wire(start: Start, tmp_path: Path) -> None:
    url = f"http://127.0.0.1:{free_port()}/feed"
    feeds = opml(tmp_path / "feeds.opml", url)
    up = start("up", "--feeds", feeds, "--host", "0.0.0.0", *LOCAL)
    up.says("no feed could be reached; the wire is empty. `breachwire demo` shows an example")
    status, headers, page = up.get("/")
    assert (status, "x-robots-tag" in headers) == (200, False)
    assert BANNER not in page
    assert "No feed could be reached yet" in page
    assert up.end() == 0
    # What every feed failed at was the network: a new start asks at once, not after a backoff.
    again = start("up", "--host", "0.0.0.0", *LOCAL)
    again.says("the wire is empty")
    assert again.end(signal.SIGINT) == 0


def test_a_long_list_without_a_network_is_told_in_few_lines(start: Start, tmp_path: Path) -> None:
    urls = [f"https://outlet-{n}.invalid/a/rather/long/path/of/a/feed.xml" for n in range(40)]
    up = start("up", "--feeds", opml(tmp_path / "feeds.opml", *urls), *LOCAL)
    up.says("37 more failed; `breachwire feeds list` shows each with its error")
    up.says("polled: 0 of 40 answered, 0 unchanged; 0 new articles")
    assert sum(line.startswith("  failed: ") for line in up.lines) == 3
    assert len(up.lines) < 15
    assert up.end() == 0


def test_the_demonstration(start: Start, tmp_path: Path) -> None:
    demo = start("demo", "--port", "0")
    demo.says("polled: 9 of 9 answered, 0 unchanged; 94 new articles")
    demo.says(r"threaded 94 of 94 articles")
    threads = until(lambda: len(found := demo.threads()) >= 14 and found)
    status, headers, page = demo.get("/")
    assert (status, headers["x-robots-tag"].split(",")[0]) == (200, "noindex")
    assert BANNER in page
    _, _, page = demo.get(f"/wire/{threads[0]['id']}")
    link = re.search(r'href="(/demo-source/[^"]+)"', page)
    assert link, page
    status, headers, _ = demo.get(link[1])
    assert (status, headers["x-robots-tag"].split(",")[0]) == (200, "noindex")
    demo.says(r"wrote (\d+) of \1 briefs")
    assert demo.end(signal.SIGINT) == 0
    assert not (tmp_path / "wire.sqlite3").exists()  # the environment's store is somebody's wire


def groups(exported: str) -> set[frozenset[str]]:
    return {frozenset(json.loads(line)["articles"]) for line in exported.splitlines()}


def test_the_halves_apart_give_the_same_threads(
    start: Start, run: Callable[..., Any], environ: dict[str, str], tmp_path: Path
) -> None:
    with ScriptedServer() as server:
        outlet(server)
        feeds = opml(tmp_path / "feeds.opml", server.url("/feed"))
        up = start("up", "--feeds", feeds, *LOCAL)
        up.says(r"wrote (\d+) of \1 briefs")
        assert up.end() == 0
        whole = groups(run("export", "threads").stdout)

        environ["BREACHWIRE_DB"] = str(tmp_path / "apart.sqlite3")
        fetched = run("fetch", "--feeds", feeds, "--allow-private", "127.0.0.0/8")
        assert fetched.stdout == "1 feeds polled, 1 answered, 3 new articles\n"
        assert run("fetch").stdout.startswith("no feed is due yet")
        worked = run("work")
        assert worked.stdout.startswith("3 articles threaded"), worked.stderr
        assert groups(run("export", "threads").stdout) == whole
        environ["BREACHWIRE_SMTP_HOST"] = "localhost"
        environ["BREACHWIRE_MAIL_FROM"] = "news@wire.example"
        environ["BREACHWIRE_BASE_URL"] = "https://wire.example"
        serve = start("serve", "--port", "0")
        serve.says("`serve` sends no mail")
        assert len(serve.threads()) == len(whole)
        assert serve.end() == 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_can_be_stopped_while_everything_is_under_way(start: Start, number: int) -> None:
    """Polls, page fetches and the model's loading are cut off; nothing of it is told as failed."""
    demo = start("demo", "--port", "0")
    demo.says("polling 9 feeds")
    assert demo.end(number) == 0
    assert "failed" not in demo.log
