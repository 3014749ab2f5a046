"""Labelled windows → the weights of the join decision (`nlp.evidence.Parameters`).

Each window is replayed as its labels have it; what the threader would weigh then is what is fitted
on: articles by pairs, then an article and a thread as the article comes in, then when all is there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Final

from breachwire.model import Placement
from nlp import kind as kinds
from nlp.evidence import THREAD_FEATURES, Line, Parameters
from nlp.features import PAIR_FEATURES, Traits, Vocabulary, pair_features
from nlp.roundup import is_roundup
from nlp.thread import Threader
from nlp.train.labelled import Labelled, Window
from nlp.train.line import Row, fitted

JOIN: Final = -0.4
STAY: Final = -0.4
JOIN_AFTER_SILENCE: Final = 1.0
"""Log-odds from which an article joins, and stays. Below zero: there the labelled windows lose
least. After 30 days of silence, of which no window has labels, it is stricter."""

_NEUTRAL: Final = Parameters(
    # Before anything is fitted: nearest by cosine and shared names.
    pair=Line(tuple(1.0 if n in ("cosine", "names_cover") else 0.0 for n in PAIR_FEATURES), 0.0),
    whole=Line(tuple(0.0 for _ in THREAD_FEATURES), 0.0),
    again=Line(tuple(0.0 for _ in THREAD_FEATURES), 0.0),
    join=0.0,
    stay=0.0,
    join_after_silence=0.0,
)


def fit_join(windows: Sequence[Window], vocabulary: Callable[[Window], Vocabulary]) -> Parameters:
    """All three lines; raises CalibrationError where the windows say too little."""
    pair = fitted((pair_rows(w, vocabulary(w)) for w in windows), PAIR_FEATURES)
    whole = fitted((thread_rows(w, vocabulary(w), pair) for w in windows), THREAD_FEATURES)
    again = fitted((again_rows(w, vocabulary(w), pair) for w in windows), THREAD_FEATURES)
    return Parameters(pair, whole, again, JOIN, STAY, JOIN_AFTER_SILENCE)


def _replay(
    window: Window, threader: Threader
) -> Iterator[tuple[Labelled, Traits, dict[int, float]]]:
    """Each item with its candidates, while the labels say where everything before it stands."""
    for item in window.items:
        if not is_roundup(item.article.title, item.article.text):
            traits = threader.read(item.article, item.vector).source.traits
            yield item, traits, threader.memory.candidates(traits)
            threader.accept(item.article, item.vector, _gold(item))


def _gold(item: Labelled) -> Placement:
    thread = item.thread or f"alone {item.article.id}"
    return Placement(item.article.id, thread, "report", 1.0, "joins", "label", "other")


def pair_rows(window: Window, vocabulary: Vocabulary) -> tuple[list[Row], list[int]]:
    """Pair features of every item with its candidates, and whether they are one event."""
    threader = Threader(_NEUTRAL, vocabulary=vocabulary, kind_model=_no_kind(window))
    rows, labels = [], []
    for item, traits, near in _replay(window, threader):
        for id_, cosine in near.items():
            rows.append(pair_features(traits, threader.memory.source(id_).traits, cosine))
            thread = item.thread is not None and threader.memory.thread_of(id_) == item.thread
            labels.append(int(thread))
    return rows, labels


def thread_rows(window: Window, vocabulary: Vocabulary, pair: Line) -> tuple[list[Row], list[int]]:
    """Thread features of every item with its likeliest threads, and whether it belongs."""
    threader = Threader(
        replace(_NEUTRAL, pair=pair), vocabulary=vocabulary, kind_model=_no_kind(window)
    )
    rows, labels = [], []
    for item, traits, near in _replay(window, threader):
        for candidate in threader.weigh(traits, near):
            rows.append(list(candidate.row))
            labels.append(int(candidate.thread.id == item.thread))
    return rows, labels


def again_rows(window: Window, vocabulary: Vocabulary, pair: Line) -> tuple[list[Row], list[int]]:
    """The same when everything is there: each item taken out of its thread and weighed against it
    and the others."""
    threader = Threader(
        replace(_NEUTRAL, pair=pair), vocabulary=vocabulary, kind_model=_no_kind(window)
    )
    for _ in _replay(window, threader):
        pass
    rows, labels = [], []
    for item in window.items:
        id_ = item.article.id
        if not threader.memory.holds(id_):
            continue
        for candidate in threader.weigh_again(threader.look(id_)):
            rows.append(list(candidate.row))
            labels.append(int(candidate.thread.id == item.thread))
    return rows, labels


def _no_kind(window: Window) -> kinds.Model:
    """A kind model that knows nothing, where kinds don't matter."""
    import numpy as np

    dimension = len(window.items[0].vector) if window.items else 0

    return kinds.Model(
        np.zeros((dimension, 8)),
        np.zeros((1, 8)),
        np.zeros((2 * len(kinds.patterns()), 8)),
        np.zeros(8),
        {},
        np.zeros(0),
    )
