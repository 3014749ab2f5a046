"""A ledger's history in a real store: what articles change, what edits correct, what makes none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from breachwire.model import Change, Draft, Embedder, Thread
from breachwire.pipeline.derive import Deriver
from breachwire.store import Store

DAY = datetime(2026, 11, 20, 8, tzinfo=UTC)
SEEN = datetime(2026, 11, 23, 12, tzinfo=UTC)
FIRST = (
    "Harbour Clinic said on Friday that a ransomware attack exposed the names and Social Security"
    " numbers of 38,000 patients. The clinic notified the police and took its systems offline."
    " Its chief executive, Mara Lind, said that appointments would go on by telephone until the"
    " end of the month."
)
SECOND = (
    "Harbour Clinic told regulators that 91,400 patients were affected by the ransomware attack in"
    " November. Names and Social Security numbers were stolen, the clinic said in its filing."
)
NOTICE = "Correction: An earlier version of this article said that 38,000 patients were affected."


def draft(n: int, text: str, title: str = "", **more: Any) -> Draft:
    values: dict[str, Any] = {
        "url": f"https://ledger{n}.example/harbour-clinic",
        "title": title or "Harbour Clinic confirms ransomware attack",
        "text": text,
        "keys": (f"ledger{n}.example/harbour-clinic",),
        "source": f"Ledger {n}",
        "published": DAY + timedelta(days=n),
        "text_from": "page",
        "page_state": "ok",
        "language": "en",
    }
    return Draft(**values | more)


@pytest.fixture
def come(store: Store, embedder: Embedder) -> Callable[..., Thread]:
    """Drafts come in and are derived; the one thread that there is."""

    def run(*drafts: Draft, at: datetime = SEEN) -> Thread:
        store.take([(one, None) for one in drafts], at)
        Deriver(store, embedder, now=lambda: at).run()
        (thread,) = store.all_threads()
        return thread

    return run


def counts(changes: list[Change]) -> list[tuple[Any, Any]]:
    def number(side: Any) -> Any:
        return side.value["number"] if side else None

    return [(number(c.before), number(c.after)) for c in changes if c.field == "affected"]


def test_a_first_report_changes_nothing_a_follow_up_does(
    store: Store, come: Callable[..., Thread]
) -> None:
    thread = come(draft(0, FIRST))
    assert store.changes(thread.id) == []
    come(draft(1, SECOND, "Harbour Clinic ransomware attack affects 91,400"))
    found = store.changes(thread.id)
    assert counts(found) == [(38_000, 91_400)]
    assert all(c.at == SEEN and not c.edited for c in found)
    assert store.corrections() == []


def test_together_they_change_the_same_and_a_second_run_nothing(
    store: Store, embedder: Embedder, come: Callable[..., Thread]
) -> None:
    thread = come(draft(0, FIRST), draft(1, SECOND, "Harbour Clinic ransomware attack hit 91,400"))
    found = store.changes(thread.id)
    assert counts(found) == [(38_000, 91_400)]
    Deriver(store, embedder, now=lambda: SEEN + timedelta(hours=1)).run()
    assert store.changes(thread.id) == found


def test_reading_the_same_text_anew_makes_no_change(
    store: Store, embedder: Embedder, come: Callable[..., Thread], monkeypatch: pytest.MonkeyPatch
) -> None:
    thread = come(draft(0, FIRST), draft(1, SECOND, "Harbour Clinic ransomware attack hit 91,400"))
    found, details = store.changes(thread.id), store.details([thread.id])[thread.id]
    members = store.members([thread.id])[thread.id]
    # As a newer extractor would have it: all are read again, and each says less.
    from nlp import claims

    extract = claims.extract
    fewer = lambda article: [c for c in extract(article) if c.field != "attack_type"]  # noqa: E731
    monkeypatch.setattr(claims, "extract", fewer)
    vectors = store.vectors_of(embedder.name, [m.article.id for m in members])
    places = store.placements(list(vectors))
    store.place(embedder.name, [(places[id_], vectors[id_]) for id_ in vectors], [thread])
    Deriver(store, embedder, now=lambda: SEEN + timedelta(hours=1)).run()
    now = store.details([thread.id])[thread.id]
    assert "attack_type" in {d.field for d in details} - {d.field for d in now}
    assert store.changes(thread.id) == found
    assert store.corrections() == []


def test_a_silent_edit_is_a_correction_and_the_brief_follows(
    store: Store, come: Callable[..., Thread]
) -> None:
    thread = come(draft(0, FIRST))
    brief = store.briefs([thread.id])[thread.id]
    edited = FIRST.replace("38,000", "83,000")
    later = SEEN + timedelta(days=1)
    store.take([(draft(0, edited), None)], later)
    assert store.stale([thread.id]) == {thread.id}
    after = come(draft(0, edited), at=later)
    assert store.stale([thread.id]) == set()
    (found,) = store.corrections()
    assert (found.kind, found.field, found.at) == ("edited", "affected", later)
    assert found.before is not None
    assert "38,000" in found.before.quote
    assert found.after is not None
    assert found.after.value["number"] == 83_000
    article = store.article(found.article)
    for words in found.evidence:
        assert article.text[words.start : words.end] == words.quote
    (change,) = store.changes(thread.id)
    assert change.edited
    assert counts([change]) == [(38_000, 83_000)]
    assert (thread.updated_at, after.updated_at) == (DAY, later)
    anew = store.briefs([thread.id])[thread.id]
    assert anew.version == brief.version + 1
    said = " ".join(s.text for s in anew.statements)
    assert "83,000" in said
    assert "38,000" not in said


def test_an_edit_with_a_notice_names_it(store: Store, come: Callable[..., Thread]) -> None:
    thread = come(draft(0, FIRST))
    come(draft(0, f"{FIRST.replace('38,000', '83,000')}\n{NOTICE}"))
    (found,) = store.corrections()
    assert (found.kind, found.evidence[0].quote) == ("notice", NOTICE)
    numbers = {
        c.claim.value["number"]
        for d in store.details([thread.id])[thread.id]
        if d.field == "affected"
        for c in d.claims
    }
    assert numbers == {83_000}
    come(draft(0, f"{FIRST.replace('38,000', '83,000')}\n{NOTICE}"))
    assert len(store.corrections()) == 1


def test_a_notice_in_an_article_read_first_is_listed(
    store: Store, come: Callable[..., Thread]
) -> None:
    thread = come(draft(0, f"{FIRST}\n{NOTICE}"))
    (found,) = store.corrections()
    assert (found.kind, found.field) == ("notice", None)
    assert store.changes(thread.id) == []


def test_what_an_article_does_not_say_any_more_is_withdrawn(
    store: Store, come: Callable[..., Thread]
) -> None:
    thread = come(draft(0, FIRST))
    come(draft(0, FIRST.replace(" and took its systems offline", "")))
    gone = [c for c in store.corrections() if c.after is None]
    assert [c.before.value for c in gone if c.before] == ["took_systems_offline"]
    withdrawn = [c for c in store.changes(thread.id) if c.after is None]
    assert [c.before.value for c in withdrawn if c.before] == ["took_systems_offline"]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (draft(0, FIRST, text_from="feed", page_state="unknown"), draft(0, SECOND)),
        (draft(0, FIRST), draft(0, "Subscribe to read this story of the Harbour Clinic.")),
    ],
    ids=["the page after the feed's summary", "a page cut short"],
)
def test_a_text_that_is_not_the_articles_edit_withdraws_nothing(
    store: Store, come: Callable[..., Thread], first: Draft, second: Draft
) -> None:
    thread = come(first)
    come(replace(second, title=first.title))
    assert not [c for c in store.corrections() if c.after is None]
    assert not [c for c in store.changes(thread.id) if c.after is None]


def test_an_article_edited_while_it_was_read_waits_to_be_read_again(
    store: Store, come: Callable[..., Thread]
) -> None:
    thread = come(draft(0, FIRST))
    (member,) = store.members([thread.id])[thread.id]
    claims = store.ledger([thread.id])[thread.id]
    details = {thread.id: store.details([thread.id])[thread.id]}
    store.take([(draft(0, FIRST.replace("38,000", "83,000")), None)], SEEN)
    read = {member.article.id: member.article.content_hash}
    store.save_ledger([member.article.id], claims, details, read=read)
    assert store.article(member.article.id).state == "stored"
    assert store.readings([member.article.id])[member.article.id].text == FIRST
    come()
    assert [c.field for c in store.corrections()] == ["affected"]
