"""What of a thread's facts a text holds, lacks and contradicts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from breachwire.model import Claim, Detail, Evidence, LedgerClaim
from breachwire.testing import an_article
from nlp import claims, details, held

AT = datetime(2026, 11, 3, tzinfo=UTC)


def said(field: str, value: Any, quote: str, status: str = "confirmed", **more: Any) -> LedgerClaim:
    """A claim of an article, as a rule article 7."""
    article = more.get("article", 7)
    words = Evidence(article, "text", 0, len(quote), quote)
    who = more.get("by")
    kind = more.get("kind", "victim")
    made = Claim(field, value, "exact", status, who, kind, "statement", words, words)  # type: ignore[arg-type]
    at = AT + timedelta(days=article - 7)
    return LedgerClaim(made, "t", at, at)


def thread(*ledger: LedgerClaim) -> tuple[Detail, ...]:
    """Their details."""
    return details.consolidate(ledger)


def text(words: str) -> held.Said:
    """A text with what the extractor finds in it."""
    article = an_article(0, "", words, source="", at=AT)
    return held.Said(article, claims.extract(article))


VICTIM = said("victim", "Harbour Clinic", "Harbour Clinic")
COUNT = said("affected", {"number": 51_730, "unit": "people"}, "51,730 people")
SUIT = said("response", "lawsuit_filed", "class action", "reported")
PLAIN = "Harbour Clinic said that a ransomware attack exposed the data of 48,200 people."


def test_another_figure_of_the_same_fact_contradicts() -> None:
    facts = held.compare(thread(VICTIM, COUNT), text(PLAIN))
    (clash,) = facts.contradictions
    assert clash.mine.quote.startswith("48,200")
    assert clash.detail.value["number"] == 51_730
    assert not clash.earlier
    assert [one.kind for one in facts.shared] == ["victim"]


def test_a_figure_that_was_said_before_is_told_as_such() -> None:
    figure = {"number": 48_200, "unit": "people"}
    earlier = said("affected", figure, "48,200 people", "reported", article=5)
    facts = held.compare(thread(VICTIM, earlier, COUNT), text(PLAIN))
    assert [clash.earlier for clash in facts.contradictions] == [True]


def test_of_another_incident_no_figure_contradicts() -> None:
    facts = held.compare(thread(VICTIM, COUNT), text(PLAIN), same=False)
    assert facts.contradictions == ()


def test_a_rounding_is_the_same_figure() -> None:
    rounded = PLAIN.replace("48,200", "almost 52,000")
    facts = held.compare(thread(VICTIM, COUNT), text(rounded))
    assert facts.contradictions == ()
    assert "affected" in {one.kind for one in facts.shared}


def test_what_the_text_lacks_is_new_the_count_and_the_suit_first() -> None:
    bare = text("Harbour Clinic said that it was hit by an attack.")
    facts = held.compare(thread(VICTIM, COUNT, SUIT), bare)
    assert [one.detail.field for one in facts.lacking] == ["affected", "response"]


def test_what_stands_in_the_text_in_words_alone_is_not_new() -> None:
    told = text(PLAIN + " A class action followed; 51,730 people are in it.")
    facts = held.compare(thread(VICTIM, COUNT, SUIT), told)
    assert facts.lacking == ()


def test_a_denial_that_the_text_passes_over_is_new() -> None:
    claimed = said(
        "data_type", "payment_card", "payment cards", "claimed", by="Grey Lantern", kind="attacker"
    )
    denied = said("data_type", "payment_card", "payment cards", "denied", by="Harbour Clinic")
    facts = held.compare(
        thread(VICTIM, claimed, denied), text(PLAIN + " Its payment cards were stolen, too.")
    )
    (one,) = facts.lacking
    assert one.denial
    assert one.claim.claim.asserter == "Harbour Clinic"


def test_few_facts_are_named_and_one_of_each_field_before_a_second() -> None:
    kinds = ("names", "dob", "medical", "biometric", "location", "ssn_or_id")
    many = [said("data_type", kind, f"{kind} data") for kind in kinds]
    facts = held.compare(thread(VICTIM, COUNT, SUIT, *many), text("Harbour Clinic was attacked."))
    fields = [one.detail.field for one in facts.lacking]
    assert len(fields) == held.LACKING
    assert fields[:3] == ["affected", "response", "data_type"]


def test_nothing_is_nothing() -> None:
    assert held.compare((), text(PLAIN)) == held.Facts((), (), ())
    assert held.between((), thread(VICTIM)) == ()


def test_two_ledgers_share_what_both_say() -> None:
    (one,) = held.between(thread(VICTIM, COUNT), thread(said("victim", "Harbour Clinic", "Clinic")))
    assert (one.kind, one.value) == ("victim", "Harbour Clinic")
