"""The fit: signs, weights and features left out."""

from __future__ import annotations

import pytest

from breachwire.errors import CalibrationError
from nlp.train.line import Rows, fitted


def rows(*told: tuple[list[float], bool, float]) -> Rows:
    found = Rows()
    for row, label, weight in told:
        found.add(row, label, weight)
    return found


TOLD = [([0.9, 0.1], True, 1.0), ([0.8, 0.2], True, 1.0), ([0.1, 0.8], False, 1.0)] * 20


def test_what_goes_with_the_label_gets_weight_and_what_is_left_out_none() -> None:
    both = fitted([rows(*TOLD)], ("cosine", "gap"))
    assert both.weights[0] > 0 > both.weights[1]
    assert both.value([0.9, 0.1]) > 0 > both.value([0.1, 0.8])
    alone = fitted([rows(*TOLD)], ("cosine", "gap"), without=("gap",))
    assert alone.weights[0] > 0 == alone.weights[1]


def test_a_feature_keeps_its_sign_against_the_rows() -> None:
    line = fitted([rows(*TOLD)], ("gap", "cosine"))
    assert line.weights == pytest.approx((0.0, 0.0), abs=1e-6)


def test_rows_that_weigh_more_count_more() -> None:
    unsure = [([0.5, 0.5], True, 1.0), ([0.5, 0.5], False, 1.0)] * 20
    heavier = [(row, label, 1.0 if label else 9.0) for row, label, _ in unsure]
    even = fitted([rows(*TOLD, *unsure)], ("cosine", "gap"))
    against = fitted([rows(*TOLD, *heavier)], ("cosine", "gap"))
    assert against.value([0.5, 0.5]) < even.value([0.5, 0.5])


def test_one_label_alone_is_too_little() -> None:
    with pytest.raises(CalibrationError, match="too little"):
        fitted([rows(([0.5, 0.5], True, 1.0))], ("cosine", "gap"))
