"""What the editors' pages may do: a store and a clock → `api.services.Editing`.

In: a store. Out: the acts of `breachwire.pipeline.edits`, each at the time it is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from breachwire.model import Edit, Explanation
from breachwire.pipeline import edits
from breachwire.pipeline.explain import explain
from breachwire.store import Store


class Editors:
    """The acts on one store; safe from any thread, as the store is."""

    def __init__(self, store: Store, now: Callable[[], datetime]) -> None:
        self._store = store
        self._now = now

    def merge(self, keep: str, other: str, *, who: str, why: str) -> Edit:
        return edits.merge(self._store, keep, other, who=who, why=why, now=self._now())

    def split(self, thread: str, articles: Sequence[int], *, who: str, why: str) -> Edit:
        return edits.split(self._store, thread, articles, who=who, why=why, now=self._now())

    def move(self, article: int, thread: str, *, who: str, why: str) -> Edit:
        return edits.move(self._store, article, thread, who=who, why=why, now=self._now())

    def undo(self, edit: int, *, who: str, why: str) -> Edit:
        return edits.undo(self._store, edit, who=who, why=why, now=self._now())

    def accept(self, proposal: int, *, who: str, why: str) -> Edit:
        return edits.accept(self._store, proposal, who=who, why=why, now=self._now())

    def refuse(self, proposal: int, *, who: str, why: str) -> Edit:
        return edits.refuse(self._store, proposal, who=who, why=why, now=self._now())

    def explain(self, a: str, b: str) -> Explanation:
        return explain(self._store, a, b)
