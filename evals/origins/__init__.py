"""How well articles of a thread are sorted by independent origin.

In: `judged.jsonl`, threads with their origins, made by reading: {"window", "origins":
[[address…]…]}.
Out: `score()`: share of threads with the right count, F1 over pairs of articles of one origin.
"""

from __future__ import annotations

from itertools import combinations
from pathlib import Path
from typing import Any

from evals import judged
from nlp import origins

JUDGED = Path(__file__).with_name("judged.jsonl")
Pairs = set[tuple[str, str]]


def score() -> dict[str, Any]:
    """{"threads", "count", "pairs_f1", "wrong": [first address of each thread miscounted]}."""
    rows = judged.rows(JUDGED)
    right = found_pairs = gold_pairs = both = 0
    wrong = []
    for row in rows:
        members = judged.members(row["window"], [url for held in row["origins"] for url in held])
        urls = {m.article.id: m.article.url for m in members}
        found = [[urls[s.article] for s in o.articles] for o in origins.groups(members)]
        right += len(found) == len(row["origins"])
        if len(found) != len(row["origins"]):
            wrong.append(row["origins"][0][0])
        ours, gold = _pairs(found), _pairs(row["origins"])
        found_pairs, gold_pairs, both = (
            found_pairs + len(ours), gold_pairs + len(gold), both + len(ours & gold),
        )  # fmt: skip
    return {
        "threads": len(rows),
        "count": round(right / len(rows), 4),
        "pairs_f1": round(2 * both / max(1, found_pairs + gold_pairs), 4),
        "wrong": wrong,
    }


def _pairs(groups: list[list[str]]) -> Pairs:
    return {pair for held in groups for pair in combinations(sorted(held), 2)}
