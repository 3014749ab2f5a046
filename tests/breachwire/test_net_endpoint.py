"""The operator's own endpoint: open to one client, at one host and port, and no further."""

from __future__ import annotations

from contextlib import closing

import pytest

from breachwire.errors import BlockedAddressError, FetchError
from breachwire.net import Client, Endpoint
from breachwire.net.addresses import parse
from breachwire.net.endpoint import MAX_BYTES
from breachwire.testing import ScriptedServer, answer, redirect
from evals.models.fake import FakeModel, Sent


def test_it_posts_json_to_a_loopback_port_with_the_key() -> None:
    with FakeModel(lambda *_: Sent(b"{}")) as fake:
        with closing(Endpoint(fake.url, "test", key="s3cret", timeout=5)) as server:
            response = server.post("/chat/completions", b'{"messages": []}')
        assert (response.status, response.body) == (200, b"{}")
        assert fake.asked == [{"messages": []}]
        assert fake.headers[0]["authorization"] == "Bearer s3cret"
        assert fake.headers[0]["content-type"] == "application/json"


def test_the_same_address_stays_closed_to_any_other_client() -> None:
    with ScriptedServer({"/": answer(b"hello")}) as server:
        with pytest.raises(FetchError, match="only"):
            Client("test").get(server.url())
        with pytest.raises(BlockedAddressError):
            Client("test").get("http://127.0.0.1:8080/")


def test_other_ports_and_hosts_are_closed_to_it() -> None:
    with closing(Endpoint("http://127.0.0.1:8099/v1", "test", timeout=5)) as server:
        for url in ("http://127.0.0.1:8080/v1/x", "http://127.0.0.2:8080/v1/x"):
            with pytest.raises(BlockedAddressError):
                server.get(url)
        assert parse("http://127.0.0.1:8099/v1/models").port == 8099


def test_a_redirect_ends_it_wherever_it_leads() -> None:
    with ScriptedServer() as other, ScriptedServer() as server:
        other.scripts["/"] = answer(b"stolen")
        for location in (other.url(), "/v1/elsewhere", "http://169.254.169.254/latest"):
            server.scripts["/v1/models"] = redirect(location, 302)
            client = Endpoint(server.url("/v1"), "test", timeout=5)
            with closing(client), pytest.raises(FetchError) as error:
                client.look("/models")
            assert error.value.kind == "redirect"
        assert other.requests == []
        assert {r.path for r in server.requests} == {"/v1/models"}


def test_silence_and_size_are_bounded() -> None:
    def silent(_: object) -> list[bytes | float]:
        return [30.0]

    with ScriptedServer({"/v1/models": silent}) as server:
        with closing(Endpoint(server.url("/v1"), "test", timeout=0.5)) as client:
            with pytest.raises(FetchError) as error:
                client.look("/models")
            assert error.value.kind == "timeout"
        server.scripts["/v1/models"] = answer(b"x" * (MAX_BYTES + 1))
        with closing(Endpoint(server.url("/v1"), "test", timeout=5)) as client:
            with pytest.raises(FetchError) as error:
                client.look("/models")
            assert error.value.kind == "too_large"


def test_an_address_that_is_none_is_refused_at_once() -> None:
    with pytest.raises(FetchError, match="only http and https"):
        Endpoint("ftp://models.example/", "test", timeout=1)
