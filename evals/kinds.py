"""How well a thread's kind is told, leaving one window out: `python -m evals.kinds`.

In: `../shared/data` (or BREACHWIRE_SHARED) and evals/labels. Out: for each labelled window the
share of its labelled threads whose kind a model fitted on the others gives, their mean, and how
often each kind is taken for which. The labelled threads themselves are asked, so threading counts
for nothing here; `evals.threads --out` asks the threads that are found.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from statistics import mean

from breachwire.model import KINDS, Kind
from evals.threads import LABELS, SHARED
from nlp import embed, kind, train
from nlp.train.kinds import fit_kind

Pair = tuple[Kind, Kind]
"""The label, and what the model says."""


def told(window: train.Window, model: kind.Model) -> Iterator[Pair]:
    """Of each labelled thread of two articles or more."""
    threads: dict[str, list[train.Labelled]] = defaultdict(list)
    for item in window.items:
        if item.thread is not None and item.kind is not None:
            threads[item.thread].append(item)
    for items in threads.values():
        if len(items) > 1 and items[0].kind is not None:
            articles = ((i.article.title, i.article.text, i.vector) for i in items)
            yield items[0].kind, kind.kind_of(model.scores(*a) for a in articles)


def left_out(windows: Sequence[train.Window]) -> Iterator[tuple[str, list[Pair]]]:
    """Each window's name and threads, told by a model of the others."""
    for window in windows:
        model = fit_kind([w for w in windows if w is not window])
        yield window.name, list(told(window, model))


def right(pairs: Sequence[Pair]) -> float:
    """Share of threads whose kind is right."""
    return round(mean(gold == said for gold, said in pairs), 4)


def main() -> None:
    """Print the figures, then the confusions, commonest first."""
    windows = train.read_windows(SHARED / "data", LABELS, embed.load())
    folds = {}
    for name, folds[name] in left_out(windows):
        print(json.dumps({"window": name, "threads": len(folds[name]), "kind": right(folds[name])}))
    pairs = [pair for fold in folds.values() for pair in fold]
    print(json.dumps({"mean": round(mean(map(right, folds.values())), 4), "threads": len(pairs)}))
    wrong = Counter(pair for pair in pairs if pair[0] != pair[1])
    for (gold, said), count in wrong.most_common():
        print(f"{count:3d} {gold} taken for {said}")
    for each in KINDS:
        print(f"{each}: {sum(gold == each for gold, _ in pairs)} threads")


if __name__ == "__main__":
    main()
