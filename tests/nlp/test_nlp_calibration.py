"""A model's calibration is found, or refused in one line; what is written is read again."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from breachwire.errors import CalibrationError
from breachwire.model import Embedder
from nlp import calibration

OTHER = "org other/model@96"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder that holds a calibration of OTHER: the shipped one, with another threshold."""
    fitted = calibration.shipped()
    fitted = replace(fitted, join=replace(fitted.join, join=0.75))
    origin = {"model": OTHER, "origin": "a test"}
    calibration.write(fitted, origin, calibration.folder_of(OTHER, tmp_path))
    return tmp_path


def test_the_shipped_parameters_are_those_of_the_packaged_model(
    embedder: Embedder, tmp_path: Path
) -> None:
    assert calibration.load(embedder.name, tmp_path) == calibration.shipped()


def test_what_is_written_is_read_again(folder: Path) -> None:
    found, shipped = calibration.load(OTHER, folder), calibration.shipped()
    assert found.join.join == 0.75
    assert replace(found.join, join=shipped.join.join) == shipped.join
    assert found.links == shipped.links
    assert found.kind.words == shipped.kind.words
    np.testing.assert_array_equal(found.kind.of_vector, shipped.kind.of_vector)
    np.testing.assert_array_equal(found.kind.bias, shipped.kind.bias)


def test_the_files_say_which_model_they_fit_and_where_they_come_from(folder: Path) -> None:
    own = calibration.folder_of(OTHER, folder)
    assert own.parent == folder
    for name in ("join.json", "related.json"):
        raw = json.loads((own / name).read_text("utf-8"))
        assert (raw["model"], raw["origin"]) == (OTHER, "a test")


def test_a_model_without_calibration_is_refused(folder: Path) -> None:
    with pytest.raises(CalibrationError, match="third@96 has no calibration") as refused:
        calibration.load("third@96", folder)
    assert "breachwire calibrate" in str(refused.value)
    assert "\n" not in str(refused.value)


def test_another_models_files_are_not_taken(folder: Path) -> None:
    calibration.folder_of(OTHER, folder).rename(calibration.folder_of("third@96", folder))
    with pytest.raises(CalibrationError, match=f"fitted for {OTHER}"):
        calibration.load("third@96", folder)


@pytest.mark.parametrize("name", ["join.json", "related.json", "kind.npz"])
@pytest.mark.parametrize("content", ["", '{"model": "org other/model@96"}', "[]"])
def test_a_broken_file_is_named(folder: Path, name: str, content: str) -> None:
    (calibration.folder_of(OTHER, folder) / name).write_text(content)
    with pytest.raises(CalibrationError, match="can't be used") as refused:
        calibration.load(OTHER, folder)
    assert "\n" not in str(refused.value)
