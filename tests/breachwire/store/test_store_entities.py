"""Who is one across threads: short forms, namesakes, aliases; addresses, filters, edits."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from breachwire.model import Detail, Entity, Evidence, Party, PartyFact, Thread
from breachwire.store import Store, ThreadFilter

NOW = datetime(2026, 3, 24, 12, 0, tzinfo=UTC)  # when the builders' first draft was published


def fact(value: str, article: int = 1, basis: str = "quote") -> PartyFact:
    return PartyFact(value, basis, value, Evidence(article, "text", 0, 4, "Acme"))  # type: ignore[arg-type]


class Wire:
    """Threads with one party each, in a real store."""

    def __init__(self, store: Store, make: Any) -> None:
        self.store, self.make, self._n = store, make, 0

    def thread(self, *parties: dict[str, Any]) -> Thread:
        """A thread of one article with these parties as details."""
        (article,) = self.make.take(self.store, self.make.draft(self._n))
        self._n += 1
        thread = self.make.place(self.store, article)
        claims, details = [], []
        for one in parties:
            kind = one.get("kind", "victim")
            said = self.make.claim(
                article, thread.id, "Acme", field=kind, value=one["name"],
                status=one.get("status", "reported"),
            )  # fmt: skip
            claims.append(said)
            details.append(self._detail(said, one, kind))
        self.store.save_ledger([article.id], claims, {thread.id: details})
        return thread

    def _detail(self, said: Any, one: dict[str, Any], kind: str) -> Detail:
        where = {w: one[w] and fact(one[w]) for w in ("sector", "country") if w in one}
        forms = one.get("forms", (one["name"],))
        party = Party(one.get("key", one["name"].lower()), forms, said.said_at, said.said_at)
        found: Detail = self.make.detail(said, party=replace(party, **where))
        return found

    def entity(self, kind: str, slug: str) -> Entity:
        found = self.store.entity(kind, slug)  # type: ignore[arg-type]
        assert found is not None
        return found


@pytest.fixture
def wire(store: Store, make: Any) -> Wire:
    return Wire(store, make)


AHMC = {"name": "AHMC", "key": "ahmc"}
HEALTHCARE = {"name": "AHMC Healthcare", "key": "ahmc healthcare", "sector": "Health"}
BOTH = {**HEALTHCARE, "forms": ("AHMC", "AHMC Healthcare")}


def test_a_party_comes_back_as_it_was_saved(wire: Wire) -> None:
    thread = wire.thread({**BOTH, "country": "US"})
    (detail,) = wire.store.details([thread.id])[thread.id]
    assert detail.party == Party(
        "ahmc healthcare", ("AHMC", "AHMC Healthcare"), NOW, NOW, fact("Health"), fact("US")
    )


def test_short_forms_lead_to_the_name_that_a_thread_uses_them_for(wire: Wire) -> None:
    threads = {wire.thread(BOTH).id, wire.thread(AHMC).id, wire.thread(HEALTHCARE).id}
    found = wire.entity("victim", "ahmc")
    assert (found.slug, set(found.threads)) == ("ahmc-healthcare", threads)
    assert (found.name, found.forms) == ("AHMC Healthcare", ("AHMC",))
    assert (found.first_said, found.last_said) == (NOW, NOW + timedelta(hours=2))
    assert found.sector == fact("Health")
    assert found.country is None
    assert dict(found.statuses) == {"reported": 3}
    assert wire.entity("victim", "ahmc-healthcare") == found


def test_a_part_of_a_name_needs_the_same_sector_or_country(wire: Wire) -> None:
    short, long = wire.thread({**AHMC, "sector": None}), wire.thread(HEALTHCARE)
    assert wire.entity("victim", "ahmc").threads == (short.id,)
    assert [n.slug for n in wire.entity("victim", "ahmc").namesakes] == ["ahmc-healthcare"]
    also = wire.thread({**AHMC, "sector": "Health"})
    assert set(wire.entity("victim", "ahmc").threads) == {short.id, long.id, also.id}


def test_two_of_one_name_are_apart_and_say_so(wire: Wire) -> None:
    us = wire.thread({"name": "Mercy", "sector": "Health", "country": "US"})
    us2 = wire.thread({"name": "Mercy", "sector": "Health", "country": "US"})
    au = wire.thread({"name": "Mercy", "sector": "Health", "country": "AU"})
    first, second = wire.entity("victim", "mercy"), wire.entity("victim", "mercy-au")
    assert set(first.threads) == {us.id, us2.id}
    assert second.threads == (au.id,)
    assert [(n.slug, n.country, n.threads) for n in first.namesakes] == [("mercy-au", "AU", 1)]
    assert [n.slug for n in second.namesakes] == ["mercy"]


def test_one_word_in_two_kinds_of_business_is_two(wire: Wire) -> None:
    wire.thread({"name": "Summit", "sector": "Health"})
    bank = wire.thread({"name": "Summit", "sector": "Bank"})
    assert wire.entity("victim", "summit-bank").threads == (bank.id,)
    wire.thread({"name": "Delta Cable", "sector": "IT"})
    wire.thread({"name": "Delta Cable", "sector": "Sport"})
    assert len(wire.entity("victim", "delta-cable").threads) == 2  # two words: one name


def test_a_short_form_of_several_names_stands_for_none(wire: Wire) -> None:
    wire.thread({"name": "Mercy Health", "forms": ("Mercy", "Mercy Health"), "sector": "Health"})
    wire.thread({"name": "Mercy Iowa", "forms": ("Mercy", "Mercy Iowa"), "sector": "Health"})
    alone = wire.thread({"name": "Mercy", "sector": "Health"})
    found = wire.entity("victim", "mercy")
    assert found.threads == (alone.id,)
    assert {n.slug for n in found.namesakes} == {"mercy-health", "mercy-iowa"}


def test_groups_do_not_depend_on_the_order_of_threads(store: Store, make: Any) -> None:
    wire = Wire(store, make)
    for one in (HEALTHCARE, AHMC, BOTH):
        wire.thread(one)
    assert len(wire.entity("victim", "ahmc").threads) == 3


def test_an_actor_goes_by_its_key_and_suppliers_by_their_names(wire: Wire) -> None:
    octo = {"kind": "actor", "name": "Octo Tempest", "key": "scattered spider"}
    spider = {"kind": "actor", "name": "Scattered Spider", "key": "scattered spider"}
    hunters = {"kind": "actor", "name": "Scattered LAPSUS$ Hunters"}
    one, two, other = wire.thread(octo), wire.thread(spider), wire.thread(hunters)
    found = wire.entity("actor", "octo-tempest")
    assert (found.slug, found.name) == ("scattered-spider", "Scattered Spider")
    assert set(found.threads) == {one.id, two.id}
    assert wire.entity("actor", "scattered-lapsus-hunters").threads == (other.id,)
    wire.thread({"kind": "third_party", "name": "Orbiqon", "sector": "IT"})
    wire.thread({"kind": "third_party", "name": "Orbiqon Drive", "sector": "IT"})
    assert len(wire.entity("third_party", "orbiqon").threads) == 1


def test_the_filter_finds_all_threads_of_the_entity(wire: Wire) -> None:
    ids = {wire.thread(BOTH).id, wire.thread(AHMC).id}
    wire.thread({"name": "Other"})
    for name in ("AHMC", "ahmc healthcare", "ahmc-healthcare"):
        page = wire.store.threads(ThreadFilter(victim=name))
        assert {thread.id for thread in page.threads} == ids


def test_who_stands_in_the_same_threads(wire: Wire) -> None:
    heron = {"kind": "actor", "name": "Salt Heron"}
    wire.thread(BOTH, heron)
    wire.thread(AHMC, heron, {"kind": "cve", "name": "CVE-2026-90001", "key": "CVE-2026-90001"})
    found = wire.entity("victim", "ahmc")
    assert [(t.kind, t.slug, t.threads) for t in found.together] == [
        ("actor", "salt-heron", 2),
        ("cve", "cve-2026-90001", 1),
    ]


def test_nobody_answers_to_what_has_no_party(wire: Wire) -> None:
    assert wire.store.entity("victim", "nobody") is None
    thread = wire.thread(AHMC)
    wire.store.save_ledger([], [], {thread.id: []})
    assert wire.store.entity("victim", "ahmc") is None
    assert wire.store.check() == []
