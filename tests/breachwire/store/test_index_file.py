"""The kept index of vectors: read at a start, checked against the store, made anew if it lies."""

from __future__ import annotations

import json
from types import SimpleNamespace

import pytest

from breachwire import index_file
from breachwire.store.engine import path_of
from nlp.vectors import FaissIndex

pytestmark = pytest.mark.sqlite


@pytest.fixture
def embedder(make):
    """What the vectors are said to be of."""
    return SimpleNamespace(name=make.model, dimension=16)


@pytest.fixture
def placed(store, make, monkeypatch):
    """Twenty articles with vectors; an index is kept however small it is."""
    monkeypatch.setattr(index_file, "BEHIND", 0)
    articles = make.take(store, *(make.draft(n) for n in range(20)))
    for article in articles:
        make.place(store, article)
    return articles


def nearest(store, make, article):
    return store.search_vectors(make.vector(article.id), limit=3)[0][0]


def pointer(store):
    path = path_of(store.url)
    return path.with_name(f"{path.name}.vectors.json")


def files(store):
    return sorted(one.name for one in pointer(store).parent.glob("*.vectors-*"))


def test_a_second_start_reads_what_was_kept(store, make, placed, embedder, monkeypatch):
    assert index_file.use(store, embedder) == 20
    added = []
    add = FaissIndex.add
    monkeypatch.setattr(
        FaissIndex, "add", lambda self, ids, rows: (added.extend(ids), add(self, ids, rows))
    )
    assert index_file.use(store, embedder) == 20
    assert added == []
    assert all(nearest(store, make, one) == one.id for one in placed)
    more = make.take(store, make.draft(50))[0]
    make.place(store, more)
    assert added == [more.id]
    assert nearest(store, make, more) == more.id


def test_what_came_since_is_added_and_one_file_stays(store, make, placed, embedder):
    index_file.use(store, embedder)
    more = make.take(store, *(make.draft(n) for n in range(30, 35)))
    for article in more:
        make.place(store, article)
    assert index_file.use(store, embedder) == 25
    assert len(files(store)) == 1
    assert json.loads(pointer(store).read_text())["count"] == 25
    assert nearest(store, make, more[0]) == more[0].id


@pytest.mark.parametrize(
    "harm", ["cut", "flipped", "turned", "gone", "words", "model", "ahead", "count"]
)
def test_a_kept_index_that_lies_is_made_anew(store, make, placed, embedder, harm):
    index_file.use(store, embedder)
    stamp = json.loads(pointer(store).read_text())
    file = pointer(store).with_name(stamp["file"])
    data = file.read_bytes()
    if harm == "cut":
        file.write_bytes(data[:-40])
    elif harm == "flipped":
        file.write_bytes(data[:200] + bytes([data[200] ^ 255]) + data[201:])
    elif harm == "turned":  # each vector is another article's: nothing but the checksum can tell
        file.write_bytes(data[:-160] + data[-152:] + data[-160:-152])
    elif harm == "gone":
        file.unlink()
    elif harm == "words":
        pointer(store).write_text("{not json")
    else:
        lies = {"model": "another", "ahead": stamp["seen"] + 99, "count": 999}
        name = {"ahead": "seen"}.get(harm, harm)
        pointer(store).write_text(json.dumps({**stamp, name: lies[harm]}))
    assert index_file.use(store, embedder) == 20
    assert all(nearest(store, make, one) == one.id for one in placed)
    assert json.loads(pointer(store).read_text())["count"] == 20


def test_a_file_of_fewer_rows_than_the_store_had_by_then_is_made_anew(
    store, make, placed, embedder
):
    index_file.use(store, embedder)
    stamp = json.loads(pointer(store).read_text())
    fewer = FaissIndex(16)
    fewer.add([placed[0].id], make.vector(placed[0].id).reshape(1, -1))
    file = pointer(store).with_name(stamp["file"])
    fewer.write(file)
    stamp |= {"count": 1, "size": file.stat().st_size, "checksum": index_file._checksum(file)}
    pointer(store).write_text(json.dumps(stamp))
    assert index_file.use(store, embedder) == 20
    assert nearest(store, make, placed[5]) == placed[5].id


def test_a_folder_that_cannot_be_written_is_no_error(store, placed, embedder, monkeypatch):
    def full(self, path):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(FaissIndex, "write", full)
    assert index_file.use(store, embedder) == 20
    assert files(store) == []
