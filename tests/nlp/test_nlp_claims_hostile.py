"""Hostile text costs no more than in proportion to its length; what is found in it is cut right.

Cost is CPU time against CPU time of a shorter text on the same machine, never against a clock;
milliseconds are for bench/hostile.py to tell.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from types import ModuleType

import pytest

from bench import hostile, walk
from nlp import claims, dates, indicators, numbers, reading

STEEP = 3.0
"""Times steeper than linear over a step of ten: the square is ten times."""
SIZE = 20_000


@pytest.fixture(scope="module", autouse=True)
def _loaded() -> None:
    """What is made once, the tagger's weights first, is made before anything is measured."""
    told = "Harbour Clinic said that hackers stole names of 400 patients."
    for text in (told, hostile.hostile("ab ", SIZE), hostile.hostile("more than ", SIZE)):
        for work in hostile.EXTRACTORS.values():
            work(text)


@cache
def patterns() -> dict[str, re.Pattern[str]]:
    return walk.patterns()


@cache
def matched() -> set[str]:
    return walk.matched()


@pytest.mark.parametrize("unit", hostile.UNITS)
def test_no_pattern_costs_more_than_in_proportion(unit: str) -> None:
    steep = {}
    for name, pattern in patterns().items():
        if re.sub(r"\[\d+\]\Z", "", name) in matched():
            # Never searched for: what one match costs is what it costs. A search begins with it.
            grew = hostile.growth(pattern.match, unit, (1_000, SIZE // 2))
        else:
            work = lambda text, p=pattern: hostile.scan_text(p, text)  # noqa: E731
            grew = hostile.growth(work, unit, (1_000, SIZE // 2))
        if grew and grew.factor > STEEP:
            steep[name] = grew
    assert not steep


@pytest.mark.parametrize("unit", hostile.UNITS)
def test_no_extractor_costs_more_than_in_proportion(unit: str) -> None:
    for name, work in hostile.EXTRACTORS.items():
        grew = hostile.growth(work, unit, (SIZE // 10, SIZE))
        assert grew is None or grew.factor <= STEEP, (name, grew)


@pytest.mark.parametrize("unit", hostile.UNITS)
def test_what_is_found_in_hostile_text_is_cut_right(unit: str) -> None:
    fact = "Hackers stole names of 4,000 patients on March 5, 2026 with CVE-2026-1234"
    text = f"{fact}. {hostile.in_lines(hostile.hostile(unit, SIZE))}\n{fact}."
    source = hostile.article(text)
    for claim in claims.extract(source):
        own = claim.evidence
        whole = source.title if own.where == "title" else text
        assert whole[own.start : own.end] == own.quote
    for found in indicators.find(source):
        assert text[found.evidence.start : found.evidence.end] == found.evidence.quote
    values = [(f.start, f.end, f.value) for f in numbers.facts(text) if f.start < len(fact)]
    assert (
        text.index("4,000"),
        text.index(" on March"),
        {"number": 4000, "unit": "people"},
    ) in values
    days = [text[m.start : m.end] for m in dates.moments(text, None) if m.value == "2026-03-05"]
    assert days == ["March 5, 2026"] * 2
    assert all(p.text == whole_of(source, p)[p.start : p.end] for p in reading.read(source))


def whole_of(source, passage) -> str:
    return source.title if passage.where == "title" else source.text


def test_a_steep_pattern_is_found_out() -> None:
    pattern = re.compile(r"\s*x")
    grew = hostile.growth(lambda text: hostile.scan_text(pattern, text), " ")
    assert grew is not None
    assert grew.factor > STEEP


def test_every_pattern_is_measured() -> None:
    assert walk.unmeasured() == []
    names = patterns().keys()
    assert {
        "roles.toml victim 0", "numbers._QUANTITY[0]", "sentences._END[0]", "dates._DATE[0]",
        "orders._orders()[0]", "llm.clauses.MARKS[0]", "speech.addresses.RULES[0]",
        "brief_sections.summary._COUNT[0]", "ingest.clean._MAIL[0]", "named._teller()[0]",
    } <= {*names}  # fmt: skip
    known = {pattern.pattern for pattern in patterns().values()}
    for module in walk.modules():
        for name, value in vars(module).items():
            if isinstance(value, re.Pattern) and isinstance(value.pattern, str):
                assert value.pattern in known, (module.__name__, name)


def test_a_pattern_that_nothing_names_is_found_out(tmp_path: Path, monkeypatch) -> None:
    module = ModuleType("nlp.made_up")
    module.__file__ = str(tmp_path / "made_up.py")
    Path(module.__file__).write_text("def f(t, p):\n    return re.search(p, t)\n", "utf-8")
    monkeypatch.setattr(walk, "modules", lambda: iter([module]))
    assert walk.unmeasured() == ["nlp.made_up:2"]
