"""`outlets leave-out`, `list`, `let-in`: asked first, said how much, refused afterwards."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from breachwire.errors import UsageError
from breachwire.model import Draft, FeedSpec
from breachwire.store import Store, open_store
from ingest.urls import site
from tests import commands

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def db(address: str) -> str:
    """A store with an article of each of two outlets."""
    store = open_store(address)
    store.add_feeds([FeedSpec(url="https://www.quiet.example/rss")])
    drafts = [
        Draft(url=f"https://{host}/1", title="A breach", text=f"Told by {host}.", source=host)
        for host in ("blog.quiet.example", "loud.example")
    ]
    store.take([(draft, None) for draft in drafts], datetime(2026, 11, 1, tzinfo=UTC))
    store.close()
    return address


@pytest.fixture
def run(db: str, tmp_path: Path) -> Run:
    environ = {**os.environ, "BREACHWIRE_DB": db, "XDG_CONFIG_HOME": str(tmp_path / "config")}

    def call(*args: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        return commands.run(*args, env=environ, given=stdin)

    return call


def _opened(db: str) -> Store:
    return open_store(db)


def _urls(db: str) -> list[str]:
    store = _opened(db)
    found = [one.url for one in store.all_articles()]
    store.close()
    return found


def test_it_asks_and_changes_nothing_for_a_no(run: Run, db: str) -> None:
    dry = run("outlets", "leave-out", "www.quiet.example", "--dry-run", "--json")
    assert json.loads(dry.stdout) == {
        "site": "quiet.example", "articles": 1, "threads": 0, "threads_alone": 0,
        "feeds": ["https://www.quiet.example/rss"],
    }  # fmt: skip
    for answer in ("n\n", ""):
        asked = run("outlets", "leave-out", "quiet.example", stdin=answer)
        assert asked.returncode == 1
        assert "1 article in 0 threads (0 of it alone), 1 feed will go, for good" in asked.stderr
    assert len(_urls(db)) == 2


def test_it_is_left_out_listed_refused_and_let_in(run: Run, db: str, tmp_path: Path) -> None:
    out = run("outlets", "leave-out", "https://quiet.example/x", "--why", "mail of 3 May",
              "--who", "ida", "--yes")  # fmt: skip
    assert out.returncode == 0, out.stderr
    assert _urls(db) == ["https://loud.example/1"]
    listed = run("outlets", "list").stdout
    assert listed.startswith("quiet.example  since ")
    assert listed.endswith("by ida: mail of 3 May\n")
    added = run("feeds", "add", "https://feeds.quiet.example/rss", "--no-check")
    assert added.returncode == 2
    assert "quiet.example is left out at the outlet's wish" in added.stderr
    file = tmp_path / "items.jsonl"
    item = {"url": "https://quiet.example/2", "title": "A", "summary": "B", "source": "Q",
            "published": "2026-11-01T00:00:00Z"}  # fmt: skip
    file.write_text(json.dumps(item))
    imported = run("import", str(file))
    assert imported.returncode == 1
    assert "quiet.example is left out" in imported.stderr
    assert run("outlets", "let-in", "quiet.example").returncode == 0
    again = run("outlets", "let-in", "quiet.example")
    assert (again.returncode, again.stderr) == (
        1, "breachwire: no outlet that is left out: 'quiet.example'\n",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("news.quiet.example", "quiet.example"),
        ("https://News.Quiet.co.uk/a", "quiet.co.uk"),
        ("ida.blogspot.com", "ida.blogspot.com"),
        ("127.0.0.1", "127.0.0.1"),
    ],
)
def test_a_host_names_its_site(text: str, found: str) -> None:
    assert site(text) == found


@pytest.mark.parametrize("text", ["", "co.uk", "com", "blogspot.com", "https://", "a b"])
def test_a_suffix_or_nothing_names_none(text: str) -> None:
    with pytest.raises(UsageError):
        site(text)
