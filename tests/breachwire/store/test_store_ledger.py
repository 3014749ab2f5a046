"""Claims, details and briefs come back equal to what was saved."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from breachwire.errors import StoreError
from breachwire.model import Brief, Claim, Evidence, LedgerClaim, Statement
from breachwire.store.recent import Recent


@pytest.fixture
def one(store, make):
    """An article in a thread: (article, thread id)."""
    (article,) = make.take(store, make.draft(0))
    return article, make.place(store, article).id


def test_a_ledger_comes_back_equal(store, make, one):
    article, thread = one
    published = Evidence(article.id, "published", 0, 10, article.published.isoformat()[:10])
    claims = [
        make.claim(article, thread, "Acme"),
        make.claim(article, thread, "file 0", field="affected", bound="at_least", asserter=None,
                   value={"number": 2**70, "unit": "records"}, asserter_kind=None, basis=None),
        make.claim(article, thread, "Monday", field="date", value="2026-03-23",
                   sentence=published),
        make.claim(article, thread, "file", field="money",
                   value={"amount": 1.1, "currency": "EUR", "kind": "fine"}),
    ]  # fmt: skip
    details = [
        make.detail(claims[1], note="a placeholder"),
        make.detail(claims[3], claims[0], claims[2], lead=claims[0], label="Who was hit"),
    ]
    store.save_ledger([article.id], claims, {thread: details})
    assert store.ledger([thread, "x"]) == {thread: claims, "x": []}
    assert store.details([thread, "x"]) == {thread: tuple(details), "x": ()}
    assert store.article(article.id).state == "claimed"
    assert store.articles_in("claimed", 3)[0].id == article.id


def test_saving_twice_is_saving_once(store, make, one):
    article, thread = one
    claims = [make.claim(article, thread, "Acme")]
    for _ in range(2):
        store.save_ledger([article.id], claims, {thread: [make.detail(*claims)]})
        assert store.ledger([thread])[thread] == claims
        assert store.details([thread])[thread] == (make.detail(*claims),)


def test_claims_of_an_article_are_replaced_and_the_others_kept(store, make):
    first, second = make.take(store, make.draft(0), make.draft(1))
    thread = make.place(store, first, second).id
    old = [make.claim(first, thread, "Acme"), make.claim(second, thread, "Acme")]
    store.save_ledger([first.id, second.id], old, {thread: [make.detail(*old)]})
    new = make.claim(second, thread, "file 1", status="denied")
    detail = make.detail(new, old[0])
    store.save_ledger([second.id], [new], {thread: [detail]})
    assert store.ledger([thread])[thread] == [old[0], new]
    assert store.details([thread])[thread] == (detail,)


def test_a_detail_goes_with_its_leading_claim(store, make):
    first, second = make.take(store, make.draft(0), make.draft(1))
    thread = make.place(store, first, second).id
    a, b = make.claim(first, thread, "Acme"), make.claim(second, thread, "Acme")
    details = [make.detail(a, b), make.detail(b, a, label="Other")]
    store.save_ledger([first.id, second.id], [a, b], {thread: details})
    store.save_ledger([second.id], [], {})
    assert store.details([thread])[thread] == (replace(details[0], claims=(a,)),)


def test_a_detail_may_not_rest_on_a_claim_that_is_not_there(store, make, one):
    article, thread = one
    claim = make.claim(article, thread, "Acme")
    told = replace(claim, said_at=claim.said_at + timedelta(seconds=1))
    with pytest.raises(StoreError, match="ledger does not have"):
        store.save_ledger([article.id], [claim], {thread: [make.detail(told)]})
    assert store.ledger([thread])[thread] == []
    assert store.article(article.id).state == "threaded"


def test_the_same_words_may_make_two_claims(store, make, one):
    article, thread = one
    claims = [make.claim(article, thread, "Acme", value=value) for value in ("Acme", "acme corp")]
    details = [make.detail(claim) for claim in reversed(claims)]
    store.save_ledger([article.id], [*claims, claims[0]], {thread: details})
    assert store.details([thread])[thread] == tuple(details)
    assert len(store.ledger([thread])[thread]) == 3


def test_what_storing_cleans_is_still_the_same_claim(store, make, one):
    article, thread = one
    claim = make.claim(article, thread, "Acme", value="A\ud800", asserter="B\x00")
    store.save_ledger([article.id], [claim], {thread: [make.detail(claim)]})
    (detail,) = store.details([thread])[thread]
    assert (detail.value, detail.asserter, detail.lead.claim.value) == ("A?", "B", "A?")


def test_a_saved_ledger_makes_its_threads_stale(store, make, one):
    article, thread = one
    store.save_briefs([brief(make, thread)])
    assert store.stale_threads(5) == []
    store.save_ledger([article.id], [make.claim(article, thread, "Acme")], {})
    assert store.stale_threads(5) == [thread]
    assert store.counts().stale == 1


def test_what_another_process_changes_is_seen_at_once(store, opened, make):
    first, second = make.take(store, make.draft(0), make.draft(1))
    thread = make.place(store, first, second).id
    other = opened()
    for n, status in enumerate(("claimed", "denied", "confirmed")):
        claims = [make.claim(one, thread, "Acme", status=status) for one in (first, second)]
        detail = make.detail(*claims)
        other.save_ledger([first.id, second.id], claims, {thread: [detail]})
        other.save_briefs([brief(make, thread, f"h{n}")])
        for reader in (store, other, store):
            assert reader.details([thread])[thread] == (detail,)
            assert reader.briefs([thread])[thread].version == n + 1
    other.save_ledger([second.id], [], {})  # names no thread, but its details rest on the article
    assert store.details([thread])[thread] == (replace(detail, claims=tuple(claims[:1])),)


def test_values_are_kept_while_their_version_holds_and_no_more_than_so_many():
    recent, asked = Recent(2), []

    def read(keys):
        asked.append("".join(keys))
        return {key: key.upper() for key in keys if key != "x"}

    for versions in ({"a": 1, "b": 1}, {"a": 1, "x": 1}, {"b": 2}, {"c": 1}, {"b": 2}, {"a": 1}):
        expected = {key: key.upper() for key in versions if key != "x"}
        assert recent.get(versions, read) == expected
    assert asked == ["ab", "x", "b", "c", "a"]


texts = st.text(max_size=20)
maybe = st.none() | texts
values = texts | st.dictionaries(texts, texts | st.integers() | st.booleans() | st.none())


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(value=values, asserter=maybe, start=st.integers(0, 2**31), quote=texts)
def test_any_claim_comes_back(store, make, one, value, asserter, start, quote):
    article, thread = one
    evidence = Evidence(article.id, "published", start, start + len(quote), quote)
    claim = LedgerClaim(
        Claim("victim", value, "about", "claimed", asserter, None, None, evidence, evidence),
        thread, make.now, make.now,
    )  # fmt: skip
    detail = make.detail(claim, label=quote, note=asserter)
    store.save_ledger([article.id], [claim], {thread: [detail]})
    assert store.ledger([thread])[thread] == [cleaned(claim)]
    assert store.details([thread])[thread][0].lead == cleaned(claim)


def cleaned(claim):
    """NUL is the one character of hypothesis's texts that no engine keeps in a plain column."""
    said, words = claim.claim, claim.claim.evidence
    words = replace(words, quote=words.quote.replace("\x00", ""))
    asserter = said.asserter and said.asserter.replace("\x00", "")
    return replace(claim, claim=replace(said, asserter=asserter, evidence=words, sentence=words))


def brief(make, thread, hash_="h1", text="Acme confirms breach", **changes):
    quote = Evidence(7, "text", 0, 4, "Acme")
    statements = (
        Statement("signal_summary", "Summary \ud83d\ude00 \u2028 ä", "stated", (quote, quote)),
        Statement("headline", text, "quoted", (quote,)),
        Statement("deep_analysis", "More.", "inferred", (quote,), paragraph=2),
        Statement("timeline", "It began.", "stated", (quote,), at="2026-03"),
        Statement("pessimistic_outlook", "No source says.", "notice"),
    )
    values = {
        "thread": thread, "version": 99, "input_hash": hash_, "author": "extractive",
        "model": None, "made_at": make.now, "statements": statements,
    }  # fmt: skip
    return Brief(**(values | changes))


def test_a_brief_comes_back_equal_and_gives_the_headline(store, make, one):
    _, thread = one
    written = brief(make, thread, text="A headline", statements=brief(make, thread).statements[1:])
    assert store.stale_threads(5) == [thread]
    store.save_briefs([written])
    assert store.briefs([thread, "x"]) == {thread: replace(written, version=1)}
    assert store.thread(thread).headline == "Acme confirms breach"
    assert store.stale_threads(5) == []


def test_a_brief_of_the_same_input_is_no_new_version(store, make, one):
    _, thread = one
    store.save_briefs([brief(make, thread, "h1")])
    store.save_briefs([brief(make, thread, "h1", model="other")])
    assert (store.briefs([thread])[thread].version, store.briefs([thread])[thread].model) == (
        1,
        None,
    )
    store.save_briefs([brief(make, thread, "h2", text="Acme denies"), brief(make, thread, "h2")])
    assert store.briefs([thread])[thread].version == 2
    store.save_briefs([brief(make, thread, "h1", author="model", model="m")])
    latest = store.briefs([thread])[thread]
    assert (latest.version, latest.author, latest.model) == (3, "model", "m")


def test_who_wrote_each_section_comes_back(store, make, one):
    _, thread = one
    said = brief(make, thread).statements
    mixed = (said[0], *(replace(s, author="model") for s in said[1:3]), said[4])
    store.save_briefs([brief(make, thread, author="model", model="m", statements=mixed)])
    assert store.briefs([thread])[thread].written() == {
        "headline": ("model",), "signal_summary": ("extractive",), "deep_analysis": ("model",),
        "pessimistic_outlook": ("extractive",),
    }  # fmt: skip
    both = replace(brief(make, thread), statements=(said[2], replace(said[2], author="model")))
    assert both.written() == {"deep_analysis": ("extractive", "model")}


def test_hostile_text_in_a_brief_is_stored(store, make, one):
    _, thread = one
    statement = Statement("headline", "lone \ud800 and \x00", "notice")
    store.save_briefs([brief(make, thread, statements=(statement,))])
    assert store.briefs([thread])[thread].statements[0].text.startswith("lone ? and")
    assert store.thread(thread).headline == "lone ? and "


def test_stale_threads_come_latest_first(store, make):
    articles = make.take(store, *(make.draft(n) for n in range(4)))
    threads = [make.place(store, article).id for article in articles]
    assert store.stale_threads(3) == threads[:0:-1]
    store.save_briefs([brief(make, threads[2])])
    assert store.stale_threads(9) == [threads[3], threads[1], threads[0]]


def test_a_thread_placed_anew_keeps_its_brief(store, make, one):
    article, thread = one
    store.save_briefs([brief(make, thread)])
    make.place(store, article)
    assert store.briefs([thread])[thread].version == 1
    assert store.stale_threads(5) == [thread]
