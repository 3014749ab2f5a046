"""A figure's history → a small chart: where its points, steps and labels stand.

In: a detail of the wire document. Out: `Chart`, in units of its own view box, for an inline SVG;
None where there are not two different figures. The chart repeats the table beside it: whoever can't
see it misses nothing. Heights are proportional from zero, so that no rise looks larger than it is;
widths are proportional to time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from api.values import in_words

WIDTH: Final = 320
HEIGHT: Final = 132
LEFT: Final = 10
RIGHT: Final = 310
TOP: Final = 24
BOTTOM: Final = 104
_MEASURES: Final = ("affected", "volume", "money")
_MOST: Final = 12
"""Points: the latest; more would not be told apart at 320 pixels."""
_APART: Final = 58.0
"""Units between two labels: the width of "24,937,000" in the chart's type."""


@dataclass(frozen=True, slots=True)
class Point:
    """A figure, where it stands, and its row in the table."""

    x: float
    y: float
    figure: str
    """As people read it, with its bound."""
    at: str
    status: str
    asserter: str | None
    outlet: str
    url: str
    label: str | None
    """Above the point; None where another's would run into it."""
    anchor: str
    """start, middle or end."""


@dataclass(frozen=True, slots=True)
class Chart:
    """Everything an SVG and its table need."""

    points: tuple[Point, ...]
    steps: str
    """The `d` of a path: the figure stands until the next one."""
    summary: str
    """In words: "From 501 people on 3 May 2026 to 127,914 people"."""
    first: str
    last: str


def chart(detail: Mapping[str, Any]) -> Chart | None:
    """The chart of a count, volume or sum that was given as more than one figure."""
    if detail["field"] not in _MEASURES:
        return None
    told = _turns(detail)[-_MOST:]
    if len({_number(claim) for claim in told}) < 2:
        return None
    points = _labelled(_points(detail, told))
    ends = in_words(detail["field"], told[0]["value"]), in_words(detail["field"], told[-1]["value"])
    return Chart(
        points=tuple(points),
        steps=_steps(points),
        summary=f"{detail['label']}: from {ends[0]} to {ends[1]}, {len(points)} figures",
        first=told[0]["first_said"],
        last=told[-1]["first_said"],
    )


def _turns(detail: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Claims, oldest first, each that gives another figure or status than the one before."""
    newest_last = list(reversed(detail["claims"]))
    oldest = sorted(newest_last, key=lambda c: datetime.fromisoformat(c["first_said"]))
    found: list[Mapping[str, Any]] = []
    for claim in oldest:
        same = found and _number(found[-1]) == _number(claim)
        if not same or found[-1]["status"] != claim["status"]:
            found.append(claim)
    return found


def _number(claim: Mapping[str, Any]) -> float:
    value = claim["value"]
    return float(next((value[k] for k in ("number", "bytes", "amount") if k in value), 0))


def _points(detail: Mapping[str, Any], told: Sequence[Mapping[str, Any]]) -> list[Point]:
    times = [datetime.fromisoformat(claim["first_said"]).timestamp() for claim in told]
    span, top = times[-1] - times[0], max(map(_number, told)) or 1.0
    points = []
    for number, (claim, time) in enumerate(zip(told, times, strict=True)):
        part = (time - times[0]) / span if span else number / (len(told) - 1)
        x = LEFT + part * (RIGHT - LEFT)
        y = BOTTOM - _number(claim) / top * (BOTTOM - TOP)
        bound = detail["bound"] if claim["value"] == detail["value"] else None
        points.append(
            Point(
                round(x, 1),
                round(y, 1),
                in_words(detail["field"], claim["value"], bound),
                claim["first_said"],
                claim["status"],
                claim["asserter"],
                claim["evidence"]["outlet"],
                claim["evidence"]["url"],
                _short(_number(claim), detail["field"], claim["value"]),
                _anchor(x),
            )
        )
    return points


def _anchor(x: float) -> str:
    if x < LEFT + _APART / 2:
        return "start"
    return "end" if x > RIGHT - _APART / 2 else "middle"


def _short(number: float, field: str, value: Mapping[str, Any]) -> str:
    """The figure alone: the unit stands in the heading."""
    return f"{number:,.10g}" if "number" in value else in_words(field, value)


def _labelled(points: Sequence[Point]) -> list[Point]:
    """Labels of the last point, the first, and those between that have room."""
    shown: list[Point] = []
    for point in (points[-1], *points[:-1]):
        if all(abs(point.x - other.x) >= _APART for other in shown):
            shown.append(point)
    return [p if p in shown else _bare(p) for p in points]


def _bare(point: Point) -> Point:
    return Point(
        point.x, point.y, point.figure, point.at, point.status, point.asserter, point.outlet,
        point.url, None, point.anchor,
    )  # fmt: skip


def _steps(points: Sequence[Point]) -> str:
    parts = [f"M{points[0].x:g} {points[0].y:g}"]
    parts += [f"H{p.x:g}V{p.y:g}" for p in points[1:]]
    return "".join(parts)
