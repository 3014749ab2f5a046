"""A store that moves into PostgreSQL, killed on the way, and how that one then searches.

    python -m bench.moved STORE [--postgres DSN] [--kill-after 40] [--seconds 5]

In: what `python -m bench.search --articles N` keeps in its folder, which is only read, and an empty
database: of `DSN`, or on a server of the wheel beside the store. Out: a JSON line a measurement:
the move (killed with -9 after so many seconds, and run again), whether its exports are the same
bytes, sizes, recall of the vectors with and without dates, then each kind of query in process at 20
requests a second (`--rate`), as `bench.search` asks the file. On an idle machine: the load is
printed.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import signal
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import Any, Final

from sqlalchemy import make_url

from bench.search import postgres, vectors, vocabulary
from bench.search.__main__ import RATE, _ask, _meant, measured, say
from bench.search.queries import Sampler
from breachwire import index_file
from breachwire.store import Store, open_store
from nlp import embed
from nlp.galaxy import known_by_slug
from nlp.patience import Patient

EXPORTS: Final = ("threads", "details", "articles", "briefs")
_MAIN: Final = "from breachwire.cli import main; main()"
_SIZES: Final = """
    SELECT relname, pg_total_relation_size(oid) / 1000000 FROM pg_class
    WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'i')
    ORDER BY 2 DESC LIMIT 12
"""


def main() -> None:
    """Move, compare, measure, print."""
    options = _options()
    say("load", {"one minute": round(os.getloadavg()[0], 2), "cores": os.cpu_count()})
    with postgres.server(options.postgres, options.store.parent) as dsn:
        address = _database(dsn, f"bench_moved_{options.store.stem}")
        source = f"sqlite:///{options.store}"
        if options.move:
            _moved(source, address, options.kill_after)
        if options.move and options.exports:
            _exports(source, address)
        with closing(open_store(address)) as store:
            _sizes(store)
            _searched(store, options)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("store", type=Path)
    parser.add_argument("--postgres", default="", metavar="DSN")
    parser.add_argument("--kill-after", type=float, default=40.0, metavar="SECONDS")
    parser.add_argument("--seconds", type=float, default=5.0, help="of each kind of query")
    parser.add_argument("--rate", type=float, default=RATE, help="requests a second")
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--no-exports", dest="exports", action="store_false")
    parser.add_argument(
        "--no-move", dest="move", action="store_false", help="it was moved already: search alone"
    )
    return parser.parse_args()


def _database(dsn: str, name: str) -> str:
    """A database of its own, made where it is not."""
    import psycopg

    with psycopg.connect(dsn, autocommit=True) as connection:
        if not connection.execute(
            "SELECT 1 FROM pg_database WHERE datname = %s", (name,)
        ).fetchone():
            connection.execute(f"CREATE DATABASE {name}")
    found = make_url(dsn).set(drivername="postgresql", database=name)
    return found.render_as_string(hide_password=False)


def _moved(source: str, address: str, kill_after: float) -> None:
    """Killed once, if it still runs by then; run again."""
    command = [sys.executable, "-c", _MAIN, "migrate", "--from", source, "--to", address]
    began = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as first:
        try:
            first.wait(kill_after)
        except subprocess.TimeoutExpired:
            first.send_signal(signal.SIGKILL)
    killed = time.perf_counter() - began
    again = subprocess.run(command, capture_output=True, text=True, check=False)
    say("migrate", {
        "killed after, s": round(killed, 1) if first.returncode == -signal.SIGKILL else None,
        "again, s": round(time.perf_counter() - began - killed, 1), "status": again.returncode,
        "tables": again.stdout.count("SHA-256"), "bad": again.stdout.count("BAD"),
        "load": round(os.getloadavg()[0], 2),
    })  # fmt: skip
    if again.returncode:
        raise SystemExit(again.stderr)


def _exports(*addresses: str) -> None:
    for what in EXPORTS:
        digests = [_digest(address, what) for address in addresses]
        say("export", {"what": what, "equal": len(set(digests)) == 1, "sha256": digests[0]})


def _digest(address: str, what: str) -> str:
    command = [sys.executable, "-c", _MAIN, "--db", address, "export", what]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        digest = hashlib.file_digest(process.stdout, "sha256").hexdigest()
    if process.returncode:
        raise SystemExit(f"export {what} ended with status {process.returncode}")
    return digest


def _sizes(store: Any) -> None:
    with store._read() as connection:
        whole = connection.exec_driver_sql("SELECT pg_database_size(current_database())").scalar()
        rows = dict(connection.exec_driver_sql(_SIZES).all())
    say("size, MB", {"whole": whole // 1_000_000, **rows})


def _searched(store: Store, options: argparse.Namespace) -> None:
    words = vocabulary.learn()
    known_by_slug("nobody")  # the list of actors is read once
    kinds = Sampler(options.store, words, options.seed).kinds()
    asked = {
        kind: [make() for _ in range(int(options.rate * options.seconds))]
        for kind, make in kinds.items()
    }
    embedder = embed.load()
    say("vectors", {"held": index_file.use(store, embedder)})
    queries = embedder.encode(_meant(asked))
    say("recall@10", vectors.recall(store, embedder.name, queries, store.search_vectors)[0])
    patient = Patient(embedder, seconds=30.0)
    measured(
        asked, "in process, PostgreSQL", os.getpid(), lambda *one: _ask(store, patient, *one),
        options.rate,
    )  # fmt: skip
    say("load", {"one minute": round(os.getloadavg()[0], 2)})


if __name__ == "__main__":
    main()
