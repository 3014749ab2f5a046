"""What hostile text costs: every pattern of `nlp`, and the extractors. One JSON line a measurement.

    python -m bench.hostile [--size 200000] [--worst 8]

In: texts that repeat one unit (letters, digits, quotes, blanks, marked names, what patterns begin
with) up to `size` characters and end in a character that no pattern takes, so that nothing matches
by luck at the end. Out, in milliseconds of CPU time: the patterns slowest as the reader hands text
out (`read`: 60 passages of 800 characters, the most it reads of an article of that size, folded and
marked by turns), the slowest over all of it at once (`raw`), and whole extractors. `growth` climbs
from small texts, so that a pattern of cubic cost is found out before it costs hours;
tests/nlp/test_nlp_claims_hostile.py asserts it.
"""

from __future__ import annotations

import argparse
import importlib
import json
import pkgutil
import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any, Final

import nlp
from breachwire.model import Article
from nlp import claims, clauses, lexicon, names, numbers, patterns, phrases, reading, sentences

UNITS: Final = (
    "a", "A", "1", "ab ", "A ", "Abc ", "Ab-", "a-", "1,", "1 ", "1\u00a0", "$1 ", "\"'", "“‘", "(",
    ". ", "…", " ", "\n", "- ", ", ", "; ", "\ue000", "\ue000 ", "\ue000, ", "the ", "and ",
    "and 1 ", "no ", "of the ", "more than ", "the company ", "hackers ", "tens of thousands ",
    "russian ", "customers and ", "cve-2024-", "The post ", "No one said, ",
)  # fmt: skip
STEPS: Final = (100, 400, 2000, 20_000)
NOISE: Final = 0.005
"""Seconds below which no growth is read from a measurement."""
_HEAVY: Final = frozenset({"embed", "train", "vectors"})
"""Modules that load torch, FAISS or scikit-learn; they hold no patterns over articles."""
AFTER_A_NUMBER: Final = "numbers._units"
"""Only ever matched where a quantity ends, never searched: no figure of its own in the bench."""
_LISTED: Final = ("roles", "speech", "gates", "descriptions", "misfits")


def hostile(unit: str, size: int) -> str:
    """`unit` again and again, `size` characters, the last one a stop."""
    return (unit * (size // len(unit) + 1))[: size - 1] + "¤"


def all_patterns() -> dict[str, re.Pattern[str]]:
    """Every compiled pattern of `nlp`: module constants and the lists' own, by where it stands."""
    found = dict(_listed())
    for module in pkgutil.iter_modules(nlp.__path__):
        if module.name not in _HEAVY:
            for name, value in vars(importlib.import_module(f"nlp.{module.name}")).items():
                for number, pattern in enumerate(_within(value)):
                    found[f"{module.name}.{name}[{number}]"] = pattern
    return found


def _listed() -> Iterator[tuple[str, re.Pattern[str]]]:
    for table in _LISTED:
        for key in lexicon.table(table).get("patterns", {}):
            yield f"{table}.toml {key}", patterns.one(table, key)
        for key in lexicon.table(table).get("votes", {}):
            for number, (pattern, _) in enumerate(patterns.votes(table, key)):
                yield f"{table}.toml {key} {number}", pattern
    for table in ("attacks", "data", "responses"):
        for number, (value, pattern) in enumerate(phrases._compiled(table)):
            yield f"{table}.toml {number} {value}", pattern
    for place in ("before", "sentence"):
        for name, sign in clauses._compiled(place).items():
            yield f"clauses.toml {place} {name}", sign
    yield from (("names._spelled", names._spelled()), (AFTER_A_NUMBER, numbers._units()[0]))
    yield from ((f"data.toml {key}", phrases._word(key)) for key in ("exposure", "far", "way_in"))


def _within(value: Any) -> Iterator[re.Pattern[str]]:
    if isinstance(value, re.Pattern):
        yield value
    elif isinstance(value, tuple | list):
        for item in value:
            yield from _within(item)


def seconds(work: Callable[[], object], rounds: int = 1) -> float:
    """CPU seconds of some work, the best of some rounds."""
    best = float("inf")
    for _ in range(rounds):
        started = time.process_time()
        work()
        best = min(best, time.process_time() - started)
    return best


def scan(pattern: re.Pattern[str], texts: Iterable[str]) -> None:
    """Every match of a pattern in texts."""
    for text in texts:
        for _ in pattern.finditer(text):
            pass


@dataclass(frozen=True, slots=True)
class Growth:
    """How cost grew at the step where it grew most against the text: 1 is linear."""

    size: int
    seconds: float
    factor: float


def growth(work: Callable[[str], object], unit: str, steps: Iterable[int] = STEPS) -> Growth | None:
    """The worst step of some work over ever longer hostile text, None where all is in the noise.

    Ends at the first step three times steeper than linear in three rounds each: going on would cost
    the square or worse.
    """
    worst: Growth | None = None
    for small, large in pairwise(steps):
        long = hostile(unit, large)
        cost = seconds(lambda text=long: work(text))  # type: ignore[misc]
        if cost < NOISE:
            continue
        short = hostile(unit, small)
        base = max(seconds(lambda text=short: work(text), 3), 1e-5)  # type: ignore[misc]
        if cost / base > 3 * large / small and cost < 1:
            cost = min(cost, seconds(lambda text=long: work(text), 2))  # type: ignore[misc]
        step = Growth(large, cost, cost / base / (large / small))
        worst = step if worst is None or step.factor > worst.factor else worst
        if step.factor > 3:
            break
    return worst


def article(text: str) -> Article:
    """A text under a title that tells of an incident, so that every extractor runs."""
    now = datetime(2026, 6, 1, tzinfo=UTC)
    return Article(
        id=1, url="https://outlet.example/1", title="Hackers breach Harbour Clinic, it says",
        text=text, lead=text[:200], authors=(), source="Outlet", family="", section="",
        published=now, first_seen_at=now, content_hash="", revision=1, state="stored",
        language="en", text_from="feed", page_state="unknown", page_note="", credit="",
    )  # fmt: skip


def extract(text: str) -> None:
    """An article's claims, nothing remembered from the last time."""
    claims.extract.cache_clear()
    claims.extract(article(text))


EXTRACTORS: Final[dict[str, Callable[[str], object]]] = {
    "claims.extract": extract,
    "reading.read": lambda text: reading.read(article(text)),
    "sentences.split": sentences.split,
}


def read(text: str) -> list[str]:
    """What the reader hands to patterns of an article with this text: folded, and marked."""
    passages = reading.read(article(text))
    return [p.low if p.index % 2 else p.marked for p in passages]


def in_lines(text: str) -> str:
    """A text in lines as long as the longest passage read: the reader then reads the most."""
    step = reading.LONGEST
    return "\n".join(text[at : at + step] for at in range(0, len(text), step))


def main() -> None:
    """The worst of each kind."""
    parser = argparse.ArgumentParser(description="Time hostile text.")
    parser.add_argument("--size", type=int, default=200_000)
    parser.add_argument("--worst", type=int, default=8)
    options = parser.parse_args()
    texts = {unit: hostile(unit, options.size) for unit in UNITS}
    lines = {unit: in_lines(text) for unit, text in texts.items()}
    handed = {unit: read(text) for unit, text in lines.items()}
    for name, work in EXTRACTORS.items():
        given = {unit: (lambda t=lines[unit], w=work: w(t)) for unit in UNITS}  # type: ignore[misc]
        _report("extractor", name, *worst_of(given))
    for kind, shown in (("read", handed), ("raw", {unit: [text] for unit, text in texts.items()})):
        costs = []
        for name, pattern in all_patterns().items():
            if name == AFTER_A_NUMBER:
                continue
            given = {u: (lambda p=pattern, t=t: scan(p, t)) for u, t in shown.items()}  # type: ignore[misc]
            costs.append((name, *worst_of(given)))
        for name, cost, unit in sorted(costs, key=lambda row: -row[1])[: options.worst]:
            _report(f"pattern, {kind}", name, cost, unit)


def worst_of(works: Mapping[str, Callable[[], object]]) -> tuple[float, str]:
    """The dearest of several pieces of work: its CPU seconds and its name."""
    return max((seconds(work), unit) for unit, work in works.items())


def _report(kind: str, name: str, cost: float, unit: str) -> None:
    line = {
        "bench": "hostile",
        "kind": kind,
        "what": name,
        "unit": unit,
        "ms": round(1000 * cost, 1),
    }
    print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()
