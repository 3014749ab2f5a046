"""What came in → which articles now stand better elsewhere, and which threads may be one.

In: a threader that holds the articles, and those that came in. Out: `Move`s to make, one after the
other (each is weighed with those before it made), and `Doubt`s for an editor. Every article near
enough to a new one is taken out of its thread and weighed again, against that thread and the
others, with all that is known by now (`Parameters.again`). Where an editor's rule speaks, nothing
is thought again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from breachwire.model import thread_id
from nlp.odds import chance
from nlp.thread import Threader, reason_of
from nlp.weigh import Candidate, Look

STIRRED: Final = 0.0
"""Log-odds of a pair from which a new article gives its neighbour something to think about: about
1.4 looks an article. Below, twice the looks gain nothing on the labelled windows."""
ROUNDS: Final = 2
"""A move may stir its old and new companions once."""
SETTLED_DAYS: Final = 2.0
SETTLED: Final = 1.0
"""Log-odds by which another thread must be likelier than its own for an article that is two days
older than the newest: what readers have seen moves for good reasons only."""
UNSURE: Final = 1.5
"""Log-odds below the bar down to which an editor is asked."""
NEAREST: Final = 0.0
"""Log-odds of one event with the nearest article of the other thread, in the mean, from which two
threads of several articles may be one; as wholes they need what an article needs to stay. A thread
that holds strangers is as a whole like many others. Of the pairs of threads of the labelled windows
that lie near each other, three pass: they win 52 pairs of articles and lose 13."""


@dataclass(frozen=True, slots=True)
class Move:
    """An article that stands better elsewhere."""

    article: int
    old: str
    thread: str | None
    """None: in a thread of its own."""
    whole: bool
    """All of the old thread goes, of one article or more: the two threads are one."""
    why: str


@dataclass(frozen=True, slots=True)
class Doubt:
    """Two threads that may be one."""

    article: int
    old: str
    thread: str
    score: float
    """Probability, 0 to 1."""
    why: str


@dataclass(frozen=True, slots=True)
class Sides:
    """What speaks for where an article stands, and for elsewhere."""

    here: Candidate | None
    """Its own thread without it; None: it is alone, or nothing there is near it."""
    there: Candidate | None
    """The likeliest other that no rule bars."""
    threads: frozenset[str]
    """All that are near: a move between others changes nothing here."""


class Looks:
    """What is found near each article that is thought of again: it is looked at once, and weighed
    once more only where a thread near it has changed."""

    def __init__(self, threader: Threader) -> None:
        self.threader = threader
        self._looks: dict[int, Look] = {}
        self._sides: dict[int, Sides] = {}

    def expect(self, articles: Iterable[int]) -> None:
        """Which are looked at next."""
        memory = self.threader.memory
        new = [a for a in articles if a not in self._looks and memory.holds(a)]
        traits = [memory.source(a).traits for a in new]
        memory.expect((t.vector, t.day) for t in traits)

    def at(self, article: int) -> Look:
        """Whom an article that stands in a thread is near."""
        look = self._looks.get(article)
        if look is None:
            look = self._looks[article] = self.threader.look(article)
        self.threader.memory.guests = look.guests
        return look

    def sides(self, article: int) -> Sides:
        """Its own thread and the likeliest other, as they stand now."""
        look, sides = self.at(article), self._sides.get(article)
        if sides is None:
            sides = self._sides[article] = _sides(self.threader, look)
        return sides

    def moved(self, move: Move) -> None:
        """Forget what the move has changed."""
        touched = {move.old, move.thread}
        self._sides = {a: s for a, s in self._sides.items() if not s.threads & touched}


def rethink(threader: Threader, new: Sequence[int], make: Callable[[Move], None]) -> list[Doubt]:
    """Think again about what `new` articles touch; `make` carries a move out, in the threader too.

    What is left unsure about the new ones comes back.
    """
    looks = Looks(threader)
    waiting = stirred(looks, new)
    for _ in range(ROUNDS):
        moved: set[int] = set()
        looks.expect(waiting)
        for article in sorted(waiting):
            move = better(looks, article)
            if move is not None:
                moved |= _companions(threader, move)
                make(move)
                looks.moved(move)
        waiting = moved
        if not moved:
            break
    for article in new:
        move = union(looks, article)
        if move is not None:
            make(move)
            looks.moved(move)
    return [doubt for article in new if (doubt := unsure(looks, article)) is not None]


def stirred(looks: Looks, new: Iterable[int]) -> set[int]:
    """The new articles that stand in a thread, and whoever is near one of them."""
    threader = looks.threader
    found = set()
    for article in new:
        if threader.memory.holds(article):
            near = threader.near(looks.at(article), STIRRED)
            found |= {article, *filter(threader.memory.holds, near)}
    return found


def better(looks: Looks, article: int) -> Move | None:
    """Where an article stands better than where it does, if anywhere."""
    threader = looks.threader
    if not threader.memory.holds(article) or threader.rules.must(article):
        return None
    own = threader.memory.thread_with(article)
    stay, alone = threader.parameters.stay, len(own.members) == 1
    slack = _slack(threader, article)
    if slack and not alone and own.id == thread_id(article):
        return None  # the address that readers have leads to it: who came later goes, if anyone
    sides = looks.sides(article)
    here, there = sides.here, sides.there
    if there is not None and there.value >= max(stay, slack + (here.value if here else stay)):
        return Move(article, own.id, there.thread.id, alone, reason_of(threader, article, there))
    if here is not None and here.value < stay - slack:
        why = f"the thread no longer speaks of it: {reason_of(threader, article, here)}"
        return Move(article, own.id, None, False, why)
    return None


def union(looks: Looks, article: int) -> Move | None:
    """Its thread and the likeliest other, where both are of several articles and one event: the
    younger goes into the older."""
    threader = looks.threader
    memory = threader.memory
    there = looks.sides(article).there if memory.holds(article) else None
    if there is None or there.value < threader.parameters.stay - UNSURE:
        return None
    both = sorted((memory.thread_with(article), there.thread), key=lambda t: (t.first, t.id))
    older, younger = ([m.traits.id for m in thread.members] for thread in both)
    if min(len(older), len(younger)) < 2 or not all(map(memory.holds, older + younger)):
        return None
    if threader.rules.keep_apart(older, younger):
        return None
    whole, nearest = threader.alike(*both)
    if nearest < NEAREST or whole < threader.parameters.stay + _slack(threader, younger[0]):
        return None
    why = f"two threads on one event: {reason_of(threader, article, there)}"
    return Move(younger[0], both[1].id, both[0].id, True, why)


def unsure(looks: Looks, article: int) -> Doubt | None:
    """The thread that an article's own may be one with, where that is neither likely nor not."""
    threader = looks.threader
    if not threader.memory.holds(article):
        return None
    there = looks.sides(article).there
    low = threader.parameters.stay - UNSURE
    if there is None or not low <= there.value < threader.parameters.stay:
        return None
    own = threader.memory.thread_with(article)
    why = reason_of(threader, article, there)
    return Doubt(article, own.id, there.thread.id, chance(there.value), why)


def _sides(threader: Threader, look: Look) -> Sides:
    article, memory = look.traits.id, threader.memory
    own = memory.thread_with(article).id
    barred = {memory.thread_of(id_) for id_ in threader.rules.must_not(article)}
    weighed = threader.weigh_again(look)
    others = [c for c in weighed if c.thread.id != own and c.thread.id not in barred]
    return Sides(
        here=next((c for c in weighed if c.thread.id == own), None),
        there=max(others, key=lambda c: c.value, default=None),
        threads=frozenset({own, *(memory.thread_with(id_).id for id_ in look.near)}),
    )


def _slack(threader: Threader, article: int) -> float:
    age = threader.memory.newest - threader.memory.source(article).traits.day
    return SETTLED if age > SETTLED_DAYS else 0.0


def _companions(threader: Threader, move: Move) -> set[int]:
    """Whom a move leaves and whom it joins."""
    threads = [move.old] + ([move.thread] if move.thread else [])
    members = {m.traits.id for t in threads for m in threader.memory.thread(t).members}
    return members - {move.article}
