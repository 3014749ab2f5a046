"""Labelled windows → the weights of `nlp/lexicon/incidents.toml`, and how well they tell incidents.

    python -m evals.incidents

In: the windows of `evals.details` but for the held ones. Out: recall on incidents and the share of
other news let through, at each threshold, every window scored by weights fitted on the others; then
the weights fitted on all, as the list has them.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from evals import details
from nlp import incident, reading, train

RIDGE: Final = 1.0
"""Penalty on the weights' squares; .3 and 3 do no better over the windows left out."""
STEPS: Final = 60


def examples() -> dict[str, tuple[Any, Any]]:
    """Features (items, signs) and whether each item reports an incident, by window."""
    found: dict[str, tuple[Any, Any]] = {}
    for folder in (details.SHARED / "data" / "details", details.LEDGER):
        for path in sorted(folder.glob("*.jsonl")):
            if path.stem not in details.HELD:
                items = details.load([path])
                found[path.stem] = (
                    np.array([_features(item, n) for n, item in enumerate(items, 1)], float),
                    np.array([bool(item["details"]) for item in items], float),
                )
    return found


def _features(item: details.Row, number: int) -> list[bool]:
    return [*incident.features(reading.read(train.article_of(number, item))), True]


def fit(features: Any, truth: Any) -> Any:
    """Logistic weights, the bias last and not penalised, by Newton's method."""
    weights = np.zeros(features.shape[1])
    ridge = np.diag([RIDGE] * (len(weights) - 1) + [1e-6])
    for _ in range(STEPS):
        chance = 1 / (1 + np.exp(-features @ weights))
        slope = features.T @ (chance - truth) + ridge @ weights
        curve = (features.T * (chance * (1 - chance))) @ features + ridge
        weights -= np.linalg.solve(curve, slope)
    return weights


def main() -> None:
    """Print the figures, then the weights."""
    windows = examples()
    scores, truth = [], []
    for left, (features, labels) in windows.items():
        rest = [pair for name, pair in windows.items() if name != left]
        scores.append(
            features @ fit(np.vstack([f for f, _ in rest]), np.hstack([t for _, t in rest]))
        )
        truth.append(labels)
    odds, labels = np.hstack(scores), np.hstack(truth)
    for bar in (-1.0, incident.LIKELY, 0.5, incident.CERTAIN, 2.0):
        above = odds > bar
        told, other = above[labels == 1].mean(), above[labels == 0].mean()
        print(f"above {bar}: incidents {told:.3f}, others {other:.3f}")
    weights = fit(np.vstack([f for f, _ in windows.values()]), labels)
    print(f"bias = {weights[-1]:.2f}")
    names = [name for name, _ in incident.signs()]
    for place, name in enumerate(names):
        print(f"{name} = [{weights[place]:.2f}, {weights[len(names) + place]:.2f}]")


if __name__ == "__main__":
    main()
