"""What a text is related to by itself, and what the threads near it are related to → one order.

One text rarely tells all of its campaign; the thread that it is of and those next to it know more.

In: `Judged` of the text, the first of them the thread that it is likeliest of, and a store to read
related coverage of. Out: `Judged`, the most useful first. Nothing is written.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from breachwire.model import Related, Thread
from breachwire.store import Store, ThreadFilter
from nlp import links
from nlp.compare import Judged
from nlp.odds import chance, odds
from nlp.reasons import SUBJECT

OWN: Final = 0.4
"""What the text's own relation to a thread counts for its place; the rest is the relation of the
thread that it is of, which is known by all its articles. By hand, on all articles held out:
.69 of storyline partners, .71 where the windows' campaigns are joined; .68 and .71 at a half."""
UNSEEN: Final = -6.5
"""Log-odds of a relation that was not found: what is below them is not looked for."""
WAYS: Final = 3
"""Threads next to the first whose own related coverage is looked at: they add .01 of storyline
partners, .02 where the windows' campaigns are joined."""


class Order:
    """What is related to one text on its way to one order."""

    def __init__(self, store: Store, found: Sequence[Judged]) -> None:
        """`found`: not empty; what else the text as a whole is of keeps its place."""
        self._store = store
        self._first = found[0]
        sure = (one for one in found if one.relation == "same_incident")
        self._sure = {one.thread: one for one in (found[0], *sure)}
        self._own = {one.thread: one for one in found if one.thread not in self._sure}
        (seen,) = self._related([self._first.thread]).values()
        self._seen = {one.thread: _seen(one, self._first) for one in seen}

    def judged(self) -> list[Judged]:
        """Each takes its place by what the text and the thread it is of say of it, and stands as it
        was found with the higher score."""
        self._add_by_way(self._ordered()[:WAYS])
        either = (self._own, self._seen)
        every = [
            max((found[id_] for found in either if id_ in found), key=lambda one: one.score)
            for id_ in self._ordered()
        ]
        return [*self._sure.values(), *every]

    def _ordered(self) -> list[str]:
        return sorted({*self._own, *self._seen}, key=lambda id_: (-self._place(id_), id_))

    def _place(self, id_: str) -> float:
        """Log-odds by which a thread takes its place."""
        mine, theirs = (
            odds(found[id_].score) if id_ in found else UNSEEN for found in (self._own, self._seen)
        )
        return OWN * mine + (1 - OWN) * theirs

    def _related(self, threads: Sequence[str]) -> dict[str, list[Related]]:
        """What is related to each, as the store has it."""
        found = self._store.related(threads)
        return {
            thread: [one for one in found.get(thread, ()) if one.thread not in self._sure]
            for thread in threads
        }

    def _add_by_way(self, ways: Sequence[str]) -> None:
        """Take in what is related to these, as the relations do by way of a third thread."""
        related = self._related(ways)
        far = {one.thread for found in related.values() for one in found}
        spans = self._spans([self._first.thread, *sorted(far)])
        values = {way: self._place(way) for way in ways}
        for way, found in related.items():
            for one in found:
                value = min(values[way], odds(one.score)) - links.SECOND_HAND
                value += links.AGE * _age(spans, self._first.thread, one.thread)
                known = self._seen.get(one.thread)
                if value > (odds(known.score) if known else UNSEEN):
                    self._seen[one.thread] = _by_way(one, value)

    def _spans(self, ids: Sequence[str]) -> dict[str, Thread]:
        page = self._store.threads(ThreadFilter(ids=tuple(ids)), limit=len(ids))
        return {thread.id: thread for thread in page.threads}


def _age(spans: Mapping[str, Thread], a: str, b: str) -> float:
    """`links.age` of two threads of which the rows are known; 0 where one is gone."""
    if a not in spans or b not in spans:
        return 0.0
    apart = max(spans[a].first_at, spans[b].first_at) - min(spans[a].last_at, spans[b].last_at)
    return links.aged(apart.total_seconds() / 86400)


def _seen(one: Related, first: Judged) -> Judged:
    """What is related to the thread that comes first, as it is to the text: as surely as the text
    is of that thread."""
    what = "incident" if first.relation == "same_incident" else "thread"
    above, said = f"the {what} above", one.reason.removeprefix(f"{SUBJECT}, ")
    why = f"seen from {above}: {said}" if said == one.reason else f"{SUBJECT} to {above}, {said}"
    if what == "incident":
        return Judged(one.thread, one.relation, why, one.score, ())
    return Judged(one.thread, "similar", why, round(one.score * first.score, 4), ())


def _by_way(one: Related, value: float) -> Judged:
    """What is related to a thread that is related to the text."""
    said, other = one.reason.removeprefix(f"{SUBJECT}, "), "another thread here"
    why = f"seen from {other}: {said}" if said == one.reason else f"{SUBJECT} to {other}, {said}"
    return Judged(one.thread, "similar", why, round(chance(value), 4), ())
