"""The postroom: issues when they are due, once each; letters; what it forgets; the loop of `up`."""

from __future__ import annotations

import re
import threading
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from breachwire.config import Config
from breachwire.model.newsletter import Link, Wish
from breachwire.model.tokens import digest
from breachwire.postroom import Postroom
from breachwire.service import beside
from breachwire.store import Store
from breachwire.testing import FakeClock

FRIDAY = datetime.fromisoformat("2026-11-27T08:00:00+00:00")


def subscribe(store: Store, address: str, wish: Wish, now: datetime) -> None:
    store.ask(address, wish, now)
    store.add_links(store.subscriber(address).id, [Link("confirm", digest(address))], now)
    store.confirm(digest(address), "yes", now)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(FRIDAY - timedelta(minutes=1))


@pytest.fixture
def config(post_office: Any) -> Config:
    return replace(Config(), **post_office.settings())


def room(store: Store, config: Config, clock: FakeClock) -> Postroom:
    return Postroom(store, config, now=lambda: clock.now, wait=lambda _: None, say=lambda _: None)


def test_issues_are_made_at_their_time_once_over_restarts(
    store: Store, config: Config, clock: FakeClock
) -> None:
    assert room(store, config, clock).make_due() == []
    clock.pass_(60)
    for _ in range(2):
        room(store, config, clock).make_due()
    clock.pass_(3600)
    room(store, config, clock).make_due()
    assert [one.id for one in store.issues()] == ["2026-11-27-weekly"]  # nobody wants it daily
    subscribe(store, "ada@post.example", Wish("daily"), clock.now)
    room(store, config, clock).make_due()
    clock.pass_(7 * 86_400)
    room(store, config, clock).make_due()
    assert sorted(one.id for one in store.issues()) == [
        "2026-11-27-daily", "2026-11-27-weekly", "2026-12-04-daily", "2026-12-04-weekly",
    ]  # fmt: skip
    last = store.issue("2026-12-04-weekly")
    assert (last.since, last.until) == (FRIDAY, FRIDAY + timedelta(days=7))


def test_letters_answer_what_one_person_did(
    store: Store, config: Config, clock: FakeClock, post_office: Any
) -> None:
    store.ask("ada@post.example", Wish(), clock.now)
    room(store, config, clock).send(lambda: False)
    (mail,) = post_office.to("ada@post.example")
    assert mail["Subject"] == "Confirm your Breachwire subscription"
    assert mail["List-Unsubscribe"] is None
    text = mail.get_payload(0).get_payload(decode=True).decode()
    (secret,) = re.findall(r"https://wire\.example/subscribe/confirm/([\w-]{43})", text)
    assert store.confirm(digest(secret), "yes", clock.now + timedelta(hours=47)) is not None
    store.leave(store.subscriber("ada@post.example").id, clock.now)
    room(store, config, clock).send(lambda: False)
    assert [m["Subject"] for m in post_office.to("ada@post.example")][1:] == [
        "You are unsubscribed from Breachwire"
    ]


def test_what_was_never_confirmed_or_left_long_ago_is_forgotten(
    store: Store, config: Config, clock: FakeClock
) -> None:
    store.ask("asked@post.example", Wish(), clock.now)
    for name in ("left", "stays"):
        subscribe(store, f"{name}@post.example", Wish(), clock.now)
    store.leave(store.subscriber("left@post.example").id, clock.now)
    # The mail with the link goes out after 47 hours here; both are kept while that is good.
    for hours, kept in ((47, 3), (94, 3), (96, 2), (91 * 24, 1)):
        now = FRIDAY + timedelta(hours=hours)
        room(store, config, FakeClock(now)).run(lambda: False)
        assert len(store.subscribers()) == kept
    assert [one.address for one in store.subscribers()] == ["stays@post.example"]


def test_an_address_that_no_mail_could_be_sent_to_is_forgotten_after_48_hours(
    store: Store, config: Config, clock: FakeClock
) -> None:
    store.ask("asked@post.example", Wish(), clock.now)
    late = room(store, config, FakeClock(clock.now + timedelta(hours=48, minutes=1)))
    late.run(lambda: False)
    assert store.subscribers() == []


def test_the_loop_goes_on_when_the_server_comes_back(
    store: Store, config: Config, clock: FakeClock, post_office: Any
) -> None:
    store.ask("ada@post.example", Wish(), clock.now)
    stop, said = threading.Event(), list[str]()
    away = replace(config, smtp_port=9)
    working = room(store, away, clock)

    def say(line: str) -> None:
        said.append(line)
        working._outbox._server = replace(working._outbox._server, port=config.smtp_port)

    post_office.on_data = lambda _: stop.set()
    pauses, beside.MAIL_PAUSES = beside.MAIL_PAUSES, (0.05,)
    try:
        beside.mailing(store, working, stop, say, tick=0.05)
    finally:
        beside.MAIL_PAUSES = pauses
    assert said[0].startswith("mail failed: mail server localhost:9")
    assert [to for to, _ in post_office.mails] == ["ada@post.example"]
