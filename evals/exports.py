"""Exports of whole stores against the tools that will read them.

In: stores, or the labelled windows (each imported and threaded in a store of its own). Out: a JSON
line each: threads, STIX errors by OASIS's validator and by our schema, claims that no Note has,
MISP events that pymisp does not give back as they were, claims missing in tables read by polars.

    python -m evals.exports [WINDOW …]
    python -m evals.exports --db sqlite:///FILE …
"""

from __future__ import annotations

import argparse
import io
import json
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

import orjson

from api import table_formats, tables
from api.exported import read
from api.misp.event import Writer
from api.misp.feed import written
from api.stix import bundle as stix
from api.stix.ids import Ids
from api.stix.maker import EXTENSION, SCHEMA
from breachwire.store import Store, open_store
from evals import windows

Figures = dict[str, Any]
_PAGES = "https://wire.example"


def stix_errors(store: Store) -> Figures:
    """Of every thread's bundle."""
    from jsonschema import Draft202012Validator, FormatChecker
    from stix2validator import ValidationOptions, validate_string

    ours = Draft202012Validator(SCHEMA, format_checker=FormatChecker())
    options = ValidationOptions(version="2.1")
    threads, wrong, missing, objects = list(store.all_threads()), [], 0, Counter[str]()
    for thread in threads:
        body = stix.bundle(store, thread, pages=_PAGES)
        result = validate_string(body.decode(), options)
        wrong += [] if result.is_valid else [f"{thread.id}: {e.message}" for e in result.errors]
        found = json.loads(body)["objects"]
        objects.update(one["type"] for one in found)
        told = [e for one in found if (e := one.get("extensions", {}).get(EXTENSION))]
        wrong += [
            f"{thread.id}: ours: {e.message[:200]}" for t in told for e in ours.iter_errors(t)
        ]
        live = [n for n in found if n["type"] == "note" and not n.get("revoked")]
        missing += len(store.ledger([thread.id])[thread.id]) - len(live)
    again = sum(
        stix.bundle(store, t, pages=_PAGES) != stix.bundle(store, t, pages=_PAGES) for t in threads
    )
    return {"threads": len(threads), "stix_errors": wrong, "claims_without_note": missing,
            "unstable": again, "objects": dict(objects.most_common())}  # fmt: skip


def misp_errors(store: Store, folder: Path) -> Figures:
    """Of every event, and of the files beside them."""
    from pymisp import MISPEvent
    from pymisp.tools import feed_meta_generator

    threads = list(store.all_threads())
    written(Writer(Ids(), _PAGES), read(store, threads),
            lambda name, body: _save(folder / name, body))  # fmt: skip
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    hashes = set((folder / "hashes.csv").read_text("utf-8").splitlines())
    lossy = []
    for uuid in manifest:
        event = MISPEvent()
        event.load_file(str(folder / f"{uuid}.json"))
        raw = json.loads((folder / f"{uuid}.json").read_text("utf-8"))
        if json.loads(json.dumps(event.to_feed(), default=str)) != raw:
            lossy.append(uuid)
    feed_meta_generator(folder)
    same = json.loads((folder / "manifest.json").read_text("utf-8")) == manifest
    same &= set((folder / "hashes.csv").read_text("utf-8").splitlines()) == hashes
    return {"events": len(manifest), "lossy": lossy, "manifest_right": same}


def _save(path: Path, body: bytes) -> None:
    path.write_bytes(body)


def missing_in_tables(store: Store) -> dict[str, int]:
    """Claims that polars does not read back, by format."""
    import polars

    columns = tables.TABLES["claims"].columns
    rows = list(tables.rows(store, "claims", store.all_threads()))
    wanted = Counter(map(_key, rows))
    readers = {
        "csv": lambda b: polars.read_csv(b, infer_schema_length=None),
        "jsonl": lambda b: polars.read_ndjson(io.BytesIO(b), infer_schema_length=None),
        "parquet": lambda b: polars.read_parquet(io.BytesIO(b)),
    }
    found = {}
    for form, reader in readers.items():
        body = b"".join(table_formats.written(form, rows, columns))  # type: ignore[arg-type]
        plain = table_formats.unguarded if form == "csv" else str
        back = Counter(_key(row, plain) for row in reader(body).to_dicts())
        found[form] = (wanted - back).total()
    return found


def _key(row: dict[str, Any], plain: Any = str) -> tuple[Any, ...]:
    names = ("thread", "article", "field", "value", "status", "asserter", "start", "quote")
    return tuple(plain(v) if isinstance(v := row[name], str) else v for name in names)


def checked(store: Store) -> Figures:
    """All figures of one store."""
    with tempfile.TemporaryDirectory() as folder:
        return {
            **stix_errors(store),
            **misp_errors(store, Path(folder)),
            "claims_missing": missing_in_tables(store),
        }


def main() -> None:
    """Print a line a store or window."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("window", nargs="*")
    parser.add_argument("--db", nargs="*", default=[])
    options = parser.parse_args()
    for url in options.db:
        store = open_store(url)
        print(orjson.dumps({"db": url, **checked(store)}).decode(), flush=True)
        store.close()
    if not options.db:
        _windows(options.window or windows.windows())


def _windows(names: list[str]) -> None:
    from nlp import embed

    embedder = embed.load("all-MiniLM-L6-v2")
    for name in names:
        with tempfile.TemporaryDirectory() as folder:
            store = open_store(f"sqlite:///{folder}/{name}.sqlite3")
            with (windows.SHARED / "data" / "threads" / f"{name}.jsonl").open("rb") as lines:
                windows.imported(store, embedder, lines)
            print(orjson.dumps({"window": name, **checked(store)}).decode(), flush=True)
            store.close()


if __name__ == "__main__":
    main()
