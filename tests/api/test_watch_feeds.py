"""A watch's feeds and matching: what is in, under which ids, and that these stay."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from xml.etree import ElementTree as ET

import feedparser
import pytest
from starlette.testclient import TestClient

from api.app import create_app
from api.services import Services
from api.watch.matching import matched
from breachwire.config import Config
from breachwire.model import Brief, Change, Evidence, Stand, Statement, Watch, WatchEntry
from breachwire.store import Store
from breachwire.testing import FakeClock
from ingest.parse import parse_feed
from nlp import galaxy

SEEN = datetime(2026, 11, 24, 9, tzinfo=UTC)
FORMS = ("atom", "rss", "json")
ATOM = "{http://www.w3.org/2005/Atom}"


@dataclass
class Wire:
    """The invented wire, and a reader with a list."""

    client: TestClient
    store: Store
    material: Any
    services: Services

    def thread(self, nick: str) -> str:
        return str(self.material.threads[nick].id)

    def article(self, slug: str) -> int:
        return int(self.material.articles[slug].id)

    def watch(self, **asked: Any) -> str:
        """The path of a new watch."""
        answer = self.client.post("/api/v1/watches", json=asked)
        assert answer.status_code == 201, answer.text
        return f"/watch/{answer.json()['token']}"

    def names(self, *names: str, kind: str = "any") -> str:
        return self.watch(entries=[{"name": name, "kind": kind} for name in names])

    def items(self, path: str) -> list[dict[str, Any]]:
        answer = self.client.get(f"{path}.json")
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json()["items"]
        return found

    def ids(self, path: str) -> list[str]:
        return [one["id"].removeprefix("tag:wire.example,2026:") for one in self.items(path)]

    def change(self, slug: str, number: int, at: datetime = SEEN, *, before: int = 0) -> None:
        """An article changes a fact of its thread."""
        article = self.material.articles[slug]
        words = Evidence(article.id, "title", 0, 10, article.title[:10])
        was, now = (people(n) if n else None for n in (before, number))
        change = Change(article.id, at, "affected", "People affected", was, now, (words,))
        self.store.save_ledger([], [], {}, changes=[change])


def people(number: int) -> Stand:
    value = {"number": number, "unit": "people"}
    return Stand(value, None, "reported", None, None, SEEN, f"{number} people")


@pytest.fixture
def wire(store: Store, fill: Callable[..., Any]) -> Wire:
    material = fill(store)
    config = Config(base_url="https://wire.example")
    services = Services(store=store, config=config, known_actor=galaxy.known_by_slug)
    app = create_app(lambda: services, clock=FakeClock())
    client = TestClient(app, base_url="https://wire.example", follow_redirects=False)
    return Wire(client, store, material, services)


# entries


def test_an_opening_and_each_change_are_entries_an_idle_article_is_none(wire: Wire) -> None:
    path = wire.names("Tidewater Sync", kind="third_party")
    bank = wire.thread("bank")
    assert wire.ids(path) == [f"{bank}/opened"]  # three articles, one of them a copy
    wire.change("quarrybank-confirms", 500)
    wire.change("quarrybank-confirms", 900, SEEN + timedelta(hours=1), before=500)
    assert sorted(wire.ids(path)) == [f"{bank}/opened", "change/1", "change/2"]
    newest = next(one for one in wire.items(path) if one["id"].endswith("change/2"))
    assert newest["title"] == (
        "Quarrybank confirms theft of 1.9 million customer records: People affected:"
        " 500 people (reported) → 900 people (reported), said 24 November 2026"
    )
    assert newest["date_published"] == "2026-11-24T10:00:00+00:00"
    body = newest["content_html"]
    assert body.index("no language model wrote this") < body.index("Watched for")
    assert "Tidewater Sync: supplier" in body
    assert "<blockquote>Quarrybank</blockquote>" in body
    assert '<a href="https://signalpost.example/quarrybank-confirms">Signal Post</a>' in body
    assert newest["url"].endswith("#changed")


def test_what_one_article_changed_at_one_time_is_one_entry(wire: Wire) -> None:
    path = wire.names("Quarrybank")
    article = wire.article("quarrybank-confirms")
    changes = [
        Change(article, SEEN, "affected", f"Count {n}", None, people(n), ()) for n in (1, 2, 3)
    ]
    wire.store.save_ledger([], [], {}, changes=changes)
    (one,) = (one for one in wire.items(path) if "/change/" in f"/{one['id'].split(':')[2]}")
    assert one["id"].endswith("change/1")
    assert one["title"].endswith("; and 2 more")
    assert one["content_html"].count("<li>") == 3


def test_an_opening_tells_what_the_first_report_said_with_its_words(wire: Wire) -> None:
    (one,) = wire.items(wire.names("Quarrybank"))
    body = one["content_html"]
    assert "First report: Quarrybank takes customer portal offline after intrusion" in body
    assert "Affected: 2,500,000 customers (claimed, says Salt Heron)" in body
    assert "<blockquote>A group called Salt Heron claims" in body
    assert "1.9 million customers were stolen" not in body  # a later article said so


def test_ids_stay_over_a_merge_a_new_headline_and_a_new_change(wire: Wire) -> None:
    path = wire.names("Tidewater Sync")
    wire.change("quarrybank-offline", 500)
    wire.change("tidewater-poisoned", 40)
    before = {one["id"]: one["date_modified"] for one in wire.items(path)}
    assert len(before) == 4

    supplier, bank = (wire.store.thread(wire.thread(nick)) for nick in ("supplier", "bank"))
    places = wire.store.placements(wire.store.articles_of([supplier.id])[supplier.id])
    moved = [replace(p, thread=bank.id, role="report") for p in places.values()]
    details = wire.store.details([bank.id])
    stood: dict[int, str | None] = dict.fromkeys(places, supplier.id)
    wire.store.regroup(
        "merge", "Ida", "one", SEEN, moved, [replace(bank, articles=4), supplier], details,
        stood=stood,
    )  # fmt: skip
    after = {one["id"]: one["date_modified"] for one in wire.items(path)}
    assert after == before
    assert all(f"/wire/{bank.id}/" in one["url"] for one in wire.items(path))

    (article,) = wire.store.articles([wire.article("quarrybank-confirms")]).values()
    wire.store.place(
        wire.material.model, [], [replace(wire.store.thread(bank.id), headline="Another headline")]
    )
    wire.change("quarrybank-confirms", 7, SEEN + timedelta(hours=3))
    last = {one["id"]: one["date_modified"] for one in wire.items(path)}
    assert {id: last[id] for id in before} == before
    assert len(last) == len(before) + 1
    assert "Another headline" in wire.items(path)[0]["title"]
    assert article.title not in wire.items(path)[0]["title"]


def test_only_the_newest_are_told_and_none_in_part(wire: Wire) -> None:
    path = wire.names("Quarrybank")
    article = wire.article("quarrybank-confirms")
    changes = [
        Change(article, SEEN + timedelta(minutes=n // 7), "affected", f"C {n}", None, people(n), ())
        for n in range(700)
    ]
    wire.store.save_ledger([], [], {}, changes=changes)
    numbers = [int(id.split("/")[1]) for id in wire.ids(path) if id.startswith("change/")]
    assert numbers == sorted(numbers, reverse=True)
    assert all(number % 7 == 1 for number in numbers)  # each group by its lowest
    assert len(numbers) == 500 // 7
    assert numbers[0] == 694


# formats


@pytest.mark.parametrize("form", FORMS)
def test_every_format_is_read_without_a_complaint_and_has_the_same_ids(
    wire: Wire, form: str
) -> None:
    path = wire.names("Tidewater Sync", "Millbrook General Hospital")
    wire.change("quarrybank-confirms", 500)
    answer = wire.client.get(f"{path}.{form}")
    read = parse_feed(answer.content, content_type=answer.headers["content-type"])
    assert read.problems == ()
    assert read.format == {"atom": "atom10", "rss": "rss20", "json": "json11"}[form]
    assert read.title == "Breachwire: Tidewater Sync, Millbrook General Hospital"
    assert [one.key for one in read.entries] == [one["id"] for one in wire.items(path)]
    assert len({one.key for one in read.entries}) == len(read.entries) == 4
    assert all(one.url.startswith("https://wire.example/wire/") for one in read.entries)
    assert all(one.title and one.published for one in read.entries)
    assert all("no language model wrote this" in str(one) for one in read.entries)


@pytest.mark.parametrize("form", ["atom", "rss"])
def test_feedparser_agrees(wire: Wire, form: str) -> None:
    answer = wire.client.get(f"{wire.names('Tidewater Sync')}.{form}")
    read = feedparser.parse(answer.content, response_headers=dict(answer.headers))
    assert not read.bozo
    assert len(read.entries) == 2
    assert {tag.term for one in read.entries for tag in one.tags} >= {"algorithmicMedia"}


def test_atom_has_what_rfc_4287_asks_for(wire: Wire) -> None:
    path = wire.names("Quarrybank")
    wire.change("quarrybank-confirms", 500)
    feed = ET.fromstring(wire.client.get(f"{path}.atom").content)
    links = {link.get("rel"): link.get("href") for link in feed.findall(f"{ATOM}link")}
    assert links["self"] == f"https://wire.example{path}.atom"
    assert feed.findtext(f"{ATOM}id") == "tag:wire.example,2026:watch/1"  # never the secret
    entries = feed.findall(f"{ATOM}entry")
    times = [entry.findtext(f"{ATOM}updated") or "" for entry in entries]
    assert feed.findtext(f"{ATOM}updated") == max(times)
    for entry in entries:
        for name in ("id", "title", "updated", "content"):
            assert entry.findtext(f"{ATOM}{name}"), name


def test_rss_has_a_guid_that_is_no_link_and_dates_of_rfc_822(wire: Wire) -> None:
    root = ET.fromstring(wire.client.get(f"{wire.names('Quarrybank')}.rss").content)
    (channel,) = root
    assert {one.tag for one in channel} >= {"title", "link", "description", "lastBuildDate"}
    (item,) = channel.findall("item")
    guid = item.find("guid")
    assert guid is not None
    assert guid.get("isPermaLink") == "false"
    assert (item.findtext("pubDate") or "").endswith(" GMT")


def test_a_feed_of_nothing_yet_is_valid_too(wire: Wire) -> None:
    path = wire.names("Nobody at all")
    for form in FORMS:
        answer = wire.client.get(f"{path}.{form}")
        read = parse_feed(answer.content, content_type=answer.headers["content-type"])
        assert (read.problems, read.entries) == ((), ())
    feed = ET.fromstring(wire.client.get(f"{path}.atom").content)
    assert feed.findtext(f"{ATOM}updated")


def test_a_headline_by_a_model_is_marked_so(wire: Wire) -> None:
    thread = wire.thread("bank")
    headline = Statement("headline", "Quarrybank again", "stated", (), author="model")
    brief = Brief(thread, 2, "b" * 64, "model", "lantern-7b", SEEN, (headline,))
    wire.store.save_briefs([brief])
    (one,) = wire.items(wire.names("Quarrybank"))
    assert one["_breachwire"]["ai_generated"] is True
    assert "artificial intelligence" in one["content_html"].split("</p>")[0]


def test_a_feed_in_which_nothing_is_new_is_not_sent_again(wire: Wire) -> None:
    path = wire.names("Millbrook General Hospital")
    for form in FORMS:
        tag = wire.client.get(f"{path}.{form}").headers["etag"]
        wire.change("quarrybank-confirms", 500)  # the wire goes on, this list is not concerned
        again = wire.client.get(f"{path}.{form}", headers={"If-None-Match": f'"x", {tag}'})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == tag
        assert again.headers["cache-control"] == "private, no-cache"
        wire.change("millbrook-diverts", 4)
        assert wire.client.get(
            f"{path}.{form}", headers={"If-None-Match": tag}
        ).status_code == 200  # fmt: skip


def test_the_demonstration_says_so_and_links_to_its_own_pages(wire: Wire) -> None:
    path = wire.names("Quarrybank")
    demo = replace(
        wire.services, demo=True, source_href=lambda url: url.replace("https://", "/demo-source/")
    )
    client = TestClient(create_app(lambda: demo), base_url="https://wire.example")
    feed = client.get(f"{path}.json").json()
    assert "demonstration" in feed["title"]
    body = feed["items"][0]["content_html"]
    assert "demonstration" in body
    assert 'href="https://wire.example/demo-source/harborledger.example/' in body


# matching


def test_names_match_without_case_accents_and_legal_form(wire: Wire) -> None:
    def found(*entries: tuple[str, Any]) -> list[int]:
        watch = Watch("", {}, tuple(WatchEntry(*one) for one in entries), SEEN, SEEN)
        return [len(own) for _, own in matched(wire.services, watch, SEEN).entries]

    assert found(
        ("tidewater sync", "any"), ("Tídewater Sync, Inc.", "any"), ("Tidewater Sync GmbH & Co. KG",
        "third_party"), ("Tidewater Sync S.A.", "victim"), ("Tidewater", "any"),
    ) == [2, 2, 1, 1, 0]  # fmt: skip
    assert found(("Quarrybank", "actor"), ("salt heron", "actor"), ("Salt Heron", "any")) == [
        0,
        1,
        1,
    ]
    assert found(("CVE-2026-90002", "cve"), ("CVE-2026-90002", "any"), ("Ltd", "any")) == [1, 1, 0]


def test_an_actor_is_found_by_the_galaxys_other_names() -> None:
    from api.watch.matching import names_of

    actor = galaxy.known_by_slug("apt29")
    assert actor is not None
    found = names_of(WatchEntry("APT29", "actor"), galaxy.known_by_slug)
    assert ("actor", "cozy-bear") in found
    assert all(kind == "actor" for kind, _ in found)


def test_a_saved_search_wants_all_words_or_a_name(wire: Wire) -> None:
    def found(**query: str) -> dict[str, tuple[str, ...]]:
        watch = Watch("", query, (), SEEN, SEEN)
        return dict(matched(wire.services, watch, datetime.now(UTC)).threads)

    hospital, bank = wire.thread("hospital"), wire.thread("bank")
    assert found(q="hospital ransomware") == {hospital: ("has all the words",)}
    assert found(q="hospital customer") == {}
    assert found(q='"customer portal" -hospital') == {bank: ("has all the words",)}
    assert set(found(q="CVE-2026-90002")) == {wire.thread("flaw")}
    assert "Salt Heron" in found(q="Salt Heron")[bank][0]
    assert set(found(section="Ransomware")) == {hospital}
    assert found(q="hospital", section="Breaches") == {}
    assert set(found(third_party="Tidewater Sync")) == {bank}


def test_a_saved_searchs_feed_tells_changes_too(wire: Wire) -> None:
    path = wire.watch(query={"q": "hospital ransomware"})
    hospital = wire.thread("hospital")
    wire.change("quarrybank-confirms", 3)
    assert wire.ids(path) == [f"{hospital}/opened"]
    wire.change("millbrook-diverts", 12)
    assert set(wire.ids(path)) == {f"{hospital}/opened", "change/2"}
    assert json.dumps(wire.items(path)).count("has all the words") == 2
