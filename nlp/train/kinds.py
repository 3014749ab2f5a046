"""Labelled windows → the kind model (`nlp.kind`).

A multinomial regression over vectors, words and cues. The only use of scikit-learn beside the
tagger's training.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from typing import Any, Final

from breachwire.errors import CalibrationError
from breachwire.model import KINDS
from nlp import kind as kinds
from nlp.train.labelled import Labelled, Window
from nlp.train.line import TOO_LITTLE

VECTOR_SCALE: Final = 3.0
WORD_SCALE: Final = 2.0
CUE_SCALE: Final = 0.5
"""Weights of vector, words and cues beside one another in the kind model's penalty."""
STRENGTH: Final = 3.0
"""Inverse penalty."""
LEAST: Final = 2
"""Labelled items a word must stand in."""
ALONE: Final = 0.5
"""Weight of an item alone in its thread beside a thread's, which is the root of its size. Alone
stand mostly opinion and products; what is asked for is the kind of threads."""


def fit_kind(windows: Sequence[Window], *, strength: float = STRENGTH) -> kinds.Model:
    """The model of the items that have a kind. Raises CalibrationError where all are of one."""
    import numpy as np
    from scipy import sparse
    from sklearn.linear_model import LogisticRegression

    items = [i for w in windows for i in w.items if i.kind is not None]
    if len({i.kind for i in items}) < 2:
        raise CalibrationError(TOO_LITTLE)
    said = [kinds.terms(i.article.title, i.article.text) for i in items]
    words, rarity = vocabulary(said)
    dense = [np.array([i.vector for i in items]) * VECTOR_SCALE, _cues(items) * CUE_SCALE]
    x = sparse.hstack([*dense, _matrix(said, words, rarity) * WORD_SCALE]).tocsr()
    y = [KINDS.index(i.kind) for i in items if i.kind is not None]
    model = LogisticRegression(C=strength, max_iter=3000, tol=1e-3)
    model.fit(x, y, sample_weight=_weights(windows))
    coefficients = np.zeros((x.shape[1], len(KINDS)), dtype=np.float32)
    bias = np.full(len(KINDS), -20.0, dtype=np.float32)
    coefficients[:, model.classes_] = model.coef_.T
    bias[model.classes_] = model.intercept_
    ends = np.cumsum([part.shape[1] for part in dense])
    of_vector, of_cue, of_word = np.split(coefficients, ends)
    return kinds.Model(
        of_vector * VECTOR_SCALE, of_word * WORD_SCALE, of_cue * CUE_SCALE, bias, words, rarity
    )


def vocabulary(said: Sequence[tuple[set[str], ...]]) -> tuple[dict[str, int], Any]:
    """Word → column, and the inverse document frequency of each, shape (vocabulary,)."""
    import numpy as np

    counts = Counter(term for parts in said for some in parts for term in some)
    chosen = sorted(term for term, n in counts.items() if n >= LEAST)
    rarity = [1.0 + math.log((1 + len(said)) / (1 + counts[term])) for term in chosen]
    return {term: n for n, term in enumerate(chosen)}, np.array(rarity, dtype=np.float32)


def _matrix(said: Sequence[tuple[set[str], ...]], words: dict[str, int], rarity: Any) -> Any:
    """Sparse, shape (items, vocabulary): rarities, each part of an item to length 1."""
    import numpy as np
    from scipy import sparse

    rows, columns, values = [], [], []
    for row, parts in enumerate(said):
        for some in parts:
            known = [words[term] for term in some if term in words]
            rows += [row] * len(known)
            columns += known
            values += list(rarity[known] / (np.linalg.norm(rarity[known]) or 1.0))
    return sparse.csr_matrix((values, (rows, columns)), shape=(len(said), len(words)))


def _cues(items: Sequence[Labelled]) -> Any:
    import numpy as np

    return np.array([kinds.cues(i.article.title, i.article.text) for i in items])


def _weights(windows: Sequence[Window]) -> list[float]:
    """Of each item that has a kind: a large thread doesn't count once for each of its articles."""
    weights = []
    for window in windows:
        sizes = Counter(i.thread for i in window.items if i.thread)
        for item in window.items:
            if item.kind is not None:
                size = sizes[item.thread] if item.thread else 1
                weights.append(ALONE if size < 2 else 1 / math.sqrt(size))
    return weights
