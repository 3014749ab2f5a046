"""What once broke a reader (`evals/fuzz`), read again in each run; and that a target can fail."""

from __future__ import annotations

from pathlib import Path

import pytest

from evals.fuzz import __main__ as fuzz
from evals.fuzz import targets
from evals.fuzz.seeds import SEEDS

KEPT = sorted(path for path in fuzz.CASES.glob("*/*") if path.is_file())


@pytest.mark.parametrize("case", KEPT, ids=lambda path: f"{path.parent.name}-{path.name[-8:]}")
def test_a_kept_case_breaks_nothing(case: Path) -> None:
    targets.TARGETS[case.parent.name](case.read_bytes())


@pytest.mark.parametrize("name", targets.TARGETS)
def test_every_target_has_seeds_that_it_reads(name: str) -> None:
    assert SEEDS[name]
    for seed in SEEDS[name]:
        targets.TARGETS[name](seed)


def test_a_reader_that_breaks_its_word_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(targets.urls, "key", lambda url: url + "/")
    with pytest.raises(AssertionError):
        targets.address(b"https://ledger.example/one")
