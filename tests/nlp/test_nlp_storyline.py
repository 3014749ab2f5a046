"""Related coverage and storylines on invented threads, with the real embedder."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache

import pytest

from breachwire.model import (
    Article,
    Claim,
    Detail,
    Evidence,
    Field,
    Kind,
    LedgerClaim,
    Member,
    Storyline,
    Thread,
    Vectors,
)
from breachwire.testing import an_article
from nlp import embed, links
from nlp.links import Link
from nlp.relations import Relations

START = datetime(2027, 3, 1, tzinfo=UTC)
STORIES: list[tuple[str, Kind, str, str]] = [
    (
        "pack",
        "supply-chain",
        "Zephyrlint package backdoored by Gloamcrew to steal credentials",
        "Two releases of Zephyrlint carried code of Gloamcrew that stole cloud credentials.",
    ),
    (
        "first",
        "breach",
        "Orrinvale confirms breach through Zephyrlint supply chain attack",
        "Recruiter Orrinvale said that Gloamcrew got in through the Zephyrlint package.",
    ),
    (
        "second",
        "breach",
        "Tallowfen loses source code in Zephyrlint attack by Gloamcrew",
        "Tallowfen said the poisoned Zephyrlint release exposed its repositories.",
    ),
    (
        "flaw",
        "vulnerability",
        "Borvane patches firewall flaw CVE-2027-10234",
        "The flaw lets attackers bypass authentication on Borvane firewalls.",
    ),
    (
        "exploit",
        "vulnerability",
        "Botnet now exploits CVE-2027-10234",
        "A botnet has added the bypass to its list.",
    ),
    (
        "policy",
        "policy",
        "Parliament passes a law on school phones",
        "Members voted for the bill on Tuesday.",
    ),
]


def _article(number: int, title: str, text: str) -> Article:
    at = START + timedelta(hours=8 * number)
    return an_article(number, title, text, source="Daily", at=at)


def _detail(field: Field, value: str) -> Detail:
    evidence = Evidence(1, "text", 0, len(value), value)
    claim = Claim(field, value, None, "reported", None, None, None, evidence, evidence)
    said = LedgerClaim(claim, "t", START, START)
    return Detail(field, value, value, None, "reported", None, START, (said,), said)


@cache
def _vectors() -> Vectors:
    return embed.load().encode([embed.text_of(t, x) for _, _, t, x in STORIES])


def _relations(details: dict[str, list[Detail]] | None = None) -> Relations:
    relations = Relations()
    vectors = _vectors()
    for number, (id_, kind, title, text) in enumerate(STORIES, 1):
        article = _article(number, title, text)
        at = article.at
        thread = Thread(id_, title, kind, "Other", at, at, at, 1, 1)
        member = Member(article, "first_report", 1.0, "opens", "")
        given = (details or {}).get(id_, [])
        relations.put(thread, [member], {number: vectors[number - 1]}, given)
    return relations


@pytest.fixture(scope="module")
def relations() -> Relations:
    return _relations()


def test_victims_of_one_campaign_are_related_with_the_reason(relations: Relations) -> None:
    found = relations.related("first")
    assert {r.thread for r in found[:2]} == {"pack", "second"}
    assert "Zephyrlint" in found[0].reason or "Gloamcrew" in found[0].reason
    assert "policy" not in {r.thread for r in found}
    assert [r.score for r in found] == sorted((r.score for r in found), reverse=True)


def test_one_flaw_is_said_by_its_number(relations: Relations) -> None:
    first = relations.related("exploit")[0]
    assert (first.thread, first.relation, first.reason) == (
        "flaw",
        "same_flaw",
        "same flaw: CVE-2027-10234",
    )


def test_unrelated_threads_get_nothing_rather_than_something(relations: Relations) -> None:
    assert relations.related("policy") == []
    assert relations.related("never seen") == []


def test_limit_holds(relations: Relations) -> None:
    assert len(relations.related("first", 1)) == 1


def test_the_ledgers_supplier_and_actor_are_named() -> None:
    supplied = _relations(
        {
            "first": [_detail("third_party", "Zephyrlint"), _detail("victim", "Orrinvale")],
            "second": [_detail("third_party", "Zephyrlint"), _detail("victim", "Tallowfen")],
        }
    )
    found = {r.thread: r for r in supplied.related("first")}
    assert found["second"].relation == "same_supplier"
    assert found["second"].reason == "same supplier: Zephyrlint"
    actors = _relations({n: [_detail("actor", "Gloamcrew")] for n in ("first", "second")})
    found = {r.thread: r for r in actors.related("first")}
    assert (found["second"].relation, found["second"].reason) == (
        "same_actor",
        "same actor: Gloamcrew",
    )


def test_an_actor_that_is_many_groups_is_no_bond() -> None:
    """ "Chinese hackers" of two threads are not one actor: no reason, and rather folded away."""
    both = {n: [_detail("actor", "Chinese hackers")] for n in ("first", "second")}
    nameless, none = _relations(both), _relations()
    found = {r.thread: r for r in nameless.related("first")}
    bare = {r.thread: r for r in none.related("first")}
    assert found["second"].relation == "same_storyline"
    assert "Chinese" not in found["second"].reason
    assert set(found) == set(bare)
    one = {n: [_detail("actor", "Gloamcrew")] for n in ("first", "second")}
    named = {r.thread: r for r in _relations(one).related("first")}
    assert named["second"].score > found["second"].score


def test_a_platform_in_daily_talk_is_no_common_supplier() -> None:
    both = {n: [_detail("third_party", "GitHub")] for n in ("first", "second")}
    found = {r.thread: r for r in _relations(both).related("first")}
    assert found["second"].relation != "same_supplier"


def test_news_of_no_incident_is_doubted_and_kept(relations: Relations) -> None:
    first, second = (p for p in relations.profiles() if p.id in ("first", "second"))
    link = relations.link(first, second)
    news = relations.link(replace(first, kind="other"), replace(second, kind="other"))
    assert news.value == link.value
    assert news.score < link.score


def test_a_country_in_common_leads_no_further(relations: Relations) -> None:
    first, second = (p for p in relations.profiles() if p.id in ("first", "second"))
    campaign, country = Link(2.0, ("zephyrlint", "korea")), Link(2.0, ("korea",))
    by_campaign = links.second_hand(first, second, campaign, campaign)
    by_country = links.second_hand(first, second, campaign, country)
    assert by_country.value == by_campaign.value < campaign.value
    assert by_country.score < by_campaign.score


def test_of_one_campaign_those_of_its_own_days_come_first(relations: Relations) -> None:
    first, second, pack = (
        next(p for p in relations.profiles() if p.id == id_) for id_ in ("first", "second", "pack")
    )
    now = relations.link(first, second)
    week = relations.link(first, replace(second, first=second.first + 5, last=second.last + 5))
    later = replace(second, first=second.first + 70, last=second.last + 70)
    assert relations.link(later, first) == relations.link(first, later)
    assert week.score > relations.link(first, later).score
    near = relations.link(first, pack)
    by_way = links.second_hand(first, second, near, now)
    assert links.second_hand(first, later, near, now).value < by_way.value < near.value


def test_what_befell_one_victim_does_not_age(relations: Relations) -> None:
    first, second = (p for p in relations.profiles() if p.id in ("first", "second"))
    later = replace(second, first=second.first + 70, last=second.last + 70)
    assert links.age(first, later) > 0.5 > links.age(first, second) == 0
    victims = frozenset({"orrinvale"})
    assert links.age(replace(first, victims=victims), replace(later, victims=victims)) == 0


def test_a_storyline_holds_the_campaign_and_keeps_its_id(relations: Relations) -> None:
    lines = relations.storylines([])
    campaign = next(s for s in lines if "first" in s.threads)
    assert set(campaign.threads) == {"pack", "first", "second"}
    assert campaign.label in {"Zephyrlint", "Gloamcrew"}
    assert campaign.label in campaign.reason
    known = Storyline("kept", "old label", ("second", "first"))
    again = next(s for s in relations.storylines([known]) if "first" in s.threads)
    assert again.id == "kept"
    ids = [s.id for s in relations.storylines([known])]
    assert len(ids) == len(set(ids))


def test_removing_and_putting_again_leaves_no_trace() -> None:
    relations = _relations()
    before = relations.related("first")
    relations.remove("second")
    assert "second" not in {r.thread for r in relations.related("first")}
    relations.remove("second")
    assert _relations().related("first") == before
