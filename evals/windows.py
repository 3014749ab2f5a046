"""The whole way on each labelled window: import, thread, claim, brief, export, score.

In: `../shared/data/threads`, `../shared/data/details` and the scoring scripts beside this checkout.
Out: one JSON line a window (threads, details, schema errors of every thread's JSON) and their mean.

    python -m evals.windows [WINDOW …]
    python -m evals.windows demonstration    the briefs of the demonstration corpus alone
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from statistics import mean
from typing import Any

import orjson

from api import exports, threads
from breachwire.demo import corpus
from breachwire.model import Embedder
from breachwire.pipeline.derive import Deriver
from breachwire.pipeline.intake import import_items
from breachwire.store import Store, open_store
from evals import brief
from nlp import origins

SHARED = Path(__file__).resolve().parents[1].parent / "shared"
NOW = datetime(2026, 11, 23, tzinfo=UTC)
Figures = dict[str, Any]


def windows() -> list[str]:
    """Names of the labelled windows."""
    return sorted(path.stem for path in (SHARED / "data" / "threads").glob("*.jsonl"))


def imported(store: Store, embedder: Embedder, lines: Iterable[bytes]) -> None:
    """Items through every stage, as `breachwire import` does."""
    import_items(store, lines, now=NOW)
    Deriver(store, embedder, now=lambda: NOW).run()


def score(window: str, embedder: Embedder, folder: Path) -> Figures:
    """All figures of one window, from a store of its own in `folder`."""
    gold = SHARED / "data" / "threads" / f"{window}.jsonl"
    store = open_store(f"sqlite:///{folder / window}.sqlite3")
    try:
        with gold.open("rb") as lines:
            imported(store, embedder, lines)
        figures: Figures = {
            "window": window,
            **_run("threads", gold, exports.threads(store), folder),
        }
        labelled = SHARED / "data" / "details" / gold.name
        if labelled.exists():
            figures["details"] = _run("details", labelled, exports.details(store), folder)
        figures["offsets_wrong"] = offsets_wrong(store)
        figures["schema_errors"] = schema_errors(store)
        briefs = briefs_of(store)
        figures["ungrounded"] = briefs["violations"]
        figures["notices_share"] = briefs["notices_share"]
        figures["leading_told"] = briefs["leading_told"]
        return figures
    finally:
        store.close()


def briefs_of(store: Store) -> Figures:
    """What `evals.brief` measures of a store's briefs."""
    articles = {row["url"]: row for row in exports.articles(store)}
    return brief.report(exports.briefs(store), articles, exports.details(store))


def demonstration(embedder: Embedder, folder: Path) -> Figures:
    """The same of the demonstration corpus, imported into a store of its own in `folder`."""
    store = open_store(f"sqlite:///{folder / 'demonstration'}.sqlite3")
    try:
        imported(store, embedder, (json.dumps(item).encode() for item in corpus.items()))
        return briefs_of(store)
    finally:
        store.close()


def _run(what: str, gold: Path, rows: Iterator[dict[str, Any]], folder: Path) -> Figures:
    export = folder / f"{gold.stem}-{what}.jsonl"
    export.write_bytes(b"".join(orjson.dumps(row) + b"\n" for row in rows))
    script = SHARED / "score" / f"score_{what}.py"
    command = [sys.executable, str(script), str(gold), str(export)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    figures: Figures = json.loads(done.stdout)
    return figures


def offsets_wrong(store: Store) -> int:
    """Exported details whose text is not the stored article's characters at start:end."""
    texts = {row["url"]: row for row in exports.articles(store)}
    return sum(
        texts[row["article"]][row["in"]][row["start"] : row["end"]] != row["text"]
        for row in exports.details(store)
    )


def schema_errors(store: Store) -> list[str]:
    """What is wrong with any thread's JSON by wire.schema.json, formats included."""
    from jsonschema import Draft202012Validator, FormatChecker

    schema = json.loads((SHARED / "wire.schema.json").read_text("utf-8"))
    validator = Draft202012Validator(schema, format_checker=FormatChecker())
    found = []
    for thread in store.all_threads():
        document = threads.wire(
            store, thread.id, base_url="https://wire.example", origins_of=origins.groups
        )
        plain = orjson.loads(orjson.dumps(document))
        found += [f"{thread.id}: {error.json_path}: {error.message[:200]}"
                  for error in validator.iter_errors(plain)]  # fmt: skip
    return found


def means(rows: list[Figures]) -> Figures:
    """The mean over the windows of what the scores count."""
    return {
        "bcubed_f1": round(mean(r["bcubed"]["f1"] for r in rows), 4),
        "pairs_f1": round(mean(r["pairs"]["f1"] for r in rows), 4),
        "exact": round(mean(r["exact"] for r in rows), 4),
        "roundups": round(mean(r["roundups"] for r in rows), 4),
        "storyline": round(mean(r["storyline"] or 0 for r in rows), 4),
        "kind": round(mean(r["kind"] for r in rows), 4),
        "schema_errors": sum(len(r["schema_errors"]) for r in rows),
        "offsets_wrong": sum(r["offsets_wrong"] for r in rows),
        "ungrounded": sum(r["ungrounded"] for r in rows),
    }


def main(names: list[str]) -> None:
    """Print the figures."""
    from nlp import embed

    embedder = embed.load("all-MiniLM-L6-v2")
    with tempfile.TemporaryDirectory() as folder:
        if names == ["demonstration"]:
            print(json.dumps(demonstration(embedder, Path(folder)), indent=1, ensure_ascii=False))
            return
        rows = []
        for name in names or windows():
            rows.append(row := score(name, embedder, Path(folder)))
            print(json.dumps(row), flush=True)
    print(json.dumps({"mean": means(rows)}))


if __name__ == "__main__":
    main(sys.argv[1:])
