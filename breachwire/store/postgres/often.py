"""How many rows have what is looked for, up to a bound: groups of a query → numbers.

In: groups of a query. Out: a number each, the bound itself for as many or more. Counting takes an
entry of the index for each row that has it, and a look at the rows up to the bound. So what is
common is not counted: the server noted how common the commonest words are when it last looked
through the table. What it noted nothing of it takes to be half as common as the rarest of those: by
a word that no row has it is seen how common that is.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Connection

from breachwire.store.postgres.queries import Met

_UNHEARD: Final = "'\ue004'"
"""A word that no row and no query has."""
_NOTED: Final = 1.5
"""How many times as common as an unheard word one is that the server noted: twice, by samples."""


def counts(connection: Connection, table: str, groups: Sequence[Met], most: int) -> dict[Met, int]:
    """How many rows have each, its phrases' words in whatever order; no more than so many are
    counted."""
    found = dict.fromkeys(_common(connection, table, groups, most), most)
    rest = [group for group in dict.fromkeys(groups) if group not in found]
    if rest:
        few = (
            f"(SELECT count(*) FROM (SELECT 1 FROM {table}"  # noqa: S608
            f" WHERE words @@ CAST(%s AS tsquery) LIMIT {int(most)}) AS few)"
        )
        statement = "SELECT " + ", ".join(few for _ in rest)
        row = connection.exec_driver_sql(statement, tuple(group.by_words for group in rest)).one()
        found |= dict(zip(rest, row, strict=True))
    return found


def _common(connection: Connection, table: str, groups: Sequence[Met], most: int) -> list[Met]:
    """Those that the planner knows far more rows to have than need be counted."""
    known = [group for group in dict.fromkeys(groups) if not set("!:") & set(group.by_words)]
    queries = [_UNHEARD, *(group.by_words for group in known)]
    unheard, *rows = noted(connection, table, "words", queries)
    return [
        group
        for group, number in zip(known, rows, strict=True)
        if number > max(2 * most, _NOTED * unheard * _unknown(group))
    ]


def _unknown(group: Met) -> int:
    """How many words may be unheard of and yet add up."""
    return 1 + group.by_words.count("|") if group.exactly == group.by_words else 0


def noted(connection: Connection, table: str, column: str, queries: Sequence[str]) -> list[float]:
    """How many rows meet each, by what the server noted when it last looked through the table: a
    phrase is taken for its words. Nothing of ours is read for that."""
    one = f"SELECT 1 FROM {table}"  # noqa: S608
    each = f" UNION ALL {one} WHERE {column} @@ CAST(%s AS tsquery)"
    statement = f"EXPLAIN (FORMAT JSON) {one}{each * len(queries)}"
    plan: Any = connection.exec_driver_sql(statement, tuple(queries)).scalar_one()
    parts = plan[0]["Plan"].get("Plans", [])
    if len(parts) != 1 + len(queries):
        return [0.0] * len(queries)  # one finds nothing for sure, and is no part of the plan
    return [float(part["Plan Rows"]) for part in parts[1:]]
