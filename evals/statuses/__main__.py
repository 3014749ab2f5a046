"""Print how well statuses are told: `python -m evals.statuses [--half tune|hold] [--misses]`.

A line a half and one for both; then, per kind of hardness, what was taken for what. `--misses`
lists each fact given a wrong status, with its sentence, for reading.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence

from evals.statuses import Outcome, confusions, figures, outcomes


def misses(found: Sequence[Outcome]) -> Iterator[str]:
    """Each wrong status in its sentence; strengthened ones are marked."""
    for outcome in found:
        if outcome.claim is None or outcome.right:
            continue
        item, fact = outcome.item, outcome.fact
        mark = "!" if outcome.strengthened else " "
        yield (
            f"{mark} {item['id']} {fact['field']} “{fact['text']}”: {fact['status']} "
            f"({fact['asserter']}), given {outcome.claim.status} ({outcome.claim.asserter})\n"
            f"    {item['title']}\n    {item['text']}"
        )


def report(found: Sequence[Outcome]) -> Iterator[str]:
    """The figures, half by half, and the confusions."""
    halves = sorted({outcome.item["half"] for outcome in found})
    for half in halves:
        part = [outcome for outcome in found if outcome.item["half"] == half]
        yield f"{half}: {json.dumps(figures(part))}"
    if len(halves) > 1:
        yield f"all: {json.dumps(figures(found))}"
    for hard, row in sorted(confusions(found).items()):
        wrong = ", ".join(f"{pair} {n}" for pair, n in row.most_common() if pair != "right")
        yield f"  {hard}: {row['right']} of {row.total()} right; {wrong or 'none wrong'}"


def main(arguments: Sequence[str]) -> None:
    """Print the figures or the misses."""
    parser = argparse.ArgumentParser(prog="python -m evals.statuses")
    parser.add_argument("--half", choices=("tune", "hold"))
    parser.add_argument("--misses", action="store_true")
    options = parser.parse_args(arguments)
    found = outcomes(options.half)
    print("\n".join(misses(found) if options.misses else report(found)))


if __name__ == "__main__":
    main(sys.argv[1:])
