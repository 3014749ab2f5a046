"""robots.txt through a real client and a server of our own."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from breachwire.config import networks
from breachwire.errors import BlockedAddressError, FetchError
from breachwire.net import Client, Hosts
from breachwire.testing import FakeClock, ScriptedResolver, ScriptedServer, answer, redirect
from ingest import robots
from ingest.robots import Robots

RULES = b"""User-agent: *
Disallow: /members/
Crawl-delay: 5

User-agent: Breachwire
Disallow: /drafts/
Crawl-delay: 2

User-agent: OtherBot
Disallow: /
"""


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with ScriptedServer() as running:
        yield running


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def ask(server: ScriptedServer, clock: FakeClock) -> Robots:
    client = Client(
        "Breachwire/test",
        allow=networks("127.0.0.1/32"),
        deadline=5.0,
        hosts=Hosts(clock=clock),
    )
    return Robots(client, clock=clock)


@pytest.fixture
def serve(server: ScriptedServer) -> Callable[[bytes], None]:
    def put(script: bytes) -> None:
        server.scripts["/robots.txt"] = script

    return put


Serve = Callable[[bytes], None]


def test_our_own_group_counts_and_nobody_elses(
    ask: Robots, server: ScriptedServer, serve: Serve
) -> None:
    serve(answer(RULES))
    assert ask.allowed(server.url("/news/1"))
    assert ask.allowed(server.url("/members/1"))
    assert not ask.allowed(server.url("/drafts/1"))
    assert ask.refusal(server.url("/drafts/1")) == "robots.txt does not allow this page"
    assert ask.delay(server.url("/news/1")) == 2.0


def test_the_group_for_all_counts_where_we_have_none(
    ask: Robots, server: ScriptedServer, serve: Serve
) -> None:
    serve(answer(b"\xef\xbb\xbfUser-agent: *\r\nDisallow: /private\r\n"))
    assert not ask.allowed(server.url("/private/x"))
    assert ask.allowed(server.url("/public"))
    assert ask.delay(server.url("/public")) is None


def test_it_is_asked_once_a_day(
    ask: Robots, server: ScriptedServer, clock: FakeClock, serve: Serve
) -> None:
    serve(answer(b""))
    for _ in range(3):
        assert ask.allowed(server.url("/drafts/1"))
    assert server.connections == 1
    serve(answer(RULES))
    clock.pass_(robots.KEPT - 1)
    assert ask.allowed(server.url("/drafts/1"))
    clock.pass_(2)
    assert not ask.allowed(server.url("/drafts/1"))
    assert server.connections == 2


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410])
def test_a_client_error_means_no_rules(
    ask: Robots, server: ScriptedServer, status: int, serve: Serve
) -> None:
    serve(answer(RULES, status=status))
    assert ask.allowed(server.url("/drafts/1"))


@pytest.mark.parametrize("status", [500, 503, 429])
def test_a_server_in_trouble_is_left_alone_for_a_while(
    ask: Robots, server: ScriptedServer, clock: FakeClock, status: int, serve: Serve
) -> None:
    serve(answer(status=status))
    assert not ask.allowed(server.url("/"))
    assert str(status) in str(ask.refusal(server.url("/")))
    assert server.connections == 1
    serve(answer(b""))
    clock.pass_(robots.RETRY + 1)
    assert ask.allowed(server.url("/"))


def test_a_server_that_wants_a_pause_is_asked_when_that_is_over(
    ask: Robots, server: ScriptedServer, clock: FakeClock, serve: Serve
) -> None:
    serve(answer(RULES))
    ask._client.hosts.rest(server.url("/"), 120)  # type: ignore[attr-defined]
    assert "left alone" in str(ask.refusal(server.url("/news")))
    assert server.connections == 0
    clock.pass_(121)
    assert ask.allowed(server.url("/news"))


def test_what_is_not_known_of_a_delay_is_not_asked_for(
    ask: Robots, server: ScriptedServer, serve: Serve
) -> None:
    serve(answer(b"User-agent: *\nCrawl-delay: 7"))
    assert ask.known_delay(server.url("/a")) == 0
    assert server.connections == 0
    assert ask.allowed(server.url("/a"))
    assert ask.known_delay(server.url("/b")) == 7


def test_older_rules_outlive_an_outage(
    ask: Robots, server: ScriptedServer, clock: FakeClock, serve: Serve
) -> None:
    serve(answer(RULES))
    assert ask.allowed(server.url("/news"))
    serve(answer(status=503))
    clock.pass_(robots.KEPT + 1)
    assert ask.allowed(server.url("/news"))
    assert not ask.allowed(server.url("/drafts/1"))
    assert server.connections == 2


def test_no_answer_means_no(ask: Robots, server: ScriptedServer, serve: Serve) -> None:
    serve(b"not http at all\r\n\r\n")
    assert "could not be read" in str(ask.refusal(server.url("/")))


def test_addresses_that_never_may_be_asked_say_so() -> None:
    client = Client("Breachwire/test", resolver=ScriptedResolver({"in.example": [["10.0.0.1"]]}))
    ask = Robots(client)
    with pytest.raises(BlockedAddressError):
        ask.allowed("http://in.example/page")
    with pytest.raises(FetchError, match="only http"):
        ask.allowed("ftp://in.example/page")
    with pytest.raises(FetchError, match="not a web address"):
        ask.allowed("http://[/")


def test_a_redirect_to_a_forbidden_address_is_no_answer(
    ask: Robots, server: ScriptedServer, serve: Serve
) -> None:
    serve(redirect("http://10.0.0.1/robots.txt"))
    assert not ask.allowed(server.url("/"))


def test_only_the_first_500_kilobytes_count(
    ask: Robots, server: ScriptedServer, serve: Serve
) -> None:
    padding = b"# " + b"x" * robots.MAX_BYTES + b"\n"
    serve(answer(b"User-agent: *\nDisallow: /early\n" + padding + b"Disallow: /late\n"))
    assert not ask.allowed(server.url("/early"))
    assert ask.allowed(server.url("/late"))


def test_a_delay_is_bounded(ask: Robots, server: ScriptedServer, serve: Serve) -> None:
    serve(answer(b"User-agent: *\nCrawl-delay: 999999\n"))
    assert ask.delay(server.url("/")) == robots.DELAY_MAX


def test_the_oldest_origin_is_forgotten_first(
    server: ScriptedServer, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = ScriptedResolver({f"{name}.example": [["127.0.0.1"]] for name in "abc"})
    ask = Robots(Client("Breachwire/test", allow=networks("127.0.0.1/32"), resolver=names))
    serve(answer(b""))
    monkeypatch.setattr(robots, "MAX_ORIGINS", 2)
    for name in "abcbca":
        assert ask.allowed(server.url("/", host=f"{name}.example"))
    assert [name[0] for name in names.asked] == ["a", "b", "c", "a"]
