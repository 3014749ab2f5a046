"""Rows of evidence with labels → a linear decision whose weights keep their signs.

In: rows, labels, the features' names. Out: `Line`, on the plain features.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from breachwire.errors import CalibrationError
from nlp.evidence import Line

Row = list[float]
Bounds = tuple[float | None, float | None]

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
        "rival",
        "nearer",
    )
)
EITHER: Final = frozenset(
    (
        "same_source",
        "same_source_cosine",
        "cosine_rare",
        "cosine_names",
        "size",
        "size_mean",
        "cohesion",
    )
)
"""Features that may only speak against, and those that may speak either way; all others may only
speak for. A fit without signs made a shared rare name count against what shares it: leaving one
window out, signs win .02 pair F1, and `thread explain` says what a person would."""
TOO_LITTLE: Final = (
    "the labelled windows hold too little to fit on: items of two kinds are needed, of one thread "
    "and of others, of one storyline and of others"
)


@dataclass(slots=True)
class Rows:
    """Rows of evidence with what is true of them."""

    rows: list[Row] = field(default_factory=list)
    labels: list[int] = field(default_factory=list)
    weights: list[float] = field(default_factory=list)

    def add(self, row: Row, label: bool, weight: float = 1.0) -> None:
        self.rows.append(row)
        self.labels.append(int(label))
        self.weights.append(weight)


def fitted(
    found: Iterable[Rows],
    names: Sequence[str],
    strength: float = STRENGTH,
    without: Collection[str] = (),
) -> Line:
    """Fit on all that was found; features in `without` have no weight. Raises CalibrationError
    where all labels are one."""
    every = Rows()
    for some in found:
        every.rows += some.rows
        every.labels += some.labels
        every.weights += some.weights
    if len(set(every.labels)) < 2:
        raise CalibrationError(TOO_LITTLE)
    return fit_line(every, [(0.0, 0.0) if n in without else _bounds(n) for n in names], strength)


def fit_line(found: Rows, bounds: Sequence[Bounds], strength: float) -> Line:
    """Logistic regression on standardised features, weights bounded by their signs (L-BFGS-B:
    Byrd et al. 1995), given back on the plain features."""
    import numpy as np
    from scipy.optimize import minimize

    x, y = np.array(found.rows), 2.0 * np.array(found.labels) - 1.0
    counts = strength * np.array(found.weights) / np.mean(found.weights)
    centre, spread = x.mean(axis=0), x.std(axis=0) + 1e-9
    z = (x - centre) / spread

    def loss(w: Any) -> tuple[float, Any]:
        margins = y * (z @ w[:-1] + w[-1])
        pull = -counts * y / (1.0 + np.exp(np.clip(margins, -50.0, 50.0)))
        value = (counts * np.logaddexp(0.0, -margins)).sum() + 0.5 * w[:-1] @ w[:-1]
        return float(value), np.append(z.T @ pull + w[:-1], pull.sum())

    limits = [*bounds, (None, None)]
    start = np.zeros(len(limits))
    best = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=limits, options=_OPTIONS).x
    weights = best[:-1] / spread
    return Line(tuple(map(float, weights)), float(best[-1] - weights @ centre))


_OPTIONS: Final = {"maxiter": 800}


def _bounds(name: str) -> Bounds:
    if name in EITHER:
        return None, None
    return (None, 0.0) if name in AGAINST else (0.0, None)
