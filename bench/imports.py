"""How much an import costs beside the embedder's own time for the same texts.

In: a labelled window beside this checkout (608 items), or another import file. Out: one JSON line:
seconds of the embedder alone, of the whole import after the model is loaded, and their ratio;
with --profile, where the rest of the time goes.

    python -m bench.imports [FILE.jsonl] [--profile]
"""

from __future__ import annotations

import cProfile
import json
import pstats
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from breachwire.pipeline.derive import Deriver
from breachwire.pipeline.intake import import_items
from breachwire.store import open_store
from ingest.compose import from_import
from nlp import embed

WINDOW = Path(__file__).resolve().parents[1].parent / "shared/data/threads/2026-03-24.jsonl"
NOW = datetime(2026, 11, 23, tzinfo=UTC)
RUNS = 3


def main(file: Path, profile: bool) -> None:
    """Print the figures; the median of three pairs, run in turn."""
    lines = file.read_bytes().splitlines()
    drafts = [from_import(json.loads(line), NOW) for line in lines]
    texts = [embed.text_of(draft.title, draft.text) for draft in drafts]
    embedder = embed.load("all-MiniLM-L6-v2")
    embedder.encode(texts[:64])
    pairs = []
    for _ in range(RUNS):
        started = time.perf_counter()
        embedder.encode(texts)
        alone = time.perf_counter() - started
        with tempfile.TemporaryDirectory() as folder:
            store = open_store(f"sqlite:///{folder}/wire.sqlite3")
            started = time.perf_counter()
            import_items(store, lines, now=NOW)
            Deriver(store, embedder, now=lambda: NOW).run()
            pairs.append((alone, time.perf_counter() - started))
            store.close()
    alone, whole = sorted(pairs, key=lambda pair: pair[1] / pair[0])[RUNS // 2]
    print(json.dumps({
        "bench": "import", "items": len(lines), "embedder_s": round(alone, 2),
        "import_s": round(whole, 2), "ratio": round(whole / alone, 3),
    }))  # fmt: skip
    if profile:
        _profile(lines, embedder)


def _profile(lines: list[bytes], embedder: object) -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(f"sqlite:///{folder}/wire.sqlite3")
        profiler = cProfile.Profile()
        profiler.enable()
        import_items(store, lines, now=NOW)
        Deriver(store, embedder, now=lambda: NOW).run()  # type: ignore[arg-type]
        profiler.disable()
        store.close()
    pstats.Stats(profiler).sort_stats("cumulative").print_stats(40)


if __name__ == "__main__":
    args = [a for a in sys.argv[1:] if a != "--profile"]
    main(Path(args[0]) if args else WINDOW, "--profile" in sys.argv)
