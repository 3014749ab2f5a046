"""The MISP feed: pymisp reads each event without loss, and the manifest is what it would make."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pymisp import MISPEvent
from pymisp.tools import feed_meta_generator
from starlette.testclient import TestClient

from api.app import create_app
from api.misp import routes
from api.services import Services
from breachwire.config import Config
from breachwire.model import Indicator
from breachwire.store import Store
from nlp import galaxy


@pytest.fixture
def wire(empty: Store, fill: Callable[[Store], Any], evidence_of: Callable[..., Any]) -> Any:
    """The stories; an article gives a domain."""
    material = fill(empty)
    last = material.articles["quarrybank-confirms"]
    given = evidence_of(last, "1.9 million")
    empty.save_indicators([last.id], [Indicator("domain", "evil.example", given, given)])
    return material


@pytest.fixture
def client(wire: Any) -> Any:
    services = Services(
        store=wire.store,
        config=Config(base_url="https://wire.example"),
        known_actor=galaxy.known_by_slug,
    )
    with TestClient(create_app(lambda: services)) as found:
        yield found


def _pulled(client: TestClient, folder: Path) -> dict[str, Any]:
    """What an instance does: the manifest, then each event."""
    manifest: dict[str, Any] = client.get("/misp/manifest.json").json()
    for uuid in manifest:
        (folder / f"{uuid}.json").write_bytes(client.get(f"/misp/{uuid}.json").content)
    return manifest


def test_an_instance_that_subscribes_has_everything(
    client: TestClient, wire: Any, tmp_path: Path
) -> None:
    manifest = _pulled(client, tmp_path)
    assert len(manifest) == len(wire.threads)
    for uuid in manifest:
        raw = json.loads((tmp_path / f"{uuid}.json").read_text())
        event = MISPEvent()
        event.load_file(str(tmp_path / f"{uuid}.json"))
        assert json.loads(json.dumps(event.to_feed(), default=str)) == raw
    feed_meta_generator(tmp_path)
    assert json.loads((tmp_path / "manifest.json").read_text()) == manifest
    theirs = sorted(set((tmp_path / "hashes.csv").read_text().splitlines()))
    assert client.get("/misp/hashes.csv").text.splitlines() == theirs


def test_an_event_has_facts_tags_times_and_every_claim(client: TestClient, wire: Any) -> None:
    bank = wire.threads["bank"]
    manifest = client.get("/misp/manifest.json").json()
    uuid = next(
        u for u, one in manifest.items() if one["info"] == wire.store.thread(bank.id).headline
    )
    event = client.get(f"/misp/{uuid}.json").json()["Event"]
    tags = {tag["name"] for tag in event["Tag"]}
    assert {"tlp:clear", 'misp:confidence-level="usually-confident"',
            'osint:source-type="news-report"', 'breachwire:status="confirmed"'} <= tags  # fmt: skip
    by = {(one["type"], one["value"]): one for one in event["Attribute"]}
    victim = by["target-org", "Quarrybank"]
    said = [c.said_at.isoformat() for c in wire.store.ledger([bank.id])[bank.id]
            if c.claim.field == "victim"]  # fmt: skip
    assert (victim["first_seen"], victim["last_seen"]) == (min(said), max(said))
    actor = by["threat-actor", "Salt Heron"]
    assert 'breachwire:status="claimed"' in {tag["name"] for tag in actor["Tag"]}
    assert by["domain", "evil.example"]["to_ids"] is False
    (report,) = event["EventReport"]
    for claim in wire.store.ledger([bank.id])[bank.id]:
        assert claim.claim.sentence.quote in report["content"].replace("\\", "")
    for article in wire.articles.values():
        assert article.text not in json.dumps(event)


def test_files_are_conditional_and_others_are_404(client: TestClient) -> None:
    first = client.get("/misp/manifest.json")
    again = client.get("/misp/manifest.json", headers={"If-None-Match": first.headers["etag"]})
    assert again.status_code == 304
    for name in ("nothing.json", "..%2fconfig", "00000000-0000-4000-8000-000000000000.json"):
        assert client.get(f"/misp/{name}").status_code == 404


def test_a_feed_serves_for_a_minute_and_making_it_is_counted(wire: Any) -> None:
    now = [0.0]
    services = Services(store=wire.store, config=Config())
    with TestClient(create_app(lambda: services, clock=lambda: now[0])) as client:
        before = client.get("/misp/manifest.json").content
        hosts = [f"h{n}.example" for n in range(routes.EACH)]  # each address has links of its own
        codes = [client.get("/misp/hashes.csv", headers={"Host": h}).status_code for h in hosts]
        assert codes == [200] * (routes.EACH - 1) + [429]
        now[0] += routes.WINDOW + 1
        assert client.get("/misp/manifest.json").content == before
