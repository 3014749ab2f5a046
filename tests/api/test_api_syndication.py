"""Public feeds in three formats: valid by their specifications, stable, new only with facts."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from xml.etree import ElementTree as ET

import feedparser
import jsonschema
import pytest
from starlette.testclient import TestClient

from api.app import create_app
from api.services import Services
from breachwire.config import Config
from breachwire.model import Change, Evidence, Stand
from breachwire.store import Store
from tests.api.conftest import NOW

ATOM = "{http://www.w3.org/2005/Atom}"
PATHS = [
    "/feed.{}", "/feed.{}?section=Breaches", "/feed.{}?kind=all", "/victim/quarrybank.{}",
    "/third-party/tidewater-sync.{}", "/actor/salt-heron.{}", "/cve/cve-2026-90001.{}",
    "/search.{}?q=quarrybank", "/search.{}?victim=Quarrybank", "{thread}.{}",
]  # fmt: skip
JSON_FEED = {
    "type": "object",
    "required": ["version", "title", "items"],
    "properties": {
        "version": {"const": "https://jsonfeed.org/version/1.1"},
        "items": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["id", "content_html", "date_published"],
                "properties": {"id": {"type": "string", "minLength": 1}},
            },
        },
    },
}
"""What JSON Feed 1.1 demands of a feed (its sections on top-level fields and items)."""


@pytest.fixture
def wire(store: Store, fill: Callable[..., Any]) -> tuple[TestClient, Any]:
    material = fill(store)
    services = Services(store=store, config=Config(base_url="https://wire.example"))
    return TestClient(create_app(lambda: services), follow_redirects=False), material


def at(client: TestClient, material: Any, path: str, form: str) -> str:
    """The address of a feed in a format."""
    thread = client.get(f"/wire/{material.threads['bank'].id}").headers["location"]
    ending = "feed.json" if form == "json" and path.startswith("{thread}") else form
    return path.replace("{thread}", thread).replace("{}", ending)


def ids(body: bytes) -> list[str]:
    return [entry.id for entry in feedparser.parse(body).entries]


@pytest.mark.parametrize("path", PATHS)
def test_every_feed_is_valid_in_every_format(client: TestClient, material: Any, path: str) -> None:
    found = {}
    for form in ("atom", "rss", "json"):
        answer = client.get(at(client, material, path, form))
        assert answer.status_code == 200, answer.text
        found[form] = answer
    atom = feedparser.parse(found["atom"].content)
    assert (atom.bozo, atom.version) == (False, "atom10")
    rss = feedparser.parse(found["rss"].content)
    assert (rss.bozo, rss.version) == (False, "rss20")
    feed = found["json"].json()
    jsonschema.validate(feed, JSON_FEED)
    assert [e.id for e in atom.entries] == [e.id for e in rss.entries]
    assert [e.id for e in atom.entries] == [one["id"] for one in feed["items"]]
    assert atom.entries
    assert len({e.id for e in atom.entries}) == len(atom.entries)
    root = ET.fromstring(found["atom"].content)
    self_link = next(link for link in root.iter(f"{ATOM}link") if link.get("rel") == "self")
    again = client.get(str(self_link.get("href")).removeprefix("https://wire.example"))
    assert again.content == found["atom"].content
    for entry in root.iter(f"{ATOM}entry"):  # RFC 4287, 4.1.2
        for name in ("id", "title", "updated", "content"):
            assert entry.findtext(f"{ATOM}{name}"), name
        content = entry.findtext(f"{ATOM}content") or ""
        assert content.startswith("<p>Extracted automatically")
    page = atom.feed.link.removeprefix("https://wire.example")
    assert client.get(page).status_code == 200


def test_an_entry_is_new_only_when_its_facts_changed(wire: tuple[TestClient, Any]) -> None:
    client, material = wire
    first = client.get("/feed.atom")
    tag = first.headers["etag"]
    assert client.get("/feed.atom", headers={"If-None-Match": tag}).status_code == 304
    material.store.set_meta("something", "else")  # another write: not what the feed says
    assert client.get("/feed.atom", headers={"If-None-Match": tag}).status_code == 304
    article = material.articles["quarrybank-confirms"]
    later = NOW + timedelta(hours=2)
    words = Evidence(article.id, "title", 0, 10, article.title[:10])
    value = {"number": 7, "unit": "people"}
    stand = Stand(value, None, "reported", None, None, later, "7 people")
    change = Change(article.id, later, "affected", "Affected", None, stand, (words,))
    material.store.save_ledger([], [], {}, changes=[change])
    second = client.get("/feed.atom", headers={"If-None-Match": tag})
    assert second.status_code == 200
    assert sorted(ids(second.content)) == sorted(ids(first.content))
    newest = feedparser.parse(second.content).entries[0]
    assert newest.id.endswith(material.threads["bank"].id)
    assert datetime.fromisoformat(newest.updated) == later.astimezone(UTC)


def test_what_cannot_be_a_feed_is_said(client: TestClient) -> None:
    assert client.get("/feed.csv").status_code == 404
    assert client.get("/search.csv?q=a").status_code == 404
    assert client.get("/search.atom").status_code == 400
    assert client.get("/feed.atom?kind=planet").status_code == 400
    assert client.get("/victim/nobody.atom").status_code == 404
    nothing = client.get("/search.json?q=zzzzzz")
    assert (nothing.status_code, nothing.json()["items"]) == (200, [])


def test_pages_name_their_feeds(client: TestClient, material: Any) -> None:
    for path, feed in (
        ("/?section=Breaches", "/feed.rss?section=Breaches"),
        ("/victim/quarrybank", "https://wire.example/victim/quarrybank.atom"),
        ("/search?q=quarrybank", "/search.json?q=quarrybank"),
    ):
        assert f'href="{feed}"' in client.get(path).text
    thread = client.get(at(client, material, "{thread}", "html")).text
    assert '.feed.json">JSON Feed</a>' in thread


def test_the_wire_format_stays_a_threads_json(client: TestClient, material: Any) -> None:
    path = at(client, material, "{thread}", "html")
    assert json.loads(client.get(f"{path}.json").text)["id"] == material.threads["bank"].id
