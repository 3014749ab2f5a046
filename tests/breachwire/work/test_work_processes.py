"""Workers as real processes on one PostgreSQL: nothing twice, nothing lost, roles handed on."""

from __future__ import annotations

import time
from collections import Counter
from datetime import UTC, datetime

import pytest

from breachwire.model import Draft, FeedSpec
from breachwire.testing import ScriptedServer, answer
from tests.breachwire.work.conftest import CUT, until, workers
from tests.databases import execute

pytestmark = pytest.mark.postgres
pytest.importorskip("procrastinate", reason="the queue: `make test-postgres`")

STORY = "Harbour Clinic said that a ransomware attack exposed the records of 24,937 patients. "


def rss(server: ScriptedServer, feed: int, items: range) -> bytes:
    entries = "".join(
        f"<item><title>Clinic {feed} of {n} reports a breach</title>"
        f"<link>{server.url(f'/story/{feed}/{n}')}</link>"
        f"<description>{STORY * 3} Case {feed}-{n}.</description></item>"
        for n in items
    )
    return (
        f'<rss version="2.0"><channel><title>Feed {feed}</title>{entries}</channel></rss>'.encode()
    )


def page(feed: int, n: int) -> bytes:
    body = "".join(f"<p>{STORY}Paragraph {k} of case {feed}-{n}.</p>" for k in range(8))
    return answer(
        f"<html><body><article><h1>Clinic {feed} of {n}</h1>{body}</article></body></html>".encode()
    )


@pytest.fixture
def internet():
    """Six hosts (ports), each with a feed of four stories and how many ask it at a time."""
    servers = [ScriptedServer() for _ in range(6)]
    for feed, server in enumerate(servers):
        server.most = 0
        server.scripts["/feed"] = slowly(
            server,
            answer(rss(server, feed, range(4)), headers={"Content-Type": "application/rss+xml"}),
        )
        for n in range(4):
            server.scripts[f"/story/{feed}/{n}"] = slowly(server, page(feed, n))
        server.__enter__()
    yield servers
    for server in servers:
        server.__exit__(None, None, None)


def slowly(server, body):
    """An answer that takes a while, and how many such were on their way at once."""
    server.now = 0

    def script(request):
        server.now += 1
        server.most = max(server.most, server.now)
        yield 0.05
        server.now -= 1
        yield body

    return script


def test_two_workers_take_every_article_once_and_poll_no_feed_twice_at_once(url, store, internet):
    store.add_feeds([FeedSpec(server.url("/feed")) for server in internet])
    with workers(url, "poll,fetch", "poll,fetch,mail") as both:
        until(lambda: store.counts().articles == 24, "articles")
        until(lambda: all(feed.last_fetch_at for feed in store.feeds()), "feeds")
        until(
            lambda: (
                not any(one.waiting or one.doing for one in store.jobs() if one.queue == "poll")
            ),
            "polls",
        )
        assert [one.stop() for one in both] == [0, 0]
    assert store.counts().articles == 24
    asked = Counter(request.path for server in internet for request in server.requests)
    assert asked.pop("/robots.txt") <= 2 * len(internet)
    assert set(asked.values()) <= {1, len(internet)}, asked
    assert [server.most for server in internet] == [1] * len(internet)


def drafts(numbers):
    now = datetime.now(UTC)
    return [
        (Draft(url=f"https://herald.example/{n}", title=f"Harbour Clinic {n} reports a breach",
               text=f"{STORY}Case {n}.", keys=(f"herald.example/{n}",), published=now), None)
        for n in numbers
    ]  # fmt: skip


def test_a_killed_threader_is_followed_within_fifteen_seconds(url, store):
    store.take(drafts(range(3)), datetime.now(UTC))
    with workers(url, "thread", "thread") as both:
        until(lambda: any(is_threader(one) for one in both), "a threader")
        first, second = sorted(both, key=is_threader, reverse=True)
        until(lambda: store.counts().unplaced == 0, "threads")
        second.says("waiting to take over as threader")
        killed = time.monotonic()
        first.kill()
        assert second.says("this process is the threader") - killed < 15
        store.take(drafts(range(3, 6)), datetime.now(UTC))
        until(lambda: store.counts().unplaced == 0, "threads by the second")
        execute(url, CUT)  # a server that begins anew: it is lost, and taken again
        store.take(drafts(range(6, 9)), datetime.now(UTC))
        until(lambda: store.counts().unplaced == store.counts().stale == 0, "threads after that")
        assert second.stop() == 0


def is_threader(worker):
    return any("this process is the threader" in line for line in worker.lines)
