"""What hostile text costs: every pattern of `nlp` and `ingest` (`bench.walk`), and the extractors.
One JSON line a measurement, the dearest last; then which patterns are over the limit: its exit
status is 1 where any is.

    python -m bench.hostile [--size 200000] [--worst 20] [--only NAME]

In: texts that repeat one unit (letters, digits, quotes, blanks, marked names, what patterns begin
with) up to `size` characters and end in a character that no pattern takes, so that nothing matches
by luck at the end. Out, in milliseconds of CPU time, each pattern's worst text: searched through
all of it, or, where the code never searches for it, matched at every 40th character (`at`). A
pattern is tried on a hundredth and a tenth first: one whose cost grows faster than the text, or
that would take a hundred times the limit, is shown as it was found there. `growth` does the same
for tests/nlp/test_nlp_claims_hostile.py, which asserts no time but the growth.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from itertools import count, pairwise
from typing import Final

from bench import walk
from breachwire.model import Article
from nlp import attribution, claims, dates, indicators, notices, numbers, reading, sentences

UNITS: Final = (
    "a", "A", "1", "ab ", "A ", "Abc ", "Ab-", "a-", "1,", "1 ", "1\u00a0", "$1 ", "\"'", "“‘", "(",
    ". ", "…", " ", "\n", "- ", ", ", "; ", "\ue000", "\ue000 ", "\ue000, ", "the ", "and ",
    "and 1 ", "no ", "of the ", "more than ", "the company ", "hackers ", "tens of thousands ",
    "russian ", "customers and ", "cve-2024-", "The post ", "No one said, ", "0123456789", "“", "[",
    "((a))", "<a ", "http://a.b/c?d=e ", "a@b.c ", "2026-01-02 ", "May 1, ", "last ", "in ", "is ",
    "not ", "a b c ", "The Company said ", "é", "中", "_", "-", "\r\n",
)  # fmt: skip
STEPS: Final = (100, 400, 2000, 20_000)
NOISE: Final = 0.005
"""Seconds below which no growth is read from a measurement."""
LIMIT: Final = 50.0
"""Milliseconds that a pattern may take on 200,000 characters."""
STRIDE: Final = 40
"""Characters from place to place at which a pattern is matched that nothing searches for: no
article has names or numbers closer together."""


@lru_cache(maxsize=256)
def hostile(unit: str, size: int) -> str:
    """`unit` again and again, `size` characters, the last one a stop."""
    return (unit * (size // len(unit) + 1))[: size - 1] + "¤"


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
        scan_text(pattern, text)


def scan_text(pattern: re.Pattern[str], text: str) -> None:
    """Every match of a pattern in a text."""
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
        if cost / base > 3 * large / small and cost < 10:  # the clock, or what is made once
            cost = min(cost, seconds(lambda text=long: work(text), 2))  # type: ignore[misc]
        step = Growth(large, cost, cost / base / (large / small))
        worst = step if worst is None or step.factor > worst.factor else worst
        if step.factor > 3:
            break
    return worst


_IDS: Final = count(1)
"""Each article is another one: what is remembered of one must not make the next look cheap."""


def article(text: str) -> Article:
    """A text under a title that tells of an incident, so that every extractor runs."""
    now = datetime(2026, 6, 1, tzinfo=UTC)
    return Article(
        id=next(_IDS), url="https://outlet.example/1", text=text,
        title="Hackers breach Harbour Clinic, it says", lead=text[:200], authors=(),
        source="Outlet", family="", section="",
        published=now, first_seen_at=now, content_hash="", revision=1, state="stored",
        language="en", text_from="feed", page_state="unknown", page_note="", credit="",
    )  # fmt: skip


def extract(text: str) -> None:
    """An article's claims, nothing remembered from the last time."""
    claims.extract.cache_clear()
    claims.extract(article(text))


EXTRACTORS: Final[dict[str, Callable[[str], object]]] = {
    "claims.extract": lambda text: extract(in_lines(text)),
    "reading.read": lambda text: reading.read(article(in_lines(text))),
    "sentences.split": sentences.split,
    "numbers.facts": numbers.facts,
    "dates.moments": lambda text: list(dates.moments(text, date(2026, 6, 1))),
    "indicators.find": lambda text: indicators.find(article(text)),
    "notices.find": lambda text: notices.find(article(text)),
    "attribution.read": lambda text: attribution.read("Title", text, "Outlet", "", ""),
}


def in_lines(text: str) -> str:
    """A text in lines as long as the longest passage read: the reader then reads the most."""
    step = reading.LONGEST
    return "\n".join(text[at : at + step] for at in range(0, len(text), step))


def at_places(pattern: re.Pattern[str], text: str) -> None:
    """A match at every STRIDE-th character."""
    for place in range(0, len(text), STRIDE):
        pattern.match(text, place)


def worst(work: Callable[[str], object], size: int) -> tuple[float, str]:
    """The dearest unit of some work at `size` characters: milliseconds, and the unit.

    Climbs: what costs next to nothing at a hundredth is not measured at a tenth (what grows faster
    than the text, tests/nlp/test_nlp_claims_hostile.py finds), what does so at a tenth not whole;
    what costs far too much isn't either, but shown as ten times that.
    """
    tenths = []
    for unit in UNITS:
        text = hostile(unit, size // 100)
        small = 100_000 * seconds(lambda t=text: work(t))  # type: ignore[misc]
        if small > LIMIT:  # the clock, maybe
            small = min(small, 100_000 * seconds(lambda t=text: work(t), 2))  # type: ignore[misc]
        if LIMIT / 20 < small < 100 * LIMIT:
            small = 10_000 * seconds(lambda u=unit: work(hostile(u, size // 10)))  # type: ignore[misc]
        tenths.append((small, unit))
    tenths.sort(reverse=True)
    if tenths[0][0] < LIMIT / 4 or tenths[0][0] > 20 * LIMIT:
        return tenths[0]
    return _whole(work, size, [unit for _, unit in tenths[:2]])


def worst_whole(work: Callable[[str], object], size: int) -> tuple[float, str]:
    """The same of an extractor, which may have a bound on what it reads: the three units that are
    dearest at a tenth are always measured whole."""
    tenth = {u: seconds(lambda u=u: work(hostile(u, size // 10))) for u in UNITS}  # type: ignore[misc]
    return _whole(work, size, sorted(UNITS, key=lambda unit: -tenth[unit])[:3])


def _whole(work: Callable[[str], object], size: int, units: Iterable[str]) -> tuple[float, str]:
    """The dearest of some units; what looks too dear is measured twice more."""
    found = []
    for unit in units:
        text = hostile(unit, size)
        cost = 1000 * seconds(lambda t=text: work(t))  # type: ignore[misc]
        if cost > LIMIT / 2:
            cost = min(cost, 1000 * seconds(lambda t=text: work(t), 2))  # type: ignore[misc]
        found.append((cost, unit))
    return max(found)


def main() -> int:
    """Everything, the dearest last; 1 where a pattern is over the limit."""
    parser = argparse.ArgumentParser(description="Time hostile text.")
    parser.add_argument("--size", type=int, default=200_000)
    parser.add_argument("--worst", type=int, default=20)
    parser.add_argument("--only", default="", help="patterns whose name holds this")
    options = parser.parse_args()
    for name, work in EXTRACTORS.items() if not options.only else ():
        work(hostile("a ", 2_000))
        _report("extractor", name, *worst_whole(work, options.size))
    rows = sorted(_measured(options.only, options.size))
    for cost, kind, name, unit in rows[-options.worst :]:
        _report(f"pattern, {kind}", name, cost, unit)
    over = [name for cost, _, name, _ in rows if cost > LIMIT]
    print(json.dumps({"bench": "hostile", "patterns": len(rows), "over": over}))
    return 1 if over else 0


def _measured(only: str, size: int) -> Iterator[tuple[float, str, str, str]]:
    """Of each pattern its worst cost, how it is used, its name, the unit."""
    at = walk.matched()
    for name, pattern in walk.patterns().items():
        if only in name:
            placed = re.sub(r"\[\d+\]\Z", "", name) in at
            one = at_places if placed else scan_text
            cost, unit = worst(lambda text, p=pattern, w=one: w(p, text), size)  # type: ignore[misc]
            yield cost, "at" if placed else "searched", name, unit


def _report(kind: str, name: str, cost: float, unit: str) -> None:
    line = {
        "bench": "hostile",
        "kind": kind,
        "what": name,
        "unit": unit,
        "ms": round(cost, 1),
    }
    print(json.dumps(line), flush=True)


if __name__ == "__main__":
    sys.exit(main())
