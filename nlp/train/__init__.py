"""Labelled windows → the parameter files: `python -m nlp.train --data DIR`.

In: a folder with `threads/*.jsonl` (labelled items) and `wire/items.jsonl.gz` (unlabelled). Out:
`parameters/background.json` (document frequencies), `parameters/join.json` (weights of the join
decision), `parameters/related.json` (weights of related coverage) and `parameters/kind.npz` (the
kind model), each saying what it was fitted on.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from nlp.calibration import Calibration
from nlp.features import Vocabulary
from nlp.train.background import VocabularyOf, unheard, write_background
from nlp.train.join import fit_join
from nlp.train.kinds import fit_kind
from nlp.train.labelled import Item, Labelled, Window, article_of, read_items, read_windows
from nlp.train.related import fit_links, relations_of

__all__ = [
    "Item",
    "Labelled",
    "VocabularyOf",
    "Window",
    "article_of",
    "fit",
    "origin_of",
    "read_items",
    "read_windows",
    "relations_of",
    "unheard",
    "write_background",
]


def fit(windows: Sequence[Window], vocabulary: Callable[[Window], Vocabulary]) -> Calibration:
    """All parameters from labelled windows, each read with a vocabulary that has not heard it:
    the news to come is unheard of, too. Raises CalibrationError where they say too little."""
    return Calibration(
        fit_join(windows, vocabulary), fit_kind(windows), fit_links(windows, vocabulary)
    )


def origin_of(model: str, windows: Sequence[Window]) -> dict[str, str]:
    """What the parameter files say of themselves."""
    names = ", ".join(w.name for w in windows)
    return {
        "model": model,
        "origin": f"nlp.train on {len(windows)} labelled windows: {names}",
    }
