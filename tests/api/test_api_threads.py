"""The wire document, its Markdown and the exports, from a real store."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from starlette.testclient import TestClient

from api import briefs, exports, threads
from api.app import create_app
from api.markdown import escaped, markdown
from api.services import Services
from api.values import in_words, told
from api.wire_schema import WireThread
from breachwire.config import Config
from breachwire.errors import NotFoundError
from breachwire.model import Member, Origin, Sourced

SCHEMA = Path(__file__).resolve().parents[2].parent / "shared" / "wire.schema.json"
KEYS = (
    *("id", "url", "headline", "section", "kind", "state", "first_at", "updated_at"),
    *("minutes_to_read", "articles", "origins", "sources", "authors", "analysis", "disclosure"),
    *("audio", "signal_summary", "eli5", "deep_analysis", "impact_assessment"),
    *("optimistic_outlook", "pessimistic_outlook", "key_details", "original_reporting"),
    *("timeline", "indicators", "changes", "behind", "related", "storylines"),
)


def document(material: Any, nick: str) -> dict[str, Any]:
    id_ = material.threads[nick].id
    return threads.wire(material.store, id_, base_url="https://wire.example")


@pytest.mark.parametrize("nick", ["bank", "supplier", "flaw", "hospital"])
def test_every_document_is_valid_against_the_schema(material: Any, nick: str) -> None:
    if not SCHEMA.exists():
        pytest.skip("wire.schema.json is not beside this checkout")
    checker = jsonschema.Draft202012Validator(
        json.loads(SCHEMA.read_text()), format_checker=jsonschema.FormatChecker()
    )
    assert [e.message for e in checker.iter_errors(document(material, nick))] == []


@pytest.mark.parametrize("nick", ["bank", "flaw"])
def test_documents_are_as_openapi_describes_them(material: Any, nick: str) -> None:
    found = document(material, nick)
    assert sorted(found) == sorted(KEYS)
    WireThread.model_validate(found)


def test_the_brief_and_the_ledger_stand_in_the_document(material: Any) -> None:
    found = document(material, "bank")
    assert found["headline"]["text"] == "Quarrybank confirms theft of 1.9 million customer records"
    assert (found["articles"], found["origins"]) == (3, 2)
    assert found["authors"] == ["Ida Okafor", "Bo Marsh"]
    assert [r["role"] for r in found["original_reporting"]] == ["first_report", "follow_up", "copy"]
    affected = next(d for d in found["key_details"] if d["field"] == "affected")
    assert [c["status"] for c in affected["claims"]] == ["confirmed", "claimed"]
    assert affected["value"] == {"number": 1_900_000, "unit": "customers"}
    assert [r["relation"] for r in found["related"]] == ["same_supplier"]
    assert found["storylines"][0]["url"] == "https://wire.example/storyline/s1"
    assert (found["changes"], found["audio"]) == ([], None)


def test_quotes_are_the_articles_characters(material: Any) -> None:
    found = document(material, "bank")
    by_id = {str(a.id): a for a in material.articles.values()}
    seen = 0
    statements = [found["headline"], *found["signal_summary"]]
    statements += [s for paragraph in found["deep_analysis"] for s in paragraph]
    for statement in statements:
        for e in statement["evidence"]:
            text = getattr(by_id[e["article"]], e["in"])
            assert text[e["start"] : e["end"]] == e["quote"]
            seen += 1
    assert seen >= 7


def test_a_thread_without_a_brief_says_so_and_quotes_its_title(material: Any) -> None:
    found = document(material, "hospital")
    assert found["headline"]["kind"] == "quoted"
    assert found["headline"]["evidence"][0]["in"] == "title"
    assert found["signal_summary"] == [{"text": briefs.PENDING, "kind": "notice", "evidence": []}]
    assert found["analysis"]["version"] == 0
    assert len(found["deep_analysis"]) == 3


def test_an_unknown_thread_is_not_found(material: Any) -> None:
    with pytest.raises(NotFoundError):
        threads.wire(material.store, "nope")


def test_markdown_keeps_the_order_of_the_page(material: Any) -> None:
    text = markdown(document(material, "bank"))
    labels = (
        "Signal Summary", "Explain Like I'm Five", "Original Reporting",
        "Deep Intelligence Analysis", "Impact Assessment", "Key Details", "Optimistic Outlook",
        "Pessimistic Outlook", "Timeline", "Continue reading", "Evidence",
    )  # fmt: skip
    places = [text.index(f"## {label}") for label in labels]
    assert places == sorted(places)
    assert "no language model wrote this" in text[: places[0]]
    assert "1,900,000 customers: confirmed, says Quarrybank" in text


def test_source_text_cannot_write_markdown() -> None:
    hostile = "[x](javascript:alert(1)) <img src=x> *b*\n# heading"
    assert escaped(hostile) == "\\[x\\](javascript:alert(1)) \\<img src=x\\> \\*b\\* \\# heading"
    assert escaped("- item") == "\\- item"


@pytest.mark.parametrize(
    ("field", "value", "bound", "words"),
    [
        ("affected", {"number": 2_500_000, "unit": "people"}, "at_least",
         "at least 2,500,000 people"),
        ("affected", {"number": 12, "unit": "other"}, None, "12"),
        ("volume", {"bytes": 200_000_000_000}, "about", "about 200 GB"),
        ("volume", {"bytes": 1_500_000_000_000}, None, "1.5 TB"),
        ("money", {"amount": 4e6, "currency": "USD", "kind": "ransom_demand"}, None,
         "USD 4,000,000 (ransom demand)"),
        ("data_type", "ssn_or_id", None, "Social Security numbers or IDs"),
        ("attack_type", "social_engineering", None, "social engineering"),
        ("date", "2026-11", None, "November 2026"),
        ("date", "2026-11-03", None, "3 November 2026"),
        ("date", "spring", None, "spring"),
        ("victim", "snake_case_inc", None, "snake_case_inc"),
    ],
)  # fmt: skip
def test_values_in_words(field: str, value: Any, bound: str | None, words: str) -> None:
    assert in_words(field, value, bound) == words


def test_what_has_no_name_of_ours_is_shown_in_the_sources_words() -> None:
    claim = {"value": "other", "status": "reported", "asserter": None, "text": "stay\n closed"}
    detail = {"field": "response", "bound": None, **claim, "claims": [claim]}
    assert told(detail) == "another step, “stay closed”"
    assert told({**detail, "value": "restored"}) == "restored"


def test_exported_threads(material: Any) -> None:
    lines = {line["id"]: line for line in exports.threads(material.store)}
    bank = lines[material.threads["bank"].id]
    assert len(lines) == 4
    assert set(bank) == {
        "id", "headline", "kind", "articles", "mentions", "storylines", "related", "first_at",
        "last_at",
    }  # fmt: skip
    assert len(bank["articles"]) == 3
    assert bank["storylines"] == ["s1"]
    assert bank["related"] == [material.threads["supplier"].id]


def test_exported_details_count_in_the_exported_articles(material: Any) -> None:
    articles = {line["url"]: line for line in exports.articles(material.store)}
    details = list(exports.details(material.store))
    assert len(details) == 13
    for line in details:
        assert articles[line["article"]][line["in"]][line["start"] : line["end"]] == line["text"]


def test_exported_briefs(material: Any) -> None:
    (brief,) = exports.briefs(material.store)
    assert brief["thread"] == material.threads["bank"].id
    assert len(brief["statements"]) == 14
    assert set(brief["statements"][0]["evidence"][0]) == {"article", "quote", "in", "start", "end"}


def one_origin(members: Sequence[Member]) -> list[Origin]:
    """All of them on one outlet's word."""
    return [
        Origin("Harbor <Ledger>", tuple(Sourced(m.article.id, "cites only it") for m in members))
    ]


def test_origins_are_listed_with_their_reasons(material: Any) -> None:
    id_ = material.threads["bank"].id
    found = threads.wire(material.store, id_, origins_of=one_origin)
    assert (found["articles"], found["origins"]) == (3, 1)
    (group,) = found["origin_groups"]
    assert group["origin"] == "Harbor <Ledger>"
    assert [set(a) for a in group["articles"]] == [{"article", "outlet", "url", "reason"}] * 3
    assert [a["reason"] for a in group["articles"]] == ["cites only it"] * 3
    WireThread.model_validate(found)
    text = threads.markdown(found)
    assert "### 3 articles, 1 origin" in text
    assert "(cites only it)" in text
    assert "<Ledger>" not in text


def test_the_page_and_the_api_list_origins(material: Any) -> None:
    services = Services(material.store, Config(), origins_of=one_origin)
    client = TestClient(create_app(lambda: services))
    id_ = material.threads["bank"].id
    page = client.get(f"/wire/{id_}", headers={"accept": "text/html"}).text
    assert 'id="origins"' in page
    assert "3 articles, 1 origin" in page
    assert "Harbor &lt;Ledger&gt;" in page
    assert page.count("cites only it") == 3
    assert len(client.get(f"/api/v1/threads/{id_}").json()["origin_groups"]) == 1


def test_an_application_without_a_sorter_of_origins_shows_the_stored_count(material: Any) -> None:
    found = document(material, "bank")
    assert found["origins"] == 2
    assert "origin_groups" not in found
