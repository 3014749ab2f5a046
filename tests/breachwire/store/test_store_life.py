"""Opening, refusing, migrating, checking; roles, counters and processes that die."""

from __future__ import annotations

import hashlib
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

from breachwire.errors import StoreBusyError, StoreError, StoreVersionError
from breachwire.model import NO_WISHES, FeedSpec, Wishes
from breachwire.store import Counts, ThreadFilter, engine, open_store
from breachwire.store.protocol import Store as Protocol
from breachwire.store.sqlite import SqliteStore
from breachwire.store.tables import metadata
from breachwire.testing import set_back


def file_of(url: str) -> Path:
    return Path(url.removeprefix("sqlite:///"))


# opening


def test_a_new_store_is_empty_and_sound(store, url):
    assert store.url == url
    assert store.counts() == Counts(0, 0, 0, 0, 0, 0)
    assert store.meta("anything") is None
    assert list(store.all_threads()) == list(store.all_articles()) == store.storylines() == []
    assert store.threads(ThreadFilter()).threads == ()


def test_what_is_for_files_says_so_of_a_database():
    with pytest.raises(StoreError, match="kept by pg_dump"):
        engine.path_of("postgresql://db/wire")


def test_the_store_answers_to_the_protocol():
    methods = {name for name in vars(Protocol) if not name.startswith("_")}
    assert methods <= set(dir(SqliteStore))


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        ("sqlite://", "names no store"),
        ("sqlite:///", "names no store"),
        ("sqlite:///:memory:", "names no store"),
        ("wire.db", "names no store"),
        ("", "names no store"),
        ("sqlite:////" + "x" * 300 + "/wire.db", "too long"),
        ("sqlite:////nowhere/at/all/wire.db", "folder /nowhere/at/all does not exist; create it"),
    ],
)
def test_an_address_that_is_no_store_is_refused_in_one_line(bad, words):
    with pytest.raises(StoreError, match=words) as raised:
        open_store(bad)
    assert "\n" not in str(raised.value)


def test_names_with_odd_characters_are_files(tmp_path):
    folder = tmp_path / "a b%20?#;&'ü"
    folder.mkdir()
    store = open_store(f"sqlite:///{folder}/wi?re 100%.db")
    store.set_meta("k", "v")
    store.close()
    again = open_store(f"sqlite:///{folder}/wi?re 100%.db")
    assert again.meta("k") == "v"
    again.close()
    assert (folder / "wi?re 100%.db").exists()


def other_program(path, revision=None):
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE bookmarks (url TEXT)")
        if revision:
            connection.execute("CREATE TABLE alembic_version (version_num TEXT)")
            connection.execute("INSERT INTO alembic_version VALUES (?)", (revision,))
        connection.commit()


def cut_short(path):
    open_store(f"sqlite:///{path}").close()
    path.write_bytes(path.read_bytes()[:5000])


FOREIGN = {
    "text": lambda path: path.write_text("not a database at all, just a letter to a friend\n" * 99),
    "bytes": lambda path: path.write_bytes(os.urandom(20_000)),
    "other program": other_program,
    "other program with revisions": lambda path: other_program(path, "0003"),
    "cut short": cut_short,
}


@pytest.mark.parametrize("kind", FOREIGN)
def test_a_file_that_is_no_store_is_left_as_it_is(tmp_path, kind):
    path = tmp_path / "wire.sqlite3"
    FOREIGN[kind](path)
    before = path.read_bytes()
    with pytest.raises(StoreError) as raised:
        open_store(f"sqlite:///{path}").close()
    assert "\n" not in str(raised.value)
    assert str(path) in str(raised.value)
    assert path.read_bytes() == before


def test_a_folder_is_no_store(tmp_path):
    with pytest.raises(StoreError, match="is a folder"):
        open_store(f"sqlite:///{tmp_path}")


def test_an_empty_file_becomes_a_store(tmp_path):
    path = tmp_path / "wire.sqlite3"
    path.touch()
    store = open_store(f"sqlite:///{path}")
    assert store.check() == []
    store.close()


def test_a_newer_versions_store_is_left_as_it_is(tmp_path):
    path = tmp_path / "wire.sqlite3"
    open_store(f"sqlite:///{path}").close()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()
    before = hashlib.sha256(path.read_bytes()).hexdigest()
    with pytest.raises(StoreVersionError, match="newer version"):
        open_store(f"sqlite:///{path}")
    assert hashlib.sha256(path.read_bytes()).hexdigest() == before


def test_opening_imports_nothing_heavy(tmp_path):
    """Alembic only where there is something to migrate; no model library ever."""
    open_store(f"sqlite:///{tmp_path / 'a.db'}").close()
    code = (
        "import sys; from breachwire.store import open_store;"
        f"open_store('sqlite:///{tmp_path / 'a.db'}').close();"
        "print([m for m in ('alembic', 'torch', 'faiss') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


# migrations


def shape(connection: sqlite3.Connection) -> dict[str, object]:
    """Columns, keys and indexes of every table of ours."""
    rows = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
    names = [row[0] for row in rows if row[0] in metadata.tables]
    return {
        name: [
            sorted(map(str, connection.execute(f"PRAGMA {pragma}('{name}')")))
            for pragma in ("table_info", "index_list", "foreign_key_list")
        ]
        for name in names
    }


def test_a_migrated_schema_is_the_tables(tmp_path):
    open_store(f"sqlite:///{tmp_path / 'migrated.db'}").close()
    fresh = create_engine(f"sqlite:///{tmp_path / 'fresh.db'}")
    metadata.create_all(fresh)
    fresh.dispose()
    with (
        closing(sqlite3.connect(tmp_path / "migrated.db")) as migrated,
        closing(sqlite3.connect(tmp_path / "fresh.db")) as made,
    ):
        assert shape(migrated).keys() == set(metadata.tables)
        assert without_order(shape(migrated)) == without_order(shape(made))


def without_order(tables):
    """Numbers of indexes and keys follow the order of creation, which is nobody's business."""
    return {
        name: [sorted(row.split(",", 1)[1] for row in rows) for rows in parts]
        for name, parts in tables.items()
    }


def test_alembic_finds_nothing_to_migrate(tmp_path):
    open_store(f"sqlite:///{tmp_path / 'wire.db'}").close()
    migrated = create_engine(f"sqlite:///{tmp_path / 'wire.db'}")

    def ours(thing, name, kind, reflected, other):
        return kind != "table" or name in metadata.tables

    with migrated.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_object": ours})
        assert compare_metadata(context, metadata) == []
    migrated.dispose()


def test_the_newest_revision_is_known_without_alembic():
    config = Config()
    config.set_main_option("script_location", str(engine.MIGRATIONS))
    script = ScriptDirectory.from_config(config)
    assert script.get_heads() == [engine.HEAD]
    assert {one.revision for one in script.walk_revisions()} == set(engine.KNOWN)


def test_what_was_claimed_before_indicators_came_is_read_again(tmp_path, make):
    url = f"sqlite:///{tmp_path / 'wire.db'}"
    store = open_store(url)
    articles = make.take(store, make.draft(0), make.draft(1), make.draft(2))
    make.place(store, *articles[:2])
    store.save_ledger([articles[0].id], [], {})
    store.close()
    set_back(tmp_path / "wire.db", "0003")
    store = open_store(url)
    assert [a.id for a in store.articles_in("threaded", 9)] == [a.id for a in articles[:2]]
    assert [a.id for a in store.articles_in("stored", 9)] == [articles[2].id]
    assert store.indicators([articles[0].id]) == {articles[0].id: ()}
    store.close()


def test_what_feeds_wished_before_there_was_a_column_is_kept(tmp_path):
    url, spec = f"sqlite:///{tmp_path / 'wire.db'}", FeedSpec("https://herald.example/feed")
    wishes = Wishes(every_minutes=60, skip_hours=(1, 2))
    store = open_store(url)
    store.add_feeds([spec, FeedSpec("https://silent.example/feed")])
    store.save_feed(replace(store.feed(spec.url), wishes=wishes))
    store.close()
    set_back(tmp_path / "wire.db", "0015")
    store = open_store(url)
    assert store.feed(spec.url).wishes == wishes
    assert store.feed("https://silent.example/feed").wishes == NO_WISHES
    store.close()


# counters, meta, roles


def test_every_write_changes_the_token_and_no_read_does(store, opened, make):
    other = opened()
    tokens = [store.changed()]
    for write in (
        lambda: store.add_feeds([FeedSpec("https://herald.example/feed")]),
        lambda: make.take(store, make.draft(0)),
        lambda: make.place(store, *store.all_articles()),
        lambda: store.set_meta("k", "v"),
    ):
        write()
        tokens.append(other.changed())
        assert store.changed() == tokens[-1]
    assert len(set(tokens)) == len(tokens)
    store.counts(), store.check(), store.search_text("x", limit=1), store.threads(ThreadFilter())
    assert store.changed() == tokens[-1]


def test_two_stores_never_have_the_same_token(tmp_path):
    stores = [open_store(f"sqlite:///{tmp_path / name}.db") for name in "ab"]
    assert stores[0].changed() != stores[1].changed()
    for store in stores:
        store.close()


def test_a_role_has_one_holder(store, opened):
    other = opened()
    with store.role("poller"):
        with pytest.raises(StoreBusyError, match="another poller"), other.role("poller"):
            pytest.fail("two pollers")
        with other.role("threader"):
            pass
    with other.role("poller"):
        pass


# damage


HARM = {
    "UPDATE claim SET quote = 'Zeta'": "1 claims whose words are not their article's",
    "INSERT INTO indicator SELECT id, 0, 'domain', 'a.example', 'text', 0, 4, 'Zeta', 0, 4, 'Zeta'"
    " FROM article WHERE state = 'claimed'": "1 indicators whose words are not their article's",
    "UPDATE thread SET articles = 9": "1 threads that count other than their members",
    "UPDATE membership SET thread = NULL": "1 threads without an article",
    "DELETE FROM address": "3 articles that are known by no address",
    "DELETE FROM embedding": "2 placed articles without an embedding",
    "UPDATE article SET state = 'claimed'": "1 articles marked as placed without a placement",
    "DELETE FROM thread": "rows of membership point at missing rows of thread",
    "UPDATE article SET revision = 3": "3 articles whose revisions have gaps",
    "UPDATE thread SET brief_version = 3": "1 threads whose brief is missing",
    "DELETE FROM detail_claim": "1 details without a claim",
    "UPDATE thread SET merged_into = id": "1 merged threads that still have members",
    "DROP TRIGGER article_search_change; UPDATE article SET title = 'Another'": "search index",
}


@pytest.mark.sqlite
@pytest.mark.parametrize("harm", HARM)
def test_check_names_what_contradicts(opened, url, make, harm):
    store = opened()
    articles = make.take(store, *(make.draft(n) for n in range(3)))
    thread = make.place(store, *articles[:2])
    claim = make.claim(articles[0], thread.id, "Acme")
    store.save_ledger([articles[0].id], [claim], {thread.id: [make.detail(claim)]})
    assert store.check() == []
    with closing(sqlite3.connect(file_of(url))) as connection:
        connection.executescript(harm)
    assert HARM[harm] in "; ".join(store.check())


@pytest.mark.sqlite
def test_a_search_index_is_made_anew(opened, url, make):
    store = opened()
    make.take(store, make.draft(0))
    with closing(sqlite3.connect(file_of(url))) as connection:
        connection.execute("INSERT INTO article_search(article_search) VALUES('delete-all')")
        connection.commit()
    assert store.check() != []
    assert store.search_text("acme", limit=1) == []
    store.reindex()
    assert store.check() == []
    assert len(store.search_text("acme", limit=1)) == 1


@pytest.mark.sqlite
def test_a_damaged_file_is_one_clear_line(opened, url, make):
    store = opened()
    make.take(store, *(make.draft(n, text="word " * 2000) for n in range(50)))
    store.close()
    size = file_of(url).stat().st_size
    with file_of(url).open("r+b") as file:
        file.seek(8192)
        file.write(os.urandom(size - 8192))

    def look():
        damaged = opened()
        assert damaged.check() != []
        list(damaged.all_articles())

    with pytest.raises(StoreError) as raised:
        look()
    assert "\n" not in str(raised.value)


@pytest.mark.sqlite
def test_a_full_disk_is_a_clear_error_and_reads_go_on(store, url, make):
    (article,) = make.take(store, make.draft(0))

    def cap(size):
        with store._engine.connect() as connection:  # the next writer gets this connection
            connection.exec_driver_sql(f"PRAGMA max_page_count = {size}")

    cap(1)  # SQLite: at least what is there already
    with pytest.raises(StoreError, match="full"):
        make.take(store, *(make.draft(n, text="word " * 9000) for n in range(1, 50)))
    assert store.article(article.id) == article
    cap(1_000_000)
    assert make.take(store, make.draft(1))
