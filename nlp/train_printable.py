"""Judged sentences → weights: `python -m nlp.train_printable --read F --labels F --articles F`.

In: articles read whole, a line each: {"url", "kind" (its thread's), "hash" (of its text), "fit":
[[start, end, letters], …]}, the letters (LETTERS) saying in which sections an editor would print
the sentence; what is not listed, in none. Judgements of printed sentences, a line each: {"url",
"kind", "for" (`printable.SECTIONS`), "start", "end", "hash", "verdict" ("ok" or what is wrong)}.
And the articles as `breachwire export articles` prints them. What no longer hashes to `hash` is of
another text: it is left out and counted. Out: `parameters/printable.json`, with what it was fitted
on. Printed, by section and on folds of articles: of the best sentences of an article how many are
fit, and of those printed how many that pass are right. Minutes.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any, Final

from breachwire.model import Article
from nlp import sentences, train
from nlp.features import PARAMETERS
from nlp.printable import SECTIONS, TERM, Weights, signs
from nlp.train.judged import digest, weighed

FOLDS: Final = 5
LETTERS: Final = "SABCIOP"
"""One for each of SECTIONS; what is fit for the summary is fit for what happened."""
STRENGTH: Final = 0.003
"""Inverse penalty, on scaled signs: best on folds among .0005 to .02."""
RARE: Final = 12
"""Sentences that must show a sign."""
PRINTED: Final = 3.0
"""What a judged sentence that was printed counts beside one of an article read whole."""
BELOW: Final = {
    "signal_summary": 3.5, "deep_analysis 0": 3.0, "deep_analysis 1": 2.5, "deep_analysis 2": 3.5,
    "impact_assessment": 1.5, "optimistic_outlook": 1.6, "pessimistic_outlook": 1.2,
}  # fmt: skip
"""How far below the usual odds of those fit a sentence may be: what happened is told in the best
words there are; elsewhere a notice is better than a line that is as likely wrong; what somebody
expects is rare, and for them the bar is low."""
_RARE_PLACES: Final = ("optimistic_outlook", "pessimistic_outlook")
"""One sentence in two hundred is fit for these: their weights are learnt of what was printed
anywhere, and how it differs here."""
_NO_TERMS: Final = ("signal_summary", *_RARE_PLACES)
"""Places with too few fit sentences to learn words from: with them these did worse on folds."""
_HERE: Final = "here: "
"""Before the name of a sign, as it counts in the place that is fitted alone."""
_SMALL: Final = 0.02
"""Weights below it in all places are left out of the file."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A judged sentence with its signs, for one of SECTIONS."""

    url: str
    where: str
    right: bool
    signs: Mapping[str, float]
    count: float = PRINTED


def read(labels: Path, articles: Mapping[str, Article]) -> tuple[list[Judged], int]:
    """The judged sentences, and how many judgements are of text that has changed."""
    found, changed = [], 0
    for label in train.read_items(labels):
        article = articles.get(label["url"])
        start, end = label["start"], label["end"]
        if article is None or digest(article.text[start:end]) != label["hash"]:
            changed += 1
            continue
        row = signs(article, start, end, label["kind"])
        found.append(Judged(label["url"], label["for"], label["verdict"] == "ok", row))
    return found, changed


def read_whole(labels: Path, articles: Mapping[str, Article]) -> tuple[list[Judged], int]:
    """Each sentence of the articles read whole, once for each of SECTIONS, and how many articles
    have changed."""
    found, changed = [], 0
    for label in train.read_items(labels):
        article = articles.get(label["url"])
        if article is None or digest(article.text) != label["hash"]:
            changed += 1
            continue
        fit = {start: letters for start, _, letters in label["fit"]}
        for start, end in sentences.split(article.text):
            row = signs(article, start, end, label["kind"])
            letters = fit.get(start, "")
            for where, letter in zip(SECTIONS, LETTERS, strict=True):
                right = letter in letters or (letter == "A" and "S" in letters)
                found.append(Judged(label["url"], where, right, row, 1.0))
    return found, changed


def by_url(path: Path) -> dict[str, Article]:
    """Articles as `breachwire export articles` prints them."""
    items = {item["url"]: item for item in train.read_items(path)}
    return {
        url: train.article_of(n, {**item, "summary": item["text"]})
        for n, (url, item) in enumerate(items.items(), 1)
    }


def fit(judged: Sequence[Judged], strength: float = STRENGTH) -> Weights:
    """Weights by logistic regression, for each place by itself."""
    bias, of, usual = [], dict[str, list[float]](), dict[str, float]()
    for n, where in enumerate(SECTIONS):
        own = [one for one in judged if one.where == where]
        start, flat = (_rare if where in _RARE_PLACES else _fitted)(judged, where, strength)
        bias.append(start)
        for name, weight in flat.items():
            of.setdefault(name, [0.0] * len(SECTIONS))[n] = weight
        usual[where] = _usual(own, start, flat)
    least = {where: usual[where] - BELOW[where] for where in SECTIONS}
    return Weights(tuple(bias), {name: tuple(row) for name, row in of.items()}, least, usual)


def _rare(judged: Sequence[Judged], where: str, strength: float) -> tuple[float, dict[str, float]]:
    """For a place with few fit sentences: what its signs weigh anywhere and here."""
    printed = [one for one in judged if one.count == PRINTED]
    rows = []
    for one in printed:
        row = {k: v for k, v in one.signs.items() if not k.startswith(TERM)}
        own = {f"{_HERE}{k}": v for k, v in row.items()} if one.where == where else {}
        rows.append({**row, **own, **({_HERE: 1.0} if own else {})})
    if not rows:
        return 0.0, {}
    bias, flat = weighed(rows, [one.right for one in printed], rare=RARE, strength=strength)
    names = {name.removeprefix(_HERE) for name in flat} - {""}
    of = {name: flat.get(name, 0.0) + flat.get(f"{_HERE}{name}", 0.0) for name in names}
    return bias + flat.get(_HERE, 0.0), of


def _fitted(
    judged: Sequence[Judged], where: str, strength: float
) -> tuple[float, dict[str, float]]:
    own = [one for one in judged if one.where == where]
    if not own:
        return 0.0, {}
    terms = where not in _NO_TERMS
    rows = [
        {name: value for name, value in one.signs.items() if terms or not name.startswith(TERM)}
        for one in own
    ]
    return weighed(
        rows, [one.right for one in own],
        rare=RARE, strength=strength, counts=[one.count for one in own], size=_size,
    )  # fmt: skip


def _size(name: str, spread: float) -> float:
    """Terms, which are many and rare, are held shorter than the other signs."""
    return float(spread**0.5 / 1.5 if name.startswith(TERM) else spread)


def _usual(own: Sequence[Judged], bias: float, flat: Mapping[str, float]) -> float:
    """The middle log-odds of the sentences that were printed and right, else of all that are."""
    right = [one for one in own if one.right]
    printed = [one for one in right if one.count == PRINTED] or right
    return median(
        [bias + sum(flat.get(k, 0.0) * v for k, v in one.signs.items()) for one in printed] or [0.0]
    )


def crossed(judged: Sequence[Judged], strength: float = STRENGTH) -> list[tuple[float, float]]:
    """Each sentence's log-odds by weights fitted without its article, and what they must reach."""
    fold = {one.url: int(digest(one.url), 16) % FOLDS for one in judged}
    weights = [fit([j for j in judged if fold[j.url] != n], strength) for n in range(FOLDS)]
    found = []
    for one in judged:
        own = weights[fold[one.url]]
        found.append((own.odds(one.signs)[SECTIONS.index(one.where)], own.least[one.where]))
    return found


def report(judged: Sequence[Judged], odds: Sequence[tuple[float, float]]) -> Iterator[str]:
    """By section: of articles read whole how many of the best and of the two best sentences are
    fit; of printed sentences the area under the curve, right of all, of those that pass, kept."""
    for where in SECTIONS:
        own = [(j, o) for j, o in zip(judged, odds, strict=True) if j.where == where]
        yield f"{where}: {_best(own)}; {_printed(own)}"


def _best(own: Sequence[tuple[Judged, tuple[float, float]]]) -> str:
    by_article: dict[str, list[tuple[float, bool]]] = {}
    for one, (odds, _) in own:
        if one.count != PRINTED:
            by_article.setdefault(one.url, []).append((odds, one.right))
    shares = []
    for most in (1, 2):
        best = [right for rows in by_article.values() for _, right in sorted(rows)[-most:]]
        shares.append(f"{sum(best) / max(1, len(best)):.2f}")
    return f"read whole: fit of the best {shares[0]}, of the two best {shares[1]}"


def _printed(own: Sequence[tuple[Judged, tuple[float, float]]]) -> str:
    from sklearn.metrics import roc_auc_score

    rows = [(odds, odds >= least, one.right) for one, (odds, least) in own if one.count == PRINTED]
    right = [row[2] for row in rows]
    if len(set(right)) < 2:
        return "printed: too few"
    area = roc_auc_score(right, [row[0] for row in rows])
    through = [row[2] for row in rows if row[1]]
    passed, kept = sum(through) / max(1, len(through)), sum(through) / max(1, sum(right))
    return (
        f"printed: area {area:.2f}, right {sum(right) / len(right):.2f} of {len(right)} → "
        f"{passed:.2f} of {len(through)}, right ones kept {kept:.2f}"
    )


def write(weights: Weights, origin: str, path: Path = PARAMETERS / "printable.json") -> None:
    """The file that `printable.read` reads, the weightiest signs first."""
    order = sorted(weights.of, key=lambda name: (-max(map(abs, weights.of[name])), name))
    order = [name for name in order if max(map(abs, weights.of[name])) >= _SMALL]
    stored: dict[str, Any] = {
        "origin": origin,
        "sections": SECTIONS,
        "least": _rounded(weights.least),
        "usual": _rounded(weights.usual),
        "bias": [round(value, 4) for value in weights.bias],
    }
    head = json.dumps({**stored, "weights": {}}, indent=1, ensure_ascii=False)
    rows = ",\n".join(
        f"  {json.dumps(name, ensure_ascii=False)}: {[round(w, 3) for w in weights.of[name]]}"
        for name in order
    )
    path.write_text(head.replace('"weights": {}', f'"weights": {{\n{rows}\n }}') + "\n", "utf-8")


def _rounded(of: Mapping[str, float]) -> dict[str, float]:
    return {where: round(value, 3) for where, value in of.items()}


def main() -> None:
    """Fit, print the figures, write the weights."""
    parser = argparse.ArgumentParser(prog="python -m nlp.train_printable")
    parser.add_argument("--read", type=Path, required=True, help="articles read whole")
    parser.add_argument("--labels", type=Path, required=True, help="judged printed sentences")
    parser.add_argument("--articles", type=Path, required=True)
    parser.add_argument("--no-folds", dest="folds", action="store_false", help="no figures")
    options = parser.parse_args()
    articles = by_url(options.articles)
    whole, changed = read_whole(options.read, articles)
    printed, also = read(options.labels, articles)
    print(f"of a changed text: {changed} articles, {also} judgements")
    if options.folds:
        print("\n".join(report([*whole, *printed], crossed([*whole, *printed]))))
    origin = (
        f"python -m nlp.train_printable: {len({one.url for one in whole})} articles read whole, "
        f"{len(printed)} printed sentences, logistic regression, C {STRENGTH}"
    )
    write(fit([*whole, *printed]), origin)


if __name__ == "__main__":
    main()
