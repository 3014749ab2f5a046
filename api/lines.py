"""A thread's timeline as a picture: dated events → marks on a line, to scale.

In: the timeline of a wire document. Out: `Line`s, for wide windows and for phones, in units of
their own view boxes for inline SVGs. Each repeats the list beside it: whoever can't see it misses
nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, NamedTuple

from api.values import event_date

WIDTHS: Final = (640, 320)
_EDGE: Final = 8
_APART: Final = 12.0
"""Units between two dates in words."""
_LETTER: Final = 7.4
"""Units of an average letter in the picture's type."""


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

    width: int
    marks: tuple[Mark, ...]
    summary: str


def lines(timeline: Sequence[Mapping[str, Any]]) -> tuple[Line, ...]:
    """The events by date, for wide windows and for phones; nothing where fewer than two days are
    told. A month or a year stands at its first day."""
    days = [_day(event["at"]) for event in timeline]
    if len(set(days)) < 2:
        return ()
    labels = [event_date(event["at"]) for event in timeline]
    told = f"{len(days)} dated events from {event_date(min(days).isoformat())} to"
    summary = f"{told} {event_date(max(days).isoformat())}"
    return tuple(Line(width, _marks(days, labels, width), summary) for width in WIDTHS)


def _marks(days: Sequence[date], labels: Sequence[str], width: int) -> tuple[Mark, ...]:
    first, span = min(days), (max(days) - min(days)).days
    scale = (width - 2 * _EDGE) / span
    at = [round(_EDGE + (day - first).days * scale, 1) for day in days]
    places = [_placed(x, _LETTER * len(label), width) for x, label in zip(at, labels, strict=True)]
    shown: list[int] = []
    for n in (at.index(min(at)), at.index(max(at)), *range(len(at))):  # both ends, then what fits
        if all(_apart(places[n], places[other]) for other in shown):
            shown.append(n)
    return tuple(
        Mark(x, n + 1, labels[n] if n in shown else None, places[n].anchor)
        for n, x in enumerate(at)
    )


def _day(at: str) -> date:
    """Of "2026-11-03", "2026-11" or "2026"."""
    parts = [int(part) for part in at[:10].split("-")]
    year, month, day = [*parts, 1, 1][:3]
    return date(year, month, day)


class _Place(NamedTuple):
    """Where a date in words stands."""

    left: float
    right: float
    anchor: str


def _placed(x: float, long: float, width: int) -> _Place:
    """At x, yet inside the picture."""
    if x < long / 2:
        return _Place(x, x + long, "start")
    if x > width - long / 2:
        return _Place(x - long, x, "end")
    return _Place(x - long / 2, x + long / 2, "middle")


def _apart(one: _Place, other: _Place) -> bool:
    return one.left >= other.right + _APART or other.left >= one.right + _APART
