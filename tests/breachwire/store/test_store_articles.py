"""Articles: one article once, silent edits kept, hostile text no crash."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from breachwire.errors import NotFoundError
from breachwire.model import Article, FeedSpec
from breachwire.store import EntryRef, content_hash


def outcomes(store, make, *drafts):
    return [one.outcome for one in store.take([(draft, None) for draft in drafts], make.now)]


def test_an_article_comes_back_as_it_was_taken(store, make):
    draft = make.draft(page_state="thin", page_note="less than the feed's own", credit="WIRE")
    (taken,) = store.take([(draft, None)], make.now)
    expected = Article(
        taken.article.id, draft.url, draft.title, draft.text, draft.lead, draft.authors,
        draft.source, draft.family, draft.section, draft.published, make.now,
        content_hash(draft.title, draft.text), 1, "stored", "en", "feed", "thin",
        "less than the feed's own", "WIRE",
    )  # fmt: skip
    assert taken.article == expected
    assert store.article(expected.id) == expected
    assert store.article_by_key("herald.example/0") == expected
    assert list(store.all_articles()) == [expected]
    assert store.articles_in("stored", 5) == [expected]
    assert store.articles_in("threaded", 5) == []


def test_unknown_articles_are_named(store):
    for id in (5, -1, 1 << 80):
        with pytest.raises(NotFoundError, match=str(id)):
            store.article(id)
    assert store.article_by_key("nowhere.example/") is None
    assert store.articles([1, 2, 1 << 80]) == {}


def test_ids_grow_with_time_and_stay_whole_in_javascript(store, make):
    years = (1, 1969, 1999, 2026, 2999, 9999)
    drafts = [make.draft(year, published=datetime(year, 1, 1, tzinfo=UTC)) for year in years]
    ids = [article.id for article in make.take(store, *drafts)]
    assert ids == sorted(ids)
    assert len(set(ids)) == len(ids)
    assert max(ids) < 2**53


def test_a_thousand_articles_of_one_moment_have_ids_of_their_own(store, make):
    first = make.take(store, *(make.draft(n, published=make.now) for n in range(700)))
    rest = make.take(store, *(make.draft(n, published=make.now) for n in range(700, 1400)))
    ids = [article.id for article in first + rest]
    assert ids == list(range(ids[0], ids[0] + 1400))
    later = make.draft(2_000, published=make.now + timedelta(milliseconds=1))
    assert make.take(store, later)[0].id == ids[0] + 1400  # the moment before ran over


def test_taking_twice_changes_nothing(store, make):
    drafts = [make.draft(n) for n in range(5)]
    before = make.take(store, *drafts)
    token = store.changed()
    assert outcomes(store, make, *drafts) == ["known"] * 5
    assert list(store.all_articles()) == before
    assert store.changed() == token


def test_drafts_of_one_call_may_be_one_another(store, make):
    one, other = make.draft(0), make.draft(1, keys=("herald.example/0", "mirror.example/0"))
    third = make.draft(2, keys=("mirror.example/0",))
    taken = store.take([(one, None), (other, None), (third, None)], make.now)
    assert [each.outcome for each in taken] == ["new", "revised", "revised"]
    assert len({each.article.id for each in taken}) == 1
    assert taken[0].article.title == one.title
    assert store.article(taken[0].article.id).revision == 3
    assert store.article_by_key("mirror.example/0").title == third.title
    assert store.counts().articles == 1


def test_an_edited_title_is_a_revision_of_the_same_article(store, make):
    (before,) = make.take(store, make.draft(0))
    make.place(store, before)
    edited = make.draft(0, title="Acme denies breach", lead="", published=None)
    (taken,) = store.take([(edited, None)], make.now + timedelta(hours=1))
    after = taken.article
    assert taken.outcome == "revised"
    assert (after.id, after.revision, after.state) == (before.id, 2, "stored")
    assert (after.title, after.text, after.lead) == ("Acme denies breach", before.text, before.lead)
    assert (after.published, after.first_seen_at) == (before.published, before.first_seen_at)
    assert after.content_hash == content_hash(after.title, after.text)
    assert store.article(after.id) == after
    assert store.search_text("denies", limit=5)[0][0] == after.id
    assert store.search_text("confirms", limit=5) == []


def test_a_feeds_text_never_replaces_a_pages(store, make):
    page = make.draft(0, text="The whole story.", text_from="page", page_state="ok")
    (before,) = make.take(store, page)
    feed = make.draft(0, title=page.title, text="A teaser …", page_state="refused")
    assert outcomes(store, make, feed) == ["known"]
    assert store.article(before.id) == before


def test_a_page_replaces_a_feeds_text_and_address(store, make):
    refused = make.draft(0, page_state="refused", page_note="403 from the outlet")
    (before,) = make.take(store, refused)
    page = make.draft(
        0, url="https://herald.example/0/final", text="The whole story.", text_from="page",
        page_state="ok",
    )  # fmt: skip
    assert outcomes(store, make, page) == ["revised"]
    after = store.article(before.id)
    assert (after.url, after.text, after.text_from) == (page.url, "The whole story.", "page")
    assert (after.page_state, after.page_note) == ("ok", "")


def test_a_page_never_takes_an_address_that_another_article_has(store, make):
    make.take(store, make.draft(0), make.draft(1))
    page = make.draft(0, url=make.draft(1).url, keys=("herald.example/0",), text_from="page")
    (taken,) = store.take([(page, None)], make.now)
    assert taken.article.url == make.draft(0).url


def test_what_was_unknown_is_filled_in_without_a_revision(store, make):
    bare = make.draft(0, authors=(), published=None, source="", credit="", lead="")
    (before,) = make.take(store, bare)
    full = make.draft(0, credit="WIRE", page_state="refused", page_note="403")
    assert outcomes(store, make, full) == ["known"]
    after = store.article(before.id)
    assert after.authors == full.authors
    assert (after.published, after.source, after.credit) == (full.published, full.source, "WIRE")
    assert (after.page_state, after.page_note, after.lead) == ("refused", "403", full.lead)
    assert (after.revision, after.id) == (1, before.id)
    assert outcomes(store, make, make.draft(0, authors=("Someone else",), credit="")) == ["known"]
    assert store.article(before.id) == after


def test_an_import_with_two_texts_of_one_article_may_be_run_twice(store, make):
    drafts = [make.draft(0), make.draft(0, text="Another summary of it.")]
    assert outcomes(store, make, *drafts) == ["new", "revised"]
    assert outcomes(store, make, *drafts) == ["known", "known"]
    assert store.article_by_key("herald.example/0").revision == 2


def test_a_feed_that_takes_an_edit_back_makes_a_revision(store, make):
    store.add_feeds([FeedSpec("https://herald.example/feed")])
    feed = store.feeds()[0].id
    texts = ["One million people.", "Ten people.", "One million people."]
    taken = [
        store.take([(make.draft(0, text=text), EntryRef(feed, "k", text))], make.now)[0]
        for text in texts
    ]
    assert [one.outcome for one in taken] == ["new", "revised", "revised"]
    assert taken[-1].article.revision == 3


def test_an_empty_draft_wipes_nothing(store, make):
    (before,) = make.take(store, make.draft(0))
    assert outcomes(store, make, make.draft(0, title="", text="", lead="")) == ["known"]
    assert store.article(before.id) == before


def test_articles_wait_oldest_first(store, make):
    make.take(store, *(make.draft(n) for n in (3, 1, 2)))
    waiting = store.articles_in("stored", 2)
    assert [article.url[-1] for article in waiting] == ["1", "2"]


def test_many_articles_are_read_piece_by_piece(store, make):
    made = make.take(store, *(make.draft(n) for n in range(1203)))
    assert list(store.all_articles()) == made
    assert store.articles([one.id for one in made]) == {one.id: one for one in made}


HOSTILE = (
    "lone \ud800 surrogate",
    "nul\x00byte",
    "'; DROP TABLE article; --",
    "\u202eesrever\u202c \U0001f469\u200d\U0001f4bb",
    "%s %d :name ?1 {0}",
    "\ue001\ue002 private use",
    "a" * 500_000,
    "",
)


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: repr(text[:12]))
def test_hostile_text_is_stored_and_found_again(store, make, text):
    draft = make.draft(0)
    draft = replace(
        draft, title=text, text=text + " marker", lead=text, authors=(text,), source=text,
        section=text, credit=text, url=f"https://herald.example/{text[:1_900]}", keys=(text, "key"),
        page_note=text,
    )  # fmt: skip
    (article,) = make.take(store, draft)
    assert store.article(article.id) == article
    assert article.text.encode()
    assert "\x00" not in article.text
    assert outcomes(store, make, draft) == ["known"]
    assert store.article_by_key(text) == (article if text else None) or not text
    assert [id for id, _ in store.search_text("marker", limit=3)] == [article.id]
    assert store.search_text(text, limit=3) is not None


def test_clean_text_is_stored_verbatim(store, make):
    text = "  Zwei\tZeilen\r\nmit ä, 漢字 und \U0001f600 \n"
    (article,) = make.take(store, make.draft(0, text=text))
    assert store.article(article.id).text == text
