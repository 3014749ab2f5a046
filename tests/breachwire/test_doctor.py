"""`doctor` on a store that something happened to: each is named, with how to mend it."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from breachwire import index_file
from breachwire.cli.examining import findings
from breachwire.config import Config
from breachwire.model import FeedSpec
from breachwire.store import Store, engine
from nlp.vectors import FaissIndex

pytestmark = pytest.mark.sqlite  # what can happen to a file


def foreign(path: Path) -> None:
    path.unlink()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE bookmarks (url TEXT)")


def newer(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")


def damaged(path: Path) -> None:
    with path.open("r+b") as file:
        file.seek(8192)
        file.write(os.urandom(path.stat().st_size - 8192))


def ahead(path: Path) -> None:
    later = (datetime.now(UTC) + timedelta(hours=30)).isoformat(timespec="microseconds")
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE feed SET last_fetch_at = ?", (later,))


def unsearchable(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(
            "INSERT INTO article SELECT * FROM (SELECT 1, 'u', 't', 'x', 'l', '[]', 's', '', '',"
            " NULL, '2026-11-01T00:00:00.000000+00:00', 'h', 1, 'stored', 'en', 'feed', 'unknown',"
            " '', '', 's', '', NULL, NULL)"
        )
        connection.execute("INSERT INTO article_search(article_search) VALUES('delete-all')")


def cut_short(path: Path) -> None:
    (file,) = path.parent.glob("*.vectors-*.faiss")
    os.truncate(file, file.stat().st_size - 7)


HARM: dict[str, tuple[Callable[[Path], object], str, str]] = {
    "text": (lambda path: path.write_text("a letter\n" * 999), "not a Breachwire", "restore FILE"),
    "foreign": (foreign, "another program", "--db"),
    "newer": (newer, "newer version", "install that version"),
    "damaged": (damaged, "malformed", "breachwire restore FILE"),
    "clock": (ahead, "30.0 hours from now", "NTP"),
    "search": (unsearchable, "search index", "breachwire reindex"),
    "vectors": (cut_short, "cut short", "breachwire reindex"),
}


@pytest.fixture
def file(store: Store) -> Path:
    """Of a closed store with a feed and a kept index of vectors."""
    store.add_feeds([FeedSpec("https://herald.example/feed")])
    (feed,) = store.feeds()
    store.save_feed(replace(feed, last_fetch_at=datetime.now(UTC)))
    index = FaissIndex(4)
    index.add([1], np.eye(1, 4, dtype=np.float32))
    model = SimpleNamespace(name="m", dimension=4)
    index_file.keep(store, model, index)
    store.close()
    return engine.path_of(store.url)


def bad(file: Path) -> list[str]:
    return [f"{one.found}; {one.mend}" for one in findings(Config(db=str(file))) if not one.ok]


def test_a_sound_store_has_nothing_to_mend(file: Path) -> None:
    assert bad(file) == []


@pytest.mark.parametrize("harm", HARM)
def test_what_happened_is_named_and_how_to_mend_it(file: Path, harm: str) -> None:
    spoil, found, mend = HARM[harm]
    spoil(file)
    (line,) = bad(file)
    assert found in line
    assert mend in line
    assert "\n" not in line


def test_a_store_that_another_process_writes_all_the_time_is_said_to_be_locked(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "BUSY_SECONDS", 0.1)
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        (line,) = bad(file)
    assert "another process has been writing" in line
    assert "fuser" in line


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everything")
def test_a_file_that_may_not_be_written_is_said(file: Path) -> None:
    file.chmod(0o400)
    assert any("can't write" in line for line in bad(file))
