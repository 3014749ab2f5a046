"""Search with the real model: what no word matches."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from api.search import search
from breachwire.model import Embedder
from breachwire.store import ThreadFilter, open_store
from nlp import embed
from nlp.vectors import FaissIndex
from tests.databases import Stores


@pytest.fixture(scope="module")
def embedder() -> Embedder:
    """The packaged model."""
    return embed.load("all-MiniLM-L6-v2")


@pytest.fixture(scope="module")
def meant(embedder: Embedder, stores: Stores, fill: Any) -> Iterator[Any]:
    """The stories with their real vectors, indexed."""
    store = open_store(stores.new())
    material = fill(store, embedder.encode)
    store.use_index(FaissIndex(embedder.dimension), material.model)
    yield material
    store.close()


def test_a_paraphrase_finds_what_no_word_matches(meant: Any, embedder: Embedder) -> None:
    query = "clinic sends patients elsewhere, malware encrypts medical files"
    answer = search(meant.store, embedder, query, ThreadFilter())
    first = answer["results"][0]
    assert answer["modes"] == ["exact", "text", "semantic"]
    assert first["thread"] == meant.threads["hospital"].id
    assert "close in meaning" in first["why"]
