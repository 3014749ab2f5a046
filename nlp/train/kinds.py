"""Labelled windows → the kind model (`nlp.kind`).

A multinomial regression over vectors, words and cues. The only use of scikit-learn beside the
tagger's training.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

from breachwire.errors import CalibrationError
from breachwire.model import KINDS
from nlp import kind as kinds
from nlp.train.labelled import Window
from nlp.train.line import TOO_LITTLE

VECTOR_SCALE = 3.0
WORD_SCALE = 2.0
CUE_SCALE = 0.5
"""Weights of vector, words and cues beside one another in the kind model's penalty."""


def fit_kind(windows: Sequence[Window], *, words: int = 3000, strength: float = 3.0) -> kinds.Model:
    """A multinomial regression over vectors and the commonest words of labelled items. Leaving one
    window out, a strength of .3 gave .836, 1 .844, 3 .851, 10 .849."""
    import numpy as np
    from sklearn.linear_model import LogisticRegression

    items = [i for w in windows for i in w.items if i.kind is not None]
    said = [kinds.terms(i.article.title, i.article.text) for i in items]
    if len({i.kind for i in items}) < 2:
        raise CalibrationError(TOO_LITTLE)
    counts = Counter(t for terms in said for t in terms)
    chosen = sorted(t for t, n in counts.most_common(words) if n >= 3)
    at = {t: n for n, t in enumerate(chosen)}
    dimension = len(items[0].vector)
    x = np.zeros(
        (len(items), dimension + len(chosen) + 2 * len(kinds.patterns())), dtype=np.float32
    )
    for row, (item, terms) in enumerate(zip(items, said, strict=True)):
        x[row, :dimension] = item.vector * VECTOR_SCALE
        known = [at[t] for t in terms if t in at]
        x[row, [dimension + k for k in known]] = WORD_SCALE / math.sqrt(max(1, len(known)))
        x[row, dimension + len(chosen) :] = kinds.cues(item.article.title, item.article.text)
    y = [KINDS.index(i.kind) for i in items if i.kind is not None]
    sizes = Counter(i.thread for i in items)
    weights = [1 / math.sqrt(sizes[i.thread]) if i.thread else 1.0 for i in items]
    x[:, dimension + len(chosen) :] *= CUE_SCALE
    model = LogisticRegression(C=strength, max_iter=3000).fit(x, y, sample_weight=weights)
    coefficients = np.zeros((x.shape[1], len(KINDS)), dtype=np.float32)
    bias = np.full(len(KINDS), -20.0, dtype=np.float32)
    coefficients[:, model.classes_] = model.coef_.T
    bias[model.classes_] = model.intercept_
    of_vector, of_word, of_cue = np.split(coefficients, [dimension, dimension + len(chosen)])
    return kinds.Model(of_vector * VECTOR_SCALE, of_word * WORD_SCALE, of_cue * CUE_SCALE, bias, at)
