"""Related coverage: threads, addresses and texts on a real store, with and without the model."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from api.bodies import LARGEST
from api.fetches import EACH, EACH_TEXT, WINDOW
from api.related import LONGEST, related
from api.related_schema import RelatedAnswer
from api.services import Services
from breachwire.config import Config
from breachwire.errors import BlockedAddressError, FetchError, TooLargeError, UsageError
from breachwire.model import Embedder, Page
from breachwire.pipeline.compare import Comparer
from breachwire.store import Store, open_store
from breachwire.testing import FakeClock
from nlp import calibration
from nlp.vectors import FaissIndex
from tests.databases import Stores

BROWSER = {"Accept": "text/html,application/xhtml+xml"}
RETOLD = (
    "The lender Quarrybank says thieves stole payment cards and names of 2.2 million of its"
    " customers. It has told the regulator."
)


@pytest.fixture(scope="module")
def meant(embedder: Embedder, stores: Stores, fill: Any) -> Iterator[tuple[Services, Any]]:
    """Services over the stories with their real vectors, and the stories."""
    store = open_store(stores.new())
    material = fill(store, embedder.encode)
    store.use_index(FaissIndex(embedder.dimension), material.model)
    comparing = Comparer(store, lambda: material.model, lambda: embedder, calibration.shipped)
    yield Services(store, Config(), lambda: embedder, comparing=comparing), material
    store.close()


def exact(result: dict[str, Any], text: str, material: Any) -> None:
    """Every quote of a result is exactly the words it names, on either side."""
    articles = {str(a.id): a for a in material.articles.values()}
    yours = [one["yours"] for one in (*result["shared"], *result["contradictions"])]
    for words in [*yours, *([result["about"]] if result["about"] else [])]:
        assert words["quote"] == text[words["start"] : words["end"]]
    for one in (*result["shared"], *result["new"], *result["contradictions"]):
        found = one["evidence"]
        stored = articles[found["article"]]
        said = stored.title if found["in"] == "title" else stored.text
        assert found["quote"] == said[found["start"] : found["end"]]


def test_of_a_thread_the_stores_reasons_and_both_ledgers(services: Services, material: Any) -> None:
    answer = related(services, thread=material.threads["bank"].id)
    (result,) = answer["results"]
    assert (result["thread"], result["relation"]) == (
        material.threads["supplier"].id,
        "same_supplier",
    )
    assert result["why"] == "Tidewater Sync was the way in at both"
    assert result["new"] == []
    RelatedAnswer.model_validate(answer)


def test_of_a_known_address_its_own_thread_first(services: Services, material: Any) -> None:
    url = material.articles["quarrybank-offline"].url
    results = related(services, url=url)["results"]
    assert [r["relation"] for r in results[:2]] == ["same_incident", "same_supplier"]
    assert results[0]["thread"] == material.threads["bank"].id
    assert results[0]["why"] == "the article stands in it"
    told = {(one["field"], one["status"]) for one in results[0]["new"]}
    assert ("affected", "confirmed") in told  # said by the follow-up alone


def test_of_a_text_without_the_model_what_is_named(services: Services, material: Any) -> None:
    text = (
        "Our team uses Tidewater Sync, where an attacker replaced an update. CVE-2026-90001 is"
        " the flaw behind the attack on Tidewater Sync."
    )
    answer = related(services, text=text)
    assert answer["modes"] == ["exact", "text"]
    by_thread = {r["thread"]: r for r in answer["results"]}
    supplier = by_thread[material.threads["supplier"].id]
    assert supplier["relation"] != "similar"
    assert "CVE-2026-90001" in {one["value"] for one in supplier["shared"]}
    for result in answer["results"]:
        exact(result, text, material)


def test_a_store_without_vectors_is_compared_by_words(empty: Store) -> None:
    comparing = Comparer(empty, lambda: "no vectors of it", lambda: None, calibration.shipped)
    found = related(Services(empty, Config(), comparing=comparing), text=RETOLD)
    assert (found["results"], found["modes"]) == ([], ["exact", "text"])


def test_a_retold_story_is_the_same_incident(meant: Any) -> None:
    services, material = meant
    answer = related(services, text=RETOLD)
    first = answer["results"][0]
    assert (first["thread"], first["relation"]) == (material.threads["bank"].id, "same_incident")
    assert "Quarrybank" in {one["value"] for one in first["shared"]}
    exact(first, RETOLD, material)
    (clash,) = first["contradictions"]
    assert clash["yours"]["value"]["number"] == 2_200_000
    assert (clash["value"]["number"], clash["status"]) == (1_900_000, "confirmed")
    assert "1.9 million" in clash["evidence"]["quote"]
    RelatedAnswer.model_validate(answer)


def test_what_the_text_holds_is_not_new_to_it(meant: Any) -> None:
    services, material = meant
    whole = material.articles["quarrybank-confirms"]
    text = f"{whole.title}\n\n{whole.text} A group called Salt Heron claims 2.5 million records."
    first = related(services, text=text)["results"][0]
    assert first["thread"] == material.threads["bank"].id
    assert first["contradictions"] == []
    held = {"Quarrybank", "Salt Heron"}
    assert not held & {str(one["value"]) for one in first["new"] if not one["denial"]}
    assert not [one for one in first["new"] if one["field"] == "affected"]


def test_another_flaw_is_no_incident_of_the_bank(meant: Any) -> None:
    services, _ = meant
    results = related(services, text="A kernel bug crashes routers.")["results"]
    assert all(r["relation"] == "similar" for r in results)


def test_of_a_recap_each_incident_with_its_passage(meant: Any) -> None:
    services, material = meant
    text = (
        "Security news this week\n\n"
        "Quarrybank confirms theft of 1.9 million customer records. The lender denied that 2.5"
        " million records were taken.\n\n"
        "Millbrook hospital diverts ambulances after ransomware. Millbrook General Hospital went"
        " back to paper.\n\n"
        "A recipe for lentil soup was popular, too."
    )
    results = related(services, text=text)["results"]
    about = {r["thread"]: r for r in results if r["relation"] == "same_incident"}
    assert set(about) == {material.threads["bank"].id, material.threads["hospital"].id}
    for result in about.values():
        exact(result, text, material)
    assert "Millbrook" in about[material.threads["hospital"].id]["about"]["quote"]


def test_an_unknown_address_is_fetched_compared_and_not_stored(
    services: Services, material: Any
) -> None:
    asked: list[str] = []

    def fetch(url: str) -> Page:
        asked.append(url)
        return Page(
            "Millbrook General Hospital diverts ambulances after ransomware",
            "Millbrook General Hospital diverted ambulances on Monday.",
        )

    before = services.store.counts()
    found = related(services, url="https://new.example/a", fetch_page=fetch)
    assert asked == ["https://new.example/a"]
    assert found["results"][0]["thread"] == material.threads["hospital"].id
    assert services.store.counts() == before


@pytest.mark.parametrize("asked", [{}, {"text": "  "}, {"url": "ftp://x"}, {"url": "https://x.y/"}])
def test_it_says_what_it_needs(services: Services, asked: dict[str, Any]) -> None:
    with pytest.raises(UsageError):
        related(services, **asked)


def test_a_text_is_measured_in_bytes(services: Services) -> None:
    related(services, text="x" * LONGEST)
    with pytest.raises(TooLargeError, match="100 kB"):
        related(services, text="é" * (LONGEST // 2 + 1))


# --- HTTP -----------------------------------------------------------------------------------------


def test_by_post(client: TestClient, material: Any) -> None:
    answer = client.post(
        "/api/v1/related", json={"text": "Quarrybank lost records in a breach, they say."}
    )
    RelatedAnswer.model_validate(answer.json())
    assert answer.json()["results"][0]["thread"] == material.threads["bank"].id
    bad: list[Any] = [{}, {"text": "a", "url": "b"}, {"words": "a"}, []]
    for wrong in bad:
        assert client.post("/api/v1/related", json=wrong).status_code == 400
    assert client.post("/api/v1/related", content=b"{").status_code == 400


@pytest.mark.parametrize("blanks", [0, LARGEST])
def test_too_long_a_text_is_a_413(client: TestClient, blanks: int) -> None:
    text = "Quarrybank took its portal offline." if blanks else "x" * (LONGEST + 1)
    body = json.dumps({"text": text}) + " " * blanks  # which a reader of JSON passes over
    answer = client.post(
        "/api/v1/related", content=body, headers={"Content-Type": "application/json"}
    )
    assert answer.status_code == 413
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (BlockedAddressError("http://10.0.0.1/", "a private address"), 400),
        (FetchError("timeout", "https://slow.example/", "no answer within 20 s"), 502),
    ],
)
def test_an_address_that_gives_nothing(services: Services, error: FetchError, status: int) -> None:
    def fetch(url: str) -> Page:
        raise error

    app = create_app(lambda: replace(services, fetch_page=fetch))
    answer = TestClient(app).get("/api/v1/related?url=https://unknown.example/")
    assert answer.status_code == status
    assert answer.json()["detail"] == str(error)


def test_fetches_are_counted_by_caller(services: Services) -> None:
    clock, asked = FakeClock(), []

    def fetch(url: str) -> Page:
        asked.append(url)
        return Page("Nothing new", "Nobody was hit.")

    app = create_app(lambda: replace(services, fetch_page=fetch), clock=clock)
    known = "/api/v1/related?url=https://signalpost.example/quarrybank-confirms"
    with TestClient(app) as client:
        for n in range(EACH):
            answer = client.get(f"/api/v1/related?url=https://unknown.example/{n}")
            assert answer.status_code == 200
        for path in ("/api/v1/related", "/related"):
            answer = client.get(f"{path}?url=https://unknown.example/more", headers=BROWSER)
            assert answer.status_code == 429
            assert int(answer.headers["retry-after"]) <= WINDOW
        assert client.get(known).status_code == 200  # costs nobody a fetch
        assert client.post("/api/v1/related", json={"text": "Quarrybank"}).status_code == 200
        clock.pass_(WINDOW)
        assert client.get("/api/v1/related?url=https://unknown.example/z").status_code == 200
    assert len(asked) == EACH + 1


def test_pasted_texts_are_counted_by_caller(services: Services) -> None:
    class Nothing:
        def text(self, *_: object) -> list[Any]:
            return []

    clock = FakeClock()
    app = create_app(lambda: replace(services, comparing=Nothing()), clock=clock)
    with TestClient(app) as client, TestClient(app, client=("192.0.2.9", 5)) as other:
        send = {"json": {"text": "Quarrybank"}}
        codes = [client.post("/api/v1/related", **send).status_code for _ in range(EACH_TEXT)]
        assert set(codes) == {200}
        assert client.post("/api/v1/related", **send).status_code == 429
        page = client.post("/related", data={"text": "Quarrybank"}, headers=BROWSER)
        assert page.status_code == 429
        assert int(page.headers["retry-after"]) <= WINDOW
        assert "Many texts were compared" in page.text
        assert other.post("/api/v1/related", **send).status_code == 200
        clock.pass_(WINDOW)
        assert client.post("/api/v1/related", **send).status_code == 200


def test_the_page_takes_an_address_or_a_text(client: TestClient, material: Any) -> None:
    form = client.get("/related", headers=BROWSER)
    assert form.status_code == 200
    assert '<meta name="robots" content="noindex">' in form.text
    known = client.get(
        "/related?url=https://signalpost.example/quarrybank-confirms", headers=BROWSER
    )
    assert "Same incident" in known.text
    assert "Tidewater Sync shipped a poisoned update" in known.text
    text = "Quarrybank lost records in a breach, they say.\r\nA second line."
    posted = client.post("/related", data={"text": text}, headers=BROWSER)
    assert posted.status_code == 200
    assert "New to your text" in posted.text
    assert material.threads["bank"].headline in posted.text


def test_the_page_takes_100_kb_and_no_more(client: TestClient) -> None:
    whole = (
        ("Quarrybank – “a lender” – was hit. " * 3_000).encode()[:LONGEST].decode("utf-8", "ignore")
    )
    assert client.post("/related", data={"text": whole}, headers=BROWSER).status_code == 200
    more = client.post("/related", data={"text": whole + "x" * 100}, headers=BROWSER)
    assert more.status_code == 413
    assert "100 kB" in more.text
    assert "a lender" in more.text  # what was typed is still there


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({}, "Paste a text"),
        ({"text": "a", "url": "https://x.example/"}, "either an address or a text"),
        ({"url": "https://unknown.example/"}, "paste its text"),
        ({"url": "javascript:alert(1)"}, "starts with http"),
    ],
)
def test_the_page_says_what_it_needs(client: TestClient, fields: dict[str, str], says: str) -> None:
    answer = client.post("/related", data=fields, headers=BROWSER)
    assert answer.status_code == 400
    assert says in answer.text
    assert 'role="alert"' in answer.text


def test_what_was_typed_is_text_to_the_page(client: TestClient) -> None:
    hostile = "Quarrybank was hit by a breach. </textarea><script>alert(1)</script> {{ 7*7 }} \x00"
    answer = client.post("/related", data={"text": hostile}, headers=BROWSER)
    assert answer.status_code == 200
    assert "<script>alert" not in answer.text


def test_an_address_in_the_search_box_leads_to_its_related_coverage(client: TestClient) -> None:
    url = "https://signalpost.example/quarrybank-confirms"
    answer = client.get("/search", params={"q": url}, headers=BROWSER, follow_redirects=False)
    assert answer.status_code == 303
    there = client.get(answer.headers["location"], headers=BROWSER)
    assert "Same incident" in there.text
