"""A watch's webhooks by the API: for its token alone, asleep until checked, bounded, described."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from api.services import Services
from api.webhooks import routes, shapes
from breachwire.config import Config
from breachwire.errors import BlockedAddressError
from breachwire.net import Answer
from breachwire.store import Store
from breachwire.testing import FakeClock

URL = "https://hooks.example/breachwire/secret-path"
WEBHOOKS = "/api/v1/watches/webhooks"


@dataclass
class Holder:
    """Somebody with a watch, and the receivers that the server reaches."""

    client: TestClient
    store: Store
    posted: list[tuple[str, bytes]] = field(default_factory=list)
    status: int = 204
    blocked: bool = False

    def post_out(self, url: str, headers: Any, body: bytes) -> Answer:
        if self.blocked:
            raise BlockedAddressError("hooks.example", "127.0.0.1 is a loopback address")
        self.posted.append((url, body))
        return Answer(self.status)

    def watch(self) -> dict[str, str]:
        made = self.client.post("/api/v1/watches", json={"entries": [{"name": "Quarrybank"}]})
        return {"Authorization": f"Bearer {made.json()['token']}"}

    def make(self, who: dict[str, str], url: str = URL, **asked: Any) -> Any:
        return self.client.post(WEBHOOKS, json={"url": url, **asked}, headers=who)


def holding(store: Store, *, opened: bool) -> Holder:
    holder = Holder(None, store)  # type: ignore[arg-type]
    config = Config(base_url="https://wire.example", watch_webhooks=opened)
    services = Services(store=store, config=config, post=holder.post_out)
    app = create_app(lambda: services, clock=FakeClock())
    holder.client = TestClient(app, base_url="https://wire.example")
    return holder


@pytest.fixture
def holder(store: Store, fill: Callable[..., Any]) -> Holder:
    fill(store)
    return holding(store, opened=True)


def test_one_is_made_checked_rotated_replayed_and_removed(holder: Holder) -> None:
    who = holder.watch()
    answer = holder.make(who, events=["thread.changed", "thread.merged"])
    assert answer.status_code == 201, answer.text
    made = answer.json()
    shapes.WebhookMade.model_validate(made)
    assert made["secret"].startswith("whsec_")
    assert (made["state"], made["host"]) == ("unchecked", "hooks.example")
    assert holder.posted == []  # nobody is sent anything unasked
    path = f"{WEBHOOKS}/{made['id']}"
    holder.status = 500
    assert holder.client.post(f"{path}/check", headers=who).status_code == 502
    holder.status = 204
    checked = holder.client.post(f"{path}/check", headers=who).json()
    assert shapes.WebhookAnswer.model_validate(checked).state == "active"
    assert holder.posted[-1][0] == URL
    turned = holder.client.post(f"{path}/secret", headers=who).json()
    assert shapes.SecretAnswer.model_validate(turned).secret != made["secret"]
    replayed = holder.client.post(f"{path}/replay", json={}, headers=who).json()
    assert replayed == {"replayed": 0}
    listed = holder.client.get(WEBHOOKS, headers=who)
    assert shapes.WebhooksAnswer.model_validate(listed.json()).webhooks[0].id == made["id"]
    for hidden in (made["secret"], turned["secret"], "secret-path"):
        assert hidden not in listed.text
    assert holder.client.delete(path, headers=who).status_code == 204
    assert holder.store.webhooks() == []


def test_another_watchs_webhook_is_as_none(holder: Holder) -> None:
    made, other = holder.make(holder.watch()).json(), holder.watch()
    path = f"{WEBHOOKS}/{made['id']}"
    for answer in (
        holder.client.delete(path, headers=other),
        holder.client.post(f"{path}/secret", headers=other),
        holder.client.post(f"{path}/check", headers=other),
        holder.client.post(f"{path}/replay", json={}, headers=other),
    ):
        assert answer.status_code == 404
    assert holder.client.get(WEBHOOKS, headers=other).json() == {"webhooks": []}
    assert holder.client.get(WEBHOOKS).status_code == 401
    assert len(holder.store.webhooks()) == 1


def test_what_is_asked_for_is_bounded(holder: Holder) -> None:
    who = holder.watch()
    assert holder.make(who, "http://hooks.example/").status_code == 400
    assert holder.make(who, events=["thread.exploded"]).status_code == 400
    for _ in range(routes.A_WATCH):
        assert holder.make(who).status_code == 201
    assert holder.make(who).status_code == 409
    holder.blocked = True
    path = f"{WEBHOOKS}/{holder.store.webhooks()[0].id}/check"
    answers = [holder.client.post(path, headers=who) for _ in range(routes.EACH)]
    assert answers[0].status_code == 400
    assert answers[-1].status_code == 429
    assert "Retry-After" in answers[-1].headers


def test_it_is_closed_unless_the_operator_opens_it(store: Store, fill: Callable[..., Any]) -> None:
    fill(store)
    holder = holding(store, opened=False)
    answer = holder.make(holder.watch())
    assert (answer.status_code, "watch_webhooks" in answer.text) == (404, True)
    assert store.webhooks() == []


def test_openapi_describes_what_is_sent(holder: Holder) -> None:
    document = holder.client.get("/api/v1/openapi.json").json()
    assert set(document["webhooks"]) == set(shapes.SENT)
    schemas = document["components"]["schemas"]
    for name, shape in shapes.SENT.items():
        operation = document["webhooks"][name]["post"]
        body = operation["requestBody"]["content"]["application/json"]["schema"]
        assert body == {"$ref": f"#/components/schemas/{shape.__name__}"}
        assert "422" not in operation["responses"]
        assert shape.__name__ in schemas
