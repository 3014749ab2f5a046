"""Judged spans of articles → what their signs weigh.

In: rows of named signs, each with a verdict. Out: a logistic regression's bias and weights on the
plain signs; a short hash by which a judged span that has shifted is noticed.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence


def digest(words: str) -> str:
    """A short hash of a judged span's characters."""
    return hashlib.sha256(words.encode()).hexdigest()[:8]


def weighed(
    rows: Sequence[Mapping[str, float]], right: Sequence[bool], *, rare: int, strength: float
) -> tuple[float, dict[str, float]]:
    """Bias and weights by logistic regression on standardised signs, of those that at least `rare`
    rows show; `strength`: inverse penalty."""
    import numpy as np
    from sklearn.linear_model import LogisticRegression

    counts = Counter(name for row in rows for name, value in row.items() if value)
    names = sorted(name for name, count in counts.items() if count >= rare)
    table = np.array([[row.get(name, 0.0) for name in names] for row in rows])
    mean, spread = table.mean(axis=0), table.std(axis=0)
    kept = spread > 0
    scale = np.where(kept, spread, 1.0)
    model = LogisticRegression(C=strength, max_iter=2000)
    model.fit((table - mean) / scale, list(right))
    of = np.where(kept, model.coef_[0] / scale, 0.0)
    bias = float(model.intercept_[0] - of @ mean)
    return bias, dict(zip(names, map(float, of), strict=True))
