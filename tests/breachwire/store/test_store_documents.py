"""Threads' documents, names of parties and facets: written with what they are made from."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from breachwire.model import Brief, Evidence, Party, PartyFact, Statement
from breachwire.store import Terms, ThreadFilter, open_store, tables, threads
from breachwire.store.engine import path_of
from breachwire.testing import set_back


@pytest.fixture
def acme(store, make):
    """A thread on Acme, also spelled Acme Freight, of the transport sector."""
    return tell(store, make, 0, "Acme", ("Acme", "Acme Freight"))


def tell(store, make, n, name, forms):
    article = make.take(store, make.draft(n, title=f"{name} confirms a breach"))[0]
    thread = make.place(store, article, headline=article.title)
    claim = make.claim(article, thread.id, name)
    words = Evidence(article.id, "title", 0, len(name), name)
    fact = PartyFact("Transport", "quote", "is a carrier", words)
    party = Party(name, forms, article.at, article.at, fact)
    other = make.claim(article, thread.id, "intruders took file", field="data_type", value="files")
    details = [make.detail(claim, party=party), make.detail(other)]
    store.save_ledger([article.id], [claim, other], {thread.id: details})
    return thread


def found(store, *words):
    return [id for id, _ in store.search_threads(Terms(tuple((w,) for w in words)), limit=9)]


def test_a_thread_is_found_by_headline_names_facts_and_kind(store, acme):
    for words in (["confirms"], ["Acme Freight"], ["intruders"], ["Transport"], ["breaches"]):
        assert found(store, *words) == [acme.id], words
    assert found(store, "investigating") == []  # the article's words are the article's


def test_a_documents_words_change_with_the_thread(store, make, acme):
    words = Evidence(store.articles_of([acme.id])[acme.id][0], "title", 0, 4, "Acme")
    brief = Brief(
        acme.id, 1, "h", "extractive", None, acme.first_at,
        (Statement("headline", "Orbiqon closes its depots", "stated", (words,)),),
    )  # fmt: skip
    store.save_briefs([brief])
    assert found(store, "depots") == [acme.id]
    assert found(store, "confirms") == []
    store.save_ledger(store.articles_of([acme.id])[acme.id], [], {acme.id: []})
    assert found(store, "Freight") == []


def test_a_merged_thread_has_no_document(store, make, acme):
    other = tell(store, make, 5, "Orbiqon", ("Orbiqon",))
    assert found(store, "Orbiqon") == [other.id]
    moved = store.articles_of([other.id])[other.id]
    placements = [replace(store.placements(moved)[id], thread=acme.id) for id in moved]
    store.regroup(
        "merge", "ed", "one", acme.first_at, placements, [replace(acme, articles=2)], {},
        stood={moved[0]: other.id},
    )  # fmt: skip
    assert found(store, "Orbiqon") == []
    assert store.check() == []


def test_names_are_known_and_their_likes_found(store, make, acme):
    tell(store, make, 1, "Salesgrove", ("Salesgrove",))
    assert store.names_known(["acme-freight", "nobody", "salesgrove"]) == {
        "acme-freight": {"victim"}, "salesgrove": {"victim"},
    }  # fmt: skip
    assert store.names_like("salesgorve", 1) == ["salesgrove"]
    assert (
        store.names_like("xy", 5) == store.names_like("", 5) == store.names_like("qqqqq", 5) == []
    )
    tell(store, make, 2, "Salesgroves", ("Salesgroves",))  # after its runs were read
    assert store.names_like("salesgorve", 2) == ["salesgrove", "salesgroves"]
    assert store.threads_named("victim", "acme-freight", 5) == [acme.id]
    assert store.threads_named("actor", "acme-freight", 5) == []


def test_facets_count_threads(store, make, acme):
    other = tell(store, make, 1, "Orbiqon", ("Orbiqon",))
    facets = store.facets([acme.id, other.id], {"always": datetime(1970, 1, 1, tzinfo=UTC)})
    assert facets["sector"] == [("Transport", 2)]
    assert facets["victim"] == [("Acme", 1), ("Orbiqon", 1)]
    assert facets["data_type"] == [("files", 2)]
    assert facets["source"] == [("The Herald", 2)]
    assert facets["section"] == [(acme.section, 2)]
    assert facets["since"] == [("always", 2)]
    assert store.facets([], {}) == {}
    page = store.threads(ThreadFilter(sector="transport"))
    assert {thread.id for thread in page.threads} == {acme.id, other.id}
    assert store.threads(ThreadFilter(sector="Health")).threads == ()


@pytest.mark.sqlite
def test_an_older_store_gets_documents_and_names(url, make):
    store = open_store(url)
    thread = tell(store, make, 0, "Acme", ("Acme", "Acme Freight"))
    store.close()
    set_back(path_of(url), "0006")
    store = open_store(url)
    assert found(store, "Acme Freight") == [thread.id]
    assert store.names_like("acmee", 3) == ["acme", "acme-freight"]
    assert store.check() == []
    store.close()


@pytest.mark.sqlite
def test_an_older_store_learns_its_sectors(url, make):
    store = open_store(url)
    thread = tell(store, make, 0, "Acme", ("Acme",))
    store.close()
    set_back(path_of(url), "0013")
    store = open_store(url)
    assert [t.id for t in store.threads(ThreadFilter(sector="transport")).threads] == [thread.id]
    asked = {("sector", "transport"), ("sector", "health")}
    assert store.threads_by_names(asked) == {("sector", "transport"): (thread.id,)}
    store.close()


@pytest.mark.sqlite
@pytest.mark.parametrize("ids", [None, ("t",)])
def test_a_sector_is_looked_up_in_its_index(store, ids):
    """A rare sector's threads without trying every thread of the store."""
    with store._read() as connection:
        where = ThreadFilter(sector="Health", ids=ids)
        query = select(tables.thread.c.id).where(*threads._conditions(connection, where))
        text = str(query.compile(connection, compile_kwargs={"literal_binds": True}))
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}").all()
    assert any("ix_party_sector_key (sector_key=?" in row.detail for row in plan)


def test_reindex_mends_documents(store, acme):
    with store._write() as connection:
        connection.exec_driver_sql("UPDATE thread_document SET names = ''")
    assert found(store, "Freight") == []
    store.reindex()
    assert found(store, "Freight") == [acme.id]
