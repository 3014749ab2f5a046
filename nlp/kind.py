"""A thread's members → its kind; kind and details → its section.

In: vectors and words. Out: one of the eight kinds of the labelling guide. A linear model over the
embedding, the words of title and lead by their rarity, and cues, fitted by `nlp.train`; a thread's
kind is the one with the highest mean chance over its members.
"""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from breachwire.model import KINDS, SECTION_OF_KIND, Detail, Kind, Section
from nlp.features import LEAD, PARAMETERS, clean, stem, tokens
from nlp.folding import lower_pattern

if TYPE_CHECKING:
    from breachwire.model import Vector

Scores = Any
"""Log-probabilities, numpy shape (8,), in the order of `KINDS`."""


@cache
def patterns() -> tuple[re.Pattern[str], ...]:
    """The cues of `parameters/cues.toml`, in its order, for text in lower case: to ignore case
    would cost twice as much."""
    table: dict[str, list[str]] = tomllib.loads((PARAMETERS / "cues.toml").read_text("utf-8"))
    return tuple(re.compile(rf"\b(?:{lower_pattern('|'.join(each))})\b") for each in table.values())


@dataclass(frozen=True, slots=True)
class Model:
    """Weights of the linear model."""

    of_vector: Any
    """(dimension, 8)"""
    of_word: Any
    """(vocabulary, 8)"""
    of_cue: Any
    """(2 · cues, 8): in the title, then in the lead."""
    bias: Any
    """(8,)"""
    words: dict[str, int]
    rarity: Any
    """Of each word, shape (vocabulary,): inverse document frequency among the labelled items."""

    def scores(self, title: str, text: str, vector: Vector) -> Scores:
        """Log-probabilities of the kinds for one article."""
        import numpy as np

        raw = self.bias + np.asarray(vector, dtype=np.float32) @ self.of_vector
        for some in terms(title, text):
            known = [self.words[t] for t in some if t in self.words]
            if known:
                rarity = self.rarity[known]
                raw = raw + rarity @ self.of_word[known] / math.sqrt(rarity @ rarity)
        raw = raw + cues(title, text) @ self.of_cue
        raw = raw - raw.max()
        return raw - np.log(np.exp(raw).sum())


@cache
def model() -> Model:
    """The shipped weights."""
    return read(PARAMETERS / "kind.npz")


def read(path: Path) -> Model:
    """Weights that `write` left. Raises OSError, EOFError, ValueError, KeyError, BadZipFile."""
    import numpy as np

    with np.load(path, allow_pickle=False) as stored:
        words = [str(w) for w in stored["words"]]
        return Model(
            of_vector=stored["of_vector"].astype(np.float32),
            of_word=stored["of_word"].astype(np.float32),
            of_cue=stored["of_cue"].astype(np.float32),
            bias=stored["bias"].astype(np.float32),
            words={w: i for i, w in enumerate(words)},
            rarity=stored["rarity"].astype(np.float32),
        )


def write(weights: Model, origin: str, path: Path) -> None:
    """The file that `read` reads, half precision. `origin`: what it was fitted on."""
    import numpy as np

    np.savez_compressed(
        path,
        of_vector=weights.of_vector.astype(np.float16),
        of_word=weights.of_word.astype(np.float16),
        of_cue=weights.of_cue.astype(np.float16),
        bias=weights.bias,
        rarity=weights.rarity.astype(np.float16),
        words=np.array(sorted(weights.words, key=lambda w: weights.words[w]), dtype=str),
        origin=np.array(origin),
    )


def cues(title: str, text: str) -> Any:
    """Which cues the title has and which the lead, numpy shape (2 · cues,)."""
    import numpy as np

    parts = (title.lower(), _opening(text).lower())
    hits = [bool(p.search(part)) for part in parts for p in patterns()]
    return np.array(hits, dtype=np.float32)


def terms(title: str, text: str) -> tuple[set[str], set[str]]:
    """What the vocabulary is made of: words of the title ("t:…"), and words of title or lead."""
    head = {stem(w) for w in tokens(title)}
    return {f"t:{w}" for w in head}, head | {stem(w) for w in tokens(_opening(text))}


def _opening(text: str) -> str:
    """What is read of a text. The labelled items are summaries: in a whole article every cue
    stands somewhere."""
    return clean(text)[:LEAD]


def kind_of(scores: Iterable[Scores]) -> Kind:
    """The kind of a thread from its members' scores; "other" for none.

    Chances are added, not their logarithms: one member that rules a kind out has one vote.
    """
    import numpy as np

    rows = list(scores)
    if not rows:
        return "other"
    total = sum(np.exp(row) for row in rows)
    return KINDS[int(total.argmax())]


def section_of(kind: Kind, details: Sequence[Detail]) -> Section:
    """A kind's section; a breach whose ledger says ransomware, undenied, is "Ransomware".

    Extortion alone is not: data can be stolen and a price be asked without any.
    """
    ransomware = any(
        d.field == "attack_type" and d.value == "ransomware" and d.status != "denied"
        for d in details
    )
    if kind == "breach" and ransomware:
        return "Ransomware"
    return SECTION_OF_KIND[kind]
