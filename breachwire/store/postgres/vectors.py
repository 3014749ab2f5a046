"""Vectors on PostgreSQL: a vector → the nearest articles, by pgvector.

The table of embeddings is narrow, its vectors stand in the rows (STORAGE PLAIN). Each model has a
HNSW index of its own over its vectors alone, as lengths differ. Where few rows are within the times
that are asked for, each is looked at, which is exact and faster; else the index is walked until
enough rows are within them (`hnsw.iterative_scan`).
"""

from __future__ import annotations

import math
import zlib
from typing import Any, Final

from sqlalchemy import Connection

from breachwire.model import Vector
from breachwire.store.columns import written
from breachwire.store.fts5 import id_range
from breachwire.store.rows import pack

EXACT: Final = 10_000
"""Rows that are looked at one by one whatever the store's size: some 25 ms on a busy machine."""
SHARE: Final = 75
"""Of a store of N rows, 75 √N are looked at one by one. A row takes some 2.3 µs. A walk sees N/n
rows for each that is within the times, some 65 µs each, and takes as long at n = 75 √N; for fewer
it takes longer, and misses more."""
_WIDE: Final = 1_000
"""Rows that a walk keeps, pgvector's most: of the ten nearest of 100,000 articles it finds 98 % so,
93 % with 400, in hardly more time; of a million 86 %, in 25 ms. To take the walk up once more where
it ended finds 93 % of these, in 49 ms."""
_LEAST: Final = 200
"""Rows that a walk within times goes on for: of the ten nearest it finds 98 % so, 95 % with ten."""

_WALK: Final = """
    SELECT set_config('hnsw.iterative_scan', 'relaxed_order', true),
    set_config('hnsw.ef_search', CAST(CAST(%s AS int) AS text), true)
"""
_ALL: Final = id_range(None, None)
_SIZE: Final = "SELECT reltuples FROM pg_class WHERE oid = to_regclass(%s)"
"""Rows of a model's index, as the server last counted them."""


def index(connection: Connection, model: str) -> bool:
    """Make the model's index where it has vectors and no index; whether it has one now."""
    first = connection.exec_driver_sql(
        "SELECT vector_dims(vector) FROM embedding WHERE model = %s LIMIT 1", (model,)
    ).scalar()
    if first is None:
        return False
    connection.exec_driver_sql(
        f"CREATE INDEX IF NOT EXISTS {_index(model)} ON embedding"
        f" USING hnsw (CAST(vector AS halfvec({int(first)})) halfvec_cosine_ops)"
        f" WHERE model = {_quoted(model)}"
    )
    return True


def near(
    connection: Connection, model: str, vector: Vector, limit: int, low: int, high: int
) -> list[tuple[int, float]]:
    """Ids and cosines of articles with low <= id < high, best first."""
    own = f"model = {_quoted(model)} AND article >= %s AND article < %s"
    limit, given, size = max(1, limit), written(pack(vector)), f"halfvec({len(vector)})"
    far = f"CAST(vector AS {size}) <=> CAST(%s AS {size})"
    rows_of_all = connection.exec_driver_sql(_SIZE, (_index(model),)).scalar() or 0.0
    most, order = limit, "far + 0"  # a sum has no index
    if _many(connection, own, rows_of_all, low, high):
        connection.exec_driver_sql(_WALK, (_WIDE,))
        most, order = max(limit, _LEAST), "far"
    walked = (
        f"SELECT article, far FROM (SELECT article, {far} AS far FROM embedding WHERE {own})"  # noqa: S608
        f" AS own ORDER BY {order} LIMIT %s"
    )
    # A walk gives rows in some order of nearness: for the sum all are taken before they are sorted.
    rows = connection.exec_driver_sql(
        f"SELECT article, 1 - far FROM ({walked}) AS walked"  # noqa: S608
        " ORDER BY far + 0, article DESC LIMIT %s",
        (given, low, high, most, limit),
    )
    return [(row[0], row[1]) for row in rows]


def _many(connection: Connection, own: str, size: float, low: int, high: int) -> bool:
    """Whether there are more rows within the times than are best looked at one by one. To count
    them takes as long as to look at a third, so many are not counted but known by what the server
    noted; that may be of before a model's vectors came, so few are."""
    few = max(EXACT, int(SHARE * math.sqrt(max(0.0, size))))
    if size > few and (low, high) == _ALL:
        return True
    within = f"SELECT 1 FROM embedding WHERE {own}"  # noqa: S608
    plan: Any = connection.exec_driver_sql(
        f"EXPLAIN (FORMAT JSON) {within}", (low, high)
    ).scalar_one()
    if float(plan[0]["Plan"]["Plan Rows"]) > few:
        return True
    counted = f"SELECT count(*) FROM ({within} LIMIT %s) AS few"  # noqa: S608
    return int(connection.exec_driver_sql(counted, (low, high, few + 1)).scalar_one()) > few


def _index(model: str) -> str:
    return f"embedding_near_{zlib.crc32(model.encode()):08x}"


def _quoted(model: str) -> str:
    """Written out, so that the planner sees which model's index it may take."""
    return "'" + model.replace("%", "%%").replace("'", "''") + "'"
