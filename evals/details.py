"""How well key details are found: extracts from the labelled items and prints the score's figures.

    python -m evals.details [WINDOW…] [--misses FIELD]

In: `../shared/data/details/*.jsonl` (or BREACHWIRE_SHARED), `evals/ledger/*.jsonl` (addresses and
labels, joined with `../shared/data/wire`) and `../shared/score/score_details.py`. Out: one line a
window, one for the given ones pooled and one for our own, with the figures of the scoring script;
`--misses` lists a field's missed and false facts instead, for reading. The windows HELD are never
read so: no rule is written after its misses, no model fitted on it before it is scored.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from breachwire.model import Claim
from nlp import claims
from nlp.train import article_of, read_items
from nlp.train_tagger import joined

SHARED = Path(os.environ.get("BREACHWIRE_SHARED", Path(__file__).resolve().parents[2] / "shared"))
LEDGER = Path(__file__).with_name("ledger")
HELD = (
    "2025-08-19", "2025-12-15", "2026-05-18", "2026-06-08", "2026-08-03", "2026-08-17",
)  # fmt: skip
Row = dict[str, Any]


def rows(item: Row, found: Sequence[Claim]) -> Iterator[Row]:
    """Claims as `export details` prints them."""
    for claim in found:
        yield {
            "thread": None, "article": item["url"], "field": claim.field, "value": claim.value,
            "text": claim.evidence.quote, "in": claim.evidence.where, "start": claim.evidence.start,
            "end": claim.evidence.end, "status": claim.status, "asserter": claim.asserter,
        }  # fmt: skip


def load(paths: Sequence[Path]) -> list[Row]:
    """The items of several windows; those of our own joined with the items that they label."""
    rows = [json.loads(line) for path in paths for line in path.read_text("utf-8").splitlines()]
    if all("title" in row for row in rows):
        return rows
    known = wire()
    return [row if "title" in row else joined(known[row["url"]], row) for row in rows]


@cache
def wire() -> dict[str, Row]:
    """The recorded items by address."""
    return {item["url"]: item for item in read_items(SHARED / "data" / "wire" / "items.jsonl.gz")}


def score(items: Sequence[Row]) -> Row:
    """What the scoring script says of the items' own claims."""
    with tempfile.TemporaryDirectory() as folder:
        gold, export = Path(folder, "gold.jsonl"), Path(folder, "export.jsonl")
        gold.write_text("\n".join(json.dumps(item) for item in items), "utf-8")
        lines = [
            json.dumps(row)
            for number, item in enumerate(items, 1)
            for row in rows(item, claims.extract(article_of(number, item)))
        ]
        export.write_text("\n".join(lines), "utf-8")
        script = str(SHARED / "score" / "score_details.py")
        run = [sys.executable, script, str(gold), str(export)]
        answer = subprocess.run(run, check=True, capture_output=True, text=True)
    result: Row = json.loads(answer.stdout)
    return result


def line(name: str, result: Row) -> str:
    """A score in one line."""
    fields = " ".join(f"{field} {trio['f1']:.2f}" for field, trio in result["fields"].items())
    whole = result["all"]
    return (
        f"{name}: all {whole['f1']:.3f} (p {whole['precision']:.2f} r {whole['recall']:.2f}) | "
        f"{fields} | "
        f"status {result['status']} {result['statuses']} strengthened {result['strengthened']} "
        f"asserter {result['asserter']} unsupported {result['unsupported']}"
    )


def misses(items: Sequence[Row], field: str) -> Iterator[str]:
    """A field's facts that only the labels or only the extractor has, item by item."""
    for number, item in enumerate(items, 1):
        found = [c for c in claims.extract(article_of(number, item)) if c.field == field]
        gold = [g for g in item["details"] if g["field"] == field]
        left = [g for g in gold if not any(_like(g, c) for c in found)]
        extra = [c for c in found if not any(_like(g, c) for g in gold)]
        if item.get("only") and field not in item["only"]:
            continue
        if left or extra:
            shown = [(c.evidence.quote, c.value, c.status) for c in extra]
            lost = [(g["text"], g["value"], g["status"]) for g in left]
            yield f"{item['title']}\n   {item['summary'][:400]}\n   - {lost}\n   + {shown}"


def _like(gold: Row, claim: Claim) -> bool:
    """Roughly what the scoring script matches."""
    a, b = gold["value"], claim.value
    if isinstance(a, dict) and isinstance(b, dict):
        return [v for k, v in a.items() if k in ("number", "bytes", "amount")] == [
            v for k, v in b.items() if k in ("number", "bytes", "amount")
        ]
    words = [set(str(text).lower().split()) for text in (a, b, gold["text"], claim.evidence.quote)]
    if claim.field in ("victim", "actor", "third_party"):
        return 2 * len(words[0] & words[1]) >= len(words[0] | words[1]) or 2 * len(
            words[2] & words[3]
        ) >= len(words[2] | words[3])
    return str(a).lower() == str(b).lower()


def main(arguments: Sequence[str]) -> None:
    """Print a line a window and one for all."""
    parser = argparse.ArgumentParser(prog="python -m evals.details")
    parser.add_argument("window", nargs="*")
    parser.add_argument("--misses")
    options = parser.parse_args(arguments)
    given = _windows(SHARED / "data" / "details", options.window)
    own = _windows(LEDGER, options.window)
    if options.misses:
        readable = [path for path in given + own if path.stem not in HELD]
        print("\n".join(misses(load(readable), options.misses)))
        return
    for name, paths in (("given", given), ("own", own)):
        for path in paths:
            print(line(path.stem, score(load([path]))))
        if paths:
            print(line(name, score(load(paths))))


def _windows(folder: Path, names: Sequence[str]) -> list[Path]:
    return sorted(p for p in folder.glob("*.jsonl") if not names or p.stem in names)


if __name__ == "__main__":
    main(sys.argv[1:])
