"""Judged spans of articles → what their signs weigh.

In: rows of named signs, each with a verdict. Out: a logistic regression's bias and weights on the
plain signs; a short hash by which a judged span that has shifted is noticed.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence


def digest(words: str) -> str:
    """A short hash of a judged span's characters."""
    return hashlib.sha256(words.encode()).hexdigest()[:8]


def weighed(
    rows: Sequence[Mapping[str, float]],
    right: Sequence[bool],
    *,
    rare: int,
    strength: float,
    counts: Sequence[float] | None = None,
    size: Callable[[str, float], float] | None = None,
) -> tuple[float, dict[str, float]]:
    """Bias and weights by logistic regression, of signs that at least `rare` rows show; `strength`:
    inverse penalty; `counts`: what each row counts, 1 by default; `size`: by what a sign of this
    name and spread is divided, by its spread by default."""
    import numpy as np
    from scipy import sparse
    from sklearn.linear_model import LogisticRegression

    shown = Counter(name for row in rows for name, value in row.items() if value)
    names = sorted(name for name, count in shown.items() if count >= rare)
    at = {name: n for n, name in enumerate(names)}
    cells = [(n, at[k], v) for n, row in enumerate(rows) for k, v in row.items() if v and k in at]
    lines, columns, values = (np.array(part) for part in zip(*cells, strict=True))
    table = sparse.csr_matrix((values, (lines, columns)), shape=(len(rows), len(names)))
    mean = np.asarray(table.mean(axis=0)).ravel()
    spread = np.sqrt(np.maximum(0, np.asarray(table.power(2).mean(axis=0)).ravel() - mean**2))
    scale = np.array(
        [size(n, s) if size else s for n, s in zip(names, spread, strict=True)], dtype=float
    )
    scale[scale == 0] = 1.0
    model = LogisticRegression(C=strength, max_iter=2000)
    model.fit(table.multiply(1 / scale).tocsr(), list(right), sample_weight=counts)
    of = model.coef_[0] / scale
    return float(model.intercept_[0]), dict(zip(names, map(float, of), strict=True))
