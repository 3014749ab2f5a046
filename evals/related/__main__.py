"""Print how many related entries a reader would want, or entries to be judged.

python -m evals.related [--draw N --seed S]
"""

import argparse
import json

from evals import related, threads
from nlp import embed, train


def main() -> None:
    """Print one JSON object, or with `--draw` one a line."""
    parser = argparse.ArgumentParser(description="Related entries that a reader would want.")
    parser.add_argument("--draw", type=int, help="print so many entries drawn at random")
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    windows = train.read_windows(threads.SHARED / "data", threads.LABELS, embed.load())
    if not options.draw:
        print(json.dumps(related.score(windows)))
        return
    for window, thread, other, entry in related.draw(windows, options.draw, options.seed):
        row = {"window": window, "thread": thread, "related": other, "relation": entry.relation}
        print(json.dumps({**row, "score": entry.score, "reason": entry.reason}))


if __name__ == "__main__":
    main()
