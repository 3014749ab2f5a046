"""A store moves into PostgreSQL and back: everything, at every interruption, or a line why not."""

from __future__ import annotations

import sys
from contextlib import closing
from pathlib import Path
from subprocess import Popen

import pytest

from breachwire.errors import StoreBusyError, StoreError, UsageError
from breachwire.store import moving, open_store
from breachwire.testing import set_back
from tests.databases import execute, rows

pytestmark = pytest.mark.postgres
pytest.importorskip("psycopg", reason="PostgreSQL's driver: `make test-postgres`")

WORKER = Path(__file__).with_name("worker.py")
CATALOGUE = (
    "SELECT table_name, column_name, data_type, collation_name, is_nullable, column_default"
    " FROM information_schema.columns WHERE table_schema = current_schema() ORDER BY 1, 2",
    "SELECT indexdef FROM pg_indexes WHERE schemaname = current_schema() ORDER BY 1",
    "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint"
    " WHERE connamespace = current_schema()::regnamespace ORDER BY 1, 2",
    "SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1",
    "SELECT attname FROM pg_attribute WHERE attrelid = 'embedding'::regclass AND attstorage = 'p'"
    " AND attnum > 0 ORDER BY 1",
    "SELECT version_num FROM alembic_version",
)


def quiet(*_: object) -> None:
    """Nobody looks."""


@pytest.fixture
def file(new_file, tmp_path, make):
    """A store in a file: threads with claims, long keys, texts that are hard to write, numbers of
    rows that are gone."""
    path = tmp_path / "wire.sqlite3"
    path.write_bytes(new_file.read_bytes())
    with closing(open_store(f"sqlite:///{path}")) as store:
        long = "https://herald.example/" + "ä" * 1_000
        odd = "Tab\t, line\nend, back\\slash, \\N, quote ' \", €, 𝄞"
        drafts = [make.draft(n) for n in range(9)]
        drafts += [make.draft(9 + n, url=f"{long}{n}", keys=(f"{long}{n}",)) for n in range(2)]
        drafts.append(make.draft(11, title=odd, text=odd, published=None))
        articles = make.take(store, *drafts)
        for some in (articles[:4], articles[4:9]):
            thread = make.place(store, *some)
            claim = make.claim(some[0], thread.id, "Acme")
            store.save_ledger([some[0].id], [claim], {thread.id: [make.detail(claim)]})
        store.set_meta("note", odd)
        for name in ("Ida", "Bo"):
            store.ask(f"{name}@post.example", make_wish(), make.now)
        store.erase(store.subscriber("Bo@post.example").id, suppress=True, now=make.now)
        assert store.check() == []
    return path


def make_wish():
    from breachwire.model.newsletter import Wish

    return Wish()


@pytest.fixture
def bare(databases):
    """The address of a database with nothing in it."""
    with databases.bare() as found:
        yield found


def url_of(path: Path) -> str:
    return f"sqlite:///{path}"


def killed(path: Path, to: str, after: int) -> bool:
    """Move by a process that kills itself at that step; whether it came so far."""
    with Popen([sys.executable, WORKER, url_of(path), "move", to, str(after)]) as process:
        return process.wait() != 0


def test_killed_at_many_steps_it_goes_on_and_ends_as_a_store_that_was_made_there(
    file, bare, databases, stores
):
    steps = [n for n in (3, 20, 60, 90) if killed(file, bare, n)]
    assert len(steps) == 4
    with pytest.raises(StoreError, match="has not ended; run it again"):
        open_store(bare)
    moved = moving.move(url_of(file), bare, quiet)
    assert (moved.equal, moved.resumed, moved.there) == (True, True, False)
    assert sum(one.rows for one in moved.tables) > 60
    made = stores.new()
    try:
        with closing(open_store(bare)) as store, closing(open_store(url_of(file))) as before:
            assert store.check() == []
            assert list(store.all_articles()) == list(before.all_articles())
            assert list(store.all_threads()) == list(before.all_threads())
            assert store.changed() == before.changed()
            assert store.vectors_between(*span(before)) != ()
            assert near(store) == pytest.approx(near(before))
            found = {id for id, _ in store.search_text("breach number", limit=20)}
            assert found == {a.id for a in before.all_articles() if "breach number" in a.title}
        with closing(open_store(made)) as other:  # an index of the model's vectors, as there
            place_one(other)
        for query in CATALOGUE:
            assert rows(bare, query) == rows(made, query)
    finally:
        stores.free(made)


def place_one(store):
    from tests.breachwire.store.conftest import Make

    make = Make()
    make.place(store, *make.take(store, make.draft(0)))


def span(store):
    from tests.breachwire.store.conftest import MODEL

    return (MODEL, *store.placed_span())


def near(store):
    """Ids and cosines, by comparing with every vector."""
    import numpy as np

    model, first, last = span(store)
    ids, vectors = store.vectors_between(model, first, last)
    return dict(zip(ids, (vectors @ np.ones(vectors.shape[1])).tolist(), strict=True))


def test_numbers_go_on_behind_those_that_are_gone(file, bare, make):
    moving.move(url_of(file), bare, quiet)
    for address in (bare, url_of(file)):
        with closing(open_store(address)) as store:
            store.ask("new@post.example", make_wish(), make.now)
            assert store.subscriber("new@post.example").id == 3
            (article,) = make.take(store, make.draft(20))
            make.place(store, article)
            assert store.article_by_key("herald.example/20") is not None


def test_back_in_a_file_all_is_as_before(file, bare, tmp_path):
    moving.move(url_of(file), bare, quiet)
    back = tmp_path / "back.sqlite3"
    moved = moving.move(bare, url_of(back), quiet)
    assert moved.equal
    assert [one.sha256 for one in moved.tables] == [
        one.sha256 for one in moving.move(bare, url_of(back), quiet).tables
    ]
    with closing(open_store(url_of(back))) as store, closing(open_store(url_of(file))) as before:
        assert store.check() == []
        assert list(store.all_articles())[:9] == list(before.all_articles())[:9]
        assert store.search_text("breach number", limit=20) == before.search_text(
            "breach number", limit=20
        )
    assert not list(tmp_path.glob("back.sqlite3.moving*"))


def test_what_is_not_the_same_is_named_and_copied_anew(file, bare):
    def harm(what: str, *_: object) -> None:
        if what == "membership":
            execute(bare, "UPDATE article SET title = 'Zeta' WHERE title LIKE '%number 3'")
            execute(bare, "DELETE FROM address WHERE key = 'herald.example/5'")

    moved = moving.move(url_of(file), bare, harm)
    told = {one.table: one.differs for one in moved.tables if one.differs}
    assert told.keys() == {"article", "address"}
    assert told["article"].startswith("1 rows differ: [")
    assert told["address"] == '1 rows are missing: ["herald.example/5"]'
    with pytest.raises(StoreError, match="run it again"):
        open_store(bare)
    again = moving.move(url_of(file), bare, quiet)
    assert (again.equal, again.resumed) == (True, True)
    there = moving.move(url_of(file), bare, quiet)
    assert (there.equal, there.there) == (True, True)
    execute(bare, "DELETE FROM address WHERE key = 'herald.example/5'")
    assert not moving.move(url_of(file), bare, quiet).equal
    open_store(bare).close()  # it stays what it is


def test_a_source_that_changed_since_is_moved_from_the_start(file, bare, make):
    assert killed(file, bare, 70)
    with closing(open_store(url_of(file))) as store:
        make.take(store, make.draft(30))
    moved = moving.move(url_of(file), bare, quiet)
    assert (moved.equal, moved.resumed) == (True, False)
    with closing(open_store(bare)) as store:
        assert store.counts().articles == 13


def test_what_no_page_shows_may_have_changed_since_and_is_noticed(file, bare, make):
    assert killed(file, bare, 130)  # keys and triggers are being made
    with closing(open_store(url_of(file))) as store:
        store.ask("late@post.example", make_wish(), make.now)
        store.erase(store.subscriber("Ida@post.example").id, suppress=True, now=make.now)
    moved = moving.move(url_of(file), bare, quiet)
    assert (moved.equal, moved.resumed) == (False, True)
    assert "subscriber" in {one.table for one in moved.tables if one.differs}
    assert moving.move(url_of(file), bare, quiet).equal
    with closing(open_store(bare)) as store:
        assert store.check() == []
        assert [one.address for one in store.subscribers()] == ["late@post.example"]


def test_wrong_uses_are_one_clear_line(file, bare, databases, stores, tmp_path, address):
    def refused(from_, to, kind, words):
        with pytest.raises(kind, match=words) as raised:
            moving.move(from_, to, quiet)
        assert "\n" not in str(raised.value)

    here = url_of(file)
    refused(here, url_of(tmp_path / "x.sqlite3"), UsageError, "same engine.*backup")
    refused(bare, address, UsageError, "same engine.*pg_dump")
    refused(url_of(tmp_path / "none.sqlite3"), bare, StoreError, "there is no store")
    refused(bare, here, StoreError, "there is no store")
    refused(here, address, StoreError, "holds another store; migrate into an empty database")
    refused(address, here, StoreError, "holds another store; name a new file")
    refused(here, "postgresql://ada@127.0.0.1:1/wire", StoreError, "refused")
    with databases.bare() as other:
        execute(other, "CREATE TABLE book (title text)")
        refused(here, other, StoreError, "holds another store")
        execute(other, "CREATE TABLE article (title text)")
        refused(here, other, StoreError, "another program's tables")
    with closing(open_store(here)):
        refused(here, bare, StoreBusyError, "in use; stop what polls")
    with closing(open_store(address)):
        refused(address, url_of(tmp_path / "x.sqlite3"), StoreBusyError, "in use; stop what")
    set_back(file, "0015")
    refused(here, bare, StoreError, "tables of an older version")
    assert rows(bare, "SELECT count(*) FROM pg_class WHERE relname = 'article'") == [(0,)]


def test_one_moves_there_at_a_time_and_nobody_opens_the_source(file, bare, monkeypatch):
    monkeypatch.setattr("breachwire.store.inuse.PATIENCE", 0.05)
    seen = []

    def look(*_: object) -> None:
        if seen:
            return
        for act in (lambda: open_store(url_of(file)), lambda: open_store(bare)):
            with pytest.raises(StoreError) as raised:
                act()
            seen.append(str(raised.value))

    assert moving.move(url_of(file), bare, look).equal
    assert "being moved or restored" in seen[0]
    assert "has not ended" in seen[1]
