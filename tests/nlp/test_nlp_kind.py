"""Kinds by the shipped model; sections by kind and ledger."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest

from breachwire.demo import corpus
from breachwire.model import (
    KINDS,
    SECTION_OF_KIND,
    Claim,
    Detail,
    Embedder,
    Evidence,
    Field,
    LedgerClaim,
)
from nlp import embed, kind
from nlp.features import PARAMETERS

AT = datetime(2026, 6, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def embedder() -> Embedder:
    return embed.load()


def _detail(field: Field, value: str) -> Detail:
    evidence = Evidence(1, "text", 0, len(value), value)
    claim = Claim(field, value, None, "reported", None, None, None, evidence, evidence)
    said = LedgerClaim(claim, "t", AT, AT)
    return Detail(field, value, value, None, "reported", None, AT, (said,), said)


@pytest.mark.parametrize(
    ("title", "text", "expected"),
    [
        (
            "Elm Clinic confirms data breach affecting 41,000 patients",
            "The clinic said that personal information of patients was stolen by a group.",
            "breach",
        ),
        (
            "Critical Borvane Firewall Flaw (CVE-2027-10234) Exploited in the Wild",
            "The vulnerability allows remote code execution; a patch is available.",
            "vulnerability",
        ),
        (
            "Hacker sentenced to six years in prison for ransomware attacks",
            "The man pleaded guilty in court, the Justice Department said.",
            "law",
        ),
        (
            "Malicious npm packages steal developer credentials in supply chain attack",
            "The compromised packages were downloaded thousands of times.",
            "supply-chain",
        ),
        (
            "New Quellrat Android malware steals banking credentials",
            "Researchers analysed the trojan, which is spread through fake apps.",
            "malware",
        ),
        ("Fernwall raises $40 million in Series B funding", "The startup will grow.", "other"),
    ],
)
def test_plain_cases(embedder: Embedder, title: str, text: str, expected: str) -> None:
    vector = embedder.encode([embed.text_of(title, text)])[0]
    assert kind.kind_of([kind.model().scores(title, text, vector)]) == expected


def test_a_whole_article_is_told_by_its_opening(embedder: Embedder) -> None:
    """Far down, an article on a theft speaks of patches, arrests and funding as well."""
    title, opening = "Crypto exchange loses $12 million to thieves", "Thieves took tokens. " * 30
    rest = " Police arrested a man. The flaw, CVE-2027-10234, is patched. It raised funding."
    vector = embedder.encode([embed.text_of(title, opening)])[0]
    alone = kind.model().scores(title, opening, vector)
    np.testing.assert_array_equal(kind.model().scores(title, opening + rest, vector), alone)


def test_the_demonstrations_threads_have_their_kinds(embedder: Embedder) -> None:
    """Invented stories that nothing is fitted on; the texts are whole articles."""
    threads: dict[str, list[corpus.DemoArticle]] = {}
    for article in corpus.articles():
        if not article.roundup:
            threads.setdefault(article.thread or article.url, []).append(article)
    said = {}
    for name, articles in threads.items():
        vectors = embedder.encode([embed.text_of(a.title, a.text) for a in articles])
        rows = zip(articles, vectors, strict=True)
        said[name] = kind.kind_of(kind.model().scores(a.title, a.text, v) for a, v in rows)
    wrong = [name for name, articles in threads.items() if said[name] != articles[0].kind]
    assert len(threads) == 31
    assert len(wrong) <= 5, wrong
    assert said["Kobaltine Exchange theft"] == "breach"
    assert said["Spindlewick malicious releases"] == "supply-chain"


def test_scores_are_log_probabilities() -> None:
    scores = kind.model().scores("A title", "A text", np.zeros(384, dtype=np.float32))
    assert scores.shape == (len(KINDS),)
    assert np.exp(scores).sum() == pytest.approx(1.0, abs=1e-4)


def test_a_thread_takes_the_mean_of_its_members() -> None:
    sure, unsure = np.full(8, -9.0), np.full(8, -2.0)
    sure[KINDS.index("law")], unsure[KINDS.index("policy")] = -0.1, -1.5
    assert kind.kind_of([unsure, sure, unsure]) == "law"
    assert kind.kind_of([]) == "other"


def test_one_member_has_one_vote() -> None:
    """Who rules "breach" out doesn't outvote three who are fairly sure of it."""
    fairly, against = np.full(8, -9.0), np.full(8, -9.0)
    fairly[KINDS.index("breach")], fairly[KINDS.index("law")] = np.log(0.7), np.log(0.3)
    against[KINDS.index("breach")], against[KINDS.index("law")] = -12.0, -0.01
    assert kind.kind_of([fairly, fairly, fairly, against]) == "breach"


def test_sections_follow_kinds_but_for_ransomware() -> None:
    for each, section in SECTION_OF_KIND.items():
        assert kind.section_of(each, ()) == section
    ransom = [_detail("attack_type", "ransomware"), _detail("actor", "Gloam")]
    assert kind.section_of("breach", ransom) == "Ransomware"
    assert kind.section_of("breach", [_detail("attack_type", "extortion")]) == "Breaches"
    assert kind.section_of("law", ransom) == "Law and enforcement"


def test_the_model_is_small() -> None:
    assert (PARAMETERS / "kind.npz").stat().st_size < 300_000
