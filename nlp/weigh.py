"""An article and the threads near it → how likely each is its own.

In: the threader's memory and the fitted weights. Out: `Candidate`s: first article by article, then
thread by thread, so that one close member does not carry a merge that the rest contradict.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Final

from nlp import features
from nlp.evidence import ALONE, Line, Pair, Rivals, ruled, thread_features
from nlp.features import Traits
from nlp.standing import Guests, Memory, Standing

THREADS: Final = 6
"""Threads weighed as a whole."""
REMEMBERED: Final = 16_384
"""Pairs kept: those of a batch of 64 and what it stirs are some 6,000, of half a kilobyte."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A thread weighed."""

    thread: Standing
    value: float
    """Log-odds of belonging."""
    nearest: Traits
    odds: float
    """Log-odds of being one event with the nearest member."""
    cosine: float
    row: tuple[float, ...]
    """THREAD_FEATURES, for training."""


@dataclass(frozen=True, slots=True)
class Look:
    """Whom an article in memory is near: good until another comes in, however many move."""

    traits: Traits
    near: Mapping[int, float]
    """Cosines by article."""
    guests: Guests
    """Those of `near` that are not in memory."""


class Scales:
    """Weighs articles against what the memory holds."""

    def __init__(self, memory: Memory, pair: Line) -> None:
        self._memory = memory
        self._line = pair
        self._pairs: dict[tuple[int, int], tuple[Traits, Traits, Pair]] = {}
        """By ids, the later first. An article that comes in meets the same others when it is
        decided on, and when it and they are thought of again."""

    def weigh(self, traits: Traits, near: Mapping[int, float], whole: Line) -> list[Candidate]:
        """The likeliest threads of an article, by the articles near it and their cosines."""
        pairs = {id_: self.pair(traits, id_, cosine) for id_, cosine in near.items()}
        best: dict[str, float] = defaultdict(lambda: -math.inf)
        for id_, pair in pairs.items():
            thread = self._memory.thread_with(id_).id
            best[thread] = max(best[thread], pair.value)
        chosen = sorted(best, key=lambda t: -best[t])[:THREADS]
        return [
            self._whole(traits, self._memory.thread(t), pairs, _rivals(n, chosen, best), whole)
            for n, t in enumerate(chosen)
        ]

    def alike(self, one: Standing, other: Standing, again: Line) -> tuple[float, float]:
        """Log-odds that two threads are one, in the mean of both sides: each one's articles weighed
        against the other as if no third were near; each article with its nearest there."""
        sides = [self._against(one, other, again), self._against(other, one, again)]
        whole = fmean(fmean(c.value for c in side) for side in sides)
        return whole, fmean(c.odds for side in sides for c in side)

    def _against(self, mine: Standing, thread: Standing, line: Line) -> list[Candidate]:
        articles = [m.traits for m in mine.sample()]
        return [self._whole(traits, thread, {}, ALONE, line) for traits in articles]

    def pair(self, traits: Traits, other: int, cosine: float) -> Pair:
        """Two articles; the later one's rarities count, as when it came in."""
        one, two = traits, self._memory.source(other).traits
        if (one.day, one.id) < (two.day, two.id):
            one, two = two, one
        known = self._pairs.get((one.id, two.id))
        if known is not None and known[0] is one and known[1] is two:
            return known[2]
        row = features.pair_features(one, two, cosine)
        pair = Pair(self._line.value(row), row)
        if len(self._pairs) >= REMEMBERED:
            self._pairs.clear()
        self._pairs[one.id, two.id] = (one, two, pair)
        return pair

    def _whole(
        self,
        traits: Traits,
        thread: Standing,
        pairs: dict[int, Pair],
        rivals: Rivals,
        line: Line,
    ) -> Candidate:
        members = [m.traits for m in thread.sample() if m.traits.id != traits.id]
        for member in members:
            if member.id not in pairs:
                cosine = float(member.vector @ traits.vector)
                pairs[member.id] = self.pair(traits, member.id, cosine)
        row = thread_features(traits, members, [pairs[m.id] for m in members], rivals)
        nearest = max(members, key=lambda m: pairs[m.id].value)
        closest = pairs[nearest.id]
        value = line.value(row)
        value += sum(ruled(traits, members, value).values())
        return Candidate(thread, value, nearest, closest.value, closest.row[0], tuple(row))


def _rivals(place: int, chosen: Sequence[str], best: Mapping[str, float]) -> Rivals:
    """Of the thread in that place, the nearest first; `best`: log-odds with each one's nearest."""
    others = [best[t] for t in chosen if t != chosen[place]]
    return Rivals(others[0], place) if others else ALONE
