"""How many `related` entries a reader would want.

In: the labelled windows in `../shared/data` (or BREACHWIRE_SHARED), threaded and related with the
shipped parameters; `judgements.jsonl`, entries drawn from them and judged by reading: {"window",
"thread", "related" (an article's address of either), "relation", "score" (when drawn), "wanted",
"why"}. The 100 were drawn with seed 7 at a floor of -3.9 log-odds, before advisories were weighed
as they are now; the shipped floor is lower, so the share flatters what is shown. Out: the share
wanted, and how many of the entries are still shown.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from breachwire.model import Related
from evals import threads
from nlp import features, kind, links, train
from nlp.rethink import rethink
from nlp.thread import Threader

JUDGED = Path(__file__).with_name("judgements.jsonl")
BATCH = 64
Row = dict[str, Any]
Shown = tuple[str, str, str, Related]
"""Window, an article's address of a thread and of the related one, the entry."""


def shown(windows: Sequence[train.Window]) -> Iterator[tuple[train.Window, list[Shown], Row]]:
    """Each window's entries as the shipped parameters give them, and address → thread."""
    for window in windows:
        standing = _standing(window)
        relations, held = train.relations_of(
            window, standing, links.shipped(), features.vocabulary(), kind.model()
        )
        first = {id_: items[0].article.url for id_, items in held.items()}
        entries = [
            (window.name, first[id_], first[found.thread], found)
            for id_ in sorted(held)
            for found in relations.related(id_)
        ]
        yield window, entries, {i.article.url: id_ for id_, own in held.items() for i in own}


def _standing(window: train.Window) -> dict[int, str]:
    """Article → thread, by the shipped threader."""
    threader = Threader()
    for start in range(0, len(window.items), BATCH):
        some = window.items[start : start + BATCH]
        for item in some:
            placement = threader.decide(item.article, item.vector)
            threader.accept(item.article, item.vector, placement)
        rethink(threader, [i.article.id for i in some], partial(threads.moved, threader))
    ids = {item.article.id: threader.memory.thread_of(item.article.id) for item in window.items}
    return {id_: thread for id_, thread in ids.items() if thread is not None}


def draw(windows: Sequence[train.Window], count: int, seed: int) -> list[Shown]:
    """Entries at random; all where there are fewer."""
    pool = [entry for _, entries, _ in shown(windows) for entry in entries]
    return random.Random(seed).sample(pool, min(count, len(pool)))


def judgements() -> list[Row]:
    """The judged entries."""
    return [json.loads(line) for line in JUDGED.read_text("utf-8").splitlines()]


def score(windows: Sequence[train.Window]) -> Row:
    """{"judged", "wanted", "shown", "shown_wanted", "entries_a_thread"}: shares and counts."""
    rows, still = judgements(), list[Row]()
    entries_held = threads_held = 0
    for window, entries, thread_of in shown(windows):
        pairs = {(thread_of[a], thread_of[b]) for _, a, b, _ in entries}
        mine = (row for row in rows if row["window"] == window.name)
        still += [r for r in mine if (_at(thread_of, r), thread_of.get(r["related"])) in pairs]
        entries_held += len(entries)
        threads_held += len(set(thread_of.values()))
    return {
        "judged": len(rows),
        "wanted": _share(rows),
        "shown": len(still),
        "shown_wanted": _share(still),
        "entries_a_thread": round(entries_held / max(1, threads_held), 2),
    }


def _at(thread_of: Row, row: Row) -> str | None:
    return thread_of.get(row["thread"])


def _share(rows: Sequence[Row]) -> float:
    wanted = sum(bool(row["wanted"]) for row in rows)
    return round(wanted / max(1, len(rows)), 4)
