"""Watches by form and by API: made, read, changed, erased; and kept secret."""

from __future__ import annotations

import html
import logging
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from api.services import Services
from api.watch import shapes
from breachwire.config import Config
from breachwire.model.tokens import digest
from breachwire.store import Store
from breachwire.testing import FakeClock
from tests.databases import holds

BROWSER = {"Accept": "text/html", "Sec-Fetch-Site": "same-origin", "Origin": "https://wire.example"}
LIST = "Tidewater Sync, Inc., supplier\nQuarrybank\nNobody Ltd\n!!!\nCVE-20, cve\nquarrybank"


@dataclass
class Reader:
    """A browser at the invented wire."""

    client: TestClient
    store: Store
    material: Any
    clock: FakeClock

    def make(self, names: str = LIST, **more: Any) -> Any:
        data = {"names": names, "label": "", **more.pop("data", {})}
        return self.client.post("/watch", data=data, headers=BROWSER, **more)

    def path(self, names: str = LIST) -> str:
        """Of a new watch's page."""
        return secret_of(self.make(names).text)


def secret_of(text: str) -> str:
    match = re.search(r'class="hash" href="https://wire\.example(/watch/bw_[\w-]{43})"', text)
    assert match is not None
    return match[1]


def plain(text: str) -> str:
    body = text[text.index("<main") :]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).split())


@pytest.fixture
def reader(store: Store, fill: Callable[..., Any]) -> Reader:
    material = fill(store)
    services = Services(store=store, config=Config(base_url="https://wire.example", watch_days=400))
    clock = FakeClock(now=datetime.now(UTC))
    app = create_app(lambda: services, clock=clock, now=lambda: clock.now)
    client = TestClient(app, base_url="https://wire.example", follow_redirects=False)
    return Reader(client, store, material, clock)


# by form


def test_a_pasted_list_says_at_once_what_matches_and_what_is_wrong(reader: Reader) -> None:
    answer = reader.make()
    assert answer.status_code == 201
    text = plain(answer.text)
    assert "It is told only now" in text
    assert "2 lines left out" in text
    assert "Line 4, “!!!”: no name in it." in text
    assert "Line 5, “CVE-20”: no CVE id" in text
    assert "1 line said what one before says." in text
    assert "3 names; 2 of them in 1 thread now." in text
    assert "Tidewater Sync, Inc. as supplier 1 thread Quarrybank confirms theft" in text
    assert "In no thread yet: 1 name Nobody Ltd" in text
    page = reader.client.get(secret_of(answer.text))
    assert page.status_code == 200
    assert "It is told only now" not in plain(page.text)
    assert "3 names; 2 of them" in plain(page.text)


@pytest.mark.parametrize("body", ["name;kind\nQuarrybank;victim\nBolt;", "\ufeffQuarrybank\nBolt"])
def test_an_uploaded_file_is_a_list_too_and_adds_to_what_is_typed(
    reader: Reader, body: str
) -> None:
    files = {"file": ("suppliers.csv", body.encode("utf-8-sig"), "text/csv")}
    text = plain(reader.make("Tidewater Sync", files=files).text)
    assert "3 names; 2 of them in 2 threads now." in text
    assert "3 names" not in plain(reader.make("", files=files).text)


def test_an_empty_file_field_is_no_file(reader: Reader) -> None:
    answer = reader.make("Quarrybank", files={"file": ("", b"", "application/octet-stream")})
    assert answer.status_code == 201


@pytest.mark.parametrize(
    ("names", "status", "said"),
    [
        ("", 400, "Name somebody to watch"),
        ("!!!\n???", 400, "No line is a name to watch. Line 1: no name in it."),
        ("x" * 1_100_000, 413, "at most"),
    ],
)
def test_what_watches_nothing_is_one_line_above_the_form(
    reader: Reader, names: str, status: int, said: str
) -> None:
    answer = reader.make(names)
    assert answer.status_code == status
    assert said in plain(answer.text)
    assert reader.store.watches() == []


def test_lines_are_counted_as_they_were_typed(reader: Reader) -> None:
    assert "Line 4, “!”" in plain(reader.make("\n\nQuarrybank\n!").text)


def test_a_workbook_and_a_damaged_form_are_refused(reader: Reader) -> None:
    book = {"file": ("suppliers.xlsx", b"PK\x03\x04" + b"\x00" * 100, "application/zip")}
    answer = reader.make("", files=book)
    assert answer.status_code == 400
    assert "save it as CSV" in plain(answer.text)
    damaged = {"Content-Type": "multipart/form-data; boundary=x", **BROWSER}
    assert reader.client.post("/watch", content=b"--y", headers=damaged).status_code == 400
    del damaged["Content-Type"]
    other = reader.client.post("/watch", json={"names": "x"}, headers=damaged)
    assert other.status_code == 415
    assert reader.store.watches() == []


def test_a_name_that_plays_another_part_is_pointed_out(reader: Reader) -> None:
    text = plain(reader.make("Quarrybank, supplier\nSalt Heron, victim\nBolt, victim").text)
    assert "Quarrybank is in none as supplier, but as victim in 1 thread" in text
    assert "Salt Heron is in none as victim, but as actor in 1 thread" in text
    assert "Bolt is in none" not in text


def test_a_large_list_is_kept_whole(reader: Reader) -> None:
    names = "\n".join(["Quarrybank", *(f"Supplier number {n}" for n in range(4_999))])
    text = reader.make(names).text
    assert "5,000 names; 1 of them in 1 thread now." in plain(text)
    assert "and 4699 more" in plain(text)
    assert "Supplier number 4998" in reader.client.get(secret_of(text)).text


def test_the_search_page_offers_to_save_a_search(reader: Reader) -> None:
    page = reader.client.get("/search?q=hospital+ransomware&section=Ransomware").text
    form = page[page.index('action="/watch"') :].split("</form>")[0]
    data = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form))
    assert data == {"q": "hospital ransomware", "section": "Ransomware"}
    answer = reader.client.post("/watch", data=data, headers=BROWSER)
    assert answer.status_code == 201
    text = plain(answer.text)
    assert text.startswith("hospital ransomware, Section: Ransomware")
    assert "Words hospital ransomware Section Ransomware" in text
    assert "Millbrook hospital diverts ambulances" in text
    assert 'action="/watch"' not in reader.client.get("/search").text


def test_a_saved_search_must_be_one(reader: Reader) -> None:
    for data in ({"q": " "}, {"section": "Weather"}, {"q": "x", "names": "Acme"}):
        answer = reader.client.post("/watch", data=data, headers=BROWSER)
        assert answer.status_code == 400
        assert 'role="alert"' in answer.text
    assert reader.store.watches() == []


def test_what_is_watched_can_be_changed(reader: Reader) -> None:
    path = reader.path()
    page = reader.client.get(path).text
    lines = html.unescape(page[page.index("<textarea") :].split(">", 1)[1].split("</textarea>")[0])
    assert lines == "Tidewater Sync, Inc., third_party\nQuarrybank\nNobody Ltd"
    # A page without referrer sends its forms with the origin "null".
    data = {"names": lines + "\nSalt Heron, actor\n???", "label": "Mine"}
    answer = reader.client.post(path, data=data, headers={**BROWSER, "Origin": "null"})
    assert answer.status_code == 200
    assert "Line 5, “???”: no name in it." in plain(answer.text)
    assert plain(answer.text).startswith("Mine Saved.")
    assert "4 names; 3 of them in 1 thread now." in plain(answer.text)
    again = reader.client.post(path, data={"names": "Quarrybank"}, headers=BROWSER)
    assert again.status_code == 303
    page = reader.client.get(again.headers["location"]).text
    assert "1 name; 1 of them in 1 thread now." in plain(page)
    wrong = reader.client.post(path, data={"names": "!"}, headers=BROWSER)
    assert wrong.status_code == 400
    assert "No line is a name" in plain(wrong.text)
    assert "1 name;" in plain(reader.client.get(path).text)


def test_deleting_takes_a_tick_and_is_for_good(reader: Reader) -> None:
    path = reader.path()
    answer = reader.client.post(path, data={"do": "delete"}, headers=BROWSER)
    assert answer.status_code == 400
    assert "Tick that you are sure" in plain(answer.text)
    answer = reader.client.post(path, data={"do": "delete", "sure": "1"}, headers=BROWSER)
    assert answer.status_code == 303
    assert "Deleted, for good" in plain(reader.client.get(answer.headers["location"]).text)
    for form in ("", ".atom", ".rss", ".json"):
        assert reader.client.get(path + form).status_code == 404
    assert reader.client.post(path, data={"names": "x"}).status_code == 404
    assert reader.store.watches() == []


def test_names_are_text_to_the_page_and_the_feed(reader: Reader) -> None:
    hostile = '</textarea><script>alert(1)</script> & "q"'
    text = reader.make(f"{hostile}\nQuarrybank").text
    assert "<script>alert" not in text
    path = secret_of(text)
    assert "&lt;/textarea&gt;&lt;script&gt;" in text
    assert "<script>alert" not in reader.client.get(f"{path}.atom").text


# secrets


def test_the_address_is_kept_from_caches_robots_referrers_and_logs(
    reader: Reader, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    made = reader.make()
    path = secret_of(made.text)
    answers = [made, *(reader.client.get(path + form) for form in ("", ".atom", ".rss", ".json"))]
    answers += [reader.client.post(path, data={"names": "x"}, headers=BROWSER)]
    answers += [reader.client.get(f"{path}.exe"), reader.client.get("/watch/nothing")]
    for answer in answers:
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert "noindex" in answer.headers["x-robots-tag"]
        assert answer.headers["cache-control"].startswith("private, no-")
    secret = path.removeprefix("/watch/")
    ours = [r for r in caplog.records if r.name.startswith(("api", "breachwire"))]
    assert not [r for r in ours if secret in r.getMessage()]
    assert secret not in reader.client.get("/metrics").text
    assert not holds(reader.store.url, secret)
    assert holds(reader.store.url, digest(secret))


def test_an_unknown_address_is_like_one_that_never_was(reader: Reader) -> None:
    secret = reader.path().removeprefix("/watch/")
    other = secret[:-1] + ("A" if secret[-1] != "A" else "B")
    told = set()
    for name in (other, "bw_", "x", digest(secret), "1", secret.lower(), f"{secret}%20"):
        answer = reader.client.get(f"/watch/{name}", headers={"Accept": "text/html"})
        assert answer.status_code == 404
        told.add(plain(answer.text))
    assert len(told) == 1
    assert reader.client.get(f"/watch/{secret}").status_code == 200


def test_another_site_can_not_make_one(reader: Reader) -> None:
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}):
        answer = reader.client.post("/watch", data={"names": "Quarrybank"}, headers=headers)
        assert answer.status_code == 403
    assert reader.store.watches() == []


def test_one_address_makes_ten_an_hour(reader: Reader) -> None:
    made = [reader.make("Quarrybank").status_code for _ in range(9)]
    made.append(
        reader.client.post("/api/v1/watches", json={"entries": [{"name": "A"}]}).status_code
    )
    assert made == [201] * 10
    refused = reader.make("Keep me")
    assert refused.status_code == 429
    assert 0 < int(refused.headers["retry-after"]) <= 3600
    assert "Keep me" in refused.text
    assert reader.client.post(
        "/api/v1/watches", json={"entries": [{"name": "A"}]}
    ).status_code == 429  # fmt: skip
    reader.clock.pass_(3601)
    assert reader.make("Quarrybank").status_code == 201


def test_a_use_is_noted_by_the_day_and_what_nobody_uses_is_erased(reader: Reader) -> None:
    unused, used = reader.path(), reader.path("Quarrybank")
    changed = reader.store.changed()
    reader.client.get(used)
    assert [w.last_used_at for w in reader.store.watches()] == [None, None]
    reader.clock.pass_(timedelta(days=2).total_seconds())
    reader.client.get(f"{used}.atom")
    assert reader.store.watches()[1].last_used_at == reader.clock.now
    assert reader.store.changed() == changed  # no reader's page is made anew for that
    reader.clock.pass_(timedelta(days=399).total_seconds())
    reader.make("Salt Heron")
    assert reader.client.get(unused).status_code == 404
    assert reader.client.get(used).status_code == 200


# by API


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def test_the_api_makes_reads_changes_and_erases(reader: Reader) -> None:
    names = [("Tidewater Sync", "supplier"), ("?", "any"), ("Bolt", "wizard")]
    asked = {"label": "Mine", "entries": [{"name": name, "kind": kind} for name, kind in names]}
    made = reader.client.post("/api/v1/watches", json=asked)
    assert made.status_code == 201
    answer = made.json()
    shapes.WatchMade.model_validate(answer)
    bank = reader.material.threads["bank"].id
    assert answer["entries"] == [
        {"name": "Tidewater Sync", "kind": "third_party", "threads": [bank]}
    ]
    assert answer["threads"][0]["why"] == ["Tidewater Sync: supplier"]
    assert [one["line"] for one in answer["refused"]] == [2, 3]
    token = answer["token"]
    assert answer["url"] == f"https://wire.example/watch/{token}"
    assert reader.client.get(answer["feeds"]["json"]).json()["title"] == "Breachwire: Mine"

    read = reader.client.get("/api/v1/watches", headers=bearer(token))
    shapes.WatchAnswer.model_validate(read.json())
    assert read.json()["entries"] == answer["entries"]
    assert read.headers["cache-control"] == "no-store"

    search = {"query": {"q": "hospital ransomware"}}
    changed = reader.client.put("/api/v1/watches", json=search, headers=bearer(token))
    shapes.WatchSaved.model_validate(changed.json())
    assert (changed.json()["query"], changed.json()["entries"]) == (search["query"], [])
    assert changed.json()["matching"] == 1

    assert reader.client.delete("/api/v1/watches", headers=bearer(token)).status_code == 204
    for method in ("GET", "DELETE"):
        gone = reader.client.request(method, "/api/v1/watches", headers=bearer(token))
        assert gone.status_code == 404
        assert gone.headers["content-type"] == "application/problem+json"


def test_the_api_asks_for_the_token_and_says_what_is_wrong(reader: Reader) -> None:
    answer = reader.client.get("/api/v1/watches")
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert reader.client.get("/api/v1/watches", headers=bearer("bw_x")).status_code == 404
    wrongly: list[dict[str, Any]] = [
        {},
        {"entries": []},
        {"entries": "x"},
        {"names": ["x"]},
        {"query": {"section": "Weather"}},
        {"query": {"q": "x"}, "entries": [{"name": "y"}]},
    ]
    for asked in wrongly:
        wrong = reader.client.post("/api/v1/watches", json=asked)
        assert wrong.status_code == 400, asked
        assert wrong.json()["detail"]


def test_openapi_tells_the_token_and_gives_examples(reader: Reader) -> None:
    document = reader.client.get("/api/v1/openapi.json").json()
    path = document["paths"]["/api/v1/watches"]
    assert set(path) == {"post", "get", "put", "delete"}
    body = path["post"]["requestBody"]["content"]["application/json"]
    for example in body["examples"].values():
        shapes.WatchAsked.model_validate(example["value"])
    assert document["components"]["securitySchemes"]["WatchToken"]["scheme"] == "bearer"
    assert path["get"]["security"] == [{"WatchToken": []}]
    assert set(path["post"]["responses"]) == {"201", "400", "409", "429", "503"}
