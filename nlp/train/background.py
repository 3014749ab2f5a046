"""Unlabelled items → how rare words are: `parameters/background.json`, and the vocabularies that
training and evaluation read a window with.

In: items, titles and leads. Out: document frequencies; for each window, frequencies that have not
heard it: the news to come is unheard of, too.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from nlp import features
from nlp.features import Vocabulary
from nlp.train.labelled import Window

LEAST: Final = 3
"""Documents a word must stand in to be shipped: rarer ones are as good as unseen."""

UNKNOWN: Final = -1
"""Percent of a word that running text never shows."""

_RUNNING = re.compile(r"(?<![.!?:\"“‘'’(]\s)(?<=[a-z,;] )[A-Za-z][A-Za-z0-9]+")

VocabularyOf = Callable[[], Vocabulary]


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
