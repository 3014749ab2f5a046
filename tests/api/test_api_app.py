"""The application over HTTP: API answers, problems, headers, conditional requests, pages."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from pydantic import BaseModel
from starlette.testclient import TestClient

from api.app import create_app
from api.entity_schema import Entity, StorylineAnswer
from api.health import Health, Ready
from api.list_schema import ArticleAnswer, FeedList, ThreadList
from api.problems import Problem
from api.related_schema import RelatedAnswer
from api.search_schema import SearchAnswer
from api.services import Services
from breachwire.config import Config
from breachwire.errors import StoreError
from breachwire.model import FeedSpec
from breachwire.store import Store

ATOM = "{http://www.w3.org/2005/Atom}"
BROWSER = {"Accept": "text/html,application/xhtml+xml"}


def path_of(client: TestClient, material: Any, nick: str = "bank") -> str:
    """The path of a thread's page, as the API gives it."""
    url = client.get(f"/api/v1/threads/{material.threads[nick].id}").json()["url"]
    return str(url.removeprefix("https://wire.example"))


@pytest.mark.parametrize(
    ("path", "shape"),
    [
        ("/api/v1/threads", ThreadList),
        ("/api/v1/threads?q=quarrybank&sort=first", ThreadList),
        ("/api/v1/search?q=quarrybank", SearchAnswer),
        (
            "/api/v1/related?url=https://signalpost.example/quarrybank-confirms",
            RelatedAnswer,
        ),
        ("/api/v1/feeds", FeedList),
        ("/api/v1/entities/victim/quarrybank", Entity),
        ("/api/v1/entities/cve/CVE-2026-90002", Entity),
        ("/api/v1/entities/source/harbor-ledger", Entity),
        ("/api/v1/storylines/s1", StorylineAnswer),
        ("/healthz", Health),
        ("/readyz", Ready),
    ],
)
def test_answers_have_the_described_shape(
    client: TestClient, path: str, shape: type[BaseModel]
) -> None:
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    shape.model_validate(answer.json())


@pytest.mark.parametrize(
    ("query", "nicks"),
    [
        ("section=Supply chain", ["supplier"]),
        ("kind=vulnerability&kind=supply-chain", ["flaw", "supplier"]),
        ("victim=quarrybank", ["bank"]),
        ("third_party=Tidewater Sync", ["bank"]),
        ("actor=salt-heron", ["bank"]),
        ("data_type=payment_card", ["bank"]),
        ("attack_type=ransomware", ["hospital"]),
        ("cve=cve-2026-90002", ["flaw"]),
        ("source=Patch Almanac", ["flaw"]),
        ("status=claimed", ["bank"]),
        ("since=24h", ["bank"]),
        ("since=48h", ["bank", "flaw"]),
        ("until=10d", ["hospital"]),
        ("sort=articles&limit=1", ["bank"]),
    ],
)
def test_filters_of_threads(
    client: TestClient, material: Any, query: str, nicks: list[str]
) -> None:
    by_id = {thread.id: nick for nick, thread in material.threads.items()}
    rows = client.get(f"/api/v1/threads?{query}").json()["threads"]
    assert [by_id[row["id"]] for row in rows] == nicks


def test_pages_of_threads_follow_one_another(client: TestClient) -> None:
    first = client.get("/api/v1/threads?limit=3").json()
    rest = client.get("/api/v1/threads", params={"limit": 3, "cursor": first["next"]}).json()
    assert (len(first["threads"]), len(rest["threads"]), rest["next"]) == (3, 1, None)


def test_an_article_gives_its_lead_and_never_its_text(client: TestClient, material: Any) -> None:
    article = material.articles["quarrybank-confirms"]
    answer = client.get(f"/api/v1/articles/{article.id}").json()
    ArticleAnswer.model_validate(answer)
    assert "text" not in answer
    assert len(answer["lead"]) <= 300
    assert answer["thread"] == material.threads["bank"].id


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("/api/v1/threads?status=maybe", 400, "status"),
        ("/api/v1/threads?since=tomorrow-ish", 400, "since"),
        ("/api/v1/threads?since=0001-01-01T00:00:00%2B14:00", 400, "since"),
        ("/api/v1/threads?limit=0", 400, "limit"),
        ("/api/v1/threads?cursor=zzz", 400, "cursor"),
        ("/api/v1/search", 400, "q"),
        ("/api/v1/related", 400, "url="),
        ("/api/v1/threads/nope", 404, "nope"),
        ("/api/v1/articles/12", 404, "12"),
        ("/api/v1/articles/99999999999999999999999", 404, "article"),
        ("/api/v1/articles/x", 404, "x"),
        ("/api/v1/entities/victim/nobody", 404, "nobody"),
        ("/api/v1/entities/planet/mars", 400, "kind"),
        ("/api/v1/storylines/nope", 404, "nope"),
        ("/api/v1/nothing", 404, "Not Found"),
        ("/api/v1/threads/x/changes", 404, "x"),
        ("/api/v1/corrections?cursor=x", 400, "cursor"),
    ],
)
def test_errors_are_problem_documents(
    client: TestClient, path: str, status: int, said: str
) -> None:
    answer = client.get(path)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    problem = Problem.model_validate(answer.json())
    assert problem.status == status
    assert said in problem.detail
    assert "\n" not in problem.detail


class Broken:
    """A store whose disk is gone: every reading fails."""

    url = "sqlite:///gone"

    def __init__(self, error: Exception) -> None:
        self._error = error

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def fail(*_: Any, **__: Any) -> Any:
            raise self._error

        return fail


def test_a_store_that_fails_is_503_and_says_so(services: Services) -> None:
    broken: Any = Broken(StoreError("disk I/O error"))
    client = TestClient(create_app(lambda: replace(services, store=broken)))
    assert client.get("/api/v1/threads").json()["detail"] == "disk I/O error"
    assert client.get("/api/v1/threads").status_code == 503
    assert client.get("/api/v1/threads").headers["retry-after"] == "5"
    assert client.get("/readyz").status_code == 503
    assert client.get("/readyz").json()["store"] == "failed"
    assert client.get("/healthz").status_code == 200
    page = client.get("/", headers=BROWSER)
    assert page.status_code == 503
    assert "disk I/O error" in page.text


def test_a_fault_is_500_without_its_traceback(services: Services) -> None:
    broken: Any = Broken(RuntimeError("secret detail"))
    client = TestClient(create_app(lambda: replace(services, store=broken)))
    answer = client.get("/api/v1/feeds")
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert "secret" not in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]


ANSWERS = [
    # pages, files, data, feeds, redirects, forms' answers, errors of each kind
    ("GET /", 200), ("GET /about", 200), ("HEAD /", 200), ("GET /static/style.css", 200),
    ("GET /api/v1/threads", 200), ("GET /api/v1/openapi.json", 200), ("GET /metrics", 200),
    ("GET /healthz", 200), ("GET /robots.txt", 200), ("GET /sitemap.xml", 200),
    ("GET /feed.atom", 200), ("GET /feed.rss", 200), ("GET /feed.json", 200),
    ("GET /edit", 303), ("GET /edit/login", 200), ("GET /wire/BANK", 301),
    ("POST /report", 404), ("POST /subscribe", 404), ("POST /edit/login", 401),
    ("POST /watch", 400), ("POST /api/v1/related", 400), ("GET /api/v1/threads?cursor=x", 400),
    ("GET /nothing", 404), ("GET /static/nothing", 404), ("GET /watch/bw_nobody", 404),
    ("PUT /", 405), ("OPTIONS /", 405), ("GET /%00", 404), ("GET /api/v1/threads/%ff", 404),
]  # fmt: skip


@pytest.mark.parametrize(("asked", "status"), ANSWERS)
def test_every_answer_carries_the_security_headers(
    client: TestClient, material: Any, asked: str, status: int
) -> None:
    method, path = asked.replace("BANK", material.threads["bank"].id).split()
    answer = client.request(method, path, follow_redirects=False)
    assert answer.status_code == status
    headers = answer.headers
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert {"referrer-policy", "permissions-policy", "cache-control"} <= set(headers)


def test_an_answer_that_is_not_sent_again_carries_them_too(client: TestClient) -> None:
    tag = client.get("/").headers["etag"]
    answer = client.get("/", headers={"If-None-Match": tag})
    assert answer.status_code == 304
    assert "default-src 'none'" in answer.headers["content-security-policy"]


def test_unchanged_answers_are_304_until_the_store_changes(empty: Store) -> None:
    client = TestClient(create_app(lambda: Services(store=empty, config=Config())))
    first = client.get("/")
    tag = {"If-None-Match": first.headers["etag"]}
    again = client.get("/", headers=tag)
    assert (again.status_code, again.content) == (304, b"")
    assert client.get("/sources", headers=tag).status_code == 200
    empty.add_feeds([FeedSpec("https://ledger.example/feed.xml")])
    assert client.get("/", headers=tag).status_code == 200


def test_head_is_get_without_a_body(client: TestClient) -> None:
    head, get = client.head("/about"), client.get("/about")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == get.headers["content-length"]


def test_static_files_are_kept_by_their_content(client: TestClient) -> None:
    (address,) = re.findall(r'href="(/static/style[^"]+)"', client.get("/").text)
    answer = client.get(address)
    assert "immutable" in answer.headers["cache-control"]
    assert answer.headers["content-type"].startswith("text/css")
    assert client.get("/static/../app.py").status_code == 404


def test_openapi_describes_every_field(client: TestClient) -> None:
    document = client.get("/api/v1/openapi.json").json()
    assert "422" not in str(document["paths"])
    operations = [op for path in document["paths"].values() for op in path.values()]
    assert all(op["summary"] for op in operations)
    parameters = [p for op in operations for p in op.get("parameters", ())]
    assert [p["name"] for p in parameters if not p.get("description")] == []
    shapes = document["components"]["schemas"]
    bare = [
        f"{name}.{field}"
        for name, shape in shapes.items()
        for field, described in shape.get("properties", {}).items()
        if not described.get("description")
    ]
    assert bare == []


def test_the_wire_shows_incidents_by_day(client: TestClient) -> None:
    text = client.get("/").text
    assert "Quarrybank confirms theft of 1.9 million customer records" in text
    assert "3 articles, 2 origins" in text
    assert "Millbrook" in text
    assert "Orrery" not in text
    assert "Orrery" in client.get("/?section=Vulnerabilities").text
    assert "Orrery" in client.get("/?kind=all").text
    assert client.get("/?kind=planet").status_code == 400
    assert '<span class="badge confirmed">' in text


def test_a_thread_page_keeps_order_and_labels(client: TestClient, material: Any) -> None:
    text = client.get(path_of(client, material)).text
    labels = [
        "Back to Wire", "Breaches", "Quarrybank confirms theft", "Source", "Original Author(s)",
        "min read", "Intelligence analysis by extractive, no model", "no language model wrote this",
        "Signal Summary</h2>", "Explain Like I&#39;m Five|Explain Like I'm Five</h2>",
        "Original Reporting</h2>", "Read the original article for full context.",
        "Read Article at Source", "Deep Intelligence Analysis</h2>", "Impact Assessment</h2>",
        "Key Details</h2>", "Optimistic Outlook</h2>", "Pessimistic Outlook</h2>", "Timeline</h2>",
        "What changed</h2>", "No fact has changed since the first report.",
        "Continue reading: more reporting around this signal",
    ]  # fmt: skip
    body = text[text.index("<main") :]
    at = 0
    for label in labels:
        at = body.index(label.split("|")[-1], at)
    for absent in ("Stay on the wire", "<audio", "<iframe"):
        assert absent not in text
    assert body.count('href="https://signalpost.example/quarrybank-confirms"') >= 5


def test_the_page_runs_no_foreign_script_and_asks_no_third_party(
    client: TestClient, material: Any
) -> None:
    for path in ("/", path_of(client, material), "/search?q=bank", "/sources", "/about"):
        text = client.get(path).text
        # a data block runs nothing; our own file is there for the copy buttons
        assert not re.findall(
            r"<script(?! type=\"application/ld\+json\"|"
            r" src=\"/static/(?:copy|wire)\.js\?v=\w+\" defer></)",
            text,
        )
        assert not re.findall(r"\sstyle=|<style|\son\w+=", text)
        assert not re.findall(
            r"<(?:img|script|link|iframe)[^>]+(?:src|href)=\"https?://(?!wire)", text
        )


def test_addresses_lead_to_the_right_one(client: TestClient, material: Any) -> None:
    path = path_of(client, material)
    id_ = material.threads["bank"].id
    for wrong, right in (
        (f"/wire/{id_}", path),
        (f"/wire/{id_}/old-slug", path),
        (f"/wire/{id_}/old-slug.json", f"{path}.json"),
        (f"/wire/{id_}/old.md", f"{path}.md"),
    ):
        answer = client.get(wrong)
        assert (answer.status_code, answer.headers["location"]) == (301, right)
    assert client.get(f"{path}.json").json() == client.get(f"/api/v1/threads/{id_}").json()
    assert client.get(f"{path}.md").headers["content-type"].startswith("text/markdown")


@pytest.mark.parametrize(
    "path", ["/victim/quarrybank", "/actor/salt-heron", "/storyline/s1", "/search?q=quarrybank"]
)
def test_other_pages_list_the_thread(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 200
    assert "theft of 1.9 million customer records" in answer.text


def test_a_search_marks_words_and_escapes_them(client: TestClient) -> None:
    assert "<mark>stolen</mark>" in client.get("/search?q=stolen").text
    hostile = client.get("/search", params={"q": '"><script>alert(1)</script>'}).text
    assert "<script>alert" not in hostile
    assert client.get("/search?q=x&since=nonsense").status_code == 400
    assert client.get("/search?q=%ff%00%ed%a0%80").status_code == 200


@pytest.mark.parametrize(
    ("contact", "href"),
    [
        ("desk@wire.example", "mailto:desk@wire.example"),
        ("https://wire.example/contact", "https://wire.example/contact"),
        ("javascript:alert(1)", ""),
        ("", ""),
    ],
)
def test_an_error_can_be_reported_to_the_operator(
    services: Services, material: Any, contact: str, href: str
) -> None:
    config = replace(services.config, contact=contact)
    client = TestClient(create_app(lambda: replace(services, config=config)))
    id_ = material.threads["bank"].id
    assert (
        f'href="/report?thread={id_}">Report an error</a>'
        in client.get(path_of(client, material)).text
    )
    text = client.get(f"/report?thread={id_}").text
    assert ("write to the operator" in text) == bool(href)
    assert not href or f'href="{href}"' in text
    assert "javascript:" not in text


def test_an_unknown_page_is_told_to_people_as_a_page(client: TestClient) -> None:
    answer = client.get("/wire/nope/nope", headers=BROWSER)
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("text/html")
    assert "Back to Wire" in answer.text


def test_an_empty_wire_says_what_is_happening(empty: Store) -> None:
    client = TestClient(
        create_app(
            lambda: Services(store=empty, config=Config(), notices=lambda: ["2 feeds failed <now>"])
        )
    )
    assert "No feed is subscribed" in client.get("/").text
    assert "2 feeds failed &lt;now&gt;" in client.get("/").text
    empty.add_feeds([FeedSpec("https://ledger.example/feed.xml", outlet="Harbor Ledger")])
    assert "No article has come in yet" in client.get("/").text
    assert "Harbor Ledger" in client.get("/sources").text
    assert client.get("/feed.atom").status_code == 200
    assert client.get("/feed.json").json()["items"] == []


def test_the_demonstration_is_marked_everywhere(demo_client: TestClient, material: Any) -> None:
    for path in ("/", path_of(demo_client, material), "/search", "/sources", "/about", "/nothing"):
        answer = demo_client.get(path, headers=BROWSER)
        assert "Invented stories by invented outlets: a demonstration" in answer.text
        assert '<meta name="robots" content="noindex, nofollow">' in answer.text
        assert "noindex" in answer.headers["x-robots-tag"]
    assert demo_client.get("/api/v1/threads").headers["x-breachwire-demonstration"] == "1"
    assert "Invented stories" in demo_client.get("/feed.atom").text
    page = demo_client.get(path_of(demo_client, material)).text
    assert 'href="/demo-source/signalpost.example/quarrybank-confirms"' in page
    source = demo_client.get("/demo-source/signalpost.example/quarrybank-confirms")
    assert "Invented stories by invented outlets" in source.text
    assert source.text.endswith("<p>signalpost.example /quarrybank-confirms</p>")
    assert "sandbox" in source.headers["content-security-policy"]


def test_no_demonstration_no_demo_sources(client: TestClient) -> None:
    assert client.get("/demo-source/a.example/b").status_code == 404
    assert "x-breachwire-demonstration" not in client.get("/").headers


def test_a_hostile_host_header_is_no_link(services: Services) -> None:
    client = TestClient(create_app(lambda: replace(services, config=Config())))
    answer = client.get("/api/v1/threads", headers={"Host": 'evil.example/"><x'})
    assert answer.json()["threads"][0]["url"].startswith("http://localhost/wire/")


def test_the_wires_atom_feed(client: TestClient, material: Any) -> None:
    feed = ET.fromstring(client.get("/feed.atom").content)
    entries = feed.findall(f"{ATOM}entry")
    assert len(entries) == 3
    first = entries[0]
    assert first.findtext(f"{ATOM}id") == f"tag:wire.example,2026:{material.threads['bank'].id}"
    content = first.findtext(f"{ATOM}content") or ""
    assert content.startswith("<p>Extracted automatically")
    assert "<li>Victim: Quarrybank (confirmed, says Quarrybank)</li>" in content
    terms = [category.get("term") for category in first.findall(f"{ATOM}category")]
    assert terms == ["Breaches", "algorithmicMedia"]
    updated = [entry.findtext(f"{ATOM}updated") for entry in entries]
    assert feed.findtext(f"{ATOM}updated") == max(u for u in updated if u)


def test_a_threads_atom_feed_makes_no_notice_of_an_article_alone(
    client: TestClient, material: Any
) -> None:
    feed = ET.fromstring(client.get(f"{path_of(client, material)}.atom").content)
    links = [e.find(f"{ATOM}link").get("href") for e in feed.findall(f"{ATOM}entry")]  # type: ignore[union-attr]
    assert links == ["https://wire.example" + path_of(client, material)]


def test_the_json_feed(client: TestClient) -> None:
    feed = client.get("/feed.json").json()
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    item = feed["items"][0]
    assert item["content_html"].startswith("<p>Extracted automatically")
    assert item["_breachwire"]["digital_source_type"].endswith("algorithmicMedia")
