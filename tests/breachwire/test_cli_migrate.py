"""`breachwire migrate` as a user types it: the demonstration's stories, exports, wrong uses."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from breachwire.demo import corpus
from breachwire.model import Embedder
from breachwire.pipeline.derive import Deriver
from breachwire.pipeline.intake import import_items
from breachwire.store import open_store
from tests import commands
from tests.databases import Databases, execute

pytestmark = pytest.mark.postgres
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
STORIES = 12
"""Of 94 articles: all of them take half a minute."""
EXPORTS = ("threads", "details", "articles", "briefs")
Run = Callable[..., Any]


@pytest.fixture
def file(new_file: Path, tmp_path: Path, embedder: Embedder) -> str:
    """A store of a part of the demonstration's stories, in a file."""
    address = f"sqlite:///{tmp_path / 'wire.sqlite3'}"
    (tmp_path / "wire.sqlite3").write_bytes(new_file.read_bytes())
    some = sorted(corpus.items(), key=lambda item: str(item["published"]))[:STORIES]
    with closing(open_store(address)) as store:
        import_items(store, [json.dumps(item).encode() for item in some], now=NOW)
        Deriver(store, embedder, now=lambda: NOW).run()
        assert store.counts().threads > 3
    return address


@pytest.fixture
def bare(databases: Databases) -> Iterator[str]:
    with databases.bare() as found:
        yield found


def test_a_store_moves_and_its_exports_are_the_same_bytes(
    file: str, bare: str, tmp_path: Path
) -> None:
    environ = {**os.environ, "XDG_CONFIG_HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path)}

    def run(*args: str) -> Any:
        return commands.run_bytes(*args, env=environ)

    before = {what: run("--db", file, "export", what).stdout for what in EXPORTS}
    assert all(len(lines) > 1_000 for lines in before.values())
    done = run("migrate", "--from", file, "--to", bare)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.decode().splitlines()
    assert all(re.fullmatch(r"\w+ +[\d,]+ rows  SHA-256 [0-9a-f]{64}", line) for line in lines)
    assert f"article {STORIES:>21} rows" in done.stdout.decode()
    assert b"set `db` (BREACHWIRE_DB) to it" in done.stderr
    assert {what: run("--db", bare, "export", what).stdout for what in EXPORTS} == before
    shown = json.loads(run("migrate", "--from", file, "--to", bare, "--json").stdout)
    assert (shown["there"], shown["equal"], shown["problems"]) == (True, True, [])
    execute(bare, "UPDATE thread SET headline = 'Another'")
    bad = run("migrate", "--from", file, "--to", bare)
    assert bad.returncode == 1
    assert re.search(rb"(?m)^thread  .*BAD  \d+ rows differ: \[", bad.stdout)


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("--from", "{file}"), 2, "Missing option '--to'"),
        (("--from", "{file}", "--to", "other.sqlite3"), 2, "same engine"),
        (("--from", "none.sqlite3", "--to", "{bare}"), 1, "there is no store"),
        (("--from", "{file}", "--to", "postgresql://db"), 1, "names no database"),
    ],
)
def test_a_wrong_use_is_one_line(
    words: tuple[str, ...], code: int, says: str, new_file: Path, bare: str, tmp_path: Path
) -> None:
    args = [word.format(file=new_file, bare=bare) for word in words]
    done = commands.run("migrate", *args, env={**os.environ, "XDG_CONFIG_HOME": str(tmp_path)})
    assert done.returncode == code, done.stderr
    assert says in done.stderr
    assert not done.stdout
