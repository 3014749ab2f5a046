"""What is a change and what is none; what an edited article corrected; which words are a notice."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from breachwire.model import Article, Change, Claim, Correction, Evidence, LedgerClaim
from nlp import history, notices

START = datetime(2026, 3, 1, tzinfo=UTC)
NOW = datetime(2026, 4, 1, tzinfo=UTC)


def claim(field: str, value: Any, status: str = "reported", **more: Any) -> LedgerClaim:
    article, quote = more.get("article", 1), more.get("quote", str(value))
    words = Evidence(article, "text", 0, len(quote), quote)
    kind, who = more.get("kind", "outlet"), more.get("who")
    inner = Claim(
        field, value, more.get("bound"), status, who, kind, more.get("basis"), words, words
    )  # type: ignore[arg-type]
    at = START + timedelta(days=article)
    return LedgerClaim(inner, "t1", at, at)


def people(number: int, **more: Any) -> LedgerClaim:
    return claim("affected", {"number": number, "unit": "people"}, **more)


def step(*claims: LedgerClaim, article: int = 2, **more: Any) -> history.Step:
    return history.Step(article, claims, **more)


def after(before: list[LedgerClaim], *steps: history.Step) -> list[Change]:
    return history.replay(before, steps, NOW)


def values(change: Change) -> tuple[Any, Any]:
    sides = (change.before, change.after)
    return tuple((s.value, s.status) if s else None for s in sides)  # type: ignore[return-value]


VICTIM = claim("victim", "Orbiqon")
FILED = people(500, bound="placeholder", status="confirmed", kind="victim")


def test_the_first_claims_of_a_thread_make_no_change() -> None:
    assert after([], step(VICTIM, FILED, article=1)) == []


def test_the_exact_figure_of_a_filing_takes_a_roundings_place() -> None:
    rough = people(83_000, status="confirmed", kind="victim", basis="statement")
    exact = people(83_112, article=2, status="confirmed", kind="victim", basis="filing")
    told = people(83_112, article=2, status="confirmed", kind="victim", basis="statement")
    [change] = after([VICTIM, rough], step(exact))
    assert change.before
    assert change.after
    assert (change.before.value["number"], change.after.value["number"]) == (83_000, 83_112)
    assert after([VICTIM, rough], step(told)) == []
    later = people(83_000, article=3, status="confirmed", kind="victim", basis="filing")
    assert after([VICTIM, exact], step(later, article=3)) == []


def test_one_more_article_on_the_same_facts_makes_none() -> None:
    again = claim("victim", "Orbiqon Inc.", article=2)
    assert after([VICTIM], step(again)) == []


def test_another_figure_is_a_change_with_its_words() -> None:
    count = people(24_937, article=2, status="confirmed", kind="victim", who="Orbiqon",
                   basis="filing", quote="24,937 people")  # fmt: skip
    (change,) = after([VICTIM, FILED], step(count))
    assert (change.field, change.article, change.at, change.edited) == ("affected", 2, NOW, False)
    assert change.before is not None
    assert change.before.value["number"] == 500
    assert change.after is not None
    assert change.after.basis == "filing"
    assert [e.quote for e in change.evidence] == ["24,937 people"]


@pytest.mark.parametrize(("rough", "changes"), [(25_000, 0), (24_900, 0), (30_000, 1), (20_000, 1)])
def test_a_rounding_is_no_other_figure(rough: int, changes: int) -> None:
    first = people(24_937, status="confirmed", kind="victim", quote="24,937 people")
    later = people(rough, article=2, status="confirmed", kind="victim", quote="the revised count")
    assert len(after([first], step(later))) == changes


def test_a_confirmation_and_a_denial_are_changes() -> None:
    said = claim("actor", "Salt Heron", "claimed", kind="attacker")
    (change,) = after(
        [said], step(claim("actor", "Salt Heron", "confirmed", article=2, kind="victim"))
    )
    assert values(change) == (("Salt Heron", "claimed"), ("Salt Heron", "confirmed"))
    denial = claim("actor", "Salt Heron", "denied", article=2, kind="victim", who="the bank")
    (change,) = after([said], step(denial))
    assert values(change) == (("Salt Heron", "claimed"), ("Salt Heron", "disputed"))
    assert change.after is not None
    assert change.after.asserter == "the bank"


def test_a_new_fact_is_a_change_a_date_or_a_nameless_one_is_none() -> None:
    news = [
        claim("actor", "Salt Heron", article=2),
        claim("date", "2026-02-27", article=2),
        claim("response", "other", article=2),
    ]
    assert [values(c) for c in after([VICTIM], step(*news))] == [(None, ("Salt Heron", "reported"))]


def test_what_no_article_says_any_more_is_withdrawn() -> None:
    first, second = claim("data_type", "medical"), claim("data_type", "ssn_or_id", article=2)
    (change,) = after([VICTIM, first, second], step(edited=True))
    assert (change.after, change.edited, change.evidence) == (None, True, ())
    assert change.before is not None
    assert change.before.quote == "ssn_or_id"
    assert after([VICTIM, first, second], step(edited=True, whole=False)) == []
    same = claim("data_type", "ssn_or_id", article=3)
    assert after([VICTIM, first, second, same], step(edited=True)) == []


def test_what_is_hidden_for_want_of_room_is_not_withdrawn() -> None:
    said = [claim("actor", f"Group {letter}") for letter in "ABCD"]
    crowd = [claim("actor", f"Crew {n}", article=2) for n in "EFGH"]
    assert all(change.before is None for change in after(said, step(*crowd)))


def test_history_is_the_same_by_batches_and_one_by_one() -> None:
    figures = [41_200 * n for n in range(2, 6)]
    more = {"status": "confirmed", "kind": "victim", "quote": "the figure as revised"}
    steps = [
        step(people(figure, article=n, **more), article=n)
        for n, figure in enumerate(figures, start=2)
    ]
    whole = after([FILED], *steps)
    ledger, piecemeal = [FILED], []
    for one in steps:
        piecemeal += after(ledger, one)
        ledger += one.claims
    assert piecemeal == whole
    assert len(whole) >= 3


def corrected(
    before: list[LedgerClaim], now: list[LedgerClaim], *own: Evidence
) -> list[Correction]:
    return history.corrections(1, before, now, own, NOW)


def test_an_edited_article_corrects_what_it_said() -> None:
    old, new = people(38_000), people(83_000, quote="83,000 people")
    (found,) = corrected([VICTIM, old], [VICTIM, new])
    assert (found.kind, found.field) == ("edited", "affected")
    assert found.before is not None
    assert found.before.value["number"] == 38_000
    assert found.after is not None
    assert found.after.value["number"] == 83_000
    notice = Evidence(1, "text", 5, 15, "Correction")
    (found,) = corrected([old], [new], notice)
    assert (found.kind, found.evidence[0]) == ("notice", notice)


def test_an_addition_is_no_correction_a_name_replaced_is_one() -> None:
    assert corrected([VICTIM], [VICTIM, people(500)]) == []
    (found,) = corrected([VICTIM], [claim("victim", "Quarrybank")])
    assert (found.before.value, found.after.value) == ("Orbiqon", "Quarrybank")  # type: ignore[union-attr]
    (found,) = corrected([VICTIM, people(500)], [VICTIM])
    assert found.before is not None
    assert found.after is None


def test_a_notice_without_a_changed_fact_is_a_correction_of_its_own() -> None:
    (found,) = corrected([], [], Evidence(1, "text", 0, 10, "Correction"))
    assert (found.kind, found.field, found.before, found.after) == ("notice", None, None, None)


def article(text: str) -> Article:
    return Article(
        1, "https://a.example/1", "Title", text, "", (), "A", "", "", START, START, "h", 1,
        "stored", "en", "page", "ok", "", "",
    )  # fmt: skip


@pytest.mark.parametrize(
    "said",
    [
        "Correction, Oct. 9: An earlier version of this article said that 38,000 were hit.",
        "CORRECTION: The bank's name is Quarrybank.",
        "Editor’s note: This story previously said that no data was taken.",
        "Updated 3 May: This post has been corrected; the count was misstated.",
        "(Clarification: the firm was incorrectly named as the victim.)",
        "This article was corrected on Monday to remove a name.",
    ],
)
def test_plainly_stated_corrections_are_notices(said: str) -> None:
    text = f"Thieves took 83,000 records.\n{said}\nThe bank said so."
    (found,) = notices.find(article(text))
    assert found.quote == said == text[found.start : found.end]


@pytest.mark.parametrize(
    "said",
    [
        "Update: The company has since confirmed the breach.",
        "Update 5 May: added a statement of the police.",
        "Officials had no correction to offer: the count stands.",
        "The bank fixed an error in an earlier version of its app.",
    ],
)
def test_news_is_no_notice(said: str) -> None:
    assert notices.find(article(f"Thieves took records.\n{said}")) == []


def test_what_was_wrong_is_no_claim() -> None:
    text = "A first line.\nCorrection: An earlier version of this story said 38,000."
    own = notices.find(article(text))
    wrong = claim("affected", {"number": 38_000}).claim
    at = text.index("38,000")
    wrong = replace(wrong, evidence=Evidence(1, "text", at, at + 6, "38,000"))
    right = replace(wrong, evidence=Evidence(1, "text", 0, 7, "A first"))
    assert notices.outside([wrong, right], own) == [right]


@pytest.mark.parametrize(
    "piece", ["Correction ", "Update: ", "an earlier version of this ", "[(*_", "\n"]
)
def test_hostile_text_is_no_notice_past_its_end(piece: str) -> None:
    hostile = article(piece * (200_000 // len(piece)))
    spans = notices.find(hostile)
    assert spans == sorted(spans)
    assert all(0 <= start < end <= len(hostile.text) for start, end in spans)
