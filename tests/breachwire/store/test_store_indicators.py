"""The contract: indicators come back equal, are replaced an article at a time, and stay small."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from breachwire.model import Evidence, Indicator


def indicator(article, value="tallow.example", quote="intruders", type_="domain"):
    start = article.text.index(quote)
    return Indicator(
        type_,
        value,
        Evidence(article.id, "text", start, start + len(quote), quote),
        Evidence(article.id, "text", 0, len(article.text), article.text),
    )


@pytest.fixture
def two(store, make):
    return make.take(store, make.draft(0), make.draft(1))


def test_they_come_back_equal_and_in_order(store, two):
    one, other = two
    title = Evidence(other.id, "title", 0, 4, "Acme")
    given_ = [
        indicator(one, "z.example"),
        indicator(one, "a.example"),
        Indicator("package", "pkg:npm/acme@1.0.0", title, title),
    ]
    store.save_indicators([one.id, other.id], given_)
    assert store.indicators([other.id, one.id, 5]) == {
        one.id: tuple(given_[:2]), other.id: (given_[2],), 5: (),
    }  # fmt: skip


def test_those_of_an_article_are_replaced_and_others_stay(store, two):
    one, other = two
    store.save_indicators([one.id, other.id], [indicator(one), indicator(other)])
    store.save_indicators([one.id], [indicator(one, "new.example"), indicator(one, "b.example")])
    assert [i.value for i in store.indicators([one.id])[one.id]] == ["new.example", "b.example"]
    store.save_indicators([one.id], [])
    assert store.indicators([one.id, other.id]) == {one.id: (), other.id: (indicator(other),)}


def test_the_same_again_changes_nothing(store, two):
    one, _ = two
    store.save_indicators([one.id], [indicator(one)])
    token = store.changed()
    store.save_indicators([one.id], [indicator(one)])
    store.save_indicators([], [])
    assert store.changed() == token


def test_they_stay_where_a_thread_is_merged(store, make, two):
    one, other = two
    first, second = make.place(store, one), make.place(store, other)
    store.save_indicators([other.id], [indicator(other)])
    moved = [make.placement(other, first.id)]
    whole = make.thread([one, other])
    store.regroup("merge", "Ada", "", make.now, moved, [whole], {}, stood={other.id: second.id})
    members = store.members([first.id])[first.id]
    found = store.indicators([m.article.id for m in members])
    assert found[other.id] == (indicator(other),)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(value=st.text(max_size=20), start=st.integers(0, 2**31))
def test_any_indicator_comes_back(store, make, value, start):
    (article,) = make.take(store, make.draft(0))
    words = Evidence(article.id, "text", start, start + len(value), value)
    store.save_indicators([article.id], [Indicator("url", value, words, words)])
    clean = value.replace("\x00", "")
    words = replace(words, quote=clean)
    assert store.indicators([article.id])[article.id] == (Indicator("url", clean, words, words),)
    store.save_indicators([article.id], [])  # the invented offsets are no article's words
