"""Why two articles or threads belong together or apart."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from breachwire.model import Article, Embedder, Vector
from breachwire.testing import an_article
from nlp import embed, features
from nlp.evidence import THREAD_FEATURES, shipped
from nlp.explain import WORDS, explain
from nlp.thread import Threader

DAY = datetime(2026, 10, 5, 9, tzinfo=UTC)
Pair = tuple[Article, Vector]


def article(id_: int, title: str, text: str, source: str, days: float = 0.0) -> Article:
    at = DAY + timedelta(days=days)
    return an_article(id_, title, text, source=source, family=source, at=at)


CLINIC = article(
    1, "Harbour Clinic confirms ransomware attack",
    "Harbour Clinic said a ransomware attack exposed the Social Security numbers of 24,937"
    " patients.", "Ledger",
)  # fmt: skip
SUIT = article(
    2, "Harbour Clinic sued over ransomware attack",
    "Patients filed a class action against Harbour Clinic over the ransomware attack that exposed"
    " their Social Security numbers.", "Dispatch", 7,
)  # fmt: skip
FLAW = article(
    3, "Oakmesh patches CVE-2026-98765 in its routers",
    "Oakmesh released firmware for CVE-2026-98765, a command injection flaw in its routers.",
    "Courier", 1,
)  # fmt: skip
OTHER = article(
    4, "Oakmesh patches CVE-2026-11111 in its routers",
    "Oakmesh released firmware for CVE-2026-11111, a command injection flaw in its routers.",
    "Ledger", 2,
)  # fmt: skip


@pytest.fixture(scope="module")
def read(embedder: Embedder) -> dict[int, Pair]:
    stories = [CLINIC, SUIT, FLAW, OTHER]
    vectors = embedder.encode([embed.text_of(a.title, a.text) for a in stories])
    return {a.id: (a, vector) for a, vector in zip(stories, vectors, strict=True)}


def test_what_is_said_adds_up_to_the_threaders_own_judgement(read: dict[int, Pair]) -> None:
    found = explain([read[1]], [read[2]])
    threader = Threader()
    threader.memory.put(threader.read(*read[1]).source, None, "t")
    later = threader.read(*read[2]).source.traits
    cosine = float(read[1][1] @ read[2][1])
    weights = shipped().pair
    row = features.pair_features(later, threader.memory.source(1).traits, cosine)
    # A running threader has learnt the first one's words, so rarities differ a little.
    assert found.pair.value == pytest.approx(weights.value(row), abs=0.5)
    assert sum(t.adds for t in found.pair.terms) == pytest.approx(found.pair.value, abs=0.5)
    assert (found.left, found.right) == (1, 2)
    assert found.pair.probability > 0.5
    assert "harbour" in found.shared
    assert found.contradictions == ()


def test_terms_are_sorted_by_what_they_weigh(read: dict[int, Pair]) -> None:
    for weighed in (explain([read[1]], [read[3]]).pair, explain([read[1]], [read[3]]).whole):
        adds = [abs(term.adds) for term in weighed.terms]
        assert adds == sorted(adds, reverse=True)
        assert min(adds) >= 0.05


def test_the_order_of_the_sides_changes_nothing_but_sides(read: dict[int, Pair]) -> None:
    one, other = explain([read[1]], [read[2]]), explain([read[2]], [read[1]])
    assert (one.pair, one.whole, one.shared) == (other.pair, other.whole, other.shared)
    assert (one.left, one.right) == (other.right, other.left)


def test_other_cves_contradict(read: dict[int, Pair]) -> None:
    found = explain([read[3]], [read[4]])
    assert found.contradictions[0] == "other CVEs: CVE-2026-11111 against CVE-2026-98765"
    words = {term.name: term.adds for term in found.pair.terms}
    assert words["cve_differ"] < 0


def test_another_victim_contradicts(read: dict[int, Pair], embedder: Embedder) -> None:
    bank = article(
        5, "Quarrybank says intruders stole customer data",
        "Quarrybank said hackers stole account numbers of its customers.", "Herald", 1,
    )  # fmt: skip
    (vector,) = embedder.encode([embed.text_of(bank.title, bank.text)])
    found = explain([read[1]], [(bank, vector)])
    assert any(words.startswith("another victim") for words in found.contradictions)
    assert "other_victim" in {term.name for term in found.whole.terms}


def test_two_threads_show_their_closest_pair(read: dict[int, Pair]) -> None:
    found = explain([read[1], read[3]], [read[2]])
    assert (found.left, found.right) == (1, 2)
    assert found.whole.value < explain([read[1]], [read[2]]).whole.value


def test_an_article_is_weighed_against_its_partners_whole_thread(read: dict[int, Pair]) -> None:
    alone = explain([read[1]], [read[2]])
    within = explain([read[1]], [read[2]], around={1: [read[1], read[2], read[3]]})
    assert within.pair == alone.pair
    assert within.whole != alone.whole


def test_an_empty_side_is_refused(read: dict[int, Pair]) -> None:
    with pytest.raises(ValueError, match="a side without an article"):
        explain([], [read[1]])


def test_every_feature_has_words() -> None:
    named_alike = {"cve_same", "cve_differ", "gap", "title_cover", "names_cover", "amount_same"}
    assert named_alike <= set(WORDS)
    assert {*features.PAIR_FEATURES, *THREAD_FEATURES} <= set(WORDS)
