"""Real words and their frequencies → invented texts, titles and names with the same.

In: the recorded wire beside this checkout (its words are read when the benchmark runs and are kept
nowhere), else the demonstration's stories. Out: texts in which a word stands as often as it does
there, and comes again within a text as real words do: every text has a topic, which is one source
text, and draws part of its words from that alone.
"""

from __future__ import annotations

import gzip
import html
import json
import os
import random
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from breachwire.demo import corpus as demonstration

OWN: Final = 0.32
"""Share of a text's words that come from its topic's source alone: 300 words then hold 190
different ones, as the first 300 of the recorded wire's full texts do (without topics: 233)."""
SENTENCE: Final = 18
_TAG: Final = re.compile(r"<[^>]+>")
_WORD: Final = re.compile(r"\w[\w.'’-]*\w|\w")
Indices = NDArray[np.int64]


@dataclass(frozen=True)
class Vocabulary:
    """Words and how often they stand where."""

    words: NDArray[np.object_]
    flat: Indices
    """Every word of every source, one after the other."""
    starts: Indices
    """Where each source begins in `flat`; one more at the end."""
    titles: list[str]
    """Of the sources: what a topic is about in words."""
    outlets: list[tuple[str, int]]

    @property
    def topics(self) -> int:
        """How many sources there are."""
        return len(self.starts) - 1

    def draw(self, rng: np.random.Generator, topics: Indices, length: int) -> Indices:
        """Indices of words, a row a text."""
        shape = (len(topics), length)
        anywhere = self.flat[rng.integers(0, len(self.flat), shape)]
        sizes = np.diff(self.starts)[topics][:, None]
        own = self.flat[self.starts[topics][:, None] + (rng.random(shape) * sizes).astype(np.int64)]
        return np.where(rng.random(shape) < OWN, own, anywhere)

    def texts(self, rows: Indices) -> Iterator[str]:
        """Rows of words as sentences."""
        for row in self.words[rows].tolist():
            parts = [row[at : at + SENTENCE] for at in range(0, len(row), SENTENCE)]
            yield " ".join(f"{part[0][:1].upper()}{' '.join(part)[1:]}." for part in parts)

    def frequent(self, number: int, longest: int = 3) -> list[str]:
        """The most frequent words of more letters than `longest`."""
        counts = np.bincount(self.flat, minlength=len(self.words))
        order = np.argsort(-counts)
        found = (str(self.words[i]) for i in order)
        kept = (word for word in found if len(word) > longest and word.isalpha())
        return [word for word, _ in zip(kept, range(number), strict=False)]


SHARED: Final = Path(
    os.environ.get("BREACHWIRE_SHARED", Path(__file__).resolve().parents[2].parent / "shared")
)


def learn(shared: Path = SHARED) -> Vocabulary:
    """From the recorded wire under `shared`, else from the demonstration."""
    wire = shared / "data" / "wire"
    sources = list(_recorded(wire) if wire.is_dir() else _demonstrated())
    number: dict[str, int] = {}
    flat: list[int] = []
    starts = [0]
    titles = []
    outlets: Counter[str] = Counter()
    for title, text, outlet in sources:
        words = _WORD.findall(f"{title} {text}")
        if len(words) < 8:
            continue
        flat += [number.setdefault(word, len(number)) for word in words]
        starts.append(len(flat))
        titles.append(title)
        outlets[outlet] += 1
    return Vocabulary(
        np.array(list(number), dtype=object), np.array(flat), np.array(starts), titles,
        outlets.most_common(),
    )  # fmt: skip


def _recorded(folder: Path) -> Iterator[tuple[str, str, str]]:
    """Title, text and outlet of each; the whole text where it is there."""
    whole = {row["url"]: row["content_html"] for row in _rows(folder / "fulltext.jsonl.gz")}
    for row in _rows(folder / "items.jsonl.gz"):
        text = html.unescape(_TAG.sub(" ", whole.get(row["url"], "")))
        yield row["title"], text or row["summary"], row["source"]


def _rows(file: Path) -> Iterator[dict[str, str]]:
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def _demonstrated() -> Iterator[tuple[str, str, str]]:
    for story in demonstration.articles():
        yield story.title, story.text, story.outlet.name


class Names:
    """Invented names: letters follow each other as they do in the capitalised words of the
    sources."""

    def __init__(self, vocabulary: Vocabulary, seed: int) -> None:
        self._rng = random.Random(seed)
        self._next: dict[str, list[str]] = {}
        for word in vocabulary.words.tolist():
            if word.isascii() and word.isalpha() and word[0].isupper() and word[1:].islower():
                letters = f"^^{word.lower()}$"
                for at in range(len(letters) - 2):
                    self._next.setdefault(letters[at : at + 2], []).append(letters[at + 2])

    def word(self) -> str:
        """Five to eleven letters."""
        while True:
            letters = "^^"
            while letters[-1] != "$" and len(letters) < 14:
                letters += self._rng.choice(self._next.get(letters[-2:], ["$"]))
            if letters[-1] == "$" and 5 <= len(letters) - 3 <= 11:
                return letters[2:-1].capitalize()

    def many(self, number: int, tails: Sequence[str]) -> list[str]:
        """Distinct names; each with one of the tails, an empty one for none."""
        found: dict[str, None] = {}
        while len(found) < number:
            tail = self._rng.choice(tails)
            found[f"{self.word()} {tail}".strip()] = None
        return list(found)
