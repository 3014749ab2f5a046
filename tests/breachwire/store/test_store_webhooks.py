"""What happened is noted with what it tells; webhooks, their secrets, lines of deliveries."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from breachwire.errors import ConflictError, NotFoundError
from breachwire.model import Change, Correction, Stand, Watch
from breachwire.model.webhooks import Delivery, Outcome, Webhook
from breachwire.store import Store
from breachwire.store.engine import path_of
from breachwire.testing import set_back

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
HOOK = Webhook("https://hooks.example/secret-path", (), NOW)
SECRET = "whsec_" + "c2VjcmV0" * 5


def hook(store: Store, **changes: Any) -> Webhook:
    return store.add_webhook(replace(HOOK, **changes), SECRET, most=10)


def changed(article: int, at: datetime = NOW) -> Change:
    stand = Stand("Acme", None, "reported", None, None, NOW, "Acme")
    return Change(article, at, "victim", "Victim", None, stand, ())


def kinds(store: Store, after: int = 0) -> list[tuple[str, str | int | None]]:
    return [(one.kind, one.thread or one.article) for one in store.happenings(after, 100)]


def test_happenings_are_noted_where_somebody_listens_once_each(store: Store, make: Any) -> None:
    early, first, second, third = make.take(store, *(make.draft(n) for n in range(4)))
    store.save_ledger([early.id], [], {make.place(store, early).id: []})
    assert store.happenings(0, 10) == []  # nobody listened
    hook(store)
    thread = make.place(store, first, second)
    assert store.happenings(0, 10) == []  # nobody has read what it says yet
    store.save_ledger([first.id, second.id], [], {thread.id: []})
    assert kinds(store) == [("thread.created", thread.id)]
    # What one article changed at one time is one, and so are its corrections.
    correction = Correction(first.id, NOW, "edited", None, "", None, None, ())
    later = NOW + timedelta(minutes=1)
    store.save_ledger(
        [], [], {thread.id: []}, corrections=[correction],
        changes=[changed(second.id), changed(second.id), changed(second.id, later)],
    )  # fmt: skip
    assert kinds(store)[1:] == [
        ("thread.changed", second.id), ("thread.changed", second.id), ("thread.corrected", first.id)
    ]  # fmt: skip
    assert store.happenings(0, 10)[2].at == later
    assert len(store.changes_by(second.id, NOW)) == 2
    # A thread that loses its last article to another is merged.
    other = make.place(store, third)
    store.save_ledger([third.id], [], {other.id: []})
    grown = make.thread([first, second, third])
    store.place(make.model, [(make.placement(third, thread.id), make.vector(third.id))], [grown])
    assert kinds(store)[4:] == [("thread.created", other.id), ("thread.merged", other.id)]
    found = store.happenings(0, 10)
    assert len({one.key for one in found}) == len(found)
    assert store.happenings_among([found[2].id]) == [found[2]]


def changing(store: Store, make: Any, number: int) -> None:
    for one in make.take(store, *(make.draft(n) for n in range(number))):
        store.save_ledger([], [], {}, changes=[changed(one.id)])


def lined(store: Store, make: Any, *threads: str) -> tuple[Webhook, list[Delivery]]:
    """A webhook, and a delivery in each of these threads' lines."""
    made = hook(store)
    changing(store, make, len(threads))
    found = store.happenings(made.seen, 100)
    lines = [(one.id, thread) for one, thread in zip(found, threads, strict=True)]
    assert store.enqueue(made, found[-1].id, lines, {}, NOW)
    assert not store.enqueue(made, found[-1].id, lines, {}, NOW)  # somebody else did it already
    return store.webhook(made.id), store.deliveries(webhook=made.id)[::-1]


def test_a_line_goes_in_order_and_holds_up_no_other(store: Store, make: Any) -> None:
    made, (a1, b1, a2) = lined(store, make, "a", "b", "a")
    assert store.next_delivery(made.id, NOW) == a1
    again = NOW + timedelta(seconds=5)
    store.settle_delivery(a1, Outcome("waiting", "refused", again, rests_until=again), NOW)
    assert store.next_delivery(made.id, NOW) == b1
    store.settle_delivery(b1, Outcome("delivered"), NOW)
    assert store.next_delivery(made.id, NOW) is None  # a2 waits for a1
    stands = store.webhook(made.id)
    assert (stands.failures, stands.taken_at, stands.error) == (0, NOW, None)
    first = store.next_delivery(made.id, again)
    assert first is not None
    assert (first.id, first.attempts, first.error) == (a1.id, 1, "refused")
    store.settle_delivery(first, Outcome("dead", "gone", webhook="gone"), again)
    stands = store.webhook(made.id)
    assert (stands.state, stands.failures, stands.error) == ("gone", 1, "gone")
    assert store.next_delivery(made.id, NOW) == a2
    assert store.deliveries_counted() == {made.id: {"dead": 1, "delivered": 1, "waiting": 1}}
    assert [one.id for one in store.deliveries("dead")] == [a1.id]


def test_a_merged_threads_line_is_part_of_the_others(store: Store, make: Any) -> None:
    made, (gone, _) = lined(store, make, "gone", "into")
    store.set_webhook_state(made.id, "active")
    (late,) = make.take(store, make.draft(9))
    store.save_ledger([], [], {}, changes=[changed(late.id)])
    (new,) = store.happenings(made.seen, 10)
    assert store.enqueue(made, new.id, [(new.id, "into")], {"gone": "into"}, NOW)
    assert {one.thread for one in store.deliveries()} == {"into"}
    following = store.next_delivery(made.id, NOW)
    assert following is not None
    assert following.id == gone.id


def test_what_was_sent_goes_out_once_more(store: Store, make: Any) -> None:
    made, (first, second) = lined(store, make, "a", "b")
    store.settle_delivery(first, Outcome("delivered"), NOW)
    store.settle_delivery(second, Outcome("dead", "no"), NOW)
    later = NOW + timedelta(hours=1)
    assert store.replay(made.id, later, dead=True) == 1
    again = store.next_delivery(made.id, later)
    assert again is not None
    assert (again.happening.key, again.attempts) == (second.happening.key, 0)
    assert store.replay(made.id, later, delivery=first.id) == 1
    assert store.replay(made.id, later, since=datetime.now(UTC) - timedelta(hours=1)) == 2
    assert store.replay(made.id, later, since=datetime.now(UTC) + timedelta(hours=1)) == 0


def test_what_was_told_is_forgotten_but_not_what_waits(store: Store, make: Any) -> None:
    _, (first, second, third) = lined(store, make, "a", "b", "c")
    for one in (first, third):
        store.settle_delivery(one, Outcome("delivered"), NOW)
    future = datetime.now(UTC) + timedelta(days=1)
    assert store.purge_happenings(datetime.now(UTC) - timedelta(days=1)) == 0
    assert store.purge_happenings(future) == 1  # the last keeps its number from being given anew
    assert [one.id for one in store.deliveries()] == [third.id, second.id]


def test_secrets_turn_and_the_old_hold_until_their_time(store: Store) -> None:
    made = hook(store)
    until = NOW + timedelta(hours=24)
    assert store.webhook_secrets(made.id, NOW) == [SECRET]
    store.rotate_webhook(made.id, "whsec_new", NOW, until)
    assert store.webhook_secrets(made.id, NOW) == ["whsec_new", SECRET]
    assert store.webhook_secrets(made.id, until) == ["whsec_new"]
    store.rotate_webhook(made.id, "whsec_newest", until, until)  # at once: the old one leaked
    assert store.webhook_secrets(made.id, until) == ["whsec_newest"]
    with pytest.raises(NotFoundError):
        store.rotate_webhook(99, "whsec_x", NOW, until)


def test_there_is_an_end_to_webhooks_and_a_watch_takes_its_own_along(store: Store) -> None:
    watch = store.add_watch(Watch("x", {"q": "x"}, (), NOW, NOW), "d" * 64, most=9, most_entries=9)
    made = [hook(store, watch=watch.id) for _ in range(2)]
    with pytest.raises(ConflictError, match="remove one"):
        store.add_webhook(replace(HOOK, watch=watch.id), SECRET, most=2)
    own = hook(store, query={"q": "hospital"})
    assert store.webhooks(watch.id) == made
    assert store.webhook(own.id).query == {"q": "hospital"}
    store.delete_watch(watch.id)
    assert store.webhooks() == [own]
    store.remove_webhook(own.id)
    with pytest.raises(NotFoundError):
        store.webhook(own.id)


@pytest.mark.sqlite
def test_a_removed_webhook_leaves_no_bytes_behind(store: Store) -> None:
    long = replace(HOOK, url="https://hooks.example/secret-path/" + "x" * 400)
    made = [store.add_webhook(long, f"{SECRET}{n}", most=99) for n in range(40)]  # some pages
    for one in made:
        store.remove_webhook(one.id)
    store._empty_log()  # type: ignore[attr-defined]
    raw = path_of(store.url).read_bytes()
    assert SECRET.encode() not in raw
    assert b"secret-path" not in raw


@pytest.mark.sqlite
def test_a_store_of_before_is_migrated(url: str, opened: Callable[[], Store]) -> None:
    opened().close()
    set_back(path_of(url), "0016")
    store = opened()
    assert store.webhooks() == []
    hook(store)
