"""Link rules → whom an article must, or must not, stand with.

In: the rules that editors' acts left. Out: lookups by article. Nothing is inferred: an edit lays
down every pair that it speaks of.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from breachwire.model import LinkRule


class Rules:
    """The rules that hold, by article."""

    def __init__(self, rules: Iterable[LinkRule] = ()) -> None:
        self._must: dict[int, dict[int, int]] = defaultdict(dict)
        self._apart: dict[int, set[int]] = defaultdict(set)
        for rule in rules:
            for one, other in ((rule.low, rule.high), (rule.high, rule.low)):
                if rule.must:
                    self._must[one][other] = rule.edit
                else:
                    self._apart[one].add(other)

    def must(self, article: int) -> list[int]:
        """Whom it must stand with, by the newest edit first."""
        partners = self._must.get(article, {})
        return sorted(partners, key=lambda id_: (-partners[id_], id_))

    def must_not(self, article: int) -> frozenset[int]:
        """Whom it must not stand with."""
        return frozenset(self._apart.get(article, ()))

    def keep_apart(self, these: Iterable[int], those: Iterable[int]) -> bool:
        """Whether any of these must not stand with any of those."""
        others = frozenset(those)
        return any(not others.isdisjoint(self._apart.get(id_, ())) for id_ in these)

    def bind(self, these: Iterable[int], those: Iterable[int]) -> bool:
        """Whether any of these must stand with any of those."""
        others = frozenset(those)
        return any(not others.isdisjoint(self._must.get(id_, ())) for id_ in these)
