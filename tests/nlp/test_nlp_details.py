"""Consolidation: one fact, one detail; statuses by stated rules; figures with their history."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from breachwire.model import Claim, Detail, Evidence, LedgerClaim
from nlp import details

START = datetime(2026, 3, 1, tzinfo=UTC)


def claim(
    field: str,
    value: Any,
    status: str = "reported",
    *,
    article: int = 1,
    day: int = 0,
    kind: str = "outlet",
    asserter: str | None = None,
    where: str = "text",
    bound: str | None = None,
    sentence: str = "",
) -> LedgerClaim:
    quote = str(value)
    evidence = Evidence(article, where, 0, len(quote), quote)  # type: ignore[arg-type]
    whole = Evidence(article, where, 0, len(sentence), sentence)  # type: ignore[arg-type]
    inner = Claim(field, value, bound, status, asserter, kind, "statement", evidence, whole)  # type: ignore[arg-type]
    at = START + timedelta(days=day)
    return LedgerClaim(inner, "t1", at, at)


def people(number: int) -> dict[str, Any]:
    return {"number": number, "unit": "people"}


def only(*claims: LedgerClaim) -> Detail:
    (detail,) = details.consolidate(claims)
    return detail


def test_nothing_of_nothing() -> None:
    assert details.consolidate([]) == ()


def test_names_of_one_victim_are_one_detail() -> None:
    detail = only(
        claim("victim", "Orbiqon", article=1, where="title"),
        claim(
            "victim",
            "Orbiqon Healthcare",
            "confirmed",
            article=2,
            day=1,
            kind="victim",
            asserter="Orbiqon",
        ),
        claim("victim", "ORBIQON", article=3, day=2),
    )
    said = (detail.label, detail.status, detail.asserter)
    assert said == ("Victim", "confirmed", "Orbiqon Healthcare")
    assert [c.claim.evidence.article for c in detail.claims] == [3, 2, 1]
    assert detail.lead in detail.claims


def test_initials_stand_for_a_name_and_kin_groups_stay_apart() -> None:
    assert (
        only(claim("victim", "Ohio Water Board"), claim("victim", "OWB", article=2)).value
        == "Ohio Water Board"
    )
    actors = details.consolidate(
        [
            claim("actor", "Lapsus$"),
            claim("actor", "Scattered LAPSUS$ Hunters"),
            claim("actor", "ShinyHunters"),
        ]
    )
    assert len(actors) == 3
    aliases = only(claim("actor", "APT28"), claim("actor", "Forest Blizzard", article=2))
    assert len(aliases.claims) == 2


def test_the_latest_figure_leads_with_its_history() -> None:
    detail = only(
        claim("affected", people(500), "confirmed", kind="victim", day=0, article=1),
        claim("affected", people(24_937), "confirmed", kind="authority", day=30, article=2),
    )
    assert detail.value == people(24_937)
    assert detail.note == "earlier figure 500"
    assert detail.since == START + timedelta(days=30)


def test_the_victims_figure_leads_over_a_later_outlets() -> None:
    detail = only(
        claim("affected", people(24_937), "confirmed", kind="victim", day=0, article=1),
        claim("affected", people(25_000), "reported", day=3, article=2),
    )
    assert detail.value == people(24_937)


def test_an_attackers_figure_stands_apart() -> None:
    ours, theirs = details.consolidate(
        [
            claim("affected", people(5_000), "confirmed", kind="victim", article=1),
            claim("affected", people(9_000_000), "claimed", kind="attacker", article=2, day=5),
        ]
    )
    assert (ours.value, ours.status, ours.note) == (people(5_000), "confirmed", None)
    assert (theirs.value, theirs.status) == (people(9_000_000), "claimed")
    assert "attacker" in theirs.label


def test_two_figures_side_by_side_are_two_facts_unless_revised() -> None:
    apart = [
        claim("affected", people(287), article=1),
        claim("affected", people(2_700_000), article=1),
    ]
    assert len(details.consolidate(apart)) == 2
    revised = [
        claim(
            "affected",
            people(287),
            article=1,
            sentence="The count rose from an initial 287 to 312.",
        ),
        claim(
            "affected",
            people(312),
            article=1,
            sentence="The count rose from an initial 287 to 312.",
        ),
    ]
    assert len(details.consolidate(revised)) == 1


def test_a_denial_disputes_until_the_victim_confirms() -> None:
    asserted = claim("victim", "Orbiqon", "claimed", kind="attacker", article=1, day=0)
    denial = claim(
        "victim", "Orbiqon", "denied", kind="victim", asserter="Orbiqon", article=2, day=1
    )
    later = claim(
        "victim", "Orbiqon", "confirmed", kind="victim", asserter="Orbiqon", article=3, day=9
    )
    standing = only(asserted, denial)
    assert standing.status == "disputed"
    assert standing.note == "denied by Orbiqon on 2 March 2026"
    settled = only(asserted, denial, later)
    assert settled.status == "confirmed"
    assert settled.note == "denied by Orbiqon on 2 March 2026"
    assert only(denial).status == "denied"


def test_a_claim_never_becomes_a_confirmation() -> None:
    claims = [
        claim("volume", {"bytes": 4}, "claimed", kind="attacker", article=n, day=n)
        for n in range(5)
    ]
    assert only(*claims).status == "claimed"


def test_placeholder_and_repost_are_noted() -> None:
    filed = only(claim("affected", people(501), "confirmed", kind="victim", bound="placeholder"))
    assert filed.note is not None
    assert filed.note.startswith("placeholder")
    old = only(
        claim(
            "affected", people(9_000), sentence="The firm says it is old data from a 2021 breach."
        )
    )
    assert old.note == "possible repost of older data"


def test_leading_details_first_and_passing_mentions_last() -> None:
    claims = [claim("victim", "Orbiqon", article=n, where="title") for n in range(1, 11)]
    claims += [
        claim("victim", "Bystander", article=3),
        claim("response", "investigating", article=2),
    ]
    claims += [
        claim("attack_type", "ransomware", article=2),
        claim("affected", people(10), article=2),
    ]
    order = [detail.value for detail in details.consolidate(claims)]
    assert order == ["Orbiqon", people(10), "ransomware", "investigating", "Bystander"]


def test_the_precise_figure_stands_in_its_roundings_place() -> None:
    round_ = claim("affected", people(83_000), "confirmed", kind="victim", asserter="The county")
    exact = claim("affected", people(83_112), article=2, day=7)
    detail = only(round_, exact)
    assert (detail.value, detail.status, detail.note) == (people(83_112), "confirmed", None)
    grown = only(exact, claim("affected", people(90_000), article=3, day=9, bound="placeholder"))
    assert grown.note is not None
    assert grown.note.endswith("earlier figure 83,112")


def test_one_large_figure_is_one_fact_and_its_denial_stands_with_it() -> None:
    offered = claim(
        "affected", {"number": 61_000_000, "unit": "accounts"}, "claimed", kind="attacker"
    )
    denied = claim(
        "affected", {"number": 61_000_000, "unit": "records"}, "denied", kind="victim",
        asserter="Orbiqon", article=2, day=2,
    )  # fmt: skip
    told = claim("affected", {"number": 61_000_000, "unit": "users"}, article=3, day=3)
    assert only(offered, denied, told).status == "disputed"
    assert only(offered, told).status == "claimed"
    few = claim("affected", {"number": 12, "unit": "records"}, "claimed", kind="attacker")
    many = claim("affected", {"number": 12, "unit": "people"}, article=2, day=1)
    assert len(details.consolidate([few, many])) == 2


def test_one_sum_is_one_fact_whatever_it_is_called() -> None:
    def sum_of(amount: int, kind: str, article: int) -> LedgerClaim:
        value = {"amount": amount, "currency": "USD", "kind": kind}
        return claim("money", value, article=article, day=article)

    detail = only(
        sum_of(47_300_000, "stolen", 1),
        sum_of(47_000_000, "loss", 2),
        sum_of(47_300_000, "other", 3),
    )
    assert detail.label == "Stolen"
    assert len(details.consolidate([sum_of(9_000, "loss", 1), sum_of(4_000, "fine", 2)])) == 2


def test_what_tells_nothing_is_not_shown() -> None:
    victim = claim("victim", "Orbiqon Health", "confirmed", kind="victim", sentence="Orbiqon")
    office = claim(
        "victim", "Health Privacy", article=2, sentence="It told the Federal Health Privacy Office."
    )
    assert only(victim, office).value == "Orbiqon Health"
    day = claim("date", "2026-03-01", "denied", asserter="Orbiqon", kind="victim")
    not_yet = claim("response", "restored", "denied")
    assert details.consolidate([day, not_yet]) == ()
    refused = claim("response", "paid_ransom", "denied", asserter="Orbiqon", kind="victim")
    assert only(refused).status == "denied"
    crew, name = claim("actor", "Extortion crew"), claim("actor", "Gilt Wren", article=2)
    assert only(crew, name).value == "Gilt Wren"
    photos = claim("affected", {"number": 4, "unit": "records"}, kind="victim", asserter="Orbiqon")
    assert only(photos, claim("affected", people(9_000), article=2)).value == people(9_000)


def test_who_denies_is_not_who_says_so() -> None:
    before = claim("victim", "Orbiqon", "confirmed", kind="victim", asserter="Orbiqon")
    denial = claim(
        "victim", "Orbiqon", "denied", kind="victim", asserter="Orbiqon", article=2, day=1
    )
    assert (only(before, denial).status, only(before, denial).asserter) == ("disputed", None)


def test_the_victims_later_word_overtakes_who_denied_any_intrusion() -> None:
    denied = claim(
        "attack_type", "unknown_intrusion", "denied", kind="victim", asserter="Orbiqon", day=1
    )
    seen = claim("attack_type", "unknown_intrusion", article=3, day=20)
    own = claim(
        "victim", "Orbiqon", "confirmed", kind="victim", asserter="Orbiqon", article=2, day=9
    )
    before = {d.field: d.status for d in details.consolidate([denied, seen])}
    after = {d.field: d.status for d in details.consolidate([denied, own, seen])}
    assert before["attack_type"] == "disputed"
    assert after == {"victim": "confirmed", "attack_type": "reported"}


def test_an_attackers_figure_that_the_victim_rejects_stays_disputed() -> None:
    size = {"bytes": 800_000_000_000}
    theirs = claim("volume", size, "disputed", kind="attacker", asserter="the gang")
    again = claim("volume", size, article=2, day=3)
    assert only(theirs, again).status == "disputed"


def test_kinds_before_a_name_and_behind_it_are_no_other_party() -> None:
    hospital = only(
        claim("victim", "Rural hospital Corrie General"),
        claim("victim", "Corrie General Hospital", article=2, day=1),
    )
    assert len(hospital.claims) == 2
    assert only(claim("victim", "Kobalt"), claim("victim", "Kobalt Exchange", article=2)).value in (
        "Kobalt",
        "Kobalt Exchange",
    )
    apart = details.consolidate(
        [claim("victim", "Microsoft"), claim("victim", "Microsoft Exchange", article=2)]
    )
    assert len(apart) == 2


def test_a_piece_of_the_actors_name_and_a_supplier_beside_its_clients_are_no_victims() -> None:
    said = [
        claim("victim", "Vellum Mutual"),
        claim("victim", "Vellum Mutual", article=2),
        claim("victim", "Ferrule"),
        claim("actor", "Grey Ferrule"),
        claim("victim", "Postrunner Mailing"),
        claim("third_party", "Postrunner Mailing", article=2),
    ]
    found = details.consolidate(said)
    assert [d.value for d in found if d.field == "victim"] == ["Vellum Mutual"]
    assert [d.value for d in found if d.field == "third_party"] == ["Postrunner Mailing"]
    assert {d.value for d in details.consolidate(said[2:3])} == {"Ferrule"}


def test_what_was_denied_first_is_confirmed_since_its_confirmation() -> None:
    detail = only(
        claim("victim", "Orbiqon", "claimed", kind="attacker", article=1),
        claim("victim", "Orbiqon", "denied", kind="victim", article=2, day=1, asserter="Orbiqon"),
        claim("victim", "Orbiqon", "confirmed", kind="victim", article=3, day=16),
        claim("victim", "Orbiqon", "confirmed", kind="victim", article=4, day=20),
    )
    assert (detail.status, detail.since) == ("confirmed", START + timedelta(days=16))
