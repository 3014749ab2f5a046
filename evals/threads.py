"""How well articles are threaded: the labelled windows through the threader, in this process.

    python -m evals.threads [--out] [WINDOW…]

In: `../shared/data` (or BREACHWIRE_SHARED). Out: for each window and in the mean the figures of
`score_threads.py`, which scores them. With `--out`, leave one window out: parameters and word
frequencies come from the other windows and from items that are not in the one scored. Without, the
shipped parameters.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections import defaultdict
from functools import partial
from pathlib import Path
from statistics import mean
from typing import Any

from nlp import embed, features, kind, links, train
from nlp.calibration import Calibration
from nlp.kind import kind_of
from nlp.thread import Threader
from nlp.train.placing import place

SHARED = Path(
    os.environ.get("BREACHWIRE_SHARED", Path(__file__).resolve().parents[1].parent / "shared")
)
LABELS = Path(__file__).with_name("labels")
"""Windows of the project's own: addresses and labels, to be joined with the items."""
Figures = dict[str, Any]


def threaded(
    window: train.Window,
    fitted: Calibration | None,
    words: train.VocabularyOf,
    *,
    batch: int = 64,
) -> list[dict[str, Any]]:
    """A window's threads as `breachwire export threads` would print them, its items coming in by
    `batch`."""
    threader = placed(window, fitted, words, batch)
    standing = {}
    articles: dict[str, list[str]] = defaultdict(list)
    for item in window.items:
        if (thread := threader.memory.thread_of(item.article.id)) is not None:
            standing[item.article.id] = thread
            articles[thread].append(item.article.url)
    kinds = {id_: kind_of(threader.memory.thread(id_).scores.values()) for id_ in articles}
    weights = fitted.links if fitted else links.shipped()
    model = fitted.kind if fitted else kind.model()
    relations, _ = train.relations_of(window, standing, weights, words(), model)
    return [
        {
            "id": id_,
            "kind": kinds[id_],
            "articles": urls,
            "related": [r.thread for r in relations.related(id_)],
        }
        for id_, urls in articles.items()
    ]


def placed(
    window: train.Window, fitted: Calibration | None, words: train.VocabularyOf, batch: int
) -> Threader:
    """A threader that a window's items have come into, as the pipeline lets them."""
    threader = Threader(
        fitted.join if fitted else None,
        vocabulary=words(),
        kind_model=fitted.kind if fitted else None,
    )
    place(threader, window, batch=batch)
    return threader


def score(window: train.Window, threads: list[dict[str, Any]]) -> Figures:
    """What the scoring script says."""
    with tempfile.TemporaryDirectory() as folder:
        export = Path(folder) / "threads.jsonl"
        export.write_text("".join(json.dumps(t) + "\n" for t in threads), "utf-8")
        gold = Path(folder) / "gold.jsonl"
        gold.write_text("".join(json.dumps(_label(i)) + "\n" for i in window.items), "utf-8")
        script = SHARED / "score" / "score_threads.py"
        command = [sys.executable, str(script), str(gold), str(export)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    figures: Figures = json.loads(done.stdout)
    return figures


def _label(item: train.Labelled) -> dict[str, Any]:
    """As a labelled file has it; the kind counts for threads alone."""
    return {
        "url": item.article.url,
        "thread": item.thread,
        "kind": item.kind if item.thread else None,
        "storylines": list(item.storylines),
        "roundup": item.roundup,
    }


def means(rows: list[Figures]) -> Figures:
    """The mean over the windows."""
    return {
        "bcubed_f1": round(mean(r["bcubed"]["f1"] for r in rows), 4),
        "pair_precision": round(mean(r["pairs"]["precision"] for r in rows), 4),
        "pair_recall": round(mean(r["pairs"]["recall"] for r in rows), 4),
        "pair_f1": round(mean(r["pairs"]["f1"] for r in rows), 4),
        **{
            name: round(mean(r[name] or 0.0 for r in rows), 4)
            for name in ("exact", "roundups", "storyline", "kind")
        },
    }


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description="Score the threader on labelled windows.")
    parser.add_argument("windows", nargs="*")
    parser.add_argument("--out", action="store_true", help="leave one window out")
    options = parser.parse_args()
    embedder = embed.load()
    items = train.read_items(SHARED / "data" / "wire" / "items.jsonl.gz")
    windows = train.read_windows(SHARED / "data", LABELS, embedder)
    unheard = train.unheard(items, windows if options.out else ())
    rows = []
    for window in windows:
        if options.windows and window.name not in options.windows:
            continue
        words, fitted = features.vocabulary, None
        if options.out:
            words = partial(unheard, window)
            fitted = train.fit([w for w in windows if w is not window], unheard)
        rows.append(score(window, threaded(window, fitted, words)))
        print(json.dumps({"window": window.name, **rows[-1]}), flush=True)
    print(json.dumps({"mean": means(rows), "leave_one_out": options.out}))


if __name__ == "__main__":
    main()
