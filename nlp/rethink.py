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
from nlp.thread import Threader, probability, reason_of
from nlp.weigh import Candidate

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


@dataclass(frozen=True, slots=True)
class Move:
    """An article that stands better elsewhere."""

    article: int
    old: str
    thread: str | None
    """None: in a thread of its own."""
    alone: bool
    """It was its old thread's only article: the two threads are one."""
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


def rethink(threader: Threader, new: Sequence[int], make: Callable[[Move], None]) -> list[Doubt]:
    """Think again about what `new` articles touch; `make` carries a move out, in the threader too.

    What is left unsure about the new ones comes back.
    """
    waiting = stirred(threader, new)
    for _ in range(ROUNDS):
        moved: set[int] = set()
        for article in sorted(waiting):
            move = better(threader, article)
            if move is not None:
                moved |= _companions(threader, move)
                make(move)
        waiting = moved
        if not moved:
            break
    return [doubt for article in new if (doubt := unsure(threader, article)) is not None]


def stirred(threader: Threader, new: Iterable[int]) -> set[int]:
    """The new articles that stand in a thread, and whoever is near one of them."""
    found = set()
    for article in new:
        if threader.memory.holds(article):
            found.add(article)
            found.update(i for i in threader.near(article, STIRRED) if threader.memory.holds(i))
    return found


def better(threader: Threader, article: int) -> Move | None:
    """Where an article stands better than where it does, if anywhere."""
    if not threader.memory.holds(article) or threader.rules.must(article):
        return None
    own = threader.memory.thread_with(article)
    here, there = _sides(threader, article)
    stay, alone = threader.parameters.stay, len(own.members) == 1
    slack = _slack(threader, article)
    if slack and not alone and own.id == thread_id(article):
        return None  # the address that readers have leads to it: who came later goes, if anyone
    if there is not None and there.value >= max(stay, slack + (here.value if here else stay)):
        return Move(article, own.id, there.thread.id, alone, reason_of(threader, article, there))
    if here is not None and here.value < stay - slack:
        why = f"the thread no longer speaks of it: {reason_of(threader, article, here)}"
        return Move(article, own.id, None, False, why)
    return None


def unsure(threader: Threader, article: int) -> Doubt | None:
    """The thread that an article's own may be one with, where that is neither likely nor not."""
    if not threader.memory.holds(article):
        return None
    own = threader.memory.thread_with(article)
    _, there = _sides(threader, article)
    low = threader.parameters.stay - UNSURE
    if there is None or not low <= there.value < threader.parameters.stay:
        return None
    why = reason_of(threader, article, there)
    return Doubt(article, own.id, there.thread.id, probability(there.value), why)


def _sides(threader: Threader, article: int) -> tuple[Candidate | None, Candidate | None]:
    """Its own thread without it, and the likeliest other that no rule bars."""
    own = threader.memory.thread_of(article)
    barred = {threader.memory.thread_of(id_) for id_ in threader.rules.must_not(article)}
    weighed = threader.weigh_again(article)
    here = next((c for c in weighed if c.thread.id == own), None)
    others = [c for c in weighed if c.thread.id != own and c.thread.id not in barred]
    return here, max(others, key=lambda c: c.value, default=None)


def _slack(threader: Threader, article: int) -> float:
    age = threader.memory.newest - threader.memory.source(article).traits.day
    return SETTLED if age > SETTLED_DAYS else 0.0


def _companions(threader: Threader, move: Move) -> set[int]:
    """Whom a move leaves and whom it joins."""
    threads = [move.old] + ([move.thread] if move.thread else [])
    members = {m.traits.id for t in threads for m in threader.memory.thread(t).members}
    return members - {move.article}
