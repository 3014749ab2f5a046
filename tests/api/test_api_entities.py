"""Entity pages and their JSON: any spelling leads to one address, facts carry their words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from api.entity_schema import Entity
from api.services import Services
from nlp import galaxy, whereabouts


@pytest.fixture(scope="session")
def listed(services: Services) -> Iterator[TestClient]:
    """An application that is handed the galaxy, as the composition root does."""
    handed = replace(
        services, known_actor=galaxy.known_by_slug, country_name=whereabouts.country_name
    )
    with TestClient(create_app(lambda: handed), follow_redirects=False) as client:
        yield client


def ask(client: TestClient, path: str) -> dict[str, Any]:
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    Entity.model_validate(found)
    return found


def test_a_victim_has_threads_statuses_and_who_stands_beside_it(listed: TestClient) -> None:
    found = ask(listed, "/api/v1/entities/victim/quarrybank")
    assert (found["name"], found["count"]) == ("Quarrybank", 1)
    assert found["url"] == "https://wire.example/victim/quarrybank"
    assert sum(found["statuses"].values()) == 1
    assert found["first_seen"] <= found["last_seen"]
    beside = {(one["kind"], one["slug"]) for one in found["together"]}
    assert ("actor", "salt-heron") in beside
    assert found["galaxy"] is None


@pytest.mark.parametrize(
    ("asked", "right"),
    [
        ("/victim/Quarrybank", "/victim/quarrybank"),
        ("/cve/CVE-2026-90002", "/cve/cve-2026-90002"),
        ("/third-party/Tidewater%20Sync", "/third-party/tidewater-sync"),
    ],
)
def test_another_spelling_leads_to_the_address(listed: TestClient, asked: str, right: str) -> None:
    answer = listed.get(asked)
    assert (answer.status_code, answer.headers["location"]) == (301, right)
    assert answer.headers["cache-control"] == "no-cache"
    page = listed.get(right)
    assert page.status_code == 200
    assert f'<link rel="canonical" href="https://wire.example{right}">' in page.text


@pytest.mark.parametrize("path", ["/victim/nobody", "/actor/genesis", "/cve/cve-1999-1"])
def test_nobody_is_not_found(listed: TestClient, path: str) -> None:
    assert listed.get(path).status_code == 404


def test_a_thread_page_links_its_details_to_their_pages(listed: TestClient, material: Any) -> None:
    url = listed.get(f"/api/v1/threads/{material.threads['bank'].id}").json()["url"]
    page = listed.get(url.removeprefix("https://wire.example")).text
    for path in ("/victim/quarrybank", "/actor/salt-heron"):
        assert f'href="{path}"' in page
        assert listed.get(path).status_code == 200


def test_rows_link_only_what_has_a_page(listed: TestClient) -> None:
    rows = listed.get("/api/v1/threads?limit=100").json()["threads"]
    linked = {
        url.removeprefix("https://wire.example") for r in rows for url in r["entities"].values()
    }
    assert "/victim/quarrybank" in linked
    assert {listed.get(path).status_code for path in linked} == {200}
