"""The outbox against a real mail server: retries, refusals, bounces, TLS, a server that is away."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from email import message_from_bytes
from pathlib import Path
from typing import Any

import pytest

from breachwire.config import Config
from breachwire.errors import MailError
from breachwire.mail.bounces import bounces, read
from breachwire.mail.outbox import RETRIES, Mail, Outbox, Tally
from breachwire.model.newsletter import Issue, Link, Wish
from breachwire.model.tokens import digest
from breachwire.net.mail import MailServer
from breachwire.postroom import server
from breachwire.store import Store
from breachwire.testing import FakeClock

PEOPLE = ("ada@post.example", "bo@post.example", "cy@post.example")


def subscribe(store: Store, address: str, now: datetime) -> int:
    store.ask(address, Wish(), now)
    asked = store.next_letter(now)
    assert asked is not None
    id = asked.subscriber.id
    store.settle(asked.id, "sent", now)
    store.add_links(id, [Link("confirm", digest(address))], now)
    store.confirm(digest(address), "yes", now)
    return id


def an_issue(store: Store, now: datetime, name: str = "2026-10-30-weekly") -> None:
    for address in PEOPLE:
        if address not in {one.address for one in store.subscribers()}:
            subscribe(store, address, now)
    document = {"items": [{"thread": "t"}]}
    store.add_issue(Issue(name, "weekly", now, now, now, document), {"t": 1}, now)


class Room:
    """An outbox with a clock, over a store and a server."""

    def __init__(self, store: Store, where: MailServer, clock: FakeClock) -> None:
        self._store, self._server, self._clock = store, where, clock

    def run(self) -> Tally:
        def write(letter: Any) -> Mail:
            data = f"Message-ID: <{letter.message_id}@wire.example>\r\n\r\nhello\r\n"
            return Mail(letter.subscriber.address, data.encode(), {"t": 1})

        box = Outbox(
            self._store, self._server, write, sender="news@wire.example", per_minute=100_000,
            bounces=2, now=lambda: self._clock.now, wait=lambda _: None,
        )  # fmt: skip
        return box.run(lambda: False)


@pytest.fixture
def config(post_office: Any) -> Config:
    return replace(Config(), **post_office.settings())


@pytest.fixture
def room(store: Store, config: Config, clock: FakeClock) -> Room:
    an_issue(store, clock.now)
    return Room(store, server(config), clock)


def recipients(post_office: Any) -> list[str]:
    return [to for to, _ in post_office.mails]


def test_each_gets_it_once_over_tls_after_a_login(
    room: Room, post_office: Any, store: Store
) -> None:
    assert room.run() == Tally(sent=3)
    assert room.run() == Tally()
    assert recipients(post_office) == list(PEOPLE)
    assert post_office.logins == [(b"breachwire", b"s3cret")]
    assert store.posted("2026-10-30-weekly") == {"sent": 3}
    assert store.read_by(store.subscriber(PEOPLE[0]).id) == {"t": 1}


def test_a_temporary_refusal_is_tried_again_later_and_given_up_in_the_end(
    room: Room, post_office: Any, store: Store, clock: FakeClock
) -> None:
    post_office.answers["bo@post.example"] = ["451 greylisted"] * 20
    assert room.run() == Tally(sent=2, later=1)
    assert room.run() == Tally()  # not before its time
    for pause in RETRIES:
        clock.pass_(pause.total_seconds())
        last = room.run()
    assert last == Tally(failed=1)
    assert store.subscriber("bo@post.example").bounces == 0
    assert recipients(post_office) == ["ada@post.example", "cy@post.example"]


def test_an_address_that_is_refused_for_good_twice_is_suspended(
    room: Room, post_office: Any, store: Store, clock: FakeClock
) -> None:
    post_office.answers["bo@post.example"] = ["550 no such user"] * 9
    assert room.run() == Tally(sent=2, failed=1)
    clock.pass_(7 * 86_400)
    an_issue(store, clock.now, "2026-11-06-weekly")
    assert room.run() == Tally(sent=2, failed=1, suspended=1)
    assert store.subscriber("bo@post.example").state == "suspended"
    clock.pass_(7 * 86_400)
    an_issue(store, clock.now, "2026-11-13-weekly")
    assert store.posted("2026-11-13-weekly") == {"waiting": 2}


def test_a_text_that_is_refused_is_no_bounce(room: Room, post_office: Any, store: Store) -> None:
    post_office.on_data = lambda to: "554 looks like spam" if to.startswith("bo") else None
    assert room.run() == Tally(sent=2, failed=1)
    assert store.subscriber("bo@post.example").bounces == 0


def test_cut_off_before_the_answer_comes_again_under_the_same_id(
    room: Room, post_office: Any, clock: FakeClock
) -> None:
    cut = [True]

    def on_data(to: str) -> str | None:
        return "421 closing" if to.startswith("bo") and cut and cut.pop() else None

    post_office.on_data = on_data
    with pytest.raises(MailError, match="421"):
        room.run()
    assert room.run() == Tally(sent=2)
    ids = {m["Message-ID"] for m in post_office.to("bo@post.example")}
    assert len(ids) == 1


def test_who_leaves_while_it_is_sent_gets_no_more(room: Room, post_office: Any, store: Store,
                                                  clock: FakeClock) -> None:  # fmt: skip
    def on_data(_: str) -> None:
        store.leave(store.subscriber("cy@post.example").id, clock.now)

    post_office.on_data = on_data
    room.run()
    kinds = [store.posted("2026-10-30-weekly")]
    assert kinds == [{"sent": 2, "skipped": 1}]


def test_a_letter_whose_sender_died_goes_out(
    room: Room, post_office: Any, store: Store, clock: FakeClock
) -> None:
    taken = store.next_letter(clock.now)
    assert taken is not None
    assert store.posted("2026-10-30-weekly") == {"sending": 1, "waiting": 2}
    assert room.run() == Tally(sent=3)
    (mail,) = post_office.to(taken.subscriber.address)
    assert taken.message_id in mail["Message-ID"]


def test_what_waited_for_days_is_no_news_any_more(
    room: Room, post_office: Any, store: Store, clock: FakeClock
) -> None:
    clock.pass_(5 * 86_400)
    assert room.run() == Tally()
    assert store.posted("2026-10-30-weekly") == {"skipped": 3}


def test_a_suspended_address_gets_nothing_that_waits(
    room: Room, post_office: Any, store: Store, clock: FakeClock
) -> None:
    id = store.subscriber("bo@post.example").id
    for _ in range(2):
        store.bounced(id, 2, clock.now)
    assert room.run() == Tally(sent=2)
    assert recipients(post_office) == ["ada@post.example", "cy@post.example"]
    assert store.posted("2026-10-30-weekly") == {"sent": 2, "skipped": 1}


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"password": "wrong"}, "login was refused"),
        ({"authorities": ""}, "self-signed|certificate"),
        ({"port": 9}, "refused|not"),
        ({"host": "127.0.0.2"}, "refused|certificate"),
        ({"security": "none", "user": ""}, "STARTTLS"),
        ({"security": "tls"}, "SSL|TLS|WRONG_VERSION"),
    ],
)
def test_a_server_that_cannot_be_used_is_one_line_and_costs_no_try(
    store: Store, config: Config, clock: FakeClock, change: dict[str, Any], says: str
) -> None:
    an_issue(store, clock.now)
    room = Room(store, replace(server(config), **change), clock)
    with pytest.raises(MailError, match=says) as error:
        room.run()
    assert error.value.kind == "server"
    assert "\n" not in str(error.value)
    assert "s3cret" not in str(error.value)
    assert store.posted("2026-10-30-weekly") == {"waiting": 3}
    assert Room(store, server(config), clock).run() == Tally(sent=3)


BOUNCE = """\
From: MAILER-DAEMON@mx.post.example
To: news@wire.example
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

Your message could not be delivered.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.post.example

Final-Recipient: rfc822; {address}
Action: {action}
Status: {status}

--b
Content-Type: message/rfc822

From: news@wire.example
Message-ID: <{id}@wire.example>
Subject: issue

hello
--b--
"""


def test_a_bounce_counts_once_and_only_for_a_mail_that_was_sent(
    room: Room, post_office: Any, store: Store, clock: FakeClock, tmp_path: Path
) -> None:
    room.run()
    (sent,) = post_office.to("bo@post.example")
    id = sent["Message-ID"].strip("<>").split("@")[0]
    fields = {"address": "bo@post.example", "action": "failed", "status": "5.1.1"}
    folder = tmp_path / "Maildir"
    for name in ("new", "cur", "tmp"):
        (folder / name).mkdir(parents=True)
    (folder / "new" / "1").write_text(BOUNCE.format(id=id, **fields))
    (folder / "new" / "2").write_text(BOUNCE.format(id="f" * 32, **fields))
    (folder / "new" / "3").write_text("From: a@b.example\nSubject: hello\n\nNot a bounce.\n")
    found = list(read(folder))
    assert {(b.address, b.message_id) for b in found} == {
        ("bo@post.example", id), ("bo@post.example", "f" * 32)
    }  # fmt: skip
    assert store.came_back("f" * 32, 2, clock.now) is None
    first = store.came_back(id, 2, clock.now)
    assert first is not None
    assert (first[0].bounces, first[1]) == (1, False)
    assert store.came_back(id, 2, clock.now) is None
    assert store.posted("2026-10-30-weekly") == {"sent": 2, "failed": 1}


def test_a_delay_is_no_bounce() -> None:
    text = BOUNCE.format(id="a" * 32, address="x@y.example", action="delayed", status="4.4.1")
    assert list(bounces(message_from_bytes(text.encode()))) == []


def test_bounces_far_apart_do_not_add_up(store: Store, clock: FakeClock) -> None:
    id = subscribe(store, "ada@post.example", clock.now)
    later: Callable[[int], datetime] = lambda days: clock.now + timedelta(days=days)  # noqa: E731
    assert [store.bounced(id, 2, later(days)) for days in (0, 61, 122)] == [False] * 3
    assert store.bounced(id, 2, later(130))
