"""Threads as STIX: valid, every claim in it, the same until the ledger is another."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker
from starlette.testclient import TestClient

from api.app import create_app
from api.services import Services
from api.stix import bundle as stix
from api.stix.maker import EXTENSION, INCIDENT_CORE, SCHEMA
from breachwire.config import Config
from breachwire.model import Change, Correction, Detail, Indicator, LedgerClaim, Stand
from breachwire.store import Store

LATER = timedelta(days=1)


@pytest.fixture
def wire(empty: Store, fill: Callable[[Store], Any], evidence_of: Callable[..., Any]) -> Any:
    """The stories; the bank denies a number, and an article gives a domain and a package."""
    material = fill(empty)
    last = material.articles["quarrybank-confirms"]
    id_ = material.threads["bank"].id
    (affected,) = [d for d in empty.details([id_])[id_] if d.field == "affected"]
    words = evidence_of(last, "It denied that 2.5 million records were taken.")
    denied = replace(
        affected.claims[1].claim, evidence=words, sentence=words, status="denied",
        asserter="Quarrybank", asserter_kind="victim",
    )  # fmt: skip
    no = LedgerClaim(denied, id_, last.at, last.first_seen_at)
    _saved(empty, id_, "affected", lambda d: replace(d, claims=(*d.claims, no)))
    given = evidence_of(last, "1.9 million")
    empty.save_indicators(
        [last.id],
        [Indicator("domain", "it's.example", given, given),
         Indicator("package", "pkg:npm/axios@1.14.1", given, given),
         Indicator("attack", "T1566.001", given, given)],
    )  # fmt: skip
    return material


def _saved(store: Store, id_: str, field: str, change: Callable[[Detail], Detail],
           **more: Any) -> None:  # fmt: skip
    details = [change(d) if d.field == field else d for d in store.details([id_])[id_]]
    claims = [claim for detail in details for claim in detail.claims]
    store.save_ledger([m.article.id for m in store.members([id_])[id_]], claims,
                      {id_: details}, **more)  # fmt: skip


def _bundle(store: Store, id_: str) -> dict[str, dict[str, Any]]:
    """By id."""
    body = stix.bundle(store, store.thread(id_), base_url="https://wire.example")
    return {one["id"]: one for one in json.loads(body)["objects"]}


def _of(found: dict[str, dict[str, Any]], type_: str) -> list[dict[str, Any]]:
    return [one for one in found.values() if one["type"] == type_]


def test_bundles_pass_the_reference_validator_and_our_schema(wire: Any) -> None:
    from stix2validator import ValidationOptions, validate_string

    ours = Draft202012Validator(SCHEMA, format_checker=FormatChecker())
    for thread in wire.store.all_threads():
        body = stix.bundle(wire.store, thread, pages="https://wire.example")
        result = validate_string(body.decode(), ValidationOptions(version="2.1"))
        assert result.is_valid, [error.message for error in result.errors]
        told = [
            extension
            for one in json.loads(body)["objects"]
            if (extension := one.get("extensions", {}).get(EXTENSION))
        ]
        assert told
        assert [e.message for extension in told for e in ours.iter_errors(extension)] == []
    assert list(ours.iter_errors({"extension_type": "property-extension", "about": "nonsense"}))


def test_every_claim_is_a_note_with_status_asserter_and_quote(wire: Any) -> None:
    id_ = wire.threads["bank"].id
    found = _bundle(wire.store, id_)
    notes = [one["extensions"][EXTENSION] for one in _of(found, "note")]
    ledger = wire.store.ledger([id_])[id_]
    assert sorted((n["field"], n["status"], n.get("asserter", ""), n["quote"]["text"])
                  for n in notes) == sorted(
        (c.claim.field, c.claim.status, c.claim.asserter or "", c.claim.sentence.quote)
        for c in ledger
    )  # fmt: skip
    by_status = {one["extensions"][EXTENSION]["status"]: one.get("confidence")
                 for one in _of(found, "note")}  # fmt: skip
    assert by_status == {"denied": 0, "claimed": 15, "reported": 50, "confirmed": 85}
    (report,) = _of(found, "report")
    cited = {ref for fact in report["extensions"][EXTENSION]["facts"] for ref in fact["claims"]}
    assert cited == {one["id"] for one in _of(found, "note")}
    for article in wire.articles.values():
        assert article.text not in json.dumps(found)


def test_incident_names_and_denial(wire: Any) -> None:
    found = _bundle(wire.store, wire.threads["bank"].id)
    (incident,) = _of(found, "incident")
    core = incident["extensions"][INCIDENT_CORE]
    assert core == {"extension_type": "property-extension", "determination": "confirmed",
                    "investigation_status": "new"}  # fmt: skip
    links = {
        (one["relationship_type"], target["type"], target["name"], one.get("confidence"))
        for one in _of(found, "relationship")
        if one["source_ref"] == incident["id"] and (target := found[one["target_ref"]])
    }
    assert links == {
        ("targets", "identity", "Quarrybank", 85),
        ("attributed-to", "threat-actor", "Salt Heron", 15),
        ("related-to", "identity", "Tidewater Sync", 50),
        ("related-to", "campaign", "Tidewater Sync", None),
    }
    (denial,) = _of(found, "opinion")
    assert found[denial["created_by_ref"]]["name"] == "Quarrybank"
    assert denial["explanation"] == "It denied that 2.5 million records were taken."
    patterns = {one["pattern"] for one in _of(found, "indicator")}
    assert patterns == {
        r"[domain-name:value = 'it\'s.example']",
        "[software:name = 'axios' AND software:version = '1.14.1']",
    }
    assert {one["name"] for one in _of(found, "attack-pattern")} == {"T1566.001"}


def test_exports_a_day_apart_differ_where_the_ledger_did(wire: Any) -> None:
    bank = wire.threads["bank"].id
    before = {thread.id: _bundle(wire.store, thread.id) for thread in wire.store.all_threads()}
    again = {id_: _bundle(wire.store, id_) for id_ in before}
    assert again == before
    _correct(wire, {"number": 1_200_000, "unit": "customers"})
    after = {id_: _bundle(wire.store, id_) for id_ in before}
    assert {id_ for id_ in before if after[id_] != before[id_]} == {bank}
    changed = [one for id_, one in after[bank].items() if one != before[bank].get(id_)]
    assert before[bank].keys() == after[bank].keys()
    assert sorted(one["type"] for one in changed) == ["incident", "note", "report"]
    for one in changed:
        assert one["modified"] > before[bank][one["id"]]["modified"]
        assert one["created"] == before[bank][one["id"]]["created"]
    (note,) = [one for one in changed if one["type"] == "note"]
    assert note["extensions"][EXTENSION]["value"] == {"number": 1_200_000, "unit": "customers"}


def test_what_newer_rules_read_otherwise_is_a_later_version(wire: Any) -> None:
    id_, article = wire.threads["bank"].id, wire.articles["quarrybank-confirms"].id

    def otherwise(one: LedgerClaim) -> LedgerClaim:
        return replace(one, claim=replace(one.claim, asserter="The bank"))

    def read(detail: Detail) -> Detail:
        claims = tuple(map(otherwise, detail.claims))
        return replace(detail, claims=claims, lead=otherwise(detail.lead))

    before, at = _bundle(wire.store, id_), wire.store.reread([article]).get(article)
    _saved(wire.store, id_, "victim", lambda d: d)  # the same to newer rules: nothing happened
    assert wire.store.reread([article]).get(article) == at
    assert _bundle(wire.store, id_) == before
    _saved(wire.store, id_, "victim", read)
    assert wire.store.reread([article])[article] != at
    after = _bundle(wire.store, id_)
    for one in after.values():
        if one["type"] in ("report", "incident"):
            assert one["modified"] > before[one["id"]]["modified"]


def test_what_an_outlet_takes_back_is_revoked(wire: Any) -> None:
    bank = wire.threads["bank"].id
    before = _bundle(wire.store, bank)
    _correct(wire, None)
    after = _bundle(wire.store, bank)
    (note,) = [one for one in _of(after, "note") if one.get("revoked")]
    was = before[note["id"]]
    assert not was.get("revoked")
    assert note["modified"] > was["modified"]
    assert note["extensions"][EXTENSION]["retracted_at"]


def test_a_fact_that_nobody_says_any_more_leaves_a_revoked_link(wire: Any) -> None:
    bank, first = wire.threads["bank"].id, wire.articles["quarrybank-offline"]
    before = _bundle(wire.store, bank)
    (link,) = [one for one in _of(before, "relationship")
               if one["relationship_type"] == "attributed-to"]  # fmt: skip
    (actor,) = [d for d in wire.store.details([bank])[bank] if d.field == "actor"]
    said = actor.lead.claim
    stood = Stand(said.value, None, said.status, said.asserter, None, actor.since, "")
    at = first.first_seen_at + 3 * LATER
    details = [d for d in wire.store.details([bank])[bank] if d.field != "actor"]
    wire.store.save_ledger(
        [m.article.id for m in wire.store.members([bank])[bank]],
        [claim for detail in details for claim in detail.claims],
        {bank: details},
        changes=[Change(first.id, at, "actor", "Actor", stood, None, ())],
    )
    after = _bundle(wire.store, bank)[link["id"]]
    assert after["revoked"]
    assert after["modified"] > link["modified"]
    assert after["target_ref"] == link["target_ref"]


def _correct(wire: Any, value: dict[str, Any] | None) -> None:
    """The later article says another number, or none, a day after."""
    last, id_ = wire.articles["quarrybank-confirms"], wire.threads["bank"].id
    old = next(c for c in wire.store.ledger([id_])[id_]
               if c.claim.field == "affected" and c.claim.status == "confirmed")  # fmt: skip
    claim = old.claim
    before = Stand(claim.value, claim.bound, claim.status, claim.asserter, None, old.said_at,
                   claim.sentence.quote)  # fmt: skip
    at = last.first_seen_at + LATER
    new = [replace(old, claim=replace(claim, value=value), first_seen_at=at)] if value else []

    def changed(detail: Detail) -> Detail:
        rest = [c for c in detail.claims if c.claim.evidence != claim.evidence]
        return replace(detail, claims=(*new, *rest), lead=(*new, *rest)[0],
                       value=value or detail.value)  # fmt: skip

    stand = replace(before, value=value) if value else None
    one = Correction(last.id, at, "edited", "affected", "Affected", before, stand, ())
    _saved(wire.store, id_, "affected", changed, corrections=[one])


def test_over_http_conditional_and_where_a_merged_thread_is(wire: Any) -> None:
    services = Services(store=wire.store, config=Config(base_url="https://wire.example"))
    bank = wire.threads["bank"].id
    with TestClient(create_app(lambda: services), follow_redirects=False) as client:
        answer = client.get(f"/api/v1/threads/{bank}/stix")
        assert answer.headers["content-type"] == "application/stix+json;version=2.1"
        page = client.get(f"/wire/{bank}/x.stix.json").headers["location"]
        assert client.get(page).content == answer.content
        known = {"If-None-Match": answer.headers["etag"]}
        assert client.get(f"/api/v1/threads/{bank}/stix", headers=known).status_code == 304
        assert client.get("/api/v1/threads/nobody/stix").status_code == 404
        whole = client.get("/api/v1/exports/stix", params={"victim": "Quarrybank"})
        assert [o["name"] for o in whole.json()["objects"] if o["type"] == "report"] == [
            wire.store.thread(bank).headline
        ]
