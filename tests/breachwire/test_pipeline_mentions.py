"""Roundups mention threads whichever comes first; a crash loses none; the demo shows it."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from breachwire.demo import corpus
from breachwire.model import Embedder
from breachwire.pipeline.derive import Deriver
from breachwire.pipeline.intake import import_items
from breachwire.pipeline.mentions import DUE, Roundups
from breachwire.store import Store

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
Make = Callable[..., dict[str, Any]]
WEEK = {
    "url": "https://weekly.example/week",
    "title": "In Other News: Harbour Clinic Ransomware Attack, Robot Mowers Hacked",
    "summary": "Noteworthy stories that might have slipped under the radar: a prize for a poem.",
    "source": "Weekly",
    "published": "2026-10-09T09:00:00+00:00",
}


def take(store: Store, *items: dict[str, Any]) -> None:
    import_items(store, [json.dumps(item).encode() for item in items], now=NOW)


def told(store: Store) -> dict[str, list[str]]:
    """By headline, the words in which roundups speak of it."""
    found = {}
    for thread in store.all_threads():
        words = []
        for mention in store.mentions([thread.id])[thread.id]:
            article = store.article(mention.article)
            said = article.title if mention.where == "title" else article.text
            words.append(said[mention.start : mention.end])
        found[thread.headline] = words
    return found


def test_a_roundup_mentions_what_came_before_it(
    store: Store, embedder: Embedder, item: Make
) -> None:
    take(store, item(), item(**WEEK))
    Deriver(store, embedder, now=lambda: NOW).run()
    ((_, words),) = told(store).items()
    assert words == ["Harbour Clinic Ransomware Attack"]
    (thread,) = store.all_threads()
    assert (thread.articles, store.counts().stale, store.meta(DUE)) == (1, 0, "")


@pytest.mark.parametrize("restarted", [True, False])
def test_a_thread_that_comes_later_is_found(
    store: Store, embedder: Embedder, item: Make, restarted: bool
) -> None:
    deriver = Deriver(store, embedder, now=lambda: NOW)
    take(store, item(**WEEK))
    deriver.run()
    assert told(store) == {}
    take(store, item(published="2026-10-10T09:00:00+00:00"))
    again = Deriver(store, embedder, now=lambda: NOW) if restarted else deriver
    again.run()
    assert list(told(store).values()) == [["Harbour Clinic Ransomware Attack"]]


def test_a_crash_between_placing_and_judging_loses_none(
    store: Store, embedder: Embedder, item: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    take(store, item(), item(**WEEK))
    with monkeypatch.context() as patch:
        patch.setattr(Roundups, "judge", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            Deriver(store, embedder, now=lambda: NOW).run()
    assert store.meta(DUE)
    Deriver(store, embedder, now=lambda: NOW).run()
    assert list(told(store).values()) == [["Harbour Clinic Ransomware Attack"]]


def test_an_item_that_is_no_roundup_any_more_mentions_nothing(
    store: Store, embedder: Embedder, item: Make
) -> None:
    deriver = Deriver(store, embedder, now=lambda: NOW)
    take(store, item(), item(**WEEK))
    deriver.run()
    take(store, item(**{**WEEK, "title": "Poem of the robot mowers", "summary": "A prize poem."}))
    deriver.run()
    assert [words for words in told(store).values() if words] == []


def test_the_demonstrations_threads_show_their_roundups(store: Store, embedder: Embedder) -> None:
    """Every mention is one that the corpus's author meant, but for a flaw in conference phones
    that he forgot; and most of his 25 are found."""
    items = corpus.items()
    take(store, *items)
    Deriver(store, embedder, now=lambda: NOW).run()
    label = {row["url"]: row["thread"] for row in items}
    meant = {a.url: set(a.mentions) for a in corpus.articles() if a.roundup}
    right = wrong = 0
    for thread in store.all_threads():
        own = {label[m.article.url] for m in store.members([thread.id])[thread.id]}
        for mention in store.mentions([thread.id])[thread.id]:
            good = bool(own & meant[store.article(mention.article).url])
            right, wrong = right + good, wrong + (not good)
    assert right >= 15
    assert wrong <= 1
