"""What was reported over a time: a store → counts by day or week, by status, by name, with charts.

In: a store and a number of days. Out: a dict for the API and the page; `Bars` in units of their own
view box for inline SVGs. Charts repeat the table beneath them: whoever can't see them misses
nothing. Heights are proportional from zero.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any, Final
from urllib.parse import urlencode

from api.links import entity_path
from breachwire.model import OPENING, STATUSES, Named, Trends
from breachwire.store import Store

PERIODS: Final = {30: "30 days", 90: "90 days", 365: "A year"}
NAMED: Final = {
    "third_party": "Suppliers named most",
    "actor": "Actors named most",
    "victim": "Victims named most",
    "sector": "Sectors hit most",
}
_BY_DAY: Final = 92
"""Days that still are bars of their own; more are told by week."""
WIDTH: Final = 640
HEIGHT: Final = 150
TOP: Final = 18
BOTTOM: Final = 124


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar, standing or lying."""

    x: float
    y: float
    width: float
    height: float
    kind: str


@dataclass(frozen=True, slots=True)
class Bars:
    """Everything an SVG needs."""

    bars: tuple[Bar, ...]
    most: int
    summary: str


def trends(store: Store, days: int, now: datetime, base: str = "") -> dict[str, Any]:
    """The last so many UTC days up to and including today's."""
    until = datetime.combine(now.astimezone(UTC).date() + timedelta(1), time(), UTC)
    found = store.trends(until - timedelta(days), until, OPENING)
    spans = list(_spans(found, days))
    return {
        "since": found.since.date().isoformat(),
        "until": (found.until.date() - timedelta(1)).isoformat(),
        "step": "day" if days <= _BY_DAY else "week",
        "made_at": now.astimezone(UTC).isoformat(timespec="seconds"),
        "spans": spans,
        "statuses": {status: sum(span["claims"][status] for span in spans) for status in STATUSES},
        "named": {kind: [_named(one, kind, base) for one in found.named[kind]] for kind in NAMED},
    }


def _spans(found: Trends, days: int) -> Iterator[dict[str, Any]]:
    """Each day or week, those without anything too."""
    step = 1 if days <= _BY_DAY else 7
    first, end = found.since.date(), found.until.date()
    while first < end:
        own = [first + timedelta(n) for n in range(step)]
        claims: Counter[str] = Counter()
        for day in own:
            claims.update(found.claims.get(day, {}))
        yield {
            "from": first.isoformat(),
            "incidents": sum(found.threads.get(day, 0) for day in own),
            "claims": {status: claims[status] for status in STATUSES},
        }
        first += timedelta(step)


def _named(one: Named, kind: str, base: str) -> dict[str, Any]:
    sector = f"/search?{urlencode({'sector': one.slug})}"
    path = sector if kind == "sector" else entity_path(kind, one.slug)
    return {"name": one.name, "url": base + path, "threads": one.threads}


def charts(answer: dict[str, Any]) -> list[dict[str, Any]]:
    """The page's charts over time: title, legend, `Bars`."""
    spans, step = answer["spans"], answer["step"]
    claimed = ("confirmed", "claimed")
    return [
        {
            "title": f"New incidents a {step}",
            "legend": (),
            "bars": standing(spans, {"all": lambda s: s["incidents"]}, f"new incidents a {step}"),
        },
        {
            "title": f"Claims a {step}",
            "legend": (),
            "bars": standing(
                spans, {"all": lambda s: sum(s["claims"].values())}, f"claims a {step}"
            ),
        },
        {
            "title": "Confirmed against claimed",
            "legend": claimed,
            "bars": standing(
                spans,
                {name: lambda s, name=name: s["claims"][name] for name in claimed},  # type: ignore[misc]
                f"confirmed and claimed facts a {step}",
            ),
        },
    ]


def standing(
    spans: Sequence[dict[str, Any]], series: dict[str, Callable[[dict[str, Any]], int]], what: str
) -> Bars:
    """Bars side by side, a group for each span."""
    most = max((count(span) for span in spans for count in series.values()), default=0)
    room = WIDTH / max(1, len(spans))
    width = room * 0.8 / len(series)
    bars = []
    for number, span in enumerate(spans):
        for place, (kind, count) in enumerate(series.items()):
            height = round(count(span) / max(1, most) * (BOTTOM - TOP), 1)
            x = round(number * room + place * width, 1)
            bars.append(Bar(x, BOTTOM - height, round(width, 1), height, kind))
    total = {kind: sum(map(count, spans)) for kind, count in series.items()}
    told = ", ".join(f"{kind} {n:,}" if kind != "all" else f"{n:,}" for kind, n in total.items())
    return Bars(
        tuple(bar for bar in bars if bar.height), most, f"{what}: {told} in all, {most:,} at most"
    )


def lying(number: int, most: int) -> float:
    """The length of a row's bar, of 100."""
    return round(100 * number / max(1, most), 1)


def days_of(value: str | None) -> int:
    """A period that the page offers; 90 for anything else."""
    return next((days for days in PERIODS if str(days) == value), 90)
