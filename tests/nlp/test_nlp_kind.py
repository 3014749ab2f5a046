"""Kinds by the shipped model; sections by kind and ledger."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest

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


def test_scores_are_log_probabilities() -> None:
    scores = kind.model().scores("A title", "A text", np.zeros(384, dtype=np.float32))
    assert scores.shape == (len(KINDS),)
    assert np.exp(scores).sum() == pytest.approx(1.0, abs=1e-4)


def test_a_thread_takes_the_mean_of_its_members() -> None:
    sure, unsure = np.full(8, -9.0), np.full(8, -2.0)
    sure[KINDS.index("law")], unsure[KINDS.index("policy")] = -0.1, -1.5
    assert kind.kind_of([unsure, sure, unsure]) == "law"
    assert kind.kind_of([]) == "other"


def test_sections_follow_kinds_but_for_ransomware() -> None:
    for each, section in SECTION_OF_KIND.items():
        assert kind.section_of(each, ()) == section
    ransom = [_detail("attack_type", "ransomware"), _detail("actor", "Gloam")]
    assert kind.section_of("breach", ransom) == "Ransomware"
    assert kind.section_of("breach", [_detail("attack_type", "extortion")]) == "Breaches"
    assert kind.section_of("law", ransom) == "Law and enforcement"


def test_the_model_is_small() -> None:
    assert (kind.PARAMETERS / "kind.npz").stat().st_size < 300_000
