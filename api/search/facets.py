"""Facets and what to loosen: threads found → counts by filter; nothing found → what would help.

In: a store, threads, filters. Out: dicts for the API and the page.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from breachwire.store import Store, Terms, ThreadFilter

AGES: Final = (("24h", 1), ("7d", 7), ("30d", 30), ("365d", 365))
_FILTERS: Final = (
    "section", "since", "until", "source", "victim", "actor", "third_party", "sector",
    "attack_type", "data_type", "cve", "status",
)  # fmt: skip
COUNTED: Final = 200
"""Threads that are counted. Of many a search finds some hundred, so that the counts are those of a
choice in any case."""
_TRIED: Final = 6
"""Words that are left out in turn."""


def facets(store: Store, threads: Sequence[str], now: datetime) -> dict[str, list[dict[str, Any]]]:
    """By filter, values with the number of threads that have each: of the best `COUNTED`."""
    since = {age: now - timedelta(days=days) for age, days in AGES}
    return {
        name: [{"value": value, "count": count} for value, count in pairs]
        for name, pairs in store.facets(threads[:COUNTED], since).items()
    }


def loosened(
    where: ThreadFilter, terms: Terms, count: Callable[[ThreadFilter, Terms], int]
) -> list[dict[str, Any]]:
    """What to leave out, and how many threads there are then, most first; nothing that finds
    nothing. A search takes what has any of its words: where it finds without a filter, no word was
    in the way, and none is tried."""
    found: list[dict[str, Any]] = []
    for name, value, looser, words in _looser(where, terms):
        if name == "word" and any(one["drop"] not in ("without", "word") for one in found):
            break
        if number := count(looser, words):
            found.append({"drop": name, "value": value, "count": number})
    return sorted(found, key=lambda one: -int(str(one["count"])))


def _looser(where: ThreadFilter, terms: Terms) -> Iterator[tuple[str, str, ThreadFilter, Terms]]:
    for name in _FILTERS:
        if (value := getattr(where, name)) is not None:
            shown = value.isoformat() if isinstance(value, datetime) else str(value)
            without: dict[str, Any] = {name: None}
            yield name, shown, replace(where, **without), terms
    if where.kinds:
        yield "kind", ", ".join(where.kinds), replace(where, kinds=()), terms
    for word in terms.unwanted[:_TRIED]:
        rest = tuple(other for other in terms.unwanted if other != word)
        yield "without", word, where, Terms(terms.wanted, rest)
    for group in terms.wanted[:_TRIED] if len(terms.wanted) > 1 else ():
        kept = tuple(other for other in terms.wanted if other != group)
        yield "word", group[0], where, Terms(kept, terms.unwanted)
