"""A past behind a real server: each form is followed, each refusal said, nothing done twice."""

from __future__ import annotations

import gzip
import ipaddress
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest

from breachwire.config import Config
from breachwire.errors import BreachwireError, FetchError, LeftAloneError, NoArchiveError
from breachwire.model import FeedSpec
from breachwire.net import Hosts
from breachwire.pipeline import walk
from breachwire.pipeline.backfill import Backfilled, Backfiller
from breachwire.pipeline.outage import HearingClient
from breachwire.pipeline.polite import Polite
from breachwire.pipeline.poll import Poller
from breachwire.store import Store
from breachwire.testing import FakeClock, Request, ScriptedServer, Step, answer, redirect
from ingest.robots import Robots

ALLOW = (ipaddress.ip_network("127.0.0.1/32"),)
Run = Callable[..., Backfilled]


@pytest.fixture
def client() -> Iterator[HearingClient]:
    made = HearingClient("Breachwire tests", allow=ALLOW)
    yield made
    made.close()


@pytest.fixture
def run(store: Store, server: ScriptedServer, client: HearingClient) -> Run:
    """Backfill a path of the server; each call is a process of its own, a minute after the last."""
    clock = FakeClock()

    def call(path: str = "/feed", *, pages: bool = False, **options: Any) -> Backfilled:
        clock.pass_(60)
        client.hosts = Hosts()
        config = Config(allow_private=ALLOW, backfill_pause=0, fetch_pages=pages)
        backfiller = Backfiller(store, client, config, now=lambda: clock.now)
        return backfiller.run(server.url(path), **options)

    return call


def asked(server: ScriptedServer) -> list[str]:
    """What was asked for since the last call, robots.txt apart."""
    paths = [request.path for request in server.requests if request.path != "/robots.txt"]
    server.requests.clear()
    return paths


def numbers(past: Any, store: Store) -> list[int]:
    """The stories stored, the oldest first, each under its own date."""
    found = []
    for article in store.all_articles():
        number = int(article.url.rsplit("/", 1)[1])
        assert article.published == past.published(number)
        found.append(number)
    return found


# --- the forms ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "made"),
    [("/feed", "archived"), ("/feed", "paged"), ("/feed.json", "json_pages")],
)
def test_each_form_of_feed_is_followed_to_its_end_and_then_costs_304s(
    store: Store, past: Any, server: ScriptedServer, run: Run, path: str, made: str
) -> None:
    past.serve(getattr(past, made)(4))
    done = run(path)
    assert (done.taken.new, done.read, done.ended, done.notes) == (12, 4, True, [])
    assert numbers(past, store) == list(range(12, 0, -1))
    assert {a.source for a in store.all_articles()} == {"The Ledger"}
    first = asked(server)
    again = run(path)
    assert (again.taken.new, again.read, again.unchanged, again.ended) == (0, 0, 4, True)
    assert asked(server) == first


def test_pages_of_articles_are_fetched_the_oldest_first(
    store: Store, past: Any, server: ScriptedServer, run: Run
) -> None:
    past.serve(past.archived(2) | past.stories(range(1, 6)))
    run(pages=True)
    assert [p for p in asked(server) if "/story/" in p] == [f"/story/{n}" for n in range(6, 0, -1)]
    texts = {a.url.rsplit("/", 1)[1]: a for a in store.all_articles()}
    assert "The page of case 5 says more" in texts["5"].text
    assert (texts["6"].text_from, texts["6"].page_state) == ("feed", "refused")  # 404 by now
    run(pages=True)
    assert not [p for p in asked(server) if "/story/" in p]


def test_a_complete_feed_is_its_own_archive(past: Any, server: ScriptedServer, run: Run) -> None:
    past.serve({"/feed": past.rss(range(1, 6), "<fh:complete/>")})
    done = run()
    assert (done.taken.new, done.ended, asked(server)) == (5, True, ["/feed"])


def test_news_sitemaps_from_robots_and_the_usual_place(
    store: Store, past: Any, server: ScriptedServer, run: Run
) -> None:
    maps = [server.url(f"/map-{n}.xml") for n in (1, 2)]
    past.serve(
        {
            "/": b"<!doctype html><html><title>The Ledger</title>",
            "/robots.txt": f"User-agent: *\nSitemap: {server.url('/news.xml.gz')}\n".encode(),
            "/news.xml.gz": gzip.compress(past.index(maps)),
            "/map-1.xml": past.sitemap(range(1, 4), plain=7),
            "/map-2.xml": past.sitemap(range(4, 6)),
            "/sitemap.xml": past.sitemap(range(5, 7)),
        },
    )
    done = run("/")
    assert (done.taken.new, done.read, done.ended, done.feed) == (6, 5, True, "")
    assert numbers(past, store) == [6, 5, 4, 3, 2, 1]
    assert {a.source for a in store.all_articles()} == {"The Ledger"}
    assert "7 addresses of sitemaps left out" in done.notes[-1]
    assert asked(server) == ["/", "/news.xml.gz", "/map-1.xml", "/map-2.xml", "/sitemap.xml"]


def test_a_sites_default_feed_is_found_and_the_comments_are_not(
    store: Store, past: Any, server: ScriptedServer, run: Run
) -> None:
    link = '<link rel="alternate" type="application/rss+xml" href="{}">'
    home = f"<!doctype html><html>{link.format('/feed')}{link.format('/comments/feed')}".encode()
    past.serve({"/": home} | past.archived(2))
    store.add_feeds([FeedSpec(server.url("/feed"), outlet="Ledger of Record")])
    done = run("/")
    assert (done.taken.new, done.subscribed, done.feed) == (6, True, server.url("/feed"))
    assert {a.source for a in store.all_articles()} == {"Ledger of Record"}
    assert "/comments/feed" not in asked(server)


def test_a_feed_that_leads_nowhere_falls_back_on_its_sites_sitemap(
    store: Store, past: Any, server: ScriptedServer, run: Run
) -> None:
    feed = past.rss(range(1, 4))
    past.serve(
        {"/feed": feed, "/feed?paged=2": feed, "/sitemap.xml": past.sitemap(range(2, 9))},
    )
    done = run()
    assert (done.taken.new, done.ended, len(done.notes)) == (8, True, 1)
    assert "ignores paged=" in done.notes[0]
    assert numbers(past, store) == list(range(8, 0, -1))


# --- bounds, and going on -------------------------------------------------------------------------


def test_most_stops_and_the_next_run_goes_on_without_asking_again(
    store: Store, past: Any, server: ScriptedServer, run: Run
) -> None:
    past.serve(past.archived(5))
    one = run(most=4)
    assert (one.taken.new, one.waiting, one.ended, one.resumed) == (4, 2, False, False)
    assert asked(server) == ["/feed", "/archive/2"]
    two = run(most=4)
    assert (two.taken.new, two.kept, two.ended, two.resumed) == (4, 2, False, True)
    assert asked(server) == ["/archive/3"]
    rest = run()
    assert (rest.taken.new, rest.ended) == (7, True)
    assert asked(server) == ["/archive/4", "/archive/5"]
    assert numbers(past, store) == list(range(15, 0, -1))


def test_since_ends_the_way_and_an_earlier_day_opens_it_again(
    store: Store, past: Any, server: ScriptedServer, run: Run
) -> None:
    past.serve(past.archived(5))
    done = run(since=past.published(4))
    assert (done.taken.new, done.ended) == (4, True)
    assert asked(server) == ["/feed", "/archive/2", "/archive/3"]
    assert run(since=past.published(4) + timedelta(hours=1)).taken.new == 0
    asked(server)
    assert (run().taken.new, asked(server)[-1]) == (11, "/archive/5")
    assert numbers(past, store) == list(range(15, 0, -1))


def test_what_polling_knows_is_left_alone_and_so_is_the_feeds_state(
    store: Store, past: Any, server: ScriptedServer, run: Run, client: HearingClient
) -> None:
    past.serve(past.archived(3))
    store.add_feeds([FeedSpec(server.url("/feed"))])
    clock = FakeClock()
    config = Config(allow_private=ALLOW, fetch_pages=False)
    poller = Poller(store, client, config, now=lambda: clock.now)
    assert poller.run()[0].new == 3
    before = store.feed(server.url("/feed"))
    stories = {a.id: a for a in store.all_articles()}
    assert (before.etag or "").startswith('"')
    # The past tells other titles than polling saw: that is no revision.
    old = {p: b.replace(b"Clinic number 2 ", b"Port 2 ") for p, b in past.archived(3).items()}
    past.serve(old)
    assert run().taken.new == 6
    assert store.feed(server.url("/feed")) == before
    assert store.articles(list(stories)) == stories
    clock.pass_(86_400)
    assert (poller.run()[0].new, store.counts().articles) == (0, 9)


def test_a_stop_keeps_what_is_done(
    store: Store, past: Any, server: ScriptedServer, client: HearingClient, run: Run
) -> None:
    past.serve(past.archived(4))
    stop = threading.Event()

    def progress(stage: str, done: int, total: int) -> None:
        if stage == "backfill" and done == 5:
            stop.set()

    config = Config(allow_private=ALLOW, backfill_pause=0, fetch_pages=False)
    stopped = Backfiller(store, client, config, now=lambda: FakeClock().now, stop=stop)
    done = stopped.run(server.url("/feed"), progress=progress)
    assert (done.taken.new, done.waiting, done.ended) == (5, 7, False)
    asked(server)
    rest = run()
    assert (rest.taken.new, rest.ended, asked(server)) == (7, True, [])
    assert numbers(past, store) == list(range(12, 0, -1))


def test_a_huge_archive_is_read_a_piece_at_a_time(
    store: Store, past: Any, server: ScriptedServer, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(walk, "MAX_PAGES", 3)

    class Endless(dict[str, Any]):
        def get(self, path: Any, default: Any = None) -> Any:
            if not path.startswith(("/feed", "/archive")):
                return default
            page = int(path.rpartition("/")[2]) if path != "/feed" else 1
            link = f'<atom:link rel="prev-archive" href="/archive/{page + 1}"/>'
            return answer(past.rss([page], link))

    server.scripts = Endless()
    one = run()
    assert (one.taken.new, one.ended) == (3, False)
    assert "the next run goes on behind them" in one.notes[0]
    two = run()
    assert (two.taken.new, two.ended, two.kept) == (3, False, 3)
    assert asked(server)[-3:] == ["/archive/4", "/archive/5", "/archive/6"]
    assert numbers(past, store) == [6, 5, 4, 3, 2, 1]


def test_more_than_ten_megabytes_end_a_way(past: Any, server: ScriptedServer, run: Run) -> None:
    def bomb(_: Request) -> Iterator[Step]:
        yield answer(b" " * 50_000_000, packed=True)

    past.serve(past.archived(3))
    server.scripts["/archive/3"] = bomb
    done = run()
    assert (done.taken.new, done.ended) == (6, True)
    assert "more than 10,000,000 bytes" in done.notes[0]


# --- refusals -------------------------------------------------------------------------------------


@pytest.mark.parametrize("back", ["/feed", "/archive/2", "/archive/3"])
def test_pages_in_a_circle_end(past: Any, server: ScriptedServer, run: Run, back: str) -> None:
    circle = f'<atom:link rel="prev-archive" href="{back}"/>'
    past.serve(past.archived(3) | {"/archive/3": past.rss([7, 8], circle)})
    done = run()
    assert (done.taken.new, done.read, done.ended) == (8, 3, True)
    assert done.notes == [f"pages lead in a circle: {server.url(back)} was read before; "
                          "the way ends"]  # fmt: skip


def test_new_addresses_with_the_same_entries_end(
    past: Any, server: ScriptedServer, run: Run
) -> None:
    class Same(dict[str, Any]):
        def get(self, path: Any, default: Any = None) -> Any:
            if "page=" not in path:
                return default if path == "/robots.txt" else super().get(path, default)
            link = f'<atom:link rel="next" href="/feed?page={int(path.split("=")[1]) + 1}"/>'
            return answer(past.rss([4, 5], link))

    link = '<atom:link rel="next" href="/feed?page=2"/>'
    server.scripts = Same({"/feed": answer(past.rss([1, 2], link))})
    done = run()
    assert (done.taken.new, done.ended) == (4, True)
    assert "/feed?page=3: the same entries as a page before" in done.notes[0]


def refusal(run: Run, path: str = "/feed", kind: type[BreachwireError] = NoArchiveError) -> str:
    with pytest.raises(kind) as raised:
        run(path)
    assert "\n" not in str(raised.value)
    return str(raised.value)


def test_the_same_page_for_every_number_is_no_archive(
    store: Store, past: Any, server: ScriptedServer, run: Run
) -> None:
    feed = past.rss(range(1, 4))
    past.serve({"/feed": feed, "/feed?paged=2": feed})
    for _ in range(2):  # told again, from 304s as well
        assert "no archive found" in refusal(run)
        assert asked(server)[:2] == ["/feed", "/feed?paged=2"]
    assert store.counts().articles == store.count_waiting(server.url("/feed")) == 0


def test_no_archive_says_what_was_tried(past: Any, server: ScriptedServer, run: Run) -> None:
    past.serve({"/feed": past.rss(range(1, 4)),
                        "/sitemap.xml": past.sitemap([], plain=40)})  # fmt: skip
    told = refusal(run)
    assert "404" in told
    assert "40 addresses of sitemaps left out" in told


def test_robots_refuse_the_feed_a_page_and_a_sitemap(
    store: Store, past: Any, server: ScriptedServer, run: Run, client: HearingClient
) -> None:
    rules = b"User-agent: *\nDisallow: /archive/3\nDisallow: /story\n"
    past.serve(past.archived(4) | {"/robots.txt": rules})
    done = run(pages=True)
    assert (done.taken.new, done.ended) == (6, True)
    assert done.notes == [f"robots.txt does not allow this page ({server.url('/archive/3')})"]
    assert asked(server) == ["/feed", "/archive/2"]
    assert {a.page_state for a in store.all_articles()} == {"refused"}
    past.serve({"/robots.txt": b"User-agent: Breachwire\nDisallow: /\n"})
    assert "robots.txt does not allow" in refusal(run, kind=FetchError)
    assert asked(server) == []


def test_private_addresses_are_never_asked(past: Any, server: ScriptedServer, run: Run) -> None:
    for where in ("http://127.0.0.2/x", "http://169.254.169.254/latest", "file:///etc/passwd"):
        link = f'<atom:link rel="prev-archive" href="{where}"/>'
        past.serve({"/feed": past.rss([1, 2], link)}, tagged=False)
        told = refusal(run)
        assert (urlsplit(where).hostname or "404") in told
    server.scripts["/feed"] = redirect("http://127.0.0.2/feed")
    assert "127.0.0.2" in refusal(run, kind=FetchError)


def test_what_fails_for_now_is_asked_again_by_the_next_run(
    past: Any, server: ScriptedServer, run: Run
) -> None:
    past.serve(past.archived(4))
    whole = server.scripts["/archive/3"]
    server.scripts["/archive/3"] = answer(status=500)
    done = run()
    assert (done.taken.new, done.ended, done.broken) == (6, False, True)
    assert "500" in done.notes[0]
    server.scripts["/archive/3"] = whole
    asked(server)
    done = run()
    assert (done.taken.new, done.ended, done.broken) == (6, True, False)
    assert asked(server) == ["/archive/3", "/archive/4"]


def test_a_server_that_wants_an_hour_is_left_alone(
    store: Store, past: Any, server: ScriptedServer, run: Run
) -> None:
    past.serve(past.archived(2) | past.stories(range(1, 7)))
    whole = server.scripts["/story/4"]
    server.scripts["/story/4"] = answer(status=429, headers={"Retry-After": "3600"})
    with pytest.raises(LeftAloneError, match="left alone for 60 minutes"):
        run(pages=True)
    assert numbers(past, store) == [6, 5]
    server.scripts["/story/4"] = whole
    asked(server)
    assert run(pages=True).taken.new == 4
    assert asked(server) == ["/story/4", "/story/3", "/story/2", "/story/1"]


class Waits(threading.Event):
    """A stop event that nobody sets: waiting moves the clock."""

    def __init__(self, clock: FakeClock) -> None:
        super().__init__()
        self.clock = clock
        self.waited: list[float] = []

    def wait(self, timeout: float | None = None) -> bool:
        if timeout:
            self.waited.append(timeout)
            self.clock.pass_(timeout)
        return False


def test_requests_are_spaced_and_pauses_kept(
    past: Any, server: ScriptedServer, client: HearingClient
) -> None:
    clock = FakeClock()
    client.hosts = Hosts(clock=clock)
    stop = Waits(clock)
    polite = Polite(client, Robots(client), 2, stop, clock=clock)
    turns = iter([answer(status=429, headers={"Retry-After": "90"}), answer(b"there")])
    past.serve({"/a": b"a"})
    server.scripts["/busy"] = lambda _: [next(turns)]
    for _ in range(3):
        polite.get(server.url("/a"))
    assert stop.waited == [2, 2]
    assert polite.get(server.url("/busy")).body == b"there"
    assert stop.waited[2:] == [2, 90]
    past.serve({"/robots.txt": b"User-agent: *\nCrawl-delay: 7\n"})
    slow = Polite(client, Robots(client), 2, stop, clock=clock)
    stop.waited.clear()
    slow.get(server.url("/a"))
    slow.get(server.url("/a"))
    assert stop.waited == [7]
