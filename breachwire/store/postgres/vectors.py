"""Vectors on PostgreSQL: a vector → the nearest articles, by pgvector.

The table of embeddings is narrow, its vectors stand in the rows (STORAGE PLAIN). Each model has a
HNSW index of its own over its vectors alone, as lengths differ. Where few rows are within the times
that are asked for, each is looked at, which is exact and faster; else the index is walked until
enough rows are within them (`hnsw.iterative_scan`).
"""

from __future__ import annotations

import zlib
from typing import Any, Final

from sqlalchemy import Connection

from breachwire.model import Vector
from breachwire.store.columns import written
from breachwire.store.rows import pack

EXACT: Final = 10_000
"""Rows that are looked at one by one: some 10 ms."""
_WIDE: Final = 400
"""Rows that a walk keeps at least. Of the 50 nearest of 20,000 random directions, among which no
walk finds its way, it finds 80 % so, 65 % with 200, 38 % with 50, in hardly more time."""
_WIDEST: Final = 1_000
"""pgvector's most."""


def index(connection: Connection, model: str) -> bool:
    """Make the model's index where it has vectors and no index; whether it has one now."""
    first = connection.exec_driver_sql(
        "SELECT vector_dims(vector) FROM embedding WHERE model = %s LIMIT 1", (model,)
    ).scalar()
    if first is None:
        return False
    connection.exec_driver_sql(
        f"CREATE INDEX IF NOT EXISTS embedding_near_{zlib.crc32(model.encode()):08x} ON embedding"
        f" USING hnsw (CAST(vector AS halfvec({int(first)})) halfvec_cosine_ops)"
        f" WHERE model = {_quoted(model)}"
    )
    return True


def near(
    connection: Connection, model: str, vector: Vector, limit: int, low: int, high: int
) -> list[tuple[int, float]]:
    """Ids and cosines of articles with low <= id < high, best first."""
    own = f"model = {_quoted(model)} AND article >= %s AND article < %s"
    few = connection.exec_driver_sql(
        f"SELECT count(*) FROM (SELECT 1 FROM embedding WHERE {own} LIMIT {EXACT + 1}) AS few",  # noqa: S608
        (low, high),
    ).scalar_one()
    limit = max(1, limit)
    given = written(pack(vector))
    size = f"halfvec({len(vector)})"
    far = f"CAST(vector AS {size}) <=> CAST(%s AS {size})"
    if few > EXACT:
        wide = min(max(_WIDE, limit), _WIDEST)
        connection.exec_driver_sql("SET LOCAL hnsw.iterative_scan = relaxed_order")
        connection.exec_driver_sql(f"SET LOCAL hnsw.ef_search = {wide}")
    order = "far" if few > EXACT else "far + 0"  # a sum has no index
    statement = (
        f"SELECT article, far FROM (SELECT article, {far} AS far FROM embedding WHERE {own})"  # noqa: S608
        f" AS own ORDER BY {order} LIMIT %s"
    )
    rows: Any = connection.exec_driver_sql(statement, (given, low, high, limit)).all()
    return sorted(((row[0], 1 - row[1]) for row in rows), key=lambda pair: (-pair[1], -pair[0]))


def _quoted(model: str) -> str:
    """Written out, so that the planner sees which model's index it may take."""
    return "'" + model.replace("%", "%%").replace("'", "''") + "'"
