"""Imported items become threads with claims and briefs; runs repeat, stop and go on."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from breachwire.errors import ParseError
from breachwire.model import Article, Embedder, Placement, Vector
from breachwire.pipeline.derive import Deriver
from breachwire.pipeline.intake import import_items
from breachwire.pipeline.leaving import leave_out
from breachwire.pipeline.rows import each
from breachwire.store import Store, ThreadFilter
from nlp.thread import Threader

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
Make = Callable[..., dict[str, Any]]


def lines(*items: dict[str, Any]) -> list[bytes]:
    return [json.dumps(item).encode() for item in items]


@pytest.fixture
def story(item: Make) -> list[dict[str, Any]]:
    """One incident by three outlets, and another story."""
    return [
        item(),
        item(
            url="https://courier.example/harbour-clinic-ransomware",
            title="Ransomware attack on Harbour Clinic exposes 24,937 patients",
            summary="Names and Social Security numbers of 24,937 patients of Harbour Clinic were "
            "exposed in a ransomware attack, the clinic confirmed.",
            source="Courier",
            published="2026-10-05T15:00:00+00:00",
        ),
        item(
            url="https://dispatch.example/clinic-suit",
            title="Harbour Clinic sued over ransomware attack",
            summary="Patients filed a class action against Harbour Clinic over the ransomware "
            "attack that exposed their Social Security numbers.",
            source="Dispatch",
            published="2026-10-12T08:00:00+00:00",
        ),
        item(
            url="https://courier.example/router-flaw",
            title="Vendor patches critical flaw in Oakmesh routers",
            summary="Oakmesh released firmware for CVE-2026-98765, a command injection flaw that "
            "lets unauthenticated attackers take over its routers.",
            source="Courier",
            published="2026-10-06T10:00:00+00:00",
        ),
    ]


def derive(store: Store, embedder: Embedder) -> None:
    Deriver(store, embedder, now=lambda: NOW).run()


def state(store: Store) -> list[tuple[str, str, tuple[str, ...]]]:
    """Every thread with its headline and members, by id."""
    threads = sorted(store.all_threads(), key=lambda t: t.id)
    members = store.members([t.id for t in threads])
    return [(t.id, t.headline, tuple(m.article.url for m in members[t.id])) for t in threads]


def test_one_incident_is_one_thread(
    store: Store, embedder: Embedder, story: list[dict[str, Any]]
) -> None:
    import_items(store, lines(*story), now=NOW)
    derive(store, embedder)
    groups = sorted(len(urls) for _, _, urls in state(store))
    assert groups == [1, 3]
    clinic = next(t for t in store.all_threads() if t.articles == 3)
    assert (clinic.kind, clinic.origins) == ("breach", 3)
    victims = [d.value for d in store.details([clinic.id])[clinic.id] if d.field == "victim"]
    assert "Harbour Clinic" in victims
    brief = store.briefs([clinic.id])[clinic.id]
    assert {s.section for s in brief.statements} >= {"headline", "signal_summary", "eli5"}
    assert store.counts().unplaced == store.counts().stale == 0


def test_a_second_run_changes_nothing(
    store: Store, embedder: Embedder, story: list[dict[str, Any]]
) -> None:
    first = import_items(store, lines(*story), now=NOW)
    derive(store, embedder)
    before, token = state(store), store.changed()
    again = import_items(store, lines(*story), now=NOW)
    derive(store, embedder)
    assert (first.new, again.new, again.known) == (4, 0, 4)
    assert state(store) == before
    assert store.changed() == token


def test_arriving_one_by_one_gives_the_same_threads(
    store: Store, embedder: Embedder, story: list[dict[str, Any]]
) -> None:
    for item in sorted(story, key=lambda i: i["published"]):
        import_items(store, lines(item), now=NOW)
        # A new Deriver each time: it must find everything it needs in the store.
        derive(store, embedder)
    assert sorted(len(urls) for _, _, urls in state(store)) == [1, 3]


def test_a_stopped_run_is_gone_on_with(
    store: Store, embedder: Embedder, story: list[dict[str, Any]]
) -> None:
    import_items(store, lines(*story), now=NOW)
    deriver = Deriver(store, embedder, now=lambda: NOW)
    deriver.run(stop=lambda: True)
    assert store.counts().threads == 0
    deriver.run()
    assert sorted(len(urls) for _, _, urls in state(store)) == [1, 3]


def test_a_failing_store_leaves_no_memory_ahead_of_it(
    store: Store,
    embedder: Embedder,
    story: list[dict[str, Any]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import_items(store, lines(*story), now=NOW)
    deriver = Deriver(store, embedder, now=lambda: NOW)
    with monkeypatch.context() as patch:
        patch.setattr(store, "place", _full_disk)
        with pytest.raises(OSError, match="disk is full"):
            deriver.run()
    deriver.run()
    assert sorted(len(urls) for _, _, urls in state(store)) == [1, 3]


def _full_disk(*_: object) -> None:
    raise OSError("disk is full")


def test_an_edited_article_is_a_revision_in_its_thread(
    store: Store, embedder: Embedder, story: list[dict[str, Any]], item: Make
) -> None:
    import_items(store, lines(*story), now=NOW)
    derive(store, embedder)
    before = state(store)
    edited = item(summary=item()["summary"].replace("24,937", "31,200"))
    done = import_items(store, lines(edited), now=NOW)
    derive(store, embedder)
    assert (done.new, done.revised) == (0, 1)
    assert [urls for _, _, urls in state(store)] == [urls for _, _, urls in before]
    clinic = next(t for t in store.all_threads() if t.articles == 3)
    numbers = [
        c.claim.value["number"]
        for d in store.details([clinic.id])[clinic.id]
        if d.field == "affected"
        for c in d.claims
        if c.claim.evidence.article == store.members([clinic.id])[clinic.id][0].article.id
    ]
    assert numbers == [31200]


def test_bad_lines_are_named_and_good_ones_kept(store: Store, item: Make) -> None:
    done = import_items(
        store,
        [
            b"not json\n",
            b"[1, 2]\n",
            b"\n",
            *lines(item(), item(url="ftp://x.example/y"), dict.fromkeys(item(), 1)),
            b'{"url": "\xff"}',
        ],
        now=NOW,
    )
    assert done.new == 1
    assert [number for number, _ in done.bad] == [1, 2, 5, 6, 7]
    assert all(reason and "\n" not in reason for _, reason in done.bad)


def test_a_file_that_holds_no_item_is_refused(store: Store) -> None:
    with pytest.raises(ParseError, match="no line holds an item; line 1: not JSON"):
        import_items(store, [b"<html>", b"</html>"], now=NOW)
    assert store.counts().articles == 0


def test_filters_find_the_thread(
    store: Store, embedder: Embedder, story: list[dict[str, Any]]
) -> None:
    import_items(store, lines(*story), now=NOW)
    derive(store, embedder)
    by_victim = store.threads(ThreadFilter(victim="harbour-clinic")).threads
    by_cve = store.threads(ThreadFilter(cve="CVE-2026-98765")).threads
    assert [t.articles for t in by_victim] == [3]
    assert [t.articles for t in by_cve] == [1]


def test_a_text_that_breaks_the_threader_holds_up_nothing(
    store: Store,
    embedder: Embedder,
    story: list[dict[str, Any]],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    import_items(store, lines(*story), now=NOW)
    whole = Threader.decide

    def breaking(self: Threader, article: Article, vector: Vector) -> Placement:
        if "sued" in article.title:
            raise RecursionError("deep")
        return whole(self, article, vector)

    monkeypatch.setattr(Threader, "decide", breaking)
    derive(store, embedder)
    assert store.counts().stale == store.counts().unplaced == 0
    assert all(article.state == "claimed" for article in store.all_articles())
    assert "https://dispatch.example/clinic-suit: left without: RecursionError" in caplog.text
    assert sorted(len(urls) for _, _, urls in state(store)) == [1, 2]
    assert store.check() == []


def test_a_fault_of_ours_marks_no_text_as_unreadable(
    store: Store,
    embedder: Embedder,
    story: list[dict[str, Any]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import_items(store, lines(*story), now=NOW)

    def broken(*_: Any) -> Placement:
        raise KeyError("a parameter that is missing")

    with monkeypatch.context() as patch:
        patch.setattr(Threader, "decide", broken)
        with pytest.raises(KeyError):
            derive(store, embedder)
    assert store.counts().unplaced == 4
    derive(store, embedder)
    assert sorted(len(urls) for _, _, urls in state(store)) == [1, 3]


def test_each_gives_up_where_half_fails() -> None:
    assert each([1, 2, 0], lambda n: 6 // n, str) == [(1, 6), (2, 3), (0, None)]
    with pytest.raises(ZeroDivisionError):
        each([1, 0], lambda n: 6 // n, str)
    assert each([], lambda n: 6 // n, str) == []


def test_a_running_deriver_goes_on_without_an_outlet_that_was_left_out(
    store: Store, embedder: Embedder, story: list[dict[str, Any]]
) -> None:
    running = Deriver(store, embedder, now=lambda: NOW)
    import_items(store, lines(*story[:2], story[3]), now=NOW)
    running.run()
    (shared,) = (t for t in store.all_threads() if t.articles == 2)
    leave_out(store, "courier.example", who="ida", now=NOW)
    assert store.stale_threads(9) == [shared.id]
    import_items(store, lines(story[2]), now=NOW)
    running.run()
    assert [url for _, _, urls in state(store) for url in urls] == [
        story[0]["url"],
        story[2]["url"],
    ]
    said = str(store.briefs([shared.id])[shared.id].statements)
    assert said
    assert "Ransomware attack on Harbour Clinic exposes" not in said
    assert store.stale_threads(9) == []
