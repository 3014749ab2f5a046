"""Judged claims of full articles → the gate's weights: `python -m nlp.train_gate`.

    python -m nlp.train_gate --labels evals/gate/public.jsonl --articles FILE [--test LABELS FILE]

In: judgements, a line a claim: {"url", "field", "in", "start", "end", "hash", "right", …}, and the
articles as `breachwire export articles` prints them. A judgement whose characters no longer hash to
`hash` is of another text: it is left out and counted. Out: `parameters/gate.json`, with what it was
fitted on. Printed: right and kept by field, cross-validated (folds by article, so that no claim is
weighed by weights fitted on its own article), and, with --test, on a second set that nothing was
fitted on. Seconds, once the tagger has read the articles.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from breachwire.model import Article
from nlp import claims, train
from nlp.features import PARAMETERS
from nlp.gate import GUARDED, OF_FIELD, Weights
from nlp.train.judged import digest, weighed

FOLDS: Final = 10
STRENGTH: Final = 0.01
"""Inverse penalty, on standardised features: best log loss of folds among .003, .01, .03, .1."""
RARE: Final = 5
"""Claims that must show a feature for it to weigh anything."""
LEAST: Final = (0.4, 0.6)
"""Probability a claim needs to pass in title and lead, and below them: on articles left out, half
of what is then kept out of the public ones' claims is wrong, and no labelled window loses."""
BATCH: Final = 64
Row = dict[str, float]


@dataclass(frozen=True, slots=True)
class Judged:
    """A judged claim with what the gate weighs of it."""

    url: str
    field: str
    opens: bool
    """In the title or the lead."""
    said: bool
    """Claimed, denied or disputed: passes whatever it weighs."""
    right: bool
    row: Row


def read(labels: Path, articles: Path) -> tuple[list[Judged], int]:
    """The judged claims that the extractor still makes, and how many judgements are of text that
    has changed."""
    texts = {item["url"]: item for item in train.read_items(articles)}
    told: dict[str, list[dict[str, Any]]] = {}
    changed = 0
    for label in train.read_items(labels):
        item = texts.get(label["url"])
        if item is None or _digest(item, label) != label["hash"]:
            changed += 1
        else:
            told.setdefault(label["url"], []).append(label)
    items = [{**texts[url], "summary": texts[url]["text"]} for url in told]
    made = [train.article_of(number, item) for number, item in enumerate(items, 1)]
    return list(_judged(made, told)), changed


def _judged(
    made: Sequence[Article], told: Mapping[str, Sequence[dict[str, Any]]]
) -> Iterator[Judged]:
    for number, article in enumerate(made):
        if number % BATCH == 0:
            claims.expect(made[number : number + BATCH])
        found = claims.rows(article)
        for label in told[article.url]:
            value = label.get("value") if label["field"] in claims.VALUED else None
            row = found.get((label["field"], label["in"], label["start"], label["end"], value))
            if row is not None:
                opens = bool(row.get("in title") or row.get("in lead"))
                said = any(row.get(f"status {s}") for s in ("claimed", "denied", "disputed"))
                yield Judged(article.url, label["field"], opens, said, label["right"], row)


def _digest(item: Mapping[str, Any], label: Mapping[str, Any]) -> str:
    return digest(item[label["in"]][label["start"] : label["end"]])


def fit(judged: Sequence[Judged], strength: float = STRENGTH) -> Weights:
    """Weights by logistic regression on standardised features."""
    bias, of = weighed(
        [claim.row for claim in judged], [claim.right for claim in judged],
        rare=RARE, strength=strength,
    )  # fmt: skip
    least: dict[str, tuple[float, float]] = dict.fromkeys(OF_FIELD, LEAST)
    return Weights(bias, of, least)


def crossed(judged: Sequence[Judged], strength: float = STRENGTH) -> list[float]:
    """Each claim's probability by weights fitted without its article."""
    fold = {url: n % FOLDS for n, url in enumerate(sorted({c.url for c in judged}, key=_mixed))}
    weights = [fit([c for c in judged if fold[c.url] != n], strength) for n in range(FOLDS)]
    return [weights[fold[claim.url]].chance(claim.row) for claim in judged]


def _mixed(url: str) -> str:
    return hashlib.sha256(url.encode()).hexdigest()


def passes(claim: Judged, chance: float, least: Mapping[str, tuple[float, float]]) -> bool:
    """Whether the gate lets a judged claim through."""
    if claim.said or (claim.opens and claim.field not in GUARDED):
        return True
    return chance >= least[claim.field][0 if claim.opens else 1]


def report(
    name: str, judged: Sequence[Judged], chances: Sequence[float], weights: Weights
) -> Iterator[str]:
    """Right of those made and of those let through, and right ones let through, by field."""
    import numpy as np

    right = np.array([claim.right for claim in judged])
    odds = np.clip(np.array(chances), 1e-6, 1 - 1e-6)
    loss = -np.where(right, np.log(odds), np.log(1 - odds)).mean()
    through = np.array([passes(c, p, weights.least) for c, p in zip(judged, chances, strict=True)])
    yield f"{name}: {len(judged)} claims, log loss {loss:.3f}"
    for field in (*OF_FIELD, "all"):
        at = np.array([field in (claim.field, "all") for claim in judged])
        if at.any():
            before, after = right[at].mean(), right[at & through].mean()
            held = (right & through & at).sum() / max(1, (right & at).sum())
            yield (
                f"  {field}: right {before:.3f} of {at.sum()} → {after:.3f} of "
                f"{(at & through).sum()}; right ones kept {held:.3f}"
            )


def write(weights: Weights, origin: str, path: Path = PARAMETERS / "gate.json") -> None:
    """The file that `gate.read` reads, weights by size."""
    order = sorted(weights.of, key=lambda name: -abs(weights.of[name]))
    stored = {
        "origin": origin,
        "least": {field: list(pair) for field, pair in weights.least.items()},
        "bias": round(weights.bias, 4),
        "weights": {name: round(weights.of[name], 4) for name in order},
    }
    path.write_text(json.dumps(stored, indent=1, ensure_ascii=False) + "\n", "utf-8")


def main() -> None:
    """Fit, print the figures, write the weights."""
    parser = argparse.ArgumentParser(prog="python -m nlp.train_gate")
    parser.add_argument("--labels", type=Path, required=True)
    parser.add_argument("--articles", type=Path, required=True)
    parser.add_argument("--test", type=Path, nargs=2, metavar=("LABELS", "ARTICLES"))
    options = parser.parse_args()
    judged, changed = read(options.labels, options.articles)
    weights = fit(judged)
    print("\n".join(report("cross-validated", judged, crossed(judged), weights)))
    if options.test:
        second, shifted = read(*options.test)
        chances = [weights.chance(claim.row) for claim in second]
        print("\n".join(report("second set", second, chances, weights)))
        print(f"of a changed text: {shifted}")
    print(f"of a changed text: {changed}")
    origin = (
        f"python -m nlp.train_gate: {len(judged)} claims of {len({c.url for c in judged})} "
        f"articles, {options.labels.name}, logistic regression, C {STRENGTH}"
    )
    write(weights, origin)


if __name__ == "__main__":
    main()
