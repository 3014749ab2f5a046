"""What a language model tried, answered and used: contract of any store."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from breachwire.model import Brief, Evidence, Statement


def statement(text="Acme confirms breach", **changes):
    values = {
        "section": "headline",
        "kind": "quoted",
        "evidence": (Evidence(7, "text", 0, 4, "A"),),
    }
    return Statement(**{**values, "text": text, **changes})


@pytest.fixture
def base(store, make):
    """A thread with its extractive brief."""
    (article,) = make.take(store, make.draft(1))
    thread = make.place(store, article).id
    brief = Brief(thread, 0, "h1", "extractive", None, make.now, (statement(),))
    store.save_briefs([brief])
    return store.briefs([thread])[thread]


def by_model(base, **changes):
    text = statement("Acme says so", section="eli5", author="model")
    own = (*base.statements, text)
    return replace(base, author="model", model="m", statements=own, **changes)


def write(store, brief, base, *, over=1, writer="m 1", outcome="model"):
    return store.save_written(brief, base.statements, over=over, writer=writer, outcome=outcome)


def test_a_brief_waits_for_each_writer_once(store, base):
    assert store.unwritten("m 1", 5) == [base.thread]
    assert write(store, by_model(base), base)
    assert store.unwritten("m 1", 5) == []
    assert store.unwritten("m 2", 5) == [base.thread]
    latest = store.briefs([base.thread])[base.thread]
    assert (latest.version, latest.author, latest.input_hash) == (2, "model", "h1")
    assert store.thread(base.thread).headline == "Acme confirms breach"


def test_a_try_without_a_result_is_remembered_and_writes_no_version(store, base):
    assert write(store, base, base, outcome="extractive")
    assert store.unwritten("m 1", 5) == []
    assert store.briefs([base.thread])[base.thread].version == 1


def test_another_input_waits_again(store, base):
    write(store, by_model(base), base)
    store.save_briefs([replace(base, input_hash="h2", statements=(statement("Acme denies"),))])
    assert store.briefs([base.thread])[base.thread].author == "extractive"
    assert store.unwritten("m 1", 5) == [base.thread]


def test_what_changed_meanwhile_is_not_written_over(store, base):
    assert not write(store, by_model(base), base, over=2)
    assert not write(store, by_model(base, input_hash="h0"), base)
    store.save_briefs([replace(base, input_hash="h2", statements=(statement("Acme denies"),))])
    assert not write(store, by_model(base), base)
    assert store.briefs([base.thread])[base.thread].version == 2
    assert store.unwritten("m 1", 5) == [base.thread]


def test_the_models_version_stands_while_its_base_does(store, base):
    write(store, by_model(base), base)
    store.save_briefs([replace(base, input_hash="h2")])
    assert store.brief(base.thread, 2).input_hash == "h2"
    assert len(store.brief_versions(base.thread)) == 2
    assert store.unwritten("m 1", 5) == []


def test_a_thread_that_is_behind_does_not_wait(store, make, base):
    store.save_ledger([], [], {base.thread: []})
    assert store.stale([base.thread]) == {base.thread}
    assert store.unwritten("m 1", 5) == []
    assert not write(store, by_model(base), base)


def test_answers_are_kept_for_a_while(store, make):
    assert store.model_answer("k") is None
    store.save_model_answer("k", "{}", "m", make.now)
    assert store.model_answer("k") == ("{}", "m")
    store.save_model_answer("other", "{}", "m", make.now + timedelta(days=100))
    assert store.model_answer("k") is None


def test_use_adds_up_by_day(store):
    store.count_model_use("2026-11-01", {"kept": 1})
    store.count_model_use("2026-11-01", {"kept": 2, "retries": 1})
    store.count_model_use("2026-11-02", {"kept": 4})
    assert store.model_used("2026-11-01") == {"kept": 3, "retries": 1}
    assert store.model_used("2026-11-03") == {}
    assert store.model_used_ever() == {"kept": 7, "retries": 1}
