"""Addresses of merged threads answer for ever, in every form, over any number of steps."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from api.services import Services
from breachwire.config import Config
from breachwire.pipeline import edits
from breachwire.store import Store

BY: dict[str, Any] = {"who": "ada", "now": datetime(2026, 11, 23, tzinfo=UTC)}


@pytest.fixture
def threads(empty: Store, fill: Callable[..., Any]) -> dict[str, str]:
    """The supplier's thread went into the bank's, and that into the hospital's."""
    ids = {nick: thread.id for nick, thread in fill(empty).threads.items()}
    edits.merge(empty, ids["bank"], ids["supplier"], **BY)
    edits.merge(empty, ids["hospital"], ids["bank"], **BY)
    assert empty.thread(ids["supplier"]).merged_into == ids["bank"]
    return ids


@pytest.fixture
def client(empty: Store) -> Iterator[TestClient]:
    with TestClient(create_app(lambda: Services(store=empty, config=Config()))) as client:
        yield client


@pytest.mark.parametrize("gone", ["supplier", "bank"])
@pytest.mark.parametrize("form", ["", ".json", ".md", ".atom", ".stix.json"])
def test_every_form_of_a_page_leads_on(
    client: TestClient, threads: dict[str, str], gone: str, form: str
) -> None:
    answer = client.get(f"/wire/{threads[gone]}/any-name{form}", follow_redirects=False)
    assert answer.status_code == 301
    assert answer.headers["location"].startswith(f"/wire/{threads['hospital']}/")
    assert answer.headers["location"].endswith(form)
    assert client.get(answer.headers["location"], follow_redirects=False).status_code == 200


@pytest.mark.parametrize("gone", ["supplier", "bank"])
def test_the_api_leads_on(client: TestClient, threads: dict[str, str], gone: str) -> None:
    answer = client.get(f"/api/v1/threads/{threads[gone]}", follow_redirects=False)
    right = f"/api/v1/threads/{threads['hospital']}"
    assert (answer.status_code, answer.headers["location"]) == (301, right)
    assert client.get(right).json()["id"] == threads["hospital"]


def test_what_was_exported_of_a_merged_thread_is_revoked(
    client: TestClient, threads: dict[str, str]
) -> None:
    found = client.get(f"/api/v1/threads/{threads['hospital']}/stix").json()["objects"]
    gone = [one for one in found if one["type"] in ("report", "incident") and one.get("revoked")]
    told = [next(iter(one["extensions"].values()))["thread"] for one in gone]
    assert sorted(told) == sorted([threads["bank"], threads["supplier"]] * 2)


def test_no_list_names_a_merged_thread(client: TestClient, threads: dict[str, str]) -> None:
    listed = {t["id"] for t in client.get("/api/v1/threads").json()["threads"]}
    assert listed == {threads["hospital"], threads["flaw"]}
    for id_ in listed:
        related = client.get(f"/api/v1/threads/{id_}").json()["related"]
        assert {r["thread"] for r in related} <= listed


def test_a_thread_that_lives_again_answers_itself(
    client: TestClient, empty: Store, threads: dict[str, str]
) -> None:
    first, second = (edit.id for edit in reversed(empty.edits()))
    edits.undo(empty, second, **BY)
    edits.undo(empty, first, **BY)
    for nick in ("supplier", "bank", "hospital"):
        answer = client.get(f"/api/v1/threads/{threads[nick]}", follow_redirects=False)
        assert (answer.status_code, answer.json()["id"]) == (200, threads[nick])
    assert empty.check() == []


@pytest.mark.parametrize("path", ["/wire/{}", "/wire/{}/x.json", "/api/v1/threads/{}"])
def test_nobody_keeps_an_answer_that_leads_on(
    client: TestClient, empty: Store, threads: dict[str, str], path: str
) -> None:
    asked = path.format(threads["bank"])
    answer = client.get(asked, follow_redirects=False)
    assert (answer.status_code, answer.headers["cache-control"]) == (301, "no-cache")
    edits.undo(empty, empty.edits()[0].id, **BY)
    lives = client.get(asked)
    assert lives.status_code == 200
    assert threads["hospital"] not in str(lives.url)
    assert all(step.headers["cache-control"] == "no-cache" for step in lives.history)
