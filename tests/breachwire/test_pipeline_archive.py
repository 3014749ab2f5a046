"""Threads older than the threader's memory: found, joined, let go of, and the same after a restore.

A real store and the real embedder; months pass by the articles' dates.
"""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from breachwire.model import Article, Embedder, Placed, Vector
from breachwire.pipeline.archive import StoredArchive, restored
from breachwire.pipeline.derive import Deriver
from breachwire.pipeline.intake import import_items
from breachwire.store import Store
from breachwire.testing import an_article
from nlp import archive, embed
from nlp.standing import HOT_WEEKS, held_since
from nlp.thread import Threader
from tests.databases import Stores

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
PLACES = ("Ashby", "Brindle", "Carrow", "Dunmere", "Elstow", "Farndon", "Garsdale", "Hexley")
SYLLABLES = [f"{a}{b}" for a in "bdfgklmnprstvz" for b in ("a", "el", "i", "or", "u", "en")]
Items = list[dict[str, Any]]


def on(day: str, number: int, title: str, text: str) -> dict[str, Any]:
    return {
        "url": f"https://outlet{number % 5}.example/{number}",
        "title": title,
        "summary": text,
        "source": f"Outlet {number % 5}",
        "published": f"{day}T09:{number % 60:02}:00+00:00",
    }


BREACH = on(
    "2026-01-05",
    1,
    "Quellmark Clinics says patient files were stolen",
    "Quellmark Clinics confirmed that intruders copied the files of 41,000 patients in January.",
)
SUIT = on(
    "2026-10-06",
    2,
    "Quellmark Clinics to pay $2 million over theft of patient files",
    "Quellmark Clinics agreed to settle a class action over the breach in which intruders copied "
    "the files of 41,000 patients.",
)
APPROVED = on(
    "2026-10-09",
    3,
    "Judge approves Quellmark Clinics settlement",
    "A judge approved the $2 million settlement of Quellmark Clinics over its stolen files.",
)


def weeks(first: str = "2026-01-06", number: int = 38) -> Items:
    """A story a week, in words of its own: they stay apart."""
    start, draw = datetime.fromisoformat(first), random.Random(5)
    found = []
    for n in range(number):
        said = ["".join(draw.choices(SYLLABLES, k=3)) for _ in range(20)]
        title = f"{said[0].capitalize()} {said[1].capitalize()} {said[2]} {said[3]}"
        day = f"{start + timedelta(weeks=n):%Y-%m-%d}"
        found.append(on(day, 100 + n, title, f"{' '.join(said[4:])}."))
    return found


def run(store: Store, embedder: Embedder, items: Items, deriver: Deriver | None = None) -> Deriver:
    import_items(store, [json.dumps(i).encode() for i in items], now=NOW)
    deriver = deriver or Deriver(store, embedder, now=lambda: NOW)
    deriver.run()
    return deriver


def together(store: Store) -> set[frozenset[str]]:
    ids = [t.id for t in store.all_threads()]
    return {frozenset(m.article.url for m in ms) for ms in store.members(ids).values()}


def by_url(store: Store, item: dict[str, Any]) -> Article:
    return next(a for a in store.all_articles() if a.url == item["url"])


def read(embedder: Embedder, item: dict[str, Any]) -> tuple[Article, Vector]:
    """An item that no store has."""
    at = datetime.fromisoformat(item["published"])
    article = an_article(
        int(at.timestamp() * 1000) << 10,
        item["title"],
        item["summary"],
        source=item["source"],
        at=at,
        url=item["url"],
        content_hash=item["url"],
    )
    return article, embedder.encode([embed.text_of(article.title, article.text)])[0]


def test_a_settlement_joins_its_thread_that_memory_let_go_of(
    store: Store, embedder: Embedder
) -> None:
    deriver = run(store, embedder, [BREACH, *weeks()])
    breach = by_url(store, BREACH)
    assert restored(StoredArchive(store, embedder.name)).memory.thread_of(breach.id) is None
    run(store, embedder, [SUIT], deriver)
    assert {BREACH["url"], SUIT["url"]} in together(store)
    # The thread is whole in memory again, in this threader and in one that starts now.
    run(store, embedder, [APPROVED], deriver)
    assert {BREACH["url"], SUIT["url"], APPROVED["url"]} in together(store)
    thread = store.threads_of([breach.id])[breach.id]
    again = restored(StoredArchive(store, embedder.name)).memory
    assert [m.traits.id for m in again.thread(thread).members] == [
        by_url(store, item).id for item in (BREACH, SUIT, APPROVED)
    ]


def test_one_run_or_a_start_before_every_article_end_alike(
    store: Store, embedder: Embedder, stores: Stores
) -> None:
    from breachwire.store import open_store

    news = sorted([BREACH, *weeks(), SUIT, APPROVED], key=lambda i: i["published"])
    run(store, embedder, news)
    with_starts = open_store(stores.new())
    for n in range(0, len(news), 4):
        run(with_starts, embedder, news[n : n + 4])
    assert together(with_starts) == together(store)
    with_starts.close()


def test_a_restored_threader_reads_words_as_rare_as_the_one_it_came_from(
    store: Store, embedder: Embedder
) -> None:
    news = [BREACH, *weeks()]
    import_items(store, [json.dumps(i).encode() for i in news], now=NOW)
    live = Threader(archive=StoredArchive(store, embedder.name))
    Deriver(store, embedder, now=lambda: NOW).run()
    for placed in store.placed(embedder.name):
        assert placed.thread is not None
        live.memory.put(live.read(placed.article, placed.vector).source, 0.0, placed.thread)
    again = restored(StoredArchive(store, embedder.name))
    held = [p.article.id for p in store.placed(embedder.name, held_since(newest(store)))]
    assert len(held) >= HOT_WEEKS
    for id_ in held:
        ours, theirs = (m.source(id_).traits for m in (again.memory, live.memory))
        assert ours.rarity == theirs.rarity
        assert replace(ours, vector=None) == replace(theirs, vector=None)  # type: ignore[arg-type]
    new = read(embedder, SUIT)
    assert replace(again.decide(*new), kind="other") == replace(live.decide(*new), kind="other")


def newest(store: Store) -> datetime:
    span = store.placed_span()
    assert span is not None
    return span[1]


@dataclass(frozen=True)
class Counted(StoredArchive):
    """The store's archive, and how much was asked of it."""

    asked: Counter[str] = field(default_factory=Counter)

    def titled(self, phrases: Sequence[str], until: datetime, limit: int) -> dict[str, list[int]]:
        found = StoredArchive.titled(self, phrases, until, limit)
        self.asked["titled"] += sum(map(len, found.values()))
        self.asked["questions"] += 1
        return found

    def read(self, articles: Sequence[int]) -> list[Placed]:
        self.asked["read"] += len(articles)
        return StoredArchive.read(self, articles)


def test_a_decision_reads_a_bounded_part_of_the_archive(store: Store, embedder: Embedder) -> None:
    crowd = [
        on(
            f"2026-01-{1 + n % 28:02}",
            200 + n,
            f"Quellmark {place} {n}: {what}",
            f"Intruders copied patient files of the {place} branch of Quellmark Clinics: {what}.",
        )
        for n, (place, what) in enumerate(
            (p, w) for p in PLACES for w in ("patients sue", "class action filed", "records stolen")
        )
    ]
    run(store, embedder, [*crowd, *weeks()])
    counted = Counted(store, embedder.name)
    threader = restored(counted)
    counted.asked.clear()
    threader.decide(*read(embedder, SUIT))
    assert counted.asked["titled"] >= len(crowd)
    assert 0 < counted.asked["read"] <= archive.THREADS * (2 * archive.ENDS + 1)


def test_second_thoughts_do_not_ask_the_archive_again(store: Store, embedder: Embedder) -> None:
    run(store, embedder, [BREACH, *weeks()])
    counted = Counted(store, embedder.name)
    threader = restored(counted)
    article, vector = read(embedder, SUIT)
    placement = threader.decide(article, vector)
    asked = counted.asked["questions"]
    threader.accept(article, vector, placement)
    looked = threader.look(article.id)
    assert counted.asked["questions"] == asked > 0
    threader.memory.settle()
    assert threader.look(article.id).near.keys() == looked.near.keys()
    assert counted.asked["questions"] > asked


def test_what_is_expected_is_looked_up_at_once(store: Store, embedder: Embedder) -> None:
    run(store, embedder, [BREACH, *weeks()])
    counted = Counted(store, embedder.name)
    threader, unprepared = restored(counted), restored(StoredArchive(store, embedder.name))
    batch = [read(embedder, SUIT), read(embedder, APPROVED)]
    counted.asked.clear()
    threader.expect(batch)
    assert counted.asked["questions"] == 1
    for article, vector in batch:
        assert threader.decide(article, vector) == unprepared.decide(article, vector)
    assert counted.asked["questions"] == 1
    assert counted.asked["read"] > 0


def test_memory_is_bounded_however_long_the_archive(store: Store, embedder: Embedder) -> None:
    news = [BREACH, *weeks()]
    run(store, embedder, news)
    live = Threader(archive=StoredArchive(store, embedder.name))
    for placed in store.placed(embedder.name):
        live.accept(placed.article, placed.vector, live.decide(placed.article, placed.vector))
        live.memory.settle()
    known = [a.id for a in store.all_articles() if live.memory.thread_of(a.id) is not None]
    assert HOT_WEEKS <= len(known) <= HOT_WEEKS + 6


def test_a_backdated_article_finds_its_neighbours_by_meaning(
    store: Store, embedder: Embedder
) -> None:
    run(store, embedder, [BREACH, *weeks()])
    threader = restored(StoredArchive(store, embedder.name))
    late = on(
        "2026-01-07",
        4,
        "Hospital chain admits theft of health records",
        "Intruders copied the files of 41,000 patients of a hospital chain, which confirmed it.",
    )
    article, vector = read(embedder, late)
    near = threader.memory.candidates(threader.read(article, vector).source.traits)
    assert by_url(store, BREACH).id in near
    threader.accept(article, vector, threader.decide(article, vector))
    assert threader.memory.thread_of(article.id) is not None


@pytest.mark.parametrize("title", [SUIT["title"], "Regulator fines operator over flaw"])
def test_deciding_on_an_old_thread_changes_nothing(
    store: Store, embedder: Embedder, title: str
) -> None:
    run(store, embedder, [BREACH, *weeks()])
    threader = restored(StoredArchive(store, embedder.name))
    new = read(embedder, {**SUIT, "title": title})
    first = threader.decide(*new)
    assert threader.decide(*new) == first
    assert threader.memory.thread_of(by_url(store, BREACH).id) is None or first.method == "joins"
