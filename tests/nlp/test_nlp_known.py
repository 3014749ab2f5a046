"""A noun for what a report is about takes its name; what could mean two things takes none."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from breachwire.model import Article, Evidence
from breachwire.testing import an_article
from nlp import known

FLAW = "Fenwick fixed CVE-2026-41414 in its Alley phones. "
VICTIM = ("Calder Clinic", Evidence(1, "text", 0, 13, "Calder Clinic"))


def article_of(text: str) -> Article:
    when = datetime(2026, 5, 4, 9, tzinfo=UTC)
    return an_article(1, "A title", text, source="Harbour Gazette", at=when, lead="")


def named(
    text: str, before: str = "", *, victim: bool = False, actors: tuple[str, ...] = ()
) -> str | None:
    article = article_of(before + text)
    found = known.name(text, len(before), article, VICTIM if victim else None, actors)
    return found[0] if found else None


def test_a_flaw_is_its_number() -> None:
    text = "The vulnerability allows anyone on the network to listen."
    assert named(text, FLAW) == "CVE-2026-41414 allows anyone on the network to listen."
    two = FLAW + "It fixed CVE-2026-41415 as well. "
    assert named(text, two) is None
    assert named(text) is None


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("The breach was found on May 3.", "The breach at Calder Clinic was found on May 3."),
        ("The attack began on May 3.", "The attack on Calder Clinic began on May 3."),
        ("This incident is tied to a gang.", "The incident at Calder Clinic is tied to a gang."),
        # Of what it was, the sentence says itself; or it speaks of another.
        ("The attack on a vendor began on May 3.", None),
        ("The breach of Calder Clinic was found on May 3.", None),
    ],
)
def test_a_breach_is_the_one_at_the_victim(text: str, shown: str | None) -> None:
    assert named(text, victim=True) == shown
    assert named(text) is None


def test_a_group_is_the_only_actor_named_before() -> None:
    text = "The group posted 12 files on Tuesday."
    before = "Night Heron claimed the theft. "
    assert named(text, before, actors=("Night Heron",)) == "Night Heron posted 12 files on Tuesday."
    both = "Night Heron and Ashen Lattice claimed it. "
    assert named(text, both, actors=("Night Heron", "Ashen Lattice")) is None
    assert named(text, "", actors=("Night Heron",)) is None


def test_the_name_is_cited_where_it_stands() -> None:
    article = article_of(FLAW + "The bug has been known since May.")
    found = known.name("The bug has been known since May.", len(FLAW), article, None, ())
    assert found is not None
    cited = found[1]
    assert article.text[cited.start : cited.end] == cited.quote == "CVE-2026-41414"
