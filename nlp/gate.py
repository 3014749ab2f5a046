"""How likely a claim is a fact of the article's own incident, and which claims are let through.

In: an article's passages, parties and tags, and a span with its field and value. Out: a chance, by
logistic regression over features that a reader would name: field and value, where the words stand,
how plainly the article reports an incident, whether its victim is named there, what the tagger
makes of the words, what their clause makes of them (`clauses`), who speaks. The weights
(`parameters/gate.json`) are fitted by `nlp.train_gate` on judgements of claims in full articles.

Rules of the gate: names, counts, sums and dates in the title and the lead pass; what is claimed,
denied or disputed always passes, and so does how much intruders took; anything else needs the
probability that `least` gives its field.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from breachwire.model import Article, Field
from nlp import clauses, names
from nlp.features import PARAMETERS
from nlp.folding import fold
from nlp.odds import chance
from nlp.patterns import one
from nlp.reading import Passage
from nlp.roles import Party
from nlp.status import Voice
from nlp.tagger import FIELDS, Tags

GUARDED: Final[tuple[Field, ...]] = ("data_type", "attack_type", "response", "third_party")
"""Fields that are gated in title and lead as well."""
SAID: Final = ("claimed", "denied", "disputed")
"""Statuses that always pass: a claim is marked as one, a denial is never left out."""
OF_FIELD: Final[tuple[Field, ...]] = (
    "victim", "actor", "third_party", "affected", "volume", "data_type", "attack_type", "cve",
    "money", "date", "response",
)  # fmt: skip
_MEASURED: Final[tuple[Field, ...]] = ("affected", "volume")
"""Fields that pass where a sentence says that intruders took something: how much, a reader needs,
and few of the judged claims tell what a volume is like."""
_GATES: Final = ("flaw", "firm", "technique", "hard")
_KINDS: Final = ("victim", "authority", "researcher", "outlet", "attacker", "third_party")
_PARTIES: Final = ("victim", "actor", "third_party")
_VALUED: Final[tuple[Field, ...]] = ("attack_type", "response")
"""Fields whose values weigh by themselves; those of data_type did not, on articles left out."""
_CROSSING: Final = ("victim known", "victim named", "sentence tool", "title tool", "flaw only")
_CROSSED: Final[tuple[Field, ...]] = ("data_type", "attack_type", "response", "third_party", "date")
"""Fields for which a known victim and the signs of a tool count on their own (_CROSSING)."""


@dataclass(frozen=True, slots=True)
class Weights:
    """A logistic regression over named features; those it does not name weigh nothing."""

    bias: float
    of: dict[str, float]
    least: dict[str, tuple[float, float]]
    """Probability that a claim of a field needs in title and lead, and below them."""

    def chance(self, row: dict[str, float]) -> float:
        """Probability from a row of features."""
        odds = self.bias + sum(self.of.get(name, 0.0) * value for name, value in row.items())
        return chance(odds)


@cache
def shipped() -> Weights:
    """What `parameters/gate.json` holds."""
    return read(PARAMETERS / "gate.json")


def read(path: Path) -> Weights:
    """Weights as `nlp.train_gate` writes them. Raises OSError, ValueError, KeyError."""
    stored = json.loads(path.read_text("utf-8"))
    least = {field: (float(a), float(b)) for field, (a, b) in stored["least"].items()}
    return Weights(float(stored["bias"]), stored["weights"], least)


class Gate:
    """The gate of one article."""

    def __init__(
        self,
        article: Article,
        passages: Sequence[Passage],
        cast: Sequence[Party],
        tags: Tags,
        odds: float,
        weights: Weights | None = None,
    ) -> None:
        self._article, self._tags = article, tags
        self._weights = weights or shipped()
        self._passages = {passage.index: passage for passage in passages}
        self._hit = _keys(cast, "victim")
        self._known = self._hit | _keys(cast, "actor") | _keys(cast, "third_party")
        self._whole = dict(self._of_article(passages, cast, odds))

    def fits(
        self, field: Field, value: Any, passage: Passage, start: int, end: int, voice: Voice
    ) -> bool:
        """Whether a claim passes."""
        if voice.status in SAID or (passage.opens and field not in GUARDED):
            return True
        if field in _MEASURED and one("gates", "copied").search(passage.low):
            return True
        needed = self._weights.least[field][0 if passage.opens else 1]
        return self._weights.chance(self.row(field, value, passage, start, end, voice)) >= needed

    def row(
        self, field: Field, value: Any, passage: Passage, start: int, end: int, voice: Voice
    ) -> dict[str, float]:
        """The features of a claim by name; those that are absent are 0."""
        row = {f"field {field}": 1.0, **self._whole}
        if field in _VALUED:
            row[f"{field} {value}"] = 1.0
        row.update(self._place(passage))
        row.update(self._tagged(field, passage, start, end))
        here = dict(self._words(passage, start, end))
        row.update(here)
        row[f"voice {voice.kind}"] = 1.0
        row[f"status {voice.status}"] = 1.0
        row["named asserter"] = float(voice.asserter is not None)
        if field in _PARTIES:
            row["again"] = math.log(max(1, self._count(value)))
        if field in _CROSSED:
            for name in _CROSSING:
                row[f"{field} × {name}"] = row.get(name, 0.0)
        return row

    def _of_article(
        self, passages: Sequence[Passage], cast: Sequence[Party], odds: float
    ) -> Iterator[tuple[str, float]]:
        opening = [passage.low for passage in passages if passage.index <= 2]
        title = passages[0].low if passages else ""
        seen = {g: any(one("gates", g).search(low) for low in opening) for g in _GATES}
        yield "incident score", max(-4.0, min(4.0, odds))
        for gate in _GATES:
            yield f"opening {gate}", float(seen[gate])
        for sign in ("tool", "flaw", "befell", "tested"):
            yield f"title {sign}", float(sign in clauses.of_sentence(title))
        victims = [party for party in cast if party.role == "victim"]
        yield "victim known", float(bool(victims))
        yield "victim named", float(any(not names.generic(party.value) for party in victims))
        yield "actor known", float(any(party.role == "actor" for party in cast))
        yield "flaw only", float(seen["flaw"] and not victims and not seen["hard"])
        yield "long", float(len(passages) > 12)

    def _place(self, passage: Passage) -> Iterator[tuple[str, float]]:
        yield "in title", float(passage.where == "title")
        yield "in lead", float(passage.where != "title" and passage.opens)
        yield "depth", math.log1p(passage.index)
        near = [self._passages.get(passage.index + step) for step in (-1, 1)]
        yield "victim in sentence", float(self._names(passage, self._hit))
        yield "victim beside", float(any(p is not None and self._names(p, self._hit) for p in near))
        yield "the company", float(bool(one("gates", "anaphor").search(passage.low)))
        strangers = {n.key for n in passage.names if n.kind != "place"} - self._known
        yield "other names", float(min(5, len(strangers)))

    def _names(self, passage: Passage, keys: frozenset[str]) -> bool:
        return any(name.key in keys for name in passage.names)

    def _tagged(
        self, field: Field, passage: Passage, start: int, end: int
    ) -> Iterator[tuple[str, float]]:
        base = passage.start + (0 if passage.where == "title" else len(self._article.title) + 1)
        if not len(self._tags.over(base + start, base + end)):
            return
        told = self._tags.field(base + start, base + end)
        yield "tagger read it", 1.0
        yield "tagger log field", math.log(float(told[FIELDS.index(field)]) + 0.02) + 4
        yield "tagger nothing", float(told[0])

    def _words(self, passage: Passage, start: int, end: int) -> Iterator[tuple[str, float]]:
        for sign in clauses.before(passage, start):
            yield f"clause {sign}", 1.0
        for sign in clauses.of_sentence(passage.low):
            yield f"sentence {sign}", 1.0
        yield "quoted", float(clauses.quoted(passage, start))
        yield "opens sentence", float(start < 12)
        yield "length", math.log1p(end - start)
        yield "sentence length", math.log1p(len(passage.low)) - 4

    def _count(self, value: Any) -> int:
        """How often a party's name stands in the article."""
        low = fold(str(value))
        return sum(passage.low.count(low) for passage in self._passages.values())


def _keys(cast: Sequence[Party], role: str) -> frozenset[str]:
    return frozenset(m.name.key for party in cast if party.role == role for m in party.mentions)
