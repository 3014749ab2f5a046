"""How many rows have what is looked for, up to a bound: groups of a query → numbers.

In: tsqueries. Out: a number each, the bound itself for as many or more. Counting takes an entry of
the index for each row that has it, and a look at the rows up to the bound. So a common word is not
counted: what the server noted of the commonest words when it last looked through the table says
enough. Of a word that it noted nothing of it takes one row in 200 to have it, which is no news.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Connection

_COMMON: Final = 20
_UNKNOWN: Final = 100
"""Words are taken for common where by what was noted one row in 20 has them, and twice as many as
are thought to have words that nothing was noted of."""


def counts(connection: Connection, table: str, groups: Sequence[str], most: int) -> dict[str, int]:
    """How many rows have each; no more than so many are counted."""
    found = dict.fromkeys(_common(connection, table, groups, most), most)
    rest = [group for group in dict.fromkeys(groups) if group not in found]
    if rest:
        few = (
            f"(SELECT count(*) FROM (SELECT 1 FROM {table}"  # noqa: S608
            f" WHERE words @@ CAST(%s AS tsquery) LIMIT {int(most)}) AS few)"
        )
        statement = "SELECT " + ", ".join(few for _ in rest)
        row = connection.exec_driver_sql(statement, tuple(rest)).one()
        found |= dict(zip(rest, row, strict=True))
    return found


def _common(connection: Connection, table: str, groups: Sequence[str], most: int) -> list[str]:
    """Words, or any of some, that the planner knows far more rows to have than need be counted."""
    words = [group for group in dict.fromkeys(groups) if not set("&<!:") & set(group)]
    if not words:
        return []
    one = f"SELECT 1 FROM {table}"  # noqa: S608
    each = f" UNION ALL {one} WHERE words @@ CAST(%s AS tsquery)"
    statement = f"EXPLAIN (FORMAT JSON) {one}{each * len(words)}"
    plan: Any = connection.exec_driver_sql(statement, tuple(words)).scalar_one()
    parts = plan[0]["Plan"].get("Plans", [])
    if len(parts) != 1 + len(words):
        return []  # one finds nothing for sure, and is no part of the plan
    size, *rows = (float(part["Plan Rows"]) for part in parts)
    return [
        word
        for word, number in zip(words, rows, strict=True)
        if number > max(2 * most, size / _COMMON, size / _UNKNOWN * (1 + word.count("|")))
    ]
