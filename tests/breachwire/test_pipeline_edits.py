"""Merges, splits, moves and what undoes them, on a real store, with the threader beside them."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from breachwire.errors import ConflictError, NotFoundError, UsageError
from breachwire.model import THREADER, Embedder, LinkRule, Proposal
from breachwire.pipeline import edits, proposals
from breachwire.pipeline.derive import Deriver
from breachwire.pipeline.intake import import_items
from breachwire.pipeline.standing import live
from breachwire.store import Store, ThreadFilter, open_store
from tests.databases import Stores

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
BY: dict[str, Any] = {"who": "ada", "why": "I read them", "now": NOW}
CLINIC = [
    (
        "ledger.example/clinic",
        "2026-10-05T09:00:00+00:00",
        "Harbour Clinic confirms ransomware attack",
        "Harbour Clinic said on Monday that a ransomware attack exposed the names and Social"
        " Security numbers of 24,937 patients. The Grey Lantern group claims it.",
    ),
    (
        "courier.example/clinic",
        "2026-10-05T15:00:00+00:00",
        "Ransomware attack on Harbour Clinic exposes 24,937 patients",
        "Names and Social Security numbers of 24,937 patients of Harbour Clinic were exposed in a"
        " ransomware attack, the clinic confirmed.",
    ),
    (
        "dispatch.example/clinic-suit",
        "2026-10-12T08:00:00+00:00",
        "Harbour Clinic sued over ransomware attack",
        "Patients filed a class action against Harbour Clinic over the ransomware attack that"
        " exposed their Social Security numbers.",
    ),
]
ROUTER = [
    (
        "courier.example/router-flaw",
        "2026-10-06T10:00:00+00:00",
        "Vendor patches critical flaw in Oakmesh routers",
        "Oakmesh released firmware for CVE-2026-98765, a command injection flaw that lets"
        " unauthenticated attackers take over its routers.",
    ),
    (
        "ledger.example/router-flaw",
        "2026-10-06T14:00:00+00:00",
        "Oakmesh fixes CVE-2026-98765 in its routers",
        "A command injection flaw, CVE-2026-98765, allowed attackers to take over Oakmesh routers;"
        " the vendor released firmware.",
    ),
]
BANK = [
    (
        "dispatch.example/bank",
        "2026-10-08T07:00:00+00:00",
        "Quarrybank says intruders stole data of 1.9 million customers",
        "Quarrybank said on Thursday that hackers stole account numbers of 1.9 million customers.",
    ),
]
LATER = (
    "herald.example/clinic-count",
    "2026-10-13T08:00:00+00:00",
    "Harbour Clinic ransomware attack: 31,200 patients, not 24,937",
    "Harbour Clinic raised the number of patients whose Social Security numbers were exposed in"
    " the ransomware attack to 31,200.",
)
ROUNDUP = (
    "weekly.example/roundup",
    "2026-10-09T08:00:00+00:00",
    "Week in review: Harbour Clinic ransomware, Oakmesh routers patched, Quarrybank breach",
    "Here's an overview of some of last week's most interesting news, articles and interviews.",
)


def lines(*stories: tuple[str, str, str, str]) -> list[bytes]:
    return [
        json.dumps(
            {
                "url": f"https://{url}",
                "title": title,
                "summary": text,
                "source": url.split(".")[0].title(),
                "published": at,
            }
        ).encode()
        for url, at, title, text in stories
    ]


@pytest.fixture(scope="module")
def derived(stores: Stores, embedder: Embedder) -> str:
    """A store with three threads of three, two and one article, and a roundup in none."""
    address = stores.new()
    with closing(open_store(address)) as store:
        import_items(store, lines(*CLINIC, *ROUTER, *BANK, ROUNDUP), now=NOW)
        Deriver(store, embedder, now=lambda: NOW).run()
        sizes = sorted(t.articles for t in store.all_threads())
        assert sizes == [1, 2, 3]
    return address


@contextmanager
def copied(derived: str, stores: Stores) -> Iterator[Store]:
    address = stores.copy(derived)
    with closing(open_store(address)) as store:
        yield store
        assert store.check() == []
    stores.free(address)


@pytest.fixture
def store(derived: str, stores: Stores) -> Iterator[Store]:
    with copied(derived, stores) as store:
        yield store


def article(store: Store, story: tuple[str, ...]) -> int:
    found = store.article_by_key(story[0])
    assert found is not None
    return found.id


def at(store: Store, story: tuple[str, ...]) -> str | None:
    id_ = article(store, story)
    return store.threads_of([id_]).get(id_)


def urls(store: Store, thread: str | None) -> list[str]:
    assert thread is not None
    return [m.article.url.removeprefix("https://") for m in store.members([thread])[thread]]


def roles(store: Store, thread: str | None) -> list[str]:
    assert thread is not None
    return [m.role for m in store.members([thread])[thread]]


def everything(store: Store) -> dict[str, Any]:
    """Memberships, rules, details, claims and thread rows, as they can be read."""
    threads = {t.id: t for t in store.all_threads()}
    return {
        "placements": store.placements([a.id for a in store.all_articles()]),
        "rules": store.link_rules(),
        "details": store.details(sorted(threads)),
        "claims": store.ledger(sorted(threads)),
        "threads": {id_: replace(t, headline="") for id_, t in threads.items()},
    }


def addresses(store: Store) -> dict[str, str]:
    """Where every id that ever was a thread's leads."""
    moves = [move for edit in store.edits(limit=1000) for move in edit.moves]
    ids = {t.id for t in store.all_threads()} | {id_ for _, *ends in moves for id_ in ends if id_}
    return {id_: live(store, id_).id for id_ in sorted(ids)}


def derive(store: Store, embedder: Embedder) -> None:
    Deriver(store, embedder, now=lambda: NOW).run()


# acts


def test_a_merge_takes_articles_claims_and_address_along(store: Store) -> None:
    clinic, bank = at(store, CLINIC[0]), at(store, BANK[0])
    done = edits.merge(store, clinic, bank, **BY)
    assert (done.what, done.who, done.why, done.at) == ("merge", "ada", "I read them", NOW)
    assert done.moves == ((article(store, BANK[0]), bank, clinic),)
    assert at(store, BANK[0]) == clinic
    assert (store.thread(bank).merged_into, store.thread(bank).articles) == (clinic, 0)
    assert store.thread(clinic).articles == 4
    assert roles(store, clinic) == ["first_report", "report", "report", "follow_up"]
    victims = {d.value for d in store.details([clinic])[clinic] if d.field == "victim"}
    assert victims >= {"Harbour Clinic", "Quarrybank"}
    assert store.details([bank])[bank] == ()
    assert [(r.low, r.high, r.must) for r in store.link_rules()] == [
        (article(store, CLINIC[0]), article(store, BANK[0]), True)
    ]


def test_the_thread_that_is_merged_into_keeps_its_address_though_it_is_younger(
    store: Store,
) -> None:
    clinic, bank = at(store, CLINIC[0]), at(store, BANK[0])
    edits.merge(store, bank, clinic, **BY)
    assert at(store, CLINIC[2]) == bank
    assert roles(store, bank) == ["first_report", "report", "report", "follow_up"]
    assert store.thread(bank).first_at == datetime(2026, 10, 5, 9, tzinfo=UTC)


def test_merged_ids_stand_for_what_they_are_in(store: Store) -> None:
    clinic, router, bank = at(store, CLINIC[0]), at(store, ROUTER[0]), at(store, BANK[0])
    edits.merge(store, router, bank, **BY)
    edits.merge(store, clinic, bank, **BY)  # the bank is in router by now
    assert at(store, ROUTER[0]) == at(store, BANK[0]) == clinic
    assert live(store, bank).id == clinic
    with pytest.raises(UsageError, match="are one thread already"):
        edits.merge(store, bank, router, **BY)


def test_a_split_gives_what_leaves_an_address_of_its_own(store: Store) -> None:
    clinic = at(store, CLINIC[0])
    done = edits.split(store, clinic, [article(store, CLINIC[2])], **BY)
    new = done.moves[0][2]
    assert new == at(store, CLINIC[2]) != clinic
    assert urls(store, clinic) == [CLINIC[0][0], CLINIC[1][0]]
    assert roles(store, new) == ["first_report"]
    assert (store.thread(new).kind, store.thread(new).articles) == ("breach", 1)
    assert not any(rule.must for rule in store.link_rules())
    assert len(store.link_rules()) == 2
    # The class action's claims went along, the counts of the others did not.
    assert {c.claim.evidence.article for c in store.ledger([new])[new]} <= {
        article(store, CLINIC[2])
    }


def test_a_thread_keeps_its_address_where_its_opener_leaves(store: Store) -> None:
    clinic = at(store, CLINIC[0])
    edits.split(store, clinic, [article(store, CLINIC[0])], **BY)
    assert at(store, CLINIC[1]) == at(store, CLINIC[2]) == clinic
    assert at(store, CLINIC[0]) == f"{clinic}2"
    assert roles(store, clinic) == ["first_report", "follow_up"]
    first, second, third = (article(store, story) for story in CLINIC)
    edits.move(store, first, clinic, **BY)
    edits.split(store, clinic, [first, second], **BY)
    assert at(store, CLINIC[0]) == at(store, CLINIC[1]) not in (clinic, f"{clinic}2")
    assert store.threads_of([third]) == {third: clinic}


def test_a_merged_address_leads_on_though_its_articles_leave_again(store: Store) -> None:
    clinic, bank = at(store, CLINIC[0]), at(store, BANK[0])
    merged = edits.merge(store, clinic, bank, **BY)
    split = edits.split(store, clinic, [article(store, BANK[0])], **BY)
    assert at(store, BANK[0]) == f"{bank}2"
    assert live(store, bank).id == clinic
    # The merge's must is a must-not now.
    pair = sorted((article(store, CLINIC[0]), article(store, BANK[0])))
    assert [r.must for r in store.link_rules() if [r.low, r.high] == pair] == [False]
    edits.undo(store, split.id, **BY)
    again = edits.split(store, clinic, [article(store, BANK[0])], **BY)
    assert at(store, BANK[0]) == f"{bank}3"
    edits.undo(store, again.id, **BY)
    edits.undo(store, merged.id, **BY)
    assert (at(store, BANK[0]), live(store, bank).id) == (bank, bank)


def test_a_roundup_is_moved_into_a_thread_and_read(store: Store, embedder: Embedder) -> None:
    clinic, roundup = at(store, CLINIC[0]), article(store, ROUNDUP)
    assert at(store, ROUNDUP) is None
    done = edits.move(store, roundup, clinic, **BY)
    assert at(store, ROUNDUP) == clinic
    assert store.article(roundup).state == "threaded"
    derive(store, embedder)
    assert store.article(roundup).state == "claimed"
    edits.undo(store, done.id, **BY)
    assert at(store, ROUNDUP) is None
    assert store.placements([roundup])[roundup].roundup


@pytest.mark.parametrize(
    ("act", "error", "says"),
    [
        (lambda s, t, a: edits.split(s, t, [], **BY), UsageError, "no article leaves"),
        (lambda s, t, a: edits.split(s, t, a, **BY), UsageError, "every article would leave"),
        (lambda s, t, a: edits.split(s, t, [7], **BY), UsageError, "article 7 does not stand in"),
        (lambda s, t, a: edits.merge(s, t, "zz", **BY), NotFoundError, "no thread 'zz'"),
        (lambda s, t, a: edits.move(s, 7, t, **BY), NotFoundError, "no article '7'"),
        (lambda s, t, a: edits.move(s, a[0], t, **BY), UsageError, "stands in thread .* already"),
        (lambda s, t, a: edits.undo(s, 9, **BY), NotFoundError, "no edit '9'"),
        (lambda s, t, a: proposals.accept(s, 9, **BY), NotFoundError, "no proposal '9'"),
    ],
)
def test_what_cannot_be_done_is_one_line_and_changes_nothing(
    store: Store, act: Callable[..., Any], error: type[Exception], says: str
) -> None:
    clinic, token = at(store, CLINIC[0]), store.changed()
    with pytest.raises(error, match=says):
        act(store, clinic, [article(store, story) for story in CLINIC])
    assert store.changed() == token


# undo


def test_undo_is_an_edit_and_happens_once(store: Store) -> None:
    before = everything(store)
    done = edits.merge(store, at(store, CLINIC[0]), at(store, BANK[0]), **BY)
    back = edits.undo(store, done.id, who="bo", why="no", now=NOW)
    assert everything(store) == before
    assert (back.what, back.who) == ("undo", "bo")
    assert [(e.what, e.undone) for e in store.edits()] == [("undo", False), ("merge", True)]
    with pytest.raises(ConflictError, match=f"edit {done.id} is undone already"):
        edits.undo(store, done.id, **BY)
    with pytest.raises(ConflictError, match="an undoing itself"):
        edits.undo(store, back.id, **BY)


def test_an_edit_whose_articles_moved_on_is_not_undone(store: Store) -> None:
    clinic, router, bank = at(store, CLINIC[0]), at(store, ROUTER[0]), at(store, BANK[0])
    first = edits.merge(store, clinic, bank, **BY)
    second = edits.merge(store, router, clinic, **BY)
    before = everything(store)
    with pytest.raises(ConflictError, match=f"has moved on .* undo edit {second.id} first"):
        edits.undo(store, first.id, **BY)
    assert everything(store) == before
    edits.undo(store, second.id, **BY)
    edits.undo(store, first.id, **BY)
    assert at(store, BANK[0]) == bank


def test_what_came_since_stays_when_a_merge_is_undone(store: Store, embedder: Embedder) -> None:
    clinic, bank = at(store, CLINIC[0]), at(store, BANK[0])
    done = edits.merge(store, bank, clinic, **BY)
    import_items(store, lines(LATER), now=NOW)
    derive(store, embedder)
    assert at(store, LATER) == bank
    edits.undo(store, done.id, **BY)
    assert urls(store, clinic) == [story[0] for story in CLINIC]
    assert urls(store, bank) == [BANK[0][0], LATER[0]]
    assert roles(store, bank) == ["first_report", "follow_up"]


def test_an_article_goes_back_to_where_its_thread_is_now(store: Store) -> None:
    clinic, router, bank = at(store, CLINIC[0]), at(store, ROUTER[0]), at(store, BANK[0])
    moved = edits.move(store, article(store, ROUTER[1]), clinic, **BY)
    edits.merge(store, bank, router, **BY)
    edits.undo(store, moved.id, **BY)
    assert at(store, ROUTER[1]) == at(store, ROUTER[0]) == bank
    assert store.thread(router).merged_into == bank


def test_a_thread_that_an_undoing_left_empty_is_gone_back_to(store: Store) -> None:
    clinic, router, bank = at(store, CLINIC[0]), at(store, ROUTER[0]), at(store, BANK[0])
    merged = edits.merge(store, bank, router, **BY)
    moved = edits.move(store, article(store, BANK[0]), clinic, **BY)
    edits.undo(store, merged.id, **BY)  # nobody is left in the bank's thread
    edits.undo(store, moved.id, **BY)
    assert urls(store, bank) == [BANK[0][0]]
    assert (at(store, ROUTER[0]), at(store, CLINIC[0])) == (router, clinic)
    assert live(store, bank).id == bank


def broken_rules(store: Store) -> list[LinkRule]:
    """Rules that where the articles stand contradicts."""
    at = store.threads_of([a.id for a in store.all_articles()])
    return [
        rule
        for rule in store.link_rules()
        if rule.must != (at.get(rule.low) is not None and at.get(rule.low) == at.get(rule.high))
    ]


ACTS = st.lists(
    st.tuples(st.sampled_from(["merge", "split", "move"]), st.integers(0, 99), st.integers(0, 99)),
    min_size=1,
    max_size=6,
)


def perform(store: Store, act: str, one: int, other: int) -> int | None:
    """Some such act, as far as it can be done; its edit's id."""
    threads = [t.id for t in store.all_threads()]
    articles = sorted(a.id for a in store.all_articles())
    a, b = threads[one % len(threads)], threads[other % len(threads)]
    try:
        if act == "merge":
            return edits.merge(store, a, b, **BY).id
        if act == "move":
            to = [None, *threads][one % (len(threads) + 1)]
            return edits.move(store, articles[other % len(articles)], to, **BY).id
        members = [m.article.id for m in store.members([a])[a]]
        leaving = [id_ for n, id_ in enumerate(members) if other >> n & 1]
        return edits.split(store, a, leaving, **BY).id
    except UsageError:
        return None


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(ACTS)
@example([("merge", 1, 0), ("merge", 1, 0), ("split", 0, 1)])  # an id merged away, split off again
def test_undoing_in_reverse_restores_everything(
    derived: str, stores: Stores, acts: list[tuple[str, int, int]]
) -> None:
    with copied(derived, stores) as store:
        states = [(everything(store), addresses(store))]
        done = []
        for act in acts:
            if (id_ := perform(store, *act)) is not None:
                done.append(id_)
                states.append((everything(store), addresses(store)))
                assert store.check() == []
                assert broken_rules(store) == []
        for id_ in reversed(done):
            states.pop()
            edits.undo(store, id_, **BY)
            before, led = states[-1]
            assert everything(store) == before
            assert addresses(store).items() >= led.items()


# later runs


def test_edits_outlive_later_runs(store: Store, embedder: Embedder) -> None:
    clinic, router, bank = at(store, CLINIC[0]), at(store, ROUTER[0]), at(store, BANK[0])
    edits.merge(store, router, bank, **BY)
    edits.split(store, clinic, [article(store, CLINIC[1])], **BY)
    alone = at(store, CLINIC[1])
    import_items(store, lines(*CLINIC, *ROUTER, *BANK), now=NOW)
    changed = (*CLINIC[1][:3], CLINIC[1][3].replace("24,937", "25,000"))
    import_items(store, lines(changed, LATER), now=NOW)
    derive(store, embedder)
    assert at(store, BANK[0]) == at(store, ROUTER[0]) == router
    assert at(store, CLINIC[0]) == clinic
    assert at(store, CLINIC[1]) == alone
    assert store.counts().stale == store.counts().unplaced == 0


def test_a_threader_that_runs_on_follows_edits_of_others(store: Store, embedder: Embedder) -> None:
    deriver = Deriver(store, embedder, now=lambda: NOW)
    import_items(store, lines(LATER), now=NOW)
    deriver.run()
    clinic, bank = at(store, CLINIC[0]), at(store, BANK[0])
    assert at(store, LATER) == clinic
    with closing(open_store(store.url)) as other:
        edits.merge(other, bank, clinic, **BY)
        edits.move(other, article(store, ROUNDUP), bank, **BY)
    more = ("courier.example/more", LATER[1], "Harbour Clinic ransomware: 31,200 hit", LATER[3])
    import_items(store, lines(more), now=NOW)
    deriver.run()
    assert at(store, more) == bank
    assert store.thread(clinic).merged_into == bank
    named = [r.thread for t in store.all_threads() for r in store.related([t.id])[t.id]]
    assert clinic not in named
    assert store.counts().stale == 0


def test_rules_bind_the_threader(store: Store, embedder: Embedder) -> None:
    """Texts that the threader placed nowhere and then reads again."""
    from nlp.rules import Rules
    from nlp.thread import Threader

    threader = Threader()
    threader.restore(store.placed(embedder.name))
    suit = store.article(article(store, CLINIC[2]))
    vector = store.vectors_of(embedder.name, [suit.id])[suit.id]
    clinic, router = at(store, CLINIC[0]), at(store, ROUTER[0])
    assert threader.move(suit.id, None)
    assert threader.decide(suit, vector).thread == clinic
    edits.split(store, clinic, [suit.id], **BY)
    threader.rules = Rules(store.link_rules())
    assert threader.decide(suit, vector).method == "opens"
    edits.move(store, suit.id, router, **BY)
    threader.rules = Rules(store.link_rules())
    placement = threader.decide(suit, vector)
    assert (placement.thread, placement.method) == (router, "rule")
    assert placement.reason == f"an editor put it with article {article(store, ROUTER[0])}"


def test_a_copy_does_not_override_a_must_not(store: Store, embedder: Embedder) -> None:
    from nlp.rules import Rules
    from nlp.thread import Threader

    twin = (f"evening.example/{n}" if n == 0 else part for n, part in enumerate(CLINIC[1]))
    copy = tuple(twin)
    import_items(store, lines(copy), now=NOW)  # type: ignore[arg-type]
    derive(store, embedder)
    id_ = article(store, copy)
    assert store.placements([id_])[id_].role == "copy"
    edits.split(store, at(store, CLINIC[0]), [id_], **BY)
    threader = Threader()
    threader.restore(store.placed(embedder.name))
    threader.rules = Rules(store.link_rules())
    vector = store.vectors_of(embedder.name, [id_])[id_]
    assert threader.decide(store.article(id_), vector).thread != at(store, CLINIC[0])
    assert store.placements([id_])[id_].copy_of is None


# proposals and the threader's own acts


def proposed(store: Store, what: Any, threads: list[str | None], *articles: int) -> int:
    one = Proposal(0, what, tuple(t or "" for t in threads), articles, 0.6, "one CVE", NOW)
    store.save_proposals([one])
    return max(p.id for p in store.proposals())


def test_an_accepted_proposal_is_done_and_settled(store: Store) -> None:
    clinic, bank = at(store, CLINIC[0]), at(store, BANK[0])
    id_ = proposed(store, "merge", [clinic, bank])
    done = proposals.accept(store, id_, who="ada", now=NOW)
    assert (done.what, done.why) == ("merge", "one CVE")
    assert at(store, BANK[0]) == clinic
    assert store.proposal(id_).state == "accepted"
    with pytest.raises(ConflictError, match=f"proposal {id_} is accepted already"):
        proposals.accept(store, id_, who="ada", now=NOW)


def test_a_split_is_proposed_into_another_thread(store: Store) -> None:
    clinic, bank = at(store, CLINIC[0]), at(store, BANK[0])
    id_ = proposed(store, "split", [clinic, bank], article(store, CLINIC[2]))
    proposals.accept(store, id_, who="ada", now=NOW)
    assert at(store, CLINIC[2]) == bank
    assert {r.must for r in store.link_rules()} == {True, False}


def test_a_refused_merge_is_not_done_by_the_threader(store: Store) -> None:
    clinic, bank = at(store, CLINIC[0]), at(store, BANK[0])
    id_ = proposed(store, "merge", [clinic, bank])
    before = everything(store)
    done = proposals.refuse(store, id_, **BY)
    assert (done.what, done.moves, done.settles) == ("refuse", (), id_)
    assert store.proposal(id_).state == "refused"
    assert [r.must for r in store.link_rules()] == [False] * 3
    assert {**everything(store), "rules": []} == before
    assert store.edits(thread=bank) == store.edits(thread=clinic) == [done]
    proposed_again = Proposal(0, "merge", (bank or "", clinic or ""), (), 0.9, "surer", NOW)
    store.save_proposals([proposed_again])
    assert store.proposals() == []
    with pytest.raises(ConflictError, match=r"an editor said .* must not stand together"):
        edits.merge(store, clinic, bank, who=THREADER, now=NOW)
    edits.undo(store, done.id, **BY)
    assert store.link_rules() == []
    assert [p.id for p in store.proposals()] == [id_]


def test_a_refused_split_binds(store: Store) -> None:
    clinic, suit = at(store, CLINIC[0]), article(store, CLINIC[2])
    proposals.refuse(store, proposed(store, "split", [clinic], suit), **BY)
    with pytest.raises(ConflictError, match=r"an editor said .* must stand together"):
        edits.split(store, clinic, [suit], who=THREADER, now=NOW)


def test_the_threaders_own_acts_leave_rules_only_where_they_are_undone(store: Store) -> None:
    clinic, bank = at(store, CLINIC[0]), at(store, BANK[0])
    merged = edits.merge(store, clinic, bank, who=THREADER, now=NOW)
    assert store.link_rules() == []
    edits.undo(store, merged.id, **BY)
    assert [r.must for r in store.link_rules()] == [False] * 3
    split = edits.split(store, clinic, [article(store, CLINIC[2])], who=THREADER, now=NOW)
    edits.undo(store, split.id, **BY)
    pair = article(store, CLINIC[0]), article(store, CLINIC[2])
    assert [r.must for r in store.link_rules() if (r.low, r.high) == pair] == [True]


# concurrency


def test_edits_while_the_threader_runs(store: Store, embedder: Embedder) -> None:
    """Another store object merges and undoes while batches are placed; nothing is lost."""
    clinic, bank = at(store, CLINIC[0]), at(store, BANK[0])
    stories = [
        (f"herald.example/{n}", f"2026-11-0{1 + n % 9}T08:00:00+00:00", f"{LATER[2]} ({n})",
         f"{LATER[3]} It is note {n}.")
        for n in range(150)
    ]  # fmt: skip
    import_items(store, lines(*stories), now=NOW)
    failures: list[BaseException] = []

    def run() -> None:
        try:
            Deriver(store, embedder, now=lambda: NOW).run()
        except BaseException as error:
            failures.append(error)

    threader = threading.Thread(target=run)
    threader.start()
    rounds = 0
    with closing(open_store(store.url)) as other:
        while threader.is_alive():
            try:
                done = edits.merge(other, bank, clinic, **BY)
            except UsageError:
                # Second thoughts made them one: most of what came in then is the clinic's.
                break
            edits.undo(other, done.id, **BY)
            rounds += 1
            time.sleep(0.2)
    threader.join()
    assert failures == []
    assert rounds > 0
    derive(store, embedder)
    assert store.check() == []
    assert store.counts().unplaced == store.counts().stale == 0
    assert set(urls(store, clinic)) >= {story[0] for story in CLINIC}
    for thread in store.threads(ThreadFilter(), limit=100).threads:
        assert roles(store, thread.id).count("first_report") == 1


def test_an_edit_waits_for_another_process(store: Store) -> None:
    clinic, bank = at(store, CLINIC[0]), at(store, BANK[0])
    code = (
        "import sys, time; from breachwire.store import open_store\n"
        "with open_store(sys.argv[1]).turn():\n"
        "    print('ready', flush=True); time.sleep(60)"
    )
    command = [sys.executable, "-c", code, store.url]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        waiting = threading.Thread(target=edits.merge, args=(store, clinic, bank), kwargs=BY)
        waiting.start()
        waiting.join(0.5)
        assert waiting.is_alive()
        assert at(store, BANK[0]) == bank
        process.kill()
        waiting.join(10)
    assert at(store, BANK[0]) == clinic
