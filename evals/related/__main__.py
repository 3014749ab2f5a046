"""Print how many related entries a reader would want, or entries to be judged.

python -m evals.related [--draw N --seed S [--folded]]
"""

import argparse
import json

from evals import related, threads
from nlp import embed, train


def main() -> None:
    """Print one JSON object, or with `--draw` one a line."""
    parser = argparse.ArgumentParser(description="Related entries that a reader would want.")
    parser.add_argument("--draw", type=int, help="print so many entries drawn at random")
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--folded", action="store_true", help="draw from those folded away")
    options = parser.parse_args()
    windows = train.read_windows(threads.SHARED / "data", threads.LABELS, embed.load())
    if not options.draw:
        print(json.dumps(related.score(windows)))
        return
    drawn = related.draw(windows, options.draw, options.seed, folded=options.folded)
    for window, thread, other, entry in drawn:
        row = {"window": window, "thread": thread, "related": other, "relation": entry.relation}
        stands = {"score": entry.score, "open": entry.likely, "reason": entry.reason}
        print(json.dumps(row | stands))


if __name__ == "__main__":
    main()
