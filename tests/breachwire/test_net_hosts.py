"""Turns at hosts: one at a time, spaced, and none while a host rests."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from breachwire.config import networks
from breachwire.errors import FetchError
from breachwire.net import Client, Hosts
from breachwire.net import hosts as module
from breachwire.testing import FakeClock, ScriptedServer, answer, redirect

A, B = "https://a.example/feed", "https://b.example/feed"


def test_one_at_a_time_at_a_host_and_others_meanwhile() -> None:
    hosts, ended, began = Hosts(), threading.Event(), threading.Event()

    def second() -> None:
        began.set()
        with hosts.turn("https://A.example/other", ended):
            order.append("second")

    order: list[str] = []
    with ThreadPoolExecutor() as pool:
        with hosts.turn(A, ended), hosts.turn(B, ended):
            later = pool.submit(second)
            assert began.wait(30)
            with pytest.raises(TimeoutError):
                later.result(0.3)
            order.append("first")
        later.result(30)
    assert order == ["first", "second"]


def test_a_host_that_rests_is_not_asked_and_others_are() -> None:
    clock = FakeClock()
    hosts, ended = Hosts(clock=clock), threading.Event()
    hosts.rest(A, 600)
    hosts.rest(A, 5)  # a shorter wish does not end a longer one
    clock.pass_(500)
    assert hosts.resting(A) == 100
    with pytest.raises(FetchError, match="left alone for another 100 s"), hosts.turn(A, ended):
        pass
    with hosts.turn(B, ended):
        pass
    clock.pass_(100)
    with hosts.turn(A, ended):
        pass


def test_the_end_cuts_a_wait_short() -> None:
    hosts, ended = Hosts(), threading.Event()
    hosts.space = lambda _: 3600.0
    with hosts.turn(A, ended):
        pass
    threading.Timer(0.05, ended.set).start()
    with pytest.raises(FetchError, match="stopping"), hosts.turn(A, ended):
        pass
    assert not hosts._hosts["a.example"].lock.locked()


def test_many_hosts_are_forgotten_but_not_their_wishes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST", 10)
    hosts, ended = Hosts(), threading.Event()
    hosts.rest(A, 600)
    for n in range(50):
        with hosts.turn(f"https://h{n}.example/", ended):
            pass
    assert len(hosts._hosts) <= 11
    assert hosts.resting(A) > 0


def test_each_host_of_a_chain_of_redirects_has_its_own_turn() -> None:
    with ScriptedServer() as server:
        local = {f"{n}.example": ("127.0.0.1", server.port) for n in "ab"}
        client = Client("Breachwire tests", local=local, allow=networks("127.0.0.0/8"))
        server.scripts = {"/feed": redirect("http://b.example/there"), "/there": answer(b"here")}
        held: list[list[str]] = []
        taken = client.hosts._take

        def taking(host: module._Host, url: str, ended: threading.Event) -> None:
            held.append([n for n, one in client.hosts._hosts.items() if one.lock.locked()])
            taken(host, url, ended)

        client.hosts._take = taking  # type: ignore[method-assign]
        assert client.get("http://a.example/feed").body == b"here"
        assert held == [[], []]
        assert set(client.hosts._hosts) == {"a.example", "b.example"}


@pytest.mark.parametrize(
    ("status", "headers", "least", "most"),
    [
        (429, {"Retry-After": "900"}, 800, 900),
        (503, {"Retry-After": "999999"}, 86_000, 86_400),
        (429, {}, 50, 60),
        (503, {}, 0, 0),
        (404, {"Retry-After": "900"}, 0, 0),
    ],
)
def test_what_a_server_in_trouble_asks_for_holds_for_all_its_addresses(
    status: int, headers: dict[str, str], least: float, most: float
) -> None:
    with ScriptedServer({"/feed": answer(status=status, headers=headers)}) as server:
        client = Client("Breachwire tests", allow=networks("127.0.0.0/8"))
        assert client.get(server.url("/feed")).status == status
        assert least <= client.hosts.resting(server.url("/page")) <= most
