"""Who may: tokens, sessions, forms of other sites, lock-out, what is kept and what is told."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from api.lockout import ALL, EACH, WINDOW, Lockout, neighbourhood
from api.services import Services
from breachwire.config import Config
from breachwire.model import Token
from breachwire.model.tokens import digest, looks_like_secret, new_secret
from breachwire.store import Store
from tests.databases import holds

BROWSER = {"Accept": "text/html,application/xhtml+xml"}
NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)
PAGES = ("/edit", "/edit/log", "/edit/explain", "/edit/thread/x")


@dataclass
class World:
    """A store, an application over it, and the clocks both go by."""

    store: Store
    base_url: str = "https://wire.example"
    now: datetime = NOW
    seconds: float = 0.0
    secrets: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        services = Services(store=self.store, config=Config(base_url=self.base_url))
        self.app = create_app(lambda: services, now=lambda: self.now, clock=lambda: self.seconds)

    def client(self, host: str = "192.0.2.7") -> TestClient:
        """A browser at an address."""
        return TestClient(
            self.app, base_url="https://wire.example", follow_redirects=False, client=(host, 5)
        )

    def token(self, scope: Any = "edit", expires: datetime | None = None) -> tuple[Token, str]:
        """A stored token and its secret."""
        secret = new_secret()
        token = Token(0, f"Ida ({scope})", scope, self.now, expires)
        return self.store.add_token(token, digest(secret)), secret

    def at_desk(self, scope: str = "edit") -> TestClient:
        """A browser that logged in."""
        client = self.client()
        answer = client.post("/edit/login", data={"token": self.token(scope)[1]})
        assert (answer.status_code, answer.headers["location"]) == (303, "/edit")
        return client


@pytest.fixture
def world(store: Store) -> World:
    return World(store)


def csrf_of(client: TestClient) -> str:
    """As the pages' forms carry it."""
    return re.findall(r'name="csrf" value="([0-9a-f]{64})"', client.get("/edit").text)[0]


# secrets


def test_a_secret_is_long_recognisable_and_stored_nowhere(world: World, address: str) -> None:
    token, secret = world.token()
    assert secret.startswith("bw_")
    assert looks_like_secret(secret)
    assert len({new_secret() for _ in range(100)}) == 100
    world.at_desk()
    world.store.close()
    assert not holds(address, secret)
    assert holds(address, digest(secret))
    assert secret not in repr(token)


# entering


def test_a_token_opens_a_session(world: World) -> None:
    client = world.at_desk()
    page = client.get("/edit")
    assert page.status_code == 200
    assert "Ida (edit)" in page.text
    assert client.get("/edit/login").headers["location"] == "/edit"


def test_the_cookie_is_for_this_browser_and_these_pages_alone(world: World) -> None:
    answer = world.client().post("/edit/login", data={"token": world.token()[1]})
    name, *flags = [part.strip() for part in answer.headers["set-cookie"].split(";")]
    assert set(flags) == {
        "HttpOnly", "Max-Age=43200", "Path=/edit", "SameSite=strict", "Secure"
    }  # fmt: skip
    assert name.split("=")[0] == "breachwire_edit"


def test_without_https_the_cookie_is_not_marked_secure(store: Store) -> None:
    world = World(store, base_url="http://127.0.0.1:8000")
    answer = world.client().post("/edit/login", data={"token": world.token()[1]})
    assert "Secure" not in answer.headers["set-cookie"]


@pytest.mark.parametrize("path", PAGES)
def test_nobody_is_led_to_the_login(world: World, path: str) -> None:
    answer = world.client().get(path)
    assert answer.status_code == 303
    assert answer.headers["location"] == f"/edit/login?next={path.replace('/', '%2F')}"


def test_the_login_leads_back_to_where_it_was_asked_for(world: World) -> None:
    client = world.client()
    asked = client.get("/edit/log?before=7").headers["location"]
    (to,) = re.findall(r'name="next" value="([^"]+)"', client.get(asked).text)
    done = client.post("/edit/login", data={"token": world.token()[1], "next": to})
    assert done.headers["location"] == "/edit/log?before=7"


@pytest.mark.parametrize(
    "to",
    ["https://evil.example/", "//evil.example", "/edit@evil.example", "/edit\\..\\x", "/editor",
     "/edit/\r\nSet-Cookie: a=b", "javascript:alert(1)", "", "/wire/x"],
)  # fmt: skip
def test_the_login_leads_nowhere_else(world: World, to: str) -> None:
    done = world.client().post("/edit/login", data={"token": world.token()[1], "next": to})
    assert done.headers["location"] == "/edit"
    assert f'value="{to}"' not in world.client().get("/edit/login", params={"next": to}).text


@pytest.mark.parametrize("path", ["/edit/undo/1", "/edit/proposal/1", "/edit/thread/x/split"])
def test_a_form_without_a_session_is_401(world: World, path: str) -> None:
    for headers in ({}, BROWSER):
        answer = world.client().post(path, data={"why": "so"}, headers=headers)
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"].startswith("Bearer")
        assert answer.headers["cache-control"] == "no-store"
    assert 'href="/edit/login"' in answer.text


def test_the_default_install_has_no_way_in(world: World) -> None:
    assert world.store.tokens() == []
    for secret in ("", "bw_", new_secret(), "admin", "é" * 50, "x" * 5000):
        client = world.client(f"192.0.2.{len(secret) % 250}")
        assert client.post("/edit/login", data={"token": secret}).status_code == 401
        bearer = {"Authorization": f"Bearer {secret}".encode()}
        assert client.post("/edit/undo/1", data={}, headers=bearer).status_code == 401


# bearers


def test_a_bearer_needs_no_form_value(world: World) -> None:
    bearer = {"Authorization": f"Bearer {world.token('edit')[1]}"}
    client = world.client()
    assert client.get("/edit/log", headers=bearer).status_code == 200
    assert client.post("/edit/undo/99", data={}, headers=bearer).status_code == 404
    assert "set-cookie" not in client.get("/edit/log", headers=bearer).headers


@pytest.mark.parametrize("header", ["Bearer", "Bearer x", "Basic aWRhOng=", "x", f"bw_{'a' * 43}"])
def test_a_wrong_bearer_is_401_even_where_a_session_stands(world: World, header: str) -> None:
    answer = world.at_desk().get("/edit", headers={"Authorization": header})
    assert answer.status_code == 401
    assert answer.json()["detail"] == "This token is not known, or is revoked or expired."


# scopes


def test_a_token_that_may_read_sees_no_form_and_changes_nothing(world: World) -> None:
    client = world.at_desk("read")
    csrf = csrf_of(client)
    assert "/edit/undo/" not in client.get("/edit/log").text
    answer = client.post("/edit/undo/1", data={"csrf": csrf})
    assert answer.status_code == 403
    assert answer.json()["detail"] == "This token's scope is read; that needs scope edit."


@pytest.mark.parametrize("scope", ["edit", "admin"])
def test_a_larger_scope_may(world: World, scope: str) -> None:
    client = world.at_desk(scope)
    assert client.post("/edit/undo/99", data={"csrf": csrf_of(client)}).status_code == 404


def test_every_act_asks_for_its_scope(world: World) -> None:
    """Each POST below /edit: nobody 401, `read` 403, `edit` whatever the act itself answers."""
    acts = [
        route.path.format(id="1")
        for route in world.app.routes
        if "POST" in (getattr(route, "methods", None) or ()) and route.path.startswith("/edit/")
    ]
    acts = [path for path in acts if path not in ("/edit/login", "/edit/logout")]
    assert len(acts) >= 8
    ended = world.token("admin", world.now - timedelta(hours=1))[1]
    asked = {"read": 403, "edit": 0, "admin": 0}
    tokens = {scope: world.token(scope)[1] for scope in asked}
    for n, path in enumerate(acts):
        client = world.client(f"192.0.2.{n}")  # the ended token locks an address out
        assert client.post(path).status_code == 401, path
        bearer = {"Authorization": f"Bearer {ended}"}
        assert client.post(path, headers=bearer).status_code == 401, path
        for scope, status in asked.items():
            bearer = {"Authorization": f"Bearer {tokens[scope]}"}
            got = client.post(path, headers=bearer).status_code
            assert got == status if status else got in (303, 400, 404), (path, scope, got)


# forms of other sites


@pytest.mark.parametrize("wrong", ["", "0" * 64, "é", "x" * 9000])
def test_a_form_without_the_sessions_value_is_403(world: World, wrong: str) -> None:
    client = world.at_desk()
    assert client.post("/edit/undo/1", data={"csrf": wrong}).status_code == 403
    assert client.post("/edit/logout", data={"csrf": wrong}).status_code == 403


def test_another_sessions_value_is_403(world: World) -> None:
    mine, theirs = world.at_desk(), world.at_desk()
    assert csrf_of(mine) != csrf_of(theirs)
    assert mine.post("/edit/undo/1", data={"csrf": csrf_of(theirs)}).status_code == 403


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "https://wire.example.evil.example"}, 403),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "https://wire.example"}, 404),
        ({"Sec-Fetch-Site": "none"}, 404),
        ({}, 404),
    ],
)
def test_what_the_browser_says_of_the_sender_counts(
    world: World, headers: dict[str, str], status: int
) -> None:
    client = world.at_desk()
    answer = client.post("/edit/undo/99", data={"csrf": csrf_of(client)}, headers=headers)
    assert answer.status_code == status
    entered = world.client().post("/edit/login", data={"token": world.token()[1]}, headers=headers)
    assert entered.status_code == (303 if status == 404 else 403)


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (b'{"token": "x"}', "application/json", 415),
        (b"token=x", "text/plain", 415),
        (b"token=" + b"x" * 70_000, "application/x-www-form-urlencoded", 413),
        (b"&a=1" * 12_000, "application/x-www-form-urlencoded", 413),
        (b"token=%ff%00&&&=", "application/x-www-form-urlencoded", 401),
    ],
)
def test_only_moderate_forms_are_read(world: World, content: bytes, kind: str, status: int) -> None:
    answer = world.client().post("/edit/login", content=content, headers={"Content-Type": kind})
    assert answer.status_code == status


# ending


def ended_by_revoking(world: World, token: Token) -> None:
    world.store.revoke_token(token.id, world.now)


def ended_by_expiry(world: World, token: Token) -> None:
    world.now = NOW + timedelta(hours=1)


@pytest.mark.parametrize("end", [ended_by_revoking, ended_by_expiry])
def test_a_token_that_ends_ends_its_sessions_at_once(
    world: World, end: Callable[[World, Token], None]
) -> None:
    token, secret = world.token(expires=NOW + timedelta(hours=1))
    client, bearer = world.client(), {"Authorization": f"Bearer {secret}"}
    client.post("/edit/login", data={"token": secret})
    csrf = csrf_of(client)
    assert client.get("/edit/log", headers=bearer).status_code == 200
    end(world, token)
    assert client.get("/edit/log").headers["location"].startswith("/edit/login")
    assert client.post("/edit/undo/1", data={"csrf": csrf}).status_code == 401
    assert client.get("/edit/log", headers=bearer).status_code == 401
    assert client.post("/edit/login", data={"token": secret}).status_code == 401


def test_a_session_lasts_twelve_hours(world: World) -> None:
    client = world.at_desk()
    world.now = NOW + timedelta(hours=12, seconds=-1)
    assert client.get("/edit").status_code == 200
    world.now = NOW + timedelta(hours=12)
    assert client.get("/edit").status_code == 303


def test_logging_out_ends_the_session_in_the_store(world: World) -> None:
    client = world.at_desk()
    cookie = client.cookies["breachwire_edit"]
    out = client.post("/edit/logout", data={"csrf": csrf_of(client)})
    assert out.headers["location"] == "/edit/login"
    assert client.get("/edit").status_code == 303
    stolen = {"Cookie": f"breachwire_edit={cookie}"}
    assert world.client().get("/edit", headers=stolen).status_code == 303
    assert world.store.session(digest(cookie)) is None


def test_use_is_noted_every_ten_minutes(world: World) -> None:
    token, secret = world.token()
    bearer = {"Authorization": f"Bearer {secret}"}
    noted = []
    for minute in (0, 9, 10, 11):
        world.now = NOW + timedelta(minutes=minute)
        world.client().get("/edit/log", headers=bearer)
        noted.append(world.store.tokens()[-1].last_used_at)
    ten = NOW + timedelta(minutes=10)
    assert noted == [NOW, NOW, ten, ten]
    assert world.store.tokens()[-1].id == token.id


# lock-out


def wrong(world: World, host: str = "192.0.2.7") -> Any:
    return world.client(host).post("/edit/login", data={"token": new_secret()})


def test_five_wrong_tokens_lock_an_address_out(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    secret = world.token()[1]
    with caplog.at_level(logging.DEBUG):
        for second in range(EACH):
            world.seconds = float(second)
            assert wrong(world).status_code == 401
        right = world.client().post("/edit/login", data={"token": secret})
    assert right.status_code == 429
    assert right.headers["retry-after"] == "896"
    assert "Try again in 15 minutes" in right.text
    bearer = {"Authorization": f"Bearer {secret}"}
    assert world.client().get("/edit", headers=bearer).status_code == 429
    assert world.client("192.0.2.8").post("/edit/login", data={"token": secret}).status_code == 303
    world.seconds = WINDOW - 0.5
    assert wrong(world).headers["retry-after"] == "1"
    world.seconds = WINDOW
    assert world.client().post("/edit/login", data={"token": secret}).status_code == 303
    assert "a wrong token from 192.0.2.7" in caplog.text
    assert "bw_" not in caplog.text


def test_a_lock_out_leaves_sessions_alone(world: World) -> None:
    client = world.at_desk()
    for _ in range(EACH + 1):
        last = wrong(world)
    assert last.status_code == 429
    assert client.get("/edit").status_code == 200


def test_many_addresses_together_are_locked_out() -> None:
    now = [0.0]
    lockout = Lockout(lambda: now[0])
    for n in range(ALL):
        now[0] = float(n)
        assert lockout.wait(f"192.0.2.{n}") == 0
        lockout.wrong(f"192.0.2.{n}")
    assert lockout.wait("198.51.100.1") == WINDOW - (ALL - 1)
    now[0] = WINDOW
    assert lockout.wait("198.51.100.1") == 0


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("192.0.2.1", "192.0.2.2", False),
        ("a pipe", "another", False),
        ("", None, True),
    ],
)
def test_what_counts_as_one_address(a: str, b: str | None, same: bool) -> None:
    assert (neighbourhood(a) == neighbourhood(b)) == same


# what is kept, what is told


def everything(world: World) -> Iterator[Any]:
    client = world.at_desk()
    for path in (*PAGES, "/edit/nothing", "/edit/login"):
        yield client.get(path, headers=BROWSER)
        yield world.client().get(path)
        yield client.head(path)
    yield client.post("/edit/undo/99", data={"csrf": csrf_of(client)}, headers=BROWSER)
    yield client.post("/edit/undo/99", data={})
    yield wrong(world)


def test_nothing_of_the_editors_pages_is_kept_or_indexed(world: World) -> None:
    for answer in everything(world):
        assert answer.headers["cache-control"] == "no-store"
        assert "etag" not in answer.headers
        assert answer.headers["x-robots-tag"] == "noindex, nofollow"
        assert "form-action 'self'" in answer.headers["content-security-policy"]
        assert "unsafe" not in answer.headers["content-security-policy"]
        assert not re.findall(r"<script|\sstyle=|<style|\son\w+=", answer.text)
        if "<!doctype" in answer.text and answer.status_code == 200:
            assert '<meta name="robots" content="noindex, nofollow">' in answer.text
    robots = world.client().get("/robots.txt").text
    assert robots.startswith("User-agent: *\nDisallow: /edit\n")


def test_one_editors_page_is_not_shown_to_the_next(world: World) -> None:
    client = world.at_desk()
    for _ in range(3):
        assert client.get("/edit").status_code == 200
        assert world.client().get("/edit").status_code == 303


def test_a_get_changes_nothing(world: World) -> None:
    client = world.at_desk()
    before = world.store.changed()
    for path in (*PAGES, "/edit/undo/1", "/edit/logout", "/edit/thread/x/split", "/edit/login"):
        client.get(path)
    assert client.get("/edit/undo/1").status_code == 405
    assert world.store.changed() == before
    assert client.get("/edit").status_code == 200


def test_readers_see_no_way_to_edit(client: TestClient, material: Any) -> None:
    thread = client.get(f"/api/v1/threads/{material.threads['bank'].id}").json()["url"]
    for path in ("/", "/search", "/sources", "/about", thread.removeprefix("https://wire.example")):
        assert "/edit" not in client.get(path).text
    assert not [p for p in client.get("/api/v1/openapi.json").json()["paths"] if "edit" in p]
