"""Labelled windows → the weights of the join decision (`nlp.evidence.Parameters`).

Fitted twice. First each window is replayed as its labels have it: articles by pairs, then an
article and a thread as the article comes in, then when all is there. A threader with these weights
then places each window by itself, and the weights of article and thread are fitted anew on what it
faced: threads with strangers in them and events in two pieces, which no labels show (DAgger: Ross
et al. 2011). A thread's rows count by the root of its size, as a wrong join there costs more.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from breachwire.model import Placement
from nlp import kind as kinds
from nlp.evidence import THREAD_FEATURES, Line, Parameters
from nlp.features import PAIR_FEATURES, Traits, Vocabulary, pair_features
from nlp.roundup import is_roundup
from nlp.thread import Threader
from nlp.train.labelled import Labelled, Window
from nlp.train.line import Rows, fitted
from nlp.train.placing import place
from nlp.weigh import Candidate, Look

JOIN: Final = 0.25
STAY: Final = -0.4
JOIN_AFTER_SILENCE: Final = 1.0
"""Log-odds from which an article joins as it comes in, and from which it stays or goes over when
thought of again. Leaving one window out, a bar of -0.4, 0 or 0.25 to join is all one (pair F1 .903,
.902, .903): what opens a thread too many is mended by second thoughts, so the strictest serves. At
0 to stay it is .897. After 30 days of silence, of which no window has labels, it is stricter."""

FACED: Final = frozenset(("cohesion", "union_cover", "rival", "nearer"))
"""Features that the first fit does without: where every thread stands as labelled, a rival is
always another event, and weights fitted there never mend a thread that fell apart (leaving one
window out: pair F1 .87; fitted on what the threader faces .895, without these features .888)."""
EASY: Final = -5.0
"""Log-odds below which a thread, but for the nearest, teaches nothing."""
_SIZE: Final = THREAD_FEATURES.index("size")

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
    first = _as_labelled(windows, vocabulary)
    faced = [_faced(w, vocabulary(w), first) for w in windows]
    whole = fitted((came for came, _ in faced), THREAD_FEATURES)
    again = fitted((again for _, again in faced), THREAD_FEATURES)
    return replace(first, whole=whole, again=again, join=JOIN)


def _as_labelled(
    windows: Sequence[Window], vocabulary: Callable[[Window], Vocabulary]
) -> Parameters:
    """Fitted on threads as the labels have them; joins by the looser bar, to face more."""
    pair = fitted((pair_rows(w, vocabulary(w)) for w in windows), PAIR_FEATURES)
    whole = fitted(
        (thread_rows(w, vocabulary(w), pair) for w in windows), THREAD_FEATURES, without=FACED
    )
    again = fitted(
        (again_rows(w, vocabulary(w), pair) for w in windows), THREAD_FEATURES, without=FACED
    )
    return Parameters(pair, whole, again, STAY, STAY, JOIN_AFTER_SILENCE)


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


def pair_rows(window: Window, vocabulary: Vocabulary) -> Rows:
    """Pair features of every item with its candidates, and whether they are one event."""
    threader = Threader(_NEUTRAL, vocabulary=vocabulary, kind_model=_no_kind(window))
    found = Rows()
    for item, traits, near in _replay(window, threader):
        for id_, cosine in near.items():
            row = pair_features(traits, threader.memory.source(id_).traits, cosine)
            same = item.thread is not None and threader.memory.thread_of(id_) == item.thread
            found.add(row, same)
    return found


def thread_rows(window: Window, vocabulary: Vocabulary, pair: Line) -> Rows:
    """Thread features of every item with its likeliest threads, and whether it belongs."""
    threader = Threader(
        replace(_NEUTRAL, pair=pair), vocabulary=vocabulary, kind_model=_no_kind(window)
    )
    found = Rows()
    for item, traits, near in _replay(window, threader):
        for candidate in threader.weigh(traits, near):
            found.add(list(candidate.row), candidate.thread.id == item.thread)
    return found


def again_rows(window: Window, vocabulary: Vocabulary, pair: Line) -> Rows:
    """The same when everything is there: each item taken out of its thread and weighed against it
    and the others."""
    threader = Threader(
        replace(_NEUTRAL, pair=pair), vocabulary=vocabulary, kind_model=_no_kind(window)
    )
    for _ in _replay(window, threader):
        pass
    found = Rows()
    for item in window.items:
        id_ = item.article.id
        if not threader.memory.holds(id_):
            continue
        for candidate in threader.weigh_again(threader.look(id_)):
            found.add(list(candidate.row), candidate.thread.id == item.thread)
    return found


class _Watched(Threader):
    """Notes what it weighs: when an article comes in, and when it is thought of again."""

    def __init__(self, parameters: Parameters, vocabulary: Vocabulary, window: Window) -> None:
        super().__init__(parameters, vocabulary=vocabulary, kind_model=_no_kind(window))
        self.came, self.again = Rows(), Rows()
        self._labels = {i.article.id: i.thread for i in window.items}

    def weigh(self, traits: Traits, near: Mapping[int, float]) -> list[Candidate]:
        return self._noted(self.came, traits.id, super().weigh(traits, near))

    def weigh_again(self, look: Look) -> list[Candidate]:
        return self._noted(self.again, look.traits.id, super().weigh_again(look))

    def _noted(self, rows: Rows, article: int, found: list[Candidate]) -> list[Candidate]:
        label = self._labels[article]
        for rank, candidate in enumerate(found):
            if rank and candidate.value < EASY:
                continue
            members = [m.traits.id for m in candidate.thread.sample() if m.traits.id != article]
            same = sum(label is not None and self._labels[m] == label for m in members)
            if same == 0 or 2 * same >= len(members):
                size = math.exp(candidate.row[_SIZE])
                rows.add(list(candidate.row), same > 0, math.sqrt(size))
        return found


def _faced(window: Window, vocabulary: Vocabulary, first: Parameters) -> tuple[Rows, Rows]:
    """What a threader weighs that decides by the first fit: as articles come in, and again."""
    threader = _Watched(first, vocabulary, window)
    place(threader, window)
    return threader.came, threader.again


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
