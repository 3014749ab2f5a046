"""Alerts by mail: asked, confirmed, told, erased; letters in line and their happenings."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from breachwire.errors import ConflictError
from breachwire.model import Watch
from breachwire.model.alerts import Alert
from breachwire.model.newsletter import Link
from breachwire.store import Store
from tests.breachwire.store.conftest import NOW
from tests.breachwire.store.test_store_webhooks import changed

ADA = "ada@post.example"


@pytest.fixture
def watch(store: Store) -> int:
    new = Watch("x", {"q": "x"}, (), NOW, NOW)
    return store.add_watch(new, "d" * 64, most=9, most_entries=9).id


def confirmed(store: Store, watch: int) -> Alert:
    assert store.ask_alert(watch, ADA, "daily", NOW, most=2)
    letter = store.next_alert(NOW)
    assert letter is not None
    store.add_alert_links(letter.subscriber.id, [Link("confirm", "c" * 64)], NOW)
    store.settle_alert(letter.id, "sent", NOW)
    found = store.confirm_alert("c" * 64, "yes", NOW)
    assert found is not None
    return found


def test_an_address_is_asked_and_confirms_once(store: Store, watch: int) -> None:
    made = confirmed(store, watch)
    assert (made.state, made.consent, made.confirmed_at) == ("active", "yes", NOW)
    assert store.alerts() == store.alerts(watch) == [made]
    assert store.confirm_alert("c" * 64, "yes", NOW) is None
    assert not store.ask_alert(watch, ADA, "at_once", NOW + timedelta(days=1), most=2)
    assert store.ask_alert(watch, "bo@post.example", "daily", NOW, most=2)
    with pytest.raises(ConflictError, match="stop one"):
        store.ask_alert(watch, "cy@post.example", "daily", NOW, most=2)


def test_a_letter_and_how_far_was_seen_are_written_together(
    store: Store, watch: int, make: Any
) -> None:
    made = confirmed(store, watch)
    (article,) = make.take(store, make.draft())
    store.save_ledger([], [], {}, changes=[changed(article.id)])
    (happened,) = store.happenings(made.seen, 10)
    assert store.post_alert(made, happened.id, [happened.id], NOW)
    assert not store.post_alert(made, happened.id, [happened.id], NOW)  # somebody did already
    letter = store.next_alert(NOW)
    assert letter is not None
    assert (letter.kind, letter.happenings, letter.attempts) == ("alert", (happened.id,), 1)
    assert store.next_alert(NOW) is None
    assert store.resume_alerts() == 1
    again = store.next_alert(NOW)
    assert again is not None
    assert (again.message_id, again.attempts) == (letter.message_id, 2)
    store.settle_alert(again.id, "waiting", NOW, again=NOW + timedelta(hours=1), counted=False)
    assert store.next_alert(NOW) is None
    (seen,) = store.alerts()
    assert store.post_alert(seen, happened.id + 1, [], NOW)  # a day without news
    assert store.alerts_posted() == {"sent": 1, "waiting": 1, "skipped": 1}
    assert store.alert_letters_since(made.id, NOW - timedelta(1)) == [NOW, NOW]


def test_what_is_erased_is_gone_and_may_be_for_good(store: Store, watch: int) -> None:
    made = confirmed(store, watch)
    store.add_alert_links(made.id, [Link("leave", "l" * 64)], NOW)
    assert store.alert_owner("l" * 64, "leave", NOW) == made
    assert store.alert_owner("l" * 64, "oneclick", NOW) is None
    store.erase_alert(made.id, suppress=True, now=NOW)
    assert store.alert_owner("l" * 64, "leave", NOW) is None
    assert store.alerts_posted() == {}
    assert not store.ask_alert(watch, ADA, "daily", NOW, most=2)


def test_an_address_is_erased_from_every_watch_and_a_mail_that_came_back_is_known(
    store: Store, watch: int
) -> None:
    made = confirmed(store, watch)
    store.post_alert(made, 1, [1], NOW)
    letter = store.next_alert(NOW)
    assert letter is not None
    assert store.alert_came_back(letter.message_id, 1, NOW) is None  # not sent yet
    store.settle_alert(letter.id, "sent", NOW)
    known = store.alert_came_back(letter.message_id, 1, NOW)
    assert known is not None
    assert (known[0].state, known[1]) == ("suspended", True)
    assert store.alert_came_back(letter.message_id, 1, NOW) is None
    assert store.erase_alerts_of("ADA@post.example", NOW) == 1
    assert store.alerts(watch) == []


def test_mails_that_come_back_end_it_and_who_never_confirmed_is_forgotten(
    store: Store, watch: int
) -> None:
    made = confirmed(store, watch)
    assert [store.alert_bounced(made.id, 2) for _ in range(2)] == [False, True]
    assert store.alerts() == []
    store.ask_alert(watch, "bo@post.example", "daily", NOW, most=2)
    old = datetime.min.replace(tzinfo=NOW.tzinfo)
    assert store.forget_alerts(NOW + timedelta(1), old) == 1
    assert [one.state for one in store.alerts(watch)] == ["suspended"]
    store.delete_watch(watch)
    assert store.alerts(watch) == []
