"""How many `related` entries a reader would want.

In: the labelled windows in `../shared/data` (or BREACHWIRE_SHARED), threaded and related with the
shipped parameters; `judgements.jsonl`, entries drawn from them and judged by reading both threads'
titles and summaries: {"window", "thread", "related" (an article's address of either), "relation",
"score", "open" (all three as when drawn: whether it stood open on the page or was folded under
"Perhaps related"), "wanted", "why"}. Wanted is what a reader of the thread would want beside it:
one campaign or wave, a victim's other incident, one flaw, supplier or actor, what followed; a like
subject is not. Drawn were 100 open and 40 folded entries of all twelve windows with seed 11
(`--draw 100`, `--draw 40 --folded`). The windows are those that the weights were fitted on, and
the doubts of `nlp.links` were set after reading an earlier draw from them. Out: the shares wanted
of those that stood open and of those folded, as drawn and as the judged entries stand now.

`asked.jsonl` has open entries of related coverage of articles held out (`evals.held_out --draw`),
the thread that the article belongs to left out: {"question", "related" (addresses), "relation",
"score", "open", "wanted", "why"}. The first fifty are of questions that have labelled storyline
partners, drawn with seed 7, the others all that such questions as come (seed 7) gave. Beyond six
weeks another victim of one group was not held for wanted.
"""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from breachwire.model import Related
from nlp import features, kind, links, train
from nlp.thread import Threader
from nlp.train.placing import place

JUDGED = Path(__file__).with_name("judgements.jsonl")
ASKED = JUDGED.with_name("asked.jsonl")
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
    place(threader, window)
    ids = {item.article.id: threader.memory.thread_of(item.article.id) for item in window.items}
    return {id_: thread for id_, thread in ids.items() if thread is not None}


def draw(
    windows: Sequence[train.Window], count: int, seed: int, *, folded: bool = False
) -> list[Shown]:
    """Entries that stand open, or are folded, at random; all where there are fewer."""
    pool = [e for _, entries, _ in shown(windows) for e in entries if e[3].likely != folded]
    return random.Random(seed).sample(pool, min(count, len(pool)))


def judgements(path: Path = JUDGED) -> list[Row]:
    """The judged entries."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def wanted(rows: Sequence[Row]) -> Row:
    """{"judged", "wanted"} of the entries that stood open when drawn and of those folded."""
    return {
        "open": _share([row for row in rows if row["open"]]),
        "folded": _share([row for row in rows if not row["open"]]),
    }


def score(windows: Sequence[train.Window]) -> Row:
    """`wanted` as "drawn" and, of the judged entries that are still shown, as "now", by how they
    stand now; "a_thread": entries open and folded for each thread."""
    rows, now = judgements(), list[Row]()
    counts, threads_held = Counter[bool](), 0
    for window, entries, thread_of in shown(windows):
        standing = {(thread_of[a], thread_of[b]): entry.likely for _, a, b, entry in entries}
        for row in (row for row in rows if row["window"] == window.name):
            pair = (thread_of.get(row["thread"]), thread_of.get(row["related"]))
            if pair in standing:
                now.append({**row, "open": standing[pair]})
        counts.update(standing.values())
        threads_held += len(set(thread_of.values()))
    each = {"open": counts[True], "folded": counts[False]}
    a_thread = {name: round(count / max(1, threads_held), 2) for name, count in each.items()}
    return {"drawn": wanted(rows), "now": wanted(now), "a_thread": a_thread}


def _share(rows: Sequence[Row]) -> Row:
    share = sum(bool(row["wanted"]) for row in rows) / max(1, len(rows))
    return {"judged": len(rows), "wanted": round(share, 4)}
