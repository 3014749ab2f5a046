"""The operator's page, /readyz and /metrics: what fails, since when, what to do."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families
from starlette.testclient import TestClient

from api import metrics
from api.app import create_app
from api.operating import advice, standing
from api.services import Loop, Services
from breachwire.config import Config
from breachwire.model import Draft, Feed, FeedSpec, Finding, Scope, Token
from breachwire.model.newsletter import Wish
from breachwire.model.tokens import digest, new_secret
from breachwire.store import Store
from breachwire.store.backup import MADE

NOW = datetime.now(UTC)
BROWSER = {"Accept": "text/html"}


def ago(**time: float) -> datetime:
    return NOW - timedelta(**time)


def subscribe(store: Store, name: str, **fields: Any) -> Feed:
    store.add_feeds([FeedSpec(f"https://{name}.example/feed", outlet=name.capitalize())])
    feed = store.feed(f"https://{name}.example/feed")
    well = {"state": "ok", "last_fetch_at": ago(minutes=9), "last_success_at": ago(minutes=9),
            "next_fetch_at": NOW + timedelta(minutes=20)}  # fmt: skip
    store.save_feed(feed := replace(feed, **(well | fields)))
    return feed


def take(store: Store, number: int, seen: datetime, published: datetime | None) -> None:
    url = f"https://herald.example/{number}"
    draft = Draft(url=url, title=f"A breach {number}", text="It was.", published=published)
    store.take([(draft, None)], seen)


@pytest.fixture
def services(store: Store) -> Services:
    """Where nothing is wrong."""
    store.set_meta(MADE, ago(days=2).isoformat())
    subscribe(store, "herald")
    return Services(store=store, config=Config(base_url="https://wire.example"))


def words(services: Services) -> list[str]:
    return [one.what for one in standing(services, NOW).troubles]


def test_where_nothing_is_wrong_nothing_is_to_be_seen_to(services: Services) -> None:
    found = standing(services, NOW)
    assert found.troubles == ()
    assert dict(found.states) == {"ok": 1, "new": 0, "failing": 0, "gone": 0}
    assert {one.what: one.how for one in found.facts}["To be threaded"] == "0 articles"


def test_polls_that_do_not_come_are_told_with_since_when(services: Services) -> None:
    late = subscribe(services.store, "ledger", next_fetch_at=ago(hours=3))
    subscribe(services.store, "dead", state="gone", next_fetch_at=None)
    (trouble,) = standing(services, NOW).troubles
    assert trouble.what == "1 feed should have been asked by now and was not"
    assert trouble.since == late.next_fetch_at
    assert "fetch --watch" in trouble.do


def test_most_feeds_failing_is_the_network_and_one_for_long_is_that_feed(
    services: Services,
) -> None:
    store = services.store
    fault = {"state": "failing", "failures": 3, "error": "no connection (https://x.example/feed)"}
    subscribe(store, "quick", last_success_at=ago(hours=2), **fault)
    assert words(services) == []
    subscribe(store, "long", last_success_at=ago(days=3), **fault)
    for name in ("one", "two", "three"):
        subscribe(store, name)
    assert words(services) == ["1 feed has failed for more than a day"]
    for name in ("one", "two", "three"):
        subscribe(store, name, last_success_at=ago(hours=1), **fault)
    assert words(services) == ["5 of 6 feeds fail"]


def test_articles_that_wait_and_a_loop_that_hangs_are_told(services: Services) -> None:
    take(services.store, 1, ago(hours=2), ago(hours=3))
    assert words(services) == ["1 article not threaded yet"]
    loops = (
        Loop("polling", silent=700, patience=300),
        Loop("threading", waits_for="an embedding model: torch is not installed", patience=900),
        Loop("mail", patience=60),
    )
    told = words(replace(services, loops=lambda: loops))
    assert told[0] == "This process has done no polling for 12 minutes"
    assert told[1] == "Threading waits for an embedding model: torch is not installed"
    assert len(told) == 3


def test_disk_backup_and_letters_are_told(services: Services, store: Store) -> None:
    bad = Finding("disk", False, "0.1 GB free in /srv", "make room on the disk")
    good = Finding("clock", True, "all is well")
    store.set_meta(MADE, ago(days=30).isoformat())
    store.ask("ida@post.example", Wish(), ago(hours=1))
    config = replace(services.config, smtp_host="localhost")
    found = standing(replace(services, config=config, examine=lambda: [bad, good]), NOW)
    assert [one.what for one in found.troubles] == [
        "Disk: 0.1 GB free in /srv",
        "1 letter not sent yet",
        "The last backup is 30 days old",
    ]
    assert ("Clock", "all is well") in [(one.what, one.how) for one in found.facts]


@pytest.mark.parametrize(
    ("error", "state", "expected"),
    [
        (
            "the server answered 404 Not Found (https://a.example/403)",
            "failing",
            "address has chan",
        ),
        ("the server answered 403 Forbidden (https://a.example/)", "failing", "refuses us"),
        ("the server answered 429 Too Many Requests (https://a.example/)", "failing", "Nothing"),
        ("the server answered 502 Bad Gateway (https://a.example/)", "failing", "passing"),
        ("not a feed but an HTML page (https://a.example/)", "failing", "Something else"),
        ("its certificate does not hold: expired (https://a.example/)", "failing", "certificate"),
        ("no whole answer within 20 seconds (https://a.example/)", "failing", "Nothing for now"),
        ("the server answered 410 Gone (https://a.example/)", "gone", "gone for good"),
        (None, "failing", "Nothing for now"),
    ],
)
def test_each_fault_of_a_feed_has_its_advice(error: str | None, state: Any, expected: str) -> None:
    assert expected in advice(Feed(1, FeedSpec("https://a.example/"), state=state, error=error))


# --- the page


def client(services: Services, scope: Scope | None) -> TestClient:
    found = TestClient(
        create_app(lambda: services), base_url="https://wire.example", follow_redirects=False
    )
    if scope:
        secret = new_secret()
        services.store.add_token(Token(0, "Ida Okafor", scope, NOW), digest(secret))
        found.headers["Authorization"] = f"Bearer {secret}"
    return found


def test_the_page_is_for_tokens_alone(services: Services) -> None:
    answer = client(services, None).get("/edit/service", headers=BROWSER)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/edit/login")
    for scope in ("read", "edit", "admin"):
        assert client(services, scope).get("/edit/service", headers=BROWSER).status_code == 200  # type: ignore[arg-type]


def test_the_page_says_what_since_when_and_what_to_do_and_escapes_it(services: Services) -> None:
    hostile = "<script>x</script> (https://a.example/)"
    subscribe(services.store, "<b>gazette", state="failing", failures=4, error=hostile,
              last_success_at=ago(days=2))  # fmt: skip
    subscribe(services.store, "ended", state="gone", failures=1, next_fetch_at=None)
    page = client(services, "read").get("/edit/service", headers=BROWSER)
    assert "no-store" in page.headers["cache-control"]
    text = page.text
    assert "2 things" not in text
    assert "1 thing to see to" in text
    assert "<script>x" not in text
    assert "&lt;script&gt;x" in text
    assert ago(days=2).strftime("%Y-%m-%dT%H:%M") in text
    assert "It is gone for good" in text
    assert not re.search(r"<script(?! src=\"/static)", text)


def test_very_many_failing_feeds_are_cut_and_counted(services: Services) -> None:
    for n in range(103):
        subscribe(services.store, f"f{n}", state="failing", failures=n, error="no connection")
    text = client(services, "read").get("/edit/service", headers=BROWSER).text
    assert text.count('data-label="What to do"') == 100
    assert "has the other 3" in text


# --- health


def test_ready_means_that_what_this_process_does_lives(services: Services) -> None:
    loops = [Loop("polling", silent=3, patience=300), Loop("threading", "the model", 3, 900)]
    running = client(replace(services, loops=lambda: loops), None)
    answer = running.get("/readyz")
    assert answer.status_code == 200
    assert answer.json()["loops"] == {"polling": "at work", "threading": "waits"}
    loops[0] = Loop("polling", silent=301, patience=300)
    answer = running.get("/readyz")
    assert (answer.status_code, answer.json()["ready"]) == (503, False)
    assert answer.json()["store"] == "ok"
    assert answer.json()["loops"]["polling"] == "stalled"


def test_metrics_of_feeds_delay_and_searches(services: Services) -> None:
    store = services.store
    subscribe(store, "late", next_fetch_at=ago(minutes=30))
    subscribe(store, "bad", state="failing", failures=2)
    for number, minutes in enumerate((4, 8, 60)):
        take(store, number, ago(hours=1), ago(hours=1, minutes=minutes))
    take(store, 9, ago(hours=1), None)
    store.ask("ida@post.example", Wish(), NOW)
    running = client(services, None)
    assert running.get("/api/v1/search?q=breach").status_code == 200
    found = {
        (sample.name, ",".join(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(metrics.exposition(store, NOW).decode())
        for sample in family.samples
    }
    assert found["breachwire_feeds_by_state", "ok"] == 2
    assert found["breachwire_feeds_by_state", "failing"] == 1
    assert found["breachwire_feeds_by_state", "gone"] == 0
    assert found["breachwire_poll_overdue_seconds", ""] == pytest.approx(1800)
    assert found["breachwire_article_delay_seconds", "0.5"] == pytest.approx(480, abs=1)
    assert found["breachwire_letters", "waiting"] == 1
    assert found["breachwire_search_seconds_count", ""] >= 1
