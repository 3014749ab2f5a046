"""Newer rules read a store's older articles again; what they say then is no news."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from breachwire.model import Article, Claim, Embedder
from breachwire.pipeline import history
from breachwire.pipeline.derive import Deriver
from breachwire.pipeline.intake import import_items
from breachwire.pipeline.rereading import KEY, read_again
from breachwire.store import Store
from nlp import claims

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
Make = Callable[..., dict[str, Any]]


def older_rules(article: Article) -> list[Claim]:
    """Rules that can't count."""
    return [claim for claim in claims.extract(article) if claim.field != "affected"]


@pytest.fixture
def upgraded(
    store: Store, embedder: Embedder, item: Make, monkeypatch: pytest.MonkeyPatch
) -> Store:
    """A store of two threads that older rules read, and newer rules to read it."""
    counted = item(
        title="Ransomware attack on Harbour Clinic exposes 24,937 patients",
        summary="Harbour Clinic said that a ransomware attack exposed 24,937 patients.",
    )
    flaw = item(
        url="https://courier.example/router-flaw",
        title="Vendor patches critical flaw in Oakmesh routers",
        summary="Oakmesh released firmware for CVE-2026-98765, a command injection flaw.",
    )
    with monkeypatch.context() as old:
        old.setattr(history, "extract", older_rules)
        import_items(store, [json.dumps(one).encode() for one in (counted, flaw)], now=NOW)
        derive(store, embedder)
    monkeypatch.setattr(claims, "EXTRACTOR_VERSION", "newer")
    return store


def derive(store: Store, embedder: Embedder) -> None:
    Deriver(store, embedder, now=lambda: NOW).run()


def briefs(store: Store) -> dict[str, int]:
    found = store.briefs([thread.id for thread in store.all_threads()])
    return {thread: brief.version for thread, brief in found.items()}


def fields(store: Store, thread: str) -> set[str]:
    return {one.claim.field for one in store.ledger([thread])[thread]}


def test_what_older_rules_left_out_comes_in_and_is_no_news(
    upgraded: Store, embedder: Embedder
) -> None:
    clinic, router = sorted(upgraded.all_threads(), key=lambda t: t.kind)
    before, changes = briefs(upgraded), upgraded.changes(clinic.id)
    assert "affected" not in fields(upgraded, clinic.id)
    derive(upgraded, embedder)
    assert "affected" in fields(upgraded, clinic.id)
    assert upgraded.changes(clinic.id) == changes
    after = briefs(upgraded)
    assert after[clinic.id] == before[clinic.id] + 1
    assert after[router.id] == before[router.id]


def test_it_goes_on_where_it_stopped_and_ends(upgraded: Store) -> None:
    newest, oldest = (article.id for article in upgraded.claimed_below(None, 9))
    assert [one.id for one in upgraded.claimed_below(newest, 9)] == [oldest]
    marks = []
    for _ in range(3):
        read_again(upgraded, 1)
        marks.append(json.loads(upgraded.meta(KEY) or "{}")["below"])
    assert marks[-1] is None
    assert set(marks[:-1]) <= {newest, oldest}
    done = upgraded.changed()
    assert read_again(upgraded, 1) == 0
    assert upgraded.changed() == done
