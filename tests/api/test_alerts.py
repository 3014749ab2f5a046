"""Mail alerts of a watch: asked first, told of changes alone, stopped with one click, erased."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from email.message import Message
from typing import Any

import pytest
from starlette.testclient import TestClient

from api.alerts import letters
from api.app import create_app
from api.services import Services
from breachwire.alerting import Alerts
from breachwire.config import Config
from breachwire.errors import StoreError
from breachwire.model import Change, Evidence, Stand
from breachwire.postroom import server
from breachwire.store import Store
from breachwire.testing import FakeClock
from nlp import galaxy

MORNING = datetime.fromisoformat("2026-11-27T07:00:00+00:00")
ADA = "ada@post.example"


@dataclass
class Wire:
    """The invented wire, a reader with a watch, a mail server."""

    client: TestClient
    store: Store
    material: Any
    clock: FakeClock
    config: Config
    post_office: Any
    path: str = ""

    def ask(self, address: str = ADA, pace: str = "at_once") -> Any:
        data = {"do": "alert", "email": address, "pace": pace}
        return self.client.post(self.path, data=data)

    def run(self) -> None:
        Alerts(
            self.store, self.config, server(self.config), now=lambda: self.clock.now,
            wait=lambda _: None,
        ).run(lambda: False)  # fmt: skip

    def mails(self, address: str = ADA) -> list[Message]:
        return list(self.post_office.to(address))

    def link(self, what: str, address: str = ADA) -> str:
        """Of the last mail."""
        (found,) = set(re.findall(rf"https://wire\.example(/alerts/{what}/[\w-]{{43}})",
                                  plain(self.mails(address)[-1])))  # fmt: skip
        return str(found)

    def confirmed(self, pace: str = "at_once") -> None:
        self.ask(pace=pace)
        self.run()
        answer = self.client.post(self.link("confirm"), data={"act": "confirm"})
        assert answer.status_code == 200
        self.post_office.mails.clear()

    def change(self, slug: str, number: int) -> None:
        article = self.material.articles[slug]
        words = Evidence(article.id, "title", 0, 10, article.title[:10])
        value = {"number": number, "unit": "people"}
        stand = Stand(value, None, "claimed", "Salt Heron", None, MORNING, "x")
        at = MORNING + timedelta(seconds=number)
        one = Change(article.id, at, "affected", "People affected", None, stand, (words,))
        self.store.save_ledger([], [], {}, changes=[one])


def plain(mail: Message) -> str:
    part = mail.get_payload(0)
    assert isinstance(part, Message)
    body = part.get_payload(decode=True)
    assert isinstance(body, bytes)
    return body.decode()


def page(mail: Message) -> str:
    part = mail.get_payload(1)
    assert isinstance(part, Message)
    body = part.get_payload(decode=True)
    assert isinstance(body, bytes)
    return body.decode()


@pytest.fixture
def wire(store: Store, fill: Callable[..., Any], post_office: Any) -> Wire:
    material = fill(store)
    config = replace(Config(), **post_office.settings())
    services = Services(store=store, config=config, known_actor=galaxy.known_by_slug)
    clock = FakeClock(MORNING)
    app = create_app(lambda: services, now=lambda: clock.now, clock=clock)
    client = TestClient(app, base_url="https://wire.example", follow_redirects=False)
    answer = client.post("/api/v1/watches", json={"entries": [{"name": "Tidewater Sync"}]})
    path = f"/watch/{answer.json()['token']}"
    return Wire(client, store, material, clock, config, post_office, path)


def test_an_address_is_asked_first_and_reading_the_link_changes_nothing(wire: Wire) -> None:
    answer = wire.ask()
    assert (answer.status_code, answer.headers["location"]) == (303, f"{wire.path}?asked=1#mail")
    wire.run()
    (asking,) = wire.mails()
    assert asking["Subject"] == "Confirm your Breachwire alert"
    assert asking["List-Unsubscribe"] is None
    wire.change("quarrybank-confirms", 500)
    shown = wire.client.get(wire.link("confirm"))
    assert "a•••@p•••.example" in shown.text
    assert "at most 8 times a day" in shown.text
    assert shown.headers["referrer-policy"] == "no-referrer"
    wire.run()
    assert len(wire.mails()) == 1
    assert wire.store.alerts_posted() == {"sent": 1}
    assert [one.state for one in wire.store.alerts(1)] == ["asked"]
    link = wire.link("confirm")
    assert wire.client.post(link, data={"act": "confirm"}).status_code == 200
    assert wire.client.post(link, data={"act": "confirm"}).status_code == 404
    (alert,) = wire.store.alerts()
    assert alert.consent.startswith("Send me mails about the threads of this watch")
    wire.run()
    assert len(wire.mails()) == 1  # told is what happens from now on


def test_a_mail_tells_changes_on_whose_words_under_the_disclosure(wire: Wire) -> None:
    wire.confirmed()
    wire.change("quarrybank-confirms", 500)
    wire.change("millbrook-diverts", 40)  # nothing of Tidewater Sync's
    wire.run()
    wire.run()
    (mail,) = wire.mails()
    assert mail["Subject"] == "Quarrybank confirms theft of 1.9 million customer records"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["List-Id"] == "<alert.wire.example>"
    text, html = plain(mail), page(mail).partition("<body")[2]
    for body in (text, html):
        assert body.index("no language model wrote this") < body.index("Quarrybank confirms theft")
        assert "500 people (claimed)" in body
        assert "Tidewater Sync: supplier" in body
        assert "“Quarrybank”" in body
        assert "https://signalpost.example/quarrybank-confirms" in body
        assert "Millbrook" not in body
        assert "a•••@p•••.example" in body
        assert ADA not in body
    assert "<script" not in html


def test_a_new_threads_facts_are_told_as_they_stand_once(wire: Wire) -> None:
    new = {
        "type": "thread.created",
        "data": {
            "thread": "a", "headline": "H", "url": "https://x", "section": "Breaches",
            "first_report": None, "facts": [],
        },
    }  # fmt: skip
    changed = {"type": "thread.changed", "data": {**new["data"], "changes": [{"text": "t"}]}}  # type: ignore[dict-item]
    (item,), left_out = letters.items([new, changed], {})
    assert ([line.text for line in item.lines], item.more, left_out) == (["New thread: H"], 0, 0)


def test_one_click_stops_and_erases_with_the_same_answer_for_any_secret(wire: Wire) -> None:
    wire.confirmed()
    wire.change("quarrybank-confirms", 500)
    wire.run()
    header = str(wire.mails()[0]["List-Unsubscribe"])
    path = header.strip("<>").removeprefix("https://wire.example")
    body = {"List-Unsubscribe": "One-Click"}
    assert wire.client.get(path).status_code == 200
    assert wire.client.post(path, data={"x": "y"}).status_code == 200
    assert len(wire.store.alerts()) == 1
    answers = [wire.client.post(p, data=body) for p in (path, path, path[:-43] + "x" * 43)]
    assert {(one.status_code, one.text) for one in answers} == {(200, "Stopped.\n")}
    assert wire.store.alerts(1) == []
    wire.change("quarrybank-confirms", 600)
    wire.clock.pass_(3600)
    wire.run()
    assert len(wire.mails()) == 1


def test_an_address_that_wants_nothing_is_never_asked_again(wire: Wire) -> None:
    wire.ask()
    wire.run()
    assert wire.client.post(wire.link("confirm"), data={"act": "never"}).status_code == 200
    wire.clock.pass_(86_400)
    again = wire.ask()
    assert (again.status_code, again.headers["location"]) == (303, f"{wire.path}?asked=1#mail")
    wire.run()
    assert len(wire.mails()) == 1


def test_an_address_is_asked_three_times_a_day_whoever_asks_for_it(wire: Wire) -> None:
    for _ in range(5):
        wire.ask()
        wire.run()
        wire.clock.pass_(900)
    assert len(wire.mails()) == 3
    assert wire.ask("nobody").status_code == 400


def test_who_never_confirmed_is_erased_after_two_days(wire: Wire) -> None:
    wire.ask()
    wire.clock.pass_(49 * 3600)
    wire.run()
    assert wire.store.alerts(1) == []


def test_at_once_is_a_few_a_day_and_the_rest_comes_with_the_next(wire: Wire) -> None:
    wire.confirmed()
    for number in range(1, 13):
        wire.change("quarrybank-confirms", number)
        wire.run()
        wire.clock.pass_(1200)
    assert len(wire.mails()) == letters.A_DAY
    wire.clock.pass_(86_400)
    wire.run()
    assert len(wire.mails()) == letters.A_DAY + 1
    told = [re.findall(r"(\d+) people", plain(mail)) for mail in wire.mails()]
    assert told[-1] == ["9", "10", "11", "12"]


def test_daily_is_one_mail_at_its_hour_and_none_where_nothing_changed(wire: Wire) -> None:
    wire.confirmed("daily")
    wire.change("quarrybank-confirms", 1)
    wire.run()
    assert wire.mails() == []  # seven o'clock
    wire.clock.pass_(3600)
    wire.run()
    wire.change("quarrybank-confirms", 2)
    wire.clock.pass_(600)
    wire.run()
    assert len(wire.mails()) == 1
    wire.clock.pass_(86_400)
    wire.run()
    assert len(wire.mails()) == 2
    wire.change("millbrook-diverts", 3)
    wire.clock.pass_(86_400)
    wire.run()  # nothing of what is watched: this day is over
    wire.change("quarrybank-confirms", 4)
    wire.clock.pass_(600)
    wire.run()
    assert len(wire.mails()) == 2
    wire.clock.pass_(86_400)
    wire.run()
    assert len(wire.mails()) == 3


def test_cut_off_before_the_record_it_comes_again_under_the_same_id(
    wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    wire.confirmed()
    wire.change("quarrybank-confirms", 500)

    def killed(*_: Any, **__: Any) -> None:
        raise StoreError("killed")

    with monkeypatch.context() as patch:
        patch.setattr(type(wire.store), "settle_alert", killed)
        with pytest.raises(StoreError):
            wire.run()
    wire.run()
    first, second = wire.mails()
    assert first["Message-ID"] == second["Message-ID"]


def test_its_watchs_page_shows_addresses_masked_and_stops_them(wire: Wire) -> None:
    wire.confirmed()
    shown = wire.client.get(wire.path).text
    assert "a•••@p•••.example" in shown
    assert ADA not in shown
    (alert,) = wire.store.alerts(1)
    wire.client.post(wire.path, data={"do": "unalert", "alert": str(alert.id)})
    assert wire.store.alerts(1) == []


def test_a_deleted_watch_ends_its_alerts(wire: Wire) -> None:
    wire.confirmed()
    wire.change("quarrybank-confirms", 500)
    wire.client.post(wire.path, data={"do": "delete", "sure": "1"})
    wire.run()
    assert wire.mails() == []
