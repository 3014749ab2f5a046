"""Tables of a selection: CSV, JSON Lines and Parquet hold every claim; no cell is a formula."""

from __future__ import annotations

import io
import json
from typing import Any

import polars
import pytest
from starlette.testclient import TestClient

from api import export_routes, table_formats, tables
from api.app import create_app
from api.services import Services
from api.table_formats import guarded, unguarded


def _read(form: str, body: bytes) -> list[dict[str, Any]]:
    if form == "csv":
        frame = polars.read_csv(body, infer_schema_length=None)
    elif form == "jsonl":
        frame = polars.read_ndjson(io.BytesIO(body), infer_schema_length=None)
    else:
        frame = polars.read_parquet(io.BytesIO(body))
    rows: list[dict[str, Any]] = frame.to_dicts()
    return rows


@pytest.mark.parametrize("form", ["csv", "jsonl", "parquet"])
def test_every_claim_comes_back(client: TestClient, material: Any, form: str) -> None:
    rows = _read(form, client.get(f"/api/v1/exports/claims.{form}?limit=1000").content)
    threads = [thread.id for thread in material.store.all_threads()]
    ledger = [c for some in material.store.ledger(threads).values() for c in some]
    urls = {article.id: article.url for article in material.articles.values()}

    def plain(value: Any) -> Any:
        return value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))

    wanted = {
        (c.thread, urls[c.claim.evidence.article], c.claim.field, plain(c.claim.value),
         c.claim.status, c.claim.asserter, c.claim.evidence.start, c.claim.sentence.quote)
        for c in ledger
    }  # fmt: skip
    assert len(rows) == len(ledger) > 10
    names = ("thread", "article", "field", "value", "status", "asserter", "start", "quote")
    text = unguarded if form == "csv" else str
    assert wanted == {
        tuple(text(v) if isinstance(v := row[name], str) else v for name in names) for row in rows
    }


@pytest.mark.parametrize("what", list(tables.TABLES))
def test_every_table_has_its_columns_and_no_full_text(
    client: TestClient, material: Any, what: tables.What
) -> None:
    texts = [client.get(f"/api/v1/exports/{what}.{form}").content for form in ("csv", "jsonl")]
    rows = [json.loads(line) for line in texts[1].splitlines()]
    assert rows
    assert all(list(row) == list(tables.TABLES[what].columns) for row in rows)
    assert len(_read("csv", texts[0])) == len(rows)
    assert len(_read("parquet", client.get(f"/api/v1/exports/{what}.parquet").content)) == len(rows)
    for article in material.articles.values():
        assert not [text for text in texts if article.text.encode() in text]


def test_filters_pages_and_the_link_to_the_next(client: TestClient, material: Any) -> None:
    def ids(answer: Any) -> list[str]:
        return [json.loads(line)["id"] for line in answer.text.splitlines()]

    bank = client.get("/api/v1/exports/threads.jsonl", params={"victim": "Quarrybank"})
    assert ids(bank) == [material.threads["bank"].id]
    assert "link" not in bank.headers
    page = client.get("/api/v1/exports/threads.jsonl?limit=3")
    rest = client.get(page.links["next"]["url"])
    assert len(ids(page)) == 3
    assert sorted(ids(page) + ids(rest)) == sorted(t.id for t in material.threads.values())
    assert client.get("/api/v1/exports/articles.csv").status_code == 400
    assert client.get("/api/v1/exports/claims.csv?limit=1001").status_code == 400


def test_an_empty_selection_still_has_its_columns(client: TestClient) -> None:
    for form in ("csv", "parquet"):
        body = client.get(f"/api/v1/exports/claims.{form}?victim=Nobody").content
        assert _read(form, body) == []


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+1", "-2 GB", "@SUM(A1)", "\t=1", " =cmd", "\r=1", "'=1", "''@x", "＝1", "\n-1"],
)
def test_what_a_spreadsheet_would_run_is_guarded(text: str) -> None:
    assert guarded(text) == "'" + text
    assert unguarded(guarded(text)) == text


@pytest.mark.parametrize("text", ["Quarrybank", "2.5 million", "'Ndrangheta", "a=b", "“-1”", ""])
def test_what_is_no_formula_stays_as_it_is(text: str) -> None:
    assert guarded(text) == text == unguarded(text)


def test_who_asks_for_much_waits(services: Services) -> None:
    with TestClient(create_app(lambda: services, clock=lambda: 0.0)) as client:
        codes = [
            client.get(f"/api/v1/exports/threads.csv?limit={1 + n}").status_code
            for n in range(export_routes.EACH + 1)
        ]
        assert codes == [200] * export_routes.EACH + [429]
        assert client.get("/api/v1/exports/threads.csv?limit=1").status_code == 200  # kept


def test_without_polars_the_line_says_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "polars", None)
    with pytest.raises(table_formats.UsageError, match="parquet"):
        table_formats.parquet([], tables.TABLES["claims"].columns)
