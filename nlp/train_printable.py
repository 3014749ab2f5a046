"""Judged sentences → weights: `python -m nlp.train_printable --labels FILE --articles FILE`.

In: judgements, a line a sentence: {"url", "kind" (the thread's), "for" (`printable.SECTIONS`),
"start", "end", "hash", "verdict" ("ok" or what is wrong)}, and the articles as `breachwire export
articles` prints them. A judgement whose characters no longer hash to `hash` is of another text: it
is left out and counted. Out: `parameters/printable.json`, with what it was fitted on. Printed, by
section: how many can be printed of all and of those that pass, cross-validated (folds by article).
Seconds.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from nlp import train
from nlp.features import PARAMETERS
from nlp.odds import chance
from nlp.printable import SECTIONS, Weights, signs
from nlp.train.judged import digest, weighed

FOLDS: Final = 10
STRENGTH: Final = 0.005
"""Inverse penalty, on standardised signs: best area under the curve of folds among .0003 to .01."""
RARE: Final = 10
"""Sentences that must show a sign, in a section for what it weighs there alone."""
LEAST: Final = {
    "signal_summary": -1.0, "deep_analysis 0": 0.0, "deep_analysis 1": 0.5, "deep_analysis 2": 0.4,
    "impact_assessment": -0.2, "optimistic_outlook": -1.0, "pessimistic_outlook": -0.7,
}  # fmt: skip
"""Log-odds that a sentence needs: what happened is told in the best words there are; elsewhere a
notice is better than a line that is as likely wrong (0.4 is a probability of 0.6); what somebody
expects is rare, and for them the bar is low."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A judged sentence with its signs."""

    url: str
    where: str
    right: bool
    signs: Mapping[str, float]


def read(labels: Path, articles: Path) -> tuple[list[Judged], int]:
    """The judged sentences, and how many judgements are of text that has changed."""
    items = {item["url"]: item for item in train.read_items(articles)}
    made = {
        url: train.article_of(n, {**item, "summary": item["text"]})
        for n, (url, item) in enumerate(items.items(), 1)
    }
    found, changed = [], 0
    for label in train.read_items(labels):
        article = made.get(label["url"])
        start, end = label["start"], label["end"]
        if article is None or digest(article.text[start:end]) != label["hash"]:
            changed += 1
            continue
        row = signs(article, start, end, label["kind"])
        found.append(Judged(label["url"], label["for"], label["verdict"] == "ok", row))
    return found, changed


def _row(judged: Judged) -> dict[str, float]:
    """Its signs, what they are in its section, and the section."""
    own = {f"{judged.where}: {name}": value for name, value in judged.signs.items()}
    return {**judged.signs, **own, f"{judged.where}:": 1.0}


def fit(judged: Sequence[Judged], strength: float = STRENGTH) -> Weights:
    """Weights by logistic regression on standardised signs, each for all sections and for one."""
    return _weights(
        *weighed(
            [_row(one) for one in judged], [one.right for one in judged],
            rare=RARE, strength=strength,
        )
    )  # fmt: skip


def _weights(bias: float, flat: Mapping[str, float]) -> Weights:
    """For each sign what it weighs in each section: its own weight and the section's."""
    signs_ = {name.partition(": ")[2] or name for name in flat if not name.endswith(":")}
    of = {
        name: tuple(flat.get(name, 0.0) + flat.get(f"{where}: {name}", 0.0) for where in SECTIONS)
        for name in signs_
    }
    start = tuple(bias + flat.get(f"{where}:", 0.0) for where in SECTIONS)
    return Weights(start, of, LEAST)


def crossed(judged: Sequence[Judged], strength: float = STRENGTH) -> list[float]:
    """Each sentence's log-odds by weights fitted without its article."""
    fold = {one.url: int(digest(one.url), 16) % FOLDS for one in judged}
    weights = [fit([j for j in judged if fold[j.url] != n], strength) for n in range(FOLDS)]
    return [weights[fold[j.url]].odds(j.signs)[SECTIONS.index(j.where)] for j in judged]


def report(judged: Sequence[Judged], odds: Sequence[float]) -> Iterator[str]:
    """Area under the curve; by section right of all, right of those that pass, and kept."""
    import numpy as np
    from sklearn.metrics import log_loss, roc_auc_score

    right, odds_ = np.array([j.right for j in judged]), np.array(odds)
    needed = np.array([LEAST[j.where] for j in judged])
    loss = log_loss(right, [chance(value) for value in odds])
    area = roc_auc_score(right, odds_)
    yield f"{len(judged)} sentences, area under the curve {area:.3f}, log loss {loss:.3f}"
    for where in (*SECTIONS, "all"):
        at = np.array([where in (j.where, "all") for j in judged])
        through = at & (odds_ >= needed)
        if at.any() and through.any():
            kept = (right & through).sum() / max(1, (right & at).sum())
            yield (
                f"  {where}: right {right[at].mean():.3f} of {at.sum()} → "
                f"{right[through].mean():.3f} of {through.sum()}; right ones kept {kept:.3f}"
            )


def write(weights: Weights, origin: str, path: Path = PARAMETERS / "printable.json") -> None:
    """The file that `printable.read` reads, the weightiest signs first."""
    order = sorted(weights.of, key=lambda name: (-max(map(abs, weights.of[name])), name))
    stored: dict[str, Any] = {
        "origin": origin,
        "sections": SECTIONS,
        "least": dict(weights.least),
        "bias": [round(value, 4) for value in weights.bias],
        "weights": {name: [round(value, 4) for value in weights.of[name]] for name in order},
    }
    head = json.dumps({**stored, "weights": {}}, indent=1, ensure_ascii=False)
    rows = ",\n".join(
        f"  {json.dumps(name, ensure_ascii=False)}: {json.dumps(row)}"
        for name, row in stored["weights"].items()
    )
    path.write_text(head.replace('"weights": {}', f'"weights": {{\n{rows}\n }}') + "\n", "utf-8")


def main() -> None:
    """Fit, print the figures, write the weights."""
    parser = argparse.ArgumentParser(prog="python -m nlp.train_printable")
    parser.add_argument("--labels", type=Path, required=True)
    parser.add_argument("--articles", type=Path, required=True)
    options = parser.parse_args()
    judged, changed = read(options.labels, options.articles)
    print("\n".join(report(judged, crossed(judged))))
    print(f"of a changed text: {changed}")
    articles = len({one.url for one in judged})
    origin = (
        f"python -m nlp.train_printable: {len(judged)} sentences of {articles} articles, "
        f"{options.labels.name}, logistic regression, C {STRENGTH}"
    )
    write(fit(judged), origin)


if __name__ == "__main__":
    main()
