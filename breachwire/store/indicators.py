"""Indicators: an article's, in the order they stand in it → rows → the same, equal.

In: values of `breachwire.model`. Out: the same. An indicator is its article's n-th row; by type and
value, an index finds the articles that give it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Connection, delete, select

from breachwire.model import INDICATOR_TYPES, Evidence, Indicator
from breachwire.store.dialects import Spelled
from breachwire.store.rows import as_json, chunks, insert_rows
from breachwire.store.tables import indicator

_PACKAGES: Final = ("npm", "pypi", "cargo", "gem", "maven", "nuget", "golang", "composer", "docker")
"""Types of purl that supply-chain reports name."""
_GIVING: Final = Spelled(
    """
    SELECT i.article FROM json_each(?) AS kinds CROSS JOIN json_each(?) AS forms
    CROSS JOIN indicator AS i ON i.type = kinds.value AND i.value = forms.value LIMIT ?
    """,
    """
    SELECT article FROM indicator
    WHERE type IN (SELECT json_array_elements_text(CAST(%s AS json)))
    AND value IN (SELECT json_array_elements_text(CAST(%s AS json))) LIMIT %s
    """,
)
_VERSIONED: Final = Spelled(
    """
    SELECT i.article FROM json_each(?) AS named CROSS JOIN indicator AS i
    ON i.type = 'package' AND i.value BETWEEN named.value || '@' AND named.value || '@\uffff'
    LIMIT ?
    """,
    """
    SELECT i.article FROM json_array_elements_text(CAST(%s AS json)) AS named
    JOIN indicator AS i ON i.type = 'package'
    AND i.value BETWEEN named.value || '@' AND named.value || '@\uffff' LIMIT %s
    """,
)
"""CROSS JOIN: so that SQLite looks each value up, whatever it thinks of the table."""


def of(connection: Connection, articles: Sequence[int]) -> dict[int, tuple[Indicator, ...]]:
    """By article; those without any have an empty tuple."""
    found: dict[int, list[Indicator]] = {id: [] for id in articles}
    for ids in chunks(found):
        query = select(indicator).where(indicator.c.article.in_(ids))
        for row in connection.execute(query.order_by(indicator.c.article, indicator.c.n)):
            found[row.article].append(_read(row))
    return {id: tuple(some) for id, some in found.items()}


def giving(connection: Connection, value: str, limit: int) -> list[int]:
    """Articles that give it, newest first (`Store.indicated`)."""
    plain = value.strip().strip("[]")
    forms = {plain, plain.lower(), plain.upper()}
    named = [f"pkg:{type_}/{plain.lower()}" for type_ in _PACKAGES]
    asked = (
        (_GIVING, (as_json(INDICATOR_TYPES), as_json(forms), limit)),
        (_GIVING, (as_json(("package",)), as_json(named), limit)),
        (_VERSIONED, (as_json(named), limit)),
    )
    found: set[int] = set()
    for statement, values in asked:
        found |= set(connection.exec_driver_sql(statement.on(connection), values).scalars())
    return sorted(found, reverse=True)[:limit]


def save(connection: Connection, articles: Sequence[int], given: Sequence[Indicator]) -> None:
    """Replace those of these articles (`Store.save_indicators`); the same again writes nothing."""
    wanted: dict[int, list[Indicator]] = {id: [] for id in articles}
    for one in given:
        wanted.setdefault(one.evidence.article, []).append(one)
    stored = of(connection, list(wanted))
    changed = [id for id, some in wanted.items() if _rows(some) != _rows(stored[id])]
    for ids in chunks(changed):
        connection.execute(delete(indicator).where(indicator.c.article.in_(ids)))
    insert_rows(connection, indicator, [row for id in changed for row in _rows(wanted[id])])


def _rows(some: Sequence[Indicator]) -> list[dict[str, Any]]:
    return [
        {
            "article": one.evidence.article,
            "n": n,
            "type": one.type,
            "value": one.value,
            "where": one.evidence.where,
            "start": one.evidence.start,
            "end": one.evidence.end,
            "quote": one.evidence.quote,
            "sentence_start": one.sentence.start,
            "sentence_end": one.sentence.end,
            "sentence_quote": one.sentence.quote,
        }
        for n, one in enumerate(some)
    ]


def _read(row: Any) -> Indicator:
    place = row.article, row.where
    return Indicator(
        row.type,
        row.value,
        Evidence(*place, row.start, row.end, row.quote),
        Evidence(*place, row.sentence_start, row.sentence_end, row.sentence_quote),
    )
