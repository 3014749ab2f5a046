"""Edits in the store: one commit each, the turn, the log, rules, proposals, mentions."""

from __future__ import annotations

import threading
import time
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from breachwire.errors import ConflictError, NotFoundError, StoreBusyError, StoreError
from breachwire.model import LinkRule, Mention, Proposal, Related, thread_id
from breachwire.store import ThreadFilter, engine, open_store
from breachwire.store.turn import Turn

NOW = datetime(2026, 3, 24, 12, 0, tzinfo=UTC)


@pytest.fixture
def two(store, make):
    """Threads of two and of one article, with a claim and a detail each."""
    articles = make.take(store, *(make.draft(n) for n in range(3)))
    threads = [make.place(store, *articles[:2]), make.place(store, articles[2])]
    at = [threads[0], threads[0], threads[1]]
    claims = [make.claim(a, t.id, "Acme") for a, t in zip(articles, at, strict=True)]
    details = {threads[0].id: [make.detail(*claims[:2])], threads[1].id: [make.detail(claims[2])]}
    store.save_ledger([a.id for a in articles], claims, details)
    return articles, threads, claims


def merged(store, make, two, **changes):
    """The second thread goes into the first."""
    articles, threads, claims = two
    third = make.placement(articles[2], threads[0].id, method="edit")
    claims = [replace(one, thread=threads[0].id) for one in claims]
    values = {
        "stood": {articles[2].id: threads[1].id},
        "rules": [(articles[0].id, articles[2].id, True)],
    }
    return store.regroup(
        "merge", "ada", "one story", NOW, [third], [make.thread(articles)],
        {threads[0].id: [make.detail(*claims)]}, **(values | changes),
    )  # fmt: skip


def test_an_edit_is_one_commit(store, make, two):
    articles, (first, second), _ = two
    vectors = store.vectors_of(make.model, [a.id for a in articles])
    store.save_briefs([])
    edit = merged(store, make, two)
    assert edit == store.edit(edit.id)
    assert edit.moves == ((articles[2].id, second.id, first.id),)
    assert store.thread(second.id).merged_into == first.id
    assert len(store.members([first.id])[first.id]) == store.thread(first.id).articles == 3
    assert {c.claim.evidence.article for c in store.ledger([first.id])[first.id]} == {
        a.id for a in articles
    }
    assert len(store.details([first.id])[first.id][0].claims) == 3
    assert store.details([second.id])[second.id] == ()
    assert store.stale_threads(9) == [first.id]
    assert store.link_rules() == [LinkRule(articles[0].id, articles[2].id, True, edit.id)]
    for id_, vector in store.vectors_of(make.model, [a.id for a in articles]).items():
        assert (vector == vectors[id_]).all()


def test_other_processes_read_the_edits(store, opened, make, two):
    other = opened()
    _, (first, second), _ = two
    assert other.details([second.id])[second.id]  # in its memory by now
    edit = merged(store, make, two)
    assert other.details([second.id])[second.id] == ()
    assert len(other.details([first.id])[first.id][0].claims) == 3
    assert other.edits_after(0) == [edit]
    assert other.edits_after(edit.id) == []


@pytest.mark.parametrize("wrong", ["stood", "placed", "undoes", "settles", "detail"])
def test_an_edit_that_rests_on_what_is_no_longer_so_changes_nothing(store, make, two, wrong):
    articles, (first, _), claims = two
    token = store.changed()
    changes = {
        "stood": {"stood": {articles[2].id: first.id}},
        "placed": {"stood": {99: None}},
        "undoes": {"undoes": 7},
        "settles": {"settles": 7},
        "detail": {"rules": [(articles[0].id, 99, True)]},
    }[wrong]
    error = {"undoes": NotFoundError, "settles": NotFoundError, "detail": StoreError}
    with pytest.raises(error.get(wrong, ConflictError)):
        merged(store, make, two, **changes)
    assert store.changed() == token
    assert store.edits() == []
    assert store.ledger([first.id])[first.id] == claims[:2]


def test_what_named_a_merged_thread_gets_another_list(store, make, two):
    _, (first, second), _ = two
    (other,) = make.take(store, make.draft(9))
    naming = make.place(store, other)
    store.save_related({naming.id: [Related(second.id, "same_victim", "Acme", 0.5)]})
    for thread in (first, second, naming):
        store.save_briefs([brief(thread.id)])
    assert store.stale_threads(9) == []
    merged(store, make, two)
    assert sorted(store.stale_threads(9)) == sorted([first.id, naming.id])


def brief(thread):
    from breachwire.model import Brief

    return Brief(thread, 0, "hash", "extractive", None, NOW, ())


def test_the_log_is_paged_and_found_by_thread(store, make, two):
    _, (first, second), _ = two
    (other,) = make.take(store, make.draft(9))
    elsewhere = make.place(store, other)
    edit = merged(store, make, two)
    placement = make.placement(other, elsewhere.id, reason="anew")
    row = [make.thread([other])]
    more = [
        store.regroup("move", "bo", "", NOW, [placement], row, {}, stood={}).id for _ in range(3)
    ]
    assert [e.id for e in store.edits()] == [*reversed(more), edit.id]
    assert [e.id for e in store.edits(limit=2)] == more[:0:-1]
    assert [e.id for e in store.edits(limit=2, before=more[1])] == [more[0], edit.id]
    assert store.edits(thread=first.id) == store.edits(thread=second.id) == [edit]
    assert [e.id for e in store.edits_after(edit.id)] == more
    with pytest.raises(NotFoundError, match="no edit '99'"):
        store.edit(99)


def test_replaced_rules_come_back_unless_their_own_edit_is_undone(store, make, two):
    articles, *_ = two
    pair = articles[0].id, articles[1].id

    def rule(must, **more):
        return store.regroup(
            "move", "ada", "", NOW, [], [], {}, [] if must is None else [(*pair[::-1], must)],
            stood={}, **more,
        ).id  # fmt: skip

    first, second = rule(True), rule(False)
    third = rule(True)
    assert store.link_rules() == [LinkRule(*pair, True, third)]
    rule(None, undoes=second)  # not the one that holds: nothing comes back
    assert store.link_rules() == [LinkRule(*pair, True, third)]
    rule(None, undoes=third)
    assert store.link_rules() == [LinkRule(*pair, True, first)]
    rule(None, undoes=first)
    assert store.link_rules() == []
    with pytest.raises(ConflictError, match="undone already"):
        rule(None, undoes=first)


# placing into a merged thread


def test_what_is_placed_in_a_merged_thread_goes_where_it_went(store, make, two):
    articles, (first, second), _ = two
    late, twin = make.take(store, make.draft(8), make.draft(9))
    home = make.place(store, twin)
    merged(store, make, two)
    all_four = [*articles, twin]
    moved = [make.placement(a, home.id) for a in articles]
    store.regroup("merge", "ada", "", NOW, moved, [make.thread(all_four, id=home.id)], {}, stood={})
    assert store.thread(first.id).merged_into == home.id
    row = make.thread([articles[2], late], id=second.id)
    store.place(make.model, [(make.placement(late, second.id), make.vector(1))], [row])
    assert store.threads_of([late.id]) == {late.id: home.id}
    assert store.thread(second.id).merged_into == first.id
    thread = store.thread(home.id)
    assert (thread.articles, thread.first_at, thread.last_at) == (5, articles[0].at, twin.at)
    assert home.id in store.stale_threads(9)
    page = store.threads(ThreadFilter()).threads
    assert [one.id for one in page] == [home.id]


def test_a_brief_that_was_in_the_making_does_not_revive_a_merged_thread(store, make, two):
    _, (first, second), _ = two
    row = store.thread(second.id)
    merged(store, make, two)
    store.place(make.model, [], [row])
    assert store.thread(second.id).merged_into == first.id


# the turn


def test_the_turn_is_one_threads_at_a_time_and_may_be_taken_again(store, opened):
    other, order = opened(), []

    def second():
        with other.turn():
            order.append("second")

    with store.turn(), store.turn():
        thread = threading.Thread(target=second)
        thread.start()
        time.sleep(0.1)
        order.append("first")
    thread.join()
    assert order == ["first", "second"]


def test_one_store_object_excludes_its_own_threads(store):
    inside, most = [], []

    def work():
        for _ in range(20):
            with store.turn():
                inside.append(1)
                most.append(len(inside))
                inside.pop()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(most) == 80
    assert set(most) == {1}


def test_who_takes_the_turn_again_and_again_starves_nobody(store, opened):
    other, ended, mine = opened(), threading.Event(), []

    def greedy():
        while not ended.is_set():
            with other.turn():
                time.sleep(0.05)

    thread = threading.Thread(target=greedy)
    thread.start()
    try:
        time.sleep(0.02)
        for n in range(5):
            with store.turn():
                mine.append(n)
        assert thread.is_alive()  # it was still asking for the turn
    finally:
        ended.set()
        thread.join()
    assert mine == [0, 1, 2, 3, 4]


def test_waiting_ends(tmp_path):
    path = tmp_path / "wire.db"
    holder, waiting = Turn(path), Turn(path, patience=0.1)
    with (
        holder.held(),
        pytest.raises(StoreBusyError, match="have been changed by another for 0 s"),
        waiting.held(),
    ):
        pytest.fail("two at once")
    with waiting.held():
        pass


# proposals


def proposal(what="merge", threads=("a", "b"), articles=(), **changes):
    return replace(Proposal(0, what, threads, articles, 0.6, "one CVE", NOW), **changes)


def test_a_proposal_is_there_once(store):
    store.save_proposals([proposal(), proposal("split", ("a",), (3, 1))])
    first, second = store.proposals()
    assert first == proposal(id=first.id)
    assert second == proposal("split", ("a",), (3, 1), id=second.id)
    token = store.changed()
    store.save_proposals([proposal(threads=("b", "a")), proposal("split", ("a",), (1, 3))])
    assert store.changed() == token
    store.save_proposals([proposal(score=0.9, reason="two CVEs")])
    assert store.proposals()[0] == replace(first, score=0.9, reason="two CVEs")
    assert store.proposal(second.id) == second
    with pytest.raises(NotFoundError, match="no proposal '99'"):
        store.proposal(99)


def test_a_settled_proposal_stays_so_and_one_that_was_gone_comes_back(store):
    store.save_proposals([proposal(), proposal(threads=("c", "d")), proposal(threads=("e", "f"))])
    refused, gone, other = store.proposals()
    store.settle_proposal(refused.id, "refused")
    store.save_proposals([], about=["c", "x"])
    assert store.proposals() == [other]
    assert store.proposals("gone") == [replace(gone, state="gone")]
    store.save_proposals([proposal(), proposal(threads=("c", "d"))], about=["e"])
    assert store.proposals() == [gone]
    assert [p.id for p in store.proposals("refused")] == [refused.id]
    with pytest.raises(ConflictError, match="is refused already"):
        store.settle_proposal(refused.id, "accepted")


def test_a_proposal_that_an_edit_made_impossible_is_gone(store, make, two):
    articles, (first, second), _ = two
    (other,) = make.take(store, make.draft(9))
    third = make.place(store, other)
    store.save_proposals(
        [
            proposal(threads=(first.id, second.id), score=0.9),
            proposal(threads=(second.id, third.id), score=0.8),
            proposal(threads=(first.id, third.id), score=0.7),
            proposal("split", (first.id,), (articles[1].id,), score=0.6),
        ]
    )
    settled, gone, *possible = store.proposals()
    merged(store, make, two, settles=settled.id)
    assert store.proposals() == possible
    assert [p.id for p in store.proposals("gone")] == [gone.id]
    assert [p.id for p in store.proposals("accepted")] == [settled.id]


# mentions


def test_mentions_follow_their_thread(store, make, two):
    articles, (first, second), _ = two
    (roundup,) = make.take(store, make.draft(9))
    one = Mention(roundup.id, first.id, 0, 10, 0.9, "Acme")
    same = Mention(roundup.id, second.id, 0, 10, 0.7, "Acme")
    later = Mention(roundup.id, second.id, 20, 30, 0.8, "Acme")
    for thread in (first, second):
        store.save_briefs([brief(thread.id)])
    store.save_mentions([roundup.id], [one, same, later])
    assert sorted(store.stale_threads(9)) == sorted([first.id, second.id])
    assert store.mentions([first.id, second.id, "none"]) == {
        first.id: (one,), second.id: (same, later), "none": (),
    }  # fmt: skip
    edit = merged(store, make, two)
    moved = replace(later, thread=first.id)
    assert store.mentions([first.id]) == {first.id: (one, moved)}
    assert store.mentions_of([roundup.id]) == {roundup.id: (one, moved)}
    token = store.changed()
    store.save_mentions([roundup.id], [one, moved])
    assert store.changed() == token
    back = make.placement(articles[2], second.id)
    store.regroup(
        "undo", "ada", "", NOW, [back], [make.thread(articles[:2]), make.thread(articles[2:])],
        {}, stood={}, undoes=edit.id,
    )  # fmt: skip
    assert store.mentions([second.id]) == {second.id: (same, later)}
    store.save_mentions([roundup.id], [])
    assert store.mentions_of([roundup.id, 7]) == {roundup.id: (), 7: ()}
    assert thread_id(articles[2].id) == second.id


# migration


def test_a_store_of_the_first_version_is_brought_forward(tmp_path, make):
    path = tmp_path / "wire.sqlite3"
    old = engine._engine(path)
    with old.connect().execution_options(**engine.WRITES) as connection, connection.begin():
        connection.exec_driver_sql(f"PRAGMA application_id = {engine.APPLICATION_ID}")
        engine.upgrade(connection, "0001")
        engine.first_values(connection)
        connection.exec_driver_sql(
            "INSERT INTO edit (what, who, why, at, undo) VALUES"
            " ('merge', 'ada', '', '2026-03-24T12:00:00.000000+00:00', '{\"moves\": []}')"
        )
    old.dispose()
    with closing(open_store(f"sqlite:///{path}")) as store:
        assert [(e.what, e.who, e.undone) for e in store.edits()] == [("merge", "ada", False)]
        assert store.proposals() == []
        make.place(store, *make.take(store, make.draft(0)))
        assert store.check() == []
