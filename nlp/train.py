"""Labelled windows → the parameter files: `python -m nlp.train --data DIR`.

In: a folder with `threads/*.jsonl` (labelled items) and `wire/items.jsonl.gz` (unlabelled). Out:
`parameters/background.json` (document frequencies), `parameters/join.json` (weights of the join
decision) and `parameters/kind.npz` (the kind model), each saying what it was fitted on. The only
module that uses scikit-learn.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from breachwire.model import KINDS, Article, Embedder, Kind, Placement
from nlp import embed, features
from nlp import kind as kinds
from nlp.features import PAIR_FEATURES, PARAMETERS, Traits, Vocabulary, pair_features
from nlp.roundup import is_roundup
from nlp.thread import THREAD_FEATURES, Line, Parameters, Threader

LEAST: Final = 3
"""Documents a word must stand in to be shipped: rarer ones are as good as unseen."""

VECTOR_SCALE = 3.0
WORD_SCALE = 1.0
CUE_SCALE = 0.7
"""Weights of vector, words and cues beside one another in the kind model's penalty."""

Item = dict[str, Any]
_RUNNING = re.compile(r"(?<![.!?:\"“‘'’(]\s)(?<=[a-z,;] )[A-Za-z][A-Za-z0-9]+")


def read_items(path: Path) -> list[Item]:
    """Lines of a JSONL file, gzipped or not."""
    raw = path.read_bytes()
    text = gzip.decompress(raw) if path.suffix == ".gz" else raw
    return [json.loads(line) for line in text.splitlines()]


def frequencies(items: Iterable[Mapping[str, Any]]) -> tuple[int, dict[str, tuple[int, int]]]:
    """Documents read, and word → (documents with it, percent lower-case in running text)."""
    documents, seen, lower, running = 0, Counter[str](), Counter[str](), Counter[str]()
    for item in items:
        text = features.clean(item["summary"])
        documents += 1
        seen.update(features.words_of(f"{item['title']} {text}"))
        for match in _RUNNING.findall(text):
            running[features.stem(match)] += 1
            lower[features.stem(match)] += match[0].islower()
    words = {
        word: (count, round(100 * lower[word] / running[word]) if running[word] else 0)
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


def read_window(path: Path, embedder: Embedder) -> Window:
    """A labelled file with its embeddings."""
    items = sorted(read_items(path), key=lambda d: d["published"])
    vectors = embedder.encode([embed.text_of(d["title"], d["summary"]) for d in items])
    rows = zip(items, vectors, strict=True)
    return Window(path.stem, tuple(_labelled(n, d, v) for n, (d, v) in enumerate(rows, 1)))


def _labelled(number: int, item: Item, vector: Any) -> Labelled:
    at = datetime.fromisoformat(item["published"]).astimezone(UTC)
    return Labelled(
        article_of(number, item, at),
        vector,
        item["thread"],
        item.get("kind") if item["thread"] else None,
        tuple(item.get("storylines", ())),
        bool(item.get("roundup")),
    )


def article_of(number: int, item: Item, at: datetime) -> Article:
    """An item as the store would hold it after `import`."""
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
    join=0.0,
    join_after_silence=0.0,
)


def _no_kind() -> kinds.Model:
    """A kind model that knows nothing, where kinds don't matter."""
    import numpy as np

    return kinds.Model(np.zeros((384, 8)), np.zeros((1, 8)), np.zeros((2 * len(kinds.CUES), 8)), np.zeros(8), {})


Row = list[float]


def _replay(
    window: Window, threader: Threader
) -> Iterator[tuple[Labelled, Traits, dict[int, float]]]:
    """Each item with its candidates, while the labels say where everything before it stands."""
    for item in window.items:
        if not is_roundup(item.article.title, item.article.text):
            traits = threader.read(item.article, item.vector).source.traits
            yield item, traits, threader.candidates(traits)
            threader.accept(item.article, item.vector, _gold(item))


def _gold(item: Labelled) -> Placement:
    thread = item.thread or f"alone {item.article.id}"
    return Placement(item.article.id, thread, "report", 1.0, "joins", "label", "other")


def pair_rows(window: Window, vocabulary: Vocabulary) -> tuple[list[Row], list[int], list[float]]:
    """Pair features of every item with its candidates, whether they are one event, and a weight:
    each item counts alike, however many candidates it has."""
    threader = Threader(_NEUTRAL, vocabulary=vocabulary, kind_model=_no_kind())
    rows, labels, weights = [], [], []
    for item, traits, near in _replay(window, threader):
        for id_, cosine in near.items():
            rows.append(pair_features(traits, threader.traits(id_), cosine))
            thread = item.thread is not None and threader.thread_of(id_) == item.thread
            labels.append(int(thread))
            weights.append(1.0)
    return rows, labels, weights


def thread_rows(window: Window, vocabulary: Vocabulary, pair: Line) -> tuple[list[Row], list[int]]:
    """Thread features of every item with its likeliest threads, and whether it belongs."""
    threader = Threader(replace(_NEUTRAL, pair=pair), vocabulary=vocabulary, kind_model=_no_kind())
    rows, labels = [], []
    for item, traits, near in _replay(window, threader):
        for candidate in threader.weigh(traits, near):
            rows.append(list(candidate.row))
            labels.append(int(candidate.thread.id == item.thread))
    return rows, labels


def fit_line(rows: list[Row], labels: list[int], strength: float) -> Line:
    """Logistic regression on standardised features, given back on the plain ones."""
    import numpy as np
    from sklearn.linear_model import LogisticRegression

    x, y = np.array(rows), np.array(labels)
    centre, spread = x.mean(axis=0), x.std(axis=0) + 1e-9
    model = LogisticRegression(C=strength, max_iter=2000).fit((x - centre) / spread, y)
    weights = model.coef_[0] / spread
    return Line(tuple(map(float, weights)), float(model.intercept_[0] - weights @ centre))


# --- kinds


def fit_kind(windows: Sequence[Window], *, words: int = 2000, strength: float = 1.0) -> kinds.Model:
    """A multinomial regression over vectors and the commonest words of labelled items."""
    import numpy as np
    from sklearn.linear_model import LogisticRegression

    items = [i for w in windows for i in w.items if i.kind is not None]
    said = [kinds.terms(i.article.title, i.article.text) for i in items]
    counts = Counter(t for terms in said for t in terms)
    chosen = sorted(t for t, n in counts.most_common(words) if n >= 3)
    at = {t: n for n, t in enumerate(chosen)}
    dimension = len(items[0].vector)
    x = np.zeros((len(items), dimension + len(chosen) + 2 * len(kinds.CUES)), dtype=np.float32)
    for row, (item, terms) in enumerate(zip(items, said, strict=True)):
        x[row, :dimension] = item.vector * VECTOR_SCALE
        known = [at[t] for t in terms if t in at]
        x[row, [dimension + k for k in known]] = WORD_SCALE / math.sqrt(max(1, len(known)))
        x[row, dimension + len(chosen) :] = kinds.cues(item.article.title, item.article.text)
    y = [KINDS.index(i.kind) for i in items if i.kind is not None]
    sizes = Counter(i.thread for i in items)
    weights = [1 / math.sqrt(sizes[i.thread]) for i in items]
    x[:, dimension + len(chosen) :] *= CUE_SCALE
    model = LogisticRegression(C=strength, max_iter=3000).fit(x, y, sample_weight=weights)
    coefficients = np.zeros((x.shape[1], len(KINDS)), dtype=np.float32)
    bias = np.full(len(KINDS), -20.0, dtype=np.float32)
    coefficients[:, model.classes_] = model.coef_.T
    bias[model.classes_] = model.intercept_
    of_vector, of_word, of_cue = np.split(coefficients, [dimension, dimension + len(chosen)])
    return kinds.Model(
        of_vector * VECTOR_SCALE, of_word * WORD_SCALE, of_cue * CUE_SCALE, bias, at
    )


def write_kind(model: kinds.Model, origin: str) -> None:
    """The shipped file, half precision."""
    import numpy as np

    np.savez_compressed(
        PARAMETERS / "kind.npz",
        of_vector=model.of_vector.astype(np.float16),
        of_word=model.of_word.astype(np.float16),
        of_cue=model.of_cue.astype(np.float16),
        bias=model.bias,
        words=np.array(sorted(model.words, key=lambda w: model.words[w])),
        origin=np.array(origin),
    )
