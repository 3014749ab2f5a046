"""Feeds and entries: subscribed once, polled on, removed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from breachwire.errors import NotFoundError, StoreError
from breachwire.model import NO_WISHES, Feed, FeedSpec, Wishes
from breachwire.store import EntryRef, SeenEntry

SPEC = FeedSpec("https://herald.example/feed", outlet="The Herald", family="herald", country="AT")


def test_a_feed_comes_back_as_it_was_added(store):
    assert store.add_feeds([SPEC]) == (1, 0)
    feed = store.feed(SPEC.url)
    assert feed == Feed(feed.id, SPEC)
    assert store.feeds() == [feed]


def test_a_known_feed_keeps_its_state_and_takes_what_was_empty(store):
    store.add_feeds([SPEC])
    store.save_feed(replace(store.feed(SPEC.url), state="ok", etag='"x"'))
    again = FeedSpec(SPEC.url, title="Herald feed", outlet="Another name", verified=True)
    assert store.add_feeds([again, again]) == (0, 2)
    feed = store.feed(SPEC.url)
    assert feed.spec == replace(SPEC, title="Herald feed", verified=True)
    assert (feed.state, feed.etag) == ("ok", '"x"')


def test_what_a_feed_wishes_is_kept_and_goes_with_it(store):
    wishes = Wishes(ttl_minutes=60, skip_hours=(1, 2), skip_days=(6,))
    store.add_feeds([SPEC])
    store.save_feed(replace(store.feed(SPEC.url), wishes=wishes))
    assert store.feed(SPEC.url).wishes == wishes
    store.remove_feed(SPEC.url)
    store.add_feeds([SPEC])
    assert store.feed(SPEC.url).wishes == NO_WISHES


def test_feeds_stand_in_the_order_of_their_outlets(store):
    specs = [
        FeedSpec(f"https://{name}.example/", outlet=name) for name in ("zeta", "Beta", "alpha")
    ]
    store.add_feeds([*specs, FeedSpec("https://c.example/", title="Delta")])
    assert [feed.spec.outlet or feed.spec.title for feed in store.feeds()] == [
        "alpha", "Beta", "Delta", "zeta",
    ]  # fmt: skip


def test_saving_keeps_everything_but_the_counts_of_pages(store, make):
    store.add_feeds([SPEC])
    polled = Feed(
        store.feed(SPEC.url).id,
        replace(SPEC, title="New"),
        state="failing",
        etag="e",
        last_modified="l",
        next_fetch_at=make.now,
        last_fetch_at=make.now - timedelta(microseconds=3),
        last_success_at=make.now - timedelta(days=1),
        failures=4,
        error="500 from the server",
        moved_to="https://b.example/",
        moved_seen=2,
    )
    store.count_pages(polled.id, 3, 1, "403")
    store.save_feed(polled)
    store.count_pages(polled.id, 2, 0, None)
    expected = replace(polled, pages_ok=5, pages_refused=1, page_error="403")
    assert store.feed(SPEC.url) == expected


def test_a_feed_that_moves_to_another_feeds_address_keeps_its_own(store):
    other = FeedSpec("https://other.example/feed")
    store.add_feeds([SPEC, other])
    moved = replace(store.feed(SPEC.url), spec=replace(SPEC, url=other.url), failures=7)
    store.save_feed(moved)
    assert store.feed(SPEC.url).failures == 7
    assert store.feed(other.url).failures == 0


def test_a_time_without_a_zone_is_refused(store, make):
    store.add_feeds([SPEC])
    naive = make.now.replace(tzinfo=None)
    with pytest.raises(StoreError, match="no time zone"):
        store.save_feed(replace(store.feed(SPEC.url), next_fetch_at=naive))


def test_removing_a_feed_keeps_its_articles(store, make):
    store.add_feeds([SPEC])
    feed = store.feed(SPEC.url)
    ref = EntryRef(feed.id, "guid-1", "hash-1")
    taken = store.take([(make.draft(), ref)], make.now)
    store.remove_feed(SPEC.url)
    with pytest.raises(NotFoundError):
        store.feed(SPEC.url)
    with pytest.raises(NotFoundError):
        store.remove_feed(SPEC.url)
    assert store.article(taken[0].article.id) == taken[0].article
    assert store.seen_entries(feed.id, ["guid-1"]) == {}
    store.save_feed(feed)
    assert store.feeds() == []


def test_an_entry_of_a_feed_that_was_removed_meanwhile_is_no_error(store, make):
    taken = store.take([(make.draft(), EntryRef(99, "guid-1", "h"))], make.now)
    assert taken[0].outcome == "new"
    assert store.counts().entries == 0


def test_entries_are_remembered_with_their_article(store, make):
    store.add_feeds([SPEC])
    feed = store.feed(SPEC.url).id
    keys = [f"guid-{n}" for n in range(1200)]
    refs = [(make.draft(n % 3), EntryRef(feed, key, f"h{key}")) for n, key in enumerate(keys)]
    taken = store.take(refs, make.now)
    seen = store.seen_entries(feed, [*keys, "unknown"])
    assert len(seen) == 1200
    assert seen["guid-7"] == SeenEntry("hguid-7", taken[7].article.id)
    store.take([(make.draft(1), EntryRef(feed, "guid-7", "changed"))], make.now)
    assert store.seen_entries(feed, ["guid-7"])["guid-7"].content_hash == "changed"
    assert store.counts().entries == 1200
