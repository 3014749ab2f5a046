"""Changes, corrections and readers' reports come back as they were put; older stores are read."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from breachwire.errors import ConflictError, NotFoundError
from breachwire.model import Change, Correction, ErrorReport, Evidence, Stand
from breachwire.pipeline import edits
from breachwire.store import open_store
from breachwire.testing import set_back
from tests.databases import execute


def stand(now, **changes):
    values = {"value": {"number": 2**60 + 1, "unit": "people"}, "bound": "at_least",
              "status": "confirmed", "asserter": "Acme", "basis": "filing", "said_at": now,
              "quote": "Zeta \u2028 <b>"}  # fmt: skip
    return Stand(**values | changes)


def change(article, now, **changes):
    words = Evidence(article.id, "text", 0, 4, article.text[:4])
    values = {"article": article.id, "at": now, "field": "affected", "label": "People",
              "before": None, "after": stand(now), "evidence": (words,)}  # fmt: skip
    return Change(**values | changes)


def test_changes_come_back_newest_first(store, make):
    first, second = make.take(store, make.draft(0), make.draft(1))
    thread, other = make.place(store, first), make.place(store, second)
    put = [
        change(first, make.now, before=stand(make.now), after=None, edited=True, evidence=()),
        change(first, make.now + timedelta(hours=1)),
        change(second, make.now),
    ]
    store.save_ledger([], [], {}, changes=put)
    found = store.changes(thread.id)
    assert [replace(one, id=0) for one in found] == [put[1], put[0]]
    assert [one.id for one in found] == [2, 1]
    assert [one.id for one in store.changes(thread.id, since=make.now)] == [2]
    assert [one.id for one in store.changes(thread.id, before=2)] == [1]
    assert [one.id for one in store.changes(thread.id, limit=1)] == [2]
    assert [one.article for one in store.changes(other.id)] == [second.id]


def test_an_edit_that_changes_facts_updates_its_thread_a_new_article_does_not(store, make):
    first, second = make.take(store, make.draft(0), make.draft(1))
    thread, other = make.place(store, first), make.place(store, second)
    later = make.now + timedelta(days=9)
    put = [change(first, later, edited=True), change(second, later)]
    store.save_ledger([], [], {thread.id: (), other.id: ()}, changes=put)
    assert store.thread(thread.id).updated_at == later
    assert store.thread(other.id).updated_at == second.at
    store.place(make.model, [], [thread])  # a row made of its members does not turn it back
    assert store.thread(thread.id).updated_at == later


def test_corrections_come_back_page_by_page(store, make):
    (article,) = make.take(store, make.draft(0))
    words = Evidence(article.id, "title", 0, 4, article.title[:4])
    put = [
        Correction(article.id, make.now, "notice", None, "", None, None, (words,)),
        Correction(article.id, make.now, "edited", "affected", "People", stand(make.now), None, ()),
    ]
    store.save_ledger([], [], {}, corrections=put)
    found = store.corrections()
    assert [replace(one, id=0) for one in found] == put[::-1]
    assert [one.kind for one in store.corrections(before=found[0].id)] == ["notice"]
    assert len(store.corrections(limit=1)) == 1
    by_article = store.corrections_of([found[0].article, found[0].article + 1])
    assert by_article[found[0].article] == tuple(
        one for one in reversed(found) if one.article == found[0].article
    )
    assert found[0].article + 1 not in by_article


def test_a_reading_is_the_text_that_claims_were_read_from(store, make):
    (article,) = make.take(store, make.draft(0))
    make.place(store, article)
    assert store.readings([article.id, 5]) == {}
    store.save_ledger([article.id], [], {})
    assert store.readings([article.id])[article.id].text == article.text
    make.take(store, make.draft(0, text="Another text."))
    reading = store.readings([article.id])[article.id]
    assert (reading.text, reading.content_hash) == (article.text, article.content_hash)


def test_an_edited_article_makes_its_brief_stale_at_once(store, make, url):
    (article,) = make.take(store, make.draft(0))
    thread = make.place(store, article)
    store.save_briefs([])
    execute(url, "UPDATE thread SET stale = false")
    assert store.stale([thread.id, "nope"]) == set()
    make.take(store, make.draft(0, text="Another text."))
    assert store.stale([thread.id]) == {thread.id}


def test_reports_wait_until_they_are_settled(store, make):
    thread = make.place(store, *make.take(store, make.draft(0)))
    report = ErrorReport(thread.id, "wrong \u202e<b>", "ann@x.example", make.now, 3)
    first = store.add_report(report, most=2)
    second = store.add_report(report, most=2)
    assert (first, second.id) == (replace(report, id=1), 2)
    with pytest.raises(ConflictError):
        store.add_report(report, most=2)
    assert [one.id for one in store.reports()] == [2, 1]
    assert [one.id for one in store.reports(before=2)] == [1]
    edit = store.settle_report(1, "resolve", "Ida", "so it is", make.now)
    assert (edit.what, edit.who, edit.why, edit.moves) == ("resolve", "Ida", "so it is", ())
    assert store.edits(thread=thread.id) == [edit]
    assert (store.open_reports(), [one.id for one in store.reports("resolved")]) == (1, [1])
    with pytest.raises(ConflictError):
        store.settle_report(1, "dismiss", "Ida", "", make.now)
    with pytest.raises(NotFoundError):
        store.settle_report(9, "dismiss", "Ida", "", make.now)
    with pytest.raises(ConflictError):
        edits.undo(store, edit.id, who="Ida", now=make.now)


def test_an_older_stores_claims_were_read_from_its_texts(tmp_path: Path, make):
    path = tmp_path / "old.sqlite3"
    store = open_store(f"sqlite:///{path}")
    first, second = make.take(store, make.draft(0), make.draft(1))
    thread = make.place(store, first, second)
    claims = [make.claim(one, thread.id, "Acme") for one in (first, second)]
    store.save_ledger([first.id, second.id], claims, {})
    make.take(store, make.draft(1, text="Acme said something else."), make.draft(2))
    store.close()
    set_back(path, "0004")
    store = open_store(f"sqlite:///{path}")
    found = {
        id: one.text for id, one in store.readings([a.id for a in store.all_articles()]).items()
    }
    assert found == {first.id: first.text, second.id: second.text}
    store.close()
