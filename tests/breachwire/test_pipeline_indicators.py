"""The claims stage stores indicators; an outlet's own never; another text's replace them."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from breachwire.model import Embedder, FeedSpec
from breachwire.pipeline import indicators as stage
from breachwire.pipeline.derive import Deriver
from breachwire.pipeline.intake import import_items
from breachwire.store import Store
from nlp import indicators

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
Make = Callable[..., dict[str, Any]]
TEXT = (
    "Harbour Clinic said on Monday that a ransomware attack exposed the names of 24,937 patients. "
    "The attackers came through CVE-2026-90417 and sent the files to cdn.tallow-sync[.]com. "
    "More at www.dispatch[.]example."
)


def run(store: Store, embedder: Embedder, *items: dict[str, Any]) -> None:
    import_items(store, [json.dumps(item).encode() for item in items], now=NOW)
    Deriver(store, embedder, now=lambda: NOW).run()


def values(store: Store) -> list[str]:
    articles = list(store.all_articles())
    found = store.indicators([a.id for a in articles])
    return [one.value for a in articles for one in found[a.id]]


def test_they_are_derived_with_the_claims(store: Store, embedder: Embedder, item: Make) -> None:
    store.add_feeds([FeedSpec("https://www.dispatch.example/feed.xml", section="news")])
    run(store, embedder, item(summary=TEXT))
    assert values(store) == ["CVE-2026-90417", "cdn.tallow-sync.com"]
    token = store.changed()
    run(store, embedder, item(summary=TEXT))
    assert store.changed() == token


def test_an_edited_text_has_its_own(store: Store, embedder: Embedder, item: Make) -> None:
    run(store, embedder, item(summary=TEXT))
    run(store, embedder, item(summary=TEXT.replace("cdn.tallow-sync", "eu.kelp-cache")))
    assert "cdn.tallow-sync.com" not in values(store)
    assert "eu.kelp-cache.com" in values(store)
    assert store.check() == []


def test_a_text_that_breaks_the_reader_holds_up_nothing(
    store: Store, embedder: Embedder, item: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = indicators.find

    def breaking(article: Any, outlets: frozenset[str]) -> Any:
        if "Two" in article.title:
            raise RecursionError("deep")
        return whole(article, outlets)

    monkeypatch.setattr(indicators, "find", breaking)
    more = [item(url=f"https://ledger.example/{n}", title=n, summary=TEXT) for n in ("One", "Two")]
    run(store, embedder, item(summary=TEXT), *more)
    assert values(store).count("CVE-2026-90417") == 2
    assert all(article.state == "claimed" for article in store.all_articles())


def test_outlets_are_the_catalogue_the_families_and_the_feeds(store: Store) -> None:
    store.add_feeds([FeedSpec("https://feeds.dispatch.co.uk/rss", section="news")])
    sites = stage.outlet_sites(store)
    assert {"bleepingcomputer.com", "darkreading.com", "dispatch.co.uk"} <= sites
    assert "" not in sites
    assert not {"co.uk", "com", "github.com"} & sites
