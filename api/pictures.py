"""A thread's timeline and a storyline's parties as pictures: documents → where things stand.

In: a wire document; details of a storyline's threads. Out: `Line`, `Map`, in units of their own
view boxes for inline SVGs. Each repeats the list beside it: whoever can't see it misses nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any, Final

from api.links import entity_path
from api.values import event_date
from breachwire.model import Detail, Thread
from breachwire.store import Store, ThreadFilter, slug

WIDTH: Final = 640
_EDGE: Final = 8
_APART: Final = 76.0
"""Units between two dates in words: the width of "23 Nov 2026" in the picture's type."""
_COLUMNS: Final = (("actor", "Actors"), ("third_party", "Suppliers"), ("victim", "Victims"))
_NAMES: Final = 8
"""Of a column; more are in the list alone."""
_OF_A_THREAD: Final = 3
_STEP: Final = 30
_HEAD: Final = 30
_LETTERS: Final = 25
"""Of a name, in a column of 200 units."""


@dataclass(frozen=True, slots=True)
class Mark:
    """An event on the line."""

    x: float
    number: int
    """Its place in the list, from 1."""
    label: str | None
    """Its date in words; None where another's would run into it."""
    anchor: str


@dataclass(frozen=True, slots=True)
class Line:
    """A timeline to scale."""

    marks: tuple[Mark, ...]
    summary: str


@dataclass(frozen=True, slots=True)
class Node:
    """A party of the map."""

    x: float
    y: float
    name: str
    shown: str
    """The name, cut where it is long."""
    url: str
    column: str


@dataclass(frozen=True, slots=True)
class Map:
    """Who stands in the storyline, actors left, suppliers between, victims right; and as a list."""

    nodes: tuple[Node, ...]
    lines: tuple[tuple[float, float, float, float], ...]
    heads: tuple[tuple[float, str], ...]
    height: int
    more: int
    """Parties that the picture has no room for."""
    rows: tuple[tuple[Thread, Mapping[str, Sequence[tuple[str, str]]]], ...]
    """The list: each thread with its (name, page) by column."""


def line(timeline: Sequence[Mapping[str, Any]]) -> Line | None:
    """The events by date; None where fewer than two days are told. A month or a year stands at its
    first day."""
    days = [_day(event["at"]) for event in timeline]
    if len(set(days)) < 2:
        return None
    first, last = min(days), max(days)
    span = (last - first).days
    marks: list[Mark] = []
    taken: list[float] = []
    for number, (event, day) in enumerate(zip(timeline, days, strict=True), 1):
        x = round(_EDGE + (day - first).days / span * (WIDTH - 2 * _EDGE), 1)
        free = all(abs(x - other) >= _APART for other in taken)
        if free or x == WIDTH - _EDGE:
            taken = [other for other in taken if abs(x - other) >= _APART] + [x]
        marks.append(Mark(x, number, event_date(event["at"]) if free else None, _anchor(x)))
    told = f"{len(marks)} dated events from {event_date(first.isoformat())} to"
    return Line(tuple(marks), f"{told} {event_date(last.isoformat())}")


def _day(at: str) -> date:
    """Of "2026-11-03", "2026-11" or "2026"."""
    parts = [int(part) for part in at[:10].split("-")]
    year, month, day = [*parts, 1, 1][:3]
    return date(year, month, day)


def _anchor(x: float) -> str:
    if x < _APART / 2:
        return "start"
    return "end" if x > WIDTH - _APART / 2 else "middle"


def storyline(store: Store, threads: Sequence[str], base: str = "") -> Map | None:
    """The map of these threads; None where none names a party."""
    page = store.threads(ThreadFilter(ids=tuple(threads)), sort="first", limit=len(threads) or 1)
    details = store.details([thread.id for thread in page.threads])
    rows = [(one, dict(_parties(details[one.id], base))) for one in page.threads[::-1]]
    nodes, left_out = _nodes([own for _, own in rows])
    if not nodes:
        return None
    return Map(
        nodes=tuple(nodes.values()),
        lines=tuple(dict.fromkeys(_lines(nodes, [own for _, own in rows]))),
        heads=tuple((_x(name), label) for name, label in _COLUMNS),
        height=_HEAD + _STEP * max(_count(nodes, name) for name, _ in _COLUMNS),
        more=left_out,
        rows=tuple(rows),
    )


def _parties(
    details: Iterable[Detail], base: str
) -> Iterator[tuple[str, Sequence[tuple[str, str]]]]:
    """By column, the leading names with their pages."""
    own = [d for d in details if d.party is not None and d.status != "denied"]
    for field, _ in _COLUMNS:
        names = dict.fromkeys(str(d.value) for d in own if d.field == field)
        yield (
            field,
            [
                (name, base + entity_path(field, address))
                for name in list(names)[:_OF_A_THREAD]
                if (address := slug(name))
            ],
        )


def _x(column: str) -> float:
    return 8.0 + 216 * [name for name, _ in _COLUMNS].index(column)


def _nodes(
    rows: Sequence[Mapping[str, Sequence[tuple[str, str]]]],
) -> tuple[dict[tuple[str, str], Node], int]:
    """By column and name, those that most threads name first."""
    found: dict[tuple[str, str], Node] = {}
    left_out = 0
    for column, _ in _COLUMNS:
        named: dict[tuple[str, str], int] = {}
        for own in rows:
            for one in own[column]:
                named[one] = named.get(one, 0) + 1
        best = sorted(named, key=lambda one: -named[one])
        left_out += len(best[_NAMES:])
        for number, (name, url) in enumerate(best[:_NAMES]):
            shown = name if len(name) <= _LETTERS else name[: _LETTERS - 1].rstrip() + "…"
            y = _HEAD + _STEP * number + 14.0
            found[column, name] = Node(_x(column), y, name, shown, url, column)
    return found, left_out


def _lines(
    nodes: Mapping[tuple[str, str], Node],
    rows: Sequence[Mapping[str, Sequence[tuple[str, str]]]],
) -> Iterator[tuple[float, float, float, float]]:
    """From each party of a thread to those of its next column that has any."""
    for own in rows:
        filled = [
            [nodes[column, name] for name, _ in own[column] if (column, name) in nodes]
            for column, _ in _COLUMNS
        ]
        filled = [column for column in filled if column]
        for here, there in pairwise(filled):
            for a in here:
                for b in there:
                    yield a.x + 7.4 * len(a.shown) + 6, a.y - 4, b.x - 6, b.y - 4


def _count(nodes: Mapping[tuple[str, str], Node], column: str) -> int:
    return sum(name == column for name, _ in nodes)
