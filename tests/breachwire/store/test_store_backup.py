"""Backups while others write; restoring, refusing, and what people asked for since."""

from __future__ import annotations

import hashlib
import os
import shutil
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from breachwire.errors import StoreBusyError, StoreError, StoreVersionError, UsageError
from breachwire.model import Token
from breachwire.model.newsletter import Wish
from breachwire.model.tokens import digest
from breachwire.store import Store, open_store
from breachwire.store.backup import backup, look
from breachwire.store.restoring import restore
from breachwire.testing import MADE, set_back
from tests.breachwire.store.test_store_life import file_of
from tests.breachwire.store.test_store_processes import halves, worker

pytestmark = pytest.mark.sqlite
NOW = datetime(2026, 11, 29, 6, tzinfo=UTC)


def sha(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def opened(path: Path) -> Store:
    return open_store(f"sqlite:///{path}")


@pytest.fixture
def filled(store: Store, make) -> Path:
    """The file of a closed store with a thread."""
    articles = make.take(store, *(make.draft(n) for n in range(3)))
    thread = make.place(store, *articles[:2])
    claim = make.claim(articles[0], thread.id, "Acme")
    store.save_ledger([articles[0].id], [claim], {thread.id: [make.detail(claim)]})
    store.close()
    return file_of(store.url)


def test_a_backup_made_while_another_process_writes_is_one_moment(store, url, tmp_path):
    with worker(url, "write", 0, 10_000) as writing:
        for n in range(2):
            while store.counts().articles < 4 * (n + 1):
                assert writing.poll() is None
            made = backup(file_of(url), tmp_path / f"{n}.bak", NOW)
            assert made.articles >= 4 * (n + 1)
        assert writing.poll() is None
    for n in range(2):
        kept = opened(tmp_path / f"{n}.bak")
        assert kept.check() == []
        assert halves(kept) == []
        kept.close()


def test_a_backup_is_its_owners_and_holds_no_session_and_nothing_deleted(store, tmp_path):
    token = store.add_token(Token(0, "Ida", "edit", NOW), digest("secret"))
    store.add_session(token.id, digest("browser"), NOW + timedelta(hours=1), NOW)
    store.ask("gone@post.example", Wish(), NOW)
    store.erase(store.subscriber("gone@post.example").id, suppress=False, now=NOW)
    file = tmp_path / "kept.bak"
    made = backup(file_of(store.url), file, NOW)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert made == look(file)
    assert (made.size, made.sha256, made.made_at) == (file.stat().st_size, sha(file), NOW)
    assert b"gone@post.example" not in file.read_bytes()
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("SELECT count(*) FROM session").fetchone() == (0,)
    assert store.session(digest("browser")) is not None
    assert [one.name for one in tmp_path.iterdir() if "part" in one.name] == []


def test_no_file_is_overwritten_and_no_store_is_none(filled, tmp_path):
    file = tmp_path / "notes.txt"
    file.write_text("mine")
    with pytest.raises(UsageError, match="exists and is left as it is"):
        backup(filled, file, NOW)
    assert file.read_text() == "mine"
    with pytest.raises(StoreError, match="no store yet"):
        backup(tmp_path / "nothing.sqlite3", tmp_path / "a.bak", NOW)
    with pytest.raises(StoreError, match=r"nowhere.*No such file"):
        backup(filled, tmp_path / "nowhere" / "a.bak", NOW)


def test_a_full_disk_leaves_no_half_backup(filled, tmp_path):
    """The size that files may have stands for the disk's."""
    file = tmp_path / "full" / "kept.bak"
    file.parent.mkdir()
    code = (
        "import resource, pathlib, datetime; from breachwire.store.backup import backup;"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000));"
        f"backup(*map(pathlib.Path, ({str(filled)!r}, {str(file)!r})),"
        " datetime.datetime.now(datetime.UTC))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert f"StoreError: {file}: disk I/O error" in done.stderr
    assert list(file.parent.iterdir()) == []


def test_a_store_in_use_is_not_replaced(filled, tmp_path):
    backup(filled, tmp_path / "kept.bak", NOW)
    serving = opened(filled)
    with pytest.raises(StoreBusyError, match="in use; stop what polls"):
        restore(tmp_path / "kept.bak", filled, NOW)
    serving.close()
    with closing(sqlite3.connect(filled)) as other:  # a program that knows no lock of ours
        other.execute("SELECT count(*) FROM article").fetchone()
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreBusyError, match="another program"):
            restore(tmp_path / "kept.bak", filled, NOW)
    assert restore(tmp_path / "kept.bak", filled, NOW).carried


def newer(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")


def page_broken(path: Path) -> None:
    with path.open("r+b") as file:
        file.seek(path.stat().st_size // 2)
        file.write(os.urandom(40_000))


def dangling(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("DELETE FROM thread")


def nothing_in_a_title(path: Path) -> None:
    """What no writing through the tables would leave."""
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("PRAGMA writable_schema = ON")
        schema = "UPDATE sqlite_master SET sql = replace(sql, ?, ?) WHERE name = 'feed'"
        connection.execute(schema, ("title TEXT NOT NULL", "title TEXT         "))
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(
            "INSERT INTO feed (url, outlet, family, section, language, country, verified, state,"
            " failures, moved_seen, pages_ok, pages_refused)"
            " VALUES ('u', '', '', '', '', '', 0, 'new', 0, 0, 0, 0)"
        )
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute(schema, ("title TEXT         ", "title TEXT NOT NULL"))


BAD = {
    "a title": (nothing_in_a_title, "NULL value in feed.title"),
    "text": (lambda path: path.write_text("a letter to a friend\n" * 400), "not a Breachwire"),
    "cut short": (lambda path: os.truncate(path, path.stat().st_size // 2), "kept.bak"),
    "a page": (page_broken, "kept.bak"),
    "rows": (dangling, "point at missing rows"),
    "newer": (newer, "newer version"),
    "empty": (lambda path: os.truncate(path, 0), "no store in it"),
}


@pytest.mark.parametrize("harm", BAD)
def test_a_file_that_is_no_sound_store_replaces_nothing(filled, tmp_path, harm):
    file = tmp_path / "kept.bak"
    backup(filled, file, NOW)
    spoil, words = BAD[harm]
    spoil(file)
    before = sha(filled)
    with pytest.raises((StoreError, StoreVersionError), match=words) as raised:
        restore(file, filled, NOW)
    assert "\n" not in str(raised.value)
    assert sha(filled) == before
    assert not [one for one in tmp_path.iterdir() if "before" in one.name or "part" in one.name]


def test_what_was_there_is_kept_aside_whatever_it_was(filled, tmp_path):
    file = tmp_path / "kept.bak"
    backup(filled, file, NOW)
    filled.write_bytes(garbage := os.urandom(9_000))
    done = restore(file, filled, NOW)
    assert (done.aside.read_bytes(), done.carried) == (garbage, False)
    store = opened(filled)
    assert store.check() == []
    assert store.counts().articles == done.kept.articles == 3
    store.close()


def test_on_a_new_machine_there_is_nothing_aside(filled, tmp_path):
    backup(filled, tmp_path / "kept.bak", NOW)
    (tmp_path / "new").mkdir()
    new = tmp_path / "new" / "wire.sqlite3"
    new.with_name("wire.sqlite3-wal").write_bytes(b"the log of a file that was deleted")
    done = restore(tmp_path / "kept.bak", new, NOW)
    assert (done.aside, done.carried) == (None, False)
    store = opened(new)
    assert store.counts().articles == 3
    store.close()


@pytest.mark.parametrize("people", [True, False])
def test_nobody_who_left_or_was_erased_comes_back(filled, tmp_path, make, people):
    store = opened(filled)
    for name in ("stays", "erased"):
        store.ask(f"{name}@post.example", Wish(), NOW)
    token = store.add_token(Token(0, "Ida", "edit", NOW), digest("secret"))
    backup(filled, tmp_path / "kept.bak", NOW)
    store.erase(store.subscriber("erased@post.example").id, suppress=True, now=NOW)
    store.ask("new@post.example", Wish(), NOW)
    store.revoke_token(token.id, NOW)
    make.take(store, make.draft(9))
    seen = store.changed()
    store.close()
    done = restore(tmp_path / "kept.bak", filled, NOW, people=people)
    store = opened(filled)
    names = {one.address.split("@")[0] for one in store.subscribers()}
    assert names == ({"stays", "new"} if people else {"stays", "erased"})
    assert (store.token_by_digest(digest("secret")).revoked_at is not None) == people
    assert done.carried == people
    assert store.counts().articles == 3
    assert int(store.changed().split("-")[1]) > int(seen.split("-")[1])
    assert (b"erased@post.example" in filled.read_bytes()) != people
    store.close()


@pytest.mark.parametrize("revision", [*list(MADE)[1:], "0003"])
def test_a_backup_of_every_released_version_is_migrated(new_file, tmp_path, revision):
    old = Path(shutil.copy(new_file, tmp_path / "old.sqlite3"))
    set_back(old, revision)
    made = backup(old, tmp_path / "old.bak", NOW)
    assert made.revision == revision
    done = restore(tmp_path / "old.bak", tmp_path / "new.sqlite3", NOW)
    assert replace(done.kept, file=made.file) == replace(made, size=done.kept.size,
                                                         sha256=done.kept.sha256)  # fmt: skip
    store = opened(tmp_path / "new.sqlite3")
    assert store.check() == []
    store.close()
