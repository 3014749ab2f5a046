"""Details that older rules made are made anew, once; nothing else is touched."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest

from breachwire.model import Claim, Draft, Evidence, LedgerClaim, Placement, Thread, thread_id
from breachwire.pipeline.refresh import refresh
from breachwire.store import Store, open_store
from nlp import details

NOW = datetime(2026, 3, 24, 12, 0, tzinfo=UTC)
TEXT = "Orbiqon, a hospital operator in Ohio, was hit."


@pytest.fixture
def store(address: str) -> Iterator[Store]:
    """A thread whose details know nothing of parties, as an older version left it."""
    store = open_store(address)
    draft = Draft(url="https://a.example/1", title="Orbiqon hit", text=TEXT, keys=("a.example/1",))
    (taken,) = store.take([(draft, None)], NOW)
    article = taken.article
    id_ = thread_id(article.id)
    thread = Thread(id_, "Orbiqon hit", "breach", "Breaches", NOW, NOW, NOW, 1, 1)
    placement = Placement(article.id, id_, "first_report", 1.0, "opens", "", "breach")
    store.place("hand-made", [(placement, np.ones(4, dtype=np.float32) / 2)], [thread])
    words = Evidence(article.id, "text", 0, 7, "Orbiqon")
    whole = Evidence(article.id, "text", 0, len(TEXT), TEXT)
    claim = Claim("victim", "Orbiqon", None, "reported", None, "outlet", None, words, whole)
    said = LedgerClaim(claim, id_, NOW, NOW)
    (made,) = details.consolidate([said])
    store.save_ledger([article.id], [said], {id_: [replace(made, party=None)]})
    yield store
    store.close()


def test_details_are_made_anew_once(store: Store) -> None:
    assert store.entity("victim", "orbiqon") is None
    assert refresh(store, lambda: True) == 0  # stopped before it began
    assert store.entity("victim", "orbiqon") is None
    assert refresh(store, lambda: False) == 1
    found = store.entity("victim", "orbiqon")
    assert found
    assert found.sector
    assert found.country
    assert (found.sector.value, found.country.value) == ("Health", "US")
    before = store.changed()
    assert refresh(store, lambda: False) == 0
    assert store.changed() == before
