"""What others wrote is words: the whole corpus through pages, feeds, Markdown, JSON and forms."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from api.services import Services
from breachwire.config import Config
from breachwire.model import Thread, Token
from breachwire.model.tokens import digest, new_secret
from breachwire.store import Store, open_store
from ingest.markup import plain
from ingest.parse import parse_feed
from tests.databases import Stores
from tests.injected import PAYLOADS, filled, live

BROWSER = {"Accept": "text/html,application/xhtml+xml"}


@pytest.fixture(scope="module")
def world(
    stores: Stores,
) -> Iterator[tuple[TestClient, Store, list[Thread]]]:
    """The application over a store in which everybody's words are hostile."""
    store = open_store(stores.new())
    threads = filled(store)
    services = Services(store=store, config=Config(base_url="https://wire.example"))
    with TestClient(create_app(lambda: services), headers=BROWSER) as client:
        yield client, store, threads
    store.close()


def test_the_check_itself_finds_what_is_live() -> None:
    harmless = {"` onerror=ran() `", "\u2028ran()//"}
    assert len([p for p in PAYLOADS if live(f"<p>{p}</p>")]) > 25
    assert not [p for p in harmless if live(f"<p>{p}</p>")]
    assert live('<a href="java\tscript:ran()">x</a>')


def test_no_thread_page_runs_or_asks(world: tuple[TestClient, Store, list[Thread]]) -> None:
    client, _, threads = world
    wrong = {}
    for thread in threads:
        answer = client.get(f"/wire/{thread.id}")
        assert answer.status_code == 200
        if found := live(answer.text):
            wrong[thread.headline] = found
    assert wrong == {}


def test_no_list_form_or_error_does(world: tuple[TestClient, Store, list[Thread]]) -> None:
    client, _, threads = world
    paths = ["/", "/?kind=all", "/sources", "/trends", "/corrections", "/storyline/s1", "/search"]
    paths += [f"/report?thread={threads[2].id}", f"/wire/{threads[2].id}/v/1"]
    answers = [client.get(path) for path in paths]
    for payload in PAYLOADS[::2]:
        answers.append(client.get("/search", params={"q": payload}))
    for payload in PAYLOADS[::8]:
        answers += [
            client.get("/search", params={"q": "nothing", "victim": payload, "source": payload}),
            client.get(f"/victim/{payload}"),
            client.get("/related", params={"url": payload}),
            client.post("/related", data={"text": payload, "url": payload}),
            client.post("/subscribe", data={"email": payload, "frequency": payload}),
            client.post("/watch", data={"label": payload, "names": payload, "kind": payload}),
            client.post("/report", data={"thread": threads[0].id, "contact": payload}),
            client.post("/edit/login", data={"token": payload, "to": payload}),
        ]
    assert [(str(a.url), found) for a in answers if (found := live(a.text))] == []


def test_no_feed_carries_it(world: tuple[TestClient, Store, list[Thread]]) -> None:
    client, _, threads = world
    for path in ("/feed.atom", "/feed.rss", "/feed.json", f"/wire/{threads[2].id}/x.atom"):
        answer = client.get(path, params={"kind": "all"})
        feed = parse_feed(answer.content, content_type=answer.headers["content-type"])
        assert feed.entries
        found = [live(one.content) + live(one.summary) for one in feed.entries]
        assert [one for one in found if one] == [], path
        assert not [one.url for one in feed.entries if not one.url.startswith("https://wire.")]


def test_json_and_markdown_are_no_pages(world: tuple[TestClient, Store, list[Thread]]) -> None:
    client, _, threads = world
    for thread in threads:
        answer = client.get(f"/api/v1/threads/{thread.id}")
        assert answer.headers["content-type"] == "application/json"
        assert answer.headers["x-content-type-options"] == "nosniff"
        told = json.loads(answer.text)
        assert told["headline"]["text"]
        text = client.get(f"/wire/{thread.id}/x.md", headers={"Accept": "*/*"})
        assert text.headers["content-type"].startswith("text/markdown")
        # A bracket that a backslash stands before opens no link.
        assert not re.search(
            r"(?<!\\)\]\(\s*(?:javascript|vbscript|data):", text.text, re.IGNORECASE
        )


def test_editors_see_words_too(world: tuple[TestClient, Store, list[Thread]]) -> None:
    client, store, threads = world
    secret = new_secret()
    store.add_token(Token(0, PAYLOADS[2], "edit", threads[0].first_at), digest(secret))
    bearer = {"Authorization": f"Bearer {secret}"}
    paths = ["/edit", "/edit/log", "/edit/reports", f"/edit/thread/{threads[2].id}"]
    paths += [f"/edit/brief/{threads[2].id}"]
    # Another address: wrong tokens have locked the first one out.
    client = TestClient(client.app, headers=BROWSER, client=("192.0.2.9", 5))
    answers = [client.get(path, headers=bearer) for path in paths]
    assert {a.status_code for a in answers} == {200}
    assert [(str(a.url), found) for a in answers if (found := live(a.text))] == []


@pytest.mark.parametrize("payload", PAYLOADS)
def test_ingest_leaves_words_of_it(payload: str) -> None:
    text = plain(f"<p>The clinic said {payload} on Monday.</p>")
    assert live(f"<p>{text}</p>") == [] or "<" not in payload
