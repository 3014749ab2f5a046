"""Labelled windows → the parameter files: `python -m nlp.train --data DIR`.

In: a folder with `threads/*.jsonl` (labelled items) and `wire/items.jsonl.gz` (unlabelled). Out:
`parameters/background.json` (document frequencies), `parameters/join.json` (weights of the join
decision) and `parameters/kind.npz` (the kind model), each saying what it was fitted on. The only
module that uses scikit-learn.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import math
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from breachwire.errors import CalibrationError
from breachwire.model import (
    KINDS,
    SECTION_OF_KIND,
    Article,
    Claim,
    Detail,
    Embedder,
    Kind,
    LedgerClaim,
    Member,
    Placement,
    Thread,
)
from nlp import calibration, claims, details, embed, features
from nlp import kind as kinds
from nlp.calibration import Calibration
from nlp.evidence import THREAD_FEATURES, Line, Parameters
from nlp.features import PAIR_FEATURES, Traits, Vocabulary, pair_features
from nlp.links import LINK_FEATURES, Weights
from nlp.relations import Relations
from nlp.roundup import is_roundup
from nlp.thread import Threader

LEAST: Final = 3
"""Documents a word must stand in to be shipped: rarer ones are as good as unseen."""

UNKNOWN: Final = -1
"""Percent of a word that running text never shows."""

VECTOR_SCALE = 3.0
WORD_SCALE = 2.0
CUE_SCALE = 0.5
"""Weights of vector, words and cues beside one another in the kind model's penalty."""

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
JOIN: Final = -0.4
STAY: Final = -0.4
JOIN_AFTER_SILENCE: Final = 1.0
"""Log-odds from which an article joins, and stays. Below zero: there the labelled windows lose
least. After 30 days of silence, of which no window has labels, it is stricter."""
RELATED_FLOOR: Final = -4.4
"""Log-odds from which a thread is shown as related. With the shipped threads and links leaving one
window out, -4.4 names .63 of storyline partners in 1.8 entries a thread, -3.9 .59 in 1.2. Readers
want far fewer than 60 in 100 at either, so most are folded away (evals/related)."""
STORYLINE_FLOOR: Final = -1.0
TOO_LITTLE: Final = (
    "the labelled windows hold too little to fit on: items of two kinds are needed, of one thread "
    "and of others, of one storyline and of others"
)

Item = dict[str, Any]
_RUNNING = re.compile(r"(?<![.!?:\"“‘'’(]\s)(?<=[a-z,;] )[A-Za-z][A-Za-z0-9]+")


def read_items(path: Path) -> list[Item]:
    """Lines of a JSONL file, gzipped or not."""
    raw = path.read_bytes()
    text = gzip.decompress(raw) if path.suffix == ".gz" else raw
    return [json.loads(line) for line in text.splitlines()]


def frequencies(items: Iterable[Mapping[str, Any]]) -> tuple[int, dict[str, tuple[int, int]]]:
    """Documents read, and word → (documents with it, percent lower-case in running text or
    UNKNOWN)."""
    documents, seen, lower, running = 0, Counter[str](), Counter[str](), Counter[str]()
    for item in items:
        text = features.clean(item["summary"])
        documents += 1
        seen.update(features.words_of(f"{item['title']} {text}"))
        for match in _RUNNING.findall(text):
            running[features.stem(match)] += 1
            lower[features.stem(match)] += match[0].islower()
    words = {
        word: (count, round(100 * lower[word] / running[word]) if running[word] else UNKNOWN)
        for word, count in seen.items()
        if count >= LEAST
    }
    return documents, words


def write_background(items: Iterable[Mapping[str, Any]], origin: str) -> None:
    documents, words = frequencies(items)
    body = ",\n".join(f"{json.dumps(w)}:[{n},{p}]" for w, (n, p) in sorted(words.items()))
    head = json.dumps({"origin": origin, "documents": documents})[:-1]
    path = features.PARAMETERS / "background.json"
    path.write_text(f'{head}, "words": {{\n{body}\n}}}}\n', "utf-8")


@dataclass(frozen=True, slots=True)
class Labelled:
    """One labelled item as the threader sees it."""

    article: Article
    vector: Any
    thread: str | None
    kind: Kind | None
    storylines: tuple[str, ...]
    roundup: bool


@dataclass(frozen=True, slots=True)
class Window:
    """A labelled window, in order of publication."""

    name: str
    items: tuple[Labelled, ...]


def read_windows(data: Path, labels: Path | None, embedder: Embedder) -> list[Window]:
    """The labelled windows of a data folder (`threads/*.jsonl`), and those of which `labels` holds
    addresses and labels alone, joined with `wire/items.jsonl.gz`; by name."""
    windows = {path.stem: read_items(path) for path in (data / "threads").glob("*.jsonl")}
    if labels is not None:
        known = {item["url"]: item for item in read_items(data / "wire" / "items.jsonl.gz")}
        for path in labels.glob("*.jsonl"):
            rows = [{**known[row["url"]], **row} for row in read_items(path) if row["url"] in known]
            windows.setdefault(path.stem, rows)
    return [read_window(name, items, embedder) for name, items in sorted(windows.items())]


def read_window(name: str, items: Iterable[Item], embedder: Embedder) -> Window:
    """Labelled items with their embeddings."""
    items = sorted(items, key=lambda d: d["published"])
    vectors = embedder.encode([embed.text_of(d["title"], d["summary"]) for d in items])
    rows = zip(items, vectors, strict=True)
    return Window(name, tuple(_labelled(n, d, v) for n, (d, v) in enumerate(rows, 1)))


def _labelled(number: int, item: Item, vector: Any) -> Labelled:
    return Labelled(
        article_of(number, item),
        vector,
        item["thread"],
        item.get("kind"),
        tuple(item.get("storylines", ())),
        bool(item.get("roundup")),
    )


def article_of(number: int, item: Item) -> Article:
    """An item as the store would hold it after `import`; a time without a zone is UTC."""
    at = datetime.fromisoformat(item["published"])
    at = (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    return Article(
        id=number,
        url=item["url"],
        title=item["title"],
        text=item["summary"],
        lead=item["summary"],
        authors=(),
        source=item["source"],
        family="",
        section="",
        published=at,
        first_seen_at=at,
        content_hash=hashlib.sha256(f"{item['title']}\n{item['summary']}".encode()).hexdigest(),
        revision=1,
        state="stored",
        language="en",
        text_from="feed",
        page_state="unknown",
        page_note="",
        credit="",
    )


# --- the join decision

_NEUTRAL: Final = Parameters(
    # Before anything is fitted: nearest by cosine and shared names.
    pair=Line(tuple(1.0 if n in ("cosine", "names_cover") else 0.0 for n in PAIR_FEATURES), 0.0),
    whole=Line(tuple(0.0 for _ in THREAD_FEATURES), 0.0),
    again=Line(tuple(0.0 for _ in THREAD_FEATURES), 0.0),
    join=0.0,
    stay=0.0,
    join_after_silence=0.0,
)


_NO_LINKS: Final = Weights(tuple(0.0 for _ in LINK_FEATURES), 0.0, 0.0, 0.0)


def _no_kind(window: Window) -> kinds.Model:
    """A kind model that knows nothing, where kinds don't matter."""
    import numpy as np

    dimension = len(window.items[0].vector) if window.items else 0

    return kinds.Model(
        np.zeros((dimension, 8)),
        np.zeros((1, 8)),
        np.zeros((2 * len(kinds.patterns()), 8)),
        np.zeros(8),
        {},
    )


Row = list[float]


def _replay(
    window: Window, threader: Threader
) -> Iterator[tuple[Labelled, Traits, dict[int, float]]]:
    """Each item with its candidates, while the labels say where everything before it stands."""
    for item in window.items:
        if not is_roundup(item.article.title, item.article.text):
            traits = threader.read(item.article, item.vector).source.traits
            yield item, traits, threader.memory.candidates(traits)
            threader.accept(item.article, item.vector, _gold(item))


def _gold(item: Labelled) -> Placement:
    thread = item.thread or f"alone {item.article.id}"
    return Placement(item.article.id, thread, "report", 1.0, "joins", "label", "other")


def pair_rows(window: Window, vocabulary: Vocabulary) -> tuple[list[Row], list[int]]:
    """Pair features of every item with its candidates, and whether they are one event."""
    threader = Threader(_NEUTRAL, vocabulary=vocabulary, kind_model=_no_kind(window))
    rows, labels = [], []
    for item, traits, near in _replay(window, threader):
        for id_, cosine in near.items():
            rows.append(pair_features(traits, threader.memory.source(id_).traits, cosine))
            thread = item.thread is not None and threader.memory.thread_of(id_) == item.thread
            labels.append(int(thread))
    return rows, labels


def thread_rows(window: Window, vocabulary: Vocabulary, pair: Line) -> tuple[list[Row], list[int]]:
    """Thread features of every item with its likeliest threads, and whether it belongs."""
    threader = Threader(
        replace(_NEUTRAL, pair=pair), vocabulary=vocabulary, kind_model=_no_kind(window)
    )
    rows, labels = [], []
    for item, traits, near in _replay(window, threader):
        for candidate in threader.weigh(traits, near):
            rows.append(list(candidate.row))
            labels.append(int(candidate.thread.id == item.thread))
    return rows, labels


def again_rows(window: Window, vocabulary: Vocabulary, pair: Line) -> tuple[list[Row], list[int]]:
    """The same when everything is there: each item taken out of its thread and weighed against it
    and the others."""
    threader = Threader(
        replace(_NEUTRAL, pair=pair), vocabulary=vocabulary, kind_model=_no_kind(window)
    )
    for _ in _replay(window, threader):
        pass
    rows, labels = [], []
    for item in window.items:
        id_ = item.article.id
        if not threader.memory.holds(id_):
            continue
        for candidate in threader.weigh_again(threader.look(id_)):
            rows.append(list(candidate.row))
            labels.append(int(candidate.thread.id == item.thread))
    return rows, labels


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


# --- kinds


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


# --- related coverage


def relations_of(
    window: Window,
    standing: Mapping[int, str],
    weights: Weights | None,
    vocabulary: Vocabulary,
    model: kinds.Model | None = None,
) -> tuple[Relations, dict[str, list[Labelled]]]:
    """Relations over a window whose articles stand as given, and each thread's items. Kinds are
    the model's; without one all are "other"."""
    threads: dict[str, list[Labelled]] = defaultdict(list)
    for item in window.items:
        if item.article.id in standing:
            threads[standing[item.article.id]].append(item)
    relations = Relations(weights or _NO_LINKS, vocabulary=vocabulary)
    for id_, items in threads.items():
        first, last = items[0].article, items[-1].article
        articles = ((i.article.title, i.article.text, i.vector) for i in items)
        kind = kinds.kind_of(model.scores(*a) for a in articles) if model else "other"
        section = SECTION_OF_KIND[kind]
        thread = Thread(id_, first.title, kind, section, first.at, last.at, last.at, len(items), 1)
        members = [Member(i.article, "report", 1.0, "joins", "") for i in items]
        vectors = {i.article.id: i.vector for i in items}
        relations.put(thread, members, vectors, _details(id_, items))
    return relations, threads


def _details(thread: str, items: Sequence[Labelled]) -> tuple[Detail, ...]:
    """What the ledger says of a thread of these items."""
    said = [
        LedgerClaim(claim, thread, i.article.at, i.article.at)
        for i in items
        for claim in _claims(i.article)
    ]
    return details.consolidate(details.in_order(said))


@lru_cache(maxsize=10_000)
def _claims(article: Article) -> tuple[Claim, ...]:
    """All windows are read once for each that is left out."""
    return tuple(claims.extract(article))


def link_rows(window: Window, vocabulary: Vocabulary) -> tuple[list[Row], list[int]]:
    """Link features of every thread with its candidates, and whether they share a storyline."""
    standing = {
        i.article.id: i.thread or f"alone {i.article.id}" for i in window.items if not i.roundup
    }
    relations, threads = relations_of(window, standing, None, vocabulary)
    lines = {id_: {s for i in items for s in i.storylines} for id_, items in threads.items()}
    rows, labels = [], []
    for profile in relations.profiles():
        for other in relations.candidates(profile):
            rows.append(relations.evidence(profile, other))
            labels.append(int(bool(lines[profile.id] & lines[other.id])))
    return rows, labels


# --- all of it


VocabularyOf = Callable[[], Vocabulary]


def fit(windows: Sequence[Window], vocabulary: Callable[[Window], Vocabulary]) -> Calibration:
    """All parameters from labelled windows, each read with a vocabulary that has not heard it:
    the news to come is unheard of, too. Raises CalibrationError where they say too little."""
    pair = _fitted((pair_rows(w, vocabulary(w)) for w in windows), PAIR_FEATURES)
    whole = _fitted((thread_rows(w, vocabulary(w), pair) for w in windows), THREAD_FEATURES)
    again = _fitted((again_rows(w, vocabulary(w), pair) for w in windows), THREAD_FEATURES)
    link = _fitted((link_rows(w, vocabulary(w)) for w in windows), LINK_FEATURES, 1.0)
    return Calibration(
        Parameters(pair, whole, again, JOIN, STAY, JOIN_AFTER_SILENCE),
        fit_kind(windows),
        Weights(link.weights, link.bias, RELATED_FLOOR, STORYLINE_FLOOR),
    )


def _fitted(
    found: Iterable[tuple[list[Row], list[int]]], names: Sequence[str], strength: float = STRENGTH
) -> Line:
    rows, labels = [], []
    for some, which in found:
        rows += some
        labels += which
    if len(set(labels)) < 2:
        raise CalibrationError(TOO_LITTLE)
    return fit_line(rows, labels, names, strength)


def main() -> None:
    """`python -m nlp.train --data DIR`."""
    parser = argparse.ArgumentParser(description="Fit the threader's parameters.")
    parser.add_argument("--data", type=Path, required=True, help="folder with threads/ and wire/")
    parser.add_argument("--labels", type=Path, help="more windows: folder of addresses and labels")
    parser.add_argument("--model", default=embed.DEFAULT, help="embedding model")
    options = parser.parse_args()
    items = read_items(options.data / "wire" / "items.jsonl.gz")
    write_background(items, f"document frequencies of {len(items)} news items, titles and leads")
    embedder = embed.load(options.model)
    windows = read_windows(options.data, options.labels, embedder)
    origin = origin_of(embedder.name, windows)
    calibration.write(fit(windows, unheard(items, windows)), origin)


def origin_of(model: str, windows: Sequence[Window]) -> dict[str, str]:
    """What the parameter files say of themselves."""
    names = ", ".join(w.name for w in windows)
    return {
        "model": model,
        "origin": f"nlp.train on {len(windows)} labelled windows: {names}",
    }


def unheard(
    items: Sequence[Mapping[str, Any]], windows: Iterable[Window]
) -> Callable[[Window], Vocabulary]:
    """For each window, fresh vocabularies over the items that are not in it."""
    ready = {}
    for window in windows:
        own = {item.article.url for item in window.items}
        ready[window.name] = vocabulary_of(*frequencies(d for d in items if d["url"] not in own))
    return lambda window: ready[window.name]()


def vocabulary_of(documents: int, words: Mapping[str, tuple[int, int]]) -> VocabularyOf:
    """Fresh vocabularies over these frequencies."""
    counts = {w: n for w, (n, _) in words.items()}
    plain = {w: p / 100 for w, (_, p) in words.items() if p != UNKNOWN}
    return lambda: Vocabulary(documents, counts, plain)


if __name__ == "__main__":
    main()
