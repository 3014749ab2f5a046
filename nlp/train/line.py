"""Rows of evidence with labels → a linear decision whose weights keep their signs.

In: rows, labels, the features' names. Out: `Line`, on the plain features.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from breachwire.errors import CalibrationError
from nlp.evidence import Line

Row = list[float]

STRENGTH: Final = 0.3
"""Inverse penalty of the join decision, on standardised features."""
AGAINST: Final = frozenset(
    (
        "title_conflict",
        "cve_differ",
        "same_source_title",
        "gap",
        "gap_long",
        "patch_differ",
        "stranger",
        "missing",
        "cve_differ",
    )
)
EITHER: Final = frozenset(
    ("same_source", "same_source_cosine", "cosine_rare", "cosine_names", "size", "size_mean")
)
"""Features that may only speak against, and those that may speak either way; all others may only
speak for. A fit without signs made a shared rare name count against what shares it: leaving one
window out, signs win .02 pair F1, and `thread explain` says what a person would."""
TOO_LITTLE: Final = (
    "the labelled windows hold too little to fit on: items of two kinds are needed, of one thread "
    "and of others, of one storyline and of others"
)


def fitted(
    found: Iterable[tuple[list[Row], list[int]]], names: Sequence[str], strength: float = STRENGTH
) -> Line:
    rows, labels = [], []
    for some, which in found:
        rows += some
        labels += which
    if len(set(labels)) < 2:
        raise CalibrationError(TOO_LITTLE)
    return fit_line(rows, labels, names, strength)


def fit_line(rows: list[Row], labels: list[int], names: Sequence[str], strength: float) -> Line:
    """Logistic regression on standardised features, weights bounded by their signs (L-BFGS-B:
    Byrd et al. 1995), given back on the plain features."""
    import numpy as np
    from scipy.optimize import minimize

    x, y = np.array(rows), 2.0 * np.array(labels) - 1.0
    centre, spread = x.mean(axis=0), x.std(axis=0) + 1e-9
    z = (x - centre) / spread

    def loss(w: Any) -> tuple[float, Any]:
        margins = y * (z @ w[:-1] + w[-1])
        pull = -strength * y / (1.0 + np.exp(np.clip(margins, -50.0, 50.0)))
        value = strength * np.logaddexp(0.0, -margins).sum() + 0.5 * w[:-1] @ w[:-1]
        return float(value), np.append(z.T @ pull + w[:-1], pull.sum())

    bounds = [_bounds(name) for name in names] + [(None, None)]
    start = np.zeros(len(bounds))
    best = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds, options=_OPTIONS).x
    weights = best[:-1] / spread
    return Line(tuple(map(float, weights)), float(best[-1] - weights @ centre))


_OPTIONS: Final = {"maxiter": 800}


def _bounds(name: str) -> tuple[float | None, float | None]:
    if name in EITHER:
        return None, None
    return (None, 0.0) if name in AGAINST else (0.0, None)
