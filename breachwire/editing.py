"""What the editors' pages may do: a store, a model's name and a clock → `api.services.Editing`.

In: a store. Out: the acts of `breachwire.pipeline`, each at the time it is asked for, and
what `breachwire.pipeline.explained` finds, as grounds in words.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

from breachwire.model import Edit, Ground, LinkRule, Placement, Verdict
from breachwire.pipeline import edits, proposals
from breachwire.pipeline.explained import Explained, explained
from breachwire.store import Store
from nlp.explain import Explanation, Term

SHOWN: Final = 8
"""Features of each comparison; the rest weighs little."""
_STATES: Final = {"open": None, "accepted": True, "refused": False}
_KINDS: Final = {"merge": True, "split": False}


class Editors:
    """The acts on one store; safe from any thread, as the store is."""

    def __init__(
        self,
        store: Store,
        model: Callable[[], str],
        now: Callable[[], datetime],
        calibrations: Path | None = None,
    ) -> None:
        self._store = store
        self._model = model
        self._now = now
        self._calibrations = calibrations

    def merge(self, keep: str, other: str, *, who: str, why: str) -> Edit:
        return edits.merge(self._store, keep, other, who=who, why=why, now=self._now())

    def split(self, thread: str, articles: Sequence[int], *, who: str, why: str) -> Edit:
        return edits.split(self._store, thread, articles, who=who, why=why, now=self._now())

    def move(self, article: int, thread: str, *, who: str, why: str) -> Edit:
        return edits.move(self._store, article, thread, who=who, why=why, now=self._now())

    def undo(self, edit: int, *, who: str, why: str) -> Edit:
        return edits.undo(self._store, edit, who=who, why=why, now=self._now())

    def accept(self, proposal: int, *, who: str, why: str) -> Edit:
        return proposals.accept(self._store, proposal, who=who, why=why, now=self._now())

    def refuse(self, proposal: int, *, who: str, why: str) -> Edit:
        return proposals.refuse(self._store, proposal, who=who, why=why, now=self._now())

    def explain(self, a: str, b: str) -> Verdict:
        found = explained(self._store, self._model(), a, b, calibrations=self._calibrations)
        asked = {a, b, found.left.thread, found.right.thread}
        grounds = [*_rules(self._store, found.rules), *_decided(found, asked)]
        if found.evidence is None:
            titles = {article.id: article.title for article in found.left.articles}
            grounds += [_placed(p, titles[p.article]) for p in found.left.placements]
        else:
            grounds += _weighed(found, found.evidence)
        return Verdict(a, b, found.together, tuple(grounds))


def _rules(store: Store, rules: Sequence[LinkRule]) -> Iterator[Ground]:
    counted = Counter((rule.edit, rule.must) for rule in rules)
    for (edit, must), pairs in sorted(counted.items(), reverse=True):
        some = "1 pair of articles" if pairs == 1 else f"{pairs} pairs of articles"
        word = "must" if must else "must not"
        yield Ground(f"{store.edit(edit).who} said that {some} {word} stand together", must)


def _decided(found: Explained, asked: set[str | None]) -> Iterator[Ground]:
    """Edits that moved articles from one to the other, and proposals on the two."""
    for edit in found.edits:
        if any({old, new} <= asked for _, old, new in edit.moves):
            undone, why = ", undone since" if edit.undone else "", edit.why and f": {edit.why}"
            speaks = None if edit.undone else _KINDS.get(edit.what)
            yield Ground(f"Edit {edit.id}, a {edit.what} by {edit.who}{undone}{why}", speaks)
    for one in found.proposals:
        speaks = _STATES.get(one.state) if one.what == "merge" else None
        yield Ground(f"Proposal to {one.what} ({one.state}): {one.reason}", speaks, one.score)


def _placed(placement: Placement, title: str) -> Ground:
    speaks = None if placement.method == "opens" else True
    text = f"“{title}” {placement.method}: {placement.reason}"
    return Ground(text, speaks, None if speaks is None else placement.score)


def _weighed(found: Explained, evidence: Explanation) -> Iterator[Ground]:
    """The closest pair, and the later of the two against the whole other thread."""
    titles = {a.id: a.title for side in (found.left, found.right) for a in side.articles}
    for words in evidence.contradictions:
        yield Ground(f"A contradiction: {words}", False)
    if evidence.copy:
        yield Ground(f"The later is a copy: {evidence.copy}", True)
    if evidence.shared:
        yield Ground(f"In both: {', '.join(evidence.shared)}", True)
    pair, whole = evidence.pair, evidence.whole
    closest = f"“{titles[evidence.left]}” and “{titles[evidence.right]}”"
    yield Ground(f"The closest two articles: {closest}", pair.value > 0, pair.probability)
    yield from map(_term, pair.terms[:SHOWN])
    joins = whole.value >= evidence.bar
    yield Ground("The later of them against the other thread as a whole", joins, whole.probability)
    yield from map(_term, whole.terms[:SHOWN])


def _term(term: Term) -> Ground:
    value = "" if term.name == "bias" else f": {term.value:.2f}"
    return Ground(f"{term.words}{value}", term.adds > 0, adds=term.adds)
