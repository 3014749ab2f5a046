"""What once broke a reader (`evals/fuzz`), read again in each run; that each target can fail."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from breachwire.errors import BreachwireError, UsageError
from evals.fuzz import __main__ as fuzz
from evals.fuzz import targets
from evals.fuzz.seeds import SEEDS

KEPT = sorted(path for path in fuzz.CASES.glob("*/*") if path.is_file())
REFUSED = {SEEDS["address"][3], SEEDS["lines"][1]}
"""One names no site, one holds no item: a reader says so. It reads the other seeds."""


def test_the_cases_are_there() -> None:
    assert {path.parent.name for path in KEPT} >= {"address", "date", "feed"}


@pytest.mark.parametrize("case", KEPT, ids=lambda path: f"{path.parent.name}-{path.name[-8:]}")
def test_a_kept_case_breaks_nothing(case: Path) -> None:
    targets.TARGETS[case.parent.name](case.read_bytes())


@pytest.mark.parametrize("name", targets.TARGETS)
def test_every_target_has_seeds_that_it_reads(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[BreachwireError] = []
    monkeypatch.setattr(targets, "one_line", said.append)
    assert SEEDS[name]
    for seed in SEEDS[name]:
        said.clear()
        targets.TARGETS[name](seed)
        assert bool(said) == (seed in REFUSED), (seed, said)


def hidden(read: Any) -> Any:
    """A page with a control character in its title."""
    return replace(read, title="\x00")


def repeated(read: Any) -> Any:
    """A feed with an entry twice."""
    return replace(read, entries=read.entries * 2)


def naive(when: datetime | None) -> datetime | None:
    """A time of no zone."""
    return when and when.replace(tzinfo=None)


def refused(_: Any) -> Any:
    """A search that is an error."""
    raise UsageError("no search")


def silent(done: Any) -> Any:
    """Lines that are no items, not told of."""
    return replace(done, bad=[])


@pytest.mark.parametrize(
    ("name", "reader", "spoil"),
    [
        ("feed", "parse_feed", repeated),
        ("page", "extract_page", hidden),
        ("date", "dates.parse_date", naive),
        ("address", "urls.key", lambda key: key + "/"),
        ("query", "parse_query", refused),
        ("lines", "import_items", silent),
    ],
)
def test_a_reader_that_breaks_its_word_is_found(
    name: str, reader: str, spoil: Callable[[Any], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    *module, function = reader.split(".")
    home = getattr(targets, *module) if module else targets
    read = getattr(home, function)
    monkeypatch.setattr(home, function, lambda *given, **named: spoil(read(*given, **named)))
    with pytest.raises((AssertionError, UsageError)):
        targets.TARGETS[name](SEEDS[name][0])


def test_a_refusal_without_a_line_is_found() -> None:
    for said in ("", " ", "two\nlines"):
        with pytest.raises(AssertionError):
            targets.one_line(BreachwireError(said))
