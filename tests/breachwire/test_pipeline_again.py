"""Pages are looked at again after 6 hours, 24 hours and 7 days; what was edited is a revision."""

from __future__ import annotations

import ipaddress
import threading
from collections.abc import Iterator
from datetime import timedelta
from email.utils import format_datetime

import pytest

from breachwire.config import Config
from breachwire.model import Article, Draft
from breachwire.pipeline.again import PAUSE, Again, Looked
from breachwire.pipeline.outage import HearingClient
from breachwire.store import Store
from breachwire.testing import FakeClock, Request, ScriptedServer, Step, answer
from ingest.robots import Robots

STORY = (
    "Harbour Clinic said on Monday that a ransomware attack on its scheduling system exposed "
    "the names and Social Security numbers of {} patients of its four sites in the county. "
)


@pytest.fixture
def again(store: Store, clock: FakeClock) -> Iterator[Again]:
    allow = (ipaddress.ip_network("127.0.0.0/8"),)
    client = HearingClient("Breachwire tests", allow=allow)
    stop = threading.Event()
    yield Again(
        store,
        client,
        Robots(client),
        Config(allow_private=allow),
        now=lambda: clock.now,
        stop=stop,
        clock=clock,
    )
    client.close()


def text(people: str, paragraphs: int = 6) -> str:
    return "\n".join(f"{STORY.format(people)}Paragraph {n} of it." for n in range(paragraphs))


def page(people: str, paragraphs: int = 6) -> bytes:
    body = "".join(f"<p>{line}</p>" for line in text(people, paragraphs).split("\n"))
    return answer(
        "<!doctype html><html><head><title>Clinic breached - The Ledger</title></head><body><main>"
        f"<article><h1>Clinic breached</h1>{body}</article></main></body></html>".encode()
    )


def seen(
    store: Store, server: ScriptedServer, clock: FakeClock, path: str = "/a", **other: object
) -> Article:
    """An article whose page was read just now."""
    fields: dict[str, object] = {
        "url": server.url(path),
        "title": "Harbour Clinic breached",
        "text": text("24,937"),
        "keys": (server.url(path),),
        "lead": STORY.format("24,937"),
        "authors": (),
        "source": "The Ledger",
        "family": "",
        "section": "",
        "published": clock.now,
        "text_from": "page",
        "page_state": "ok",
        "page_note": "",
        "language": "en",
        "credit": "",
    }
    (taken,) = store.take([(Draft(**(fields | other)), None)], clock.now)  # type: ignore[arg-type]
    return taken.article


def after(clock: FakeClock, again: Again, **time: float) -> Looked:
    clock.pass_(timedelta(**time).total_seconds())
    return again.run()


def test_three_looks_and_no_more(
    store: Store, server: ScriptedServer, clock: FakeClock, again: Again
) -> None:
    again.run()  # begins now
    clock.pass_(60)
    article = seen(store, server, clock)
    server.scripts = {"/a": page("24,937")}
    looks = [after(clock, again, hours=hours).asked for hours in (5, 1.1, 10, 9, 100, 50, 900)]
    assert looks == [0, 1, 0, 1, 0, 1, 0]
    condition = format_datetime(article.first_seen_at, usegmt=True)
    asked = [r for r in server.requests if r.path == "/a"]
    assert [r.headers["if-modified-since"] for r in asked] == [condition] * 3
    assert store.article(article.id).revision == 1


def test_a_silent_edit_is_a_revision_under_the_same_title(
    store: Store, server: ScriptedServer, clock: FakeClock, again: Again
) -> None:
    again.run()
    clock.pass_(60)
    article = seen(store, server, clock)
    server.scripts = {"/a": page("31,002")}
    assert after(clock, again, hours=6.1) == Looked(1, 1, 0)
    edited = store.article(article.id)
    assert (edited.revision, edited.state, edited.title) == (2, "stored", article.title)
    assert "31,002" in edited.text
    assert "24,937" not in edited.text


@pytest.mark.parametrize(
    ("script", "failed"),
    [
        (answer(status=304), 0),
        (answer(b"gone", status=410), 1),
        (answer(status=503), 1),
        (page("24,937", 1), 0),  # most of it is behind a wall now
        (answer(b"<html><title>x</title><body><p>Please enable JavaScript.</body></html>"), 0),
        (answer(b"%PDF-1.7", headers={"Content-Type": "application/pdf"}), 1),
    ],
    ids=["unchanged", "gone", "trouble", "teaser", "wall", "no page"],
)
def test_what_is_no_edit_leaves_the_article_as_it_was(
    store: Store, server: ScriptedServer, clock: FakeClock, again: Again, script: bytes, failed: int
) -> None:
    again.run()
    clock.pass_(60)
    article = seen(store, server, clock)
    server.scripts = {"/a": script}
    assert after(clock, again, hours=7) == Looked(1, 0, failed)
    assert store.article(article.id) == article


def test_a_page_that_could_not_be_had_is_tried_once_more(
    store: Store, server: ScriptedServer, clock: FakeClock, again: Again
) -> None:
    again.run()
    clock.pass_(60)
    article = seen(
        store, server, clock, text=STORY.format("24,937"), text_from="feed", page_state="refused"
    )
    thin = seen(store, server, clock, "/b", title="Mill hit", text_from="feed", page_state="thin")
    server.scripts = {"/a": page("24,937")}
    assert after(clock, again, hours=7) == Looked(1, 1, 0)
    assert store.article(article.id).text_from == "page"
    assert store.article(thin.id).revision == 1
    assert after(clock, again, hours=20).asked == 1  # now it is one that was read


def test_robots_txt_and_the_old_are_left_alone(
    store: Store, server: ScriptedServer, clock: FakeClock, again: Again
) -> None:
    again.run()
    clock.pass_(60)
    seen(store, server, clock, "/members/a")
    seen(store, server, clock, "/old", published=clock.now - timedelta(days=60))
    server.scripts = {"/robots.txt": answer(b"User-agent: *\nDisallow: /members/")}
    assert after(clock, again, hours=7) == Looked(1, 0, 1)
    assert [r.path for r in server.requests] == ["/robots.txt"]


def test_a_store_that_never_looked_does_not_begin_with_its_past(
    store: Store, server: ScriptedServer, clock: FakeClock, again: Again
) -> None:
    for n in range(3):
        seen(store, server, clock, f"/{n}", title=f"Harbour Clinic breached {n}")
    clock.pass_(8 * 86_400)
    assert again.run().asked == 0
    assert after(clock, again, hours=24).asked == 0
    assert server.connections == 0


def test_a_look_that_was_cut_off_goes_on_and_each_article_has_its_turn(
    store: Store,
    server: ScriptedServer,
    clock: FakeClock,
    again: Again,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("breachwire.pipeline.again.BATCH", 3)
    again.run()
    clock.pass_(60)
    for n in range(8):  # all of one moment
        seen(store, server, clock, f"/{n}", title=f"Harbour Clinic breached {n}")
    paths = [f"/{n}" for n in range(8)]

    def cut(_: Request) -> Iterator[Step]:
        again._stop.set()
        yield page("24,937")

    server.scripts = {**{path: page("24,937") for path in paths}, "/4": cut}
    after(clock, again, hours=7)
    again._stop.clear()
    server.scripts["/4"] = page("24,937")
    after(clock, again, seconds=PAUSE)
    asked = [r.path for r in server.requests if r.path != "/robots.txt"]
    assert sorted(set(asked)) == paths
    assert len(asked) == 10  # the second batch of three was cut off after its second one
