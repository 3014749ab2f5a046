"""A query waits for the model a little, and its vector is remembered."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from breachwire.errors import SlowSearchError
from nlp.patience import Patient


class Busy:
    """An embedder that answers when it is let."""

    name, dimension = "busy", 3

    def __init__(self) -> None:
        self.free = threading.Event()
        self.asked: list[str] = []

    def encode(self, texts):
        assert self.free.wait(10)
        self.asked += texts
        if texts == ["bad"]:
            raise ValueError("bad")
        return np.ones((len(texts), 3), dtype=np.float32)


def test_a_busy_model_is_not_waited_for_and_answers_the_next():
    busy = Busy()
    patient = Patient(busy, seconds=0.05)
    with pytest.raises(SlowSearchError):
        patient.encode(["one"])
    busy.free.set()
    patient = Patient(busy, seconds=10.0)
    assert patient.encode(["one", "two"]).shape == (2, 3)
    patient.encode(["two"])
    assert busy.asked.count("two") == 1
    assert (patient.name, patient.dimension, patient.encode([]).shape) == ("busy", 3, (0, 3))


def test_what_failed_is_asked_again():
    busy = Busy()
    busy.free.set()
    patient = Patient(busy, seconds=10.0)
    for _ in range(2):
        with pytest.raises(ValueError, match="bad"):
            patient.encode(["bad"])
    assert busy.asked == ["bad", "bad"]
