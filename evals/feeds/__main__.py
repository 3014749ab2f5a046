"""How many of feedparser's own documents our `parse_feed` reads as they expect.

    python -m evals.feeds [--list] [FILE …]

In: `../shared/data/feeds/feedparser-cases.tgz` (or BREACHWIRE_SHARED), 2,106 documents, each with
its expectation as a Python expression in a comment. Taken are those whose expectation speaks of
title, link, id, date, author or content of the feed or an entry, less those that speak of a part
that our values do not carry (a mail address, a type, a feed's own date). Out: one JSON line;
`--list` names those that differ. The exit status is 1 where one differs that `differences.toml`
gives no reason for, or where one listed there differs no more.
"""

from __future__ import annotations

import argparse
import json
import sys
import tomllib
from pathlib import Path

from evals.feeds.cases import cases
from evals.feeds.judge import differs


def main() -> int:
    """Print the figures; see the module."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--list", action="store_true")
    parser.add_argument("files", nargs="*")
    options = parser.parse_args()
    known: dict[str, str] = tomllib.loads(
        Path(__file__).with_name("differences.toml").read_text("utf-8")
    )
    everything = list(cases(options.files))
    taken = [case for case in everything if case.is_ours]
    wrong = {case.name: how for case in taken if (how := differs(case)) is not None}
    unexplained = sorted(set(wrong) - set(known))
    cured = sorted(set(known) - set(wrong)) if not options.files else []
    for name, how in sorted(wrong.items()):
        if options.list or name in unexplained:
            print(f"{name}: {how}", file=sys.stderr)
    print(
        json.dumps(
            {
                "eval": "feeds",
                "documents": len(everything),
                "speak_of_them": sum(case.speaks for case in everything),
                "taken": len(taken),
                "as_expected": len(taken) - len(wrong),
                "differ": len(wrong),
                "unexplained": unexplained,
                "listed_but_as_expected": cured,
            }
        )
    )
    return 1 if unexplained or cured else 0


if __name__ == "__main__" and (status := main()):
    sys.exit(status)
