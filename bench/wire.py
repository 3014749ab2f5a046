"""Invented security news, as much as is asked for: what `bench.threader` places.

In: a number of articles. Out: titles, texts of 600 characters, vectors, 300 articles a day up to
START. Words come by the shipped frequencies; each event has its own victim (the second word of its
name is one of 2,000), vendors and actors are shared, three in twenty events have a CVE. Seven
threads in ten are single articles, the others have 2 to 10; one event in fifty is told again years
later. Vectors gather by topic and closer by event: cosines of .8 within an event, .4 in a topic.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import islice
from typing import Any, Final

import numpy as np

from breachwire.model import Vector
from nlp import features

START: Final = datetime(2026, 6, 1, tzinfo=UTC)
A_DAY: Final = 300
DIMENSION: Final = 384
TOPICS: Final = 300
SIZES: Final = (1,) * 70 + (2,) * 12 + (3,) * 7 + (4,) * 5 + (6,) * 4 + (10,) * 2
"""Thread sizes as they come: a mean of 1.8, as in the labelled windows."""
_ENDS: Final = (
    *("vane", "mark", "dale", "ford", "sten", "lund", "berg", "wick"),
    *("holm", "gate", "mont", "rick", "tess", "corp", "lyne", "dyn"),
)
_KINDS: Final = (
    "{victim} says customer data was stolen in {word} breach",
    "{victim} confirms cyberattack after {actor} claim",
    "{vendor} patches {cve} after attacks on {victim}",
    "Hackers leak {victim} files, {word} {word}",
    "{victim} hit by ransomware, {word} systems down",
)

_LATER: Final = (
    "{victim} to pay $2 million over {word} data breach",
    "{victim} sued over stolen customer data, {word} court says",
)
"""Of an event that was told before."""


@dataclass(frozen=True, slots=True)
class Event:
    """What an incident's articles share."""

    victim: str
    vendor: str
    actor: str
    cve: str
    vector: Vector


@dataclass(frozen=True, slots=True)
class Told:
    """One article of an event."""

    event: int
    at: datetime
    title: str
    text: str
    vector: Vector


class Wire:
    """Events and their articles; the same seed gives the same wire."""

    def __init__(self, seed: int = 7) -> None:
        self.draw = random.Random(seed)
        self._normal = np.random.default_rng(seed)
        self._topics = self._vectors(TOPICS)
        self._vendors = [self._word(2) for _ in range(400)]
        self._actors = [self._word(2) for _ in range(150)]
        self._second = [self._word(2) for _ in range(2_000)]
        self.events: list[Event] = []

    def event(self) -> int:
        """A new event's number."""
        draw, number = self.draw, len(self.events)
        topic = self._topics[int(draw.random() ** 2 * TOPICS)]
        self.events.append(
            Event(
                victim=f"{self._word(3)} {draw.choice(self._second)}",
                vendor=self._vendors[int(draw.random() ** 3 * 400)],
                actor=self._actors[int(draw.random() ** 2 * 150)],
                cve=f"CVE-{draw.randint(2017, 2026)}-{100_000 + number}",
                vector=_unit(0.7 * topic + 0.7 * self._vectors(1)[0]),
            )
        )
        return number

    def known(self, victim: str, cve: str, vector: Vector) -> int:
        """The number of an event that was told before, given what an article on it has."""
        number = self.event()
        vector = _unit(vector + 0.4 * self._vectors(1)[0])
        self.events[number] = replace(self.events[number], victim=victim, cve=cve, vector=vector)
        return number

    def tell(self, number: int, at: datetime, *, again: bool = False) -> Told:
        """An article on an event, about 600 characters; `again`: what came of it."""
        event, draw = self.events[number], self.draw
        template = _KINDS[(number + draw.randint(0, 1)) % 5 if draw.random() < 0.6 else number % 5]
        if again:
            template = draw.choice(_LATER)
        named = {"victim": event.victim, "vendor": event.vendor, "actor": event.actor}
        words = iter(draw.choices(*_words(), k=90))
        title = template
        while "{word}" in title:
            title = title.replace("{word}", next(words), 1)
        title = title.format(**named, cve=event.cve if number % 20 < 3 else "a flaw")
        told = " ".join(
            f"{event.victim if n == 0 else next(words).capitalize()} "
            f"{' '.join(islice(words, 11))}, {draw.choice(list(named.values()))} said."
            for n in range(7)
        )
        number_hit = f"{draw.randint(1000, 999999):,}"
        text = f"{event.victim} confirmed that data of {number_hit} people was stolen. {told}"
        return Told(number, at, title, text[:620], _unit(event.vector + 0.5 * self._vectors(1)[0]))

    def articles(self, number: int) -> Iterator[Told]:
        """`number` articles up to START, oldest first."""
        step = timedelta(days=1) / A_DAY
        first, days = START - step * number, number / A_DAY
        waiting: dict[int, list[int]] = {}
        for slot in range(number):
            if due := waiting.pop(slot, []):
                event = due.pop()
                waiting.setdefault(slot + 1, []).extend(due)
            else:
                event = self.event()
                for later in self._later(days):
                    waiting.setdefault(slot + later, []).append(event)
            yield self.tell(event, first + step * slot)

    def _later(self, days: float) -> list[int]:
        """After how many articles a new event is told again: hours to days, some after years."""
        draw = self.draw
        gaps = [draw.expovariate(0.5) for _ in range(draw.choice(SIZES) - 1)]
        if draw.random() < 0.02:
            gaps.append(draw.uniform(60, max(61.0, days)))
        return [1 + int(gap * A_DAY) for gap in gaps]

    def _word(self, syllables: int) -> str:
        draw = self.draw
        parts = (draw.choice("bdfgklmnprstvz") + draw.choice("aeiou") for _ in range(syllables))
        return f"{''.join(parts)}{draw.choice(_ENDS)}".capitalize()

    def _vectors(self, number: int) -> Any:
        rows = self._normal.normal(size=(number, DIMENSION)).astype(np.float32)
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)


@cache
def _words() -> tuple[list[str], list[int]]:
    _, counts, _ = features.background()
    known = [w for w in counts if w.isalpha()]
    return known, [counts[w] for w in known]


def _unit(row: Any) -> Vector:
    unit: Vector = (row / np.linalg.norm(row)).astype(np.float32)
    return unit
