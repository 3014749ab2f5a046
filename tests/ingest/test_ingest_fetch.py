"""Feeds and pages through a real client and a server of our own."""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from breachwire.config import networks
from breachwire.errors import FetchError
from breachwire.model import Feed, FeedSpec, Wishes
from breachwire.net import Client, Hosts
from breachwire.testing import ScriptedServer, answer, redirect
from ingest import apart, fetch
from ingest.robots import Robots

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
RSS = b"""<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0"><channel><title>The Ledger</title><link>https://ledger.example/</link>
<ttl>720</ttl>
<item><title>Harbour Clinic confirms attack</title><link>https://ledger.example/1</link>
<guid>ledger-1</guid><pubDate>Sun, 01 Nov 2026 09:00:00 GMT</pubDate>
<description>The clinic said that 24,937 patients are affected.</description></item>
</channel></rss>"""
CRASHING = (
    sys.executable,
    "-c",
    """
import sys, json
head = json.loads(sys.stdin.buffer.readline())
sys.stdin.buffer.read(head["size"])
print(json.dumps({"error": "RecursionError", "message": "", "size": 0}), flush=True)
""",
)
XML = {"Content-Type": "application/rss+xml"}


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with ScriptedServer({"/robots.txt": answer(status=404)}) as running:
        yield running


@pytest.fixture
def client() -> Client:
    return Client("Breachwire/test", allow=networks("127.0.0.1/32"), deadline=5.0)


@pytest.fixture
def feed(server: ScriptedServer) -> Feed:
    return Feed(1, FeedSpec(server.url("/feed"), outlet="The Ledger"))


def poll(client: Client, feed: Feed, now: datetime = NOW) -> fetch.Poll:
    return fetch.poll(client, feed, now, config_minutes=30, rng=random.Random(1))


# --- feeds ---------------------------------------------------------------------------------------


def test_a_feed_is_read_and_its_state_kept(
    server: ScriptedServer, client: Client, feed: Feed
) -> None:
    modified = "Sun, 01 Nov 2026 09:00:00 GMT"
    server.scripts["/feed"] = answer(
        RSS, packed=True, headers=XML | {"ETag": '"v1"', "Last-Modified": modified}
    )
    got = poll(client, replace(feed, failures=3, state="failing", error="old"))
    assert got.changed
    assert got.parsed is not None
    assert [entry.title for entry in got.parsed.entries] == ["Harbour Clinic confirms attack"]
    at = got.feed.next_fetch_at
    assert at is not None
    assert NOW + timedelta(hours=12) <= at <= NOW + timedelta(hours=13.2)  # its ttl
    assert got.feed == replace(
        feed,
        state="ok",
        wishes=Wishes(ttl_minutes=720),
        etag='"v1"',
        last_modified=modified,
        last_fetch_at=NOW,
        last_success_at=NOW,
        next_fetch_at=at,
    )
    assert "application/rss+xml" in server.requests[0].headers["accept"]


def test_an_unchanged_feed_costs_a_304(server: ScriptedServer, client: Client, feed: Feed) -> None:
    server.scripts["/feed"] = answer(RSS, headers=XML | {"ETag": '"v1"'})
    first = poll(client, feed).feed
    server.scripts["/feed"] = answer(status=304)
    later = NOW + timedelta(hours=2)
    got = poll(client, first, later)
    assert server.requests[-1].headers["if-none-match"] == '"v1"'
    assert "if-modified-since" not in server.requests[-1].headers
    assert (got.parsed, got.changed) == (None, False)
    at = got.feed.next_fetch_at
    assert got.feed == replace(first, last_fetch_at=later, last_success_at=later, next_fetch_at=at)


def test_what_the_last_document_asked_for_holds_while_nothing_changes(
    server: ScriptedServer, client: Client, feed: Feed
) -> None:
    server.scripts["/feed"] = answer(RSS, headers=XML | {"ETag": '"v1"'})
    first = poll(client, feed)
    assert first.feed.wishes == Wishes(ttl_minutes=720)
    server.scripts["/feed"] = answer(status=304)
    again = poll(client, first.feed)
    assert again.feed.wishes == first.feed.wishes
    assert again.feed.next_fetch_at is not None
    assert again.feed.next_fetch_at >= NOW + timedelta(hours=12)
    # A failure forgets nothing either.
    server.scripts["/feed"] = answer(status=500)
    assert poll(client, first.feed).feed.wishes == first.feed.wishes


def test_the_servers_word_on_freshness_is_heeded(
    server: ScriptedServer, client: Client, feed: Feed
) -> None:
    busy = [NOW - timedelta(minutes=40 * n) for n in range(50)]
    waits = []
    for control in ("no-cache", "max-age=5400"):
        server.scripts["/feed"] = answer(
            RSS.replace(b"<ttl>720</ttl>", b""), headers=XML | {"Cache-Control": control}
        )
        got = fetch.poll(client, feed, NOW, config_minutes=30, times=busy).feed.next_fetch_at
        assert got is not None
        waits.append((got - NOW).total_seconds() / 60)
    assert waits[0] < 30
    assert 90 <= waits[1] <= 99


def test_a_304_that_nobody_asked_for_is_a_failure(
    server: ScriptedServer, client: Client, feed: Feed
) -> None:
    server.scripts["/feed"] = answer(status=304)
    assert poll(client, feed).feed.state == "failing"


def test_validators_go_when_the_server_sends_none(
    server: ScriptedServer, client: Client, feed: Feed
) -> None:
    server.scripts["/feed"] = answer(RSS, headers=XML | {"ETag": '"' + "x" * 5000 + '"'})
    got = poll(client, replace(feed, etag='"v1"', last_modified="then"))
    assert (got.feed.etag, got.feed.last_modified) == (None, None)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 418, 500, 502, 599])
def test_an_error_status_is_a_state_in_words(
    server: ScriptedServer, client: Client, feed: Feed, status: int
) -> None:
    server.scripts["/feed"] = answer(b"no", status=status)
    had = replace(feed, etag='"v1"', state="ok", last_success_at=NOW - timedelta(days=1))
    got = poll(client, had).feed
    assert (got.state, got.failures, got.etag) == ("failing", 1, '"v1"')
    assert got.last_success_at == had.last_success_at
    assert got.error is not None
    assert got.error.startswith(f"the server answered {status}")
    assert feed.spec.url in got.error
    assert got.next_fetch_at is not None
    assert NOW + timedelta(minutes=30) <= got.next_fetch_at <= NOW + timedelta(minutes=38)
    again = poll(client, got).feed
    assert again.failures == 2
    assert again.next_fetch_at is not None
    assert again.next_fetch_at >= NOW + timedelta(minutes=60)


def test_gone_is_for_good(server: ScriptedServer, client: Client, feed: Feed) -> None:
    server.scripts["/feed"] = answer(status=410)
    got = poll(client, feed).feed
    assert (got.state, got.next_fetch_at) == ("gone", None)


@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_is_obeyed(
    server: ScriptedServer, client: Client, feed: Feed, status: int
) -> None:
    for value, wait in (
        ("7200", timedelta(hours=2)),
        (format_datetime(NOW + timedelta(hours=3), usegmt=True), timedelta(hours=3)),
        ("99999999", timedelta(days=1)),
    ):
        server.scripts["/feed"] = answer(status=status, headers={"Retry-After": value})
        client.hosts = Hosts()  # as if the pause before were over
        assert poll(client, feed).feed.next_fetch_at == NOW + wait


@pytest.mark.parametrize(
    "body",
    [b"<!doctype html><html><title>Sign in</title><p>Hello</html>", b"", b"\0\1\2", b"[" * 100_000],
    ids=["page", "empty", "bytes", "nested"],
)
def test_what_is_no_feed_keeps_the_last_good_state(
    server: ScriptedServer, client: Client, feed: Feed, body: bytes
) -> None:
    server.scripts["/feed"] = answer(body, headers={"ETag": '"new"'})
    got = poll(client, replace(feed, etag='"v1"'))
    assert got.parsed is None
    assert (got.feed.state, got.feed.etag) == ("failing", '"v1"')
    assert got.feed.error is not None
    assert feed.spec.url in got.feed.error
    assert got.feed.error.isprintable()


def test_a_crash_in_the_parser_is_that_feeds_alone(
    server: ScriptedServer, client: Client, feed: Feed, monkeypatch: pytest.MonkeyPatch
) -> None:
    # What such a process does is tests/ingest/test_ingest_apart.py's.
    monkeypatch.setattr(apart, "shared", readers := apart.Readers(command=[*CRASHING]))
    server.scripts["/feed"] = answer(RSS, headers=XML)
    got = poll(client, feed).feed
    assert got.state == "failing"
    assert got.error == f"the parser failed on it: RecursionError ({feed.spec.url})"
    readers.close()


def test_network_failures_are_states_too(client: Client, feed: Feed) -> None:
    closed = replace(feed, spec=replace(feed.spec, url="http://10.0.0.1/feed"))
    got = poll(client, closed).feed
    assert got.state == "failing"
    assert got.error is not None
    assert "private" in got.error


# --- moved feeds ---------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [301, 308])
def test_a_move_is_believed_the_third_time(
    server: ScriptedServer, client: Client, feed: Feed, status: int
) -> None:
    server.scripts["/feed"] = redirect("/new", status)
    server.scripts["/new"] = answer(RSS, headers=XML)
    for seen in (1, 2):
        feed = poll(client, feed).feed
        assert (feed.moved_to, feed.moved_seen) == (server.url("/new"), seen)
        assert feed.spec.url == server.url("/feed")
    feed = poll(client, feed).feed
    assert feed.spec == FeedSpec(server.url("/new"), outlet="The Ledger")
    assert (feed.moved_to, feed.moved_seen) == (None, 0)


def test_only_three_in_a_row_to_one_address_count(
    server: ScriptedServer, client: Client, feed: Feed
) -> None:
    for path in ("/a", "/b"):
        server.scripts[path] = answer(RSS, headers=XML)
    moves = [("/a", 301), ("/a", 301), ("/b", 301), ("/b", 301), ("/a", 302), ("/b", 301)]
    seen = []
    for path, status in moves:
        server.scripts["/feed"] = redirect(path, status)
        feed = poll(client, feed).feed
        seen.append(feed.moved_seen)
    assert seen == [1, 2, 1, 2, 0, 1]
    assert feed.spec.url == server.url("/feed")


def test_a_move_to_a_forbidden_or_dead_place_is_not_counted(
    server: ScriptedServer, client: Client, feed: Feed
) -> None:
    for target in ("http://10.0.0.1/feed", "/nowhere"):
        server.scripts["/feed"] = redirect(target, 301)
        got = poll(client, feed).feed
        assert (got.state, got.moved_to, got.moved_seen) == ("failing", None, 0)


# --- pages ---------------------------------------------------------------------------------------

PAGE = b"<!doctype html><title>Harbour Clinic</title><p>24,937 patients</p>"


def page_error(client: Client, url: str) -> FetchError:
    with pytest.raises(FetchError) as caught:
        fetch.get_page(client, Robots(client), url)
    return caught.value


def test_a_page_is_fetched_with_its_final_address(server: ScriptedServer, client: Client) -> None:
    server.scripts["/go"] = redirect("/1?utm_source=feed")
    server.scripts["/1?utm_source=feed"] = answer(PAGE, packed=True)
    got = fetch.get_page(client, Robots(client), server.url("/go"))
    assert got == fetch.FetchedPage(
        server.url("/1?utm_source=feed"), PAGE, "text/html; charset=utf-8"
    )


def test_robots_is_asked_first_and_where_a_redirect_leads(
    server: ScriptedServer, client: Client
) -> None:
    server.scripts["/robots.txt"] = answer(b"User-agent: *\nDisallow: /closed\n")
    server.scripts["/closed"] = answer(PAGE)
    server.scripts["/go"] = redirect("/closed")
    assert page_error(client, server.url("/closed")).kind == "robots"
    assert [request.path for request in server.requests] == ["/robots.txt"]
    assert page_error(client, server.url("/go")).kind == "robots"


@pytest.mark.parametrize("status", [401, 403, 404, 410, 451, 500])
def test_a_refused_page_says_its_status(
    server: ScriptedServer, client: Client, status: int
) -> None:
    server.scripts["/1"] = answer(PAGE, status=status)
    error = page_error(client, server.url("/1"))
    assert (error.kind, error.status) == ("status", status)
    assert error.message.startswith(f"the server answered {status}")


def test_a_busy_server_says_how_long(server: ScriptedServer, client: Client) -> None:
    server.scripts["/1"] = answer(status=429, headers={"Retry-After": "60"})
    assert page_error(client, server.url("/1")).retry_after == 60


@pytest.mark.parametrize("kind", ["application/pdf", "image/png", "text/plain", "application/json"])
def test_only_pages_are_pages(server: ScriptedServer, client: Client, kind: str) -> None:
    server.scripts["/1"] = answer(PAGE, headers={"Content-Type": kind})
    error = page_error(client, server.url("/1"))
    assert error.kind == "protocol"
    assert kind in error.message


def test_a_page_of_no_stated_type_is_looked_at(server: ScriptedServer, client: Client) -> None:
    for body, good in ((PAGE, True), (b"%PDF-1.7", False)):
        server.scripts["/1"] = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + body
        if good:
            assert fetch.get_page(client, Robots(client), server.url("/1")).body == body
        else:
            assert page_error(client, server.url("/1")).kind == "protocol"
