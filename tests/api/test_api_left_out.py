"""An outlet that is left out: 410 where it stood alone, and no word of it in any answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from starlette.testclient import TestClient

from api import exports
from api.app import create_app
from api.services import Services
from breachwire.config import Config
from breachwire.pipeline.leaving import leave_out
from breachwire.store import Store

WORDS = ("Signal Post", "signalpost", "Bo Marsh", "1.9 million", "were stolen", "Millbrook")
"""Of the outlet's articles and of nobody else's."""


@pytest.fixture
def ids(empty: Store, fill: Callable[..., Any]) -> dict[str, str]:
    """It told of the bank, as others did, and alone of the hospital."""
    return {nick: thread.id for nick, thread in fill(empty).threads.items()}


@pytest.fixture
def client(empty: Store) -> Iterator[TestClient]:
    services = Services(store=empty, config=Config(contact="ops@wire.example"))
    with TestClient(create_app(lambda: services)) as client:
        yield client


def _public(ids: dict[str, str]) -> list[str]:
    threads = [
        f"/{kind}/{id_}{end}"
        for id_ in ids.values()
        for kind, ends in {
            "wire": ("", "/a.json", "/a.md", "/a.md?full", "/a.atom", "/a.feed.json",
                     "/a.stix.json", "/v/all", "/v/1"),
            "api/v1/threads": ("", "/changes", "/briefs", "/briefs/1", "/briefs/1/bytes", "/stix"),
        }.items()
        for end in ends
    ]  # fmt: skip
    lists = ["/", "/?kind=all", "/feed.atom", "/feed.rss", "/feed.json", "/sitemap.xml", "/sources",
             "/corrections", "/trends", "/search?q=millbrook", "/search?q=quarrybank",
             "/api/v1/threads", "/api/v1/search?q=quarrybank", "/api/v1/feeds",
             "/api/v1/exports/stix", "/api/v1/exports/claims.csv", "/api/v1/exports/threads.jsonl",
             "/api/v1/exports/entities.csv", "/api/v1/exports/timelines.jsonl",
             "/victim/millbrook-general-hospital", "/victim/quarrybank"]  # fmt: skip
    return [*lists, *threads]


def test_no_word_of_it_is_in_any_public_answer(
    client: TestClient, empty: Store, ids: dict[str, str]
) -> None:
    before = "".join(client.get(path).text for path in _public(ids))
    assert [word for word in WORDS if word not in before] == []
    leave_out(empty, "signalpost.example", who="ida", now=datetime.now(UTC))
    for path in _public(ids):
        answer = client.get(path)
        asked = answer.text.replace("millbrook", "")  # the address that was asked for
        found = [word for word in WORDS if word in asked]
        assert not found, (path, found)
        assert answer.status_code in (200, 404, 410), path
    out = [exports.threads, exports.details, exports.articles, exports.briefs, exports.indicators]
    told = "".join(str(row) for export in out for row in export(empty))
    assert not [word for word in WORDS if word in told]
    assert "Quarrybank takes customer portal offline" in client.get("/").text


@pytest.mark.parametrize("end", ["", "/any.json", "/any.md", "/any.atom", "/v/all", "/v/1"])
def test_a_thread_of_it_alone_is_gone(
    client: TestClient, empty: Store, ids: dict[str, str], end: str
) -> None:
    leave_out(empty, "signalpost.example", who="ida", now=datetime.now(UTC))
    answer = client.get(f"/wire/{ids['hospital']}{end}", headers={"accept": "text/html"})
    assert answer.status_code == 410
    assert "Left out" in answer.text
    assert "left out at the outlet" in answer.text
    assert client.get("/wire/nosuch", headers={"accept": "text/html"}).status_code == 404


def test_a_version_that_quoted_it_is_gone_and_the_thread_is_not(
    client: TestClient, empty: Store, ids: dict[str, str]
) -> None:
    leave_out(empty, "signalpost.example", who="ida", now=datetime.now(UTC))
    problem = client.get(f"/api/v1/threads/{ids['bank']}/briefs/1")
    assert (problem.status_code, problem.json()["title"]) == (410, "Gone")
    assert client.get(f"/api/v1/threads/{ids['hospital']}").status_code == 410
    wire = client.get(f"/api/v1/threads/{ids['bank']}").json()
    assert wire["behind"] is True
    assert [one["outlet"] for one in wire["sources"]] == ["Harbor Ledger", "Evening Relay"]


def test_the_about_page_says_how_to_ask_and_how_often_it_is_right(client: TestClient) -> None:
    page = client.get("/about").text
    assert "How an outlet asks to be left out" in page
    assert 'href="mailto:ops@wire.example"' in page
    assert "How often it is right" in page
    assert "nDCG@10 .85" in page
