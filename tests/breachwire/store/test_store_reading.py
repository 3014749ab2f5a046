"""The latest change of each thread, and counts over a time."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from breachwire.model import Change, Evidence, Named
from tests.breachwire.store.test_store_history import change, stand


def test_the_latest_change_is_all_that_the_newest_article_changed(store, make):
    first, second, third = make.take(store, make.draft(0), make.draft(1), make.draft(2))
    thread, other, quiet = (make.place(store, one) for one in (first, second, third))
    later = make.now + timedelta(hours=1)
    put: list[Change] = [
        change(first, make.now),
        change(second, make.now, label="Other"),
        change(first, later, label="Lead", before=stand(make.now)),
        change(first, later, label="Second"),
    ]
    store.save_ledger([], [], {}, changes=put)
    found = store.latest_changes([thread.id, other.id, quiet.id])
    assert {t: [one.label for one in own] for t, own in found.items()} == {
        thread.id: ["Lead", "Second"],
        other.id: ["Other"],
    }
    assert replace(found[thread.id][0], id=0) == put[2]
    assert isinstance(found[thread.id][0].evidence[0], Evidence)
    assert store.latest_changes([]) == {}


def test_trends_count_what_lies_in_the_span(store, make):
    first, second = make.take(store, make.draft(0), make.draft(1))
    thread, other = make.place(store, first), make.place(store, second)
    claims = [
        make.claim(first, thread.id, "Acme"),
        make.claim(second, other.id, "file", field="actor", value="Zed"),
    ]
    details = {
        thread.id: [make.detail(claims[0])],
        other.id: [make.detail(claims[1])],
    }
    store.save_ledger([first.id, second.id], claims, details)
    since, until = first.at - timedelta(days=1), second.at + timedelta(days=1)
    found = store.trends(since, until, [thread.kind])
    assert sum(found.threads.values()) == 2
    assert set(found.threads) == {first.at.date(), second.at.date()}
    counted = [number for day in found.claims.values() for number in day.values()]
    assert sum(counted) == 2
    assert set(found.claims) == {first.at.date(), second.at.date()}
    assert found.named["victim"] == (Named("acme", "Acme", 1),)
    assert found.named["actor"] == (Named("zed", "Zed", 1),)
    assert found.named["third_party"] == found.named["sector"] == ()
    before = store.trends(since - timedelta(days=9), since, [thread.kind])
    assert (before.threads, before.claims, before.named["victim"]) == ({}, {}, ())
    assert store.trends(since, until, ["policy"]).threads == {}
