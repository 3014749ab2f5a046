"""Queries of every kind, drawn from what a store holds.

In: a store's file and the vocabulary it was made of. Out: lists of `Asked` by kind, the same for
the same seed: identifiers, names and misspelt names that stand in the store, phrases of its texts,
its commonest words, questions, readers' words from titles, and those with filters and dates.
"""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from api.params import thread_filter
from bench.search.corpus import END, KINDS, SECTORS
from bench.search.vocabulary import Names, Vocabulary
from breachwire.store import ThreadFilter

_QUESTIONS: Final = (
    "who was hit by {}", "what happened at {}", "who else was hit through {}",
    "which companies were affected by the {} breach", "how did attackers get into {}",
)  # fmt: skip
_SPANS: Final = (1, 7, 30, 365)
_COMMON: Final = 60
"""The most frequent words of four letters and more that queries of common words are made of."""


@dataclass(frozen=True)
class Asked:
    """One request: the words, the filters as the API takes them, whether the page behind."""

    q: str
    filters: dict[str, str] = field(default_factory=dict)
    later: bool = False
    """The page behind the first one, which is asked for before and not timed."""

    @property
    def where(self) -> ThreadFilter:
        """The filters as the store takes them."""
        return thread_filter(self.filters)


class Sampler:
    """Draws queries."""

    def __init__(self, path: Path, vocabulary: Vocabulary, seed: int) -> None:
        self._rng = random.Random(seed)
        self._v = vocabulary
        self._common = vocabulary.frequent(_COMMON)
        self._nowhere = Names(vocabulary, seed + 1_000)
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as store:
            self._names = {
                kind: _some(store, f"SELECT key FROM party WHERE kind = '{kind}'", self._rng)
                for kind in ("victim", "actor", "third_party", "cve")
            }
            self._texts = _some(store, "SELECT substr(text, 1, 2000) FROM article", self._rng)
            self._outlets = _some(store, "SELECT source FROM article", self._rng)

    def kinds(self) -> dict[str, Callable[[], Asked]]:
        """By name, what makes one more."""
        return {
            "identifier": lambda: Asked(self._name("cve")),
            "name": lambda: Asked(self._name()),
            "misspelt name": lambda: Asked(self._misspelt(self._name())),
            "phrase": lambda: Asked(f'"{self._run(2)}"'),
            "common words": lambda: Asked(" ".join(self._rng.sample(self._common, 3))),
            "words": lambda: Asked(self._words()),
            "question": lambda: Asked(self._rng.choice(_QUESTIONS).format(self._name())),
            "filters": lambda: Asked(self._words(), self._filters()),
            "dates": lambda: Asked(self._words(), self._dates()),
            "common words, dates": lambda: Asked(self._rng.choice(self._common), self._dates()),
            "filters alone": lambda: Asked("", self._filters()),
            "nothing found": lambda: Asked(self._nothing()),
            "next page": lambda: Asked(self._words(), later=True),
        }

    def _name(self, kind: str | None = None) -> str:
        kind = kind or self._rng.choice(("victim", "actor", "third_party"))
        return self._rng.choice(self._names[kind])

    def _misspelt(self, name: str) -> str:
        at = self._rng.randrange(1, max(2, name.find(" ", 3) - 1 if " " in name else len(name) - 1))
        return name[:at] + name[at + 1 : at + 2] + name[at : at + 1] + name[at + 2 :]

    def _run(self, length: int) -> str:
        words = self._rng.choice(self._texts).split()
        at = self._rng.randrange(len(words) - length)
        return " ".join(words[at : at + length]).replace('"', "")

    def _words(self) -> str:
        words = [w for w in self._rng.choice(self._v.titles).split() if len(w) > 3]
        return " ".join(words[: self._rng.randint(2, 4)]) or self._run(2)

    def _filters(self) -> dict[str, str]:
        kind, section, _ = self._rng.choice(KINDS)
        some: list[dict[str, Any]] = [
            {"kind": [kind]}, {"section": section}, {"sector": self._rng.choice(SECTORS)},
            {"source": self._rng.choice(self._outlets)}, {"attack_type": "ransomware"},
            {"victim": self._name("victim")}, {"status": "claimed"},
        ]  # fmt: skip
        return dict(self._rng.choice(some))

    def _dates(self) -> dict[str, str]:
        days = self._rng.choice(_SPANS)
        back = self._rng.choice((0, self._rng.randint(0, 3_000)))
        until = END - timedelta(days=back)
        return {"since": _day(until - timedelta(days=days)), "until": _day(until)}

    def _nothing(self) -> str:
        return f"{self._nowhere.word()}q {self._nowhere.word()}x -{self._rng.choice(self._common)}"


def _some(store: sqlite3.Connection, query: str, rng: random.Random) -> list[str]:
    """At most 500 of a column, each row as likely as another."""
    table = query.split(" FROM ")[1].split()[0]
    last = store.execute(f"SELECT max(rowid), min(rowid) FROM {table}").fetchone()
    word = "AND" if " WHERE " in query else "WHERE"
    found: list[str] = []
    while len(found) < 500:
        at = rng.randint(last[1], last[0])
        row = store.execute(f"{query} {word} rowid >= ? LIMIT 1", (at,)).fetchone()
        found += [row[0]] if row else []
    return found


def _day(when: datetime) -> str:
    return when.isoformat()
