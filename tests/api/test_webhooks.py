"""Webhooks against a real receiver: signed, in order, retried, never lost, nowhere else."""

from __future__ import annotations

import json
import os
import signal
import socket
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_network
from multiprocessing import get_context
from typing import Any

import pytest
from standardwebhooks import Webhook as Verifier
from standardwebhooks.webhooks import WebhookVerificationError

from api.metrics import exposition
from api.operating import standing
from api.services import Services
from api.webhooks import keeping, shapes
from api.webhooks.keeping import new_secret
from breachwire import courier
from breachwire.config import Config
from breachwire.model import Change, Correction, Evidence, Stand
from breachwire.model.webhooks import Webhook
from breachwire.net import Receivers
from breachwire.store import Store, open_store
from breachwire.testing import FakeClock

LOOPBACK = (ip_network("127.0.0.0/8"),)
EPOCH = datetime(2026, 11, 24, 9, tzinfo=UTC)


@dataclass
class Got:
    """A message as it came in."""

    headers: dict[str, str]
    body: bytes
    path: str

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def told(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.body)
        return found


@dataclass
class Receiver:
    """A real server on localhost that answers as a test says, and can be killed and started."""

    port: int = 0
    got: list[Got] = field(default_factory=list)
    answer: Callable[[Got], tuple[int, dict[str, str]]] = lambda _: (204, {})
    silent: threading.Event = field(default_factory=threading.Event)
    """Set: what comes in is answered."""

    def __post_init__(self) -> None:
        self.silent.set()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"

    def start(self) -> None:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                headers = {name.lower(): value for name, value in self.headers.items()}
                one = Got(headers, body, self.path)
                receiver.got.append(one)
                receiver.silent.wait(10)
                status, more = receiver.answer(one)
                self.send_response(status)
                for name, value in {"Content-Length": "0", **more}.items():
                    self.send_header(name, value)
                self.end_headers()

            def log_message(self, *_: object) -> None: ...

        self._server = ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        run = {"poll_interval": 0.01}
        threading.Thread(target=self._server.serve_forever, kwargs=run, daemon=True).start()

    def kill(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def ids(self) -> list[str]:
        return [one.id for one in self.got]

    def types(self) -> list[str]:
        return [one.told["type"] for one in self.got]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    made.start()
    yield made
    made.silent.set()
    made.kill()


@pytest.fixture
def way() -> Iterator[Receivers]:
    with closing(Receivers("Breachwire test", allow=LOOPBACK, deadline=5)) as way:
        yield way


@dataclass
class Wire:
    """The invented wire with a webhook, and rounds of deliveries."""

    store: Store
    material: Any
    way: Receivers
    clock: FakeClock
    secret: str = field(default_factory=new_secret)
    hook: Webhook = field(init=False)

    def add(self, url: str, **more: Any) -> Webhook:
        new = Webhook(url, more.pop("kinds", ()), self.clock.now, **more)
        self.hook = self.store.add_webhook(new, self.secret, most=10)
        return self.hook

    def stands(self) -> Webhook:
        return self.store.webhook(self.hook.id)

    def round(self) -> courier.Tally:
        return courier.deliver(
            self.store, self.way, Config(base_url="https://wire.example"),
            now=lambda: self.clock.now, chance=lambda: 0.5,
        )  # fmt: skip

    def thread(self, nick: str) -> str:
        return str(self.material.threads[nick].id)

    def change(self, slug: str, number: int, before: int = 0, *, more: int = 0) -> None:
        article = self.material.articles[slug]
        words = Evidence(article.id, "title", 0, 10, article.title[:10])
        was, is_ = (people(n) if n else None for n in (before, number))
        at = EPOCH + timedelta(minutes=number)
        one = Change(article.id, at, "affected", "People affected", was, is_, (words,))
        self.store.save_ledger([], [], {}, changes=[one] * (1 + more))

    def correct(self, slug: str) -> None:
        article = self.material.articles[slug]
        words = Evidence(article.id, "title", 0, 10, article.title[:10])
        one = Correction(article.id, EPOCH, "edited", "affected", "People affected", people(500),
                         people(900), (words,))  # fmt: skip
        self.store.save_ledger([], [], {}, corrections=[one])

    def merge(self, gone: str, into: str) -> None:
        away, home = (self.store.thread(self.thread(nick)) for nick in (gone, into))
        places = self.store.placements(self.store.articles_of([away.id])[away.id])
        moved = [replace(p, thread=home.id, role="report") for p in places.values()]
        members = home.articles + away.articles
        self.store.regroup(
            "merge", "Ida", "one", EPOCH, moved, [replace(home, articles=members), away],
            self.store.details([home.id]), stood=dict.fromkeys(places, away.id),
        )  # fmt: skip


def people(number: int) -> Stand:
    value = {"number": number, "unit": "people"}
    return Stand(value, None, "confirmed", "Quarrybank", None, EPOCH, f"{number} people")


@pytest.fixture
def wire(store: Store, fill: Callable[..., Any], way: Receivers) -> Wire:
    return Wire(store, fill(store), way, FakeClock(datetime.now(UTC)))


# what is told


def test_each_happening_is_told_signed_and_as_its_schema_says(
    wire: Wire, receiver: Receiver
) -> None:
    wire.add(receiver.url)
    wire.change("quarrybank-confirms", 500, more=14)
    wire.change("quarrybank-confirms", 900, 500)
    wire.correct("quarrybank-offline")
    wire.merge("supplier", "bank")
    done = wire.round()
    assert (done.delivered, done.failed) == (4, 0)
    assert receiver.types() == ["thread.changed"] * 2 + ["thread.corrected", "thread.merged"]
    for one in receiver.got:
        told = Verifier(wire.secret).verify(one.body, one.headers)
        shapes.SENT[told["type"]].model_validate(told)
        assert told["data"]["thread"] == wire.thread("bank")
        assert told["data"]["url"].startswith("https://wire.example/wire/")
        assert "no language model" in told["data"]["disclosure"]["label"]
        assert len(one.body) < 20_000
        with pytest.raises(WebhookVerificationError):
            Verifier(wire.secret).verify(one.body.replace(b"thread", b"threat"), one.headers)
    first, second, corrected, merged = (one.told["data"] for one in receiver.got)
    assert (len(first["changes"]), first["more"]) == (12, 3)
    (change,) = second["changes"]
    assert change["before"] == "500 people (confirmed)"
    assert (change["after"], change["status"], change["asserter"]) == (
        "900 people (confirmed)", "confirmed", "Quarrybank",
    )  # fmt: skip
    assert change["evidence"] == [{
        "quote": "Quarrybank", "outlet": "Signal Post",
        "url": "https://signalpost.example/quarrybank-confirms",
    }]  # fmt: skip
    assert corrected["corrections"][0]["after"] == "900 people (confirmed)"
    assert merged["merged"] == wire.thread("supplier")
    assert receiver.got[1].told["timestamp"] == "2026-11-25T00:00:00.000000Z"
    assert wire.round().delivered == 0


def test_a_new_thread_is_told_once_its_first_report_was_read(
    empty: Store, fill: Callable[..., Any], way: Receivers, receiver: Receiver
) -> None:
    wire = Wire(empty, None, way, FakeClock(datetime.now(UTC)))
    wire.add(receiver.url, kinds=("thread.created",))
    material = fill(empty)
    wire.round()
    told = {one.told["data"]["thread"]: one.told for one in receiver.got}
    bank = told[material.threads["bank"].id]
    assert shapes.ThreadCreated.model_validate(bank)
    assert bank["data"]["first_report"]["outlet"] == "Harbor Ledger"
    facts = {one["label"]: one for one in bank["data"]["facts"]}
    assert (facts["Victim"]["value"], facts["Victim"]["status"]) == ("Quarrybank", "confirmed")
    assert len(told) == len(receiver.got)
    text = material.articles["quarrybank-offline"].text
    assert all(text not in one.body.decode() for one in receiver.got)


def test_a_webhook_is_told_of_its_search_and_its_events_alone(
    wire: Wire, receiver: Receiver
) -> None:
    wire.add(receiver.url + "/search", query={"q": "Millbrook"})
    wire.add(receiver.url + "/filter", query={"victim": "Quarrybank"}, kinds=("thread.changed",))
    wire.change("quarrybank-confirms", 500)
    wire.change("millbrook-diverts", 40)
    wire.correct("quarrybank-confirms")
    wire.round()
    by_path = defaultdict(list)
    for one in receiver.got:
        by_path[one.path].append((one.told["type"], one.told["data"]["thread"]))
    assert by_path == {
        "/hook/search": [("thread.changed", wire.thread("hospital"))],
        "/hook/filter": [("thread.changed", wire.thread("bank"))],
    }


# how it gets there


def test_a_rotated_secret_holds_beside_the_new_one_for_its_time(
    wire: Wire, receiver: Receiver
) -> None:
    wire.add(receiver.url)
    new = new_secret()
    now = wire.clock.now
    wire.store.rotate_webhook(wire.hook.id, new, now, now + timedelta(seconds=60))
    wire.change("quarrybank-confirms", 500)
    wire.round()
    wire.clock.pass_(61)
    wire.change("quarrybank-confirms", 900, 500)
    wire.round()
    first, second = receiver.got
    for secret in (wire.secret, new):
        Verifier(secret).verify(first.body, first.headers)
    Verifier(new).verify(second.body, second.headers)
    with pytest.raises(WebhookVerificationError):
        Verifier(wire.secret).verify(second.body, second.headers)


def test_what_fails_is_tried_again_by_the_schedule_in_order_under_its_id(
    wire: Wire, receiver: Receiver
) -> None:
    wire.add(receiver.url)
    for number in (500, 600, 700):
        wire.change("quarrybank-confirms", number)
    wire.change("millbrook-diverts", 40)
    refused: set[str] = set()

    def once_500(one: Got) -> tuple[int, dict[str, str]]:
        if one.told["data"]["thread"] == wire.thread("bank") and len(refused) < 1:
            refused.add(one.id)
            return 500, {}
        return 200, {}

    receiver.answer = once_500
    assert wire.round().failed == 1
    assert wire.round().delivered == 0  # left alone for five seconds, by all lines
    wire.clock.pass_(5)
    assert wire.round().delivered == 4
    bank = [one for one in receiver.got if one.told["data"]["thread"] == wire.thread("bank")]
    assert bank[0].id == bank[1].id
    assert bank[0].body == bank[1].body
    assert [one.told["data"]["changes"][0]["after"] for one in bank[1:]] == [
        f"{n} people (confirmed)" for n in (500, 600, 700)
    ]
    assert len(set(receiver.ids())) == 4


def test_all_retries_take_three_days_then_it_is_dead_and_can_be_told_again(
    wire: Wire, receiver: Receiver
) -> None:
    wire.add(receiver.url)
    receiver.answer = lambda _: (500, {})
    wire.change("quarrybank-confirms", 500)
    started, tries = wire.clock.now, 0
    while not wire.store.deliveries("dead"):
        tries += wire.round().failed
        (one,) = wire.store.deliveries()
        wire.clock.pass_(max((one.next_at - wire.clock.now).total_seconds(), 300))
        assert tries <= 10
    assert (tries, len(receiver.got), len(set(receiver.ids()))) == (10, 10, 1)
    assert timedelta(hours=75) < wire.clock.now - started < timedelta(hours=77)
    assert wire.stands().state == "stopped"  # it took nothing else either, all that time
    wire.change("quarrybank-confirms", 600)
    assert wire.round() == courier.Tally()
    receiver.answer = lambda _: (204, {})
    wire.store.set_webhook_state(wire.hook.id, "active")
    assert wire.store.replay(wire.hook.id, wire.clock.now, dead=True) == 1
    assert wire.round().delivered == 2  # and what happened meanwhile
    assert receiver.ids()[-2] == receiver.ids()[0]


def test_chance_moves_a_retry_by_a_fifth_at_most(wire: Wire, receiver: Receiver) -> None:
    wire.add(receiver.url)
    receiver.answer = lambda _: (500, {})
    wire.change("quarrybank-confirms", 500)
    waits = []
    for chance in (0.0, 1.0):
        config, now = Config(), wire.clock.now
        courier.deliver(
            wire.store, wire.way, config, now=lambda: wire.clock.now, chance=lambda c=chance: c
        )
        (one,) = wire.store.deliveries()
        waits.append((one.next_at - now).total_seconds())
        wire.clock.pass_(600)
    assert waits == [4.0, 360.0]


def test_410_ends_a_webhook_and_loses_nothing(wire: Wire, receiver: Receiver) -> None:
    wire.add(receiver.url)
    receiver.answer = lambda _: (410, {})
    wire.change("quarrybank-confirms", 500)
    wire.change("quarrybank-confirms", 600)
    assert wire.round().dead == 1
    assert wire.stands().state == "gone"
    wire.clock.pass_(3600)
    wire.round()
    assert len(receiver.got) == 1
    assert wire.store.deliveries_counted()[wire.hook.id] == {"dead": 1, "waiting": 1}


def test_the_operator_is_told_of_what_ended_and_what_waits(wire: Wire, receiver: Receiver) -> None:
    wire.add(receiver.url)
    receiver.answer = lambda _: (410, {})
    wire.change("quarrybank-confirms", 500)
    wire.change("quarrybank-confirms", 600)
    wire.round()
    text = exposition(wire.store).decode()
    for line in (
        'breachwire_webhooks{state="gone"} 1.0',
        'breachwire_webhook_deliveries{state="waiting"} 1.0',
        'breachwire_webhook_deliveries{state="dead"} 1.0',
    ):
        assert line in text
    stands = standing(Services(store=wire.store, config=Config()), wire.clock.now)
    (trouble,) = (one for one in stands.troubles if "Webhook" in one.what)
    assert trouble.what == "Webhook 1 ended: 127.0.0.1 answered that it is gone"
    assert "1 webhook, 1 waiting, 1 given up" in [fact.how for fact in stands.facts]
    failing = replace(wire.stands(), state="active", failures=3, error="no")
    assert keeping.ended(failing, failing.made_at + timedelta(minutes=59)) == ""
    assert "fails" in keeping.ended(failing, failing.made_at + timedelta(minutes=61))


def test_a_webhook_removed_meanwhile_fails_nobody(
    wire: Wire, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = wire.add(receiver.url + "/gone")
    wire.add(receiver.url)
    wire.change("quarrybank-confirms", 500)
    listed = wire.store.webhooks()
    wire.store.remove_webhook(gone.id)
    monkeypatch.setattr(type(wire.store), "webhooks", lambda _, watch=None: listed)
    assert wire.round().delivered == 1


def test_a_receiver_that_asks_for_a_pause_gets_it(wire: Wire, receiver: Receiver) -> None:
    wire.add(receiver.url)
    receiver.answer = lambda _: (429, {"Retry-After": "90"})
    wire.change("quarrybank-confirms", 500)
    wire.change("millbrook-diverts", 40)
    wire.round()
    wire.clock.pass_(80)
    wire.round()
    assert len(receiver.got) == 1
    receiver.answer = lambda _: (204, {})
    wire.clock.pass_(11)
    assert wire.round().delivered == 2


def test_a_redirect_is_a_failure_and_not_followed(wire: Wire, receiver: Receiver) -> None:
    wire.add(receiver.url)
    receiver.answer = lambda _: (307, {"Location": f"http://127.0.0.1:{receiver.port}/else"})
    wire.change("quarrybank-confirms", 500)
    assert wire.round().failed == 1
    assert [one.path for one in receiver.got] == ["/hook"]


def test_a_private_address_is_told_nothing_unless_the_operator_opened_it(
    wire: Wire, receiver: Receiver
) -> None:
    wire.add(receiver.url)
    wire.change("quarrybank-confirms", 500)
    with closing(Receivers("Breachwire test")) as way:
        wire.way = way
        assert wire.round().failed == 1
    assert receiver.got == []
    assert "port" in (wire.stands().error or "") or "loopback" in (wire.stands().error or "")


def test_a_slow_receiver_is_cut_off_and_holds_up_no_other(wire: Wire, receiver: Receiver) -> None:
    slow = Receiver()
    slow.start()
    slow.silent.clear()
    wire.add(slow.url)
    wire.add(receiver.url)
    wire.change("quarrybank-confirms", 500)
    with closing(Receivers("Breachwire test", allow=LOOPBACK, deadline=0.3)) as way:
        wire.way = way
        done = wire.round()
    assert (done.delivered, done.failed) == (1, 1)
    assert len(receiver.got) == len(slow.got) == 1
    slow.silent.set()
    slow.kill()


def test_an_endless_answer_is_not_read(wire: Wire) -> None:
    def serve(listener: socket.socket) -> None:
        connection, _ = listener.accept()
        with connection:
            connection.recv(65_536)
            connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            try:
                while True:
                    connection.sendall(b"10000\r\n" + b"x" * 65_536 + b"\r\n")
            except OSError:
                return

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=serve, args=(listener,), daemon=True).start()
        wire.add(f"http://127.0.0.1:{listener.getsockname()[1]}/")
        wire.change("quarrybank-confirms", 500)
        assert wire.round().delivered == 1


def test_a_killed_receiver_misses_nothing(wire: Wire, receiver: Receiver) -> None:
    wire.add(receiver.url)
    for number in range(1, 21):
        if number in (4, 12):
            receiver.kill()
        if number in (8, 16):
            receiver.start()
        wire.change(("quarrybank-confirms", "millbrook-diverts")[number % 2], number)
        wire.round()
        wire.clock.pass_(120)
    for _ in range(12):
        wire.clock.pass_(3600)
        wire.round()
    lines = defaultdict(list)
    for one in receiver.got:
        lines[one.told["data"]["thread"]].append(one.told["data"]["changes"][0]["after"])
    assert lines == {
        wire.thread("hospital"): [f"{n} people (confirmed)" for n in range(1, 21, 2)],
        wire.thread("bank"): [f"{n} people (confirmed)" for n in range(2, 21, 2)],
    }


def _deliver(url: str) -> None:
    """A process that delivers; it is killed."""
    store, way = open_store(url), Receivers("test", allow=LOOPBACK)
    courier.deliver(store, way, Config(), now=lambda: datetime.now(UTC))


def test_killed_between_the_answer_and_the_record_it_comes_again_under_its_id(
    wire: Wire, receiver: Receiver
) -> None:
    wire.add(receiver.url)
    for number in (500, 600):
        wire.change("quarrybank-confirms", number)
    running = get_context("fork").Process(target=_deliver, args=(wire.store.url,))

    def kill_it(_: Got) -> tuple[int, dict[str, str]]:
        os.kill(running.pid or 0, signal.SIGKILL)
        return 204, {}

    receiver.answer = kill_it
    running.start()
    running.join(60)
    assert running.exitcode == -signal.SIGKILL
    receiver.answer = lambda _: (204, {})
    wire.clock.now = datetime.now(UTC)
    assert wire.round().delivered == 2
    assert [one.told["data"]["changes"][0]["after"] for one in receiver.got] == [
        f"{n} people (confirmed)" for n in (500, 500, 600)
    ]
    assert receiver.ids()[0] == receiver.ids()[1]


def test_two_couriers_at_once_are_one(wire: Wire, receiver: Receiver) -> None:
    wire.add(receiver.url)
    wire.change("quarrybank-confirms", 500)
    with wire.store.role("courier"):
        assert wire.round() == courier.Tally()
    assert wire.round().delivered == 1


def test_of_what_an_outlet_had_left_out_nothing_is_told(
    wire: Wire, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    wire.add(receiver.url)
    wire.change("quarrybank-confirms", 500)
    monkeypatch.setattr(type(wire.store), "changes_by", lambda *_: [])
    assert wire.round() == courier.Tally()
    assert [one.state for one in wire.store.deliveries()] == ["void"]
    assert receiver.got == []
