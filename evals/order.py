"""How little the order of arrival matters, and how little moves once readers have seen it.

    python -m evals.order [--shuffles 10] [WINDOW…]

In: `../shared/data` (or BREACHWIRE_SHARED), the shipped parameters. Out: JSON lines. For each
window and in the mean: pair F1 between the threads of the published order and of shuffles within
each day; of batches of 64 (`import` in one go) and articles one by one, pair F1 between the two and
against the labels. Then `ids`: all windows in order of time into one threader, in batches of 64 and
one by one: ids of earlier threads under which none of the earlier articles stands any more, though
not merged into an older thread, and the share of memberships older than two days that moved.
"""

from __future__ import annotations

import argparse
import json
import random
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import combinations, groupby
from statistics import mean
from typing import Any, Final

from evals.threads import LABELS, SHARED, placed, score, threaded
from nlp import embed, features, train
from nlp.rethink import Move, rethink
from nlp.thread import Threader

TOGETHER: Final = 64
"""Articles that an import threads at once."""
SETTLED_DAYS: Final = 2.0
Figures = dict[str, Any]
Pairs = set[tuple[str, str]]


# --- order


def shuffled(window: train.Window, seed: int) -> train.Window:
    """The same articles, ids and dates; those of one day (UTC) arrive in any order."""
    chance = random.Random(f"{window.name} {seed}")
    items: list[train.Labelled] = []
    for _, day in groupby(window.items, key=lambda i: i.article.at.date()):
        some = list(day)
        chance.shuffle(some)
        items += some
    return replace(window, items=tuple(items))


def pairs(window: train.Window, batch: int) -> Pairs:
    """Pairs of addresses that come to stand in one thread, `batch` articles coming in at a time."""
    memory = placed(window, None, features.vocabulary, batch).memory
    threads: dict[str, list[str]] = defaultdict(list)
    for item in window.items:
        if (thread := memory.thread_of(item.article.id)) is not None:
            threads[thread].append(item.article.url)
    return {pair for urls in threads.values() for pair in combinations(sorted(urls), 2)}


def agreement(a: Pairs, b: Pairs) -> float:
    """Pair F1 between two threadings of the same articles; 1 where neither joins anything."""
    return 2 * len(a & b) / (len(a) + len(b)) if a or b else 1.0


def order(window: train.Window, shuffles: int) -> Figures:
    """What the order of arrival changes in one window."""
    together, single = pairs(window, TOGETHER), pairs(window, 1)
    against = [agreement(together, pairs(shuffled(window, n), TOGETHER)) for n in range(shuffles)]
    return {
        "shuffles": round(mean(against), 4),
        "worst": round(min(against), 4),
        "together_and_single": round(agreement(together, single), 4),
        "together": right(window, TOGETHER),
        "single": right(window, 1),
    }


def right(window: train.Window, batch: int) -> float:
    """Pair F1 against the labels."""
    threads = threaded(window, None, features.vocabulary, batch=batch)
    found: float = score(window, threads)["pairs"]["f1"]
    return found


def means(rows: Sequence[Figures]) -> Figures:
    """The mean over the windows; of `worst` the least."""
    found = {name: round(mean(row[name] for row in rows), 4) for name in rows[0]}
    return {**found, "worst": min(row["worst"] for row in rows)}


# --- ids


class Wire:
    """One threader that windows come into, and what moved in it. Ids of articles are unique over
    the windows."""

    def __init__(self) -> None:
        self.threader = Threader(vocabulary=features.vocabulary())
        self.merged: dict[str, str] = {}
        """A thread's id → the older one that it became."""
        self.moves: list[tuple[int, bool]] = []
        """Articles that were older than two days when they moved; whether with all their thread."""

    def take(self, items: Sequence[train.Labelled], batch: int) -> None:
        """Articles in, `batch` at a time, each batch thought of again at once."""
        for start in range(0, len(items), batch):
            some = items[start : start + batch]
            self.threader.expect((item.article, item.vector) for item in some)
            for item in some:
                placement = self.threader.decide(item.article, item.vector)
                self.threader.accept(item.article, item.vector, placement)
            rethink(self.threader, [item.article.id for item in some], self._make)

    def standing(self, items: Iterable[train.Labelled]) -> dict[int, str]:
        """Article → thread, of those that stand in one."""
        found = ((i.article.id, self.threader.memory.thread_of(i.article.id)) for i in items)
        return {article: thread for article, thread in found if thread is not None}

    def _make(self, move: Move) -> None:
        """As the store carries it out: of two threads that are one, the older keeps its id."""
        if not move.whole or move.thread is None:
            self._move(move.article, move.thread or f"{move.old}-{move.article}", merged=False)
            return
        both = [self.threader.memory.thread(id_) for id_ in (move.old, move.thread)]
        older, younger = sorted(both, key=lambda t: (t.first, t.id))
        self.merged[younger.id] = older.id
        for article in [m.traits.id for m in younger.members]:
            self._move(article, older.id, merged=True)

    def _move(self, article: int, thread: str, *, merged: bool) -> None:
        memory = self.threader.memory
        if memory.newest - memory.source(article).traits.day > SETTLED_DAYS:
            self.moves.append((article, merged))
        self.threader.move(article, thread)


def renumbered(windows: Iterable[train.Window]) -> list[train.Window]:
    """In order of time, ids of articles counted on from window to window."""
    found, before = [], 0
    for window in sorted(windows, key=lambda w: w.items[0].article.at):
        items = tuple(
            replace(i, article=replace(i.article, id=i.article.id + before)) for i in window.items
        )
        found.append(replace(window, items=items))
        before += len(items)
    return found


def ids(windows: Iterable[train.Window], batch: int) -> Iterator[Figures]:
    """What each window changes in those before it; at last, what moved in all."""
    wire, earlier = Wire(), list[train.Labelled]()
    lost = 0
    for window in renumbered(windows):
        before, moves = wire.standing(earlier), len(wire.moves)
        wire.take(window.items, batch)
        row = changed(wire, before, wire.moves[moves:])
        lost += row["ids_lost"]
        earlier += window.items
        yield {"window": window.name, **row}
    yield {"ids_lost": lost, **share(wire, earlier)}


def changed(wire: Wire, before: dict[int, str], moves: Sequence[tuple[int, bool]]) -> Figures:
    """What came of threads and memberships that stood before a window."""
    now = {id_ for a in before if (id_ := wire.threader.memory.thread_of(a)) is not None}
    gone = set(before.values()) - now
    return {
        "threads": len(set(before.values())),
        "ids_merged": len(gone & wire.merged.keys()),
        "ids_lost": len(gone - wire.merged.keys()),
        "memberships": len(before),
        "moved": len({article for article, _ in moves if article in before}),
    }


def share(wire: Wire, items: Sequence[train.Labelled]) -> Figures:
    """Of all memberships that grew older than two days, those that moved after; of these, those
    whose thread was merged into an older one."""
    memory = wire.threader.memory
    days = [memory.source(article).traits.day for article in wire.standing(items)]
    settled = sum(memory.newest - day > SETTLED_DAYS for day in days)
    moved = {article for article, _ in wire.moves}
    split = {article for article, merged in wire.moves if not merged}
    return {
        "memberships": settled,
        "moved": len(moved),
        "merged": len(moved - split),
        "moved_share": round(len(moved) / settled, 4),
    }


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description="What the order of arrival changes.")
    parser.add_argument("windows", nargs="*", help="for the order; ids always go over all")
    parser.add_argument("--shuffles", type=int, default=10)
    options = parser.parse_args()
    windows = train.read_windows(SHARED / "data", LABELS, embed.load())
    rows = []
    for window in windows:
        if not options.windows or window.name in options.windows:
            rows.append(order(window, options.shuffles))
            print(json.dumps({"window": window.name, **rows[-1]}), flush=True)
    print(json.dumps({"mean": means(rows), "shuffles": options.shuffles}), flush=True)
    for batch in (TOGETHER, 1):
        for row in ids(windows, batch):
            print(json.dumps({"ids": row, "batch": batch}), flush=True)


if __name__ == "__main__":
    main()
