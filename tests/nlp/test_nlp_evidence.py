"""What a thread as a whole says of an article."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from breachwire.model import Vector
from nlp import features
from nlp.evidence import (
    LOOSEST,
    NEW_INCIDENT,
    ONE_ARTICLE,
    OTHER_VENDOR,
    THREAD_FEATURES,
    Pair,
    cohesion,
    long_tail,
    other_vendor,
    ruled,
    thread_features,
)
from nlp.features import PAIR_FEATURES, Traits


def traits(number: int, title: str, vector: Vector) -> Traits:
    return features.traits_of(
        number,
        title,
        "",
        source=f"outlet {number}",
        family="",
        day=20_000.0 + number,
        year_month=(2026, 3),
        vector=vector,
        vocabulary=features.vocabulary(),
    )


def towards(*parts: float) -> Vector:
    vector = np.array(parts, dtype=np.float32)
    return vector / np.float32(np.linalg.norm(vector))


def of_thread(article: Traits, members: list[Traits]) -> dict[str, float]:
    pairs = [Pair(0.0, [0.0] * len(PAIR_FEATURES)) for _ in members]
    return dict(zip(THREAD_FEATURES, thread_features(article, members, pairs), strict=True))


def test_cohesion_is_the_mean_cosine_of_the_members_with_one_another() -> None:
    vectors = [towards(1, 0, 0), towards(1, 1, 0), towards(1, 1, 1)]
    members = [traits(n, "Quellmark breach", v) for n, v in enumerate(vectors)]
    cosines = [vectors[a] @ vectors[b] for a, b in ((0, 1), (0, 2), (1, 2))]
    assert cohesion(members) == pytest.approx(np.mean(cosines), abs=1e-6)
    assert cohesion(members[:1]) == ONE_ARTICLE


def test_a_thread_of_strangers_is_as_loose_as_a_thread_can_be() -> None:
    strangers = [traits(n, "Quellmark breach", v) for n, v in enumerate(np.eye(3, dtype="f4"))]
    assert cohesion(strangers) == LOOSEST


def test_a_title_may_be_covered_by_no_member_alone_and_by_all_together() -> None:
    vector = towards(1, 0)
    article = traits(9, "Quellmark Dravenport", vector)
    first = traits(1, "Quellmark breached", vector)
    second = traits(2, "Intruders in Dravenport", vector)
    assert of_thread(article, [first])["union_cover"] < 1
    both = of_thread(article, [first, second])
    assert both["title_cover"] < 1
    assert both["union_cover"] == pytest.approx(1.0)


def test_names_run_together_cover_a_title() -> None:
    vector = towards(1, 0)
    article = traits(9, "KelpDAO drained", vector)
    apart = traits(1, "Kelp DAO drained", vector)
    assert of_thread(article, [apart])["union_cover"] == pytest.approx(1.0)


def test_patch_days_of_two_vendors_are_two() -> None:
    vector = towards(1, 0)
    ours = [traits(n, t, vector) for n, t in enumerate(PATCH_DAYS)]
    other = traits(9, "Adobe March 2026 Patch Tuesday fixes 52 flaws", vector)
    assert ruled(other, ours, 5.0) == {"other_vendor": -OTHER_VENDOR}
    same = traits(9, "Patch Tuesday: Microsoft fixes 61 flaws", vector)
    nameless = traits(9, "Patch Tuesday, March 2026 Edition", vector)
    assert not other_vendor(same, ours)
    assert not other_vendor(nameless, ours)


def test_a_vendor_out_of_patch_day_is_none() -> None:
    vector = towards(1, 0)
    ours = [traits(n, t, vector) for n, t in enumerate(PATCH_DAYS)]
    assert not other_vendor(traits(9, "Adobe hit by the flaw", vector), ours)


PATCH_DAYS = (
    "Microsoft March 2026 Patch Tuesday fixes 61 flaws",
    "Microsoft Patch Tuesday for March 2026",
    "Windows 11 KB5074109 cumulative updates released",
)


@pytest.mark.parametrize(
    ("title", "after"),
    [
        ("Quellmark to pay $2 million over patient files", True),
        ("Quellmark pays nearly €1.2m over stolen files", True),
        ("Quellmark must pay customers 40 million euros in damages", True),
        ("Quellmark told to pay $3 million, over 500 GB stolen", False),
        ("Quellmark pays $100,000 for a flaw", False),
        ("Files of Quellmark stolen", False),
    ],
)
def test_who_has_to_pay_over_something_comes_after_it(title: str, after: bool) -> None:
    assert traits(1, title, towards(1, 0)).aftermath == after


def test_a_victim_that_has_to_pay_years_later_is_of_its_old_incident() -> None:
    vector = towards(1, 0)
    old = traits(1, "Quellmark says patient files were stolen in breach", vector)
    paid = traits(2_000, "Quellmark to pay $2 million over patient data breach", vector)
    again = traits(2_000, "Quellmark says patient files were stolen in breach", vector)
    assert long_tail(paid, [old]) > long_tail(replace(paid, day=old.day + 100), [old]) > 0
    assert long_tail(again, [old]) == -NEW_INCIDENT
