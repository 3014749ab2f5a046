"""Rows that are older than they are to be kept go; what anything rests on stays."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from breachwire.model import Brief, ErrorReport, Evidence, Statement
from breachwire.model.newsletter import Wish
from breachwire.store.protocol_retention import Mark
from breachwire.store.quoted import blanked

NOW = datetime(2026, 11, 29, 6, tzinfo=UTC)
OLD, RECENT = NOW - timedelta(days=100), NOW - timedelta(days=5)
BEFORE = NOW - timedelta(days=30)


def brief(thread, at, words):
    said = Statement("signal_summary", words, "notice", ())
    return Brief(thread, 0, words, "extractive", None, at, (said,))


def test_versions_that_were_replaced_long_ago_go_but_for_signed_ones(store, make):
    (article,) = make.take(store, make.draft(0))
    thread = make.place(store, article)
    for at, words in ((OLD, "one"), (OLD, "two"), (RECENT, "three"), (NOW, "four")):
        store.save_briefs([brief(thread.id, at, words)])
    assert store.prune("briefs", BEFORE, dry=True) == 1
    assert store.prune("briefs", BEFORE) == 1
    # The second was shown until five days ago.
    assert [one.version for one in store.brief_versions(thread.id)] == [4, 3, 2]
    assert store.prune("briefs", BEFORE) == 0
    store.save_briefs([brief(thread.id, NOW, "five")])
    assert store.brief_versions(thread.id)[0].version == 5


def test_letters_and_reports_that_are_done_with_go(store, make):
    (article,) = make.take(store, make.draft(0))
    thread = make.place(store, article)
    for at in (OLD, RECENT):
        report = store.add_report(ErrorReport(thread.id, "wrong", "me@post.example", at), most=9)
        store.settle_report(report.id, "dismiss", "Ida", "", at)
        store.ask(f"{at:%j}@post.example", Wish(), at)
        letter = store.next_letter(at)
        store.settle(letter.id, "sent", at)
    store.add_report(ErrorReport(thread.id, "open still", "", OLD), most=9)
    store.ask("waiting@post.example", Wish(), OLD)
    assert [store.prune(what, BEFORE) for what in ("letters", "reports")] == [1, 1]
    assert store.posted() == {"sent": 1, "waiting": 1}
    assert (store.open_reports(), len(store.reports("dismissed"))) == (1, 1)


def test_an_edit_that_a_rule_rests_on_stays_in_the_log(store, make):
    one, two, three = make.take(store, *(make.draft(n) for n in range(3)))
    threads = [make.place(store, article) for article in (one, two, three)]
    stood = {a.id: t.id for a, t in zip((one, two, three), threads, strict=True)}

    def edit(at, *rules):
        return store.regroup("refuse", "Ida", "", at, [], [], {}, rules, stood=stood)

    first = edit(OLD, (one.id, two.id, False))
    plain = edit(OLD)
    second = edit(OLD, (one.id, two.id, True))  # undone, it brings back the first one's
    last = edit(OLD)
    assert store.prune("log", BEFORE) == 1
    assert [edit.id for edit in store.edits()] == [last.id, second.id, first.id]
    assert plain.id not in [edit.id for edit in store.edits(thread=threads[0].id)]
    assert store.check() == []


@pytest.mark.parametrize(
    ("kept", "left"),
    [
        ([], ""),
        ([(4, 8, "fünf")], "    fünf"),
        ([(2, 6, "ö fü"), (0, 3, "Zwö")], "Zwö fü"),
        ([(7, 10, "x")], "         x"),  # of a revision where it stood elsewhere
        ([(10, 12, "\nu"), (0, 1, "Z")], "Z         \nu"),
        ([(11, 13, "un"), (0, 1, "Z")], "Z         \nun"),
        ([(7, 10, "nie")], ""),
    ],
)
def test_what_is_not_quoted_is_blank_and_the_rest_stays_in_its_place(kept, left):
    text = "Zwö fünf x\nund mehr"
    assert blanked(text, [Evidence(1, "text", *span) for span in kept]) == left


def test_a_text_that_would_lose_a_quote_stays_whole(store, make):
    articles = make.take(store, *(make.draft(n) for n in range(2)))
    thread = make.place(store, *articles)
    claim = make.claim(articles[0], thread.id, "intruders took file 0")
    store.save_ledger([articles[0].id], [claim], {thread.id: [make.detail(claim)]})
    texts = {one.id: " " * len(one.text) for one in articles}
    # The first would lose its claim's words, the second was not read yet.
    assert store.drop_texts({}, texts) == 0
    assert store.articles(list(texts)) == {one.id: store.article(one.id) for one in articles}
    found = store.cited([articles[0].id])
    texts = {articles[0].id: blanked(articles[0].text, found[articles[0].id])}
    claimed = replace(articles[0], text=texts[articles[0].id], state="claimed")
    assert store.drop_texts(found, texts) == (1 if claimed.text != articles[0].text else 0)
    assert store.article(articles[0].id) == claimed
    assert store.check() == []


def test_quiet_threads_are_told_of_once_and_late_comers_again(store, make):
    first, second = make.take(store, make.draft(0), make.draft(24 * 100))
    one, two = (make.place(store, article) for article in (first, second))
    for thread in (one, two):
        store.save_briefs([brief(thread.id, NOW, "told")])
    before = second.at - timedelta(days=1)
    found, mark = store.quiet(before, Mark())
    assert [each.thread for each in found] == [one.id]
    assert store.quiet(before, mark)[0] == []
    (late,) = make.take(store, make.draft(1))
    make.place(store, late)  # its brief is to be written yet: not now
    found, waiting = store.quiet(before, mark)
    assert (found, waiting.seq) == ([], mark.seq)
    store.save_briefs([brief(thread, NOW, "told") for thread in store.stale_threads(9)])
    assert [each.articles for each in store.quiet(before, waiting)[0]] == [(late.id,)]
