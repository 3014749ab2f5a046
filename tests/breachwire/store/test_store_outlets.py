"""Outlets that are left out: refused, forgotten, and what stood on them withdrawn."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from breachwire.errors import ConflictError, GoneError, LeftOutError, NotFoundError
from breachwire.model import (
    Brief,
    Change,
    Evidence,
    FeedSpec,
    LeftOut,
    Mention,
    Related,
    Stand,
    Statement,
    Storyline,
    site_among,
)
from breachwire.model.newsletter import Issue
from breachwire.pipeline.leaving import leave_out
from breachwire.store import EntryRef, Store, ThreadFilter
from nlp.vectors import FaissIndex
from tests.databases import everything

SITE = "quiet.example"
WORD, STEM = "zanzibarine", "anzibar"
"""The index keeps a word without its end, and without what it shares with the one before."""


def test_a_site_is_itself_and_all_under_it() -> None:
    assert site_among("https://www.news.quiet.example:8080/a?b=quiet", {SITE}) == SITE
    assert site_among("quiet.example/a", {SITE}) == SITE
    assert site_among("https://QUIET.example./a", {SITE}) == SITE
    assert site_among("https://unquiet.example/quiet.example", {SITE}) is None
    assert site_among("https://quiet.example.org/", {SITE}) is None
    assert site_among("https://[/", {SITE}) is None


def _by(make: Any) -> LeftOut:
    return LeftOut(SITE, "ida", "asked by mail", make.now)


def _theirs(make: Any, n: int) -> Any:
    return make.draft(
        n,
        url=f"https://news.quiet.example/{n}",
        keys=(f"news.quiet.example/{n}",),
        title=f"Acme hit by {WORD} {n}",
        text=f"Acme said that {WORD} intruders took file {n}.",
        lead=f"{WORD} lead",
        source="The Quiet",
    )


@pytest.fixture
def wire(store: Store, make: Any) -> dict[str, Any]:
    """Two threads: one shared with another outlet, one of the quiet outlet alone."""
    store.add_feeds(
        [FeedSpec(url="https://quiet.example/feed"), FeedSpec(url="https://herald.example/feed")]
    )
    feeds = {feed.spec.url: feed.id for feed in store.feeds()}
    theirs = store.take(
        [(_theirs(make, n), EntryRef(feeds["https://quiet.example/feed"], str(n), "h"))
         for n in (1, 2)],
        make.now,
    )  # fmt: skip
    first, second = (one.article for one in theirs)
    (other,) = make.take(store, make.draft(3))
    shared = make.place(store, first, other, articles=2, headline=first.title)
    alone = make.place(store, second)
    claims = [
        make.claim(first, shared.id, f"{WORD} intruders", field="actor"),
        make.claim(other, shared.id, "Acme"),
    ]
    lone = make.claim(second, alone.id, "Acme")
    store.save_ledger(
        [first.id, second.id, other.id],
        [*claims, lone],
        {shared.id: [make.detail(c) for c in claims], alone.id: [make.detail(lone)]},
        changes=[_change(make, other.id, first)],
    )
    store.save_mentions([second.id], [Mention(second.id, shared.id, 0, 4, 0.9, "named", "title")])
    return {"first": first, "second": second, "other": other, "shared": shared, "alone": alone}


def _change(make: Any, by: int, said: Any) -> Change:
    stand = Stand("x", None, "reported", None, None, said.at, said.text)
    own = Evidence(by, "text", 0, 4, "Acme")
    return Change(by, make.now, "actor", "Actor", stand, None, (own,))


def _brief(make: Any, thread: str, article: Any, text: str) -> Brief:
    evidence = Evidence(article.id, "text", 0, len(article.text), article.text)
    said = (Statement("headline", text, "quoted", (evidence,)),)
    return Brief(thread, 0, text, "extractive", None, make.now, said)


def _leave(store: Store, make: Any) -> Any:
    return leave_out(store, SITE, who="ida", why="asked by mail", now=make.now)


def _everything(url: str) -> str:
    """Every value of every table, the search indexes' own included."""
    if url.startswith("postgresql:"):
        return everything(url)
    with sqlite3.connect(url.removeprefix("sqlite:///")) as raw:
        raw.text_factory = bytes
        tables = [row[0].decode() for row in raw.execute("SELECT name FROM sqlite_master")
                  if row[0]]  # fmt: skip
        found = []
        for table in tables:
            try:
                found += [repr(row) for row in raw.execute(f'SELECT * FROM "{table}"')]
            except sqlite3.OperationalError:
                continue  # an index
        return "\n".join(found)


def test_nothing_of_it_is_stored_any_more(store: Store, make: Any, wire: Any) -> None:
    store.save_briefs([_brief(make, wire["shared"].id, wire["first"], f"a {WORD} headline")])
    items = [
        {"thread": wire[nick].id, "headline": f"{WORD} {nick}"} for nick in ("shared", "alone")
    ]
    items.append({"thread": "far", "url": "https://news.quiet.example/7", "headline": WORD})
    document = {"items": [*items, {"thread": "other", "headline": "Kept"}]}
    store.add_issue(
        Issue("2026-03-24-daily", "daily", make.now, make.now, make.now, document), {}, make.now
    )
    assert WORD in _everything(store.url)
    held = _leave(store, make)
    assert (len(held.articles), len(held.threads), held.alone) == (2, 2, 1)
    assert held.feeds == ("https://quiet.example/feed",)
    assert STEM not in _everything(store.url)
    assert "news.quiet" not in _everything(store.url)
    assert [feed.spec.url for feed in store.feeds()] == ["https://herald.example/feed"]
    assert store.counts().articles == 1
    assert store.search_text(WORD, limit=9) == []
    assert store.issue("2026-03-24-daily").document == {"items": document["items"][3:]}
    assert store.holding(SITE).articles == ()


@pytest.mark.sqlite
def test_no_byte_of_it_is_left_in_the_file(store: Store, make: Any, wire: Any) -> None:
    path = Path(store.url.removeprefix("sqlite:///"))
    _checkpoint(path)
    assert STEM.encode() in path.read_bytes()
    _leave(store, make)
    _checkpoint(path)
    assert STEM.encode() not in path.read_bytes()


def _checkpoint(path: Path) -> None:
    with closing(sqlite3.connect(path)) as raw:
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def test_what_others_reported_stays_and_waits_for_its_brief(
    store: Store, make: Any, wire: Any
) -> None:
    _leave(store, make)
    shared = wire["shared"].id
    thread = store.thread(shared)
    assert (thread.articles, thread.headline) == (1, wire["other"].title)
    assert [m.article.id for m in store.members([shared])[shared]] == [wire["other"].id]
    assert [d.value for d in store.details([shared])[shared]] == ["Acme"]
    assert store.changes(shared) == []
    assert store.mentions([shared])[shared] == ()
    assert store.stale_threads(9) == [shared]
    assert [t.id for t in store.threads(ThreadFilter()).threads] == [shared]
    assert store.is_withdrawn(wire["alone"].id)
    assert not store.is_withdrawn(shared)


def test_versions_that_quote_it_are_withdrawn_and_numbers_go_on(
    store: Store, make: Any, wire: Any
) -> None:
    shared = wire["shared"].id
    store.save_briefs([_brief(make, shared, wire["other"], "one")])
    store.save_briefs([_brief(make, shared, wire["first"], "two")])
    assert store.briefs([shared])[shared].version == 2  # kept in memory from here on
    _leave(store, make)
    assert shared not in store.briefs([shared])
    with pytest.raises(GoneError, match="outlet's wish"):
        store.brief(shared, 2)
    assert [one.version for one in store.brief_versions(shared)] == [1]
    store.save_briefs([_brief(make, shared, wire["other"], "three")])
    assert [one.version for one in store.brief_versions(shared)] == [3, 1]
    assert store.briefs([shared])[shared].version == 3


def test_versions_elsewhere_that_quote_it_are_withdrawn(store: Store, make: Any, wire: Any) -> None:
    (far,) = make.take(store, make.draft(60))
    elsewhere = make.place(store, far)
    store.save_briefs([_brief(make, elsewhere.id, wire["second"], "quoted")])
    _leave(store, make)
    with pytest.raises(GoneError):
        store.brief(elsewhere.id, 1)
    assert elsewhere.id in store.stale_threads(9)


def test_it_is_refused_by_every_way_in(store: Store, make: Any, wire: Any) -> None:
    _leave(store, make)
    for draft in (
        _theirs(make, 9),
        make.draft(10, keys=("herald.example/10", "quiet.example/10")),
    ):
        with pytest.raises(LeftOutError, match=r"quiet\.example is left out"):
            store.take([(make.draft(11), None), (draft, None)], make.now)
    assert store.counts().articles == 1  # nor what came with it
    spec = FeedSpec(url="https://feeds.quiet.example/rss")
    assert store.add_feeds([spec, FeedSpec(url="https://unquiet.example/rss")]) == (1, 0)


def test_texts_that_only_its_feed_gave_go_too(store: Store, make: Any) -> None:
    store.add_feeds([FeedSpec(url="https://quiet.example/feed")])
    (feed,) = store.feeds()
    store.take([(make.draft(1, text_from="feed"), EntryRef(feed.id, "1", "h"))], make.now)
    store.take([(make.draft(2, text_from="page"), EntryRef(feed.id, "2", "h"))], make.now)
    _leave(store, make)
    assert [one.url for one in store.all_articles()] == ["https://herald.example/2"]


def test_a_second_time_changes_nothing_but_what_was_left(
    store: Store, make: Any, wire: Any
) -> None:
    assert store.bar(_by(make))
    placed = store.placements([wire["first"].id])
    assert not store.bar(replace(_by(make), why="again"))
    assert placed
    _leave(store, make)  # as after a kill between the steps
    edits = store.edits()
    assert {(one.what, one.who, one.why) for one in edits} == {
        ("leave_out", "ida", "quiet.example: asked by mail")
    }
    assert _leave(store, make).articles == ()
    assert store.edits() == edits
    assert [one.site for one in store.left_out()] == [SITE]


def test_letting_in_brings_nothing_back(store: Store, make: Any, wire: Any) -> None:
    _leave(store, make)
    edit = store.let_in(LeftOut(SITE, "bo", "", make.now + timedelta(hours=1)))
    assert (edit.what, edit.who, edit.why) == ("let_in", "bo", SITE)
    assert store.left_out() == []
    assert store.counts().articles == 1
    with pytest.raises(NotFoundError):
        store.let_in(_by(make))
    (back,) = make.take(store, _theirs(make, 2))
    make.place(store, back)
    assert not store.is_withdrawn(wire["alone"].id)  # its address is that of the same article


def test_every_process_drops_its_vectors(
    store: Store, opened: Callable[[], Store], make: Any, wire: Any
) -> None:
    beside = opened()
    for one in (store, beside):
        assert one.use_index(FaissIndex(16), make.model) == 3
    _leave(store, make)
    query = make.vector(wire["second"].id)
    for one in (store, beside):
        assert [id for id, _ in one.search_vectors(query, limit=9)] == [wire["other"].id]


def test_an_edit_in_between_is_not_overwritten(store: Store, make: Any, wire: Any) -> None:
    with pytest.raises(ConflictError, match="stands in"):
        store.forget_articles(
            _by(make), [wire["first"].id], [], [], {}, stood={wire["first"].id: "other"}
        )
    assert store.article(wire["first"].id)


def test_what_leads_to_an_empty_thread_goes(store: Store, make: Any, wire: Any) -> None:
    shared, alone = wire["shared"].id, wire["alone"].id
    store.save_related({shared: [Related(alone, "same_campaign", f"the {WORD}", 0.5)]})
    store.save_storylines([Storyline("s", f"The {WORD}", (shared, alone), "both")])
    _leave(store, make)
    assert store.related([shared])[shared] == ()
    assert store.storylines() == []
