"""Indicators of a thread: JSON, page, Markdown, export; defanged wherever people read."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from starlette.testclient import TestClient

from api import exports, threads
from api.app import create_app
from api.indicators import TYPES, counted
from api.services import Services
from api.wire_schema import WireThread
from breachwire.config import Config
from breachwire.model import INDICATOR_TYPES, Evidence, Indicator
from breachwire.store import Store

SCHEMA = Path(__file__).resolve().parents[2].parent / "shared" / "wire.schema.json"


@pytest.fixture
def wire(empty: Store, fill: Callable[[Store], Any]) -> Any:
    """The bank's thread, whose articles "give" words of theirs as indicators."""
    material = fill(empty)
    first, last = (material.articles[n] for n in ("quarrybank-offline", "quarrybank-confirms"))
    given = [
        _one(first, "domain", "salt-heron.example", "Salt Heron"),
        _one(first, "url", "https://tide.example/`<b>x`", "Tidewater Sync"),
        _one(last, "domain", "salt-heron.example", "2.5 million"),
        _one(last, "domain", "Quarrybank", "Quarrybank"),
        _one(last, "cve", "CVE-2026-90001", "Sunday"),
    ]
    empty.save_indicators([first.id, last.id], given)
    return material


def _one(article: Any, type_: Any, value: str, quote: str) -> Indicator:
    start = article.text.index(quote)
    words = Evidence(article.id, "text", start, start + len(quote), quote)
    return Indicator(type_, value, words, Evidence(article.id, "text", 0, 90, article.text[:90]))


def document(material: Any) -> dict[str, Any]:
    return threads.wire(material.store, material.threads["bank"].id, base_url="https://w.example")


def test_one_row_a_value_with_a_passage_an_article(wire: Any) -> None:
    found = document(wire)
    rows = found["indicators"]
    assert [(r["type"], r["value"], len(r["evidence"])) for r in rows] == [
        ("cve", "CVE-2026-90001", 1),
        ("domain", "salt-heron.example", 2),
        ("domain", "Quarrybank", 1),
        ("url", "https://tide.example/`<b>x`", 1),
    ]
    assert rows[1]["defanged"] == "salt-heron[.]example"
    assert [e["outlet"] for e in rows[1]["evidence"]] == ["Harbor Ledger", "Signal Post"]
    for row in rows:
        for e in row["evidence"]:
            text = wire.store.article(int(e["article"])).text
            assert text[e["start"] : e["end"]] == e["quote"]
    WireThread.model_validate(found)


def test_the_document_is_still_valid_against_the_schema(wire: Any) -> None:
    if not SCHEMA.exists():
        pytest.skip("wire.schema.json is not beside this checkout")
    jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text())).validate(document(wire))


def test_people_read_them_defanged(wire: Any) -> None:
    id_ = wire.threads["bank"].id
    with TestClient(create_app(lambda: Services(store=wire.store, config=Config()))) as client:
        page = client.get(f"/wire/{id_}/any").text
        text = client.get(f"/wire/{id_}/any.md?full").text
    assert "<code>salt-heron[.]example</code>" in page
    assert "<code>hxxps://tide[.]example/`&lt;b&gt;x`</code>" in page
    assert "1 flaw, 2 domains, 1 URL" in page
    assert "salt-heron.example" not in page
    section = text.split("## Indicators")[1].split("\n## ")[0]
    assert "- URL: `hxxps://tide[.]example/'<b>x'` ([Harbor Ledger](" in section
    assert "salt-heron.example" not in text
    assert text.index("## Timeline") < text.index("## Indicators")


def test_a_live_name_in_a_quote_is_defanged_on_the_page(empty: Store, fill: Any) -> None:
    material = fill(empty)
    article = material.articles["quarrybank-offline"]
    made = _one(article, "domain", "sync. a group", "Sync. A group")
    empty.save_indicators([article.id], [made])
    id_ = material.threads["bank"].id
    words = Evidence(article.id, "text", made.evidence.start - 8, made.evidence.end + 4, "")
    quote = article.text[words.start : words.end]
    made = Indicator(
        made.type,
        made.value,
        made.evidence,
        Evidence(article.id, "text", words.start, words.end, quote),
    )
    empty.save_indicators([article.id], [made])
    with TestClient(create_app(lambda: Services(store=empty, config=Config()))) as client:
        page = client.get(f"/wire/{id_}/any").text
    assert "sync[.] a group" in page.split('id="indicators"')[1].split("<q>")[1].split("</q>")[0]


def test_without_any_there_is_no_section(material: Any, client: TestClient) -> None:
    id_ = material.threads["bank"].id
    assert document(material)["indicators"] == []
    assert "Indicators" not in client.get(f"/wire/{id_}/any", follow_redirects=True).text
    assert "Indicators" not in threads.markdown(document(material))


def test_the_export_has_a_line_each_on_exact_words(wire: Any) -> None:
    rows = list(exports.indicators(wire.store))
    assert len(rows) == 5
    by_url = {a.url: a for a in wire.articles.values()}
    for row in rows:
        assert by_url[row["article"]].text[row["start"] : row["end"]] == row["text"]
        assert (row["thread"], row["in"]) == (wire.threads["bank"].id, "text")
    assert (rows[0]["value"], rows[0]["defanged"]) == ("salt-heron.example", "salt-heron[.]example")


def test_each_type_has_a_name_and_is_counted() -> None:
    assert set(TYPES) == set(INDICATOR_TYPES)
    rows = [{"type": t} for t in ("sha256", "sha256", "ipv4", "ipv6", "md5", "attack")]
    assert counted(rows) == "2 SHA-256, 2 IP addresses, 1 MD5, 1 ATT&CK technique"
