"""Texts are dropped a while after a thread's last report; all that is quoted of them stands."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from breachwire.config import Config
from breachwire.model import Article, Draft, Embedder
from breachwire.pipeline.derive import Deriver
from breachwire.pipeline.intake import import_items
from breachwire.pipeline.retain import Keeper, retain
from breachwire.store import Store
from breachwire.store.engine import path_of
from nlp import origins

NOW = datetime(2026, 10, 12, tzinfo=UTC)
LATER = NOW + timedelta(days=200)
CONFIG = Config(retain_texts=100)
PADDING = (
    "The harbour's weather was mild, and gulls sat on the quartz-grey roofs of its warehouses. "
)
CITED = "The story was first reported by The Ledger."
Make = Callable[..., dict[str, Any]]


@pytest.fixture
def lines(item: Make) -> list[bytes]:
    """One incident by three outlets, one of which cites another; each says more than is quoted."""
    said = item()["summary"]
    items = [
        item(content=f"{said}\n\n{PADDING} {PADDING}"),
        item(
            url="https://courier.example/harbour-clinic-ransomware",
            title="Ransomware attack on Harbour Clinic exposes 24,937 patients",
            content="Names and Social Security numbers of 24,937 patients of Harbour Clinic were "
            f"exposed in a ransomware attack.\n\n{PADDING * 9}\n\n{CITED}\n\n{PADDING * 9}",
            source="Courier",
            published="2026-10-05T15:00:00+00:00",
        ),
        item(
            url="https://dispatch.example/router-flaw",
            title="Vendor patches critical flaw in Oakmesh routers",
            content="Oakmesh released firmware for CVE-2026-98765, a command injection flaw that "
            f"lets unauthenticated attackers take over its routers.\n\n{PADDING}",
            source="Dispatch",
            published="2026-10-06T10:00:00+00:00",
        ),
    ]
    return [json.dumps(one).encode() for one in items]


@pytest.fixture
def wire(store: Store, embedder: Embedder, lines: list[bytes]) -> Store:
    import_items(store, lines, now=NOW)
    Deriver(store, embedder, now=lambda: NOW).run()
    return store


def shown(store: Store) -> list[Any]:
    """What readers see of every thread."""
    ids = [thread.id for thread in store.all_threads()]
    members = store.members(ids)
    return [
        store.details(ids), store.briefs(ids), store.ledger(ids),
        {id: origins.groups(own) for id, own in members.items()},
        [store.changes(id) for id in ids], list(store.all_threads()),
    ]  # fmt: skip


def dropped(store: Store, *, dry: bool = False) -> int:
    gone = retain(store, CONFIG, LATER, dry=dry)[0]
    assert gone.rule.name == "retain_texts"
    return gone.number


def quotes(store: Store) -> Iterator[tuple[Article, Any]]:
    """Every statement's and claim's evidence with its article."""
    ids = [thread.id for thread in store.all_threads()]
    found = [e for b in store.briefs(ids).values() for s in b.statements for e in s.evidence]
    found += [e for own in store.ledger(ids).values() for c in own
              for e in (c.claim.evidence, c.claim.sentence)]  # fmt: skip
    yield from ((store.article(one.article), one) for one in found)


@pytest.mark.sqlite  # the file itself is read
def test_texts_go_and_whatever_rests_on_them_stands(
    wire: Store, embedder: Embedder, lines: list[bytes]
) -> None:
    before = shown(wire)
    assert "cites only The Ledger" in repr(before)
    assert not any(CITED in one.quote for _, one in quotes(wire))
    assert dropped(wire, dry=True) == 3
    assert shown(wire) == before
    assert dropped(wire) == 3
    assert shown(wire) == before
    assert wire.check() == []
    for article, one in quotes(wire):
        held = {"title": article.title, "text": article.text}.get(one.where, one.quote)
        assert one.where == "published" or held[one.start : one.end] == one.quote
    assert not any("quartz" in article.text for article in wire.all_articles())
    assert wire.search_text("quartz-grey", limit=9) == []
    assert len(wire.search_text("Oakmesh firmware", limit=9)) == 1
    file = path_of(wire.url)
    wire._empty_log()  # type: ignore[attr-defined]
    assert b"quartz-grey" not in file.read_bytes()

    # Nothing is done twice, and the same text coming in again is no news.
    assert dropped(wire) == 0
    result = import_items(wire, lines, now=LATER)
    assert (result.new, result.revised) == (0, 0)
    drafts = [(Draft(one.url, one.title, ""), None) for one in wire.all_articles()]
    assert {taken.outcome for taken in wire.take(drafts, LATER)} == {"known"}
    assert not Deriver(wire, embedder, now=lambda: LATER).run()
    assert shown(wire) == before


def test_nothing_goes_while_a_thread_is_young_or_nothing_is_set(wire: Store) -> None:
    texts = [article.text for article in wire.all_articles()]
    retain(wire, CONFIG, NOW + timedelta(days=50))
    retain(wire, Config(), LATER)
    assert [article.text for article in wire.all_articles()] == texts


def test_the_rules_are_applied_once_a_day_and_told(wire: Store) -> None:
    said: list[str] = []
    for _ in range(2):
        Keeper(wire, CONFIG, lambda: LATER, said.append).run(lambda: False)
    assert said == ["retain_texts, 100 days: 3 articles' texts, but for what is quoted"]
    Keeper(wire, CONFIG, lambda: LATER - timedelta(days=9), said.append).run(lambda: False)
    assert wire.meta("retained_at") == (LATER - timedelta(days=9)).isoformat()
