"""How often a mention is right: labelled windows through the pipeline, against judgements by hand.

    python -m evals.mentions [--unknown] [WINDOW…]

In: `../shared/data/threads` beside this checkout and `judged.jsonl`, a line a mention that somebody
read: the roundup's address, where and from where to where in it, the address of the thread's first
article, whether it is right. Out: a JSON line a window and their sum: right and wrong mentions,
unknown ones (found and never read), missed ones (judged right, not found). `--unknown` prints those
to be read, as lines to judge, with the words beside them (which don't go into the file).
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from breachwire.model import Embedder
from breachwire.store import Store, open_store
from evals.threads import SHARED
from evals.windows import imported
from nlp import embed

JUDGED: Final = Path(__file__).parent / "judged.jsonl"
WINDOWS: Final = ("2026-03-24", "2026-04-14")
Row = dict[str, Any]
Key = tuple[str, str, int, int, str]


def key(row: Row) -> Key:
    """What makes two rows the same mention."""
    return row["roundup"], row["where"], row["start"], row["end"], row["thread"]


def found(store: Store) -> Iterator[Row]:
    """Every mention in a store, as a row to judge, and the words of both sides."""
    for thread in store.all_threads():
        first = store.members([thread.id])[thread.id][0].article
        for mention in store.mentions([thread.id])[thread.id]:
            roundup = store.article(mention.article)
            said = roundup.title if mention.where == "title" else roundup.text
            yield {
                "roundup": roundup.url,
                "where": mention.where,
                "start": mention.start,
                "end": mention.end,
                "thread": first.url,
                "words": [said[mention.start : mention.end], first.title, mention.reason],
            }


def score(rows: list[Row], judged: dict[Key, bool], window: str, windows: dict[Key, str]) -> Row:
    """Counts of a window, and the share that is right of those that somebody read."""
    counts = Counter(judged.get(key(row)) for row in rows)
    keys = {key(row) for row in rows}
    missed = sum(r and windows[k] == window and k not in keys for k, r in judged.items())
    read = counts[True] + counts[False]
    return {
        "window": window,
        "right": counts[True],
        "wrong": counts[False],
        "unknown": counts[None],
        "missed": missed,
        "precision": round(counts[True] / read, 4) if read else None,
    }


def mentioned(window: str, embedder: Embedder, folder: Path) -> list[Row]:
    """A window's mentions, from a store of its own."""
    store = open_store(f"sqlite:///{folder / window}.sqlite3")
    try:
        with (SHARED / "data" / "threads" / f"{window}.jsonl").open("rb") as lines:
            imported(store, embedder, lines)
        return list(found(store))
    finally:
        store.close()


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description="Score mentions against judgements by hand.")
    parser.add_argument("windows", nargs="*", default=WINDOWS)
    parser.add_argument("--unknown", action="store_true", help="print those that nobody read")
    options = parser.parse_args()
    lines = [json.loads(line) for line in JUDGED.read_text("utf-8").splitlines()]
    judged = {key(line): bool(line["right"]) for line in lines}
    windows = {key(line): str(line["window"]) for line in lines}
    embedder = embed.load()
    total: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as folder:
        for window in options.windows:
            rows = mentioned(window, embedder, Path(folder))
            for row in rows if options.unknown else ():
                if key(row) not in judged:
                    print(json.dumps({"window": window, **row}, ensure_ascii=False))
            figures = score(rows, judged, window, windows)
            total.update({k: v for k, v in figures.items() if isinstance(v, int)})
            print(json.dumps(figures), flush=True)
    read = total["right"] + total["wrong"]
    precision = round(total["right"] / read, 4) if read else None
    print(json.dumps({"all": dict(total), "precision": precision}))


if __name__ == "__main__":
    main()
