"""What is said of how a brief was made follows from who wrote each statement, and nothing else."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, get_args

import pytest

from breachwire.model import Author, Brief, SignOff, Statement
from breachwire.model.disclosure import SCHEME, disclosure, writers
from breachwire.model.signoffs import sha256

NOW = datetime(2026, 11, 23, 6, 30, tzinfo=UTC)


def brief(*authors: Author, notice: bool = True) -> Brief:
    sections: Any = ("headline", "signal_summary", "eli5", "impact_assessment")
    said = [
        Statement(section, "A sentence.", "stated", author=author)
        for section, author in zip(sections, authors, strict=False)
    ]
    silent = [Statement("optimistic_outlook", "No source looks ahead yet.", "notice")]
    author: Author = "model" if "model" in authors else authors[0]
    name = "tiny-7b" if "model" in authors else None
    return Brief("1k8p0", 3, "h", author, name, NOW, (*said, *(silent if notice else ())))


def signed(of: Brief, **changes: Any) -> SignOff:
    values: dict[str, Any] = {
        "thread": of.thread, "version": of.version, "sha256": sha256(of),
        "reviewer": "Ida Okafor", "role": "editor", "competence": "ten years of reporting",
        "facts": "victim and counts", "sources": "both articles.", "changed": "",
        "responsible": "Harbor Media", "contact": "desk@harbor.example", "at": NOW,
    }  # fmt: skip
    return SignOff(**(values | changes))


@pytest.mark.parametrize(
    ("authors", "term", "label", "ai"),
    [
        (("extractive",), "algorithmicMedia", "Extracted automatically", False),
        (("model", "model"), "trainedAlgorithmicMedia",
         "This text was generated using artificial intelligence.", True),
        (("extractive", "model", "model"), "compositeWithTrainedAlgorithmicMedia",
         "Parts of this text were generated using artificial intelligence: Signal Summary,"
         " Explain Like I'm Five.", True),
        (("editor", "extractive"), "humanEdits", "Edited by a person", False),
        (("editor", "model"), "compositeWithTrainedAlgorithmicMedia",
         "Parts of this text were generated", True),
    ],
)  # fmt: skip
def test_the_label_and_the_marks(authors: Any, term: str, label: str, ai: bool) -> None:
    found = disclosure(brief(*authors))
    assert found.label.startswith(label)
    assert (found.source_type, found.iptc, found.ai) == (term, SCHEME + term, ai)
    assert found.account.endswith("No person has reviewed this version.")


def test_a_notice_that_sources_are_silent_is_nobodys_text() -> None:
    assert disclosure(brief("model")) == disclosure(brief("model", notice=False))


def test_a_brief_under_a_models_name_may_have_several_writers() -> None:
    assert writers(brief("model", "extractive")) == {"model", "extractive"}
    assert writers(brief("model")) == {"model"}


def test_the_members_of_schema_org() -> None:
    members = [disclosure(brief(author)).schema_org for author in get_args(Author)]
    assert [m.removeprefix("https://schema.org/") for m in members] == [
        "AlgorithmicMediaDigitalSource",
        "TrainedAlgorithmicMediaDigitalSource",
        "MinorHumanEditsDigitalSource",
    ]


def test_the_account_says_who_wrote_each_section() -> None:
    said = disclosure(brief("extractive", "model", "extractive", "model")).account
    assert "Headline, Explain Like I'm Five: sentences of the sources" in said
    assert "Signal Summary, Impact Assessment: generated using artificial intelligence" in said
    assert "(model tiny-7b)" in said


def test_the_writer_has_a_name() -> None:
    assert disclosure(brief("model")).by == "tiny-7b"
    assert disclosure(brief("extractive")).by == disclosure(None).by == "extractive, no model"


def test_a_review_is_added_and_takes_no_mark_away() -> None:
    written = brief("model")
    before, after = disclosure(written), disclosure(written, signed(written))
    assert after.label == (
        f"{before.label} Reviewed and fact-checked by Ida Okafor, editor, on 23 November 2026."
        " Editorial responsibility: Harbor Media (desk@harbor.example)."
    )
    assert (after.source_type, after.ai) == (before.source_type, before.ai)
    assert "Facts checked: victim and counts. Sources checked: both articles." in after.account
    assert "No person has reviewed" not in after.account


@pytest.mark.parametrize(
    "changes", [{"sha256": "0" * 64}, {"version": 2}, {"thread": "x"}, {"revoked_at": NOW}]
)
def test_a_review_that_does_not_hold_is_not_told(changes: dict[str, Any]) -> None:
    written = brief("model")
    assert disclosure(written, signed(written, **changes)) == disclosure(written)


def test_no_text_certifies_itself() -> None:
    written = brief("model")
    for one in (disclosure(written), disclosure(written, signed(written)), disclosure(None)):
        for word in ("compliant", "verified", "certified", "AI Act"):
            assert word not in one.label + one.account
