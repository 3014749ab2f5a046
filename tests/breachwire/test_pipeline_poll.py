"""Feeds and pages of a scripted server become articles; faults stay where they are."""

from __future__ import annotations

import ipaddress
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import event

from breachwire.config import Config
from breachwire.errors import StoreError
from breachwire.model import Draft, Entry, FeedSpec
from breachwire.pipeline.outage import HearingClient
from breachwire.pipeline.poll import Polled, Poller
from breachwire.store import Store
from breachwire.testing import FakeClock, Request, ScriptedServer, Step, answer
from ingest import compose

STORY = (
    "Harbour Clinic said on Monday that a ransomware attack on its scheduling system exposed "
    "the names and Social Security numbers of 24,937 patients of its four sites in the county. "
)


@pytest.fixture
def poller(store: Store, clock: FakeClock) -> Iterator[Poller]:
    allow = (ipaddress.ip_network("127.0.0.0/8"),)
    client = HearingClient("Breachwire tests", allow=allow)
    config = Config(allow_private=allow)
    yield Poller(store, client, config, now=lambda: clock.now)
    client.close()


def page(title: str, paragraphs: int = 6) -> bytes:
    body = "".join(f"<p>{STORY} Paragraph {n} of the report.</p>" for n in range(paragraphs))
    return answer(
        f"<!doctype html><html><head><title>{title}</title></head><body><nav><a href=/>Home</a>"
        f"</nav><main><article><h1>{title}</h1>{body}</article></main></body></html>".encode()
    )


def rss(*items: str) -> bytes:
    document = f'<rss version="2.0"><channel><title>The Ledger</title>{"".join(items)}'
    document += "</channel></rss>"
    return answer(
        document.encode(), headers={"Content-Type": "application/rss+xml", "ETag": '"one"'}
    )


def item(server: ScriptedServer, path: str, title: str, summary: str = STORY) -> str:
    return (
        f"<item><title>{title}</title><link>{server.url(path)}</link><guid>{path}</guid>"
        f"<pubDate>Sun, 01 Nov 2026 10:00:00 GMT</pubDate>"
        f"<description>{summary}</description></item>"
    )


def subscribe(store: Store, server: ScriptedServer, path: str = "/feed") -> str:
    store.add_feeds([FeedSpec(server.url(path), outlet="The Ledger")])
    return server.url(path)


def poll(poller: Poller, clock: FakeClock) -> list[Polled]:
    """Everything due, a day later each time."""
    done = poller.run()
    clock.pass_(86_400)
    return done


def test_pages_serve_and_a_refused_one_leaves_the_feeds_text(
    store: Store, server: ScriptedServer, poller: Poller, clock: FakeClock
) -> None:
    url = subscribe(store, server)
    server.scripts = {
        "/feed": rss(item(server, "/a", "Clinic breached"), item(server, "/b", "Clinic sued")),
        "/a": page("Clinic breached"),
        "/b": answer(b"no", status=403),
    }
    (polled,) = poll(poller, clock)
    assert (polled.new, polled.feed.state) == (2, "ok")
    articles = {a.title: a for a in store.all_articles()}
    assert articles["Clinic breached"].text_from == "page"
    assert "Paragraph 5" in articles["Clinic breached"].text
    refused = articles["Clinic sued"]
    assert (refused.text_from, refused.page_state) == ("feed", "refused")
    assert "403" in refused.page_note
    assert refused.text == STORY.strip()
    feed = store.feed(url)
    assert (feed.state, feed.pages_ok, feed.pages_refused) == ("ok", 1, 1)
    assert "403" in (feed.page_error or "")


def test_an_entry_of_the_year_2999_hides_nothing_that_comes_after_it(
    store: Store, server: ScriptedServer, poller: Poller, clock: FakeClock
) -> None:
    subscribe(store, server)
    far = item(server, "/far", "From 2999").replace("Sun, 01 Nov 2026", "Fri, 01 Nov 2999")
    server.scripts = {"/feed": rss(far), **{path: answer(status=404) for path in ("/far", "/new")}}
    began = clock.now
    poll(poller, clock)
    server.scripts["/feed"] = rss(far, item(server, "/new", "From today"))
    (polled,) = poll(poller, clock)
    assert polled.new == 1
    assert {a.title: a.at for a in store.all_articles()}["From 2999"] <= began


def test_an_unchanged_feed_costs_a_304_and_no_page(
    store: Store, server: ScriptedServer, poller: Poller, clock: FakeClock
) -> None:
    subscribe(store, server)

    def feed(request: Request) -> Iterator[Step]:
        same = request.headers.get("if-none-match") == '"one"'
        yield answer(status=304) if same else rss(item(server, "/a", "Clinic breached"))

    server.scripts = {"/feed": feed, "/a": page("Clinic breached")}
    first, second = poll(poller, clock)[0], poll(poller, clock)[0]
    assert (first.changed, first.new) == (True, 1)
    assert (second.changed, second.new, second.feed.state) == (False, 0, "ok")
    assert [r.path for r in server.requests if r.path != "/robots.txt"] == ["/feed", "/a", "/feed"]


def test_robots_txt_keeps_us_from_a_page(
    store: Store, server: ScriptedServer, poller: Poller, clock: FakeClock
) -> None:
    subscribe(store, server)
    server.scripts = {
        "/robots.txt": answer(b"User-agent: *\nDisallow: /members/\n"),
        "/feed": rss(item(server, "/members/a", "Clinic breached")),
        "/members/a": page("Clinic breached"),
    }
    poll(poller, clock)
    (article,) = store.all_articles()
    assert (article.text_from, article.page_state) == ("feed", "refused")
    assert "robots.txt" in article.page_note
    assert "/members/a" not in [r.path for r in server.requests]


def test_an_edited_title_is_a_revision_and_asks_the_page_again(
    store: Store, server: ScriptedServer, poller: Poller, clock: FakeClock
) -> None:
    subscribe(store, server)
    server.scripts = {"/feed": rss(item(server, "/a", "Clinic hit")), "/a": page("Clinic hit")}
    poll(poller, clock)
    server.scripts = {
        "/feed": rss(item(server, "/a?utm_source=rss", "Clinic breach: 24,937 affected")),
        "/a?utm_source=rss": page("Clinic breach: 24,937 affected", 9),
        "/a": page("Clinic breach: 24,937 affected", 9),
    }
    (polled,) = poll(poller, clock)
    assert (polled.new, polled.revised) == (0, 1)
    (article,) = store.all_articles()
    assert article.title == "Clinic breach: 24,937 affected"
    assert (article.revision, "Paragraph 8" in article.text) == (2, True)


def test_a_bad_feed_is_a_state_and_fails_no_other(
    store: Store, server: ScriptedServer, poller: Poller, clock: FakeClock
) -> None:
    good = subscribe(store, server, "/feed")
    html, missing = subscribe(store, server, "/site"), subscribe(store, server, "/none")
    server.scripts = {
        "/feed": rss(
            item(server, "/a", "Clinic breached"),
            "<item><title>No address at all</title></item>",
            item(server, "/b", "Second"),
        ),
        "/site": page("A home page"),
        "/a": page("Clinic breached"),
        "/b": page("Second"),
    }
    poll(poller, clock)
    states = {feed.spec.url: feed for feed in store.feeds()}
    assert (states[good].state, store.counts().articles) == ("ok", 2)
    assert (states[html].state, states[missing].state) == ("failing", "failing")
    assert "HTML" in (states[html].error or "")
    assert "404" in (states[missing].error or "")


def test_a_stopped_poll_leaves_the_rest_for_the_next(
    store: Store, server: ScriptedServer, poller: Poller, clock: FakeClock
) -> None:
    url = subscribe(store, server)
    server.scripts = {
        "/feed": rss(*(item(server, f"/{n}", f"Story {n}") for n in range(40))),
        **{f"/{n}": page(f"Story {n}") for n in range(40)},
    }
    feed = store.feed(url)
    poller._stop.set()
    poller.poll(feed)
    assert store.counts().articles == 0
    assert store.feed(url).etag is None
    poller._stop.clear()
    poll(poller, clock)
    assert store.counts().articles == 40


def test_the_same_story_in_two_feeds_is_one_article_and_one_page_request(
    store: Store, server: ScriptedServer, poller: Poller, clock: FakeClock
) -> None:
    subscribe(store, server, "/feed")
    store.add_feeds([FeedSpec(server.url("/other"), outlet="Zenith Digest")])
    server.scripts = {
        "/feed": rss(item(server, "/a", "Clinic breached")),
        "/other": rss(item(server, "/a/?fbclid=x", "Clinic breached")),
        "/a": page("Clinic breached"),
    }
    poll(poller, clock)
    (article,) = store.all_articles()
    assert article.source == "The Ledger"
    assert sum(r.path.startswith("/a") for r in server.requests) == 1


def test_one_request_a_host_at_a_time(
    store: Store, server: ScriptedServer, poller: Poller, clock: FakeClock
) -> None:
    busy: list[int] = []
    most = []

    def slow(request: Request) -> Iterator[Step]:
        busy.append(1)
        most.append(len(busy))
        yield 0.02
        busy.pop()
        yield answer(b"none", status=404)

    server.scripts = {f"/feed{n}": slow for n in range(8)}
    for n in range(8):
        subscribe(store, server, f"/feed{n}")
    poll(poller, clock)
    assert max(most) == 1
    assert len(most) == 8


def test_a_gone_feed_is_asked_no_more(
    store: Store, server: ScriptedServer, poller: Poller, clock: FakeClock
) -> None:
    url = subscribe(store, server)
    server.scripts = {"/feed": answer(status=410)}
    poll(poller, clock)
    assert store.feed(url).state == "gone"
    assert poll(poller, clock) == []


def test_a_feed_added_by_its_bare_address_is_called_by_its_title(
    store: Store, server: ScriptedServer, poller: Poller, clock: FakeClock
) -> None:
    store.add_feeds([replace(FeedSpec(server.url("/feed")), outlet="")])
    server.scripts = {"/feed": rss(item(server, "/a", "Clinic")), "/a": page("Clinic")}
    poll(poller, clock)
    assert [a.source for a in store.all_articles()] == ["The Ledger"]


def test_what_the_end_cuts_off_is_neither_a_failure_nor_half_an_article(
    store: Store, server: ScriptedServer, poller: Poller, clock: FakeClock
) -> None:
    url = subscribe(store, server)

    def hanging(request: Request) -> Iterator[Step]:
        # Ctrl-C while the page is on its way: the loop is told to end, the client hangs up.
        poller._stop.set()
        poller._client.close()
        yield answer(b"<p>half")[:20]

    server.scripts = {
        "/feed": rss(*(item(server, f"/{n}", f"Story {n}") for n in range(3))),
        "/0": page("Story 0"),
        "/1": hanging,
        "/2": page("Story 2"),
    }
    poller.run()
    assert [a.title for a in store.all_articles()] == ["Story 0"]
    feed = store.feed(url)
    assert (feed.state, feed.etag, feed.error) == ("new", None, None)


def test_an_entry_that_breaks_the_reader_is_left_out_alone(
    store: Store,
    server: ScriptedServer,
    poller: Poller,
    clock: FakeClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    subscribe(store, server)
    server.scripts = {
        "/feed": rss(*(item(server, f"/{n}", f"Story {n}") for n in range(3))),
        **{f"/{n}": page(f"Story {n}") for n in range(3)},
    }
    whole = compose.compose

    def breaking(entry: Entry, *args: Any, **more: Any) -> Draft:
        if entry.title == "Story 1":
            raise RecursionError("deep")
        return whole(entry, *args, **more)

    monkeypatch.setattr(compose, "compose", breaking)
    (polled,) = poll(poller, clock)
    assert (polled.new, polled.left_out, polled.feed.state) == (2, 1, "ok")


@pytest.mark.sqlite
def test_a_full_disk_stops_what_comes_in_and_nothing_else(
    store: Store, server: ScriptedServer, poller: Poller, clock: FakeClock
) -> None:
    subscribe(store, server)
    pages = {f"/{n}": page(f"Clinic {n} breached", 200) for n in range(30)}
    server.scripts = {"/feed": rss(item(server, "/0", "Clinic 0 breached")), **pages}
    poll(poller, clock)
    (first,) = store.all_articles()
    server.scripts["/feed"] = rss(*(item(server, path, f"Clinic {path[1:]}") for path in pages))

    def full(connection: Any, *_: Any) -> None:
        connection.execute("PRAGMA max_page_count = 1")  # SQLite: no more than there is

    engine = store._engine  # type: ignore[attr-defined]
    event.listen(engine, "checkout", full)
    with pytest.raises(StoreError, match="nothing is stored until there is room") as raised:
        poll(poller, clock)
    assert "\n" not in str(raised.value)
    assert store.article(first.id) == first
    assert len(store.search_text("Clinic", limit=9)) == 1
    event.remove(engine, "checkout", full)
    event.listen(engine, "checkout", lambda one, *_: one.execute("PRAGMA max_page_count = 999999"))
    poll(poller, clock)
    assert store.counts().articles == len(pages)
    assert store.check() == []


# --- manners


def test_a_slow_host_holds_up_no_other_feed(
    store: Store, server: ScriptedServer, poller: Poller, clock: FakeClock
) -> None:
    slow_host, go = f"http://localhost:{server.port}/slow", threading.Event()
    poller._client._resolver = lambda *_: ["127.0.0.1"]
    store.add_feeds([FeedSpec(slow_host)])
    quick = subscribe(store, server)

    def waiting(_: Request) -> Iterator[Step]:
        go.wait(30)
        yield rss(item(server, "/a", "Late"))

    server.scripts = {"/slow": waiting, "/feed": rss(item(server, "/b", "Early"))}
    done = poller.run(patience=0.2)
    while not done:
        done = poller.run([], patience=0.2)
    (first,) = done
    assert (first.feed.spec.url, first.new) == (quick, 1)
    clock.pass_(86_400)
    # It is not asked a second time meanwhile.
    assert [feed.spec.url for feed in poller.due()] == [quick]
    go.set()
    assert {polled.feed.spec.url for polled in poller.run()} == {quick, slow_host}
    assert store.counts().articles == 2


def test_a_server_that_wants_a_pause_gets_it_from_all_its_feeds(
    store: Store, server: ScriptedServer, poller: Poller, clock: FakeClock
) -> None:
    for path in ("/a", "/b", "/c"):
        subscribe(store, server, path)
        server.scripts[path] = answer(status=429, headers={"Retry-After": "900"})
    (asked,) = poller.run()
    assert asked.feed.state == "failing"
    assert server.connections == 1
    assert poller.due() == []
    assert [feed.state for feed in store.feeds()].count("new") == 2


def test_a_crawl_delay_is_left_between_two_pages(
    store: Store, server: ScriptedServer, poller: Poller
) -> None:
    subscribe(store, server)
    asked: list[float] = []

    def story(_: Request) -> Iterator[Step]:
        asked.append(time.monotonic())
        yield page("Clinic breached")

    server.scripts = {
        "/robots.txt": answer(b"User-agent: *\nCrawl-delay: 0.3\n"),
        "/feed": rss(*(item(server, f"/{n}", f"Clinic breached {n}") for n in range(3))),
        **{f"/{n}": story for n in range(3)},
    }
    poller.run()
    assert len(asked) == 3
    assert min(b - a for a, b in pairwise(asked)) >= 0.3


def test_what_a_feed_asks_for_outlives_a_304_and_a_restart(
    store: Store, server: ScriptedServer, poller: Poller, clock: FakeClock
) -> None:
    url = subscribe(store, server)

    def feed(request: Request) -> Iterator[Step]:
        same = request.headers.get("if-none-match") == '"one"'
        yield answer(status=304) if same else rss("<ttl>600</ttl>", item(server, "/a", "Clinic"))

    server.scripts = {"/feed": feed, "/a": page("Clinic")}
    poller.run()
    clock.pass_(86_400)
    Poller(store, poller._client, poller._config, now=lambda: clock.now).run()
    at = store.feed(url).next_fetch_at
    assert at is not None
    assert (at - clock.now).total_seconds() >= 600 * 60


def test_a_poll_without_news_leaves_readers_pages_as_they_are(
    store: Store, server: ScriptedServer, poller: Poller, clock: FakeClock
) -> None:
    subscribe(store, server)

    def feed(request: Request) -> Iterator[Step]:
        same = request.headers.get("if-none-match") == '"one"'
        yield answer(status=304) if same else rss(item(server, "/a", "Clinic breached"))

    server.scripts = {"/feed": feed}
    poll(poller, clock)
    before = store.changed()
    poll(poller, clock)
    assert store.changed() == before
    server.scripts["/feed"] = answer(status=500)
    poll(poller, clock)
    assert store.changed() != before
